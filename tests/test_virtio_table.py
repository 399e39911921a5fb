# SPDX-License-Identifier: MIT
"""Each test and each check that the table of VIRTIO's requirements names is there and is run."""
import pathlib
import re

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent
TABLE = TREE / "tests/unit/virtio/conformance.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TABLE.read_text().splitlines()
    if line.startswith("| §")
]
TESTS = "\n".join(path.read_text() for path in sorted(TABLE.parent.glob("*_test.c")))


def find(name):
    """A check is a function of a file of the fake or the driver, a test one that is on a list."""
    if ":" not in name:
        return len(re.findall(rf"\b{name}\b", TESTS)) > 1
    file, function = name.split(":")
    folders = ("tests/fake/virtio", "drivers/virtio")
    texts = [(TREE / folder / file).read_text() for folder in folders if (TREE / folder / file).exists()]
    return any(re.search(rf"^\w.*\b{function}\(", text, re.M) for text in texts)


@pytest.mark.parametrize("row", ROWS, ids=[f"{i}-{row[0]}" for i, row in enumerate(ROWS)])
def test_what_holds_a_requirement_is_there(row):
    clause, requirement, sources, held = row
    names = re.findall(r"`([^`]+)`", held)
    assert clause and requirement and names
    assert [name for name in names if not find(name)] == []
    for source in sources.split(", "):
        assert (TREE / "drivers/virtio" / source).exists()


def test_the_table_is_read():
    assert len(ROWS) > 40
