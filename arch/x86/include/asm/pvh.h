/* SPDX-License-Identifier: MIT */
/* The parts of the PVH port. */
#ifndef ASM_PVH_H
#define ASM_PVH_H

#include <arch/mmu.h>
#include <arch/page.h>
#include <asm/pte.h>
#include <lib/addr.h>

struct hvm_start_info;

/* --- the boot map: the first 4 GiB at their place in the direct map, until there are others */

#define BOOT_MAP_BYTES (1ULL << 32)

/* Return the address of bytes in the boot map; NULL if they are not all in it. */
static inline const void *boot_map(uint64_t addr, uint64_t bytes)
{
	if (addr >= BOOT_MAP_BYTES || bytes > BOOT_MAP_BYTES - addr)
		return NULL;
	return (const char *)pfn_to_virt(PFN(0)) + addr;
}

/* --- pvh/fixed.c: pages at addresses of their own, needed before there is mm, or after its end */

#define IOAPICS_MAX 4U

/* Use the kernel's own tables, which have those of the region, from now on. */
enum fixed_page {
	FIXED_SHARED_INFO,
	FIXED_CONSOLE,
	FIXED_STORE,
	FIXED_LAPIC,
	FIXED_SLEEP,
	FIXED_PCI_CONFIG, /* of one function, where it lies in memory */
	FIXED_IOAPIC,
	NR_FIXED_PAGES = FIXED_IOAPIC + IOAPICS_MAX
};

/* Map the page of the byte at `addr` into a slot, in place of an earlier one. */
void *fixed_map(enum fixed_page page, paddr_t addr);

/* --- pvh/xen.c --- */

/* Find Xen and set up its hypercalls. Context: before any other use of Xen. */
void xen_find(const struct hvm_start_info *info);

/*
 * Map shared_info at `pfn`, a number that never has memory, enable events, and find the console
 * again. Panics if Xen refuses. Context: fixed pages can be mapped.
 */
void xen_start(pfn_t pfn);

/* Map shared_info and enable events again in the domain that the guest was resumed in. */
void xen_resume(void);

/* End a machine that cannot power off. */
void machine_reset(void) __noreturn;

/* --- pvh/serial.c: COM1 --- */

void serial_init(void);

/* Enable the interrupt for room in the output, if the machine has it. */
void serial_enable(void);

/* As console_device_write() and console_device_watch(). */
size_t serial_write(const char *text, size_t n);
void serial_watch(bool on);

/* As console_early_read(). */
int serial_read(char *text, size_t max);

/* --- pvh/timer.c: without Xen --- */

/*
 * Find the frequency of the clocks, and log its source. timer_clock_ns() and lapic_timer_arm() work
 * from then on. Panics if the processor has no TSC or no local APIC.
 */
void timer_init(void);
uint64_t timer_clock_ns(void);

/* --- pvh/lapic.c --- */

/* Interrupt in `ns`, or before: the timer counts no further than nine minutes on QEMU. */
void lapic_timer_arm(uint64_t ns);
void lapic_interrupt_done(void);

/* --- pvh/hypervisor.c: CPUID's leaves of hypervisors --- */

/* Find the first leaf with a signature of at most 12 letters. Return: 0 without one. */
uint32_t hypervisor_leaf(const char *signature);

/* Read the signature at a hypervisor's first leaf. */
void hypervisor_signature(uint32_t leaf, char name[13]);

/* --- pvh/ioapic.c, pvh/device.c, pvh/pci.c: the base of include/arch/device.h --- */

/* Find the I/O APICs of the MADT, all bytes of which are mapped. */
void ioapic_read(const char *madt, uint32_t length);

/* Find the virtio-mmio windows of the DSDT (microvm). */
void device_windows_read(const char *dsdt, uint32_t length);

/* Find the PCI host bridge of the DSDT, if its configuration space is in memory. */
void pci_read_dsdt(const char *dsdt, uint32_t length);

/* --- pvh/acpi.c, pvh/acpi_register.c --- */

/* Read a number of a table, at any alignment. */
static inline uint32_t acpi_read32(const char *from)
{
	uint32_t value;

	__builtin_memcpy(&value, from, sizeof(value));
	return value;
}

/*
 * Map a register of a table.
 * Return: NULL, with one message, if `addr` is RAM or no address.
 */
void *acpi_map_register(enum fixed_page page, uint64_t addr);

/* Read the ACPI tables, which are below 4 GiB, in the boot map. */
void acpi_init(paddr_t rsdp);

/* Return the port of the PM timer; 0 without one. */
uint16_t acpi_pm_timer_port(void);

/* Power off. Returns if that failed. */
void acpi_power_off(void);

#endif
