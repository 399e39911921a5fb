/* SPDX-License-Identifier: MIT */
/*
 * Access to a device's registers. The transport of a device is found at run time, and a machine may
 * have several. Beside the balloon's backend this is the only struct of operations. Operations
 * trust no value and never wait.
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
	bool fixed_size; /* a queue's size cannot be changed */
	uint8_t (*status)(struct virtio_device *dev);
	void (*set_status)(struct virtio_device *dev, uint8_t status);
	uint32_t (*features)(struct virtio_device *dev, unsigned int word);
	void (*set_features)(struct virtio_device *dev, unsigned int word, uint32_t bits);

	/* Select a queue. Return: the most entries it may have; 0 without such a queue. */
	unsigned int (*select_queue)(struct virtio_device *dev, unsigned int index);

	/* Enable the selected queue, at guest-physical `base`. Return: false if refused. */
	bool (*set_queue)(struct virtio_device *dev, unsigned int index, const struct virtq *vq,
			  uint64_t base);
	void (*notify)(struct virtio_device *dev, unsigned int index);

	/* Read the reasons of an interrupt and release the line. */
	unsigned int (*interrupts)(struct virtio_device *dev);

	/* Read the generation of the configuration; 0 without one. */
	uint32_t (*generation)(struct virtio_device *dev);

	/* Read 1, 2 or 4 bytes of configuration by one access, aligned to them. */
	uint32_t (*config)(struct virtio_device *dev, unsigned int offset, unsigned int bytes);
	void (*set_config)(struct virtio_device *dev, unsigned int offset, uint32_t value);
};

/* Test whether devices.c has a driver for a type. */
static inline bool virtio_is_driven(unsigned int type)
{
	return (IS_ENABLED(CONFIG_VIRTIO_BALLOON) && type == VIRTIO_BALLOON) ||
	       (IS_ENABLED(CONFIG_VIRTIO_MEM) && type == VIRTIO_MEM);
}

/*
 * registers.c: map registers at a machine address.
 * Return: NULL if memory of the guest is there, or without room.
 */
volatile char *virtio_map(uint64_t first, uint32_t bytes);

/* Read 1, 2 or 4 bytes by one access. */
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

/* Unmap all registers of a device without a driver. */
void virtio_unmap(struct virtio_device *dev);

/* mmio.c, pci.c: find the next device from *at on (begin at 0). Return: false after the last. */
bool virtio_mmio_find(unsigned int *at, struct virtio_device *dev, unsigned int *line);
bool virtio_pci_find(unsigned int *at, struct virtio_device *dev, unsigned int *line);

/* pci_modern.c, pci_legacy.c: set up the device by this transport. Return: false if it cannot. */
bool virtio_pci_modern_init(struct virtio_device *dev, unsigned int function);
bool virtio_pci_legacy_init(struct virtio_device *dev, unsigned int function);

#endif
