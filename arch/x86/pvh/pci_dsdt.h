/* SPDX-License-Identifier: MIT */
/* A PCI host bridge of the DSDT. */
#ifndef PVH_PCI_DSDT_H
#define PVH_PCI_DSDT_H

#include <arch/device.h>

#define PCI_DSDT_BUS_BYTES 0x100000ULL /* of configuration space */
#define PCI_DSDT_LINES_MAX 128U	       /* four pins of each device of a bus */

struct pci_dsdt {
	/* Machine address of the configuration space, of bus 0; 0: no host bridge. */
	uint64_t config;
	struct pci_host host;
	struct pci_dsdt_line {
		uint8_t device, pin; /* on the root bus; pin 0 is INTA */
		unsigned int line;
	} line[PCI_DSDT_LINES_MAX];
	unsigned int nr_lines;
};

/* Read the first host bridge whose configuration space is in memory. */
void pci_dsdt_read(struct pci_dsdt *pci, const char *table, uint32_t length);

#endif
