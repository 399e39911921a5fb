/* SPDX-License-Identifier: MIT */
/* What a Xen domain knows of itself, whichever way it was started. Constant after boot. */
#ifndef ASM_DOMAIN_H
#define ASM_DOMAIN_H

#include <asm/xen.h>
#include <lib/config.h>
#include <lib/types.h>

/* Mapped from the start of boot on. */
extern struct shared_info *xen_shared_info;

/* The vCPU's structure: a stand-in with events masked until shared_info is mapped. */
extern struct vcpu_info *xen_vcpu;

/* Is Xen under us? Found out at boot, where the image is for Xen and for QEMU. */
#if IS_ENABLED(CONFIG_XEN) && IS_ENABLED(CONFIG_QEMU)
bool xen_is_present(void);
#else
static inline bool xen_is_present(void)
{
	return IS_ENABLED(CONFIG_XEN);
}
#endif

/* Are we the hardware domain (dom0)? */
#if IS_ENABLED(CONFIG_XEN)
bool xen_is_hardware_domain(void);
#else
static inline bool xen_is_hardware_domain(void)
{
	return false;
}
#endif

/* --- arch/common/xen/features.c --- */

/* A bit of Xen public/features.h. */
bool xen_has_feature(unsigned int feature);

/*
 * Is every frame of ours the machine's frame of that number (Arm's hardware domain)? Such memory
 * does not come back: a decrease frees nothing, and no other frame can take its place.
 */
bool xen_is_direct_mapped(void);

/* --- arch/common/xen/platform.c --- */

/* Format "Xen 4.17, <kind>, domU". Return: static text. Context: Xen is present. */
const char *xen_platform(const char *kind);

/* --- arch/common/xen/guest.c, or a PV guest's --- */

struct xenstore_domain_interface;

/*
 * Maps the page shared with xenstored, and answers its event channel; anew after a restore.
 * -ENODEV: this domain has none. -EAGAIN: not yet; an event on *port says when. Threads only.
 */
int xen_store_find(struct xenstore_domain_interface **page, unsigned int *port) __must_check;

/* --- arch/common/xen/console_ring.c --- */

struct xencons_interface;

/* A domU's console is this ring from now on, and its event channel this port. */
void console_ring_init(struct xencons_interface *page, unsigned int port);
bool console_ring_is_there(void);
unsigned int console_ring_port(void);

/* As console_device_write() and console_early_read(), where the ring is there. */
size_t console_ring_write(const char *text, size_t n);
int console_ring_read(char *text, size_t max);

#endif
