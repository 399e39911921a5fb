/* SPDX-License-Identifier: MIT */
/*
 * Access to devices of the machine: registers in memory, PCI configuration space, I/O ports,
 * interrupt lines. Only ports with CONFIG_DEVICES implement it. Context: thread, except for reads
 * and writes of registers.
 */
#ifndef ARCH_DEVICE_H
#define ARCH_DEVICE_H

#include <asm/mmio.h> /* mmio_read8 to mmio_write32: one access of this size, in order, inline */
#include <lib/addr.h>

/* A place where a virtio-mmio device may be, and its line for interrupt_line_open(). */
struct device_window {
	paddr_t base;
	unsigned int line;
};

/* List the machine's windows, at most `max`. A window may be empty. Return: how many. */
unsigned int device_windows(struct device_window *window, unsigned int max);

#define PCI_HOSTS_MAX 4U

/* Bytes at one address for PCI and for the processor. Size 0: none. */
struct pci_window {
	uint64_t base, size;
};

/* A PCI host bridge: its buses, and the addresses that it decodes for them. */
struct pci_host {
	unsigned int first_bus, last_bus;
	bool firmware; /* it numbered the buses and placed the BARs, which stay */
	struct pci_window io, memory, prefetch; /* ports; below 4 GiB; for prefetchable BARs */
};

/* List the host bridges of this machine, at most `max`. Return: how many. */
unsigned int pci_hosts(struct pci_host *host, unsigned int max);

/*
 * Read 32 bits of PCI configuration space. `function` is host << 16 | bus << 8 | device << 3 |
 * function, `offset` a multiple of 4 below 256.
 * Return: all ones without a device.
 */
uint32_t pci_config_read(unsigned int function, unsigned int offset);

/* Write 32 bits of PCI configuration space, addressed as in pci_config_read(). */
void pci_config_write(unsigned int function, unsigned int offset, uint32_t value);

/* Read or write 1, 2 or 4 bytes of PCI I/O space. `port` is host << 16 | port. */
uint32_t io_read(unsigned int port, unsigned int bytes);
void io_write(unsigned int port, unsigned int bytes, uint32_t value);

/*
 * Find the interrupt line of `function`. `root` is the function on the root bus above it, or
 * itself. `pin`, 1 for INTA, is the pin of `root` that it is routed to. Return: the line; -ENODEV
 * if it is unknown.
 */
int pci_interrupt_line(unsigned int function, unsigned int root, unsigned int pin);

/* Enable a level-triggered line. Return: -EINVAL if there is no such line. */
int interrupt_line_open(unsigned int line) __must_check;

#endif
