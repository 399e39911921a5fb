/* SPDX-License-Identifier: MIT */
/* A device tree for a test, written down node by node: what it says is not checked. */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include <lib/bug.h>
#include <lib/types.h>
#include <libfdt.h>
#include <string.h>

#define TREE_MAX 65536

static char tree[TREE_MAX] __aligned(8);

static inline void tree_did(int err)
{
	assert(!err);
}

static inline void tree_node(const char *name)
{
	tree_did(fdt_begin_node(tree, name));
}

static inline void tree_end(void)
{
	tree_did(fdt_end_node(tree));
}

static inline void tree_text(const char *property, const char *text)
{
	tree_did(fdt_property(tree, property, text, (int)strlen(text) + 1));
}

static inline void tree_bytes(const char *property, const void *bytes, size_t n)
{
	tree_did(fdt_property(tree, property, bytes, (int)n));
}

static inline void tree_put_cells(const char *property, const uint32_t *cell, size_t n)
{
	fdt32_t value[256];

	assert(n <= ARRAY_SIZE(value));
	for (size_t i = 0; i < n; i++)
		value[i] = cpu_to_fdt32(cell[i]);
	tree_bytes(property, value, n * sizeof(*value));
}

#define tree_cells(property, ...)                                           \
	do {                                                                \
		const uint32_t cell_[] = {__VA_ARGS__};                     \
		tree_put_cells(property, cell_, sizeof(cell_) / CELL_SIZE); \
	} while (0)
#define CELL_SIZE sizeof(uint32_t)

/* A 64-bit address or size, as two cells. */
#define WIDE(n) (uint32_t)((uint64_t)(n) >> 32), (uint32_t)(n)

static inline void tree_cell_counts(uint32_t address, uint32_t size)
{
	tree_cells("#address-cells", address);
	tree_cells("#size-cells", size);
}

/* The root, open; reservations come before it. */
static inline void tree_start_reservations(void)
{
	tree_did(fdt_create(tree, TREE_MAX));
}

static inline void tree_start_root(void)
{
	tree_did(fdt_finish_reservemap(tree));
	tree_node("");
}

static inline void tree_start(void)
{
	tree_start_reservations();
	tree_start_root();
	tree_cell_counts(2, 2);
}

static inline void tree_finish(void)
{
	tree_end();
	tree_did(fdt_finish(tree));
}

static inline void tree_memory(uint64_t base, uint64_t size)
{
	tree_node("memory");
	tree_text("device_type", "memory");
	tree_cells("reg", WIDE(base), WIDE(size));
	tree_end();
}

/* A device with one range of registers. */
static inline void tree_device(const char *name, const char *compatible, uint64_t base,
			       uint64_t size)
{
	tree_node(name);
	tree_text("compatible", compatible);
	tree_cells("reg", WIDE(base), WIDE(size));
}

#endif
