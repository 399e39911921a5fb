/* SPDX-License-Identifier: MIT */
/* The device tree's reader on what is no tree, or one in which bytes were changed at random. */
#include "fdt.h"
#include "tests/unit/random.h"

#define MUTATIONS 100000

/* All there is, one after the other. */
static void put_everything(void)
{
	tree_start_reservations();
	tree_did(fdt_add_reservemap_entry(tree, GIB, MIB));
	tree_start_root();
	tree_cell_counts(2, 2);
	tree_memory(GIB, 64 * MIB);
	tree_memory(8 * GIB, 64 * MIB);
	put_gic("arm,gic-v3");
	put_timer_and_psci("hvc");
	put_uart("uart@b0000", 0xb0000, "okay");
	tree_node("bus");
	tree_cell_counts(1, 1);
	tree_cells("ranges", 0, WIDE(0xa000000), 0x10000);
	put_virtio(0x200);
	tree_end();
	tree_node("hypervisor");
	tree_text("compatible", "xen,xen");
	tree_cells("reg", WIDE(0x38000000), WIDE(0x1000000), WIDE(2 * GIB), WIDE(GIB));
	tree_interrupt(1, 15);
	tree_end();
	tree_node("chosen");
	tree_text("bootargs", "quiet");
	tree_text("stdout-path", "/uart@b0000");
	tree_cells("linux,initrd-start", WIDE(GIB + 8 * MIB));
	tree_cells("linux,initrd-end", WIDE(GIB + 9 * MIB));
	tree_end();
	tree_node("reserved-memory");
	tree_cell_counts(2, 2);
	tree_bytes("ranges", NULL, 0);
	tree_device("firmware", "none", GIB + 4 * MIB, MIB);
	tree_end();
	tree_end();
	tree_finish();
}

static void assert_no_tree(const void *fdt, size_t max)
{
	said_start();
	assert_int_equal(machine_read(fdt, max, &m), -EINVAL);
	assert_said_once("device tree");
}

static void what_is_no_tree_is_refused_in_one_line(void **state)
{
	(void)state;
	put_everything();
	assert_no_tree(NULL, sizeof(tree));
	assert_no_tree(tree + 4, sizeof(tree) - 4);
	assert_no_tree(tree, fdt_totalsize(tree) - 1);
	fdt_set_totalsize(tree, TREE_MAX + 1);
	assert_no_tree(tree, sizeof(tree));
	fdt_set_magic(tree, 0xd00dfeee);
	assert_no_tree(tree, sizeof(tree));
}

/* libfdt 1.6 would follow the first for ever, and take what is not there for the name of a root. */
static void lengths_that_lead_back_and_old_versions_are_refused(void **state)
{
	(void)state;
	for (uint32_t length = ~0U - 15; length; length++) {
		struct fdt_property *property;

		put_everything();
		property = fdt_get_property_w(tree, 0, "#size-cells", NULL);
		property->len = cpu_to_fdt32(length);
		assert_no_tree(tree, sizeof(tree));
	}
	for (uint32_t version = 0; version < 17; version++) {
		put_everything();
		fdt_set_version(tree, version);
		fdt_set_last_comp_version(tree, MIN(version, 16));
		assert_no_tree(tree, sizeof(tree));
	}
}

/* In memory that ends where it ends: the sanitizer sees every byte read beyond. */
static void a_tree_that_is_cut_off_anywhere_is_refused(void **state)
{
	size_t size;

	(void)state;
	put_everything();
	size = fdt_totalsize(tree);
	for (size_t n = 0; n < size; n++) {
		void *copy = malloc(MAX(n, 1));

		memcpy(copy, tree, n);
		if (n >= sizeof(struct fdt_header))
			fdt_set_totalsize(copy, (uint32_t)n);
		assert_no_tree(copy, n);
		free(copy);
	}
}

static void whatever_is_changed_what_is_read_makes_sense(void **state)
{
	static char whole[TREE_MAX];
	unsigned long good = 0;
	size_t size;

	(void)state;
	put_everything();
	size = fdt_totalsize(tree);
	memcpy(whole, tree, size);
	for (int i = 0; i < MUTATIONS; i++) {
		char *copy = malloc(size);

		memcpy(copy, whole, size);
		for (uint64_t n = 1 + random_below(4); n; n--)
			copy[random_below(size)] =
				(char)(random_one_in(2) ? random_u64() : random_below(4));
		said_start();
		if (!machine_read(copy, size, &m)) {
			machine_check(&m, copy, size);
			good++;
		}
		free(copy);
	}
	assert_true(good > MUTATIONS / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_tree_is_refused_in_one_line),
		cmocka_unit_test(lengths_that_lead_back_and_old_versions_are_refused),
		cmocka_unit_test(a_tree_that_is_cut_off_anywhere_is_refused),
		cmocka_unit_test(whatever_is_changed_what_is_read_makes_sense),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
