/* SPDX-License-Identifier: MIT */
/* The one signal of all interrupts. */
#ifndef ARCH_LINUX_INTERRUPT_H
#define ARCH_LINUX_INTERRUPT_H

#define LINUX_IRQ_SIGNAL SIGIO

#endif
