/* SPDX-License-Identifier: MIT */
/* GICv2: the processor's interface is registers in memory (Arm IHI 0048). */
#include <asm/arm.h>
#include <asm/mmio.h>

#include "gic.h"

/* Of the processor's interface, in words. */
enum {
	CONTROL = 0x00 / 4,
	PRIORITY_MASK = 0x04 / 4,
	BINARY_POINT = 0x08 / 4,
	ACKNOWLEDGE = 0x0c / 4,
	END = 0x10 / 4,
};

#define ENABLE	       1
#define INTERRUPT(ack) ((ack)&0x3ff)

static volatile uint32_t *shared, *own;

bool gicv2_init(const struct machine *m, volatile uint32_t *distributor)
{
	shared = distributor;
	own = fixed_map_device(FIXED_GIC_CPU, PADDR(m->gic_cpu[0].base), 1);
	mmio_write32(&shared[GIC_CLEAR_ENABLE], UINT32_MAX);
	for (unsigned int i = 0; i < GIC_PRIVATE / 4; i++)
		mmio_write32(&shared[GIC_PRIORITY_OF + i], GIC_PRIORITIES);
	mmio_write32(&shared[GICD_CONTROL], ENABLE);
	mmio_write32(&own[PRIORITY_MASK], 0xff);
	mmio_write32(&own[BINARY_POINT], 0);
	mmio_write32(&own[CONTROL], ENABLE);
	return mmio_read32(&own[PRIORITY_MASK]) != 0;
}

/* A private interrupt's targets read as the processor that reads; there is a byte an interrupt. */
void gicv2_route(unsigned int interrupt)
{
	volatile uint32_t *targets = &shared[GICD_TARGETS + interrupt / 4];
	unsigned int shift = interrupt % 4 * 8;
	uint32_t self = mmio_read32(&shared[GICD_TARGETS]) & 0xff;

	mmio_write32(targets, (mmio_read32(targets) & ~(0xffU << shift)) | self << shift);
}

/* Taken in whole: the sender of a software interrupt must be told back. */
static uint32_t taken;

unsigned int gicv2_take(void)
{
	taken = mmio_read32(&own[ACKNOWLEDGE]);
	return INTERRUPT(taken);
}

void gicv2_done(unsigned int interrupt)
{
	(void)interrupt;
	mmio_write32(&own[END], taken);
}
