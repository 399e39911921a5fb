/* SPDX-License-Identifier: MIT */
/* Pure: no state but what is handed in, no calls but lib's. */
#include <lib/addr.h>
#include <lib/parse.h>
#include <lib/string.h>

#include "pressure_policy.h"

#define NUMBER_MAX 24

static bool has_waited(const struct pressure_state *state, const struct pressure_sample *sample)
{
	uint64_t elapsed_us = (sample->now_ns - state->now_ns) / 1000;

	return sample->has_stalls && state->has_seen && sample->stalled_us > state->stalled_us &&
	       (sample->stalled_us - state->stalled_us) * 10 >= elapsed_us;
}

static bool is_above(const struct pressure_sample *sample, unsigned int sixteenths)
{
	return sample->limit && sample->current > sample->limit / 16 * sixteenths;
}

/* Whole blocks, so that what goes can be given back as such. */
static unsigned long squeeze(const struct pressure_sample *sample)
{
	unsigned long frames = sample->present / 8;

	if (sample->limit && sample->current > sample->limit)
		frames =
			MAX(frames, (unsigned long)((sample->current - sample->limit) / PAGE_SIZE));
	frames = ALIGN_UP(MAX(frames, 1UL), BLOCK_FRAMES);
	return sample->present - MIN(sample->present, frames);
}

unsigned long pressure_next(struct pressure_state *state, const struct pressure_sample *sample)
{
	bool waited = has_waited(state, sample);

	if (waited || is_above(sample, 15)) {
		state->is_squeezed = true;
		state->target = squeeze(sample);
		state->tight_ns = sample->now_ns;
	} else if (is_above(sample, 12)) {
		state->tight_ns = sample->now_ns;
	} else if (sample->now_ns - state->tight_ns >= PRESSURE_CALM) {
		state->is_squeezed = false;
	}
	state->has_seen = true;
	state->now_ns = sample->now_ns;
	state->stalled_us = sample->stalled_us;
	return state->is_squeezed ? state->target : PRESSURE_NO_TARGET;
}

/* The digits that `text` begins with. */
static bool parse_leading(const char *text, uint64_t *value)
{
	char digits[NUMBER_MAX];
	size_t n = 0;

	while (n < sizeof(digits) - 1 && text[n] >= '0' && text[n] <= '9') {
		digits[n] = text[n];
		n++;
	}
	digits[n] = '\0';
	return (text[n] == '\n' || !text[n]) && parse_size(digits, value);
}

bool pressure_parse_stalls(const char *text, uint64_t *stalled_us)
{
	static const char total[] = "total=";

	if (strncmp(text, "some ", 5) != 0)
		return false;
	while (*text && *text != '\n' && strncmp(text, total, sizeof(total) - 1) != 0)
		text++;
	return *text == 't' && parse_leading(text + sizeof(total) - 1, stalled_us);
}

bool pressure_parse_bytes(const char *text, uint64_t *bytes)
{
	*bytes = 0;
	return strcmp(text, "max\n") == 0 || parse_leading(text, bytes);
}
