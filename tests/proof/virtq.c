/* SPDX-License-Identifier: MIT */
/*
 * drivers/virtio/virtq.c: from any valid state, whatever the device writes and whenever, each
 * operation does what it says and leaves a valid state: what is taken is in flight, once, and of no
 * more bytes than were lent.
 */
#include "virtq_model.h"

#define NOTHING NR_AVAIL

/* --- virtq_init --- */

void proof_layout(void)
{
	unsigned int order = (unsigned int)any_below(9), size = 1U << order;
	size_t align = 1UL << (2 + any_below(11)), avail_end = size * 16 + 2 * (3 + size);
	size_t used_at = used_offset(size, align);

	prove(size <= VIRTQ_SIZE_MAX, "a size there may be");
	prove(used_at % align == 0 && used_at >= avail_end && used_at - avail_end < align,
	      "the used ring follows the available one, aligned");
	prove(virtq_bytes(size, align) == used_at + 2 * 3 + 8 * size, "and ends the queue");
}

void proof_init(void)
{
	size_t align = 1UL << (2 + any_below(11));
	static char memory[8192];

	prove(virtq_bytes(SIZE, align) <= sizeof(memory), "the proof's memory is enough");
	assuming = false;
	virtq_init(&vq, memory, SIZE, align);
	for (unsigned int i = 0; i < SIZE; i++)
		place[i] = (struct place){FREE, (uint8_t)i};
	queue_holds();
	prove(vq.size == SIZE && vq.nr_free == SIZE, "all is free");
	prove(!vq.broken && virtq_in_flight(&vq) == 0, "and nothing is in flight");
	prove((char *)vq.desc == memory, "the descriptors come first");
	prove((char *)vq.avail == memory + SIZE * 16, "then the available ring");
	prove(virtq_avail_offset(&vq) == SIZE * 16, "which is known");
	prove((char *)vq.used == memory + used_offset(SIZE, align), "then the used one");
	prove(virtq_used_offset(&vq) == used_offset(SIZE, align), "which is known, too");
}

/* --- virtq_add --- */

static struct virtq_buffer buffer[SIZE];
static unsigned int nr_out, nr_in;
static uint64_t lent; /* bytes that the device may write */

static void any_buffers(void)
{
	nr_out = nondet_uint();
	nr_in = nondet_uint();
	assume(nr_out <= UINT32_MAX - nr_in && nr_out + nr_in > 0);
	lent = 0;
	for (unsigned int i = 0; i < SIZE; i++) {
		buffer[i] = (struct virtq_buffer){nondet_u64(), nondet_u32()};
		lent += i >= nr_out && i < nr_out + nr_in ? buffer[i].bytes : 0;
	}
}

/* The first of the free entries are a chain, the others are free. */
static void place_added(unsigned int first, unsigned int nr)
{
	for (unsigned int i = 0; i < SIZE; i++) {
		if (place[i].chain == FREE && place[i].at < nr)
			place[i].chain = (uint8_t)first;
		else if (place[i].chain == FREE)
			place[i].at -= (uint8_t)nr;
	}
}

static void prove_added(uint64_t token)
{
	unsigned int first = old.free, nr = nr_out + nr_in;

	prove(vq.nr_free == old.nr_free - nr, "as many entries as there are buffers");
	prove(vq.used_idx == old.used_idx && vq.avail_idx == (uint16_t)(old.avail_idx + 1),
	      "one more chain is in flight");
	prove(vq.entry[first].token == token && vq.entry[first].in_use == nr, "it is known again");
	prove(vq.entry[first].room == MIN(lent, UINT32_MAX), "and what may be written");
	for (unsigned int i = 0; i < SIZE; i++)
		prove(i == first || entry_same(i), "the others are as they were");
	place_added(first, nr);
}

void proof_add(void)
{
	uint64_t token = nondet_u64();
	int err, expected;

	any_queue();
	any_buffers();
	err = virtq_add(&vq, buffer, nr_out, nr_in, token);
	expected = nr_out + nr_in > old.nr_free ? -ENOSPC : 0;
	prove(err == (old.broken ? -EIO : expected), "why it fails");
	prove(vq.broken == old.broken, "nothing is given up");
	if (err)
		prove(queue_same(), "failed, it changes nothing");
	else
		prove_added(token);
	prove_well_kept();
}

