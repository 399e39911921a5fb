/* SPDX-License-Identifier: MIT */
/*
 * How devices of the machine are reached: registers in memory, PCI's configuration space, I/O
 * ports, interrupt lines. Only ports with CONFIG_DEVICES have it. Threads only, but for what reads
 * and writes registers.
 */
#ifndef ARCH_DEVICE_H
#define ARCH_DEVICE_H

#include <asm/mmio.h> /* mmio_read8 to mmio_write32: one access of this size, in order, inline */
#include <kernel/addr.h>

/* Where a virtio-mmio device may be; interrupts are lines for interrupt_line_open(). */
struct device_window {
	paddr_t base;
	unsigned int line;
};

/* Windows that this machine says it has, at most `max`; which of them hold a device they tell. */
unsigned int device_windows(struct device_window *window, unsigned int max);

/*
 * PCI configuration space, segment 0: `function` is bus << 8 | device << 3 | function, `offset` a
 * multiple of 4 below 256. All ones where nothing answers, and where there is no PCI.
 */
uint32_t pci_config_read(unsigned int function, unsigned int offset);
void pci_config_write(unsigned int function, unsigned int offset, uint32_t value);

/* A window of PCI's I/O space, `bytes` of 1, 2 or 4. */
uint32_t io_read(unsigned int port, unsigned int bytes);
void io_write(unsigned int port, unsigned int bytes, uint32_t value);

/*
 * Place for a BAR that no firmware gave one, of `bytes`, a power of two: an I/O port, or an address
 * in memory, which the processor has as well. 0: there is none.
 */
uint64_t pci_place(bool io, uint64_t bytes);

/* The line a PCI function interrupts by (pin 1 is INTA); negative: nobody knows. */
int pci_interrupt_line(unsigned int function, unsigned int pin);

/* Lets a level-triggered line interrupt. -EINVAL: there is no such line. */
int interrupt_line_open(unsigned int line) __must_check;

#endif
