# SPDX-License-Identifier: MIT
"""gdb on a live guest: what scripts/gdb shows is what the guest itself says."""
import re
import subprocess

import pytest
from qemu_guest import TREE, QemuGuest

MACHINES = {"pc": "virtio-balloon-pci", "virt": "virtio-balloon-device"}
PARTS = ["blocks", "free", "balloon", "threads"]
# First and last block, their state and use, frames that are free and absent, holes.
LINE = r"^ *(\d+)-(\d+) +\w+ +(?:\w+|-) +(\d+) +(\d+) +(\d+)$"


def gdb(image, *commands):
    """What gdb says, which has the commands for this kernel."""
    words = ["gdb-multiarch", "-q", "-batch", "-nx", "-x", "scripts/gdb/aerostat.py", image]
    result = subprocess.run(
        [*words, *(word for command in commands for word in ("-ex", command))],
        cwd=TREE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    print(result.stdout)
    return result.stdout


def gdb_on(guest, *commands):
    place = f"{guest.folder.name}/gdb"
    server = f"gdbserver unix:{place},server=on,wait=off"
    guest.qmp.run("human-monitor-command", **{"command-line": server})
    image = guest.kernel.replace("Image", "aerostat")
    return gdb(image, f"target remote {place}", *commands, "detach")


@pytest.mark.parametrize("machine", MACHINES)
def test_gdb_shows_memory_and_threads(machine):
    with QemuGuest(machine, "-device", MACHINES[machine], memory=64) as guest:
        guest.shell("alloc 20M")
        mem = guest.mem()
        text = gdb_on(guest, *(f"aerostat {part}" for part in PARTS), "bt")
        assert "Python Exception" not in text and "Error" not in text
        rows = [tuple(map(int, numbers)) for numbers in re.findall(LINE, text, re.M)]
        first, last, free, absent, holes = map(sum, zip(*rows))
        assert free == mem["free"]
        assert (last - first + len(rows)) * 512 - absent - holes == mem["frames"]
        assert f"{mem['free']} frames free" in text
        assert f"present={mem['frames']}" in text
        assert re.search(rf"^virtio: target=none has={mem['frames']} ceiling=", text, re.M)
        threads = re.findall(r"^(main|balloon) +(runs$|.*, at 0x\w+ <switch_away\+)", text, re.M)
        assert sorted(name for name, _ in threads) == ["balloon", "main"]
        assert [what for _, what in threads].count("runs") == 1
        assert re.search(r"^#\d+ .* cpu_wait ", text, re.M), text
        assert "; 0 frames damaged" in guest.shell("free all")


def test_without_a_guest_one_line_says_so():
    text = gdb("build/x86_64_pvh/aerostat", "aerostat blocks", "aerostat nonsense")
    assert "aerostat: no kernel runs" in text
    assert "aerostat blocks | free | balloon | threads" in text
