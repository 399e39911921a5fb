/* SPDX-License-Identifier: MIT */
/*
 * The machine under the virtio drivers, for harnesses whose device does what an input says: a
 * little memory, a clock, an engine that does nothing but take a backend, mappings that are only
 * noted. Each input begins with drivers that never ran.
 */
#ifndef TESTS_FUZZ_VIRTIO_MACHINE_H
#define TESTS_FUZZ_VIRTIO_MACHINE_H

#include <balloon/backend.h>
#include <lib/bug.h>
#include <lib/errno.h>

#include "drivers/virtio/virtio.h"

#define MACHINE_PAGES  256U
#define MACHINE_LOOK   200000000ULL /* ns that a look at the clock takes */
#define MACHINE_SECOND 1000000000ULL
#define MACHINE_ANSWER (12 * MACHINE_SECOND) /* more than any driver waits */

/* What the drivers did. */
struct machine_state {
	uint64_t now;
	unsigned int lines;		       /* said */
	unsigned int pages;		       /* that drivers have */
	unsigned int mappings;		       /* that there are */
	const struct balloon_backend *backend; /* that was registered */
	unsigned long target;		       /* BALLOON_NO_TARGET */
};

extern struct machine_state machine_state;

/* Called at each look at the clock; NULL: nobody. */
extern void (*machine_at_look)(void);

/* Drivers that never ran, all memory free, the input at its beginning. */
void machine_start(const uint8_t *data, size_t n);

/* The input; zeros at its end. */
size_t machine_left(void);
uint8_t machine_take8(void);
uint16_t machine_take16(void);
uint32_t machine_take32(void);

/* Has a driver all of these bytes, by guest-physical address? */
bool machine_is_lent(uint64_t addr, uint64_t bytes);
void *machine_memory(uint64_t addr);

/* The machine address behind one that map_machine() gave, for an access of so many bytes. */
uint64_t machine_address(const volatile void *at, unsigned int bytes);

/* A device's side of a queue: returns all that is shown, as an honest one does; false: it cannot.
 */
struct machine_queue {
	uint64_t desc, avail, used;
	unsigned int size;
	uint16_t seen;
};

bool machine_queue_is_lent(const struct machine_queue *queue);
bool machine_queue_return(struct machine_queue *queue, unsigned int max);

/* What drivers keep of a queue is whole: every entry free or of one chain. */
void machine_check_queue(const struct virtq *vq);

/* A call of the backend, of frames that are nobody's: its error. All promises about it hold. */
int machine_shrink(unsigned int nr, unsigned int order);
int machine_grow(unsigned int nr, unsigned int order);
int machine_report(unsigned int nr);

#endif
