# SPDX-License-Identifier: MIT
"""A while of fuzzing a harness (fuzz/fuzz.toml) finds nothing, and comes upon a bug put in."""
import pathlib
import subprocess
import tomllib

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent
TOLD = tomllib.loads((TREE / "tests/fuzz/fuzz.toml").read_text())
BUGS = [(name, bug) for name, told in TOLD.items() for bug in told["bug"]]
SECONDS = 20  # from no corpus, they show 97% of the edges that twice as many show


def run(*arguments):
    command = ["/usr/bin/python3", "tests/fuzz/fuzz.py", *arguments]
    result = subprocess.run(
        command,
        cwd=TREE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS + 240,
        check=False,
    )
    print(result.stdout)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", TOLD, ids=[f"fuzz-{name}" for name in TOLD])
def test_finds_nothing(name):
    run("--seconds", str(TOLD[name].get("seconds", SECONDS)), name)


@pytest.mark.parametrize("name, bug", BUGS, ids=[f"fuzz-{n}-finds-{b}" for n, b in BUGS])
def test_finds_the_bug(name, bug):
    run("--bug", bug, name)
