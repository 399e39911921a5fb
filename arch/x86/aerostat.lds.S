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

#ifdef CONFIG_PVH
/* Loaded above the first MiB, which is the firmware's, and entered by physical address. */
#define IMAGE_OFFSET LAYOUT_MIB
pvh_entry_paddr = pvh_entry - layout_IMAGE_base;
ENTRY(pvh_entry_paddr)
/* The place of the direct map in the root table, in bytes: pvh/head.S. */
boot_directmap_entry = ((layout_DIRECTMAP_base >> 39) & 511) * 8;
#else
#define IMAGE_OFFSET 0
ENTRY(_start)
#endif

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
	note PT_NOTE FLAGS(4);
}

SECTIONS
{
	/* Guest-physical address 0 is at the row's base; a PV image begins there. */
	. = layout_IMAGE_base + IMAGE_OFFSET;
	image_start = .;
	.text : AT(ADDR(.text) - layout_IMAGE_base) {
		*(.text .text.*)
	} :text
	/* No part of the file: Xen fills it. */
	.hypercalls : AT(ADDR(.hypercalls) - layout_IMAGE_base) {
		*(.hypercalls)
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
		. = ALIGN(0x1000);
#ifdef CONFIG_PVH
		/* Last, because it is free memory once the kernel has tables of its own. */
		boot_tables = .;
		*(.boot_tables)
#else
		/* Last, because the frame behind it is not the image's: pv/builder.c. */
		shared_info_page = .;
		. += 0x1000;
#endif
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

ASSERT(((layout_DIRECTMAP_base | layout_DIRECTMAP_end) & 0x1fffff) == 0,
       "layout: DIRECTMAP is not made of whole blocks")
ASSERT(image_end <= layout_IMAGE_end, "the image is larger than its row of the layout")
