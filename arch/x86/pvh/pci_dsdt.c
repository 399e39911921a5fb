/* SPDX-License-Identifier: MIT */
/*
 * A PCI host bridge as the DSDT describes it: where its configuration space lies (_CBA), which
 * buses and addresses it has (_CRS), and which pin is which line (_PRT).
 */
#include <asm/pvh.h>
#include <lib/string.h>

#include "aml.h"
#include "pci_dsdt.h"

#define LAST_BUS      255U
#define LINKS_MAX     8U
#define DEVICES_MAX   1024U /* that are looked at; each may cost a walk of the table */
#define AML_RETURN    0xa4
#define ADDRESS_LIMIT (1ULL << 52)
#define CONFIG_LAST   (ADDRESS_LIMIT - (LAST_BUS + 1) * PCI_DSDT_BUS_BYTES)

/* Resources (ACPI 6.4, 6.4.3): their first byte, and how many there are of one at least. */
#define RESOURCE_LARGE	   0x80U
#define RESOURCE_INTERRUPT 0x89U
#define INTERRUPT_BYTES	   9U
#define RESOURCE_WORD	   0x88U
#define RESOURCE_DWORD	   0x87U
#define RESOURCE_QWORD	   0x8aU
#define RANGE_TYPE	   3U
#define RANGE_NUMBERS	   6U /* granularity, first, last, translation, length */

enum range_type { RANGE_MEMORY, RANGE_IO, RANGE_BUSES };

struct resource {
	const uint8_t *at;
	size_t bytes;
	uint8_t kind;
};

static bool next_resource(struct aml *list, struct resource *resource)
{
	size_t left = (size_t)(list->end - list->at);

	if (!left)
		return false;
	resource->at = list->at;
	resource->kind = *list->at & RESOURCE_LARGE ? *list->at : *list->at >> 3;
	resource->bytes = (*list->at & 7) + 1U;
	if (*list->at & RESOURCE_LARGE) {
		if (left < 3)
			return false;
		resource->bytes = 3U + (list->at[1] | (size_t)list->at[2] << 8);
	}
	if (resource->bytes > left)
		return false;
	list->at += resource->bytes;
	return true;
}

/* The interrupt of the first device of this name, which routes a pin (PNP0C0F); 0: it has none. */
static unsigned int read_link(struct aml dsdt, const char *name)
{
	struct aml_object device, crs;
	struct aml list;
	struct resource resource;

	do {
		if (!aml_next_device(&dsdt, &device))
			return 0;
	} while (memcmp(device.name, name, 4) != 0);
	if (!aml_find(device.body, "_CRS", &crs) || !aml_buffer(&crs.body, &list))
		return 0;
	while (next_resource(&list, &resource))
		if (resource.kind == RESOURCE_INTERRUPT && resource.bytes >= INTERRUPT_BYTES)
			return acpi_read32((const char *)resource.at + 5);
	return 0;
}

/* Links whose interrupt was looked up already. */
struct links {
	struct aml dsdt;
	unsigned int nr;
	struct {
		const char *name;
		unsigned int line;
	} link[LINKS_MAX];
};

static unsigned int link_line(struct links *links, const char *name)
{
	unsigned int line;

	for (unsigned int i = 0; i < links->nr; i++)
		if (memcmp(links->link[i].name, name, 4) == 0)
			return links->link[i].line;
	line = read_link(links->dsdt, name);
	if (links->nr < LINKS_MAX) {
		links->link[links->nr].name = name;
		links->link[links->nr++].line = line;
	}
	return line;
}

/* A package of _PRT (6.2.13): address, pin, and a link and 0, or 0 and a line. */
static void read_route(struct pci_dsdt *pci, struct links *links, struct aml route)
{
	struct aml source;
	uint64_t address, pin, index, number;
	const char *link;
	unsigned int line = 0;

	if (!aml_integer(&route, &address) || !aml_integer(&route, &pin) || pin > 3)
		return;
	source = route;
	if (aml_path(&source, &link))
		line = link_line(links, link);
	else if (aml_integer(&route, &index) && aml_integer(&route, &number))
		line = (unsigned int)number;
	if (line)
		pci->line[pci->nr_lines++] =
			(struct pci_dsdt_line){(uint8_t)(address >> 16 & 31), (uint8_t)pin, line};
}

