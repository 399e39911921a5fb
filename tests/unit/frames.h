/* SPDX-License-Identifier: MIT */
/* What every frame is, in the plainest way: the model that page database and allocator agree with.
 */
#ifndef TESTS_UNIT_FRAMES_H
#define TESTS_UNIT_FRAMES_H

#include <mm/pagedb.h>

#define FRAMES_BLOCKS 48UL
#define FRAMES_MAX    (FRAMES_BLOCKS * BLOCK_FRAMES)

enum frame { HOLE, ABSENT, USED, FREE, NR_FRAME_STATES };

static uint8_t frames[FRAMES_MAX];
static unsigned long frames_count[NR_FRAME_STATES];
static unsigned int frames_in_block[FRAMES_BLOCKS][NR_FRAME_STATES];

/* All are holes. */
static inline void frames_start(void)
{
	memset(frames, HOLE, sizeof(frames));
	memset(frames_count, 0, sizeof(frames_count));
	memset(frames_in_block, 0, sizeof(frames_in_block));
	frames_count[HOLE] = FRAMES_MAX;
	for (unsigned long block = 0; block < FRAMES_BLOCKS; block++)
		frames_in_block[block][HOLE] = BLOCK_FRAMES;
}

static inline void frames_change(pfn_t first, unsigned long nr, enum frame from, enum frame to)
{
	assert_true(nr <= FRAMES_MAX && first.v <= FRAMES_MAX - nr);
	for (unsigned long i = first.v; i < first.v + nr; i++) {
		if (frames[i] != from)
			fail_msg("frame %lu is %d and not %d", i, frames[i], from);
		frames[i] = (uint8_t)to;
		frames_in_block[i / BLOCK_FRAMES][from]--;
		frames_in_block[i / BLOCK_FRAMES][to]++;
	}
	frames_count[from] -= nr;
	frames_count[to] += nr;
}

/* How many frames from `first` on, at most `max`, are what the first one is. */
static inline unsigned long frames_alike(pfn_t first, unsigned long max)
{
	unsigned long nr = 1;

	while (nr < max && first.v + nr < FRAMES_MAX && frames[first.v + nr] == frames[first.v])
		nr++;
	return nr;
}

/* Is there an aligned run of 2^order free frames? */
static inline bool frames_have_free(unsigned int order)
{
	for (unsigned long i = 0; i + (1UL << order) <= FRAMES_MAX; i += 1UL << order) {
		if (frames[i] == FREE && frames_alike(PFN(i), 1UL << order) == 1UL << order)
			return true;
	}
	return false;
}

/* Is there one in this block? */
static inline bool frames_block_has_free(unsigned long block, unsigned int order)
{
	for (unsigned long i = 0; i < BLOCK_FRAMES; i += 1UL << order) {
		pfn_t first = PFN(block * BLOCK_FRAMES + i);

		if (frames[first.v] == FREE && frames_alike(first, 1UL << order) == 1UL << order)
			return true;
	}
	return false;
}

/* The lowest block of which all (or some, but not all) frames are absent; FRAMES_BLOCKS if none. */
static inline unsigned long frames_lowest_absent(bool partly)
{
	for (unsigned long block = 0; block < FRAMES_BLOCKS; block++) {
		unsigned int absent = frames_in_block[block][ABSENT];

		if (partly ? absent > 0 && absent < BLOCK_FRAMES : absent == BLOCK_FRAMES)
			return block;
	}
	return FRAMES_BLOCKS;
}

/* Every frame and count of the database is what the model says. */
static inline void frames_assert_same(const struct pagedb *db)
{
	const char *wrong = pagedb_check(db);

	if (wrong)
		fail_msg("%s", wrong);
	assert_int_equal(pagedb_nr_present(db), frames_count[USED] + frames_count[FREE]);
	for (unsigned long i = 0; i < FRAMES_MAX; i++) {
		if (pagedb_is_free(db, PFN(i)) != (frames[i] == FREE) ||
		    pagedb_is_present(db, PFN(i)) != (frames[i] != ABSENT))
			fail_msg("frame %lu is not %d", i, frames[i]);
	}
}

#endif
