/* SPDX-License-Identifier: MIT */
/* What a PVH guest makes of its memory map: which numbers are RAM, in use, or may be populated. */
#include "map.h"
#include "tests/unit/random.h"

#define ROUNDS 300

/* xl's, of a domain that has all of its memory. */
static void a_domain_grows_above_4_gib(void **state)
{
	(void)state;
	start(true);
	add(BOOT_BYTES, 64 * MIB, RAM);
	add(0xfeff8000, 0xff000000, RESERVED);
	add(0xfc000000, 0xfc010000, ACPI);
	read_map();
	memmap_describe();
	assert_kind(BOOT_BYTES, 64 * MIB, BOOT_RAM);
	assert_kind(64 * MIB, 4 * GIB, -1);
	assert_true(memmap_nowhere().v == 4 * GIB >> PAGE_SHIFT);
	assert_kind(4 * GIB, 4 * GIB + BLOCK_SIZE, -1);
	assert_kind(4 * GIB + BLOCK_SIZE, END, BOOT_GROWABLE);
}

static void a_hardware_domain_grows_where_its_map_says_unusable(void **state)
{
	(void)state;
	start(true);
	is_hardware_domain = true;
	add(BOOT_BYTES, 32 * MIB, RAM);
	add(32 * MIB, 3 * GIB - 0x21000, UNUSABLE);
	add(3 * GIB - 0x21000, 3 * GIB, ACPI);
	add(0xb0000000, 0xc0000000, RESERVED);
	add(4 * GIB, 6 * GIB + 0x800, UNUSABLE);
	add(1012 * GIB, 1024 * GIB, RESERVED);
	read_map();
	memmap_describe();
	assert_kind(BOOT_BYTES, 32 * MIB, BOOT_RAM);
	assert_kind(32 * MIB, 0xb0000000, BOOT_GROWABLE);
	assert_kind(0xb0000000, 4 * GIB, -1);
	assert_kind(4 * GIB, 6 * GIB, BOOT_GROWABLE);
	assert_kind(6 * GIB, END, -1);
}

/* Whatever the direct map ends in: its size decides what grows, and not where shared_info is. */
static void shared_info_has_the_same_place_below_any_direct_map(void **state)
{
	static const uint64_t sizes[] = {GIB, 2 * GIB, 4 * GIB, 4 * GIB + BLOCK_SIZE, 5 * GIB, END};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		start(true);
		mapped = sizes[i];
		add(BOOT_BYTES, 8 * MIB, RAM);
		add(9 * MIB, 2 * GIB, RAM); /* in the hole there may be devices */
		add(0xfc000000, 0xfc010000, ACPI);
		read_map();
		memmap_describe();
		assert_true(memmap_nowhere().v == 4 * GIB >> PAGE_SHIFT);
		assert_kind(9 * MIB, MIN(mapped, 2 * GIB), BOOT_RAM);
		if (mapped > 4 * GIB + BLOCK_SIZE)
			assert_kind(4 * GIB + BLOCK_SIZE, mapped, BOOT_GROWABLE);
		if (mapped < END)
			assert_kind(MAX(mapped, 2 * GIB), END, -1);
	}
}

static void below_a_map_without_an_end_shared_info_takes_a_hole_above_the_direct_map(void **state)
{
	(void)state;
	start(true);
	is_hardware_domain = true;
	mapped = GIB;
	add(BOOT_BYTES, 2 * GIB, RAM);
	add(1012 * GIB, 1024 * GIB, RESERVED);
	read_map();
	memmap_describe();
	assert_true(memmap_nowhere().v == (END >> PAGE_SHIFT) - 1);
	assert_kind(GIB, END, -1);
}

static void without_a_host_nothing_grows(void **state)
{
	(void)state;
	start(false);
	add(BOOT_BYTES, 3 * GIB, RAM);
	add(3 * GIB, 4 * GIB, UNUSABLE);
	add(4 * GIB, 5 * GIB, RAM);
	read_map();
	memmap_describe();
	assert_kind(BOOT_BYTES, 3 * GIB, BOOT_RAM);
	assert_kind(3 * GIB, 4 * GIB, -1);
	assert_kind(4 * GIB, 5 * GIB, BOOT_RAM);
	assert_kind(5 * GIB, END, -1);
}

