/* SPDX-License-Identifier: MIT */
/*
 * A node of the device tree with all nodes above it, and its properties, checked. The tree passed
 * fdt_check_full(): its structure is valid, its values may be anything.
 */
#ifndef BOOT_FDT_NODE_H
#define BOOT_FDT_NODE_H

#include <asm/machine.h>

#define NODE_DEPTH_MAX 16U /* deeper nodes are skipped */
#define GIC_CELLS      3U  /* of an interrupt, without a valid property of the GIC */

struct fdt_node {
	const void *fdt;
	unsigned int depth;	    /* 0: the root */
	int offset[NODE_DEPTH_MAX]; /* of the root, ..., of the node */
};

/* The state of reading, with what devices need. */
struct fdt_reader {
	struct machine *m;
	int stdout_node;	      /* offset; negative: none */
	unsigned int interrupt_cells; /* of an interrupt of the GIC: 3 or more */
	int err;		      /* fatal, and logged */
};

/* Call `visit` for each node, parents first. */
void node_walk(const void *fdt, void (*visit)(const struct fdt_node *, struct fdt_reader *),
	       struct fdt_reader *reader);

static inline int node_offset(const struct fdt_node *node)
{
	return node->offset[node->depth];
}

/* Test for a child of the root by name, with or without a unit address (name@1000). */
bool node_is_called(const struct fdt_node *node, const char *name);
bool node_is_compatible(const struct fdt_node *node, const char *compatible);

/* Test whether the status of the node, and of all above it, is okay. */
bool node_is_enabled(const struct fdt_node *node);

/* Return a string that ends inside its property; NULL without one. */
const char *fdt_text(const void *fdt, int offset, const char *property);

/*
 * Count the entries of reg, or read one as the processor addresses it; it may be empty.
 * Return, for node_why(): -EINVAL if reg does not hold addresses and sizes of one or two cells;
 * -ENODEV if a bus above does not decode it; -ERANGE beyond the addresses of this port, or wrapped.
 */
int node_regs(const struct fdt_node *node, unsigned int *nr) __must_check;
int node_reg(const struct fdt_node *node, unsigned int index,
	     struct machine_range *range) __must_check;

/* Read the registers of a device. Return: false, with one message, if there are none. */
bool node_registers(const struct fdt_node *node, unsigned int index,
		    struct machine_range *registers);

/* Read a property of one cell; `otherwise` without one. Return: -EINVAL for another size. */
int node_cell(const struct fdt_node *node, const char *property, uint32_t otherwise,
	      uint32_t *value) __must_check;

/*
 * Read the GIC's number of an interrupt.
 * Return: -ENOENT if there are fewer; -EINVAL if it is not the GIC's.
 */
int node_interrupt(const struct fdt_node *node, const struct fdt_reader *reader, unsigned int index,
		   unsigned int *interrupt) __must_check;

/* Convert an SPI or PPI of the binding to the GIC's number. Return: -EINVAL if it is invalid. */
int gic_number(uint32_t kind, uint32_t n, unsigned int *interrupt) __must_check;

/* Return the static reason of an error, for node_say(). */
const char *node_why(int err);

/* Log one message: the node's name, the reason, what follows. */
void node_say(const struct fdt_node *node, const char *why, const char *so);

/*
 * Add a range to ascending, disjoint ones, which stay so: ranges that touch are merged. *overlap
 * (may be NULL): a part was in the set. Return: -ENOSPC without room; nothing changed.
 */
int range_add(struct machine_range *set, unsigned int *nr, unsigned int max,
	      struct machine_range range, bool *overlap) __must_check;

/*
 * --- fdt_memory.c: banks and reservations. Return: negative, with one message, if fatal. ---
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

/* Drop hosts whose configuration space overlaps a bank, with one message each, and such ports. */
void pci_leave_memory(struct machine *m);

#endif
