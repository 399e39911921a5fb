/* SPDX-License-Identifier: MIT */
/* Requests of the control socket: a line is one, or it is said why not, whatever the line is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "drivers/linux/request.h"
#include "tests/unit/random.h"

/* A copy to the byte, so that a look beyond the end is found out. */
static const char *parse(const char *text, size_t n, struct request *request)
{
	char *copy = malloc(n ? n : 1);
	const char *wrong;

	assert_non_null(copy);
	memcpy(copy, text, n);
	wrong = request_parse(copy, n, request);
	free(copy);
	return wrong;
}

static void requests_are_understood(void **state)
{
	static const struct {
		const char *text;
		enum request_kind kind;
		bool has_size;
		uint64_t bytes;
	} row[] = {
		{"{\"request\":\"status\"}", REQUEST_STATUS, false, 0},
		{" { \"request\" :\t\"stats\" } \r", REQUEST_STATS, false, 0},
		{"{\"request\":\"trace\"}", REQUEST_TRACE, false, 0},
		{"{\"request\":\"target\",\"size\":\"128M\"}", REQUEST_TARGET, true, 128 << 20},
		{"{\"size\":\"0x1000\",\"request\":\"target\"}", REQUEST_TARGET, true, 4096},
		{"{\"request\":\"target\",\"size\":4097}", REQUEST_TARGET, true, 4097},
		{"{\"request\":\"target\",\"size\":18446744073709551615}", REQUEST_TARGET, true,
		 UINT64_MAX},
		{"{\"request\":\"target\",\"size\":null}", REQUEST_TARGET, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct request request;
		const char *wrong = parse(row[i].text, strlen(row[i].text), &request);

		if (wrong)
			fail_msg("%s: %s", row[i].text, wrong);
		assert_int_equal(request.kind, row[i].kind);
		assert_int_equal(request.has_size, row[i].has_size);
		if (row[i].has_size)
			assert_true(request.bytes == row[i].bytes);
	}
}

static void what_is_none_is_refused(void **state)
{
	static const char *const text[] = {
		"",
		"{",
		"}",
		"{}",
		"null",
		"[]",
		"\"status\"",
		"{\"request\"}",
		"{\"request\":}",
		"{\"request\":\"status\"",
		"{\"request\":\"status\",}",
		"{\"request\":\"status\"}}",
		"{\"request\":\"status\" \"size\":1}",
		"{\"request\":\"status\",\"size\":1}",
		"{\"request\":\"target\"}",
		"{\"request\":\"target\",\"size\":\"\"}",
		"{\"request\":\"target\",\"size\":\"0\"}",
		"{\"request\":\"target\",\"size\":\"12Q\"}",
		"{\"request\":\"target\",\"size\":1e3}",
		"{\"request\":\"target\",\"size\":true}",
		"{\"request\":\"target\",\"size\":18446744073709551616}",
		"{\"request\":\"target\",\"size\":1,\"size\":2}",
		"{\"request\":target,\"size\":1}",
		"{\"request\":\"TARGET\",\"size\":1}",
		"{\"re\\u0071uest\":\"status\"}",
		"{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":1}",
		"{\"request\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
		"{\"request\":{\"request\":\"status\"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		struct request request;

		if (!parse(text[i], strlen(text[i]), &request))
			fail_msg("%s was taken", text[i]);
	}
}

/* Each beginning of a request, and requests with bytes changed at random: never a look outside. */
static void no_line_leads_astray(void **state)
{
	static const char whole[] = "{ \"request\" : \"target\" , \"size\" : \"128M\" }";
	char text[sizeof(whole)];
	struct request request;

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++)
		assert_non_null(parse(whole, n, &request));
	assert_null(parse(whole, sizeof(whole) - 1, &request));
	for (unsigned int i = 0; i < 200000; i++) {
		memcpy(text, whole, sizeof(whole));
		for (unsigned int k = 0; k < 1 + i % 4; k++)
			text[random_below(sizeof(text))] = (char)random_below(256);
		if (!parse(text, 1 + random_below(sizeof(text)), &request))
			assert_true(request.kind < NR_REQUESTS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_understood),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(no_line_leads_astray),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
