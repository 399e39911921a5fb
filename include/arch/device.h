/* SPDX-License-Identifier: MIT */
/*
 * How devices of the machine are reached: registers in memory, PCI's configuration space, I/O
 * ports, interrupt lines. Only ports with CONFIG_DEVICES have it. Threads only, but for what reads
 * and writes registers.
 */
#ifndef ARCH_DEVICE_H
#define ARCH_DEVICE_H

#include <asm/mmio.h> /* mmio_read8 to mmio_write32: one access of this size, in order, inline */
#include <lib/addr.h>

/* Where a virtio-mmio device may be; interrupts are lines for interrupt_line_open(). */
struct device_window {
	paddr_t base;
	unsigned int line;
};

/* Windows that this machine says it has, at most `max`; which of them hold a device they tell. */
unsigned int device_windows(struct device_window *window, unsigned int max);

#define PCI_HOSTS_MAX 4U

/* Bytes at one address for PCI and for the processor; size 0: there is none. */
struct pci_window {
	uint64_t base, size;
};

/* A PCI host bridge: buses, and the addresses that it passes on to them. */
struct pci_host {
	unsigned int first_bus, last_bus;
	bool firmware; /* numbered the buses and placed the BARs: that stays as it is */
	struct pci_window io, memory, prefetch; /* ports; below 4 GiB; for prefetchable BARs */
};

/* Fills in the host bridges of this machine, at most `max`. Return: how many. */
unsigned int pci_hosts(struct pci_host *host, unsigned int max);

/*
 * PCI configuration space: `function` is host << 16 | bus << 8 | device << 3 | function, `offset` a
 * multiple of 4 below 256. All ones where nothing answers.
 */
uint32_t pci_config_read(unsigned int function, unsigned int offset);
void pci_config_write(unsigned int function, unsigned int offset, uint32_t value);

/* PCI's I/O space, of `bytes` 1, 2 or 4; `port` is host << 16 | port. */
uint32_t io_read(unsigned int port, unsigned int bytes);
void io_write(unsigned int port, unsigned int bytes, uint32_t value);

/*
 * Finds the line that `function` interrupts by. `root` is the function on a root bus that it lies
 * behind, or itself; `pin`, 1 for INTA, is the pin of `root` that it comes out at. Return: the
 * line; -ENODEV if it is not known.
 */
int pci_interrupt_line(unsigned int function, unsigned int root, unsigned int pin);

/* Lets a level-triggered line interrupt. -EINVAL: there is no such line. */
int interrupt_line_open(unsigned int line) __must_check;

#endif
