/* SPDX-License-Identifier: MIT */
/*
 * An honest virtio balloon (VIRTIO 1.2 §5.5) as a model for a fake device: it knows which frames it
 * holds, and fails the test where a frame is given while it is mapped, given twice, taken back
 * without having been given, or, if it must be told, used before it was told. One of them.
 */
#ifndef TESTS_FAKE_VIRTIO_BALLOON_H
#define TESTS_FAKE_VIRTIO_BALLOON_H

#include "device.h"

#define FAKE_BALLOON_FRAMES 65536UL /* no guest has more */
#define FAKE_BALLOON_STATS  16U

#define FAKE_F_MUST_TELL_HOST (1ULL << 0)
#define FAKE_F_STATS	      (1ULL << 1)
#define FAKE_F_DEFLATE_ON_OOM (1ULL << 2)
#define FAKE_F_HINT	      (1ULL << 3)
#define FAKE_F_POISON	      (1ULL << 4)
#define FAKE_F_REPORTING      (1ULL << 5)

/* Queues are numbered by what is offered; these stand for them whatever their numbers are. */
enum fake_balloon_queue { FAKE_INFLATE, FAKE_DEFLATE, FAKE_STATS, FAKE_HINT, FAKE_REPORTING };

extern const struct fake_virtio_model fake_balloon_model;

extern struct fake_balloon {
	bool holds[FAKE_BALLOON_FRAMES];
	unsigned long nr_held, actual;		    /* frames; and what the driver says they are */
	unsigned long inflated, deflated, reported; /* frames, ever */
	uint64_t stat[FAKE_BALLOON_STATS];
	unsigned int nr_stats; /* times that statistics came */
	bool has_stats;	       /* the driver's buffer is here, */
	uint16_t stats_head;   /* this one */
} fake_balloon;

/* Empty; before each test. */
void fake_balloon_start(void);

/* The number of a queue for a device that offers these features. */
unsigned int fake_balloon_queue(uint64_t offered, enum fake_balloon_queue queue);

/* The host wants a balloon of so many frames: told by an interrupt. */
void fake_balloon_want(struct fake_virtio *fake, unsigned long frames);

/* The host wants statistics: the driver has its buffer back, told by an interrupt. */
void fake_balloon_ask_stats(struct fake_virtio *fake);

/* The guest has none of the frames that the device holds. */
void fake_balloon_check_used(void);

/* Once all is served: what the device holds is just what the guest does not have. */
void fake_balloon_check(struct fake_virtio *fake);

#endif
