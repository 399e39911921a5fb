/* SPDX-License-Identifier: MIT */
/* x86: the image, one segment a protection, at the IMAGE row of the layout, and the layout's check. */
#define LAYOUT_KIB 0x400
#define LAYOUT_MIB 0x100000
#define LAYOUT_GIB 0x40000000

#define REGION(name, base, size, prot, text)                                                       \
	layout_##name##_base = base;                                                               \
	layout_##name##_end = layout_##name##_base + (size);
#include LAYOUT_DEF
#undef REGION

ENTRY(_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	note PT_NOTE FLAGS(4);
}

SECTIONS
{
	. = layout_IMAGE_base;
	image_start = .;
	/* Guest-physical addresses begin with the image: frame 0 is its first. */
	.text : AT(ADDR(.text) - layout_IMAGE_base) {
		*(.text .text.*)
	} :text
	. = ALIGN(0x1000);
	text_end = .;
	.rodata : AT(ADDR(.rodata) - layout_IMAGE_base) {
		*(.rodata .rodata.*)
	} :rodata
	.note.Xen : AT(ADDR(.note.Xen) - layout_IMAGE_base) {
		KEEP(*(.note.Xen))
	} :rodata :note
	. = ALIGN(0x1000);
	rodata_end = .;
	.data : AT(ADDR(.data) - layout_IMAGE_base) {
		*(.data .data.*)
	} :data
	.bss : AT(ADDR(.bss) - layout_IMAGE_base) {
		*(.bss .bss.* COMMON)
		/* Last, because the frame behind it is not the image's: boot/pv.c. */
		. = ALIGN(0x1000);
		shared_info_page = .;
		. += 0x1000;
	} :data
	image_end = .;

	/DISCARD/ : { *(.comment .note.GNU-stack .note.gnu.* .eh_frame) }
}

/* The rows are in ascending order and do not overlap. */
layout_at = 0;
#define REGION(name, base, size, prot, text)                                                       \
	ASSERT(layout_##name##_base >= layout_at, "layout: " #name " overlaps the row before it"); \
	ASSERT((layout_##name##_base & 0xfff) == 0 && (layout_##name##_end & 0xfff) == 0,          \
	       "layout: " #name " is not made of whole pages");                                    \
	layout_at = layout_##name##_end;
#include LAYOUT_DEF
#undef REGION

ASSERT(image_end <= layout_IMAGE_end, "the image is larger than its row of the layout")
