/* SPDX-License-Identifier: MIT */
/*
 * Virtio devices by any transport: virtio-mmio (legacy and version 2), virtio-pci (modern by its
 * capabilities, and legacy). A device that violates the protocol is reset and disabled:
 * virtio_fail(). Context: thread, unless stated otherwise.
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

/* Limit of a response, in time in which the guest runs (lib/wait_limit.h). */
#define VIRTIO_ANSWER_NS (10ULL * 1000 * 1000 * 1000)

struct virtio_transport; /* drivers/virtio/transport.h: access to its registers */

struct virtio_device {
	const struct virtio_transport *by;
	volatile char *common; /* registers in memory, never unmapped */
	volatile char *isr, *notify, *config;
	char name[24];	       /* "virtio-mmio at feb00e00" */
	unsigned int type;     /* VIRTIO_BALLOON, ... */
	uint32_t config_bytes; /* that may be read */
	uint32_t notify_bytes, notify_step, notify_at[VIRTIO_QUEUES_MAX];
	unsigned int port; /* legacy PCI: its registers' I/O ports */
	bool failed;	   /* disabled */
	bool runs_on;	   /* its reset did not end: what it was lent stays lent */
};

/*
 * Reset the device and negotiate the features `wanted` that it offers, and those of the transport.
 * Return: -EIO, with one message, if it violates the protocol; it is disabled then.
 */
int virtio_negotiate(struct virtio_device *dev, uint64_t wanted, uint64_t *features) __must_check;

/* Read the features that the device offers, before or after virtio_negotiate(). */
uint64_t virtio_offers(struct virtio_device *dev);

/*
 * Open a queue. Its memory is lent to the device until virtio_queue_close().
 * Return: -ENOMEM; -ENODEV without such a queue.
 */
int virtio_queue_open(struct virtio_device *dev, unsigned int index, struct virtq *vq) __must_check;

/* Close a queue of a failed device, also one that was never opened (all zeros). */
void virtio_queue_close(struct virtio_device *dev, struct virtq *vq);

/*
 * Free pages that were lent to a failed device, unless its reset did not end: then it may still
 * write there.
 */
void virtio_take_back(struct virtio_device *dev, void *va, unsigned int order);

/* Set DRIVER_OK, after the queues are open. */
void virtio_begin(struct virtio_device *dev);

/* Notify the device of new chains in a queue. Context: any. */
void virtio_notify(struct virtio_device *dev, unsigned int index);

/*
 * Wait for the one chain in flight. *written: bytes that the device wrote.
 * Return: -EIO if the device violates the protocol, fails, or does not respond for
 * VIRTIO_ANSWER_NS, with the reason `silent` ("no response"); it is disabled then. Context: thread;
 * never sleeps.
 */
int virtio_wait(struct virtio_device *dev, struct virtq *vq, const char *silent,
		uint32_t *written) __must_check;

/*
 * Read the reasons of an interrupt, which releases the line. A device that needs a reset is
 * disabled. Return: VIRTIO_INTERRUPT_... bits; 0 if the device does not interrupt. Context:
 * interrupts off.
 */
unsigned int virtio_interrupts(struct virtio_device *dev);

/*
 * Read a field of configuration, of 1, 2, 4 or 8 bytes; never torn.
 * Return: 0 for a field that the device lacks, and for each field of a failed device.
 */
uint64_t virtio_config_read(struct virtio_device *dev, unsigned int offset, unsigned int bytes);

/* Write a field of configuration of 4 bytes. */
void virtio_config_write32(struct virtio_device *dev, unsigned int offset, uint32_t value);

/* Reset and disable a device, with one message for the first call. */
void virtio_fail(struct virtio_device *dev, const char *why);

/* Reset and disable a device that returned an invalid element, with one message. */
void virtio_fail_queue(struct virtio_device *dev, const struct virtq *vq);

/* Add virtio-mmio windows beside those of device_windows(). `window` must stay. */
void virtio_mmio_name(const struct parsed_window *window, unsigned int nr);

/* Find all devices and attach each to its driver. Context: thread, once. */
void virtio_init(void);

/* Pass an interrupt to each device's driver. Context: drivers_interrupt(), interrupts off. */
void virtio_dispatch(void);

#endif
