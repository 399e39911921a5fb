/* SPDX-License-Identifier: MIT */
/* What the parts of the PVH port share: a processor and page tables of our own. */
#ifndef ASM_PVH_H
#define ASM_PVH_H

#include <arch/mmu.h>
#include <arch/page.h>
#include <asm/pte.h>
#include <lib/addr.h>

struct hvm_start_info;

/* --- the boot map: the first 4 GiB at their place in the direct map, until there are others */

#define BOOT_MAP_BYTES (1ULL << 32)

/* NULL if not all of these bytes lie in it. */
static inline const void *boot_map(uint64_t addr, uint64_t bytes)
{
	if (addr >= BOOT_MAP_BYTES || bytes > BOOT_MAP_BYTES - addr)
		return NULL;
	return (const char *)pfn_to_virt(PFN(0)) + addr;
}

/* --- pvh/fixed.c: pages at addresses of their own, needed before there is mm, or after its end */

#define IOAPICS_MAX 4U

/* The region's tables are there when the kernel's own are. */
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

/* The byte at `addr`, mapped for good, or anew if something else was there. */
void *fixed_map(enum fixed_page page, paddr_t addr);

/* --- pvh/xen.c --- */

/* Looks for Xen and sets its hypercalls up. Nothing of Xen may be used before. */
void xen_find(const struct hvm_start_info *info);

/*
 * Have shared_info put at `pfn`, which nothing is behind and nothing will ever be, and events
 * delivered; find the console again. Panics if Xen refuses. Context: fixed pages can be mapped.
 */
void xen_start(pfn_t pfn);

/* The same anew, in the domain that the guest was resumed in. */
void xen_resume(void);

/* Ends a machine that cannot be switched off. */
void machine_reset(void) __noreturn;

/* --- pvh/serial.c: COM1 --- */

void serial_init(void);

/* Output that waits for room interrupts from here on, if this machine can do that. */
void serial_enable(void);

/* As console_device_write() and console_device_watch(). */
size_t serial_write(const char *text, size_t n);
void serial_watch(bool on);

/* As console_early_read(). */
int serial_read(char *text, size_t max);

/* --- pvh/timer.c: where Xen is not under us --- */

/*
 * Finds out how fast the clocks run, and logs by what. From then on timer_clock_ns() goes and
 * lapic_timer_arm() interrupts. Panics if the processor has no TSC or no local APIC.
 */
void timer_init(void);
uint64_t timer_clock_ns(void);

/* --- pvh/lapic.c --- */

/* Interrupt in `ns`, or before: the timer counts no further than nine minutes on QEMU. */
void lapic_timer_arm(uint64_t ns);
void lapic_interrupt_done(void);

/* --- pvh/hypervisor.c: CPUID's leaves of hypervisors --- */

/* The first of the leaves with a signature, of at most 12 letters; 0: there are none. */
uint32_t hypervisor_leaf(const char *signature);

/* The signature at a leaf that is the first of a hypervisor. */
void hypervisor_signature(uint32_t leaf, char name[13]);

/* --- pvh/ioapic.c, pvh/device.c, pvh/pci.c: what include/arch/device.h stands on --- */

/* Notes the I/O APICs that the MADT names; all that is there of it can be read. */
void ioapic_read(const char *madt, uint32_t length);

/* Notes the virtio-mmio windows that the DSDT names (microvm). */
void device_windows_read(const char *dsdt, uint32_t length);

/* Notes the PCI host bridge that the DSDT describes, if its configuration space lies in memory. */
void pci_read_dsdt(const char *dsdt, uint32_t length);

/* --- pvh/acpi.c, pvh/acpi_register.c --- */

/* A number of a table, wherever it lies there: they are not aligned. */
static inline uint32_t acpi_read32(const char *from)
{
	uint32_t value;

	__builtin_memcpy(&value, from, sizeof(value));
	return value;
}

/*
 * Maps a register that a table names.
 *
 * Return: NULL, and logs one line, if there can be none at `addr`: it is RAM, or no address.
 */
void *acpi_map_register(enum fixed_page page, uint64_t addr);

/* Finds out what the machine has, and how it is switched off. Tables lie below 4 GiB, seen by the
 * boot map. */
void acpi_init(paddr_t rsdp);

/* The port of the PM timer; 0: there is none. */
uint16_t acpi_pm_timer_port(void);

/* Switches it off; returns if it does not go. */
void acpi_power_off(void);

#endif
