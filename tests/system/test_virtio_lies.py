# SPDX-License-Identifier: MIT
"""A balloon device that lies, under QEMU: the test writes into the used rings of a live guest, whose
memory is a file, where QEMU says that they are. The guest says one line, resets the device and leaves
it alone, and lives on with the memory that it had."""
import io
import mmap
import random
import re
import struct
import threading
import time

import pytest
from qemu_guest import MIB
from test_virtio import MEMORY, start, undamaged

# Queues by their numbers, where statistics and reports are offered, and hints are not.
INFLATE, DEFLATE, STATS, REPORTS = range(4)
RAM_AT = {"virt": 1024 * MIB}  # where memory begins, if not at 0
FAILED = 128


class UsedRing:
    """The used ring of one of the balloon's queues, in the guest's own memory."""

    name = "vring-used"

    def __init__(self, guest, queue):
        path = guest.qmp.run("x-query-virtio")[0]["path"]
        status = guest.qmp.run("x-query-virtio-queue-status", path=path, queue=queue)
        machine = guest.machine.partition(",")[0]
        self.size, self.at = status["vring-num"], status[self.name] - RAM_AT.get(machine, 0)
        with open(guest.memfd, "r+b") as memory:
            self.memory = mmap.mmap(memory.fileno(), MEMORY * MIB)

    def index(self):
        return struct.unpack_from("<H", self.memory, self.at + 2)[0]

    def return_chain(self, number, length):
        index = self.index()
        struct.pack_into("<II", self.memory, self.at + 4 + 8 * (index % self.size), number, length)
        self.set_index(index + 1)

    def set_index(self, index):
        struct.pack_into("<H", self.memory, self.at + 2, index % 65536)

    def scribble(self, chosen):
        """Nonsense wherever the device writes."""
        for i in range(self.size):
            struct.pack_into("<Q", self.memory, self.at + 4 + 8 * i, chosen.getrandbits(64))
        self.set_index(chosen.getrandbits(16))


class AvailableRing(UsedRing):
    """What the guest shows QEMU."""

    name = "vring-avail"

    def scribble(self, _):
        """Shows chains that cannot be: QEMU gives the device up."""
        self.memory[self.at + 4 : self.at + 4 + 2 * self.size] = b"\xff" * 2 * self.size


class Scribbler(threading.Thread):
    """with Scribbler(ring): ... scribbles as fast as it can, since QEMU writes there, too."""

    def __init__(self, ring):
        super().__init__()
        self.ring, self.ends = ring, threading.Event()
        seed = int(time.time())
        print(f"SEED={seed}")
        self.random = random.Random(seed)

    def run(self):
        while not self.ends.wait(0.0001):
            self.ring.scribble(self.random)

    def __enter__(self):
        self.start()

    def __exit__(self, *_):
        self.ends.set()
        self.join()


def listen(guest):
    """All that the guest writes from now on."""
    guest.console.logfile_read = io.StringIO()


def lines(guest):
    """What it said of virtio."""
    guest.shell("mem")
    return re.findall(r"virtio: .*", guest.console.logfile_read.getvalue().replace("\r", ""))


def status(guest):
    path = guest.qmp.run("x-query-virtio")[0]["path"]
    raw = guest.qmp.run("x-query-virtio-status", path=path)["status"]
    return raw.get("unknown-statuses", 0) | (
        FAILED if any("FAILED" in word for word in raw["statuses"]) else 0
    )


def expect_left_alone(guest, what):
    """And it goes on with what it has: nothing is damaged, nothing more said, nobody listens."""
    guest.wait_until(lambda: lines(guest))
    frames, actual = guest.mem()["frames"], guest.actual()
    assert status(guest) == FAILED
    assert undamaged(guest.shell("free all"))
    guest.set_target(200 * MIB)
    time.sleep(1.5)
    guest.set_target(MEMORY * MIB)
    time.sleep(1.5)
    assert guest.actual() == actual
    assert "taken and filled" in guest.shell("alloc 100M")
    assert undamaged(guest.shell("free all"))
    assert guest.mem()["frames"] == frames
    said = lines(guest)
    assert len(said) == 1 and re.search(what, said[0]) and said[0].endswith(": disabled"), said


@pytest.mark.parametrize("transport", ["pc-pci", "q35-root-port", "microvm-mmio-legacy", "arm64-mmio"])
def test_a_chain_that_was_not_lent_is_seen_at_once(transport):
    with start(transport) as guest:
        listen(guest)
        guest.shell("alloc 100M")
        guest.reach(512 * MIB)
        # Nobody asked for statistics, so that QEMU has the guest's buffer and writes nothing there.
        UsedRing(guest, STATS).return_chain(77, 0)
        guest.set_target(500 * MIB)
        expect_left_alone(guest, "invalid chain id 77")


@pytest.mark.parametrize("transport", ["pc-pci", "microvm-mmio"])
def test_a_device_that_qemu_gave_up_is_left_alone_at_once(transport):
    with start(transport) as guest:
        listen(guest)
        guest.reach(600 * MIB)
        with Scribbler(AvailableRing(guest, INFLATE)):
            guest.set_target(500 * MIB)
            guest.wait_until(lambda: lines(guest), timeout=8)
        assert "Guest says index 65535 is available" in guest.log()
        expect_left_alone(guest, "device needs reset")


@pytest.mark.parametrize("queue", [INFLATE, DEFLATE])
def test_nonsense_while_frames_come_and_go_loses_none(queue):
    with start() as guest:
        listen(guest)
        guest.shell("alloc 100M")
        guest.reach(600 * MIB)

        def stir():
            for target in (200, 800):
                guest.set_target(target * MIB)
                time.sleep(0.2)
            return lines(guest)

        with Scribbler(UsedRing(guest, queue)):
            guest.wait_until(stir)
        expect_left_alone(guest, "in a used ring")


def test_nonsense_while_memory_is_reported_loses_none():
    with start(options="free-page-reporting=on") as guest:
        listen(guest)

        def stir():
            guest.shell("alloc 300M")
            assert undamaged(guest.shell("free 300M"))
            time.sleep(2)
            return lines(guest)

        with Scribbler(UsedRing(guest, REPORTS)):
            guest.wait_until(stir)
        expect_left_alone(guest, "in a used ring")
