/* SPDX-License-Identifier: MIT */
/* What a PC has that ticks at a known rate: ACPI's PM timer, and the PIT. */
#include <asm/insn.h>
#include <asm/pvh.h>

#include "timer.h"

/* ACPI 6.4, 4.8.3.3. There may be 32 bits; each has 24. */
#define PM_TIMER_MASK 0xffffffU

/* Intel 8254. Channel 0, low byte then high, mode 0: counts down once. */
#define PIT_CHANNEL_0 0x40
#define PIT_CONTROL   0x43
#define PIT_ONCE_0    0x30
#define PIT_LATCH_0   0xc2 /* the status, then the count */
#define PIT_STATUS_0  0xe2 /* the status alone */
#define PIT_DONE      0x80 /* of a status: it counted to 0, and goes on */
#define PIT_NOT_YET   0x40 /* what was written does not count yet */
#define PIT_MODE      0x3f /* as it was set */
#define PIT_LOOKS_MAX 100U

static bool pm_timer_read(uint32_t *value)
{
	*value = inl(acpi_pm_timer_port());
	return true;
}

const struct counter *pm_timer_counter(void)
{
	static const struct counter counter = {
		.name = "ACPI PM timer",
		.mask = PM_TIMER_MASK,
		.read = pm_timer_read,
	};

	return acpi_pm_timer_port() ? &counter : NULL;
}

/* As far as it can count, which are 55 ms. */
static void pit_start(void)
{
	outb(PIT_CONTROL, PIT_ONCE_0);
	outb(PIT_CHANNEL_0, 0xff);
	outb(PIT_CHANNEL_0, 0xff);
	for (unsigned int i = 0; i < PIT_LOOKS_MAX; i++) {
		outb(PIT_CONTROL, PIT_STATUS_0);
		if (!(inb(PIT_CHANNEL_0) & PIT_NOT_YET))
			return;
	}
}

/* Without a PIT the status is not that of what was set; after 55 ms it is done. */
static bool pit_read(uint32_t *value)
{
	uint8_t status, low, high;

	outb(PIT_CONTROL, PIT_LATCH_0);
	status = inb(PIT_CHANNEL_0);
	low = inb(PIT_CHANNEL_0);
	high = inb(PIT_CHANNEL_0);
	*value = 0xffffU - ((uint32_t)high << 8 | low);
	return (status & (PIT_DONE | PIT_NOT_YET | PIT_MODE)) == PIT_ONCE_0;
}

const struct counter pit_counter = {
	.name = "PIT",
	.mask = UINT32_MAX,
	.start = pit_start,
	.read = pit_read,
};
