/* SPDX-License-Identifier: MIT */
/*
 * The interrupt controller in the device tree: the distributor, and what is the processor's own (v2
 * an interface; v3 a redistributor, somewhere in one of several regions).
 */
#include <lib/addr.h>
#include <lib/errno.h>
#include <libfdt.h>

#include "fdt_node.h"

/* Places in the list of reg, by the bindings. */
#define DISTRIBUTOR_REG 0
#define CPU_REG		1

/* Two frames of 64 KiB are the least (Arm IHI 0069, 12.10). */
#define REDISTRIBUTOR_BYTES 0x20000U
#define STRIDE_UNIT	    0x10000U

#define NOT_USED "device ignored"

/* As large as its registers are (Arm IHI 0048, 4.1.1; 0069, 12.8), on a page. */
static bool is_distributor(const struct machine_range *range, enum machine_gic kind)
{
	uint64_t bytes = kind == MACHINE_GIC_V3 ? 0x10000 : 0x1000;

	return range->size >= bytes && IS_ALIGNED(range->base, PAGE_SIZE);
}

static bool read_distributor(const struct fdt_node *node, struct machine *m, enum machine_gic kind)
{
	if (m->gic != MACHINE_NO_GIC || !node_registers(node, DISTRIBUTOR_REG, &m->gic_distributor))
		return false;
	if (is_distributor(&m->gic_distributor, kind))
		return true;
	node_say(node, "distributor too small or not page-aligned", NOT_USED);
	return false;
}

static void read_region(const struct fdt_node *node, struct machine *m, unsigned int index)
{
	struct machine_range region;
	int err = node_reg(node, index, &region);

	if (err)
		node_say(node, node_why(err), "redistributor region ignored");
	else if (region.size < REDISTRIBUTOR_BYTES || !IS_ALIGNED(region.base, PAGE_SIZE))
		node_say(node, "redistributor region too small or not page-aligned", "ignored");
	else
		m->gic_cpu[m->nr_gic_cpu++] = region;
}

static void read_regions(const struct fdt_node *node, struct machine *m)
{
	uint32_t nr;

	if (node_cell(node, "#redistributor-regions", 1, &nr) || !nr) {
		node_say(node, "invalid #redistributor-regions", "assuming one");
		nr = 1;
	}
	if (nr > MACHINE_GIC_CPU_MAX) {
		node_say(node, node_why(-ENOSPC), "further redistributor regions ignored");
		nr = MACHINE_GIC_CPU_MAX;
	}
	for (uint32_t i = 0; i < nr; i++)
		read_region(node, m, CPU_REG + i);
}

static void read_stride(const struct fdt_node *node, struct machine *m)
{
	if (!node_cell(node, "redistributor-stride", 0, &m->gic_stride) &&
	    (!m->gic_stride ||
	     (m->gic_stride >= REDISTRIBUTOR_BYTES && IS_ALIGNED(m->gic_stride, STRIDE_UNIT))))
		return;
	node_say(node, "invalid redistributor-stride", "assuming contiguous redistributors");
	m->gic_stride = 0;
}

void gic_read_v2(const struct fdt_node *node, struct fdt_reader *reader)
{
	struct machine *m = reader->m;

	if (!read_distributor(node, m, MACHINE_GIC_V2) ||
	    !node_registers(node, CPU_REG, &m->gic_cpu[0]))
		return;
	if (!IS_ALIGNED(m->gic_cpu[0].base, sizeof(uint32_t))) {
		node_say(node, "registers not word-aligned", NOT_USED);
		return;
	}
	m->gic = MACHINE_GIC_V2;
	m->nr_gic_cpu = 1;
}

void gic_read_v3(const struct fdt_node *node, struct fdt_reader *reader)
{
	struct machine *m = reader->m;

	if (!read_distributor(node, m, MACHINE_GIC_V3))
		return;
	read_regions(node, m);
	read_stride(node, m);
	if (m->nr_gic_cpu)
		m->gic = MACHINE_GIC_V3;
	else
		node_say(node, "no redistributor", NOT_USED);
}
