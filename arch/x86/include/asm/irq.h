/* SPDX-License-Identifier: MIT */
/* Interrupts, masked by the processor's flag, or by Xen's mask in its place. */
#ifndef ASM_IRQ_H
#define ASM_IRQ_H

#include <lib/config.h>

#if IS_ENABLED(CONFIG_PV)
#include <asm/irq_pv.h>
#else
#include <asm/irq_pvh.h>
#endif

#endif
