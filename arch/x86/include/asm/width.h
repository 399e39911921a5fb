/* SPDX-License-Identifier: MIT */
/*
 * What differs between 32 and 64 bits: named here, so that no C file has to ask. Each of the two
 * files has the same names.
 */
#ifndef ASM_WIDTH_H
#define ASM_WIDTH_H

#ifdef __x86_64__
#include <asm/width64.h>
#else
#include <asm/width32.h>
#endif

#endif
