/* SPDX-License-Identifier: MIT */
/* Does what a client asks, and puts the answer together. Sizes are bytes; the rest are frames. */
#include <arch/cpu.h>
#include <asm/process.h>
#include <balloon/balloon.h>
#include <lib/addr.h>
#include <mm/heap.h>
#include <mm/mm.h>

#include "linux.h"
#include "reply.h"

void reply_add(struct reply *reply, const char *fmt, ...)
{
	size_t room = reply->size - reply->len;
	va_list ap;
	int n;

	if (reply->full)
		return;
	va_start(ap, fmt);
	n = vsnprintf(reply->text + reply->len, room, fmt, ap);
	va_end(ap);
	reply->full = reply->full || n < 0 || (size_t)n >= room;
	if (!reply->full)
		reply->len += (size_t)n;
}

/* Quotes in it are of names: they are written as JSON wants them. */
void reply_error(struct reply *reply, const char *why)
{
	reply_add(reply, "{\"ok\": false, \"error\": \"");
	for (; *why; why++)
		reply_add(reply, *why == '"' ? "\\%c" : "%c", *why);
	reply_add(reply, "\"}\n");
}

static unsigned long long bytes(unsigned long frames)
{
	return (unsigned long long)frames * PAGE_SIZE;
}

/* A member; null for what there is not. */
static void add_size(struct reply *reply, const char *name, bool is_there, unsigned long frames)
{
	if (is_there)
		reply_add(reply, ", \"%s\": %llu", name, bytes(frames));
	else
		reply_add(reply, ", \"%s\": null", name);
}

static void set_target(struct reply *reply, const struct request *request)
{
	uint64_t frames = (request->bytes - 1) / PAGE_SIZE + 1;
	bool in_range = frames >= linux_options.floor && frames <= linux_options.max;
	char why[96];

	if (!IS_ENABLED(CONFIG_BALLOON)) {
		reply_error(reply, "this kernel was built without a balloon");
		return;
	}
	if (request->has_size && !in_range) {
		snprintf(why, sizeof(why), "a target is between %llu (floor) and %llu (max) bytes",
			 bytes(MAX(linux_options.floor, 1UL)), bytes(linux_options.max));
		reply_error(reply, why);
		return;
	}
	linux_wish(LINUX_WISH_CONTROL, request->has_size ? (unsigned long)frames : LINUX_NO_TARGET);
	reply_add(reply, "{\"ok\": true");
	add_size(reply, "target", request->has_size, (unsigned long)frames);
	reply_add(reply, "}\n");
}

static void tell_status(struct reply *reply)
{
	struct balloon_stats balloon;
	struct mm_stats mem;

	mm_stats_get(&mem);
	balloon_stats_get(&balloon);
	reply_add(reply, "{\"ok\": true, \"memory\": %llu", bytes(mem.present));
	add_size(reply, "free", true, mem.free);
	add_size(reply, "target", balloon.target != BALLOON_NO_TARGET, balloon.target);
	add_size(reply, "floor", balloon.backend, balloon.floor);
	add_size(reply, "max", balloon.backend, linux_options.max);
	reply_add(reply, "}\n");
}

static void tell_stats(struct reply *reply)
{
	struct balloon_stats balloon;
	struct heap_stats heap;
	struct mm_stats mem;

	mm_stats_get(&mem);
	heap_stats_get(&heap);
	balloon_stats_get(&balloon);
	reply_add(reply, "{\"ok\": true, \"clock_ns\": %llu, \"host_calls\": %llu",
		  (unsigned long long)clock_ns(), (unsigned long long)host_calls());
	reply_add(reply, ", \"present\": %lu, \"free\": %lu, \"whole_blocks\": %lu", mem.present,
		  mem.free, mem.whole_blocks);
	reply_add(reply, ", \"reserve\": %lu, \"heap\": %lu", mem.reserve, heap.frames);
	reply_add(reply, ", \"grown\": %lu, \"held\": %lu, \"extra\": %lu", balloon.grown,
		  balloon.held, balloon.over_target);
	reply_add(reply, ", \"steps\": %lu, \"refused\": %lu, \"lost\": %lu}\n", balloon.steps,
		  balloon.refused, balloon.lost);
}

static void tell_event(struct reply *reply, const struct balloon_event *event, bool is_first)
{
	reply_add(reply, "%s{\"ns\": %llu, \"event\": \"%s\"", is_first ? "" : ", ",
		  (unsigned long long)event->time, balloon_event_name(event->kind));
	reply_add(reply, ", \"frames\": %lu, \"times\": %u, \"error\": %d}", event->frames,
		  event->times, event->err);
}

/* The newest first. */
static void tell_trace(struct reply *reply)
{
	struct balloon_event event;

	reply_add(reply, "{\"ok\": true, \"events\": [");
	for (unsigned int i = 0; balloon_event_get(i, &event); i++)
		tell_event(reply, &event, i == 0);
	reply_add(reply, "]}\n");
}

void reply_to(struct reply *reply, const struct request *request)
{
	switch (request->kind) {
	case REQUEST_TARGET:
		set_target(reply, request);
		return;
	case REQUEST_STATUS:
		tell_status(reply);
		return;
	case REQUEST_STATS:
		tell_stats(reply);
		return;
	case REQUEST_TRACE:
		tell_trace(reply);
		return;
	case NR_REQUESTS:
		break;
	}
	reply_error(reply, "no such request");
}
