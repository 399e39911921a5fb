/* SPDX-License-Identifier: MIT */
/* What a C library would add to the compiler's limits.h, which looks for it: nothing. */
