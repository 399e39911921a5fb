/* SPDX-License-Identifier: MIT */
/*
 * A virtqueue in any valid state, and a device that may do anything: each read of what it can write
 * is another value, whatever the one before was.
 */
#ifndef PROOF_VIRTQ_MODEL_H
#define PROOF_VIRTQ_MODEL_H

#include "model.h"

static uint32_t device_says(const volatile void *at, size_t size);

#undef READ_ONCE
#define READ_ONCE(x)		  ((__typeof__(x))device_says(&(x), sizeof(x)))
#define __atomic_load_n(p, order) ((__typeof__(*(p)))device_says(p, sizeof(*(p))))

#include "drivers/virtio/virtq.c"

#define SIZE	 VIRTQ_SIZE_MAX
#define FREE	 SIZE /* no chain: the list of free entries */
#define NR_AVAIL ARRAY_SIZE(shared.avail)

/* What the device reads, what it writes, and what it said when it was asked last. */
static struct shared {
	struct virtq_desc desc[SIZE];
	uint16_t avail[SIZE + 3];
	uint32_t used[2 * SIZE + 2];
} shared, old_shared;
static struct {
	uint16_t flags, idx;
	uint32_t id, len;
} said;

static struct virtq vq, old;
/* In which chain an entry is, by the chain's first entry, and how far along. */
static struct place {
	uint8_t chain, at;
} place[SIZE];

static uint32_t device_says(const volatile void *at, size_t size)
{
	unsigned int slot = vq.used_idx % vq.size;

	if (at == &vq.used->flags && size == sizeof(uint16_t))
		return said.flags = nondet_u16();
	if (at == &vq.used->idx && size == sizeof(uint16_t))
		return said.idx = nondet_u16();
	if (at == &vq.used->ring[slot].id && size == sizeof(uint32_t))
		return said.id = nondet_u32();
	prove(at == &vq.used->ring[slot].len && size == sizeof(uint32_t),
	      "a field that the device has to fill in");
	return said.len = nondet_u32();
}

/* --- what a valid state is --- */

/* What is proved of the state that an operation leaves is what is assumed of the one before. */
static bool assuming = true;

static void holds(bool fact)
{
	if (assuming)
		assume(fact);
	else
		prove(fact, "every entry is free or in one chain, and counts agree");
}

/* The entry is in one chain, or free, and the first of a chain says that it is. */
static void place_holds(unsigned int i)
{
	struct place p = place[i];

	holds(p.chain < SIZE || p.chain == FREE);
	holds((p.chain == i) == (vq.entry[i].in_use != 0));
	holds((p.chain == i) == (p.chain != FREE && p.at == 0));
	for (unsigned int j = 0; j < i; j++)
		holds(p.chain != place[j].chain || p.at != place[j].at);
}

/* It lies within its chain, and the next is where it leads, if it is not the last. */
static void link_holds(unsigned int i)
{
	struct place p = place[i];
	unsigned int length = vq.nr_free;
	bool last;

	for (unsigned int j = 0; j < SIZE; j++)
		length = p.chain == j ? vq.entry[j].in_use : length;
	last = p.at + 1U == length;
	holds(p.at < length);
	holds(last || vq.entry[i].next < SIZE);
	for (unsigned int j = 0; j < SIZE; j++)
		holds(last || vq.entry[i].next != j ||
		      (place[j].chain == p.chain && place[j].at == p.at + 1U));
}

static void queue_holds(void)
{
	unsigned int chains = 0, entries = vq.nr_free;

	holds(vq.nr_free <= SIZE);
	for (unsigned int i = 0; i < SIZE; i++) {
		holds(vq.entry[i].in_use <= SIZE);
		entries += vq.entry[i].in_use;
		chains += vq.entry[i].in_use != 0;
		holds(!vq.nr_free || vq.free != i || (place[i].chain == FREE && place[i].at == 0));
		place_holds(i);
		link_holds(i);
	}
	holds(!vq.nr_free || vq.free < SIZE);
	holds(entries == SIZE);
	holds(virtq_in_flight(&vq) == chains);
}

static void any_queue(void)
{
	struct {
		struct shared shared;
		struct virtq vq;
		struct place place[SIZE];
	} any;

	shared = any.shared;
	vq = any.vq;
	for (unsigned int i = 0; i < SIZE; i++)
		place[i] = any.place[i];
	vq.desc = shared.desc;
	vq.avail = (struct virtq_avail *)shared.avail;
	vq.used = (struct virtq_used *)shared.used;
	vq.size = SIZE;
	vq.broken = nondet_bool();
	queue_holds();
	assuming = false;
	old = vq;
	old_shared = shared;
}

/* --- what may change --- */

static bool desc_same(unsigned int i)
{
	return shared.desc[i].addr == old_shared.desc[i].addr &&
	       shared.desc[i].len == old_shared.desc[i].len &&
	       shared.desc[i].flags == old_shared.desc[i].flags &&
	       shared.desc[i].next == old_shared.desc[i].next;
}

static bool entry_same(unsigned int i)
{
	return vq.entry[i].token == old.entry[i].token && vq.entry[i].room == old.entry[i].room &&
	       vq.entry[i].next == old.entry[i].next && vq.entry[i].in_use == old.entry[i].in_use;
}

/* Nothing of our own but what is said besides, which is `broken`. */
static bool queue_same(void)
{
	bool same = vq.nr_free == old.nr_free && vq.avail_idx == old.avail_idx &&
		    vq.used_idx == old.used_idx && (!vq.nr_free || vq.free == old.free);

	for (unsigned int i = 0; i < SIZE; i++)
		same = same && entry_same(i);
	return same;
}

static void prove_well_kept(void)
{
	prove(vq.desc == shared.desc && (uint16_t *)vq.avail == shared.avail &&
		      (uint32_t *)vq.used == shared.used && vq.size == SIZE,
	      "the queue's memory is where it was");
	queue_holds();
	prove(!old.broken || vq.broken, "broken stays broken");
	prove(vq.broken == old.broken ? vq.lie == old.lie && vq.lie_number == old.lie_number
				      : vq.lie != NULL,
	      "the first lie is kept, to be told");
}

static void prove_ring_same(unsigned int but)
{
	for (unsigned int word = 0; word < NR_AVAIL; word++)
		prove(word == but || shared.avail[word] == old_shared.avail[word],
		      "no other word of the available ring changes");
}

/* The shared memory, but for one word of the available ring. */
static void prove_memory_same(unsigned int but)
{
	for (unsigned int i = 0; i < SIZE; i++)
		prove(desc_same(i), "no descriptor changes");
	prove_ring_same(but);
}

#endif
