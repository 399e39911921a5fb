/* SPDX-License-Identifier: MIT */
/*
 * How a device's registers are reached. Which transport a device has is found out at run time, on
 * the same machine one beside the other: beside the balloon's backend the only struct of operations
 * in the house. Operations believe nothing, and wait for nothing.
 */
#ifndef DRIVERS_VIRTIO_TRANSPORT_H
#define DRIVERS_VIRTIO_TRANSPORT_H

#include <arch/device.h>
#include <lib/config.h>

#include "virtio.h"

#define STATUS_ACKNOWLEDGE 1U
#define STATUS_DRIVER	   2U
#define STATUS_DRIVER_OK   4U
#define STATUS_FEATURES_OK 8U
#define STATUS_NEEDS_RESET 64U
#define STATUS_FAILED	   128U

struct virtio_transport {
	bool legacy;	 /* no VIRTIO_F_VERSION_1, no FEATURES_OK, rings by page number */
	bool fixed_size; /* a queue has the size that it has */
	uint8_t (*status)(struct virtio_device *dev);
	void (*set_status)(struct virtio_device *dev, uint8_t status);
	uint32_t (*features)(struct virtio_device *dev, unsigned int word);
	void (*set_features)(struct virtio_device *dev, unsigned int word, uint32_t bits);

	/* Selects a queue and says how many entries it may have; 0: there is none. */
	unsigned int (*select_queue)(struct virtio_device *dev, unsigned int index);

	/* Of the selected one; its memory is at guest-physical `base`. False: it cannot be had. */
	bool (*set_queue)(struct virtio_device *dev, unsigned int index, const struct virtq *vq,
			  uint64_t base);
	void (*notify)(struct virtio_device *dev, unsigned int index);

	/* Reads why it interrupts and lets go of the line. */
	unsigned int (*interrupts)(struct virtio_device *dev);

	/* Changes when configuration does; 0 where it cannot tell. */
	uint32_t (*generation)(struct virtio_device *dev);

	/* Reads `bytes` (1, 2 or 4) of configuration by one access; aligned to them. */
	uint32_t (*config)(struct virtio_device *dev, unsigned int offset, unsigned int bytes);
	void (*set_config)(struct virtio_device *dev, unsigned int offset, uint32_t value);
};

/* The kinds of devices that devices.c has a driver for. */
static inline bool virtio_is_driven(unsigned int type)
{
	return (IS_ENABLED(CONFIG_VIRTIO_BALLOON) && type == VIRTIO_BALLOON) ||
	       (IS_ENABLED(CONFIG_VIRTIO_MEM) && type == VIRTIO_MEM);
}

/*
 * registers.c: maps registers at a machine address. NULL: they cannot lie there, since memory of
 * ours does, or there is no room.
 */
volatile char *virtio_map(uint64_t first, uint32_t bytes);

/* One access of `bytes`, 1, 2 or 4. */
static inline uint32_t virtio_register_read(const volatile char *at, unsigned int bytes)
{
	switch (bytes) {
	case 1:
		return mmio_read8(at);
	case 2:
		return mmio_read16(at);
	default:
		return mmio_read32(at);
	}
}

/* Unmaps all registers of a device that no driver has. */
void virtio_unmap(struct virtio_device *dev);

/* mmio.c, pci.c: finds the next device from *at on (begins at 0); false: there are no more. */
bool virtio_mmio_find(unsigned int *at, struct virtio_device *dev, unsigned int *line);
bool virtio_pci_find(unsigned int *at, struct virtio_device *dev, unsigned int *line);

/* pci_modern.c, pci_legacy.c: can the function be driven so? */
bool virtio_pci_modern_init(struct virtio_device *dev, unsigned int function);
bool virtio_pci_legacy_init(struct virtio_device *dev, unsigned int function);

#endif
