/* SPDX-License-Identifier: MIT */
/*
 * Callers by scanning the stack for return addresses: no frame pointers are spent on it. What is
 * marked "?" may be a leftover of an earlier call.
 */
#include <arch/cpu.h>
#include <arch/mmu.h>
#include <arch/page.h>
#include <asm/trap.h>
#include <lib/addr.h>
#include <lib/ksyms.h>
#include <lib/printk.h>

extern const char image_start[], text_end[], image_end[];

#define CALLERS_MAX 24
#define SCAN_BYTES  (512 * sizeof(uintptr_t))
#define STACK_BYTES (4UL * PAGE_SIZE)

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

static bool is_mapping(uintptr_t va)
{
	return va - (uintptr_t)LAYOUT_MAPPINGS_BASE < LAYOUT_MAPPINGS_SIZE;
}

static bool is_mapped(uintptr_t va)
{
	enum mmu_prot prot;
	pfn_t pfn;

	return mmu_query((const void *)va, &pfn, &prot);
}

/*
 * The end of what may be looked at from `sp` on. Stacks in the image and in the direct map are
 * aligned to their size; of those of threads the page tables know. What a double fault left may
 * lie anywhere: then there is nothing.
 */
static uintptr_t stack_end(uintptr_t sp)
{
	uintptr_t end = ALIGN_DOWN(sp, PAGE_SIZE);

	if ((sp >= (uintptr_t)image_start && sp < (uintptr_t)image_end) ||
	    is_directmap((const void *)sp))
		return MIN(ALIGN_UP(sp + 1, STACK_BYTES), sp + SCAN_BYTES);
	while (is_mapping(end) && end < sp + SCAN_BYTES && is_mapped(end))
		end += PAGE_SIZE;
	return MIN(end, sp + SCAN_BYTES);
}

void backtrace_from(uintptr_t ip, uintptr_t sp)
{
	uintptr_t end;
	unsigned int nr = 0;

	printk("backtrace:\n");
	print_caller(ip, 0, "  ");
	if (!IS_ALIGNED(sp, sizeof(uintptr_t)))
		return;
	/* One that ran over its end goes on above the empty page. */
	if (is_mapping(sp) && !is_mapped(sp))
		sp = ALIGN_UP(sp, PAGE_SIZE);
	end = stack_end(sp);
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
