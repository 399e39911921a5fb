/* SPDX-License-Identifier: MIT */
/*
 * Frames of a proof's p2m hold 4 entries instead of 512, so that few leaves are already more than
 * one mid. Nothing in arch/x86/pv/p2m.c knows the number.
 */
#include_next <kernel/addr.h>

#undef PAGE_SIZE
#define PAGE_SIZE 32UL
