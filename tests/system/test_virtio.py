# SPDX-License-Identifier: MIT
"""The balloon under QEMU, driven by QMP. What the host gave for the guest's memory is the judge
(blocks of a memfd), and QEMU's own count of the balloon; never the guest's word."""
import random
import re
import time

import pytest
from guest_time import LEAPS, GuestTime, slice_of_time
from qemu_guest import MIB, QemuGuest

MEMORY = 1024
LESS = 256  # where only the way to the device is another
MILLISECOND = 1000000  # nanoseconds
TRANSPORTS = {
    "pc-pci": ("pc", "virtio-balloon-pci"),
    "pc-pci-modern": ("pc", "virtio-balloon-pci,disable-legacy=on"),
    "pc-pci-legacy": ("pc", "virtio-balloon-pci,disable-modern=on"),
    "pc-pci-pio-notify": ("pc", "virtio-balloon-pci,disable-legacy=on,modern-pio-notify=on"),
    "q35-pci": ("q35", "virtio-balloon-pci"),
    "q35-iommu-platform": ("q35", "virtio-balloon-pci,disable-legacy=on,iommu_platform=on"),
    "q35-root-port": ("q35", "virtio-balloon-pci,bus=root"),
    "microvm-mmio-legacy": ("microvm", "virtio-balloon-device"),
    "microvm-mmio": ("microvm", "virtio-balloon-device"),
    "arm64-mmio-legacy": ("virt", "virtio-balloon-device"),
    "arm64-mmio": ("virt,gic-version=3", "virtio-balloon-device"),
    "arm64-pci": ("virt", "virtio-balloon-pci"),
    "arm64-pci-legacy": ("virt,gic-version=3", "virtio-balloon-pci,disable-modern=on"),
    "arm64-iommu-platform": (
        "virt,iommu=smmuv3",
        "virtio-balloon-pci,disable-legacy=on,iommu_platform=on",
    ),
    "microvm-no-acpi": ("microvm,acpi=off", "virtio-balloon-device"),
}


def start(transport="pc-pci", options="", extra=(), memory=MEMORY, **words):
    machine, device = TRANSPORTS[transport]
    before = ["-device", "pcie-root-port,id=root"] if "bus=root" in device else []
    if transport in ("microvm-mmio", "arm64-mmio"):
        before = ["-global", "virtio-mmio.force-legacy=false"]
    device = device + ("," + options if options else "")
    return QemuGuest(machine, *before, "-device", device, *extra, memory=memory, **words)