static bool is_at(unsigned int entry, unsigned int chain, unsigned int at)
{
	return entry < SIZE && place[entry].chain == chain && place[entry].at == at;
}

/* What the device reads of an entry of the chain. */
static void prove_shown(unsigned int i, unsigned int first, unsigned int nr)
{
	const struct virtq_desc *d = &shared.desc[i];
	unsigned int at = place[i].at;

	prove(d->addr == buffer[at].addr && d->len == buffer[at].bytes,
	      "the device is shown the buffers, in order");
	prove(d->flags == ((at < nr_out ? 0 : DESC_WRITE) | (at + 1 < nr ? DESC_NEXT : 0)),
	      "the first are to be read, the last ends the chain");
	prove(at + 1 == nr || is_at(d->next, first, at + 1), "it can go from one to the next");
}

/* The same, from where the device stands. */
void proof_add_shown(void)
{
	unsigned int i = (unsigned int)any_below(SIZE), first;
	int err;

	any_queue();
	any_buffers();
	first = vq.free;
	err = virtq_add(&vq, buffer, nr_out, nr_in, nondet_u64());
	if (err) {
		prove_memory_same(NOTHING);
		return;
	}
	place_added(first, nr_out + nr_in);
	if (place[i].chain == first)
		prove_shown(i, first, nr_out + nr_in);
	else
		prove(desc_same(i), "no other descriptor changes");
	prove(shared.avail[2 + old.avail_idx % SIZE] == first, "the ring names the chain");
	prove_ring_same(2 + old.avail_idx % SIZE);
}

/* --- virtq_publish --- */

void proof_publish(void)
{
	bool notify;

	any_queue();
	notify = virtq_publish(&vq);
	prove(vq.avail->idx == vq.avail_idx, "what was added is shown");
	prove(notify == !(said.flags & 1), "the device says whether it wants to know");
	prove(queue_same() && vq.broken == old.broken, "nothing of ours changes");
	prove_memory_same(1);
	prove_well_kept();
}

/* --- virtq_take --- */

/* The chain's entries are the first of the free ones. */
static void place_taken(unsigned int chain)
{
	for (unsigned int i = 0; i < SIZE; i++) {
		if (place[i].chain == chain)
			place[i].chain = FREE;
		else if (place[i].chain == FREE)
			place[i].at += (uint8_t)old.entry[chain].in_use;
	}
}

static void prove_taken(const struct virtq_done *done)
{
	prove(said.id < SIZE && old.entry[said.id].in_use, "a chain that is in flight");
	prove(done->token == old.entry[said.id].token, "it is known by its token");
	prove(done->bytes == MIN(said.len, old.entry[said.id].room),
	      "what is written is no more than was lent");
	prove(!vq.entry[said.id].in_use, "it is not in flight any more");
	prove(vq.avail_idx == old.avail_idx && vq.used_idx == (uint16_t)(old.used_idx + 1),
	      "one chain less is in flight");
	prove(vq.nr_free == old.nr_free + old.entry[said.id].in_use, "its entries are free");
	for (unsigned int i = 0; i < SIZE; i++) {
		prove(vq.entry[i].token == old.entry[i].token &&
			      vq.entry[i].room == old.entry[i].room &&
			      (i == said.id || vq.entry[i].in_use == old.entry[i].in_use),
		      "the others are as they were");
	}
	place_taken(said.id);
}

static int expected(unsigned int in_flight)
{
	uint16_t ready = (uint16_t)(said.idx - old.used_idx);

	if (old.broken)
		return -EIO;
	if (ready == 0)
		return -EAGAIN;
	if (ready > in_flight || said.id >= SIZE || !old.entry[said.id].in_use ||
	    (said.len > old.entry[said.id].room && !old.any_length))
		return -EIO;
	return 0;
}

void proof_take(void)
{
	struct virtq_done done;
	int err;

	any_queue();
	err = virtq_take(&vq, &done);
	prove(err == expected(virtq_in_flight(&old)), "what cannot be is refused, all else taken");
	prove(vq.broken == (old.broken || err == -EIO), "a device that lies is given up");
	if (err)
		prove(queue_same(), "nothing is taken");
	else
		prove_taken(&done);
	prove_memory_same(NOTHING);
	prove_well_kept();
}
