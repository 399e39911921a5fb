/* SPDX-License-Identifier: MIT */
/*
 * The virtual layout: one table a port (layout.def, named by the port's Makefile as LAYOUT_DEF),
 * rows of REGION(NAME, base, size, protection, "text") in ascending order. Expanded here into
 * LAYOUT_<NAME>_BASE, _SIZE (bytes) and the enum; by the linker script into the check of order and
 * overlap; by mm/region.c into the table printed at boot; by scripts/build/layout into
 * docs/layout.md.
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#include <stdint.h>

/* Units for the rows. The linker script has its own, as it has no suffixes. */
#define LAYOUT_KIB 0x400UL
#define LAYOUT_MIB 0x100000UL
#define LAYOUT_GIB 0x40000000UL

#define REGION(name, base, size, prot, text)                                         \
	static const uint64_t LAYOUT_##name##_BASE __attribute__((unused)) = (base); \
	static const uint64_t LAYOUT_##name##_SIZE __attribute__((unused)) = (size);
#include LAYOUT_DEF
#undef REGION

enum region_id {
#define REGION(name, base, size, prot, text) REGION_##name,
#include LAYOUT_DEF
#undef REGION
	NR_REGIONS
};

#endif
