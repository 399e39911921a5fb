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


bench = load(TREE / "scripts" / "bench")
GUESTS = bench.guests()
ROWS = [
    (environment, *row)
    for environment, _ in bench.CONFIGS
    for row in bench.read_table(TREE / "tests" / "budgets.tsv")
]


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


@pytest.mark.parametrize(
    "environment, name, ceiling, unit, why", ROWS, ids=[f"{row[0]}-bench-{row[1]}" for row in ROWS]
)
def test_budget(environment, name, ceiling, unit, why, folder):
    figures = figures_of(guest_of(environment, name), folder)
    assert name in figures, f"nobody measures {name}"
    value, measured_unit = figures[name]
    assert measured_unit == unit
    assert value <= float(ceiling), f"{why}: {value} {unit}, at most {ceiling}"


@pytest.mark.parametrize("name", ["start", "pages"], ids="x86_64-pv-bench-{}-again".format)
def test_figures_are_the_same_in_every_run(name, folder):
    guest = next(g for g in GUESTS if (g.environment, g.name) == ("x86_64-pv", name))
    again = {f.name: [f.value, f.unit] for f in bench.measure_guest(guest)}
    assert again == figures_of(guest, folder)


def figure(name, value):
    return bench.Figure("x86_64-pv", name, value, "instructions")


def test_a_figure_is_compared_with_others_of_its_run_and_with_numbers(tmp_path):
    figures = [figure("a", 5.0), figure("b", 20.5)]
    compared = [["b", "a of this run", "a"], ["b", "elsewhere", "41"]]
    bench.write_tsv(bench.compare(figures, compared), tmp_path / "bench.tsv")
    assert (tmp_path / "bench.tsv").read_text() == (
        "environment\tname\tvalue\tunit\tcompared with\tits value\n"
        "x86_64-pv\ta\t5\tinstructions\t-\t-\n"
        "x86_64-pv\tb\t20.5\tinstructions\ta of this run\t5\n"
        "x86_64-pv\tb\t20.5\tinstructions\telsewhere\t41\n"
    )


def test_a_comparison_with_what_nobody_measures_is_refused():
    with pytest.raises(bench.BenchError, match="names c, which nobody measures"):
        bench.compare([figure("a", 5.0)], [["c", "elsewhere", "41"]])


def test_every_comparison_is_of_a_guest_there_is():
    for name, *_ in bench.read_table(TREE / "tests" / "bench" / "compared.tsv"):
        guest_of("x86_64-pv", name)