static void read_routes(struct pci_dsdt *pci, struct aml prt, struct aml dsdt)
{
	struct links links = {.dsdt = dsdt};
	struct aml routes, route;

	if (!aml_package(&prt, &routes))
		return;
	/* No more are looked at than there is room for: each may cost a search of the table. */
	for (unsigned int i = 0; i < PCI_DSDT_LINES_MAX && aml_package(&routes, &route); i++)
		read_route(pci, &links, route);
}

static void take_range(struct pci_dsdt *pci, unsigned int type, uint64_t first, uint64_t last)
{
	struct pci_host *host = &pci->host;
	struct pci_window window = {first, last - first + 1}, *to;

	if (last < first || last >= ADDRESS_LIMIT)
		return;
	if (type == RANGE_BUSES && last <= LAST_BUS) {
		host->first_bus = (unsigned int)first;
		host->last_bus = (unsigned int)last;
	}
	if (type > RANGE_IO)
		return;
	to = type == RANGE_IO ? &host->io : last < BOOT_MAP_BYTES ? &host->memory : &host->prefetch;
	if (!to->size)
		*to = window;
}

/* A range of addresses or bus numbers, of numbers of 2, 4 or 8 bytes (6.4.3.5). */
static void read_range(struct pci_dsdt *pci, const struct resource *resource, unsigned int bytes)
{
	const uint8_t *number = resource->at + RANGE_NUMBERS;
	uint64_t first = 0, last = 0, offset = 0;

	if (resource->bytes < RANGE_NUMBERS + 5 * bytes)
		return;
	memcpy(&first, number + bytes, bytes);
	memcpy(&last, number + 2 * bytes, bytes);
	memcpy(&offset, number + 3 * bytes, bytes);
	if (!offset)
		take_range(pci, resource->at[RANGE_TYPE], first, last);
}

static void read_ranges(struct pci_dsdt *pci, struct aml crs)
{
	struct resource resource;
	struct aml list;

	if (!aml_buffer(&crs, &list))
		return;
	while (next_resource(&list, &resource)) {
		if (resource.kind == RESOURCE_WORD)
			read_range(pci, &resource, 2);
		else if (resource.kind == RESOURCE_DWORD)
			read_range(pci, &resource, 4);
		else if (resource.kind == RESOURCE_QWORD)
			read_range(pci, &resource, 8);
	}
}

/* Where its configuration space is: a Name, or a Method that returns just that (PCI Firmware 3.0).
 */
static uint64_t read_base(struct aml cba)
{
	uint64_t base;

	if (cba.at < cba.end && *cba.at == AML_RETURN)
		cba.at++;
	return aml_integer(&cba, &base) && base <= CONFIG_LAST && !(base % PCI_DSDT_BUS_BYTES)
		       ? base
		       : 0;
}

void pci_dsdt_read(struct pci_dsdt *pci, const char *table, uint32_t length)
{
	const struct aml dsdt = {(const uint8_t *)table, (const uint8_t *)table + length};
	struct aml at = dsdt;
	struct aml_object device, object;

	*pci = (struct pci_dsdt){.host = {.last_bus = LAST_BUS}};
	for (unsigned int i = 0; i < DEVICES_MAX && !pci->config && aml_next_device(&at, &device);
	     i++) {
		if (!aml_find(device.body, "_CBA", &object))
			continue;
		pci->config = read_base(object.body);
		if (!pci->config)
			continue;
		if (aml_find(device.body, "_CRS", &object))
			read_ranges(pci, object.body);
		if (aml_find(device.body, "_PRT", &object))
			read_routes(pci, object.body, dsdt);
	}
}
