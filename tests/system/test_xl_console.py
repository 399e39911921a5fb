# SPDX-License-Identifier: MIT
"""The console of a domain of xl's while its daemon stands still: what is kept comes when it goes on, and
what is lost is counted."""
import re

import pytest
from lab.dom0.dom0 import Dom0
from lab.dom0.guests import guest_of
from xl import SECONDS, XlGuest

MARK = re.compile(r"\n\[\.\.\. (\d+) bytes lost \.\.\.\]\n")
ONE = "this list, or the words"
# With two processors the daemon takes text while the guest writes it.
MACHINES = [
    ("x86_64-xl-console", "x86_64", 2, [("x86_64-pv", "x86_64_pv"), ("x86_64-pvh-xen", "x86_64_pvh")]),
    ("arm64-xl-console", "arm64", 1, [("arm64-xen-dom0less", "arm64")]),
]


def start(dom0, environment, config):
    kernel = f"build/{config}/tests/idle/{guest_of(environment).image}"
    guest = XlGuest(dom0, environment, kernel, name=config.replace("_", "-"), memory=64)
    guest.create()
    guest.tell("help")
    one = len(guest.hear(r"^  help [\s\S]*else 0\n> ")[0])
    return guest, one


def answer(guest, began):
    """What it said from there on, once it asks for the next line."""
    guest.dom0.wait_for(lambda: guest.said().endswith("\n> ") and len(guest.said()) > began + 3, SECONDS,
                        "prompt")
    return guest.said()[began:]


def pause(guest, line, seconds):
    """What it says to a line while nobody takes it, once somebody does."""
    told = f"echo '{line}' >$(xenstore-read /local/domain/$(xl domid {guest.name})/console/tty)"
    began = len(guest.said())
    # Typed, and out of the daemon's hands before that stops.
    guest.dom0.check(f"{told}; sleep 0.3; kill -STOP $(pidof xenconsoled); sleep {seconds};"
                     " kill -CONT $(pidof xenconsoled)", seconds + SECONDS)
    return answer(guest, began)


def check(guest, one):
    began = len(guest.said())
    guest.type("help;" * 20)
    assert answer(guest, began).count(ONE) == 20
    few = pause(guest, "sleep 1;" + "help;" * 12, 3)
    assert few.count(ONE) == 12, few
    assert not MARK.search(few)
    lost = []
    for seconds in (5, 20, 60):  # a busy host has it print slowly
        said = pause(guest, "sleep 1;" + "help;" * 150, seconds)
        lost = [int(n) for n in MARK.findall(said)]
        text = MARK.sub("", said)
        echo = text.index("\n") + 1
        assert len(text) - echo - len("> ") + sum(lost) == 150 * (one - len("> "))
        if lost:
            break
    assert lost
    guest.type("quit")
    guest.dom0.wait_for(lambda: guest.dom0.run(f"xl domid {guest.name}")[0], SECONDS, "end")


@pytest.mark.parametrize("architecture, processors, kinds", [m[1:] for m in MACHINES],
                         ids=[m[0] for m in MACHINES])
def test_a_console_that_is_not_read_costs_text_alone(architecture, processors, kinds):
    with Dom0(architecture, guest_of(kinds[0][0]).xen, processors=processors) as dom0:
        for kind in kinds:
            check(*start(dom0, *kind))
