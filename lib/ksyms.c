/* SPDX-License-Identifier: MIT */
/* Looks addresses up in the table that scripts/build/ksyms makes of the linked kernel. */
#include <lib/ksyms.h>

extern const uint32_t ksyms_nr;
extern const uintptr_t ksyms_address[]; /* ascending */
extern const uint32_t ksyms_name[];	/* where in ksyms_text each name starts */
extern const char ksyms_text[];

const char *ksym_find(uintptr_t ip, unsigned long *offset)
{
	uint32_t low = 0, high = ksyms_nr;

	/* Invariant: what lies below `low` starts at or before ip, what lies from `high` on after.
	 */
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (ksyms_address[mid] <= ip)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return NULL;
	*offset = ip - ksyms_address[low - 1];
	return &ksyms_text[ksyms_name[low - 1]];
}
