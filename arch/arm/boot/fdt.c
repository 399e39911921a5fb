/* SPDX-License-Identifier: MIT */
/* The device tree, read once into struct machine, by libfdt's read-only calls. */
#include <lib/errno.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <libfdt.h>

#include "fdt_node.h"

/* The arm64 boot protocol wants it so; structures in the tree are aligned by it. */
#define TREE_ALIGNMENT 8
#define TREE_VERSION   17 /* of the year 2005 */

/*
 * What libfdt 1.6 does not look at: it goes by the length of a property, be it negative, and then
 * comes back to where it was, for ever; and of trees before version 16 it takes a root for granted.
 */
static bool is_walkable(const void *fdt)
{
	int at, next = 0, len = 0;
	uint32_t tag;

	if (fdt_version(fdt) < TREE_VERSION)
		return false;
	do {
		at = next;
		tag = fdt_next_tag(fdt, at, &next);
		if (tag == FDT_PROP && !fdt_get_property_by_offset(fdt, at, &len))
			return false;
		if (next <= at || len < 0 || len > next - at)
			return false;
		len = 0;
	} while (tag != FDT_END);
	return true;
}

static int check_structure(const void *fdt, size_t max)
{
	int err = max < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_header(fdt);

	if (!err && fdt_totalsize(fdt) > max)
		err = -FDT_ERR_TRUNCATED;
	if (!err && !is_walkable(fdt))
		err = -FDT_ERR_BADSTRUCTURE;
	return err ? err : fdt_check_full(fdt, max);
}

static int check_tree(const void *fdt, size_t max)
{
	int err;

	if (!fdt || !IS_ALIGNED((uintptr_t)fdt, TREE_ALIGNMENT)) {
		printk("device tree: none at %p (the loader must pass its address in x0)\n", fdt);
		return -EINVAL;
	}
	err = check_structure(fdt, max);
	if (!err)
		return 0;
	printk("device tree: cannot read the tree at %p: %s (the loader must pass its address in "
	       "x0)\n",
	       fdt, fdt_strerror(err));
	return -EINVAL;
}

/* ---- /chosen ---- */

static void read_bootargs(const void *fdt, int chosen, struct machine *m)
{
	const char *text = fdt_text(fdt, chosen, "bootargs");

	if (text)
		m->bootargs = text;
	else if (fdt_getprop(fdt, chosen, "bootargs", NULL))
		printk("device tree: command line (bootargs) not terminated: ignored\n");
}

/* An alias is a path from the root. libfdt 1.6 takes other names, too, and goes on and on. */
static const char *find_alias(const void *fdt, const char *name, int n)
{
	int len, aliases = fdt_path_offset(fdt, "/aliases");
	const char *path = fdt_getprop_namelen(fdt, aliases, name, n, &len);

	return path && len > 0 && *path == '/' && memchr(path, '\0', (size_t)len) ? path : NULL;
}

/* "serial0:115200n8" or "/pl011@9000000": negative if it names nothing. */
static int find_stdout(const void *fdt, int chosen)
{
	const char *path = fdt_text(fdt, chosen, "stdout-path");
	const char *options = path ? strchr(path, ':') : NULL;
	int n;

	if (!path)
		return -ENOENT;
	n = (int)(options ? (size_t)(options - path) : strlen(path));
	if (*path == '/')
		return fdt_path_offset_namelen(fdt, path, n);
	path = find_alias(fdt, path, n);
	return path ? fdt_path_offset(fdt, path) : -ENOENT;
}

static bool read_address(const void *fdt, int chosen, const char *property, uint64_t *addr)
{
	int len;
	const void *value = fdt_getprop(fdt, chosen, property, &len);

	if (!value || (len != sizeof(fdt32_t) && len != sizeof(fdt64_t)))
		return false;
	*addr = len == sizeof(fdt32_t) ? fdt32_ld(value) : fdt64_ld(value);
	return true;
}

static int read_initrd(const void *fdt, int chosen, struct machine *m)
{
	uint64_t start, end;

	if (!fdt_getprop(fdt, chosen, "linux,initrd-start", NULL))
		return 0;
	if (!read_address(fdt, chosen, "linux,initrd-start", &start) ||
	    !read_address(fdt, chosen, "linux,initrd-end", &end) || end < start ||
	    end > MACHINE_ADDR_MAX) {
		printk("device tree: invalid initrd range: ignored\n");
		return 0;
	}
	return memory_reserve(m, (struct machine_range){start, end - start});
}

/* One cell, not 0 (Linux, Documentation/devicetree/bindings/pci/host-generic-pci). */
static bool is_pci_placed(const void *fdt, int chosen)
{
	int len;
	const fdt32_t *cell = fdt_getprop(fdt, chosen, "linux,pci-probe-only", &len);

	return cell && len == sizeof(*cell) && fdt32_ld(cell);
}

static int read_chosen(const void *fdt, struct fdt_reader *reader)
{
	int chosen = fdt_path_offset(fdt, "/chosen");

	if (chosen < 0)
		return 0;
	read_bootargs(fdt, chosen, reader->m);
	reader->stdout_node = find_stdout(fdt, chosen);
	reader->m->pci_placed = is_pci_placed(fdt, chosen);
	return read_initrd(fdt, chosen, reader->m);
}

/* ---- all of it ---- */

/* What is wrong with memory can be said if there is a UART: all of the tree is read first. */
static void visit(const struct fdt_node *node, struct fdt_reader *reader)
{
	int err = memory_visit(node, reader);

	reader->err = reader->err ? reader->err : err;
	device_visit(node, reader);
}

/* In this order: what a later step asks for was found by an earlier one. */
static int read_tree(const void *fdt, struct fdt_reader *reader)
{
	int err = read_chosen(fdt, reader);

	reader->err = memory_read_reservations(fdt, reader->m);
	node_walk(fdt, device_visit_gic, reader);
	node_walk(fdt, visit, reader);
	pci_leave_memory(reader->m);
	return err ? err : reader->err;
}

int machine_read(const void *fdt, size_t max, struct machine *m)
{
	struct fdt_reader reader = {
		.m = m,
		.stdout_node = -ENOENT,
		.interrupt_cells = GIC_CELLS,
	};
	int err;

	memset(m, 0, sizeof(*m));
	m->bootargs = "";
	err = check_tree(fdt, max);
	if (err)
		return err;
	m->tree = (struct machine_range){(uintptr_t)fdt, fdt_totalsize(fdt)};
	err = read_tree(fdt, &reader);
	if (err)
		return err;
	if (m->nr_banks)
		return 0;
	printk("device tree: no usable memory: cannot start\n");
	return -EINVAL;
}
