# SPDX-License-Identifier: MIT
"""A machine's clock is right by whatever there is to know it by, on a busy host as well, or one line
says that it may not be; and a guest that sleeps is not woken before its time."""
import os
import re
import subprocess
import types

import pytest
from lab.qemu import Qemu, QemuArm
from test_arm64 import change_tree
from test_lab import TREE

KERNEL = TREE / "build" / "x86_64_pvh" / "aerostat"
CRASHED = 127 << 1 | 1
# By the clock of instructions, all of the machine's go by one, and the TSC has 1 GHz.
EXACT_MHZ = 1000.0


def command(machine, cmdline, icount=True):
    told = types.SimpleNamespace(
        memory=32 << 20, machine=None, cmdline=cmdline, no_debug_exit=False, icount=icount
    )
    return Qemu(machine).command(told, KERNEL)


def end(words):
    """(status, output) of a machine, which must come to its end."""
    result = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
    return result.returncode, result.stdout.decode(errors="replace").replace("\r", "")


def clock(text):
    """(MHz, source) that the guest found."""
    line = re.search(r"^timer: TSC (\d+\.\d{3}) MHz by (.*)$", text, re.M)
    assert line, text
    return float(line[1]), line[2]


# What each machine has to measure the TSC by.
PM_TIMER, PIT, LAPIC = "ACPI PM timer", "PIT", "local APIC"
MACHINES = [
    *((machine, PM_TIMER) for machine in ("pc", "q35", "pc,pit=off", "q35,pit=off")),
    *((machine, PIT) for machine in ("microvm", "microvm,acpi=off", "pc,acpi=off", "pc,acpi=off,hpet=off")),
    *((machine, LAPIC) for machine in ("microvm,pit=off", "pc,acpi=off,pit=off")),
    ("q35,acpi=off,pit=off", PM_TIMER),  # it has tables all the same
    ("microvm,pit=off,rtc=off,pic=off,acpi=off", LAPIC),
]
PROCESSORS = ["qemu64", "max", "max,+invtsc", "max,-x2apic", "max,-hypervisor", "Nehalem", "EPYC"]


@pytest.mark.parametrize(
    "machine, source, cpu",
    [
        *((*machine, "qemu64") for machine in MACHINES),
        *(("pc", PM_TIMER, cpu) for cpu in PROCESSORS[1:]),
        ("microvm", PIT, "max"),
    ],
)
def test_the_clock_is_right_by_what_there_is(machine, source, cpu):
    status, text = end([*command(machine, 'quiet run="sleep 0.1; quit 5"'), "-cpu", cpu])
    assert status == 5 << 1 | 1, text
    mhz, found = clock(text)
    assert found == source
    assert abs(mhz - EXACT_MHZ) < EXACT_MHZ / 500, text


def test_where_there_is_nothing_one_line_says_so():
    words = command("pc,acpi=off,pit=off", 'quiet run="sleep 0.1; quit 5"')
    status, text = end([*words, "-cpu", "qemu64,-tcg-cpuid"])
    assert status == 5 << 1 | 1, text
    assert text.count("timer: ") == 1
    assert "timer: TSC frequency unknown: assuming 1 GHz" in text


@pytest.mark.parametrize("machine", ["pc", "microvm"])
@pytest.mark.parametrize(
    "cpu, missing",
    [
        ("max,-tsc", "no time-stamp counter (TSC)"),
        ("max,-apic", "none on this processor: no timer"),
        ("max,-nx", "lacks no-execute pages (NX)"),
        ("max,-lm", "lacks long mode (64 bits)"),
        ("qemu32", "lacks long mode (64 bits)"),
        ("486", "lacks long mode (64 bits)"),
    ],
)
def test_a_processor_without_what_is_needed_is_one_line_and_the_end(machine, cpu, missing):
    status, text = end([*command(machine, "quiet"), "-cpu", cpu])
    assert status == CRASHED, text
    assert re.match(rf"panic: [a-z]+: .*{re.escape(missing)}", text), text


@pytest.fixture
def busy_processor():
    """All that the test starts shares one processor with three that never rest."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    burners = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(3)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
        os.sched_setaffinity(0, before)


@pytest.mark.parametrize("machine, starts", [("pc", 12), ("microvm", 8)])
def test_the_clock_is_right_on_a_busy_host(busy_processor, machine, starts):
    """All starts find the same rate: what one of them loses to the others is never the same."""
    words = command(machine, 'quiet run="quit 5"', icount=False)
    found = [clock(end(words)[1])[0] for _ in range(starts)]
    assert max(found) - min(found) < 0.01 * min(found), found


def test_on_arm64_the_tree_counts_before_the_register(tmp_path):
    told = types.SimpleNamespace(memory=32 << 20, machine=None, cmdline='quiet run="quit"', icount=True)
    words = QemuArm("virt").command(told, TREE / "build" / "arm64" / "Image")
    assert "timer: 62.500 MHz by CNTFRQ_EL0\n" in end(words)[1]
    tree = change_tree(tmp_path, "virt", {"timer": "clock-frequency = <31250000>;"})
    assert "timer: 31.250 MHz by the device tree\n" in end([*words, "-dtb", tree])[1]


SECONDS = 1500  # longer than any of the timers counts at once


def test_a_sleeping_guest_is_not_woken_on_x86(tmp_path):
    """Its local APIC counts to nine minutes. At the end it may come a little too soon, and then again."""
    words = command("pc", f'quiet run="sleep {SECONDS}; quit 5"')
    status, text = end([*words, "-d", "int", "-D", str(tmp_path / "log")])
    assert status == 5 << 1 | 1, text
    woken = (tmp_path / "log").read_text().count("Servicing hardware INT=0x20")
    assert 1 <= woken <= 8


def test_a_sleeping_guest_is_not_woken_on_arm64(tmp_path):
    told = types.SimpleNamespace(
        memory=32 << 20, machine=None, cmdline=f'quiet run="sleep {SECONDS}"', icount=True
    )
    words = QemuArm("virt").command(told, TREE / "build" / "arm64" / "Image")
    status, text = end([*words, "-d", "int", "-D", str(tmp_path / "log")])
    assert status == 0, text
    assert (tmp_path / "log").read_text().count("[IRQ]") == 1
