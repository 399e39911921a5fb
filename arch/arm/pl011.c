/* SPDX-License-Identifier: MIT */
/*
 * A pl011 (Arm DDI 0183), or what Xen shows its guests in its likeness. Input interrupts, and so
 * does room for output that waits.
 */
#include <asm/arm.h>
#include <asm/irq.h>
#include <asm/mmio.h>
#include <lib/errno.h>

#include "arch/common/console/device.h"

/* Registers, in words. */
enum {
	DATA = 0x00 / 4,
	FLAGS = 0x18 / 4,
	MASK = 0x38 / 4,
};

#define FLAG_INPUT_EMPTY (1 << 4)
#define FLAG_OUTPUT_FULL (1 << 5)
#define INTERRUPT_INPUT	 0x50 /* something came; it is a while ago */
#define INTERRUPT_ROOM	 0x20

#define TYPED_MAX 256U

static volatile uint32_t *registers; /* NULL: there is none */

static uint32_t may_interrupt; /* what of it can be; 0 until there is a GIC */
static uint32_t mask;

/* What was typed and not read. Indexes run on. */
static struct {
	char text[TYPED_MAX];
	unsigned int in, out;
} typed;

/* Its line is as the firmware set it; Xen's likeness has none, and faults where it would be set. */
void pl011_init(const struct machine *m)
{
	if (m->uart.size)
		registers = fixed_map_device(FIXED_UART, PADDR(m->uart.base), 1);
}

static void let_interrupt(uint32_t what, bool on)
{
	mask = (on ? mask | what : mask & ~what) & may_interrupt;
	mmio_write32(&registers[MASK], mask);
}

bool pl011_enable(const struct machine *m)
{
	if (!registers || !m->uart_interrupt)
		return false;
	may_interrupt = INTERRUPT_INPUT | INTERRUPT_ROOM;
	let_interrupt(INTERRUPT_INPUT, true);
	return true;
}

static bool pl011_put(char c)
{
	if (mmio_read32(&registers[FLAGS]) & FLAG_OUTPUT_FULL)
		return false;
	mmio_write32(&registers[DATA], (uint8_t)c);
	return true;
}

size_t pl011_write(const char *text, size_t n)
{
	return registers ? console_put_lines(text, n, pl011_put) : n;
}

void pl011_watch(bool on)
{
	if (may_interrupt)
		let_interrupt(INTERRUPT_ROOM, on);
}

/*
 * Takes what came. It interrupts until it is taken: what there is no room for waits in the UART,
 * which is told not to interrupt until somebody reads.
 */
void pl011_interrupt(void)
{
	while (registers && !(mmio_read32(&registers[FLAGS]) & FLAG_INPUT_EMPTY)) {
		if (typed.in - typed.out == TYPED_MAX) {
			let_interrupt(INTERRUPT_INPUT, false);
			return;
		}
		typed.text[typed.in++ % TYPED_MAX] = (char)mmio_read32(&registers[DATA]);
	}
}

int pl011_read(char *text, size_t max)
{
	unsigned long flags = irq_save();
	size_t n = 0;

	pl011_interrupt();
	while (n < max && typed.out != typed.in)
		text[n++] = typed.text[typed.out++ % TYPED_MAX];
	if (may_interrupt && n)
		let_interrupt(INTERRUPT_INPUT, true);
	irq_restore(flags);
	return registers ? (int)n : -ENODEV;
}
