/* SPDX-License-Identifier: MIT */
/* arm64: the image, one segment a protection, at the IMAGE row of the layout, and the layout's check. */
#define LAYOUT_KIB 0x400
#define LAYOUT_MIB 0x100000
#define LAYOUT_GIB 0x40000000

#define REGION(name, base, size, prot, text)                                                       \
	layout_##name##_base = base;                                                               \
	layout_##name##_end = layout_##name##_base + (size);
#include LAYOUT_DEF
#undef REGION

ENTRY(image_start)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	/* Wherever it is loaded, it is mapped here; a loader is told no address. */
	. = layout_IMAGE_base;
	image_start = .;
	.text : AT(ADDR(.text) - layout_IMAGE_base) {
		KEEP(*(.head.text))
		KEEP(*(.identity.text))
		head_end = .;
		*(.text .text.*)
	} :text
	. = ALIGN(0x1000);
	text_end = .;
	.rodata : AT(ADDR(.rodata) - layout_IMAGE_base) {
		*(.rodata .rodata.*)
		*(.got .got.plt)
	} :rodata
	. = ALIGN(0x1000);
	rodata_end = .;
	.data : AT(ADDR(.data) - layout_IMAGE_base) {
		*(.data .data.*)
		. = ALIGN(0x1000);
	} :data
	.bss : AT(ADDR(.bss) - layout_IMAGE_base) {
		bss_start = .;
		*(.bss .bss.* COMMON)
		. = ALIGN(0x1000);
		/* Last, because it is free memory once the kernel has tables of its own. */
		boot_tables = .;
		*(.boot_tables)
	} :data
	/* The image's last-level tables (boot/head.S): one for 2 MiB, themselves included. */
	boot_l1 = .;
	boot_l1_bytes = 0x1000 * (((boot_l1 - image_start) >> 21) + 2);
	.boot_l1 (NOLOAD) : AT(ADDR(.boot_l1) - layout_IMAGE_base) {
		. += boot_l1_bytes;
	} :data
	image_end = .;

	/DISCARD/ : { *(.comment .note.* .eh_frame .eh_frame_hdr .rela.*) }
}

image_bytes = image_end - image_start;

/* The rows are in ascending order and do not overlap. */
layout_at = 0;
#define REGION(name, base, size, prot, text)                                                       \
	ASSERT(layout_##name##_base >= layout_at, "layout: " #name " overlaps the row before it"); \
	ASSERT((layout_##name##_base & 0xfff) == 0 && (layout_##name##_end & 0xfff) == 0,          \
	       "layout: " #name " is not made of whole pages");                                    \
	layout_at = layout_##name##_end;
#include LAYOUT_DEF
#undef REGION

ASSERT(((layout_DIRECTMAP_base | layout_DIRECTMAP_end) & 0x1fffff) == 0,
       "layout: DIRECTMAP is not made of whole blocks")
ASSERT(image_end <= layout_IMAGE_end, "the image is larger than its row of the layout")
ASSERT(head_end - image_start <= 0x1000, "the start of the image does not lie in one page")
