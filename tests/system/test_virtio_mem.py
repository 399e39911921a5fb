# SPDX-License-Identifier: MIT
"""virtio-mem under QEMU, driven by QMP. Judges are QEMU's count of what is plugged and what the host
gave for it (blocks of a memfd); never the guest's word."""
import random
import re
import time

import pytest
from qemu_guest import MIB, QemuGuest

MEMORY, REGION = 512, 1024
# Where it is on a machine; libvirt puts it behind a root port.
PLACES = {
    "pc": ("pc", []),
    "q35": ("q35", []),
    "arm64": ("virt,gic-version=3", []),
    "arm64-root-port": ("virt,gic-version=3", ["-device", "pcie-root-port,id=root"]),
    "q35-pxb-root-port": ("q35", ["-device", "pxb-pcie,id=pxb,bus_nr=128",
                                  "-device", "pcie-root-port,id=root,bus=pxb"]),
}


class MemGuest(QemuGuest):
    """A guest with a virtio-mem device of REGION MiB; `options` are the device's."""

    def __init__(self, machine="pc", options="", extra=(), memory=MEMORY, maximum=4096, **more):
        backend = f"memory-backend-memfd,id=plugged,size={REGION}M"
        device = "virtio-mem-pci,memdev=plugged" + (options and f",{options}")
        machine, behind = PLACES[machine]
        device += ",bus=root" if behind else ""
        super().__init__(machine, *behind, "-object", backend, "-device", device, *extra,
                         memory=memory, maximum=maximum, **more)

    def connect(self):
        super().connect()
        self.path = self.find_device("virtio-mem")
        self.plugged_memfd = self.find_memfd(REGION * MIB)

    def plugged(self):
        """MiB that are plugged, as QEMU counts."""
        return self.qmp.run("query-memory-devices")[0]["data"]["size"] // MIB

    def given(self):
        """MiB that the host gave for what is or was plugged."""
        return self.linux_memory(self.plugged_memfd) / MIB

    def want(self, size):
        self.qmp.run("qom-set", path=self.path, property="requested-size", value=size * MIB)

    def plug(self, size, timeout=30):
        self.want(size)
        self.wait_until(lambda: self.plugged() == size, timeout)


def undamaged(text):
    return re.search(r"; 0 frames damaged$", text, re.M)


@pytest.mark.parametrize("machine", PLACES)
def test_what_is_plugged_costs_nothing_until_it_is_used_and_goes_back(machine):
    with MemGuest(machine) as guest:
        assert guest.plugged() == 0
        guest.plug(512)
        assert guest.given() <= 1
        assert "900M taken and filled" in guest.shell("alloc 900M")
        assert guest.given() >= 380
        assert undamaged(guest.shell("free 900M"))
        before = guest.given()
        guest.plug(128)
        assert before - guest.given() >= 0.95 * (before - 128)
        guest.plug(0)
        assert guest.given() <= 1
        assert undamaged(guest.shell("alloc 400M") + guest.shell("free all"))


@pytest.mark.parametrize("machine", ["pc", "q35", "arm64"])
def test_what_is_in_use_stays_and_goes_when_it_is_freed(machine):
    with MemGuest(machine) as guest:
        guest.plug(256)
        assert "700M taken and filled" in guest.shell("alloc 700M")
        guest.want(0)
        time.sleep(1)
        assert guest.plugged() >= 700 - MEMORY
        assert undamaged(guest.shell("free 100M"))
        time.sleep(1)
        assert guest.plugged() >= 600 - MEMORY
        assert undamaged(guest.shell("free all"))
        guest.wait_until(lambda: guest.plugged() == 0)
        assert guest.given() <= 1


def test_a_size_that_was_wanted_before_the_driver_is_reached():
    with MemGuest(options="requested-size=256M") as guest:
        guest.wait_until(lambda: guest.plugged() == 256)
        assert "700M taken and filled" in guest.shell("alloc 700M")
        assert undamaged(guest.shell("free all"))


def test_a_guest_that_is_short_has_all_that_may_be_plugged():
    with MemGuest(memory=128) as guest:
        guest.want(REGION)
        assert "1G taken and filled" in guest.shell("alloc 1100M")
        assert "available: nothing kept" in guest.shell("alloc 100M")
        assert guest.plugged() == REGION
        assert undamaged(guest.shell("free all"))
        guest.plug(0)


def fill(guest):
    for size in ("32M", "4M", "512K", "64K", "16K"):
        while "nothing kept" not in guest.shell(f"alloc {size}"):
            pass


def test_a_guest_that_is_full_can_plug_large_blocks():
    with MemGuest(memory=64, options="block-size=256M") as guest:
        fill(guest)
        assert guest.mem()["free"] < 16
        guest.plug(512)
        assert "500M taken and filled" in guest.shell("alloc 500M")
        assert undamaged(guest.shell("free all"))
        guest.plug(0)


def test_a_reset_ends_at_the_same_size():
    with MemGuest(extra=["-action", "reboot=reset"]) as guest:
        guest.plug(512)
        guest.shell("alloc 900M")
        guest.qmp.run("system_reset")
        guest.expect_prompt()
        guest.wait_until(lambda: guest.plugged() == 512)
        assert "900M taken and filled" in guest.shell("alloc 900M")
        assert undamaged(guest.shell("free all"))
        guest.plug(0)


def test_a_reset_while_it_plugs_or_unplugs_ends_at_the_size_that_is_wanted():
    with MemGuest(extra=["-action", "reboot=reset"]) as guest:
        for milliseconds in (0, 1, 2, 4, 8, 16, 32):
            for size in (REGION, 64):
                guest.want(size)
                time.sleep(milliseconds / 1000)
                guest.qmp.run("system_reset")
                guest.expect_prompt()
                guest.wait_until(lambda: guest.plugged() == size)
            assert "540M taken and filled" in guest.shell("alloc 540M")
            assert undamaged(guest.shell("free all"))


