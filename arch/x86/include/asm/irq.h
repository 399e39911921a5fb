/* SPDX-License-Identifier: MIT */
/* Interrupts: held off by the processor's own flag, or by what Xen has in its place. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <lib/config.h>

#if IS_ENABLED(CONFIG_PV)
#include <asm/irq_pv.h>
#else
#include <asm/irq_pvh.h>
#endif

#endif
