# SPDX-License-Identifier: MIT
"""What the guest's memory costs stays within tests/budgets.tsv: one test a row. A guest is booted
once for all its rows."""
import fcntl
import importlib.machinery
import importlib.util
import json
import os
import pathlib

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent


def load(path):
    loader = importlib.machinery.SourceFileLoader("bench", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
    loader.exec_module(module)
    return module


bench = load(TREE / "scripts/check/bench")
GUESTS = bench.guests()
ROWS = bench.spread(bench.read_table(TREE / "tests" / "budgets.tsv"))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """One for all workers (pytest-xdist) of this session."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def figures_of(guest, folder):
    """{name: (value, unit)}: measured by whoever comes first, read by the others."""
    path = folder / f"bench-{guest.environment}-{guest.name}.json"
    with open(path.with_suffix(".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            figures = bench.measure_guest(guest)
            path.write_text(json.dumps({f.name: (f.value, f.unit) for f in figures}))
    return json.loads(path.read_text())


def guest_of(environment, name):
    """The guest that measures a figure, which begins with its name."""
    found = [g for g in GUESTS if g.environment == environment and name.startswith(f"{g.name}-")]
    assert len(found) == 1, f"{name} is measured by {len(found)} guests"
    return found[0]


def figure_of(environment, name, folder):
    """(value, unit)"""
    figures = figures_of(guest_of(environment, name), folder)
    assert name in figures, f"nobody measures {name}"
    return figures[name]


def group(guest):
    """One worker (pytest-xdist) for all rows of a guest: others would only wait for it."""
    return pytest.mark.xdist_group(f"{guest.environment}-bench-{guest.name}")


def parameters(row):
    times = f"-{row[3]}-{row[4]}" if row[4] != bench.NOTHING else ""
    found = [g for g in GUESTS if g.environment == row[0] and row[1].startswith(f"{g.name}-")]
    return pytest.param(*row, id=f"{row[0]}-bench-{row[1]}{times}", marks=[group(g) for g in found[:1]])


@pytest.mark.parametrize("environment, name, ceiling, unit, of, why", map(parameters, ROWS))
def test_budget(environment, name, ceiling, unit, of, why, folder):
    wrong = bench.beyond(
        (environment, name, ceiling, unit, of, why), lambda *figure: figure_of(*figure, folder)
    )
    assert not wrong, wrong


AGAIN = [g for g in GUESTS if g.environment == "x86_64-pv" and g.name in ("start", "pages")]


@pytest.mark.parametrize(
    "guest",
    [pytest.param(g, id=f"x86_64-pv-bench-{g.name}-again", marks=group(g)) for g in AGAIN],
)
def test_figures_are_the_same_in_every_run(guest, folder):
    again = {f.name: [f.value, f.unit] for f in bench.measure_guest(guest)}
    assert again == figures_of(guest, folder)


def figure(name, value, environment="x86_64-pv"):
    return bench.Figure(environment, name, value, "instructions")


def test_a_figure_is_compared_with_others_of_its_run_and_with_numbers(tmp_path):
    figures = [figure("a", 5.0), figure("b", 20.5), figure("a", 6.0, "x86_32-pv")]
    compared = [["x86_64-pv", "b", "a of this run", "a"], ["x86_64-pv", "b", "elsewhere", "41"]]
    bench.write_tsv(bench.compare(figures, compared), tmp_path / "bench.tsv")
    assert (tmp_path / "bench.tsv").read_text() == (
        "environment\tname\tvalue\tunit\tcompared with\tits value\n"
        "x86_64-pv\ta\t5\tinstructions\t-\t-\n"
        "x86_64-pv\tb\t20.5\tinstructions\ta of this run\t5\n"
        "x86_64-pv\tb\t20.5\tinstructions\telsewhere\t41\n"
        "x86_32-pv\ta\t6\tinstructions\t-\t-\n"
    )


def test_a_comparison_is_with_figures_of_the_same_environment():
    figures = [figure(name, value, environment) for environment, value in
               (("x86_64-pv", 1.0), ("x86_32-pv", 2.0)) for name in "ab"]
    rows = bench.compare(figures, [["x86_64-pv x86_32-pv", "b", "a of this run", "a"]])
    assert [row[-1] for row in rows if row[1] == "b"] == [1.0, 2.0]


BUDGET = ["x86_64-pv", "b", "2", "instructions", "-", "so that it is cheap"]


def test_a_figure_above_its_ceiling_is_named():
    figures = [figure("a", 3.0), figure("b", 6.5)]
    assert bench.over_budget(figures, [BUDGET]) == [
        "x86_64-pv b: 6.5 instructions, at most 2 (so that it is cheap)"
    ]
    of_a = ["x86_64-pv", "b", "2", "times", "a", "so that it is cheap"]
    assert "b: 2.166666667 times a, at most 2" in bench.over_budget(figures, [of_a])[0]
    of_a[2] = "2.2"
    assert not bench.over_budget(figures, [of_a])


def test_a_ceiling_of_what_nobody_measures_is_refused():
    with pytest.raises(bench.BenchError, match="names x86_64-pv b, which nobody measures"):
        bench.over_budget([figure("a", 3.0)], [BUDGET])


def test_a_row_holds_in_the_environments_it_names():
    environments = [environment for environment, _ in bench.CONFIGS]
    assert [where for where, _ in bench.spread([["all", "a"]])] == environments
    assert bench.spread([["x86_64-qemu-pc", "a"]]) == [("x86_64-qemu-pc", "a")]
    assert bench.spread([["x86_32-pv", "a"]]) == [("x86_32-pv", "a")]


def test_a_comparison_with_what_nobody_measures_is_refused():
    with pytest.raises(bench.BenchError, match="names x86_64-pv c, which nobody measures"):
        bench.compare([figure("a", 5.0)], [["x86_64-pv", "c", "elsewhere", "41"]])


def test_every_row_names_environments_there_are():
    known = {*bench.ENVIRONMENTS, "all"}
    for table in ("budgets.tsv", "bench/compared.tsv"):
        for environments, *_ in bench.read_table(TREE / "tests" / table):
            assert set(environments.split()) <= known


def test_every_comparison_is_of_a_guest_there_is():
    for environment, name, *_ in bench.spread(
        bench.read_table(TREE / "tests" / "bench" / "compared.tsv")
    ):
        guest_of(environment, name)


@pytest.mark.parametrize("environment, config", bench.CONFIGS)
def test_the_image_is_read_from_its_program_headers(environment, config):
    in_file, loaded, memory = (f.value for f in bench.measure_image(environment, config))
    assert 0 < loaded < in_file and loaded < memory
