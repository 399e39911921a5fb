/* SPDX-License-Identifier: MIT */
/* The words that the steps of the sequence are made of. */
#ifndef FAKE_REPLAY_STEPS_H
#define FAKE_REPLAY_STEPS_H

#include <arch/p2m.h>
#include <arch/page.h>
#include <asm/hypercall.h>
#include <asm/pv.h>
#include <lib/printk.h>
#include <mm/page.h>
#include <xen/memory.h>

/* Frame numbers that the guest's own memory never reaches here. */
#define FAR_PFN 0x30000UL

#define LIST_MAX 1024U

extern xen_pfn_t replay_list[LIST_MAX];

/* One line of what is compared. */
void step(const char *what, long result);

/* What the domain has, less what it had at first. */
long current_pages(void);

/* The list: `nr` extents from `first` on, 2^order frames each. */
void list_extents(unsigned long first, unsigned int nr, unsigned int order);

/* One call on the list; extents done. */
long populate(unsigned long nr, unsigned int order);
long decrease(unsigned long nr, unsigned int order);
long change(unsigned int op, unsigned long nr, unsigned int order, domid_t domain);

/* A frame that the test has: in the direct map, writable. */
pfn_t take_frame(void);
void give_frame(pfn_t pfn);

/* Machine address of an entry of the table of a level that serves an address. */
uint64_t entry_of(const void *va, unsigned int level);

/* One update; the error. */
long update(uint64_t ptr, uint64_t val);

void replay_reservations(void);
void replay_tables(void);

#endif
