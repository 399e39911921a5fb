/* SPDX-License-Identifier: MIT */
/* Segments, the task segment and the interrupt table of a processor of our own. */
#include <asm/domain.h>
#include <asm/insn.h>
#include <asm/pvh.h>
#include <asm/trap.h>
#include <lib/addr.h>

#define SELECTOR_CODE 8
#define SELECTOR_TASK 24

#define GATE_INTERRUPT 0x8e /* present, interrupts off inside */
#define SEGMENT_TASK   0x89ULL

#define TRAP_SPURIOUS	 255 /* from the local APIC: nothing came */
#define DOUBLE_FAULT_IST 1

struct gate {
	uint16_t offset_low, selector;
	uint8_t ist, type;
	uint16_t offset_mid;
	uint32_t offset_high, reserved;
};

static_assert(sizeof(struct gate) == 16, "Intel SDM 3A, 6.14.1");

struct task_segment {
	uint32_t reserved0;
	uint64_t rsp[3], reserved1, ist[7], reserved2;
	uint16_t reserved3, io_map;
} __packed;

static_assert(sizeof(struct task_segment) == 104, "Intel SDM 3A, 7.7");

struct table_register {
	uint16_t limit;
	uint64_t base;
} __packed;

static struct gate gates[256];
static struct task_segment task;
static uint64_t segments[5] = {0, 0x00af9b000000ffff, 0x00cf93000000ffff};

/* What has no stack left has this one. */
static char double_fault_stack[2 * PAGE_SIZE] __aligned(4 * PAGE_SIZE);

uintptr_t trap_fault_address(void)
{
	return read_cr2();
}

void interrupt_done(void)
{
	if (!xen_is_present())
		lapic_interrupt_done();
}

static void __attribute__((naked)) ignore(void)
{
	__asm__("iretq");
}

static void set_gate(unsigned int vector, uintptr_t entry, unsigned int ist)
{
	gates[vector] = (struct gate){
		.offset_low = (uint16_t)entry,
		.selector = SELECTOR_CODE,
		.ist = (uint8_t)ist,
		.type = GATE_INTERRUPT,
		.offset_mid = (uint16_t)(entry >> 16),
		.offset_high = (uint32_t)(entry >> 32),
	};
}

static void load_segments(void)
{
	uint64_t base = (uintptr_t)&task, limit = sizeof(task) - 1;
	struct table_register gdt = {sizeof(segments) - 1, (uintptr_t)segments};

	task.ist[DOUBLE_FAULT_IST - 1] = (uintptr_t)double_fault_stack + sizeof(double_fault_stack);
	task.io_map = sizeof(task);
	segments[3] =
		limit | (base & 0xffffff) << 16 | SEGMENT_TASK << 40 | (base >> 24 & 0xff) << 56;
	segments[4] = base >> 32;
	__asm__ volatile("lgdt %0; ltr %w1" : : "m"(gdt), "r"(SELECTOR_TASK) : "memory");
}

void traps_init(void)
{
	struct table_register idt = {sizeof(gates) - 1, (uintptr_t)gates};

	for (unsigned int i = 0; i < NR_TRAPS; i++)
		set_gate(i, trap_entries[i], i == TRAP_DOUBLE_FAULT ? DOUBLE_FAULT_IST : 0);
	set_gate(TRAP_EVENT, trap_entries[NR_TRAPS], 0);
	set_gate(TRAP_LINE, trap_entries[NR_TRAPS], 0);
	set_gate(TRAP_SPURIOUS, (uintptr_t)ignore, 0);
	load_segments();
	__asm__ volatile("lidt %0" : : "m"(idt) : "memory");
}
