/* SPDX-License-Identifier: MIT */
/* What the parts of the arm64 port share. */
#ifndef ASM_ARM_H
#define ASM_ARM_H

#include <asm/machine.h>
#include <lib/addr.h>
#include <lib/config.h>
#include <lib/errno.h>

/*
 * The image, by its own addresses (aerostat.lds.S), and where it lies in guest-physical memory:
 * image_start lies at image_paddr. From boot_tables on it is free memory once the kernel runs on
 * tables of its own.
 */
extern const char image_start[], text_end[], rodata_end[], boot_tables[], image_end[];
extern uint64_t image_paddr;

static inline pfn_t image_pfn(const void *va)
{
	return paddr_to_pfn(PADDR(image_paddr + ((uintptr_t)va - (uintptr_t)image_start)));
}

/* Sees to a console, if the machine ends before boot has found one (boot/start.c). */
void boot_last_words(void);

/* --- fixed.c: pages at addresses of their own, needed before there is mm, or after its end */

enum fixed_page {
	FIXED_TABLE, /* a page table, while a block of the direct map is cut up */
	FIXED_UART,
	FIXED_GIC_CPU,
	FIXED_SHARED_INFO,
	FIXED_CONSOLE,
	FIXED_STORE,
	FIXED_GIC,		     /* the distributor: 64 KiB */
	FIXED_GICR = FIXED_GIC + 16, /* v3: this processor's redistributor, two frames of 64 KiB */
	FIXED_PCI_CONFIG = FIXED_GICR + 32, /* of one function */
	FIXED_PCI_IO,			    /* of each host: 64 KiB */
	NR_FIXED_PAGES = FIXED_PCI_IO + 16 * MACHINE_PCI_MAX
};

/* The byte at `addr`: a page of memory, cached. Works from machine_read() on. */
void *fixed_map_memory(enum fixed_page page, paddr_t addr);

/* The same of `nr` pages of a device's registers. */
volatile void *fixed_map_device(enum fixed_page page, paddr_t addr, unsigned int nr);

/* Unmaps one page. */
void fixed_unmap(enum fixed_page page);

/* From here on they are in the kernel's own tables, which are about to be used. */
void fixed_take_over(void);

/* --- console.c --- */

/* What was printed so far goes to the console, which can be told from here on. */
void console_found(void);

/* --- mmu.c --- */

/* The processor goes by the kernel's own tables. */
void mmu_switch(void);

/* --- pl011.c: the console of a machine without Xen, or Xen's likeness of one --- */

#if IS_ENABLED(CONFIG_CONSOLE_PL011)

/* Find it, once by each kind of tables. */
void pl011_init(const struct machine *m);

/* Make it interrupt, by m->uart_interrupt. Return: false if it cannot. */
bool pl011_enable(const struct machine *m);
void pl011_interrupt(void);

/* As console_device_write(), console_device_watch() and console_early_read(). */
size_t pl011_write(const char *text, size_t n);
void pl011_watch(bool on);
int pl011_read(char *text, size_t max);

#else

static inline void pl011_init(const struct machine *m)
{
	(void)m;
}

static inline bool pl011_enable(const struct machine *m)
{
	(void)m;
	return false;
}

static inline void pl011_interrupt(void)
{
}

static inline size_t pl011_write(const char *text, size_t n)
{
	(void)text;
	return n;
}

static inline void pl011_watch(bool on)
{
	(void)on;
}

static inline int pl011_read(char *text, size_t max)
{
	(void)text;
	(void)max;
	return -ENODEV;
}

#endif

/* --- timer.c --- */

/* Reads how fast the clock ticks: clock_ns() goes from here on. */
void timer_init(void);

/* Goes by the device tree's rate, if it has one; logs the rate and where it is from. */
void timer_set_rate(const struct machine *m);
void timer_interrupt(void);

/* Nanoseconds of so many ticks of the counter. */
uint64_t timer_ns(uint64_t ticks);

/* --- psci.c --- */

void psci_init(const struct machine *m);

/* Switches the machine off; returns if it does not go. */
void psci_off(void);

/* --- gic.c --- */

/* Panics if there is none that we know. */
void gic_init(const struct machine *m);

/* Does the GIC have such an interrupt? */
bool gic_has(unsigned int interrupt);

/* An interrupt came: handles all that wait. */
void gic_handle(void);

/* Lets an interrupt through, by the GIC's number; each that comes calls upcall_interrupt(). */
void gic_enable(unsigned int interrupt);

/* --- xen/xen.c --- */

#if IS_ENABLED(CONFIG_XEN)

/* Does Xen answer, though the tree does not name it (xen/smccc.c)? */
bool xen_answers(const struct machine *m);

/* Looks for Xen, and what it says of us. Nothing of Xen may be used before. No memory is mapped. */
bool xen_find(const struct machine *m);

/*
 * Where RAM of ours may come by and by, as far as extended regions allow it; `*grows`: it may be
 * populated, else it is for maps alone. Nowhere, where Xen is not there. After xen_find().
 */
void xen_find_space(const struct machine *m, const struct machine_range **range, unsigned int *nr,
		    bool *grows);

/* The interrupt of events, by the GIC's number; 0: nothing tells of one. */
unsigned int xen_event_interrupt(const struct machine *m);

/* Have shared_info mapped, and events come by this interrupt. Context: own tables, GIC ready. */
void xen_start(unsigned int interrupt);

/* As console_device_write() and console_early_read(); -ENODEV: this domain has no console of Xen's.
 */
int xen_console_write(const char *text, size_t n);
int xen_console_read(char *text, size_t max);

/* Ends the domain: SHUTDOWN_crash for a status that is not 0. Returns where Xen is not there. */
void xen_shutdown(int status);

#else

static inline bool xen_find(const struct machine *m)
{
	return m->xen;
}

static inline void xen_find_space(const struct machine *m, const struct machine_range **range,
				  unsigned int *nr, bool *grows)
{
	(void)m;
	*range = NULL;
	*nr = 0;
	*grows = false;
}

static inline unsigned int xen_event_interrupt(const struct machine *m)
{
	(void)m;
	return 0;
}

static inline void xen_start(unsigned int interrupt)
{
	(void)interrupt;
}

static inline int xen_console_write(const char *text, size_t n)
{
	(void)text;
	(void)n;
	return -ENODEV;
}

static inline int xen_console_read(char *text, size_t max)
{
	(void)text;
	(void)max;
	return -ENODEV;
}

static inline void xen_shutdown(int status)
{
	(void)status;
}

#endif

#endif