static void frames_for_tables_are_free_ones(void **state)
{
	unsigned long last = 0;

	(void)state;
	start(false);
	add(TABLES_AT + 3 * PAGE_SIZE, TABLES_AT + 5 * PAGE_SIZE, RESERVED);
	read_map();
	for (unsigned int i = 0; i < 600; i++) {
		uint64_t addr = pfn_to_paddr(memmap_take()).v;

		assert_true(addr > last && addr >= TABLES_AT && addr < BOOT_BYTES);
		assert_true(addr < TABLES_AT + 3 * PAGE_SIZE || addr >= TABLES_AT + 5 * PAGE_SIZE);
		assert_true(addr != INFO_AT && addr != MAP_AT);
		last = addr;
	}
	memmap_describe();
	assert_kind(TABLES_AT, TABLES_AT + 3 * PAGE_SIZE, BOOT_RESERVED);
	assert_kind(TABLES_AT + 3 * PAGE_SIZE, TABLES_AT + 5 * PAGE_SIZE, -1);
	assert_kind(TABLES_AT + 5 * PAGE_SIZE, last + PAGE_SIZE, BOOT_RESERVED);
	assert_kind(last + PAGE_SIZE, BOOT_BYTES, BOOT_RAM);
}

/* What the entries say of a frame, one by one. */
static int model_of(uint64_t addr)
{
	bool ram = false, unusable = false, other = false;
	uint64_t map_end = 4 * GIB;

	for (unsigned int i = 0; i < nr_entries; i++) {
		uint64_t from = entry[i].addr, to = from + entry[i].size;
		bool all = from <= addr && addr + PAGE_SIZE <= to;
		bool whole = entry[i].type == RAM || entry[i].type == UNUSABLE;

		ram |= entry[i].type == RAM && all;
		unusable |= entry[i].type == UNUSABLE && all;
		other |= !whole && from < to && from < addr + PAGE_SIZE && addr < to;
		/* Of memory only whole frames count. */
		map_end = MAX(map_end, whole ? ALIGN_DOWN(to, (uint64_t)PAGE_SIZE) : to);
	}
	if (other || (ram && unusable))
		return -1;
	if (ram)
		return BOOT_RAM;
	if (unusable)
		return BOOT_GROWABLE;
	return addr >= ALIGN_UP(map_end, BLOCK_SIZE) + BLOCK_SIZE && addr < END ? BOOT_GROWABLE
										: -1;
}

static void check_frame(uint64_t addr)
{
	bool may_be_ours = addr < BOOT_BYTES && kind_of(addr) == BOOT_RESERVED;

	addr = ALIGN_DOWN(addr, (uint64_t)PAGE_SIZE);
	if (!may_be_ours && kind_of(addr) != model_of(addr))
		fail_msg("%llx is %d, not %d", (unsigned long long)addr, kind_of(addr),
			 model_of(addr));
}

static void any_map_is_read_by_the_letter(void **state)
{
	static const uint32_t types[] = {RAM, RAM, RESERVED, ACPI, UNUSABLE, UNUSABLE, 77};

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		start(true);
		for (unsigned int i = 0; i < 12; i++) {
			uint64_t from = BOOT_BYTES + random_below(8 * GIB);

			add(from, from + random_below(2 * GIB), types[random_below(7)]);
		}
		read_map();
		memmap_describe();
		for (unsigned int i = 1; i < nr_entries; i++) {
			check_frame(entry[i].addr);
			check_frame(entry[i].addr - 1);
			check_frame(entry[i].addr + entry[i].size);
			check_frame(entry[i].addr + entry[i].size - 1);
		}
		for (unsigned int i = 0; i < 100; i++)
			check_frame(random_below(16 * GIB));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_domain_grows_above_4_gib),
		cmocka_unit_test(a_hardware_domain_grows_where_its_map_says_unusable),
		cmocka_unit_test(shared_info_has_the_same_place_below_any_direct_map),
		cmocka_unit_test(
			below_a_map_without_an_end_shared_info_takes_a_hole_above_the_direct_map),
		cmocka_unit_test(without_a_host_nothing_grows),
		cmocka_unit_test(frames_for_tables_are_free_ones),
		cmocka_unit_test(any_map_is_read_by_the_letter),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
