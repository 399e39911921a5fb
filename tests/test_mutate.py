# SPDX-License-Identifier: MIT
"""tests/mutate makes the mutants it should, and finds out which of them the unit tests notice."""
import pathlib
import re
import subprocess
import tomllib

import mutants
import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent
EQUIVALENT = tomllib.loads((TREE / "tests/equivalent.toml").read_text()).get("mutant", [])

SOURCE = """\
/* a + b */
static int f(struct a *a, bool b)
{
	int err = b ? g(a) : -1;

	assert(a->n < 7);
	if (a->n < MIN(a->m, 3) &&
	    !b)
		return err;
	printk("a < b: %d\\n", a->n);
	a->n++;
	return true;
}
"""
CHANGES = [
    ("int err = b ? g(a) : -1;", "int err = g(a);"),
    ("int err = b ? g(a) : -1;", "int err = -1;"),
    ("if (a->n < MIN(a->m, 3) && !b)", "if (!(a->n < MIN(a->m, 3) && !b))"),
    ("if (a->n < MIN(a->m, 3) && !b)", "if (true)"),
    ("if (a->n < MIN(a->m, 3) &&", "if (a->n <= MIN(a->m, 3) &&"),
    ("if (a->n < MIN(a->m, 3) &&", "if (a->n < MIN(a->m, 3) ||"),
    ("if (a->n < MIN(a->m, 3) &&", "if (a->n < MAX(a->m, 3) &&"),
    ("if (a->n < MIN(a->m, 3) &&", "if (a->n < (a->m) &&"),
    ("if (a->n < MIN(a->m, 3) &&", "if (a->n < MIN(a->m, 4) &&"),
    ("!b)", "b)"),
    ("return err;", "return 0;"),
    ('printk("a < b: %d\\n", a->n);', ";"),
    ("a->n++;", "a->n--;"),
    ("a->n++;", ";"),
    ("return true;", "return false;"),
]


def test_each_kind_of_change_is_made():
    made = {(m.old, m.new) for m in mutants.mutants_of("a.c", SOURCE)}
    assert [change for change in CHANGES if change not in made] == []


def test_comments_texts_and_asserts_are_left_as_they_are():
    for mutant in mutants.mutants_of("a.c", SOURCE):
        changed = mutants.apply(SOURCE, mutant)
        assert "/* a + b */" in changed
        assert "assert(a->n < 7);" in changed
        assert '"a < b: %d' in changed or mutant.new == ";"
        assert changed.count("\n") == SOURCE.count("\n")


def test_each_equivalent_is_still_one_of_the_mutants():
    there = {
        (m.file, m.function, m.old, m.new)
        for file in {entry["file"] for entry in EQUIVALENT}
        for m in mutants.mutants_of(file, (TREE / file).read_text())
    }
    told = [(e["file"], e["function"], e["old"], e["new"]) for e in EQUIVALENT if e["why"]]
    assert [entry for entry in told if entry not in there] == []
    assert len(told) == len(EQUIVALENT)


IRQS = "mm/alloc/page_alloc.c:page_alloc_take_whole:irq_restore(flags); => ;"
BOUND = (
    "mm/hotplug/shrink.c:shrink_begin:"
    "nr = blocks * MIN(want->frames / BLOCK_FRAMES / blocks, mm_whole_granules(mm, want->owner, "
    "want->granule, SHRINK_BLOCKS_MAX / blocks)); "
    "=> nr = blocks * (want->frames / BLOCK_FRAMES / blocks);"
)
QUIET = "balloon/policy.c:policy_report:if (quiet) => if (false)"
ENDLESS = "mm/alloc/block_search.c:block_largest_order:order--; => ;"
HEADER = (
    "mm/alloc/block_search.h:block_run_is_free:"
    "return !(~b->free[w] & bits_mask(first % BITS_WORD, 1U << order)); "
    "=> return (~b->free[w] & bits_mask(first % BITS_WORD, 1U << order));"
)
KNOWN = (IRQS, BOUND, QUIET, HEADER, ENDLESS)


def mutate(*arguments):
    result = subprocess.run(
        [TREE / "tests" / "mutate", "--jobs=1", "--verbose", *arguments],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    print(result.stdout + result.stderr)
    verdicts = re.findall(r"^(\S+):\d+: \w+: (.*)$", result.stdout, re.M)
    return result.returncode, verdicts


@pytest.mark.xdist_group("mutate")
def test_what_a_unit_test_holds_is_noticed():
    programs = [f"--program=/{name}_test" for name in ("mm/shrink", "balloon/policy", "mm/report")]
    status, verdicts = mutate(*programs, *KNOWN)
    assert status == 0
    assert [file for file, _ in verdicts] == [name.partition(":")[0] for name in KNOWN]
    assert all(verdict.startswith("killed by ") for _, verdict in verdicts)


@pytest.mark.xdist_group("mutate")
def test_what_none_holds_survives():
    status, verdicts = mutate("--program=/policy_unit_test", QUIET)
    assert status == 1
    assert verdicts == [("balloon/policy.c", "survived")]