def test_a_machine_that_is_stopped_while_it_plugs_or_unplugs_goes_on():
    with MemGuest() as guest:
        for size in (REGION, 128, REGION, 0):
            guest.want(size)
            for _ in range(20):
                guest.qmp.run("stop")
                guest.qmp.run("cont")
            guest.wait_until(lambda: guest.plugged() == size)
            guest.shell("alloc 400M")
            assert undamaged(guest.shell("free all"))


def test_a_host_that_is_busy_is_asked_again():
    """QEMU plugs and unplugs nothing while it sends the guest elsewhere."""
    with MemGuest() as guest:
        guest.plug(256)
        for size in (512, 64):
            before = guest.plugged()
            guest.qmp.run("migrate-set-parameters", **{"max-bandwidth": 4096})
            guest.qmp.run("migrate", uri="exec:cat > /dev/null")
            guest.want(size)
            time.sleep(2)
            assert guest.plugged() == before
            assert guest.qmp.run("query-migrate")["status"] == "active"
            guest.qmp.run("migrate_cancel")
            guest.wait_until(lambda: guest.plugged() == size)
        guest.shell("alloc 400M")
        assert undamaged(guest.shell("free all"))


def test_the_last_of_100_random_sizes_is_reached_exactly():
    seed = int(time.time())
    print(f"SEED={seed}")
    chosen = random.Random(seed)
    with MemGuest() as guest:
        guest.shell("alloc 100M")
        for i in range(100):
            size = 2 * chosen.randrange(REGION // 2 + 1)
            guest.want(size)
            if i % 10 == 9:
                guest.wait_until(lambda: guest.plugged() == size)
        assert undamaged(guest.shell("free all"))
        guest.plug(0)


def test_blocks_of_another_size_come_and_go_whole():
    with MemGuest(options="block-size=32M") as guest:
        guest.plug(512)
        guest.shell("alloc 800M")
        assert undamaged(guest.shell("free all"))
        guest.plug(64)
        guest.plug(0)
        assert guest.given() <= 1


def test_beside_a_balloon_each_has_its_own():
    seed = int(time.time())
    print(f"SEED={seed}")
    chosen = random.Random(seed)
    with MemGuest(extra=["-device", "virtio-balloon-pci,free-page-reporting=on"]) as guest:
        guest.plug(256)
        guest.shell("alloc 600M")
        assert undamaged(guest.shell("free 550M"))
        for i in range(40):
            size, target = 2 * chosen.randrange(200, REGION // 2 + 1), chosen.randrange(200, MEMORY)
            guest.want(size)
            guest.set_target(target * MIB)
            if i % 8 == 7:
                guest.wait_until(lambda: (guest.plugged(), guest.actual()) == (size, target * MIB))
        assert undamaged(guest.shell("free all"))
        guest.plug(0)
        guest.reach(MEMORY * MIB)
        mem = guest.mem()
        assert mem["held"] == 0
        assert abs(mem["frames"] * 4096 - MEMORY * MIB) < MIB
        events = guest.shell("trace")
        assert re.search(r" virtio\b(?!-)", events) and " virtio-mem" in events


def test_a_region_far_up_is_used_if_it_can_be_paid_for():
    far = dict(options=f"memaddr={300 << 30}", maximum=400 << 10)
    with MemGuest(**far) as guest:
        guest.plug(256)
        assert "700M taken and filled" in guest.shell("alloc 700M")
        assert undamaged(guest.shell("free all"))
        guest.plug(0)
    with MemGuest(memory=64, **far) as guest:
        assert "virtio-mem disabled" in guest.console.before
        guest.want(256)
        assert "30M taken and filled" in guest.shell("alloc 30M")
        assert guest.plugged() == 0


def test_a_region_beyond_the_direct_map_is_left_alone():
    with MemGuest(options=f"memaddr={600 << 30}", maximum=800 << 10) as guest:
        assert "no usable block in its region: disabled" in guest.console.before
        guest.want(256)
        assert "400M taken and filled" in guest.shell("alloc 400M")
        assert guest.plugged() == 0


def test_each_of_several_devices_has_its_own_memory_back():
    """Three are used, a fourth is not."""
    others = []
    for name in ("two", "three", "four"):
        others += ["-object", f"memory-backend-memfd,id={name},size=256M"]
        others += ["-device", f"virtio-mem-pci,id=mem-{name},memdev={name}"]
    with MemGuest(extra=others) as guest:

        def plugged():
            devices = (device["data"] for device in guest.qmp.run("query-memory-devices"))
            return {d["memdev"].rpartition("/")[2]: d["size"] // MIB for d in devices}

        def want(name, size):
            path = f"/machine/peripheral/mem-{name}"
            guest.qmp.run("qom-set", path=path, property="requested-size", value=size * MIB)

        assert "more than 3 virtio-mem devices" in guest.console.before
        guest.want(128)
        for name, size in (("two", 256), ("three", 64), ("four", 64)):
            want(name, size)
        there = {"plugged": 128, "two": 256, "three": 64, "four": 0}
        guest.wait_until(lambda: plugged() == there)
        assert "900M taken and filled" in guest.shell("alloc 900M")
        assert undamaged(guest.shell("free all"))
        want("two", 0)
        guest.wait_until(lambda: plugged() == there | {"two": 0})
        assert "700M taken and filled" in guest.shell("alloc 700M")
        assert undamaged(guest.shell("free all"))
        guest.want(0)
        want("three", 0)
        guest.wait_until(lambda: not any(plugged().values()))
