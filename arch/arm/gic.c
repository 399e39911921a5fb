/* SPDX-License-Identifier: MIT */
/* Interrupts, whichever controller they come by. None is let through that nobody asked for. */
#include <arch/upcalls.h>
#include <asm/arm.h>
#include <asm/mmio.h>
#include <lib/bug.h>
#include <lib/printk.h>

#include "gic.h"

#define DISTRIBUTOR_PAGES 16U
#define TYPE_LINES(type)  (32 * (((type)&0x1f) + 1))

static volatile uint32_t *distributor;
static bool is_v3;
static unsigned int nr_interrupts;
static unsigned int timer_interrupt_nr, uart_interrupt_nr;

static void quieten(void)
{
	mmio_write32(&distributor[GICD_CONTROL], 0);
	for (unsigned int i = 1; i < DIV_ROUND_UP(nr_interrupts, 32); i++)
		mmio_write32(&distributor[GIC_CLEAR_ENABLE + i], UINT32_MAX);
	for (unsigned int i = GIC_PRIVATE / 4; i < nr_interrupts / 4; i++)
		mmio_write32(&distributor[GIC_PRIORITY_OF + i], GIC_PRIORITIES);
}

void gic_init(const struct machine *m)
{
	uint64_t pages = DIV_ROUND_UP(m->gic_distributor.size, PAGE_SIZE);

	if (m->gic == MACHINE_NO_GIC)
		panic("gic: no supported interrupt controller in the device tree");
	is_v3 = m->gic == MACHINE_GIC_V3;
	distributor = fixed_map_device(FIXED_GIC, PADDR(m->gic_distributor.base),
				       (unsigned int)MIN(pages, DISTRIBUTOR_PAGES));
	nr_interrupts = MIN(TYPE_LINES(mmio_read32(&distributor[GICD_TYPE])), GIC_SPECIAL);
	quieten();
	if (!(is_v3 ? gicv3_init(m, distributor) : gicv2_init(m, distributor)))
		panic("gic: no response from the interrupt controller at %llx",
		      (unsigned long long)m->gic_distributor.base);
	timer_interrupt_nr = m->timer_interrupt;
	uart_interrupt_nr = m->uart_interrupt;
	if (timer_interrupt_nr)
		gic_enable(timer_interrupt_nr);
	else
		printk("timer: no interrupt in the device tree: sleeping threads may not wake\n");
}

bool gic_has(unsigned int interrupt)
{
	return interrupt >= GIC_PRIVATE / 2 && interrupt < nr_interrupts;
}

void gic_enable(unsigned int interrupt)
{
	volatile uint32_t *registers = distributor;

	if (!gic_has(interrupt)) {
		printk("gic: no interrupt %u: not enabled\n", interrupt);
		return;
	}
	if (interrupt < GIC_PRIVATE && is_v3)
		registers = gicv3_private();
	if (interrupt >= GIC_PRIVATE && is_v3)
		gicv3_route(interrupt);
	if (interrupt >= GIC_PRIVATE && !is_v3)
		gicv2_route(interrupt);
	mmio_write32(&registers[GIC_SET_ENABLE + interrupt / 32], 1U << interrupt % 32);
}

/* What comes stays until whoever sent it is quiet: that is done before it is called handled. */
static void handle(unsigned int interrupt)
{
	if (interrupt == timer_interrupt_nr)
		timer_interrupt();
	else if (interrupt == uart_interrupt_nr)
		pl011_interrupt();
	upcall_interrupt();
}

void gic_handle(void)
{
	for (;;) {
		unsigned int interrupt = is_v3 ? gicv3_take() : gicv2_take();

		if (interrupt >= GIC_SPECIAL)
			return;
		handle(interrupt);
		if (is_v3)
			gicv3_done(interrupt);
		else
			gicv2_done(interrupt);
	}
}
