/* SPDX-License-Identifier: MIT */
/* Text for people. Uses lib alone, so tests run it anywhere. */
#include <lib/addr.h>
#include <lib/printk.h>
#include <lib/string.h>
#include <lib/text.h>

#define FRAMES_PER_MIB (1024UL * 1024UL / PAGE_SIZE)

const char *text_size(char buf[TEXT_SIZE_MAX], unsigned long frames)
{
	static const char unit[] = {'M', 'G', 'T', 'P'};
	unsigned long scale = FRAMES_PER_MIB;
	unsigned int u = 0;

	if (frames < FRAMES_PER_MIB) {
		snprintf(buf, TEXT_SIZE_MAX, "%luK", frames * (PAGE_SIZE / 1024));
		return buf;
	}
	while (u < ARRAY_SIZE(unit) - 1 && frames / scale >= 1024 && scale < ~0UL / 1024) {
		scale *= 1024;
		u++;
	}
	unsigned long tenths = frames % scale / (scale / FRAMES_PER_MIB) * 10 / FRAMES_PER_MIB;

	if (tenths)
		snprintf(buf, TEXT_SIZE_MAX, "%lu.%lu%c", frames / scale, tenths, unit[u]);
	else
		snprintf(buf, TEXT_SIZE_MAX, "%lu%c", frames / scale, unit[u]);
	return buf;
}

void text_bar(char *bar, unsigned int width, unsigned long first, unsigned long second,
	      unsigned long whole)
{
	uint64_t unit = whole ? whole : 1;
	uint64_t to_first = MIN((uint64_t)first, unit) * width / unit;
	uint64_t to_second = MIN((uint64_t)first + second, unit) * width / unit;

	for (unsigned int i = 0; i < width; i++)
		bar[i] = i < to_first ? '#' : i < to_second ? '=' : '.';
	bar[width] = '\0';
}

unsigned int text_bar_place(unsigned int width, unsigned long n, unsigned long whole)
{
	uint64_t unit = whole ? whole : 1;
	uint64_t place = MIN((uint64_t)n, unit) * width / unit;

	return (unsigned int)(place ? place - 1 : 0);
}

const char *text_printable(char *buf, size_t size, const char *src)
{
	size_t n = strnlen(src, size);
	bool cut = n == size;

	n = MIN(n, size - 1);
	for (size_t i = 0; i < n; i++)
		buf[i] = src[i] >= ' ' && src[i] <= '~' ? src[i] : '?';
	buf[n] = '\0';
	if (cut && size > 3)
		memcpy(buf + n - 3, "...", 3);
	return buf;
}
