/* SPDX-License-Identifier: MIT */
/* The two kinds of interrupt controller, and their common registers (Arm IHI 0048, 0069). */
#ifndef ARM_GIC_H
#define ARM_GIC_H

#include <asm/machine.h>

#define GIC_PRIVATE    32U   /* below: this processor's own interrupts */
#define GIC_SPECIAL    1020U /* from here on: there is none */
#define GIC_LOOKS_MAX  1000000U
#define GIC_PRIORITIES 0xa0a0a0a0U

/* Of the distributor, in words; the private ones of v3 at the same places of the redistributor. */
enum {
	GICD_CONTROL = 0x000 / 4,
	GICD_TYPE = 0x004 / 4,
	GIC_GROUP = 0x080 / 4,
	GIC_SET_ENABLE = 0x100 / 4,
	GIC_CLEAR_ENABLE = 0x180 / 4,
	GIC_PRIORITY_OF = 0x400 / 4,
	GICD_TARGETS = 0x800 / 4,
};

/* Initialise the controller. Return: false without a valid response. Context: boot, once. */
bool gicv2_init(const struct machine *m, volatile uint32_t *distributor);
bool gicv3_init(const struct machine *m, volatile uint32_t *distributor);

/* Route a shared interrupt, never a private one, to this processor. */
void gicv2_route(unsigned int interrupt);
void gicv3_route(unsigned int interrupt);

/* Return the registers that enable private interrupts. */
volatile uint32_t *gicv3_private(void);

/* Acknowledge the pending interrupt, and end it after its handling. Context: interrupts off. */
unsigned int gicv2_take(void);
void gicv2_done(unsigned int interrupt);
unsigned int gicv3_take(void);
void gicv3_done(unsigned int interrupt);

#endif
