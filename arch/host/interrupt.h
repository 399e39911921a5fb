/* SPDX-License-Identifier: MIT */
/* The one signal that every interrupt is. */
#ifndef ARCH_HOST_INTERRUPT_H
#define ARCH_HOST_INTERRUPT_H

#define HOST_IRQ_SIGNAL SIGIO

#endif
