/* SPDX-License-Identifier: MIT */
/* Bridges: what they pass on, as their numbers and windows say (PCI-to-PCI Bridge 1.2, 3.2). */
#include <lib/bug.h>

#include "bus.h"

struct fake_function *fake_bus_add_bridge(struct fake_function *above, unsigned int number)
{
	static const uint32_t mask[FAKE_BRIDGE_WORDS] = {
		0x00ffffff, 0x0000f0f0, 0xfff0fff0, 0xfff0fff0, UINT32_MAX, UINT32_MAX, 0};
	struct fake_function *bridge = fake_bus_add_function(number);

	bridge->above = above;
	bridge->config.words[0] = 0x000c1b36;
	bridge->config.words[FAKE_COMMAND] = FAKE_DECODES_IO | FAKE_DECODES_MEMORY;
	bridge->config.bytes[0x0e] = 1;
	bridge->bar_mask[0] = 0xfffff000;
	for (unsigned int i = 0; i < FAKE_BRIDGE_WORDS; i++) {
		bridge->bridge_mask[i] = mask[i];
		bridge->config.words[FAKE_BRIDGE + i] = 0x02020202 & mask[i];
	}
	bridge->config.words[FAKE_BRIDGE + FAKE_BRIDGE_PREFETCH] |= 0x00010001;
	return bridge;
}

/* Do base and limit of a bridge's window, in units of 64 KiB, take the address in? */
static bool is_in(uint32_t window, uint64_t upper_base, uint64_t upper_limit, uint64_t at)
{
	uint64_t base = upper_base << 32 | (window & 0xfff0) << 16;
	uint64_t limit = upper_limit << 32 | (window & 0xfff00000) | 0xfffff;

	return at >= base && at <= limit;
}

static bool passes_memory(const struct fake_function *bridge, uint64_t at)
{
	const uint32_t *words = bridge->config.words + FAKE_BRIDGE;

	return (bridge->config.words[FAKE_COMMAND] & FAKE_DECODES_MEMORY) &&
	       (is_in(words[FAKE_BRIDGE_MEMORY], 0, 0, at) ||
		is_in(words[FAKE_BRIDGE_PREFETCH], words[FAKE_BRIDGE_PREFETCH + 1],
		      words[FAKE_BRIDGE_PREFETCH + 2], at));
}

static bool passes_port(const struct fake_function *bridge, unsigned int port)
{
	uint32_t window = bridge->config.words[FAKE_BRIDGE + FAKE_BRIDGE_IO];

	return (bridge->config.words[FAKE_COMMAND] & FAKE_DECODES_IO) &&
	       port % 0x10000 >= (window & 0xf0) << 8 &&
	       port % 0x10000 <= ((window & 0xf000) | 0xfff);
}

bool fake_is_reached(const struct fake_function *function, bool memory, uint64_t at)
{
	for (const struct fake_function *above = function->above; above; above = above->above)
		if (!(memory ? passes_memory(above, at) : passes_port(above, (unsigned int)at)))
			return false;
	return true;
}

/* Is the bus, host << 8 | bus, the one that the function lies on, or a bridge's: behind it? */
static bool leads_to(const struct fake_function *function, unsigned int bus)
{
	const uint8_t *numbers = &function->config.bytes[0x18];
	const struct fake_function *above = function->above;

	if ((bus & 0xff) < numbers[1] || (bus & 0xff) > numbers[2])
		return false;
	return above ? above->config.bytes[0x19] == numbers[0] && numbers[0] != (bus & 0xff) &&
			       leads_to(above, bus)
		     : function->number >> 8 == ((bus & ~0xffU) | numbers[0]);
}

unsigned int fake_host_of(const struct fake_function *function)
{
	while (function->above)
		function = function->above;
	return function->number >> 16;
}

bool fake_is_on(const struct fake_function *function, unsigned int bus)
{
	const struct fake_function *above = function->above;

	return above ? above->config.bytes[0x19] == (bus & 0xff) && leads_to(above, bus)
		     : function->number >> 8 == bus;
}

uint32_t fake_mask_of(const struct fake_function *function, unsigned int word)
{
	bool bridge = (function->config.bytes[0x0e] & 0x7f) == 1;
	unsigned int bars = bridge ? 2 : FAKE_BARS;

	if (word >= FAKE_BAR(0) && word < FAKE_BAR(bars))
		return function->bar_mask[word - FAKE_BAR(0)];
	assert(bridge && word >= FAKE_BRIDGE && word < FAKE_BRIDGE + FAKE_BRIDGE_WORDS);
	return function->bridge_mask[word - FAKE_BRIDGE];
}
