/* SPDX-License-Identifier: MIT */
/* Blocks of which one frame stays in use, for guest tests and unit tests. */
#ifndef TESTS_PINS_H
#define TESTS_PINS_H

#include <mm/mm.h>
#include <mm/page.h>

#define PINS_MAX 600U

static void *pin[PINS_MAX];
static unsigned int nr_pins;

/* Takes `nr` blocks, and frees all of each but its first frame. Return: false: there are fewer. */
static inline bool pin_blocks(unsigned long nr)
{
	while (nr_pins < MIN(nr, 0UL + PINS_MAX) &&
	       (pin[nr_pins] = page_alloc(BLOCK_ORDER, PAGE_FIXED)))
		nr_pins++;
	for (unsigned int i = 0; i < nr_pins; i++)
		page_free_range((char *)pin[i] + PAGE_SIZE, BLOCK_FRAMES - 1);
	return nr_pins == nr;
}

static inline void unpin_blocks(void)
{
	while (nr_pins)
		page_free(pin[--nr_pins], 0);
}

/* Counts the blocks of which something is there. */
static inline unsigned long blocks_in_use(void)
{
	const struct pagedb *db = &kernel_mm.db;
	unsigned long nr = 0;

	for (unsigned long i = db->first_block; i < db->nr_blocks; i++)
		nr += db->block[i].nr_absent + db->block[i].nr_holes < BLOCK_FRAMES;
	return nr;
}

#endif
