/* SPDX-License-Identifier: MIT */
/* The split virtqueue against a device in the same program: one that is honest, one that lies. */
#include <lib/errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "drivers/virtio/virtq.h"
#include "tests/unit/random.h"

#define SIZE	   8U
#define ALIGN	   4096U
#define OPERATIONS 1000000UL

/* The shared memory as VIRTIO 1.2 §2.7 lays it out, written down again by hand. */
static _Alignas(4096) struct {
	struct {
		uint64_t addr;
		uint32_t len;
		uint16_t flags, next;
	} desc[SIZE];
	struct {
		uint16_t flags, idx, ring[SIZE], event;
	} avail;
	_Alignas(4096) struct {
		uint16_t flags, idx;
		struct {
			uint32_t id, len;
		} ring[SIZE];
		uint16_t event;
	} used;
} shared;

static struct virtq vq;

static int start(void **state)
{
	(void)state;
	memset(&shared, 0, sizeof(shared));
	virtq_init(&vq, &shared, SIZE, ALIGN);
	return 0;
}

static void complete(uint32_t id, uint32_t len)
{
	shared.used.ring[shared.used.idx % SIZE].id = id;
	shared.used.ring[shared.used.idx % SIZE].len = len;
	shared.used.idx++;
}

static void add(unsigned int nr_out, unsigned int nr_in, uint64_t token)
{
	struct virtq_buffer buffer[SIZE];

	for (unsigned int i = 0; i < nr_out + nr_in; i++)
		buffer[i] = (struct virtq_buffer){token * 0x1000 + i, 100 + i};
	assert_int_equal(virtq_add(&vq, buffer, nr_out, nr_in, token), 0);
}

static void the_memory_is_where_the_device_looks(void **state)
{
	(void)state;
	assert_true((void *)vq.desc == (void *)&shared.desc);
	assert_true((void *)vq.avail == (void *)&shared.avail);
	assert_true((void *)vq.used == (void *)&shared.used);
	assert_int_equal(virtq_bytes(SIZE, ALIGN),
			 offsetof(__typeof__(shared), used.event) + sizeof(uint16_t));
}

static void a_chain_reads_as_it_was_added(void **state)
{
	unsigned int at;

	(void)state;
	add(2, 1, 5);
	assert_int_equal(shared.avail.idx, 0);
	assert_true(virtq_publish(&vq));
	assert_int_equal(shared.avail.idx, 1);
	at = shared.avail.ring[0];
	assert_int_equal(shared.desc[at].addr, 0x5000);
	assert_int_equal(shared.desc[at].flags, 1);
	at = shared.desc[at].next;
	assert_int_equal(shared.desc[at].len, 101);
	assert_int_equal(shared.desc[at].flags, 1);
	at = shared.desc[at].next;
	assert_int_equal(shared.desc[at].addr, 0x5002);
	assert_int_equal(shared.desc[at].flags, 2);
}

static void a_device_that_wants_no_notice_gets_none(void **state)
{
	(void)state;
	add(1, 0, 1);
	shared.used.flags = 1;
	assert_false(virtq_publish(&vq));
}

static void a_full_queue_takes_nothing_and_loses_nothing(void **state)
{
	struct virtq_buffer two[2] = {{1, 1}, {2, 2}};
	struct virtq_done done;

	(void)state;
	for (unsigned int i = 0; i < SIZE - 1; i++)
		add(1, 0, i);
	assert_int_equal(virtq_add(&vq, two, 1, 1, 99), -ENOSPC);
	assert_int_equal(virtq_in_flight(&vq), SIZE - 1);
	virtq_publish(&vq);
	complete(shared.avail.ring[3], 0);
	assert_int_equal(virtq_take(&vq, &done), 0);
	assert_int_equal(done.token, 3);
	assert_int_equal(virtq_add(&vq, two, 1, 1, 99), 0);
	assert_int_equal(virtq_add(&vq, two, 1, 0, 99), -ENOSPC);
}

static void expect_broken(void)
{
	struct virtq_buffer one = {1, 1};
	struct virtq_done done;

	assert_int_equal(virtq_take(&vq, &done), -EIO);
	assert_int_equal(virtq_take(&vq, &done), -EIO);
	assert_int_equal(virtq_add(&vq, &one, 1, 0, 0), -EIO);
}

static void a_chain_that_is_no_entry_is_refused(void **state)
{
	(void)state;
	add(1, 0, 1);
	virtq_publish(&vq);
	complete(SIZE, 0);
	expect_broken();
}

static void a_chain_that_is_not_in_flight_is_refused(void **state)
{
	(void)state;
	add(2, 0, 1);
	virtq_publish(&vq);
	complete(shared.desc[shared.avail.ring[0]].next, 0);
	expect_broken();
}

static void a_chain_returned_twice_is_refused(void **state)
{
	struct virtq_done done;

	(void)state;
	add(1, 0, 1);
	add(1, 0, 2);
	virtq_publish(&vq);
	complete(shared.avail.ring[0], 0);
	complete(shared.avail.ring[0], 0);
	assert_int_equal(virtq_take(&vq, &done), 0);
	expect_broken();
}

