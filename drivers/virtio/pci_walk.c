/* SPDX-License-Identifier: MIT */
/*
 * The functions of all host bridges, from each root bus down: first what is on a bus, then what its
 * bridges lead to. A bus is walked once and no deeper than DEPTH_MAX, so it ends whatever bridges
 * there are and whatever they answer.
 */
#include <lib/printk.h>

#include "pci.h"
#include "transport.h"

#define BUSES	   256U
#define PER_BUS	   256U
#define PER_DEVICE 8U
#define PINS	   4U
#define CLASS	   0x08U
#define CLASS_HOST 0x0600U
#define DEPTH_MAX  8U /* bridges one behind the other */
#define LINES_MAX  16U

struct bus {
	const struct bus *parent;	/* NULL: a root bus */
	unsigned int number;		/* host << 8 | bus */
	unsigned int depth;		/* bridges above it */
	unsigned int spaces;		/* that lead to it (pci_place.c) */
	unsigned int bridge;		/* that leads to it */
	uint64_t bridges[PER_BUS / 64]; /* functions on it that are bridges */
};

static struct walk {
	struct pci_host host;
	struct pci_rooms rooms;
	unsigned int last;	     /* number that a bus was given */
	uint64_t walked[BUSES / 64]; /* buses */
	uint64_t roots[BUSES / 64];  /* root buses besides the first */
	bool more_roots;	     /* that there may be */
	struct pci_found *found;
	unsigned int nr_found, lines;
} walk;

static bool test(const uint64_t *set, unsigned int n)
{
	return set[n / 64] >> n % 64 & 1;
}

static void set(uint64_t *set, unsigned int n)
{
	set[n / 64] |= 1ULL << n % 64;
}

/* Logs what cannot be reached, in at most LINES_MAX lines. */
static void say(unsigned int function, const char *why, const char *so)
{
	char name[PCI_NAME_BYTES];

	if (++walk.lines > LINES_MAX)
		return;
	pci_name(name, function);
	printk("pci: %s: %s: %s\n", name, why,
	       walk.lines == LINES_MAX ? "ignored (further messages suppressed)" : so);
}

static void say_lost(unsigned int bridge, const char *why)
{
	say(bridge, why, "devices behind this bridge ignored");
}

/*
 * Lines are shared, and what no driver is there for would never let go of one. What decodes or
 * reads memory while addresses and bus numbers are given out may answer in place of another.
 */
static void quiet(unsigned int function)
{
	uint32_t command = pci_config_read(function, PCI_COMMAND) & 0xffff;

	if (!walk.host.firmware)
		command &= ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pci_config_write(function, PCI_COMMAND, command | PCI_COMMAND_NO_INTX);
}

/* By which line: a bridge turns the pins of what is behind it (PCI-to-PCI Bridge 1.2, 9.1). */
static int find_line(const struct bus *bus, unsigned int function, unsigned int pin)
{
	unsigned int root = function;

	if (pin < 1 || pin > PINS)
		return -1;
	for (; bus->parent; bus = bus->parent) {
		pin = (pin - 1 + (root >> 3 & 31)) % PINS + 1;
		root = bus->bridge;
	}
	return pci_interrupt_line(function, root, pin);
}

static void find_device(const struct bus *bus, unsigned int function)
{
	struct pci_found *found = &walk.found[walk.nr_found];
	unsigned int pin = pci_config_byte(function, PCI_INTERRUPT + 1);

	if (walk.nr_found == PCI_FOUND_MAX) {
		say(function, "too many devices", "ignored");
		return;
	}
	*found = (struct pci_found){.function = function, .pin = pin};
	found->line = find_line(bus, function, pin);
	if (!walk.host.firmware)
		found->unplaced = pci_place(&walk.rooms, bus->spaces, function, PCI_BARS);
	walk.nr_found++;
}

/* A second host bridge on the first bus leads to a root bus of its own (QEMU's pxb, pxb-pcie). */
static void look_for_host(const struct bus *bus, unsigned int function)
{
	if (!bus->parent && function % PER_BUS &&
	    pci_config_read(function, CLASS) >> 16 == CLASS_HOST)
		walk.more_roots = true;
}

static void look_at(struct bus *bus, unsigned int function, uint32_t header)
{
	quiet(function);
	look_for_host(bus, function);
	if ((header & PCI_HEADER_TYPE) == PCI_HEADER_BRIDGE) {
		/* No number of before answers for a bus that another bridge is given. */
		if (!walk.host.firmware)
			pci_config_write(function, PCI_BRIDGE_BUSES, 0);
		set(bus->bridges, function % PER_BUS);
	} else if (virtio_is_driven(virtio_pci_type(function))) {
		find_device(bus, function);
	}
}

static bool is_there(unsigned int function)
{
	return (pci_config_read(function, PCI_ID) & 0xffff) != PCI_NO_VENDOR;
}

