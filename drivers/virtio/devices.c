/* SPDX-License-Identifier: MIT */
/* The devices there are, each with its driver. */
#include <arch/device.h>
#include <lib/config.h>
#include <lib/printk.h>

#include "balloon.h"
#include "mem.h"
#include "transport.h"

#define DEVICES_MAX 8U

static struct virtio_device devices[DEVICES_MAX];
static unsigned int nr_devices;

#define WITH(device, function) (IS_ENABLED(CONFIG_VIRTIO_##device) ? (function) : NULL)

static const struct driver {
	unsigned int type;
	int (*attach)(struct virtio_device *dev);
	void (*interrupt)(struct virtio_device *dev, unsigned int why);
} drivers[] = {
	{VIRTIO_BALLOON, WITH(BALLOON, virtio_balloon_attach),
	 WITH(BALLOON, virtio_balloon_interrupt)},
	{VIRTIO_MEM, WITH(MEM, virtio_mem_attach), WITH(MEM, virtio_mem_interrupt)},
};

static const struct driver *driver_of(const struct virtio_device *dev)
{
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (drivers[i].type == dev->type && drivers[i].attach)
			return &drivers[i];
	return NULL;
}

/* True: a driver has it now. */
static bool attach(struct virtio_device *dev, unsigned int line)
{
	const struct driver *driver = driver_of(dev);

	if (!driver)
		return false;
	if (interrupt_line_open(line)) {
		printk("virtio: %s: invalid interrupt line %u: ignored\n", dev->name, line);
		return false;
	}
	return driver->attach(dev) == 0;
}

static void attach_all(bool (*find)(unsigned int *at, struct virtio_device *dev,
				    unsigned int *line))
{
	unsigned int at = 0, line;

	while (nr_devices < DEVICES_MAX && find(&at, &devices[nr_devices], &line))
		if (attach(&devices[nr_devices], line))
			nr_devices++;
		else
			virtio_unmap(&devices[nr_devices]);
}

void virtio_init(void)
{
	if (IS_ENABLED(CONFIG_VIRTIO_MMIO))
		attach_all(virtio_mmio_find);
	if (IS_ENABLED(CONFIG_VIRTIO_PCI))
		attach_all(virtio_pci_find);
}

void virtio_dispatch(void)
{
	for (unsigned int i = 0; i < nr_devices; i++) {
		unsigned int why = virtio_interrupts(&devices[i]);

		if (why && !devices[i].failed)
			driver_of(&devices[i])->interrupt(&devices[i], why);
	}
}
