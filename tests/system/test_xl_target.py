# SPDX-License-Identifier: MIT
"""What a real toolstack wants of a guest, and the guest does: targets, shutdown, reboot."""
import random
import re
import time

import pytest
from lab.dom0.dom0 import Dom0
from lab.dom0.guests import guest_of
from xl import SECONDS, XlGuest

KEPT = 20  # MiB that the guest has in use, with a pattern in them

# (name of the test, environment, configuration, what the cfg says, MiB a target can be)
GUESTS = [
    ("x86_64-pv-xl-target", "x86_64-pv", "x86_64_pv", {"memory": 64, "maxmem": 256}, (40, 256)),
    ("x86_32-pv-xl-target", "x86_32-pv", "x86_32_pv", {"memory": 64, "maxmem": 256}, (40, 256)),
    ("x86_64-pvh-xl-target-populate_on_demand", "x86_64-pvh-xen", "x86_64_pvh",
     {"memory": 64, "maxmem": 1024}, (40, 1024)),
    ("arm64-xl-target", "arm64-xen-dom0less", "arm64", {"memory": 128}, (40, 128)),
]

# (what somebody writes for a target, what the guest says of it)
NONSENSE = [
    ("garbage", "not a number"),
    ("", "empty"),
    ("-65536", "negative"),
    ("99999999999999999999", "out of range"),
]


class Followed:
    """A guest and the target it has, in frames; `beside` are frames of Xen's count beside it, `sums`
    what guest and host had together whenever it arrived, in MiB."""

    def __init__(self, guest):
        self.guest, self.beside, self.sums = guest, None, []

    def path(self, key):
        return f"/local/domain/$(xl domid {self.guest.name})/{key}"

    def write(self, value):
        self.guest.dom0.check(f"xenstore-write -- {self.path('memory/target')} '{value}'")

    def set(self, mib):
        self.guest.dom0.check(f"xl mem-set {self.guest.name} {mib}")
        self.arrives_at(mib * 256)

    def arrives_at(self, frames):
        """Within a frame, in the guest's own count and, in whole MiB, in the host's."""
        mem = {}

        def look():
            mem.update(self.guest.mem())
            beside = self.beside if self.beside is not None else mem["frames"] - frames
            return abs(mem["frames"] - frames - beside) <= 1 and abs(beside) <= 256

        self.guest.dom0.wait_for(look, SECONDS, f"{frames} frames; the guest says {mem}")
        if self.beside is None:
            self.beside = mem["frames"] - frames
        assert self.guest.listed() in (frames // 256, (frames + 255) // 256), mem
        self.sums.append(self.free_of_host() + mem["frames"] / 256)
        assert max(self.sums) - min(self.sums) <= 1, self.sums

    def free_of_host(self):
        """Whole MiB."""
        return int(re.search(r"^free_memory *: (\d+)$", self.guest.dom0.check("xl info"), re.M)[1])


def follow_targets(followed, least, most):
    seed = random.randrange(1 << 32)
    print(f"SEED={seed}")
    chosen = random.Random(seed)
    for mib in [least, most, least, *(chosen.randrange(least, most + 1) for _ in range(3))]:
        followed.set(mib)


def ignore_nonsense(followed, mib):
    """The last valid target stays; each kind of nonsense is a line."""
    followed.set(mib)
    for value, why in NONSENSE:
        followed.write(value)
        followed.guest.notice(f"xen: memory/target {why}: target unchanged")
    followed.guest.dom0.check(f"xenstore-rm {followed.path('memory/target')}")
    followed.guest.notice("xen: memory/target missing: target unchanged")
    followed.arrives_at(mib * 256)


def survive_storm(followed, least, most):
    """Ten times a second, sense and nonsense: the last one wins."""
    path = followed.path("memory/target")
    followed.guest.dom0.check(
        f"for i in $(seq 1 25); do xenstore-write {path} $(( ({least} + i * 7 % ({most} - {least}))"
        f" * 1024 + i % 3 * 4 )); [ $((i % 4)) != 0 ] || xenstore-write {path} x$i; "
        f"usleep 20000; done; xenstore-write {path} {least * 1024 + 4}",
        SECONDS,
    )
    followed.arrives_at(least * 256 + 1)


def stop_at_floor(followed, least):
    """A target below what is in use: as near as it goes, and that is said once."""
    guest = followed.guest
    guest.dom0.check(f"xl mem-set {guest.name} 8")
    guest.notice("below floor [0-9.]+[KMG], staying at")
    mem = guest.mem()
    assert mem["frames"] >= KEPT * 256 and abs(mem["frames"] - mem["floor"]) <= 16, mem
    time.sleep(5)  # it goes on trying
    assert guest.said().count("staying at") == 1, guest.said()
    followed.set(least)


def refuse_to_be_saved(followed):
    """Where Xen saves no guest: one line, and the word is taken away."""
    dom0, path = followed.guest.dom0, followed.path("control/shutdown")
    dom0.check(f"xenstore-write {path} suspend")
    followed.guest.notice("^.*xen: host requested suspend: failed")
    assert dom0.check(f"xenstore-read {path}") == "\n"


def reboot_and_shut_down(dom0, guest):
    before = dom0.check(f"xl domid {guest.name}")
    dom0.check(f"xl reboot {guest.name}")

    def is_another():
        status, domid = dom0.run(f"xl domid {guest.name}")
        return status == 0 and domid != before

    dom0.wait_for(is_another, SECONDS, "a guest that is started again")
    dom0.check(f"xl shutdown -w {guest.name}", SECONDS)


@pytest.mark.parametrize(
    "environment, config, settings, targets", [row[1:] for row in GUESTS], ids=[r[0] for r in GUESTS]
)
def test_a_guest_does_what_its_toolstack_wants(environment, config, settings, targets):
    kind = guest_of(environment)
    with Dom0(kind.architecture, kind.xen) as dom0:
        guest = XlGuest(dom0, environment, f"build/{config}/{kind.image}", **settings)
        guest.create()
        guest.tell(f"alloc {KEPT}M")
        guest.hear(f"^alloc: {KEPT}M taken and filled")
        followed = Followed(guest)
        follow_targets(followed, *targets)
        ignore_nonsense(followed, targets[1])
        survive_storm(followed, *targets)
        stop_at_floor(followed, targets[0])
        if kind.architecture == "arm64":
            refuse_to_be_saved(followed)
        # Of another size than its maximum xl could not start an arm64 guest again.
        followed.set(targets[1])
        guest.tell("free all")
        guest.hear("; 0 frames damaged")
        reboot_and_shut_down(dom0, guest)
