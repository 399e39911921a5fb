/* SPDX-License-Identifier: MIT */
/*
 * A node of the device tree with all nodes above it, and what its properties say, checked. The tree
 * passed fdt_check_full(): its structure holds, but nothing that stands in it is to be believed.
 */
#ifndef BOOT_FDT_NODE_H
#define BOOT_FDT_NODE_H

#include <asm/machine.h>

#define NODE_DEPTH_MAX 16U /* deeper nodes are not looked at */
#define GIC_CELLS      3U  /* of an interrupt, where the GIC does not say otherwise */

struct fdt_node {
	const void *fdt;
	unsigned int depth;	    /* 0: the root */
	int offset[NODE_DEPTH_MAX]; /* of the root, ..., of the node */
};

/* What is being read, and what is to be known before devices are. */
struct fdt_reader {
	struct machine *m;
	int stdout_node;	      /* offset; negative: none is named */
	unsigned int interrupt_cells; /* of an interrupt of the GIC: 3 or more */
	int err;		      /* it cannot go on; said */
};

/* Calls `visit` for each node, parents first. */
void node_walk(const void *fdt, void (*visit)(const struct fdt_node *, struct fdt_reader *),
	       struct fdt_reader *reader);

static inline int node_offset(const struct fdt_node *node)
{
	return node->offset[node->depth];
}

/* Is it a child of the root by this name, with or without a unit address (name@1000)? */
bool node_is_called(const struct fdt_node *node, const char *name);
bool node_is_compatible(const struct fdt_node *node, const char *compatible);

/* False if its status, or that of a node above it, says that it is not to be used. */
bool node_is_enabled(const struct fdt_node *node);

/* A string that ends inside its property; NULL if there is none. */
const char *fdt_text(const void *fdt, int offset, const char *property);

/*
 * Entries of reg, and one of them as the processor sees it, which may be empty. node_why() tells
 * what their errors mean. -EINVAL: not made of addresses and sizes of one or two cells. -ENODEV: a
 * bus above does not pass it on. -ERANGE: beyond the addresses of this port, or wrapped around.
 */
int node_regs(const struct fdt_node *node, unsigned int *nr) __must_check;
int node_reg(const struct fdt_node *node, unsigned int index,
	     struct machine_range *range) __must_check;

/* Read the registers of a device. Return: false, and logged, if there are none to be found. */
bool node_registers(const struct fdt_node *node, unsigned int index,
		    struct machine_range *registers);

/* A property of one cell; `otherwise` if there is none. -EINVAL, and `otherwise`: it is of another
 * size.
 */
int node_cell(const struct fdt_node *node, const char *property, uint32_t otherwise,
	      uint32_t *value) __must_check;

/* The GIC's number of an interrupt. -ENOENT: there are not so many. -EINVAL: none of the GIC's. */
int node_interrupt(const struct fdt_node *node, const struct fdt_reader *reader, unsigned int index,
		   unsigned int *interrupt) __must_check;

/* The GIC's number of an interrupt by its binding: SPI or PPI, and which. -EINVAL: there is none.
 */
int gic_number(uint32_t kind, uint32_t n, unsigned int *interrupt) __must_check;

const char *node_why(int err);

/* One line: its name, why, and what follows. */
void node_say(const struct fdt_node *node, const char *why, const char *so);

/*
 * Adds to ranges that are ascending and disjoint, and stay so: what touches is made one. *nr grows
 * or shrinks; *overlap (may be NULL): some of it was there. -ENOSPC: there is no room, it is as it
 * was.
 */
int range_add(struct machine_range *set, unsigned int *nr, unsigned int max,
	      struct machine_range range, bool *overlap) __must_check;

/*
 * --- fdt_memory.c: banks, and what is not ours. Negative: it cannot go on, one line said. ---
 */
int memory_visit(const struct fdt_node *node, struct fdt_reader *reader) __must_check;
int memory_read_reservations(const void *fdt, struct machine *m) __must_check;
int memory_reserve(struct machine *m, struct machine_range range) __must_check;

/* --- fdt_device.c --- */

void device_visit_gic(const struct fdt_node *node, struct fdt_reader *reader);
void device_visit(const struct fdt_node *node, struct fdt_reader *reader);

/* --- fdt_gic.c: the interrupt controller, by its bindings --- */

void gic_read_v2(const struct fdt_node *node, struct fdt_reader *reader);
void gic_read_v3(const struct fdt_node *node, struct fdt_reader *reader);

/* --- fdt_pci.c: a host bridge by its binding, "pci-host-ecam-generic" --- */

void pci_read(const struct fdt_node *node, struct fdt_reader *reader);

/* Drops the hosts whose configuration space lies in a bank, and ports that do. Logs each host. */
void pci_leave_memory(struct machine *m);

#endif
