/* SPDX-License-Identifier: MIT */
/* What the tests of the device tree's reader share: nodes to write, and the reading. */
#ifndef TESTS_UNIT_FDT_H
#define TESTS_UNIT_FDT_H

#include <asm/machine.h>
#include <lib/errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "machine_check.h"
#include "tests/unit/said.h"
#include "tree.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

static struct machine m;

static inline int read_tree(void)
{
	int err;

	said_start();
	err = machine_read(tree, sizeof(tree), &m);
	if (!err)
		machine_check(&m, tree, sizeof(tree));
	return err;
}

static inline void assert_range(struct machine_range range, uint64_t base, uint64_t size)
{
	if (range.base != base || range.size != size)
		fail_msg("%llx and %llx bytes, not %llx and %llx", (unsigned long long)range.base,
			 (unsigned long long)range.size, (unsigned long long)base,
			 (unsigned long long)size);
}

static inline void tree_interrupt(uint32_t kind, uint32_t number)
{
	tree_cells("interrupts", kind, number, 4);
}

static inline void put_gic(const char *compatible)
{
	tree_node("intc");
	tree_text("compatible", compatible);
	tree_cells("#interrupt-cells", 3);
	tree_cells("reg", WIDE(0x8000000), WIDE(0x10000), WIDE(0x8010000), WIDE(0x20000));
	tree_end();
}

static inline void put_timer_and_psci(const char *method)
{
	tree_node("timer");
	tree_text("compatible", "arm,armv8-timer");
	tree_cells("interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	tree_end();
	tree_node("psci");
	tree_text("compatible", "arm,psci-0.2");
	tree_text("method", method);
	tree_end();
}

static inline void put_uart(const char *name, uint64_t base, const char *status)
{
	tree_device(name, "arm,pl011", base, 0x1000);
	if (status)
		tree_text("status", status);
	tree_interrupt(0, 1);
	tree_end();
}

static inline void put_virtio(uint32_t base)
{
	tree_node("virtio");
	tree_text("compatible", "virtio,mmio");
	tree_cells("reg", base, 0x200);
	tree_interrupt(0, 16);
	tree_end();
}

#endif
