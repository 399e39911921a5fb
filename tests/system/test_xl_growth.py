# SPDX-License-Identifier: MIT
"""The guest tests that grow, as guests of xl on arm64: made small, and allowed more before they
run. (A guest that Xen builds itself there starts with all that it may ever have.)"""
import re
import tomllib

import pytest
from lab.common import MIB, TREE, parse_size
from lab.dom0.dom0 import Dom0
from lab.dom0.guests import guest_of
from xl import XlGuest

ENVIRONMENT = "arm64-xen-dom0less"
# (guest test, its variant): one that grows by each way there is.
TESTS = [
    ("grow_blocks", "32M-512M"),
    ("grow_frames", "32M-512M"),
    ("grow_from_zero", "32M-512M"),
    ("grow_malloc", "32M-512M"),
]


# One worker (pytest-xdist) for all, and so one machine.
pytestmark = pytest.mark.xdist_group("xl-growth")


@pytest.fixture(scope="module")
def dom0():
    kind = guest_of(ENVIRONMENT)
    with Dom0(kind.architecture, kind.xen) as machine:
        yield machine


def settings_of(test, variant):
    told = tomllib.loads((TREE / "tests" / "guest" / test / "test.toml").read_text())
    return told | told.pop("variant")[variant]


@pytest.mark.parametrize("test, variant", TESTS, ids=[f"arm64-xl-{test[0]}" for test in TESTS])
def test_growth(dom0, test, variant):
    told = settings_of(test, variant)
    guest = XlGuest(
        dom0, ENVIRONMENT, f"build/arm64/tests/{test}/Image", name=test.replace("_", "-"),
        memory=parse_size(told["memory"]) // MIB, extra=told.get("cmdline", ""),
    )
    guest.create("-p")
    dom0.check(f"xl mem-max {guest.name} {parse_size(told['max']) // MIB}")
    dom0.check(f"xl unpause {guest.name}")
    status = guest.hear(r"^machine: ended with status (\d+)")[1]
    assert status == "0", guest.said()
    for pattern in ["^PASS$", *told.get("expect", [])]:
        assert re.search(pattern, guest.said(), re.M), guest.said()
    assert not re.search("^FAIL", guest.said(), re.M), guest.said()
