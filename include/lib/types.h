/* SPDX-License-Identifier: MIT */
/* Macros that every floor uses: sizes, attributes, rounding. */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef static_assert
#define static_assert _Static_assert
#endif

#define ARRAY_SIZE(a)	   (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)	   ((a) < (b) ? (a) : (b))
#define MAX(a, b)	   ((a) > (b) ? (a) : (b))
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
/* `a` is a power of two, of the same width as `n` or wider. */
#define ALIGN_UP(n, a)	 (((n) + (a)-1) & ~((a)-1))
#define ALIGN_DOWN(n, a) ((n) & ~((a)-1))
#define IS_ALIGNED(n, a) (((n) & ((a)-1)) == 0)

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define __packed	     __attribute__((packed))
#define __aligned(n)	     __attribute__((aligned(n)))
#define __noreturn	     __attribute__((noreturn))
#define __must_check	     __attribute__((warn_unused_result))
#define __noinline	     __attribute__((noinline))
#define __printf(fmt, first) __attribute__((format(printf, fmt, first)))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Keep the compiler, not the processor, from moving memory accesses across. */
#define barrier() __asm__ volatile("" ::: "memory")

/* Access an object once, with its own size: not torn, repeated or invented. */
#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#endif
