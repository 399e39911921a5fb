/* SPDX-License-Identifier: MIT */
/*
 * A balloon device behind registers, whichever way these are reached. It answers honestly, or,
 * where the input says so, anything: each answer takes a byte of the input, and if that is 0x80 or
 * more, the next four bytes instead. What a driver writes is held against what it was answered;
 * rings are served honestly.
 */
#ifndef TESTS_FUZZ_VIRTIO_DEVICE_H
#define TESTS_FUZZ_VIRTIO_DEVICE_H

#include "machine.h"

#define DEVICE_QUEUES	    8U
#define DEVICE_CONFIG_BYTES 16U

/* What is the same for all transports. */
enum device_register {
	DEVICE_STATUS,
	DEVICE_FEATURES,
	DEVICE_FEATURES_SELECT,
	DEVICE_DRIVER_FEATURES,
	DEVICE_DRIVER_FEATURES_SELECT,
	DEVICE_QUEUE_SELECT,
	DEVICE_QUEUE_MAX,
	DEVICE_QUEUE_SIZE,
	DEVICE_QUEUE_READY,
	DEVICE_QUEUE_PFN, /* legacy */
	DEVICE_QUEUE_NOTIFY_AT,
	DEVICE_NOTIFY,
	DEVICE_INTERRUPTS,
	DEVICE_GENERATION,
	NR_DEVICE_REGISTERS
};

/* One is there, begun anew: features, sizes and configuration are of the input. */
void device_start(bool legacy);

/* What the driver was told that it is. */
void device_set_legacy(bool legacy);

/* An answer that may be a lie. */
uint32_t device_answer(uint32_t honest);

uint32_t device_get(enum device_register reg);
void device_put(enum device_register reg, uint32_t value);
uint32_t device_get_config(uint32_t offset, unsigned int bytes);
void device_put_config(uint32_t offset, uint32_t value);

/* Which = 0: descriptors, 1: available, 2: used; of the upper half or the lower one. */
void device_put_address(unsigned int which, bool upper, uint32_t value);

/*
 * The driver takes it, and works with it as long as there is input; or it refused. Afterwards
 * nothing is left behind that should not be. True: it was taken.
 */
bool device_use(struct virtio_device *dev);

#endif
