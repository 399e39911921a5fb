# SPDX-License-Identifier: MIT
"""A guest that has what its host wants, and nothing to do, costs the host nothing."""
import time

import pytest
from lab.dom0.dom0 import Dom0
from lab.dom0.guests import guest_of
from xl import SECONDS, XlGuest

IDLE_SECONDS = 60
TARGET = 48  # MiB
# What is typed comes in pieces, as the console's daemon has them: each wakes the guest, and sends it
# to sleep again. A look at anything every second would be 60 and more.
CALLS_OF_TYPING = 12
# (name of the test, architecture, its guests: environment, configuration)
MACHINES = [
    ("x86_64-xl-idle", "x86_64", [("x86_64-pv", "x86_64_pv"), ("x86_64-pvh-xen", "x86_64_pvh")]),
    ("arm64-xl-idle", "arm64", [("arm64-xen-dom0less", "arm64")]),
]


def start(dom0, environment, config):
    """A guest that gave memory back, has some in use, and waits at its shell."""
    kernel = f"build/{config}/{guest_of(environment).image}"
    guest = XlGuest(dom0, environment, kernel, name=config.replace("_", "-"), memory=64)
    guest.create()
    guest.tell("alloc 10M")
    guest.hear("^alloc: 10M taken and filled")
    dom0.check(f"xl mem-set {guest.name} {TARGET}")
    dom0.wait_for(lambda: guest.listed() == TARGET, SECONDS, f"{TARGET} MiB")
    return guest


def calls(guest):
    """Its entries into the host since boot."""
    return guest.mem()["host_calls"]


def cpu_seconds(guest):
    return float(guest.dom0.check(f"xl list {guest.name}").splitlines()[1].split()[5])


class Idle:
    """What a guest costs until it is asked again."""

    def __init__(self, guest):
        self.guest = guest
        first = calls(guest)
        self.calls = calls(guest)
        self.of_asking = self.calls - first
        self.cpu = cpu_seconds(guest)

    def check(self):
        cpu = cpu_seconds(self.guest) - self.cpu
        rise = calls(self.guest) - self.calls - self.of_asking
        print(f"{self.guest.name}: {rise} calls, {cpu:.1f} s of its processor")
        assert rise <= CALLS_OF_TYPING, self.guest.said()
        assert cpu <= 0.5


@pytest.mark.parametrize("architecture, kinds", [m[1:] for m in MACHINES], ids=[m[0] for m in MACHINES])
def test_a_guest_at_its_target_is_silent(architecture, kinds):
    with Dom0(architecture, guest_of(kinds[0][0]).xen) as dom0:
        idle = [Idle(start(dom0, *kind)) for kind in kinds]
        time.sleep(IDLE_SECONDS)
        for guest in idle:
            guest.check()
