/* SPDX-License-Identifier: MIT */
/*
 * A line that a client of the control socket sends: it is refused with a text, or understood, and
 * then the request, written down plainly, is understood as the same.
 */
#include <lib/bug.h>
#include <lib/printk.h>
#include <string.h>

#include "drivers/linux/request.h"
#include "tests/fuzz/fuzz.h"

#define LINE_MAX 128U

static void write_down(const struct request *request, char line[LINE_MAX])
{
	static const char *const names[NR_REQUESTS] = {"target", "status", "stats", "trace"};
	const char *name = names[request->kind];

	if (request->kind != REQUEST_TARGET)
		snprintf(line, LINE_MAX, "{\"request\":\"%s\"}", name);
	else if (request->has_size)
		snprintf(line, LINE_MAX, "{\"size\":%llu,\"request\":\"%s\"}",
			 (unsigned long long)request->bytes, name);
	else
		snprintf(line, LINE_MAX, "{\"request\":\"%s\",\"size\":null}", name);
}

void fuzz_one(const uint8_t *data, size_t n)
{
	struct request request, again;
	char line[LINE_MAX];
	const char *wrong = request_parse((const char *)data, n, &request);

	if (wrong) {
		assert(strlen(wrong) > 0 && !strchr(wrong, '\n'));
		return;
	}
	assert(request.kind < NR_REQUESTS);
	assert(request.kind == REQUEST_TARGET ? !request.has_size || request.bytes
					      : !request.has_size);
	write_down(&request, line);
	assert(!request_parse(line, strlen(line), &again));
	assert(again.kind == request.kind && again.has_size == request.has_size);
	assert(!again.has_size || again.bytes == request.bytes);
}
