/* SPDX-License-Identifier: MIT */
/* What holds of a struct machine whatever the tree was like. */
#ifndef TESTS_UNIT_MACHINE_CHECK_H
#define TESTS_UNIT_MACHINE_CHECK_H

#include <asm/machine.h>
#include <lib/bug.h>
#include <lib/types.h>

static inline bool machine_range_is_sane(const struct machine_range *range)
{
	return range->base < MACHINE_ADDR_MAX && range->size <= MACHINE_ADDR_MAX - range->base;
}

static inline bool machine_set_is_sane(const struct machine_range *set, unsigned int nr,
				       unsigned int max)
{
	if (nr > max)
		return false;
	for (unsigned int i = 0; i < nr; i++) {
		if (!set[i].size || !machine_range_is_sane(&set[i]))
			return false;
		if (i && set[i - 1].base + set[i - 1].size >= set[i].base)
			return false;
	}
	return true;
}

static inline bool machine_text_is_sane(const struct machine *m, const char *fdt, size_t max)
{
	for (const char *c = m->bootargs; *c; c++)
		if (m->bootargs >= fdt && c >= fdt + max)
			return false;
	return true;
}

static inline bool machine_gic_is_sane(const struct machine *m)
{
	bool sane = m->nr_gic_cpu <= MACHINE_GIC_CPU_MAX && m->gic_stride % 0x10000 == 0 &&
		    (m->gic == MACHINE_NO_GIC) == !m->nr_gic_cpu &&
		    (m->gic != MACHINE_GIC_V2 || m->nr_gic_cpu == 1) &&
		    machine_range_is_sane(&m->gic_distributor);

	for (unsigned int i = 0; sane && i < m->nr_gic_cpu; i++)
		sane = m->gic_cpu[i].size && machine_range_is_sane(&m->gic_cpu[i]);
	return sane;
}

static inline bool machine_devices_are_sane(const struct machine *m)
{
	bool sane = m->nr_virtio <= MACHINE_VIRTIO_MAX && machine_range_is_sane(&m->uart) &&
		    machine_gic_is_sane(m) && machine_range_is_sane(&m->grant_space);

	for (unsigned int i = 0; sane && i < m->nr_virtio; i++)
		sane = m->virtio[i].registers.size &&
		       machine_range_is_sane(&m->virtio[i].registers) &&
		       m->virtio[i].interrupt < 1020;
	return sane && m->timer_interrupt < 1020 && m->uart_interrupt < 1020 &&
	       m->event_interrupt < 1020;
}

static inline bool machine_pci_is_sane(const struct machine_pci *pci)
{
	bool sane = pci->nr_lines <= MACHINE_PCI_LINES_MAX && pci->first_bus <= pci->last_bus &&
		    pci->last_bus < 256 && machine_range_is_sane(&pci->config) &&
		    pci->config.size >> 20 > pci->last_bus - pci->first_bus &&
		    machine_range_is_sane(&pci->io) && machine_range_is_sane(&pci->memory) &&
		    machine_range_is_sane(&pci->prefetch);

	for (unsigned int i = 0; sane && i < pci->nr_lines; i++)
		sane = pci->line[i].interrupt >= 16 && pci->line[i].interrupt < 1020;
	return sane;
}

static inline void machine_check(const struct machine *m, const void *fdt, size_t max)
{
	assert(m->nr_banks > 0);
	assert(machine_set_is_sane(m->bank, m->nr_banks, MACHINE_BANKS_MAX));
	assert(machine_set_is_sane(m->reserved, m->nr_reserved, MACHINE_RESERVED_MAX));
	assert(machine_set_is_sane(m->extended, m->nr_extended, MACHINE_EXTENDED_MAX));
	assert(machine_text_is_sane(m, fdt, max));
	assert(machine_devices_are_sane(m));
	assert(m->nr_pci <= MACHINE_PCI_MAX);
	for (unsigned int i = 0; i < m->nr_pci; i++)
		assert(machine_pci_is_sane(&m->pci[i]));
}

#endif
