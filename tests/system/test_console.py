# SPDX-License-Identifier: MIT
"""A console whose reader pauses costs text, and a mark says how much; the guest lives on."""
import fcntl
import os
import re
import select
import subprocess
import time

import pytest
from qemu_guest import TREE

MARK = re.compile(rb"\r\n\[\.\.\. (\d+) bytes lost \.\.\.\]\r\n")
HELPS = 80


class Pausing:
    """A guest of QEMU's with a shell, whose console is read only when something is awaited."""

    def __init__(self, *command):
        self.said = b""
        self.qemu = subprocess.Popen(
            [*command, "-append", "quiet shell", "-nodefaults", "-display", "none", "-no-reboot",
             "-serial", "stdio"],
            cwd=TREE, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        fcntl.fcntl(self.qemu.stdout, fcntl.F_SETPIPE_SZ, 4096)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.qemu.kill()
        self.qemu.communicate()

    def read(self, seconds):
        if select.select([self.qemu.stdout], [], [], seconds)[0]:
            self.said += os.read(self.qemu.stdout.fileno(), 4096)
            return True
        return False

    def hear(self, end, seconds=60):
        """All that came, once it ends so."""
        deadline = time.monotonic() + seconds
        while not self.said.endswith(end):
            assert self.qemu.poll() is None
            assert time.monotonic() < deadline, self.said[-300:]
            self.read(1)
        said, self.said = self.said, b""
        return said

    def type(self, text):
        """Though the guest may be too slow to take it at once."""
        self.qemu.stdin.write(text)
        self.qemu.stdin.flush()


def accounted(said):
    """Bytes that came, and bytes that marks say are lost."""
    return len(MARK.sub(b"", said).replace(b"\r", b"")), sum(int(n) for n in MARK.findall(said))


class Pauses:
    """Of a reader, while the guest prints more than is kept."""

    def __init__(self, guest):
        self.guest = guest
        guest.hear(b"\n> ")
        guest.type(b"help\n")
        self.one = len(guest.hear(b"\n> ").replace(b"\r", b""))

    def lost(self, seconds, last, end):
        """Bytes that marks say are missing, of a text that ends with a command's; the rest came."""
        self.guest.type(b"help\n" * HELPS + last + b"\n")
        time.sleep(seconds)
        said = self.guest.hear(end)
        lost = sum(int(n) for n in MARK.findall(said))
        came = MARK.sub(b"", said).replace(b"\r", b"")
        assert len(came) + lost == self.one * HELPS + len(came[came.rindex(last + b"\n") :])
        return lost


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_a_serial_reader_that_pauses_costs_text_alone(machine):
    """At its end the shell sleeps: nothing but an interrupt has the text go on."""
    kernel = "build/x86_64_pvh/tests/idle/aerostat"
    with Pausing("qemu-system-x86_64", "-M", machine, "-m", "64M", "-kernel", kernel) as guest:
        pauses, seconds = Pauses(guest), 4
        while not pauses.lost(seconds, b"nonsense", b"lists them)\r\n> "):
            assert seconds < 60, "nothing was lost"
            seconds *= 2  # a busy host has it print slowly
        pauses.lost(seconds, b"sleep 600", b"sleep 600\r\n")


def test_a_pl011s_reader_that_pauses_costs_nothing():
    """QEMU stops the guest until it is read; whoever reads again gets all."""
    with Pausing("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57", "-m", "64M",
                 "-kernel", "build/arm64/tests/idle/Image") as guest:  # fmt: skip
        guest.hear(b"\n> ")
        guest.type(b"help\n" * HELPS + b"sleep 0.1\n")
        time.sleep(5)
        said = guest.hear(b"sleep 0.1\r\n> ")
        assert said.count(b"this list, or the words") == HELPS
        guest.type(b"quit\n")
        assert guest.qemu.wait(timeout=60) == 0
