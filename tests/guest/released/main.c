/* SPDX-License-Identifier: MIT */
/* Memory that was given back is used: that is found out, and the report says whose it was. */
#include <aerostat/fault.h>
#include <lib/errno.h>

#include "guest_test.h"

static void read_byte(void *arg)
{
	(void)*(volatile char *)arg;
}

/* Gives all that is free back to the host; a page of it, which had been written. */
static char *give_back_all(void)
{
	char *block = page_alloc(BLOCK_ORDER, PAGE_FIXED);
	unsigned long gone;

	CHECK(block, "no memory");
	if (!block)
		return NULL;
	memset(block, 1, BLOCK_SIZE);
	page_free(block, BLOCK_ORDER);
	CHECK(balloon_shrink(~0UL >> 1, &gone) == 0, "nothing went");
	return block + 7 * PAGE_SIZE;
}

__noinline void use_after_release(char *page);

__noinline void use_after_release(char *page)
{
	*(volatile char *)page = 1;
	printk("FAIL: it could be written\n");
}

int app_main(int argc, char **argv)
{
	char *page = give_back_all();
	struct fault fault;

	(void)argc;
	(void)argv;
	if (!page)
		return guest_test_done();
	CHECK(fault_expect(read_byte, page, &fault) == -EFAULT, "it could be read");
	CHECK(fault.address == (uintptr_t)page, "the fault was at %lx",
	      (unsigned long)fault.address);
	if (guest_test_done() == 0)
		use_after_release(page);
	return 1;
}
