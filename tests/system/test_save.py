# SPDX-License-Identifier: MIT
"""Guests that are saved, restored and migrated by xl: what they held is as it was, and memory moves
on both ways, in a domain that is another one for the host."""
import re

import pytest
from lab.dom0.dom0 import Dom0
from lab.dom0.guests import guest_of
from xl import XlGuest

MOST = 96  # MiB
HELD = 20  # MiB with a pattern
KINDS = [
    ("x86_64-pv", "x86_64_pv"),
    ("x86_32-pv", "x86_32_pv"),
    ("x86_64-pvh-xen", "x86_64_pvh"),
]


def reach(dom0, guest, target):
    """xl list agrees within 1 MiB."""
    dom0.check(f"xl mem-set {guest.name} {target}")
    dom0.wait_for(lambda: abs(guest.listed() - target) <= 1, 60, f"{target} MiB")


def frames_at(dom0, guest, target):
    """And the guest has all of it, to the frame."""
    reach(dom0, guest, target)

    def there():
        mem = guest.mem()
        return mem["frames"] if mem["frames"] == mem["target"] else 0

    return dom0.wait_for(there, 60, f"{target} MiB to the frame")


def go_on_elsewhere(dom0, guest, command, log):
    dom0.check(command, 300)
    guest.log = log
    # Its prompt was in the other domain's console.
    guest.read = len(guest.said())
    guest.type("")


def save_and_restore(dom0, guest):
    command = f"xl save {guest.name} /tmp/saved && xl restore /tmp/saved && rm /tmp/saved"
    go_on_elsewhere(dom0, guest, command, guest.name)


def migrate(dom0, guest):
    """While it runs, to the machine where it is."""
    command = f"xl migrate -s '' {guest.name} 'xl migrate-receive'"
    go_on_elsewhere(dom0, guest, command, f"{guest.name}--incoming")


@pytest.mark.parametrize("environment, config", KINDS, ids=[f"{kind[0]}-xl-save" for kind in KINDS])
def test_a_guest_is_saved_while_its_target_moves(environment, config):
    kind = guest_of(environment)
    with Dom0(kind.architecture, kind.xen) as dom0:
        guest = XlGuest(
            dom0, environment, f"build/{config}/tests/idle/aerostat", memory=MOST // 2, maxmem=MOST
        )
        guest.create()
        # What it grew by is not in the lists that its builder made.
        reach(dom0, guest, MOST)
        guest.tell(f"alloc {HELD}M")
        guest.hear(f"^alloc: {HELD}M taken and filled")
        frames = frames_at(dom0, guest, MOST // 2)
        dom0.check(f"xl mem-set {guest.name} {MOST // 2 - 20}")
        save_and_restore(dom0, guest)
        dom0.wait_for(lambda: abs(guest.listed() - (MOST // 2 - 20)) <= 1, 60, "the moving target")
        assert guest.mem()["frames"] < frames
        reach(dom0, guest, MOST)
        assert frames_at(dom0, guest, MOST // 2) == frames
        # A picture of it is taken, and it goes on as the domain that it is.
        dom0.check(f"xl save -c {guest.name} /tmp/saved && rm /tmp/saved", 120)
        reach(dom0, guest, MOST // 4 * 3)
        assert frames_at(dom0, guest, MOST // 2) == frames
        # Of a PV guest Xen logs no dirty frames there ("Failed to enable logdirty").
        if config == "x86_64_pvh":
            dom0.check(f"xl mem-set {guest.name} {MOST}")
            migrate(dom0, guest)
            assert frames_at(dom0, guest, MOST // 2) == frames
        guest.tell("free all")
        guest.hear(f"^free: {HELD}M freed, 0K kept; 0 frames damaged")
        assert not re.search("leaked|without a handler|unused", guest.said()), guest.said()
        save_and_restore(dom0, guest)
        reach(dom0, guest, MOST // 4)


def shortage(guest, held):
    """Grows beyond the target, as far as mem-max lets it."""
    guest.dom0.check(f"xl mem-max {guest.name} {MOST}")
    guest.tell(f"alloc {held}M")
    guest.hear(f"^alloc: {held}M taken and filled")


def refuse_to_be_saved(guest):
    """xl waits for a minute, and the domain lives on."""
    status, said = guest.dom0.run(f"xl save {guest.name} /tmp/saved", 300)
    assert status, said
    guest.notice("xen: suspend refused: .*raise memory/target")
    assert guest.dom0.check(f"xenstore-read {control_of(guest)}").strip() == ""


def control_of(guest):
    domain = guest.dom0.check(f"xl domid {guest.name}").strip()
    return f"/local/domain/{domain}/control/shutdown"


@pytest.mark.parametrize(
    "environment, config", KINDS, ids=[f"{kind[0]}-xl-save-shortage" for kind in KINDS]
)
def test_what_shortage_brought_is_given_back_or_the_save_refused(environment, config):
    kind, least, held = guest_of(environment), MOST // 2, MOST // 2 + 12
    with Dom0(kind.architecture, kind.xen) as dom0:
        guest = XlGuest(
            dom0, environment, f"build/{config}/tests/idle/aerostat", memory=least, maxmem=MOST
        )
        guest.create()
        shortage(guest, held)
        assert guest.mem()["frames"] > (least + 1) * 256
        refuse_to_be_saved(guest)
        # What the administrator does: then all of it is there in the other domain.
        reach(dom0, guest, MOST - 8)
        save_and_restore(dom0, guest)
        guest.tell("free all")
        guest.hear(f"^free: {held}M freed, 0K kept; 0 frames damaged")
        # Not in use: it would go in time, and goes at once for a save.
        frames_at(dom0, guest, least)
        shortage(guest, held)
        guest.tell("free all")
        guest.hear(f"^free: {held}M freed")
        save_and_restore(dom0, guest)
        mem = guest.mem()
        assert mem["frames"] <= (least + 1) * 256, mem
        assert frames_at(dom0, guest, least) == mem["target"]