static void more_bytes_than_were_lent_are_refused(void **state)
{
	(void)state;
	add(1, 1, 1);
	virtq_publish(&vq);
	complete(shared.avail.ring[0], 102);
	expect_broken();
}

/* Lengths have 32 bits; what is lent in a chain may be more. */
static void as_many_bytes_as_a_length_can_say_are_not_too_many(void **state)
{
	struct virtq_buffer large[3] = {{0, 1U << 31}, {1ULL << 31, 1U << 31}, {2ULL << 31, 8}};
	struct virtq_done done;

	(void)state;
	assert_int_equal(virtq_add(&vq, large, 0, 3, 1), 0);
	virtq_publish(&vq);
	complete(shared.avail.ring[0], UINT32_MAX);
	assert_int_equal(virtq_take(&vq, &done), 0);
	assert_int_equal(done.bytes, UINT32_MAX);
}

static void more_chains_than_are_in_flight_are_refused(void **state)
{
	(void)state;
	add(1, 0, 1);
	virtq_publish(&vq);
	shared.used.idx = 2;
	expect_broken();
}

/* A device that writes all over what it may only read changes nothing for us. */
static void the_free_list_is_out_of_the_devices_reach(void **state)
{
	struct virtq_done done;

	(void)state;
	for (unsigned int round = 0; round < 3 * SIZE; round++) {
		unsigned int first;

		add(2, 1, round);
		virtq_publish(&vq);
		first = shared.avail.ring[round % SIZE];
		memset(shared.desc, 0xff, sizeof(shared.desc));
		complete(first, 102);
		assert_int_equal(virtq_take(&vq, &done), 0);
		assert_int_equal(done.token, round);
		assert_int_equal(vq.nr_free, SIZE);
	}
}

/* What the honest device holds: chains by their token, returned in any order. */
static struct {
	uint32_t id, room;
	uint64_t token;
} held[SIZE];
static unsigned int nr_held, nr_entries;
static uint16_t seen;

static void device_takes_new_chains(void)
{
	for (; seen != shared.avail.idx; seen++) {
		uint32_t id = shared.avail.ring[seen % SIZE], at = id, room = 0;

		for (;;) {
			assert_true(at < SIZE);
			if (shared.desc[at].flags & 2)
				room += shared.desc[at].len;
			if (!(shared.desc[at].flags & 1))
				break;
			at = shared.desc[at].next;
		}
		assert_true(nr_held < SIZE);
		held[nr_held].id = id;
		held[nr_held].room = room;
		held[nr_held++].token = shared.desc[id].addr / 0x1000;
	}
}

static void device_returns_one(void)
{
	unsigned int i = (unsigned int)random_below(nr_held);
	uint32_t len = (uint32_t)random_below(held[i].room + 1ULL);
	struct virtq_done done;

	complete(held[i].id, len);
	assert_int_equal(virtq_take(&vq, &done), 0);
	assert_int_equal(done.token, held[i].token);
	assert_int_equal(done.bytes, len);
	nr_entries -= 1 + (unsigned int)(done.token % 3);
	held[i] = held[--nr_held];
	assert_int_equal(virtq_take(&vq, &done), -EAGAIN);
}

static void a_million_random_operations_lose_no_entry(void **state)
{
	(void)state;
	random_start();
	nr_held = nr_entries = seen = 0;
	for (uint64_t i = 0; i < OPERATIONS; i++) {
		uint64_t token = random_below(1000000);
		unsigned int nr = 1 + (unsigned int)(token % 3);
		unsigned int out = (unsigned int)random_below(nr + 1ULL);

		if (random_one_in(2) && nr_entries + nr <= SIZE) {
			add(out, nr - out, token);
			nr_entries += nr;
			virtq_publish(&vq);
			device_takes_new_chains();
		} else if (nr_held) {
			device_returns_one();
		}
		assert_int_equal(vq.nr_free, SIZE - nr_entries);
		assert_int_equal(virtq_in_flight(&vq), nr_held);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_memory_is_where_the_device_looks, start),
		cmocka_unit_test_setup(a_chain_reads_as_it_was_added, start),
		cmocka_unit_test_setup(a_device_that_wants_no_notice_gets_none, start),
		cmocka_unit_test_setup(a_full_queue_takes_nothing_and_loses_nothing, start),
		cmocka_unit_test_setup(a_chain_that_is_no_entry_is_refused, start),
		cmocka_unit_test_setup(a_chain_that_is_not_in_flight_is_refused, start),
		cmocka_unit_test_setup(a_chain_returned_twice_is_refused, start),
		cmocka_unit_test_setup(more_bytes_than_were_lent_are_refused, start),
		cmocka_unit_test_setup(as_many_bytes_as_a_length_can_say_are_not_too_many, start),
		cmocka_unit_test_setup(more_chains_than_are_in_flight_are_refused, start),
		cmocka_unit_test_setup(the_free_list_is_out_of_the_devices_reach, start),
		cmocka_unit_test_setup(a_million_random_operations_lose_no_entry, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
