/* SPDX-License-Identifier: MIT */
/* What libfdt, as Debian compiled it, wants beside lib/string.c: the stack protector's two symbols.
 */
#include <lib/bug.h>
#include <lib/types.h>

extern const uintptr_t __stack_chk_guard;
void __stack_chk_fail(void) __noreturn;

/* Constant: what it guards against is a bug of the tree's reader, not an attack. */
const uintptr_t __stack_chk_guard = 0x00af5a7c0def5a00;

void __stack_chk_fail(void)
{
	panic("stack: buffer overflow detected (stack protector)");
}
