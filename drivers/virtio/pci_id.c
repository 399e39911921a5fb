/* SPDX-License-Identifier: MIT */
/* What a PCI function is: its name, and whether it is a virtio device (VIRTIO 1.2 4.1.2). */
#include <lib/printk.h>

#include "pci.h"
#include "virtio.h"

#define VENDOR	       0x1af4U
#define DEVICE_LEGACY  0x1000U /* to 0x103f: transitional; the subsystem says what it is */
#define DEVICE_BALLOON 0x1002U /* transitional, whatever the subsystem */
#define DEVICE_MODERN  0x1040U /* and the type, to 0x107f */
#define DEVICE_END     0x1080U

void pci_name(char name[PCI_NAME_BYTES], unsigned int function)
{
	unsigned int bus = function >> 8 & 0xff, device = function >> 3 & 31;

	if (function >> 16)
		snprintf(name, PCI_NAME_BYTES, "%x:%02x:%02x.%x", function >> 16 & 15, bus, device,
			 function & 7);
	else
		snprintf(name, PCI_NAME_BYTES, "%02x:%02x.%x", bus, device, function & 7);
}

unsigned int virtio_pci_type(unsigned int function)
{
	uint32_t id = pci_config_read(function, PCI_ID), device = id >> 16;

	if ((id & 0xffff) != VENDOR || device < DEVICE_LEGACY || device >= DEVICE_END)
		return 0;
	if (device >= DEVICE_MODERN)
		return device - DEVICE_MODERN;
	if (device == DEVICE_BALLOON)
		return VIRTIO_BALLOON;
	return pci_config_read(function, PCI_SUBSYSTEM) >> 16;
}
