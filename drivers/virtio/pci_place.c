/* SPDX-License-Identifier: MIT */
/* BARs that no firmware placed are placed, where the port has room for them. */
#include "pci.h"

#define ALL_ONES UINT32_MAX

/* What a BAR answers to all ones is its size, and what kind it is (PCI Local Bus 3.0, 6.2.5.1). */
static uint32_t probe(unsigned int function, unsigned int bar)
{
	uint32_t before = pci_config_read(function, PCI_BAR(bar)), answer;

	pci_config_write(function, PCI_BAR(bar), ALL_ONES);
	answer = pci_config_read(function, PCI_BAR(bar));
	pci_config_write(function, PCI_BAR(bar), before);
	return answer;
}

static void place(unsigned int function, unsigned int bar, uint32_t answer)
{
	bool io = answer & PCI_BAR_IO;
	uint32_t mask = answer & (io ? ~3U : ~PCI_BAR_FLAGS);
	/* Ports may have 16 bits only: what is above answers with zeros. */
	uint32_t bytes = ~(io ? mask | 0xffff0000U : mask) + 1;
	bool is_64 = pci_bar_is_64(answer);
	uint64_t at;

	/* No size, or no room for the upper half. */
	if (!mask || (bytes & (bytes - 1)) || (is_64 && bar + 1 == PCI_BARS))
		return;
	at = pci_place(io, bytes);
	if (!at || at > UINT32_MAX)
		return;
	pci_config_write(function, PCI_BAR(bar), (uint32_t)at);
	if (is_64)
		pci_config_write(function, PCI_BAR(bar + 1), 0);
}

void virtio_pci_place(unsigned int function)
{
	for (unsigned int bar = 0; bar < PCI_BARS; bar++) {
		uint32_t now = pci_config_read(function, PCI_BAR(bar));
		bool wide = pci_bar_is_64(now);

		if (!(now & (now & PCI_BAR_IO ? ~3U : ~PCI_BAR_FLAGS)) &&
		    !(wide && bar + 1 < PCI_BARS && pci_config_read(function, PCI_BAR(bar + 1))))
			place(function, bar, probe(function, bar));
		bar += wide;
	}
}
