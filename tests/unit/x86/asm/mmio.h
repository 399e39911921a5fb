/* SPDX-License-Identifier: MIT */
/* Registers in memory as functions of the test, for a made-up machine. */
#ifndef ASM_MMIO_H
#define ASM_MMIO_H

#include <lib/types.h>

uint32_t mmio_read32(const volatile void *at);
void mmio_write32(volatile void *at, uint32_t value);

#endif
