/* SPDX-License-Identifier: MIT */
/* Properties of a Xen domain, however it was started. Constant after boot. */
#ifndef ASM_DOMAIN_H
#define ASM_DOMAIN_H

#include <asm/xen.h>
#include <lib/config.h>
#include <lib/types.h>

/* Mapped from the start of boot on. */
extern struct shared_info *xen_shared_info;

/* The vCPU's structure: a stand-in with events masked until shared_info is mapped. */
extern struct vcpu_info *xen_vcpu;

/* Test whether Xen is present: found at boot in images for Xen and QEMU. */
#if IS_ENABLED(CONFIG_XEN) && IS_ENABLED(CONFIG_QEMU)
bool xen_is_present(void);
#else
static inline bool xen_is_present(void)
{
	return IS_ENABLED(CONFIG_XEN);
}
#endif

/* Test whether this is the hardware domain (dom0). */
#if IS_ENABLED(CONFIG_XEN)
bool xen_is_hardware_domain(void);
#else
static inline bool xen_is_hardware_domain(void)
{
	return false;
}
#endif

/* --- arch/common/xen/features.c --- */

/* Test a bit of Xen public/features.h. */
bool xen_has_feature(unsigned int feature);

/*
 * Test whether the domain is direct-mapped: each frame is the machine's frame of that number (Arm's
 * hardware domain). Such memory never comes back: a decrease frees nothing, and no other frame can
 * take its place.
 */
bool xen_is_direct_mapped(void);

/* --- arch/common/xen/platform.c --- */

/* Format "Xen 4.17, <kind>, domU". Return: static text. Context: Xen is present. */
const char *xen_platform(const char *kind);

/* --- arch/common/xen/guest.c, or a PV guest's --- */

struct xenstore_domain_interface;

/*
 * Map the page shared with xenstored, and return its event channel; again after a restore.
 * Return: -ENODEV if this domain has none; -EAGAIN if not yet, until an event on *port.
 * Context: thread.
 */
int xen_store_find(struct xenstore_domain_interface **page, unsigned int *port) __must_check;

/* --- arch/common/xen/console_ring.c --- */

struct xencons_interface;

/* Set a domU's console ring and its event channel. */
void console_ring_init(struct xencons_interface *page, unsigned int port);
bool console_ring_is_there(void);
unsigned int console_ring_port(void);

/* Implement console_device_write() and console_early_read() by the ring, if there is one. */
size_t console_ring_write(const char *text, size_t n);
int console_ring_read(char *text, size_t max);

#endif