def undamaged(text):
    return re.search(r"; 0 frames damaged$", text, re.M)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_host_gets_its_memory_and_gives_it_back(transport):
    memory = MEMORY if transport in ("pc-pci", "arm64-mmio") else LESS
    with start(transport, memory=memory) as guest:
        guest.shell(f"alloc {memory * 15 // 16}M")
        assert undamaged(guest.shell(f"free {memory * 13 // 16}M"))
        before = guest.linux_memory()
        guest.reach(memory // 4 * MIB)
        fell = before - guest.linux_memory()
        assert fell >= 0.95 * memory * 3 // 4 * MIB
        assert guest.mem()["frames"] <= memory // 4 * MIB // 4096
        guest.reach(memory * MIB)
        assert f"{memory * 5 // 8}M kept" in guest.shell(f"alloc {memory // 2}M")
        assert guest.actual() == memory * MIB
        assert undamaged(guest.shell("free all"))


def test_a_target_that_was_there_before_the_driver_is_followed():
    guest = start(extra=["-S"])
    guest.before_start = lambda qmp: (qmp.run("balloon", value=256 * MIB), qmp.run("cont"))
    with guest:
        guest.wait_until(lambda: guest.actual() == 256 * MIB)


def test_the_last_of_500_random_targets_is_reached_exactly():
    seed = int(time.time())
    print(f"SEED={seed}")
    chosen = random.Random(seed)
    with start() as guest:
        guest.shell("alloc 100M")
        for _ in range(500):
            guest.set_target(chosen.randrange(150 * MIB, 1024 * MIB, 4096))
        guest.reach(400 * MIB)
        guest.reach(200 * MIB + 4096)
        guest.reach(1024 * MIB)
        assert undamaged(guest.shell("free all"))
        assert guest.mem()["held"] == 0


def test_a_target_that_is_taken_back_is_void():
    with start() as guest:
        # Some of these are taken back after the guest heard of them, and before it moved.
        for milliseconds in (1, 2, 4, 6, 8, 12, 16, 24):
            guest.set_target(900 * MIB)
            time.sleep(milliseconds / 1000)
            guest.set_target(1024 * MIB)
            time.sleep(0.5)
            assert guest.actual() == 1024 * MIB
        assert guest.mem()["held"] == 0


def test_an_interrupt_is_not_lost_to_a_timer_that_comes_with_it():
    """The guest sleeps only when its work is done: had it slept with an interrupt pending, its clock
    would have leapt to the next timer, with nothing done."""
    with start(extra=LEAPS) as guest:
        for size in (1000 * MIB, 1024 * MIB) * 25:
            guest.qmp.run("stop")
            guest.set_target(size)
            now = GuestTime(guest)
            while guest.actual() != size:
                assert now() < 10 * MILLISECOND
                slice_of_time(guest)
            guest.qmp.run("cont")
            guest.shell("mem")


def test_a_target_of_one_byte_stops_at_the_floor():
    with start() as guest:
        guest.shell("alloc 100M")
        guest.set_target(1)
        guest.wait_until(lambda: guest.actual() < 110 * MIB)
        time.sleep(1)
        mem = guest.mem()
        assert mem["frames"] >= mem["floor"] - 512 and guest.actual() > 100 * MIB
        assert undamaged(guest.shell("free 50M"))
        guest.wait_until(lambda: guest.actual() < 60 * MIB)
        guest.reach(1024 * MIB)
        assert undamaged(guest.shell("free all"))


def test_a_reset_while_inflated_ends_at_the_same_target():
    with start(extra=["-action", "reboot=reset"]) as guest:
        guest.reach(256 * MIB)
        guest.qmp.run("system_reset")
        guest.expect_prompt()
        guest.wait_until(lambda: guest.actual() == 256 * MIB)
        guest.wait_until(lambda: guest.mem()["frames"] <= 256 * MIB // 4096)
        guest.reach(1024 * MIB)
        assert undamaged(guest.shell("alloc 800M") + guest.shell("free all"))


def test_a_reset_while_it_inflates_or_deflates_ends_at_the_last_target():
    with start(extra=["-action", "reboot=reset"]) as guest:
        for milliseconds in (0, 2, 8, 32):
            for target in (200 * MIB, 1000 * MIB):
                guest.set_target(target)
                time.sleep(milliseconds / 1000)
                guest.qmp.run("system_reset")
                guest.expect_prompt()
                guest.wait_until(lambda: guest.actual() == target)
        assert undamaged(guest.shell("alloc 900M") + guest.shell("free all"))


def test_a_machine_that_is_stopped_in_mid_inflate_goes_on():
    with start() as guest:
        guest.shell("alloc 900M")
        guest.shell("free 800M")
        guest.set_target(200 * MIB)
        for _ in range(20):
            guest.qmp.run("stop")
            guest.qmp.run("cont")
        guest.wait_until(lambda: guest.actual() == 200 * MIB)
        assert undamaged(guest.shell("free all"))


def test_shortage_empties_the_balloon_where_the_host_allows_it():
    with start(options="deflate-on-oom=on") as guest:
        guest.reach(128 * MIB)
        assert "500M taken and filled" in guest.shell("alloc 500M")
        assert guest.actual() > 500 * MIB
        assert undamaged(guest.shell("free all"))


def test_shortage_fails_cleanly_where_the_host_does_not():
    with start() as guest:
        guest.reach(128 * MIB)
        assert "available: nothing kept" in guest.shell("alloc 500M")
        assert guest.actual() == 128 * MIB
        assert "100M taken" in guest.shell("alloc 100M")
        assert undamaged(guest.shell("free all"))


ROOT_PORT = ["-device", "pcie-root-port,id=root,chassis=1"]
PXB_PCIE = ["-device", "pxb-pcie,id=pxb,bus_nr=3"]
PXB_PCIE += ["-device", "pcie-root-port,id=root,bus=pxb,addr=2"]
SWITCH = ["-device", "x3130-upstream,id=up,bus=root"]
SWITCH += ["-device", "xio3130-downstream,id=down,bus=up,chassis=2,addr=3"]
BRIDGES = ["-device", "pcie-pci-bridge,id=outer,bus=down"]
BRIDGES += ["-device", "pci-bridge,id=inner,bus=outer,chassis_nr=3,addr=7"]
# As libvirt does: ports are the functions of one device.
PORTS = [word for i in range(8) for word in
         ("-device", f"pcie-root-port,id=port{i},chassis={i},multifunction=on,addr=2.{i}")]
PLACES = {
    "pc-pxb": ("pc", ["-device", "pxb,id=pxb,bus_nr=64"], "bus=pxb,addr=3"),
    "q35-pxb-root-port": ("q35", PXB_PCIE, "bus=root"),
    "microvm": ("microvm,pcie=on", [], ""),
    "microvm-root-port": ("microvm,pcie=on", ROOT_PORT, "bus=root"),
    "microvm-pxb-root-port": ("microvm,pcie=on", PXB_PCIE, "bus=root"),
    "arm64-root-port": ("virt", ROOT_PORT, "bus=root"),
    "arm64-ports": ("virt,gic-version=3", PORTS, "bus=port7"),
    "arm64-pxb-root-port": ("virt", PXB_PCIE, "bus=root"),
    "arm64-low": ("virt,highmem=off", ROOT_PORT, "bus=root"),
    "arm64-legacy": ("virt", ROOT_PORT + SWITCH + BRIDGES, "bus=inner,addr=5,disable-modern=on"),
    "arm64-transitional": ("virt", ROOT_PORT, "bus=root,disable-legacy=off"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_balloon_is_found_wherever_it_is(place):
    machine, behind, options = PLACES[place]
    device = "virtio-balloon-pci" + (options and f",{options}")
    with QemuGuest(machine, *behind, "-device", device, memory=128) as guest:
        assert "pci" not in guest.console.before
        for size in (64 * MIB, 128 * MIB, 96 * MIB):
            guest.reach(size)
        assert guest.mem()["frames"] <= 96 * MIB // 4096


def test_a_device_that_cannot_be_reached_is_said():
    """A microvm has no I/O ports for PCI, and a legacy device has nothing else."""
    device = "virtio-balloon-pci,disable-modern=on"
    with QemuGuest("microvm,pcie=on", "-device", device, memory=128) as guest:
        assert "no room for BAR 0" in guest.console.before


def discarded(guest):
    """(bytes in ranges of 2 MiB or more, bytes in all) that QEMU gave back to the host."""
    log = re.findall(r"ram_block_discard_range .* \+ 0x(\w+):", guest.log())
    lengths = [int(n, 16) for n in log]
    return sum(n for n in lengths if n >= 2 * MIB), sum(lengths)


@pytest.mark.parametrize("transport", ["pc-pci", "q35-pci", "microvm-mmio", "arm64-mmio", "arm64-pci"])
def test_idle_memory_goes_home_by_itself(transport):
    trace = ["-trace", "ram_block_discard_range"]
    memory = MEMORY if transport in ("pc-pci", "arm64-mmio") else LESS
    most = memory * 25 // 32
    with start(transport, "free-page-reporting=on", trace, memory=memory) as guest:
        base = guest.linux_memory()
        guest.shell(f"alloc {most}M")
        assert guest.linux_memory() >= base + (most - 1) * MIB
        assert undamaged(guest.shell(f"free {most}M"))
        guest.wait_until(lambda: guest.linux_memory() <= base + 16 * MIB)
        guest.wait_until(lambda: discarded(guest)[1] >= most * 7 // 8 * MIB)
        large, whole = discarded(guest)
        assert large >= 0.99 * whole
        assert guest.actual() == memory * MIB
        assert undamaged(guest.shell(f"alloc {most}M") + guest.shell("free all"))


def test_without_reporting_idle_memory_stays():
    with start() as guest:
        base = guest.linux_memory()
        guest.shell("alloc 800M")
        guest.shell("free 800M")
        with pytest.raises(TimeoutError):
            guest.wait_until(lambda: guest.linux_memory() <= base + 16 * MIB, timeout=6)


def test_memory_that_was_never_used_is_never_touched():
    with QemuGuest("pc", "-device", "virtio-balloon-pci", memory=2048) as guest:
        time.sleep(1)
        assert guest.linux_memory() <= 8 * MIB


def processor_time(guest, seconds=2):
    """Of QEMU's, in hundredths of a second, in so many seconds."""

    def spent():
        with open(f"/proc/{guest.process.pid}/stat") as stat:
            return sum(int(field) for field in stat.read().rpartition(")")[2].split()[11:13])

    before = spent()
    time.sleep(seconds)
    return spent() - before


def test_a_disk_that_nobody_drives_does_not_hold_the_line_it_shares(tmp_path):
    disk = tmp_path / "disk"
    disk.write_bytes(bytes(MIB))
    devices = ["-drive", f"if=none,id=disk,format=raw,file={disk}", "-device"]
    devices += ["virtio-blk-pci,drive=disk,addr=8"]
    with start(options="addr=4", extra=devices) as guest:
        guest.reach(900 * MIB)
        # The firmware started it, so that it interrupts by this.
        guest.qmp.run("block_resize", device="disk", size=2 * MIB)
        guest.reach(800 * MIB)
        assert processor_time(guest) < 10


STATS = ("free-memory", "total-memory", "available-memory", "disk-caches")


def test_statistics_are_real_and_advance():
    with start() as guest:
        path = guest.find_device("balloon")
        guest.qmp.run("qom-set", path=path, property="guest-stats-polling-interval", value=1)
        read = lambda: guest.qmp.run("qom-get", path=path, property="guest-stats")
        guest.wait_until(lambda: read()["last-update"] > 0)
        first = read()
        assert all(value < 1 << 63 for value in first["stats"].values()), first
        assert first["stats"]["stat-total-memory"] == guest.mem()["frames"] * 4096
        guest.shell("alloc 300M")
        guest.wait_until(lambda: read()["last-update"] > first["last-update"])
        guest.wait_until(
            lambda: read()["stats"]["stat-free-memory"]
            <= first["stats"]["stat-free-memory"] - 300 * MIB
        )
