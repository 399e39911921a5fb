/* SPDX-License-Identifier: MIT */
/*
 * A virtio device for tests: an honest model of one kind of device (struct fake_virtio_model), its
 * registers and its side of the rings in the guest's memory, and lies that a test arms. It sees
 * only what a device sees; where the driver breaks the rules of VIRTIO 1.2 the test fails.
 *
 * Time passes when the driver looks at the clock, and only then: 100 us a look. A device works when
 * it is notified, or, with a `pace`, at every so many looks; so none waits for another thread.
 *
 *   struct fake_virtio *fake = fake_virtio_add(&fake_balloon_model, FAKE_F_VERSION_1);
 *   fake->offered |= ...; fake->queue_max[2] = 0; fake_virtio_lie(fake, LIE_TWICE, 0, 5);
 *   virtio_balloon_attach(&fake->dev);
 */
#ifndef TESTS_FAKE_VIRTIO_DEVICE_H
#define TESTS_FAKE_VIRTIO_DEVICE_H

#include <lib/types.h>

#include "drivers/virtio/transport.h"
#include "drivers/virtio/virtio.h"

#define FAKE_F_VERSION_1   (1ULL << VIRTIO_F_VERSION_1)
#define FAKE_F_PLATFORM	   (1ULL << VIRTIO_F_ACCESS_PLATFORM)
#define FAKE_QUEUES_MAX	   8U
#define FAKE_QUEUE_SIZE	   128U
#define FAKE_QUEUE_ENTRIES 1024U /* more than any queue that is used has */
#define FAKE_CONFIG_MAX	   64U
#define FAKE_BUFFERS_MAX   64U /* of a chain */
#define FAKE_LOG_MAX	   1024U
#define FAKE_LOOK_NS	   100000U /* that a look at the clock takes */

/* What the device does wrong in its used ring, once: see fake_virtio_lie(). */
enum fake_lie {
	LIE_NONE,
	LIE_SILENT,   /* returns nothing any more */
	LIE_NO_CHAIN, /* returns a chain beyond the end of the queue */
	LIE_NOT_LENT, /* returns a chain that it was not lent */
	LIE_TWICE,    /* returns a chain twice */
	LIE_TOO_LONG, /* says that it wrote more than it was lent */
	LIE_JUMP,     /* its index runs ahead of all that it was lent */
	NR_FAKE_LIES
};

struct fake_virtio;

struct fake_chain {
	uint16_t head;
	unsigned int nr;
	struct fake_buffer {
		uint64_t addr;
		uint32_t bytes;
		bool is_written; /* by the device */
	} buffer[FAKE_BUFFERS_MAX];
};

/* A kind of device. */
struct fake_virtio_model {
	unsigned int type;
	unsigned int config_bytes;

	/* Of the field of configuration that begins at this offset, or for 64 bits 4 below. */
	unsigned int (*field_bytes)(unsigned int offset);

	/* What a reset does beyond registers and queues. May be NULL. */
	void (*reset)(struct fake_virtio *fake);

	/*
	 * Does what a chain of a queue asks for, and says in *written how many bytes it wrote.
	 * False: the device keeps the chain, for fake_virtio_return() later.
	 */
	bool (*serve)(struct fake_virtio *fake, unsigned int queue, const struct fake_chain *chain,
		      uint32_t *written);

	/* The driver wrote into configuration, which holds it already. May be NULL. */
	void (*config_written)(struct fake_virtio *fake, unsigned int offset);
};

struct fake_queue {
	bool enabled;
	unsigned int size;
	uint64_t desc, avail, used; /* guest-physical */
	uint16_t seen;		    /* chains taken */
	uint16_t nr_used;	    /* chains returned; the index in memory, if it does not lie */
	bool lent[FAKE_QUEUE_ENTRIES];
};

struct fake_virtio {
	/* For the test to choose, before the driver comes or while it runs. */
	struct virtio_transport by;		 /* .legacy and .fixed_size may be set */
	uint64_t offered;			 /* features */
	unsigned int queue_max[FAKE_QUEUES_MAX]; /* entries; 0: there is no such queue */
	bool refuses_queues;			 /* though it has them */
	bool keeps_queues;			 /* whatever is reset */
	bool refuses_features;			 /* all that is chosen */
	unsigned int resets_left;		 /* that it will carry out */
	bool tears_config;			 /* it is another one at every look */
	bool moves_generation;			 /* that, too */
	bool wants_no_notice;			 /* then it needs a pace */
	unsigned int pace; /* looks at the clock between two looks at the queues; 0: notified */
	uint8_t config[FAKE_CONFIG_MAX] __aligned(8);

	/* For the test to look at. */
	struct virtio_device dev; /* what the driver is given */
	const struct fake_virtio_model *model;
	uint64_t accepted; /* features */
	uint8_t status;
	unsigned int interrupts; /* what they are for, until they are read */
	struct fake_queue queue[FAKE_QUEUES_MAX];
	char log[FAKE_LOG_MAX]; /* "reset status=1 status=3 features=100000000 status=b queue0 ..."
				 */

	/* Its own. */
	enum fake_lie lie;
	unsigned int lie_queue, lie_after, selected, looks;
	uint32_t generation;
	bool silent, has_lied;
};

/* --- device.c --- */

/* Forgets all devices; time begins anew. */
void fake_virtio_forget(void);

/* A device that the driver may be handed: &fake->dev. All its queues have FAKE_QUEUE_SIZE entries.
 */
struct fake_virtio *fake_virtio_add(const struct fake_virtio_model *model, uint64_t offered);

/* At the return of chain number `after` (from 0 on) of this queue the device lies. */
void fake_virtio_lie(struct fake_virtio *fake, enum fake_lie lie, unsigned int queue,
		     unsigned int after);

/* What the driver says of a queue, by whatever registers; false: the device refuses. */
bool fake_virtio_set_queue(struct fake_virtio *fake, unsigned int index, unsigned int size,
			   uint64_t desc, uint64_t avail, uint64_t used);

/* Is this queue, which may be none, in use? */
bool fake_virtio_has_queue(const struct fake_virtio *fake, unsigned int index);

/* Appends a word to the log. */
void fake_virtio_log(struct fake_virtio *fake, const char *fmt, ...) __printf(2, 3);

/* Sets a 32-bit field of the configuration, and tells the driver. */
void fake_virtio_set_config(struct fake_virtio *fake, unsigned int offset, uint32_t value);

/* At each look at the clock, for what comes between: an interrupt, say. NULL: nothing. */
extern void (*fake_virtio_at_look)(void);

/* The clock goes on, in ns, and the devices work as they do when it is looked at. */
void fake_virtio_wait(uint64_t ns);

/* --- queue.c --- */

/* The memory that a descriptor names; the test fails where the guest has none there. */
void *fake_virtio_memory(uint64_t addr, uint64_t bytes);

/* Serves all chains that are shown to the device. */
void fake_virtio_run(struct fake_virtio *fake);

/* Returns a chain that was kept. */
void fake_virtio_return(struct fake_virtio *fake, unsigned int queue, uint16_t head,
			uint32_t written);

void fake_queue_reset(struct fake_queue *queue);

/* Fails the test if the rings are not as a driver has to hand them over (§2.7.10.1). */
void fake_queue_check_new(const struct fake_queue *queue);

/* Does the device ask not to be notified of it? */
bool fake_queue_is_quiet(const struct fake_queue *queue);

#endif
