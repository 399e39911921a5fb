/* SPDX-License-Identifier: MIT */
/*
 * The devices that the device tree tells of, by their compatible strings: each is there or not, or
 * there and not usable, which is said.
 */
#include <lib/addr.h>
#include <lib/errno.h>
#include <lib/string.h>
#include <libfdt.h>

#include "fdt_node.h"

/* Places in the lists of reg and interrupts, by the bindings. */
#define TIMER_VIRTUAL	  2
#define HYPERVISOR_GRANTS 0

typedef void (*device_reader)(const struct fdt_node *node, struct fdt_reader *reader);

/* 0, and said, if there is none. */
static unsigned int read_interrupt(const struct fdt_node *node, const struct fdt_reader *reader,
				   unsigned int index)
{
	unsigned int interrupt;

	if (!node_interrupt(node, reader, index, &interrupt))
		return interrupt;
	node_say(node, "no interrupt of the GIC", "interrupt disabled");
	return 0;
}

static void read_timer(const struct fdt_node *node, struct fdt_reader *reader)
{
	if (!reader->m->timer_interrupt)
		reader->m->timer_interrupt = read_interrupt(node, reader, TIMER_VIRTUAL);
	if (node_cell(node, "clock-frequency", 0, &reader->m->timer_hz))
		node_say(node, "invalid clock-frequency", "ignored");
}

static void read_psci(const struct fdt_node *node, struct fdt_reader *reader)
{
	const char *method = fdt_text(node->fdt, node_offset(node), "method");

	if (method && !strcmp(method, "hvc"))
		reader->m->psci = MACHINE_PSCI_HVC;
	else if (method && !strcmp(method, "smc"))
		reader->m->psci = MACHINE_PSCI_SMC;
	else
		node_say(node, "method neither hvc nor smc", "cannot power off");
}

/* The one that stdout-path names, else the first. */
static void read_uart(const struct fdt_node *node, struct fdt_reader *reader)
{
	struct machine *m = reader->m;

	if (m->uart.size && node_offset(node) != reader->stdout_node)
		return;
	if (node_registers(node, 0, &m->uart))
		m->uart_interrupt = read_interrupt(node, reader, 0);
}

static void read_extended(const struct fdt_node *node, struct machine *m, unsigned int index)
{
	struct machine_range range;
	int err = node_reg(node, index, &range);

	if (!err && range.size)
		err = range_add(m->extended, &m->nr_extended, MACHINE_EXTENDED_MAX, range, NULL);
	if (err)
		node_say(node, node_why(err), "extended region ignored");
}

static void read_hypervisor(const struct fdt_node *node, struct fdt_reader *reader)
{
	struct machine *m = reader->m;
	unsigned int nr;

	m->xen = true;
	m->event_interrupt = read_interrupt(node, reader, 0);
	if (node_regs(node, &nr))
		node_say(node, node_why(-EINVAL), "used in part");
	if (nr && node_reg(node, HYPERVISOR_GRANTS, &m->grant_space))
		node_say(node, "no address of the grant space", "grants disabled");
	for (unsigned int i = HYPERVISOR_GRANTS + 1; i < nr; i++)
		read_extended(node, m, i);
}

static void read_virtio(const struct fdt_node *node, struct fdt_reader *reader)
{
	struct machine *m = reader->m;
	struct machine_range registers;

	if (m->nr_virtio == MACHINE_VIRTIO_MAX) {
		node_say(node, node_why(-ENOSPC), "device ignored");
		return;
	}
	if (!node_registers(node, 0, &registers))
		return;
	m->virtio[m->nr_virtio].registers = registers;
	m->virtio[m->nr_virtio++].interrupt = read_interrupt(node, reader, 0);
}

static const struct {
	const char *compatible;
	device_reader read;
} devices[] = {
	{"arm,gic-v3", gic_read_v3},
	{"arm,gic-400", gic_read_v2},
	{"arm,cortex-a15-gic", gic_read_v2},
	{"arm,cortex-a9-gic", gic_read_v2},
	{"arm,cortex-a7-gic", gic_read_v2},
	{"arm,armv8-timer", read_timer},
	{"arm,psci-1.0", read_psci},
	{"arm,psci-0.2", read_psci},
	{"arm,pl011", read_uart},
	{"arm,sbsa-uart", read_uart}, /* Xen's vpl011 */
	{"xen,xen", read_hypervisor},
	{"virtio,mmio", read_virtio},
	{"pci-host-ecam-generic", pci_read},
};

/* NULL for what we have no use for, or may not use. */
static device_reader find_reader(const struct fdt_node *node)
{
	int len;
	const char *names = fdt_getprop(node->fdt, node_offset(node), "compatible", &len);

	for (size_t i = 0; node->depth && names && i < ARRAY_SIZE(devices); i++)
		if (fdt_stringlist_contains(names, len, devices[i].compatible))
			return node_is_enabled(node) ? devices[i].read : NULL;
	return NULL;
}

void device_visit_gic(const struct fdt_node *node, struct fdt_reader *reader)
{
	int len;
	const fdt32_t *cells = fdt_getprop(node->fdt, node_offset(node), "#interrupt-cells", &len);
	device_reader read = cells ? find_reader(node) : NULL;

	if (read != gic_read_v2 && read != gic_read_v3)
		return;
	if (len == sizeof(*cells) && fdt32_ld(cells) >= GIC_CELLS && fdt32_ld(cells) <= 4)
		reader->interrupt_cells = fdt32_ld(cells);
	else
		node_say(node, "interrupts of neither 3 nor 4 cells", "assuming 3");
}

void device_visit(const struct fdt_node *node, struct fdt_reader *reader)
{
	device_reader read;

	if (!node->depth) {
		reader->m->xen |= node_is_compatible(node, "xen,xenvm");
		return;
	}
	read = find_reader(node);
	if (read)
		read(node, reader);
}
