/* SPDX-License-Identifier: MIT */
/*
 * An honest virtio-mem device (VIRTIO 1.2 §5.15) as a model for a fake device: it knows which of
 * its blocks are plugged, and fails the test where the driver asks for what would be an error, or
 * where a frame is mapped that is not plugged. What it answers can be changed. One of them.
 */
#ifndef TESTS_FAKE_VIRTIO_MEM_H
#define TESTS_FAKE_VIRTIO_MEM_H

#include "device.h"

#define FAKE_MEM_BLOCKS 65536U

#define FAKE_F_ACPI_PXM		      (1ULL << 0)
#define FAKE_F_UNPLUGGED_INACCESSIBLE (1ULL << 1)

enum fake_mem_answer { FAKE_ACK, FAKE_NACK, FAKE_BUSY, FAKE_ERROR };

/* Its configuration, as it lies there. */
struct fake_mem_config {
	uint64_t block_size;
	uint16_t node, padding[3];
	uint64_t addr, region_size, usable_region_size, plugged_size, requested_size;
};

extern const struct fake_virtio_model fake_mem_model;

extern struct fake_mem {
	struct fake_mem_config *config;
	bool is_plugged[FAKE_MEM_BLOCKS];
	uint64_t plugged;      /* bytes, whatever configuration says */
	unsigned int requests; /* ever, */
	uint64_t asked;	       /* bytes that the last one was about */
	unsigned int unplug_alls;

	/* For the test: requests number [at, at + more] from now on are answered so, and not done.
	 */
	unsigned int at, more;
	uint16_t answer;
	bool does_it;	     /* though it answers so */
	uint32_t written;    /* bytes of an answer that it says it wrote; 0: all of it */
	uint64_t busy_above; /* no request about more bytes is carried out */
} fake_mem;

/* A device whose region is of `bytes`, at `addr`, of which the host wants none plugged. */
struct fake_virtio *fake_mem_add(uint64_t addr, uint64_t bytes, uint64_t block);

/* The host wants so many bytes plugged: told by an interrupt. */
void fake_mem_want(struct fake_virtio *fake, uint64_t bytes);

/* The next requests but `at` are answered so, `more` and one of them, and nothing is done. */
void fake_mem_answer(uint16_t answer, unsigned int at, unsigned int more);

/* Nothing is mapped that is not plugged. */
void fake_mem_check_used(void);

/* What is plugged is just what the guest has mapped of the region. */
void fake_mem_check(void);

#endif
