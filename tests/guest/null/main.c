/* SPDX-License-Identifier: MIT */
/* NULL is not mapped, the image is writable or executable but never both, data runs nowhere. */
#include <aerostat/fault.h>
#include <lib/errno.h>
#include <mm/map.h>

#include "guest_test.h"

static const char constant[] = "a constant";
static char data[16] __aligned(16) = {(char)0xc3}; /* "ret", should it ever run */

static void read_byte(void *arg)
{
	(void)*(volatile char *)arg;
}

static void write_byte(void *arg)
{
	*(volatile char *)arg = 1;
}

static void run_code(void *arg)
{
	((void (*)(void))(uintptr_t)arg)();
}

static void do_nothing(void *arg)
{
	(void)arg;
}

static void expect_fault(const char *what, void (*fn)(void *), const void *where)
{
	struct fault fault = {0};
	int err = fault_expect(fn, (void *)(uintptr_t)where, &fault);

	CHECK(err == -EFAULT, "%s at %p: %d", what, where, err);
	if (err != -EFAULT)
		return;
	CHECK(fault.address == (uintptr_t)where, "%s at %p faulted at %lx", what, where,
	      (unsigned long)fault.address);
	CHECK(fault.write == (fn == write_byte), "%s: write is %d", what, fault.write);
	CHECK(fault.execute == (fn == run_code), "%s: execute is %d", what, fault.execute);
}

static void null_is_nowhere(void)
{
	expect_fault("reading NULL", read_byte, NULL);
	expect_fault("writing NULL", write_byte, NULL);
	expect_fault("running NULL", run_code, NULL);
	expect_fault("reading near NULL", read_byte, (void *)(uintptr_t)(PAGE_SIZE - 1));
	expect_fault("reading near NULL", read_byte, (void *)(uintptr_t)(BLOCK_SIZE - 1));
}

static void the_image_is_either_writable_or_executable(void)
{
	expect_fault("writing code", write_byte, (void *)(uintptr_t)app_main);
	expect_fault("writing a constant", write_byte, constant);
	expect_fault("running a constant", run_code, constant);
	expect_fault("running data", run_code, data);
}

static void memory_does_not_run(void)
{
	char *page = page_alloc(0, PAGE_FIXED);
	char *object = heap_malloc(64);
	char stack[16] __aligned(16);

	CHECK(page && object, "no memory");
	if (!page || !object)
		return;
	*page = *object = stack[0] = (char)0xc3;
	expect_fault("running a page", run_code, page);
	expect_fault("running the heap", run_code, object);
	expect_fault("running the stack", run_code, stack);
	heap_free(object);
	page_free(page, 0);
}

static void a_mapping_ends_where_it_ends(void)
{
	char *page = page_alloc(0, PAGE_FIXED), *va;

	CHECK(page, "no memory");
	if (!page)
		return;
	va = map_range(virt_to_pfn(page), 1, MMU_RO);
	CHECK(va, "not mapped");
	if (va) {
		*page = 42;
		CHECK(*va == 42, "another page is there");
		expect_fault("writing what is mapped read-only", write_byte, va);
		expect_fault("reading past a mapping", read_byte, va + PAGE_SIZE);
		CHECK(map_remove(va) == 0, "not unmapped");
		expect_fault("reading what is unmapped", read_byte, va);
	}
	page_free(page, 0);
}

static void what_does_not_fault_returns(void)
{
	struct fault fault;
	char byte = 0;

	CHECK(fault_expect(do_nothing, NULL, &fault) == 0, "nothing faulted");
	CHECK(fault_expect(write_byte, &byte, &fault) == 0, "a local variable faulted");
	CHECK(byte == 1, "it is %d", byte);
}

int app_main(int argc, char **argv)
{
	unsigned long before;

	(void)argc;
	(void)argv;
	a_mapping_ends_where_it_ends(); /* page tables it takes stay */
	before = guest_test_used();
	what_does_not_fault_returns();
	null_is_nowhere();
	the_image_is_either_writable_or_executable();
	memory_does_not_run();
	a_mapping_ends_where_it_ends();
	what_does_not_fault_returns();
	CHECK(guest_test_used() == before, "%lu frames, before it was %lu", guest_test_used(),
	      before);
	return guest_test_done();
}
