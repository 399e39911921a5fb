/* SPDX-License-Identifier: MIT */
/* What a virtio-mem device does with a request, and what a driver may not ask for. */
#include <arch/page.h>
#include <lib/bug.h>
#include <mm/mm.h>
#include <stddef.h>
#include <string.h>

#include "arch/linux/pagetable.h"
#include "mem.h"

#define REQUEST_BYTES 24U
#define ANSWER_BYTES  10U
#define EXTENT	      (256ULL << 20) /* usable beyond what is requested, as QEMU has it on x86 */

enum { PLUG, UNPLUG, UNPLUG_ALL };

struct fake_mem fake_mem;

static uint64_t usable_for(uint64_t requested)
{
	uint64_t bytes = requested ? requested + EXTENT : 0;

	return MIN(bytes, fake_mem.config->region_size);
}

static bool is_mapped(uint64_t addr)
{
	return linux_pt_is_mapped(pfn_to_virt(PFN((unsigned long)(addr >> PAGE_SHIFT))));
}

/* All pages of a block, or none of them. */
static bool block_is_mapped(unsigned long block)
{
	uint64_t size = fake_mem.config->block_size, at = fake_mem.config->addr + block * size;
	bool mapped = is_mapped(at);

	for (uint64_t off = 0; off < size; off += PAGE_SIZE)
		assert(is_mapped(at + off) == mapped);
	return mapped;
}

/* Blocks that are not mapped, inside what is usable, all of which are in the other state. */
static void change(uint64_t first, unsigned long nr, bool plug)
{
	assert(nr &&
	       (first + nr) * fake_mem.config->block_size <= fake_mem.config->usable_region_size);
	for (unsigned long i = first; i < first + nr; i++) {
		assert(fake_mem.is_plugged[i] != plug && !block_is_mapped(i));
		fake_mem.is_plugged[i] = plug;
	}
	if (plug)
		fake_mem.plugged += nr * fake_mem.config->block_size;
	else
		fake_mem.plugged -= nr * fake_mem.config->block_size;
}

static uint16_t unplug_all(void)
{
	memset(fake_mem.is_plugged, 0, sizeof(fake_mem.is_plugged));
	fake_mem.plugged = 0;
	fake_mem.unplug_alls++;
	fake_mem.config->usable_region_size = usable_for(fake_mem.config->requested_size);
	return FAKE_ACK;
}

static uint16_t carry_out(uint16_t type, uint64_t addr, uint16_t nr)
{
	uint64_t size = fake_mem.config->block_size, bytes = nr * size;

	if (type == UNPLUG_ALL)
		return unplug_all();
	assert(type <= UNPLUG && addr >= fake_mem.config->addr && addr % size == 0);
	if (fake_mem.busy_above && bytes > fake_mem.busy_above)
		return FAKE_BUSY;
	if (type == PLUG && fake_mem.plugged + bytes > fake_mem.config->requested_size)
		return FAKE_NACK;
	change((addr - fake_mem.config->addr) / size, nr, type == PLUG);
	return FAKE_ACK;
}

/* Is this request one that is answered as the test wants? */
static bool is_refused(void)
{
	if (fake_mem.at) {
		fake_mem.at--;
		return false;
	}
	if (!fake_mem.more)
		return false;
	fake_mem.more--;
	return true;
}

static unsigned int field_bytes(unsigned int offset)
{
	return offset == offsetof(struct fake_mem_config, node) ? sizeof(uint16_t)
								: sizeof(uint64_t);
}

static bool serve(struct fake_virtio *fake, unsigned int queue, const struct fake_chain *chain,
		  uint32_t *written)
{
	const struct fake_buffer *in = &chain->buffer[1];
	const char *request = fake_virtio_memory(chain->buffer[0].addr, REQUEST_BYTES);
	uint16_t type, nr, answer;
	uint64_t addr;
	bool refused;

	(void)fake;
	assert(queue == 0 && chain->nr == 2 && in->is_written && !chain->buffer[0].is_written);
	assert(chain->buffer[0].bytes == REQUEST_BYTES && in->bytes == ANSWER_BYTES);
	memcpy(&type, request, sizeof(type));
	memcpy(&addr, request + 8, sizeof(addr));
	memcpy(&nr, request + 16, sizeof(nr));
	fake_mem.requests++;
	fake_mem.asked = nr * fake_mem.config->block_size;
	refused = is_refused();
	answer = refused && !fake_mem.does_it ? FAKE_ACK : carry_out(type, addr, nr);
	if (refused)
		answer = fake_mem.answer;
	fake_mem.config->plugged_size = fake_mem.plugged;
	*written = fake_mem.written ? fake_mem.written : ANSWER_BYTES;
	memcpy(fake_virtio_memory(in->addr, sizeof(answer)), &answer, sizeof(answer));
	return true;
}

const struct fake_virtio_model fake_mem_model = {
	.type = VIRTIO_MEM,
	.config_bytes = sizeof(struct fake_mem_config),
	.field_bytes = field_bytes,
	.serve = serve,
};

struct fake_virtio *fake_mem_add(uint64_t addr, uint64_t bytes, uint64_t block)
{
	struct fake_virtio *fake =
		fake_virtio_add(&fake_mem_model,
				FAKE_F_VERSION_1 | FAKE_F_ACPI_PXM | FAKE_F_UNPLUGGED_INACCESSIBLE);

	fake_mem = (struct fake_mem){.config = (void *)fake->config};
	*fake_mem.config = (struct fake_mem_config){
		.block_size = block, .node = 0xffff, .addr = addr, .region_size = bytes};
	return fake;
}

void fake_mem_want(struct fake_virtio *fake, uint64_t bytes)
{
	uint64_t usable = usable_for(bytes);

	fake_mem.config->usable_region_size = MAX(fake_mem.config->usable_region_size, usable);
	fake_virtio_set_config(fake, offsetof(struct fake_mem_config, requested_size),
			       (uint32_t)bytes);
	fake_virtio_set_config(fake, offsetof(struct fake_mem_config, requested_size) + 4,
			       (uint32_t)(bytes >> 32));
}

void fake_mem_answer(uint16_t answer, unsigned int at, unsigned int more)
{
	fake_mem.answer = answer;
	fake_mem.at = at;
	fake_mem.more = more + 1;
}

void fake_mem_check_used(void)
{
	for (unsigned long i = 0; i < fake_mem.config->region_size / fake_mem.config->block_size;
	     i++)
		assert(fake_mem.is_plugged[i] || !block_is_mapped(i));
}

void fake_mem_check(void)
{
	for (unsigned long i = 0; i < fake_mem.config->region_size / fake_mem.config->block_size;
	     i++)
		assert(block_is_mapped(i) == fake_mem.is_plugged[i]);
	assert(!page_alloc_check(&kernel_mm.pages));
}
