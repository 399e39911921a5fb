/* SPDX-License-Identifier: MIT */
/* What arm64 says of an exception (arch/arm/syndrome.c), by the registers of the processor. */
#include <asm/trap.h>
#include <lib/printk.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define DATA_ABORT	  (0x25UL << 26)
#define INSTRUCTION_ABORT (0x21UL << 26)
#define WRITE		  (1UL << 6)
#define FAR_NOT_VALID	  (1UL << 10)
#define EXTERNAL	  0x10UL
#define FAR		  0xffff000012345678UL

static char line[256];

static void line_sink(const char *text, size_t n)
{
	size_t used = strlen(line);

	assert_true(used + n < sizeof(line));
	memcpy(line + used, text, n);
	line[used + n] = '\0';
}

static struct fault say(uint64_t esr, unsigned int kind)
{
	struct trap_frame frame = {.pc = 0x1000, .esr = esr, .far = FAR};
	struct fault fault = syndrome_fault(&frame, kind);

	line[0] = '\0';
	printk_set_sink(line_sink);
	syndrome_say(&frame, &fault);
	assert_int_equal(fault.ip, 0x1000);
	return fault;
}

static void an_abort_says_where_how_and_why(void **state)
{
	struct fault fault = say(DATA_ABORT | WRITE | 4, TRAP_SYNC);

	(void)state;
	assert_string_equal(line, "fatal: data abort at ffff000012345678 (write): "
				  "translation fault, level 0\n");
	assert_int_equal(fault.address, FAR);
	assert_true(fault.write && !fault.execute);

	fault = say(INSTRUCTION_ABORT | WRITE | 0xf, TRAP_SYNC);
	assert_string_equal(line, "fatal: instruction abort at ffff000012345678 (execute): "
				  "permission fault, level 3\n");
	assert_true(fault.execute && !fault.write);
}

static void an_address_that_is_not_valid_is_not_said(void **state)
{
	static const uint64_t class[] = {DATA_ABORT, INSTRUCTION_ABORT};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fault fault = say(class[i] | FAR_NOT_VALID | EXTERNAL, TRAP_SYNC);

		assert_int_equal(fault.address, 0);
		assert_null(strstr(line, " at "));
		assert_non_null(
			strstr(line, i ? " (execute): external abort" : " (read): external abort"));
	}
	assert_int_equal(say(DATA_ABORT | EXTERNAL, TRAP_SYNC).address, FAR);
	assert_non_null(strstr(line, " at ffff000012345678 (read): external abort"));
}

static void what_is_no_abort_has_no_address(void **state)
{
	(void)state;
	assert_int_equal(say(0, TRAP_SYNC).address, 0);
	assert_string_equal(line, "fatal: undefined instruction\n");
	assert_int_equal(say(0x2fUL << 26, TRAP_SERROR).address, 0);
	assert_string_equal(line, "fatal: system error\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_abort_says_where_how_and_why),
		cmocka_unit_test(an_address_that_is_not_valid_is_not_said),
		cmocka_unit_test(what_is_no_abort_has_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
