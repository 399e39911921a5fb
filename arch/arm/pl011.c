/* SPDX-License-Identifier: MIT */
/* A pl011 (Arm DDI 0183), or what Xen shows its guests in its likeness: output polled, input by
 * interrupt.
 */
#include <asm/arm.h>
#include <asm/irq.h>
#include <asm/mmio.h>
#include <kernel/errno.h>

/* Registers, in words. */
enum {
	DATA = 0x00 / 4,
	FLAGS = 0x18 / 4,
	MASK = 0x38 / 4,
};

#define FLAG_INPUT_EMPTY (1 << 4)
#define FLAG_OUTPUT_FULL (1 << 5)
#define INTERRUPT_INPUT	 0x50 /* something came; it is a while ago */

/* A line that stands still is not waited for longer than this many looks. */
#define LOOKS_MAX 1000000U
#define TYPED_MAX 256U

static volatile uint32_t *registers; /* NULL: there is none, or nobody takes what we say */

static uint32_t input_mask; /* what interrupts while there is room; 0 until there is a GIC */

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

void pl011_enable(const struct machine *m)
{
	if (!registers || !m->uart_interrupt)
		return;
	input_mask = INTERRUPT_INPUT;
	mmio_write32(&registers[MASK], input_mask);
	gic_enable(m->uart_interrupt);
}

static void put(char c)
{
	for (unsigned int i = 0; i < LOOKS_MAX; i++) {
		if (!(mmio_read32(&registers[FLAGS]) & FLAG_OUTPUT_FULL)) {
			mmio_write32(&registers[DATA], (uint8_t)c);
			return;
		}
	}
	/* Say nothing any more rather than crawl. */
	registers = NULL;
}

void pl011_write(const char *text, size_t n)
{
	for (size_t i = 0; registers && i < n; i++) {
		if (text[i] == '\n')
			put('\r');
		if (registers)
			put(text[i]);
	}
}

/*
 * Takes what came. It interrupts until it is taken: what there is no room for waits in the UART,
 * which is told not to interrupt until somebody reads.
 */
void pl011_interrupt(void)
{
	while (registers && !(mmio_read32(&registers[FLAGS]) & FLAG_INPUT_EMPTY)) {
		if (typed.in - typed.out == TYPED_MAX) {
			mmio_write32(&registers[MASK], 0);
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
	if (registers && n)
		mmio_write32(&registers[MASK], input_mask);
	irq_restore(flags);
	return registers || n ? (int)n : -ENODEV;
}
