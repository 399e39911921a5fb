/* SPDX-License-Identifier: MIT */
/* The standard's header, for libfdt's, which includes it and uses nothing of it. */
