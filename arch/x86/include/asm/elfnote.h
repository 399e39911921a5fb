/* SPDX-License-Identifier: MIT */
/* For assembly: ELF notes that describe this image to Xen (Xen public/elfnote.h). */
#ifndef ASM_ELFNOTE_H
#define ASM_ELFNOTE_H

#include <asm/xen.h>
#include <xen/elfnote.h>

/* clang-format off */

/* A note is its sizes, type, name and value, each padded to four bytes. */
.macro NOTE type, value:vararg
	.pushsection .note.Xen, "a", @note
	.balign 4
	.long 4, 9f - 8f, \type
	.asciz "Xen"
8:	\value
9:	.balign 4
	.popsection
.endm

/* clang-format on */

#endif
