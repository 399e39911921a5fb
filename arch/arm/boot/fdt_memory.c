/* SPDX-License-Identifier: MIT */
/*
 * What the device tree says of memory: banks, and what in them is not ours. A bank that makes no
 * sense is left out. A reservation that makes none is the end: what it means would be taken for
 * free.
 */
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <libfdt.h>

#include "fdt_node.h"

static uint64_t range_end(struct machine_range range)
{
	return range.base + range.size;
}

int range_add(struct machine_range *set, unsigned int *nr, unsigned int max,
	      struct machine_range range, bool *overlap)
{
	unsigned int first = 0, next;
	uint64_t base = range.base, end = range_end(range);
	bool over = false;

	while (first < *nr && range_end(set[first]) < range.base)
		first++;
	for (next = first; next < *nr && set[next].base <= range_end(range); next++) {
		over |= set[next].base < range_end(range) && range.base < range_end(set[next]);
		base = MIN(base, set[next].base);
		end = MAX(end, range_end(set[next]));
	}
	if (first == next && *nr == max)
		return -ENOSPC;
	memmove(&set[first + 1], &set[next], (*nr - next) * sizeof(*set));
	*nr = *nr - (next - first) + 1;
	set[first] = (struct machine_range){base, end - base};
	if (overlap)
		*overlap = over;
	return 0;
}

/* ---- banks ---- */

static void add_bank(const struct fdt_node *node, struct machine *m, struct machine_range bank)
{
	bool overlap = false;

	if (!bank.size)
		node_say(node, "empty memory bank", "ignored");
	else if (range_add(m->bank, &m->nr_banks, MACHINE_BANKS_MAX, bank, &overlap))
		node_say(node, node_why(-ENOSPC), "memory unused");
	if (overlap)
		node_say(node, "overlaps another memory bank", "merged");
}

static void read_banks(const struct fdt_node *node, struct machine *m)
{
	unsigned int nr;

	if (node_regs(node, &nr))
		node_say(node, node_why(-EINVAL), "used in part");
	for (unsigned int i = 0; i < nr; i++) {
		struct machine_range bank;
		int err = node_reg(node, i, &bank);

		if (err)
			node_say(node, node_why(err), "memory unused");
		else
			add_bank(node, m, bank);
	}
}

/* ---- reservations ---- */

int memory_reserve(struct machine *m, struct machine_range range)
{
	int err = 0;

	if (range.size)
		err = range_add(m->reserved, &m->nr_reserved, MACHINE_RESERVED_MAX, range, NULL);
	if (err)
		printk("device tree: more than %u reserved ranges: cannot start\n",
		       MACHINE_RESERVED_MAX);
	return err ? -EINVAL : 0;
}

int memory_read_reservations(const void *fdt, struct machine *m)
{
	int nr = fdt_num_mem_rsv(fdt);

	for (int i = 0; i < nr; i++) {
		struct machine_range range;

		if (fdt_get_mem_rsv(fdt, i, &range.base, &range.size))
			return -EINVAL;
		if (range.base >= MACHINE_ADDR_MAX)
			continue;
		range.size = MIN(range.size, MACHINE_ADDR_MAX - range.base);
		if (memory_reserve(m, range))
			return -EINVAL;
	}
	return 0;
}

/* A child of /reserved-memory. One without reg wants memory from whoever has some to give: we do
 * not.
 */
static int read_reserved_memory(const struct fdt_node *node, struct machine *m)
{
	struct machine_range range;
	unsigned int nr;
	int err = node_regs(node, &nr);

	for (unsigned int i = 0; i < nr && !err; i++) {
		err = node_reg(node, i, &range);
		if (!err && memory_reserve(m, range))
			return -EINVAL;
	}
	if (err)
		node_say(node, node_why(err), "cannot start");
	return err ? -EINVAL : 0;
}

static bool is_reservation(const struct fdt_node *node)
{
	struct fdt_node parent;

	if (node->depth != 2)
		return false;
	parent = *node;
	parent.depth = 1;
	return node_is_called(&parent, "reserved-memory");
}

int memory_visit(const struct fdt_node *node, struct fdt_reader *reader)
{
	const char *type =
		node->depth == 1 ? fdt_text(node->fdt, node_offset(node), "device_type") : NULL;

	if (type && !strcmp(type, "memory") && node_is_enabled(node))
		read_banks(node, reader->m);
	if (is_reservation(node) && node_is_enabled(node))
		return read_reserved_memory(node, reader->m);
	return 0;
}
