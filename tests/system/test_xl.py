# SPDX-License-Identifier: MIT
"""Guests under a real toolstack: Xen, a Linux dom0 and xl under QEMU."""
import re

import pytest
from lab.dom0.dom0 import Dom0
from lab.dom0.guests import guest_of
from xl import XlGuest

MOST = 256  # MiB that xl lets a guest have, once it was told
SHORT = 200  # MiB that are asked for, and are more than any guest here starts with

GAVE_BACK = "frames populated on demand: Xen's pool holds"

# (name of the test, environment, configuration, what the cfg says, what the guest says at start)
GROWING = [
    ("x86_64-pv-xl-grow", "x86_64-pv", "x86_64_pv", {"memory": 32, "maxmem": MOST}, ""),
    ("x86_32-pv-xl-grow", "x86_32-pv", "x86_32_pv", {"memory": 32, "maxmem": MOST}, ""),
    ("x86_64-pvh-xl-grow-populate_on_demand", "x86_64-pvh-xen", "x86_64_pvh",
     {"memory": 64, "maxmem": MOST}, GAVE_BACK),
    ("x86_64-pvh-xl-grow", "x86_64-pvh-xen", "x86_64_pvh", {"memory": 64}, ""),
    ("arm64-xl-grow", "arm64-xen-dom0less", "arm64", {"memory": 64}, ""),
]


def dom0_of(environment):
    guest = guest_of(environment)
    return Dom0(guest.architecture, guest.xen)


def xens_offset(guest):
    """Frames that Xen counts and the guest does not have, such as its console's ring."""
    return int(guest.hear(r"the host counts \d+ \(Xen; offset (-?\d+),")[1])


def agrees_with_host(guest, offset):
    """Both have the same number, which the toolstack shows in whole MiB. Asked twice, since the
    guest may just be giving back what is beyond its target."""
    for _ in range(3):
        mem, listed = guest.mem(), guest.listed()
        if (mem["frames"] + offset) // 256 == listed:
            return mem
    raise AssertionError(f"xl list says {listed} MiB, the guest {mem}")


@pytest.mark.parametrize(
    "environment, config, settings, first",
    [row[1:] for row in GROWING],
    ids=[row[0] for row in GROWING],
)
def test_a_guest_grows_when_its_maximum_is_raised(environment, config, settings, first):
    with dom0_of(environment) as dom0:
        kernel = f"build/{config}/{guest_of(environment).image}"
        guest = XlGuest(dom0, environment, kernel, **settings)
        guest.create()
        offset = xens_offset(guest)
        assert first in guest.said()
        assert agrees_with_host(guest, offset)["frames"] <= (settings["memory"] + 1) * 256

        guest.tell(f"alloc {SHORT}M")
        guest.hear(f"^alloc: {SHORT}M: only .* available: nothing kept")
        before, free = agrees_with_host(guest, offset), guest.host_free()

        dom0.check(f"xl mem-max {guest.name} {MOST}")
        guest.tell(f"alloc {SHORT}M")
        guest.hear(f"^alloc: {SHORT}M taken and filled, {SHORT}M kept")
        after = agrees_with_host(guest, offset)
        assert after["frames"] >= SHORT * 256
        took = after["frames"] - before["frames"]
        assert abs(free - guest.host_free() - took / 256) <= 1

        guest.tell("free all")
        guest.hear(f"^free: {SHORT}M freed, 0K kept; 0 frames damaged")
        guest.quit()
        assert not re.search("(?i)fault|panic|leaked", guest.said()), guest.said()
