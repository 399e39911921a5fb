/* SPDX-License-Identifier: MIT */
/* Where registers are mapped, and that it is not memory of ours that somebody calls so. */
#include <arch/boot.h>
#include <mm/map.h>

#include "transport.h"

#define ADDRESS_LIMIT (1ULL << 52)

volatile char *virtio_map(uint64_t first, uint32_t bytes)
{
	uint64_t in_page = first % PAGE_SIZE;
	char *page;

	if (first >= ADDRESS_LIMIT || boot_is_memory(first, first + bytes))
		return NULL;
	page = map_machine(MFN(paddr_to_pfn(PADDR(first)).v),
			   (unsigned long)DIV_ROUND_UP(in_page + bytes, PAGE_SIZE), MMU_RW);
	return page ? page + in_page : NULL;
}

static void unmap(volatile char **registers)
{
	uintptr_t page = (uintptr_t)*registers & ~(uintptr_t)(PAGE_SIZE - 1);

	/* What cannot be unmapped stays, and is never looked at again. */
	if (page)
		(void)map_remove((void *)page);
	*registers = NULL;
}

void virtio_unmap(struct virtio_device *dev)
{
	unmap(&dev->common);
	unmap(&dev->isr);
	unmap(&dev->notify);
	unmap(&dev->config);
}
