/* SPDX-License-Identifier: MIT */
/*
 * Callers by scanning the stack for return addresses: no frame pointers are spent on it. What is
 * marked "?" may be a leftover of an earlier call.
 */
#include <arch/cpu.h>
#include <arch/page.h>
#include <asm/trap.h>
#include <kernel/addr.h>
#include <kernel/ksyms.h>
#include <kernel/printk.h>

extern const char image_start[], text_end[], image_end[];

#define CALLERS_MAX 24
#define SCAN_WORDS  512

/* A call lies before `ip`, by `back` bytes: what does not return may be a function's last. */
static void print_caller(uintptr_t ip, unsigned int back, const char *mark)
{
	unsigned long offset;
	const char *symbol = ksym_find(ip - back, &offset);

	if (symbol)
		printk("  %s" WORD_HEX " %s+0x%lx\n", mark, ip, symbol, offset + back);
	else
		printk("  %s" WORD_HEX "\n", mark, ip);
}

/* Does a call end where this address begins? 0xe8 is a near call; 0xff /2 a call through a pointer.
 */
static bool follows_call(uintptr_t ip)
{
	const uint8_t *code = (const uint8_t *)ip;

	if (ip < (uintptr_t)image_start + 5 || ip > (uintptr_t)text_end)
		return false;
	return code[-5] == 0xe8 || (code[-2] == 0xff && (code[-1] & 0x38) == 0x10) ||
	       (code[-3] == 0xff && (code[-2] & 0x38) == 0x10);
}

/* Stacks lie in the image or in the direct map. What a double fault left may lie anywhere. */
static bool is_stack(uintptr_t sp)
{
	return (sp >= (uintptr_t)image_start && sp < (uintptr_t)image_end) ||
	       is_directmap((const void *)sp);
}

void backtrace_from(uintptr_t ip, uintptr_t sp)
{
	/* Stacks are 16 KiB and aligned to that; nothing above the end is looked at. */
	uintptr_t end = ALIGN_UP(sp + 1, (uintptr_t)4 * PAGE_SIZE);
	unsigned int nr = 0;

	printk("backtrace:\n");
	print_caller(ip, 0, "  ");
	if (!IS_ALIGNED(sp, sizeof(uintptr_t)) || !is_stack(sp))
		return;
	end = MIN(end, sp + SCAN_WORDS * sizeof(uintptr_t));
	for (uintptr_t at = sp; at < end && nr < CALLERS_MAX; at += sizeof(uintptr_t)) {
		uintptr_t caller = *(const uintptr_t *)at;

		if (!follows_call(caller))
			continue;
		print_caller(caller, 1, "? ");
		nr++;
	}
}

void cpu_backtrace(void)
{
	backtrace_from((uintptr_t)__builtin_return_address(0),
		       (uintptr_t)__builtin_frame_address(0));
}
