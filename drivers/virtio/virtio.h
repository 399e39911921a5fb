/* SPDX-License-Identifier: MIT */
/*
 * Virtio devices, whichever way they are reached: virtio-mmio (legacy and version 2), virtio-pci
 * (modern by its capabilities, and legacy). One that lies is reset and left alone: virtio_fail().
 * Threads only, but for what says otherwise.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_H
#define DRIVERS_VIRTIO_VIRTIO_H

#include <lib/parse.h>
#include <lib/types.h>

#include "drivers/virtio/virtq.h"

#define VIRTIO_BALLOON 5U
#define VIRTIO_MEM     24U

#define VIRTIO_F_VERSION_1	 32
#define VIRTIO_F_ACCESS_PLATFORM 33

/* Bits of virtio_interrupts(). */
#define VIRTIO_INTERRUPT_QUEUE	1U
#define VIRTIO_INTERRUPT_CONFIG 2U
#define VIRTIO_INTERRUPTS	(VIRTIO_INTERRUPT_QUEUE | VIRTIO_INTERRUPT_CONFIG)

#define VIRTIO_QUEUES_MAX 8U

/* How long an answer may take, in time in which the guest runs (kernel/wait_limit.h). */
#define VIRTIO_ANSWER_NS (10ULL * 1000 * 1000 * 1000)

struct virtio_transport; /* drivers/virtio/transport.h: how its registers are reached */

struct virtio_device {
	const struct virtio_transport *by;
	volatile char *common; /* registers in memory, mapped for good */
	volatile char *isr, *notify, *config;
	char name[24];	       /* "virtio-mmio at feb00e00" */
	unsigned int type;     /* VIRTIO_BALLOON, ... */
	uint32_t config_bytes; /* that may be read */
	uint32_t notify_bytes, notify_step, notify_at[VIRTIO_QUEUES_MAX];
	unsigned int port; /* legacy PCI: its registers' I/O ports */
	bool failed;	   /* left alone */
	bool runs_on;	   /* though its reset was asked for: what it was lent stays lent */
};

/*
 * Resets the device and settles on those of the features `wanted` that it has, and on those of the
 * transport. -EIO: it does not play by the rules; it is left alone, one line said.
 */
int virtio_negotiate(struct virtio_device *dev, uint64_t wanted, uint64_t *features) __must_check;

/* What the device offers; before or after virtio_negotiate(). */
uint64_t virtio_offers(struct virtio_device *dev);

/* Its memory is lent to the device until virtio_queue_close(). -ENOMEM; -ENODEV: no such queue. */
int virtio_queue_open(struct virtio_device *dev, unsigned int index, struct virtq *vq) __must_check;

/* Of a device that is left alone; of a queue, too, that was never opened (all zeros). */
void virtio_queue_close(struct virtio_device *dev, struct virtq *vq);

/*
 * Frees pages that were lent to a device that is left alone: unless its reset did not end, so that
 * it may still write there.
 */
void virtio_take_back(struct virtio_device *dev, void *va, unsigned int order);

/* After the queues: the device may begin. */
void virtio_begin(struct virtio_device *dev);

/* There is something new in the queue. Any context. */
void virtio_notify(struct virtio_device *dev, unsigned int index);

/*
 * Takes back the one chain that is in flight, when the device is done with it: so many bytes of it
 * were written. -EIO: it lies, fails, or says nothing for VIRTIO_ANSWER_NS, of which `silent` is
 * the word ("does not answer"); it is left alone. Never sleeps.
 */
int virtio_wait(struct virtio_device *dev, struct virtq *vq, const char *silent,
		uint32_t *written) __must_check;

/*
 * Why the device interrupts, if it does; read once, the line is free again. One that says that it
 * cannot go on is left alone. Interrupts off.
 */
unsigned int virtio_interrupts(struct virtio_device *dev);

/*
 * Reads a field of configuration, of 1, 2, 4 or 8 bytes; whole, not torn.
 * Return: 0 for a field that the device does not have, and for each of one that failed.
 */
uint64_t virtio_config_read(struct virtio_device *dev, unsigned int offset, unsigned int bytes);
void virtio_config_write32(struct virtio_device *dev, unsigned int offset, uint32_t value);

/* Resets it and leaves it alone for ever; says why, in one line whoever calls it how often. */
void virtio_fail(struct virtio_device *dev, const char *why);

/* The same, because of what it returned in a queue. */
void virtio_fail_queue(struct virtio_device *dev, const struct virtq *vq);

/* Says where virtio-mmio devices are, beside device_windows(). `window` stays in use. */
void virtio_mmio_name(const struct parsed_window *window, unsigned int nr);

/* Finds all devices and hands each to its driver. Once. */
void virtio_init(void);

/* From drivers_interrupt(): lets each device's driver look. Interrupts off. */
void virtio_dispatch(void);

#endif
