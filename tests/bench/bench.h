/* SPDX-License-Identifier: MIT */
/*
 * What a guest that measures needs. It runs where one instruction is one tick of the clock (QEMU's
 * -icount), so a figure is a count, and the same in every run. A line a figure, for
 *scripts/check/bench, which puts the name of the guest before it: bench: <name> <value> <unit>
 */
#ifndef BENCH_H
#define BENCH_H

#include <aerostat/app.h>

/* What was spent up to a moment, or between two. */
struct bench_cost {
	uint64_t instructions, hypercalls;
};

#ifdef __aarch64__
/* The timer's counter says truly how fast it ticks: once in 16 instructions, under QEMU. */
static inline uint64_t bench_instructions(void)
{
	return clock_ns();
}
#else
/* The counter itself, not clock_ns(), which is scaled by what the host takes for its speed. */
static inline uint64_t bench_instructions(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}
#endif

static inline struct bench_cost bench_begin(void)
{
	return (struct bench_cost){.hypercalls = host_calls(),
				   .instructions = bench_instructions()};
}

static inline struct bench_cost bench_end(struct bench_cost begin)
{
	uint64_t now = bench_instructions();

	return (struct bench_cost){now - begin.instructions, host_calls() - begin.hypercalls};
}

static inline void bench_say(const char *name, uint64_t value, const char *unit)
{
	printk("bench: %s %llu %s\n", name, (unsigned long long)value, unit);
}

/* A total as so much for each of `n`, in tenths, rounded up: a limit that holds, holds. */
static inline void bench_say_each(const char *name, uint64_t total, uint64_t n, const char *unit)
{
	uint64_t tenths = DIV_ROUND_UP(total * 10, n);

	printk("bench: %s %llu.%llu %s\n", name, (unsigned long long)tenths / 10,
	       (unsigned long long)tenths % 10, unit);
}

/* `return bench_fail("why");` */
static inline int bench_fail(const char *why)
{
	printk("FAIL %s\n", why);
	return 1;
}

#endif