/* No function 0, or one that is alone: no others. */
static void look_at_device(struct bus *bus, unsigned int first)
{
	uint32_t header;

	if (!is_there(first))
		return;
	header = pci_config_read(first, PCI_HEADER) >> 16 & 0xff;
	look_at(bus, first, header);
	if (!(header & PCI_MULTI_FUNCTION))
		return;
	for (unsigned int function = first + 1; function < first + PER_DEVICE; function++)
		if (is_there(function))
			look_at(bus, function, pci_config_read(function, PCI_HEADER) >> 16 & 0xff);
}

/* ---- bridges ---- */

/* The number of the bus behind a bridge, as firmware gave it; 0, and said: none that is walked. */
static unsigned int numbered_bus(unsigned int function)
{
	unsigned int bus = pci_config_read(function, PCI_BRIDGE_BUSES) >> 8 & 0xff;

	if (!bus || bus < walk.host.first_bus || bus > walk.host.last_bus)
		say_lost(function, "no bus number assigned by firmware");
	else if (test(walk.walked, bus))
		say_lost(function, "duplicate bus number");
	else
		return bus;
	return 0;
}

/* The last number that can be given to a bus of this root. */
static unsigned int last_number(void)
{
	unsigned int number = walk.last;

	while (number < walk.host.last_bus && !test(walk.roots, number + 1))
		number++;
	return number;
}

/* Gives the bus behind a bridge the next number; 0, and said: there is none, or it is not taken. */
static unsigned int number_bus(unsigned int function)
{
	unsigned int end = last_number();

	if (walk.last == end) {
		say_lost(function, "out of bus numbers");
		return 0;
	}
	walk.last++;
	if (pci_bridge_number(function, walk.last, end))
		return walk.last;
	(void)pci_bridge_number(function, 0, 0);
	say_lost(function, "bus number not accepted");
	return 0;
}

static void walk_bus(struct bus *bus);

static void walk_bridge(const struct bus *bus, unsigned int function)
{
	struct bus behind = {.parent = bus, .depth = bus->depth + 1, .bridge = function};
	struct pci_bridge bridge;
	unsigned int number;

	if (bus->depth == DEPTH_MAX) {
		say_lost(function, "bridges nested too deeply");
		return;
	}
	number = walk.host.firmware ? numbered_bus(function) : number_bus(function);
	if (!number)
		return;
	behind.number = (bus->number & ~0xffU) | number;
	if (walk.host.firmware) {
		walk_bus(&behind);
		return;
	}
	(void)pci_place(&walk.rooms, bus->spaces, function, PCI_BRIDGE_BARS);
	pci_bridge_open(&walk.rooms, &bridge, function, bus->spaces);
	behind.spaces = bridge.spaces;
	walk_bus(&behind);
	(void)pci_bridge_number(function, number, walk.last);
	pci_bridge_close(&walk.rooms, &bridge);
}

static bool answers(unsigned int bus)
{
	for (unsigned int i = 0; i < PER_BUS; i += PER_DEVICE)
		if (is_there(bus << 8 | i))
			return true;
	return false;
}

/* What answers on a bus that no bridge leads to, or none yet, is on a root bus. */
static void find_roots(unsigned int first)
{
	unsigned int last = (first & ~0xffU) | walk.host.last_bus;

	for (unsigned int bus = first + 1; walk.more_roots && bus <= last; bus++)
		if (!test(walk.walked, bus & 0xff) && answers(bus))
			set(walk.roots, bus & 0xff);
	walk.more_roots = false;
}

static void walk_bus(struct bus *bus)
{
	unsigned int first = bus->number << 8;

	set(walk.walked, bus->number & 0xff);
	for (unsigned int i = 0; i < PER_BUS; i += PER_DEVICE)
		look_at_device(bus, first + i);
	if (!walk.host.firmware)
		find_roots(bus->number);
	for (unsigned int i = 0; i < PER_BUS; i++)
		if (test(bus->bridges, i))
			walk_bridge(bus, first + i);
}

/* ---- all of it ---- */

static void walk_root(unsigned int number)
{
	struct bus root = {.number = number, .spaces = PCI_ALL_SPACES};

	walk.last = number & 0xff;
	walk_bus(&root);
}

static void walk_host(unsigned int index, const struct pci_host *host)
{
	unsigned int first = index << 8 | host->first_bus;

	walk = (struct walk){
		.host = *host, .found = walk.found, .nr_found = walk.nr_found, .lines = walk.lines};
	pci_rooms_open(&walk.rooms, host);
	walk_root(first);
	find_roots(first);
	for (unsigned int bus = host->first_bus; bus <= host->last_bus; bus++)
		if (test(walk.roots, bus) && !test(walk.walked, bus))
			walk_root(index << 8 | bus);
}

unsigned int pci_walk(struct pci_found found[PCI_FOUND_MAX])
{
	struct pci_host host[PCI_HOSTS_MAX];
	unsigned int nr = pci_hosts(host, PCI_HOSTS_MAX);

	walk.found = found;
	walk.nr_found = walk.lines = 0;
	for (unsigned int i = 0; i < nr; i++)
		walk_host(i, &host[i]);
	return walk.nr_found;
}
