/* SPDX-License-Identifier: MIT */
/* Prints the rows of one layout table as a Markdown table (scripts/build/layout compiles it for
 * each). */
#include <arch/layout.h>
#include <stdio.h>

struct row {
	const char *name;
	uint64_t base, size;
	const char *prot, *text;
};

static const struct row rows[] = {
#define REGION(name, base, size, prot, text) {#name, (base), (size), prot, text},
#include LAYOUT_DEF
#undef REGION
};

static void print_size(uint64_t size)
{
	static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	unsigned int i = 0;

	while (i < 4 && size && size % 1024 == 0) {
		size /= 1024;
		i++;
	}
	printf("%llu %s", (unsigned long long)size, unit[i]);
}

static void print_row(const struct row *row)
{
	printf("| %s | `%016llx` | `%016llx` | ", row->name, (unsigned long long)row->base,
	       (unsigned long long)(row->base + row->size - 1));
	print_size(row->size);
	printf(" | %s | %s |\n", row->prot, row->text);
}

int main(void)
{
	uint64_t end = 0;

	printf("| region | first byte | last byte | size | protection | what it is for |\n");
	printf("|---|---|---|---|---|---|\n");
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].base < end || rows[i].base + rows[i].size - 1 < rows[i].base) {
			fprintf(stderr, "layout: %s overlaps the row before it\n", rows[i].name);
			return 1;
		}
		end = rows[i].base + rows[i].size;
		print_row(&rows[i]);
	}
	return 0;
}
