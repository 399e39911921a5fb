/* SPDX-License-Identifier: MIT */
/*
 * How devices of the machine are reached: registers in memory, PCI's configuration space, I/O
 * ports, interrupt lines. Only ports with CONFIG_DEVICES have it. Threads only, but for what reads
 * and writes registers.
 */
#ifndef ARCH_DEVICE_H
#define ARCH_DEVICE_H

#include <kernel/addr.h>

/* A register in memory: one access of this size, in order with all others of its kind. */
static inline uint8_t mmio_read8(const volatile void *at)
{
	return *(const volatile uint8_t *)at;
}

static inline uint16_t mmio_read16(const volatile void *at)
{
	return *(const volatile uint16_t *)at;
}

static inline uint32_t mmio_read32(const volatile void *at)
{
	return *(const volatile uint32_t *)at;
}

static inline void mmio_write8(volatile void *at, uint8_t value)
{
	*(volatile uint8_t *)at = value;
}

static inline void mmio_write16(volatile void *at, uint16_t value)
{
	*(volatile uint16_t *)at = value;
}

static inline void mmio_write32(volatile void *at, uint32_t value)
{
	*(volatile uint32_t *)at = value;
}

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

/* The line a PCI function interrupts by (pin 1 is INTA); negative: nobody knows. */
int pci_interrupt_line(unsigned int function, unsigned int pin);

/* Lets a level-triggered line interrupt. -EINVAL: there is no such line. */
int interrupt_line_open(unsigned int line) __must_check;

#endif
