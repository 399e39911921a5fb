/* SPDX-License-Identifier: MIT */
/* The standard's header, for libfdt's: as far as the kernel has it. */
#include <lib/string.h>
