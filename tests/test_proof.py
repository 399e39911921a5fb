# SPDX-License-Identifier: MIT
"""What CBMC proves of the sources as they are (proof/proofs.toml), and that each proof is refuted
when one of its bugs is put in."""
import pathlib
import subprocess
import tomllib

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent
PROOFS = tomllib.loads((TREE / "tests/proof/proofs.toml").read_text())
BUGS = [(name, bug) for name, told in PROOFS.items() for bug in told.get("bug", {})]


def run(*arguments):
    command = ["/usr/bin/python3", "tests/proof/prove.py", *arguments]
    result = subprocess.run(
        command,
        cwd=TREE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    print(result.stdout)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", PROOFS, ids=[f"proof-{name}" for name in PROOFS])
def test_holds(name):
    run(name)


@pytest.mark.parametrize("name, bug", BUGS, ids=[f"proof-{n}-refutes-{b}" for n, b in BUGS])
def test_is_refuted_with_the_bug(name, bug):
    run("--bug", bug, name)
