# SPDX-License-Identifier: MIT
"""The kernel as a process: what Linux counts as its memory, how it is started, how it ends."""
import contextlib
import os
import pathlib
import re
import signal
import sys

import pytest
from linux_process import BUILD, PROGRAM, run, start_fixture  # pylint: disable=unused-import
from lab.common import MIB

IDLE = BUILD / "linux/tests/idle/aerostat"


def test_linux_counts_what_the_guest_counts(start):
    """Growth on shortage and return by target, each frame touched, against smaps. Before the guest
    grows, a block at most is free for tables alone (mm/README.md), and so not touched."""
    touch = 'quiet run="alloc 29M; mem; free all; sleep 2" shell'
    guest = start("--memory", "32M", "--max", "256M", cmdline=touch)
    untouched = int(guest.hears(r"mem: frames=\d+ free=(\d+)")[1]) * 4096
    assert untouched < 3 * MIB
    guest.hears("free: 29M freed")
    assert guest.memory() == 32 * MIB
    before = guest.resident()
    guest.hears("demo: all of it true")
    assert guest.memory() == 256 * MIB
    grown = guest.resident()
    assert abs(grown - before - untouched - 224 * MIB) < MIB
    guest.settles_at("64M")
    shrunk = guest.resident()
    assert abs(grown - shrunk - 192 * MIB) < MIB
    guest.settles_at("200M")
    assert guest.resident() - shrunk < MIB, "memory that nobody used is there"
    guest.types("alloc 190M", "190M kept")
    guest.types("free all", "190M freed, 0K kept; 0 frames damaged")


def cgroup(limit):
    """A memory cgroup with a limit, and the file that says what it holds; None: not here."""
    for root, limits, current in [
        ("/sys/fs/cgroup", "memory.max", "memory.current"),
        ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ]:
        folder = pathlib.Path(root, f"aerostat.{os.getpid()}")
        if not pathlib.Path(root, "cgroup.procs").exists():
            continue
        try:
            folder.mkdir()
            (folder / limits).write_text(str(limit))
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            continue
        return folder, folder / current
    return None


def test_it_lives_in_a_cgroup_with_a_limit(start):
    """It grows to nearly the limit and comes back, twice; what it gives back, the cgroup has."""
    place = cgroup(320 * MIB)
    if not place:
        pytest.skip("no memory cgroup can be made here")
    folder, current = place
    enter = ("sh", "-c", f'echo $$ >{folder}/cgroup.procs && exec "$@"', "sh")
    try:
        guest = start("--memory", "32M", "--max", "256M", "--pressure", prefix=enter)
        guest.hears("demo: all of it true")
        for _ in range(2):
            guest.types("alloc 200M", "200M kept")
            full = int(current.read_text())
            guest.types("free all", "0 frames damaged")
            guest.settles_at("48M")
            assert full - int(current.read_text()) > 140 * MIB
            assert guest.ask("target", size=None)["ok"]
        assert guest.end() == 0
    finally:
        folder.rmdir()


def test_a_busy_guest_hears_a_target(start):
    """Nothing sleeps, and the thread that follows the target has its turns all the same."""
    guest = start("--memory", "64M", "--max", "128M", cmdline='quiet run="stress 60 1"')
    guest.hears("stress: seed 1")
    for size in ("120M", "80M", "100M"):
        guest.settles_at(size)
    guest.process.send_signal(signal.SIGTERM)
    assert guest.end() == -signal.SIGTERM
    assert not guest.socket.exists()


# ---- what it is born with, and how it ends -----------------------------------------------------

# Signals that do not end it, or not as they came: what cannot be caught, what stops or does nothing
# by default, faults, and those that the kernel has a use for or ignores.
NOT_ENDS = ["KILL", "STOP", "TSTP", "TTIN", "TTOU", "CONT", "CHLD", "URG", "WINCH", "SEGV", "BUS", "ILL",
            "FPE", "IO", "PIPE", "XFSZ"]  # fmt: skip
ENDS = sorted(set(range(1, 65)) - {getattr(signal, f"SIG{name}") for name in NOT_ENDS})

# Runs a program with every signal at its default. Signals 32 and 33 are ignored by what make starts
# (posix_spawn(3)), and only the system call itself sets them back.
ALL_DEFAULT = """
import ctypes, os, platform, sys
rt_sigaction = {"x86_64": 13, "aarch64": 134}[platform.machine()]
for number in range(1, 65):
    ctypes.CDLL(None).syscall(rt_sigaction, number, bytes(32), None, ctypes.c_size_t(8))
os.execvp(sys.argv[1], sys.argv[1:])
"""


@pytest.mark.parametrize("number", ENDS)
def test_a_signal_ends_it_and_the_socket_is_gone(start, number):
    prefix = (sys.executable, "-c", ALL_DEFAULT, "prlimit", "--core=0")
    guest = start(prefix=prefix, program=IDLE)
    assert guest.ask("status")["ok"]
    guest.process.send_signal(number)
    assert guest.process.wait(timeout=30) == -number
    assert not guest.socket.exists()


def test_signals_it_was_told_to_ignore_it_ignores(start):
    guest = start(prefix=("nohup",))
    assert guest.ask("status")["ok"]
    guest.process.send_signal(signal.SIGHUP)
    assert guest.ask("status")["ok"]
    assert guest.end() == 0


def test_interrupts_come_though_its_parent_held_them_off(start):
    block = (
        "import os, signal, sys;"
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO]);"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    guest = start(prefix=(sys.executable, "-c", block))
    assert guest.ask("status")["ok"]
    assert guest.end() == 0


def test_no_file_of_its_own_takes_the_place_of_one_that_is_closed(start):
    guest = start(prefix=("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"), cmdline='run="sleep 60"')
    assert guest.ask("status")["ok"]
    for fd in range(3):
        assert os.readlink(f"/proc/{guest.process.pid}/fd/{fd}") == "/dev/null"


@pytest.mark.parametrize(
    "limit, why",
    [
        ("--fsize=1000000", "File too large"),
        ("--as=1000000000", "cannot reserve 524288 MiB of address space"),
    ],
)
def test_what_a_limit_forbids_is_said(limit, why):
    command = ("--core=0", limit, PROGRAM, "--cmdline", "quiet")
    status, out, _ = run(*command, program="prlimit")
    assert status == -signal.SIGABRT
    assert why in out


# ---- the program's arguments -----------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, why",
    [
        (["--memory", "1Q"], "--memory '1Q' is not a size"),
        (["--max", "0"], "--max '0' is not a size"),
        (["--max", "4096T"], "is more than this kernel can ever have"),
        (["--memory", "1G", "--max", "64M"], "--memory 1048576K is more than --max 65536K"),
        (["--floor", "1G", "--max", "64M"], "--floor 1048576K is more than --max 65536K"),
        (["--floor", "-1"], "--floor '-1' is not a size"),
        (["--control", ""], "is not the path of a socket"),
        (["--control", "x" * 200], "path longer than 107 characters"),
        (["--control", "/nowhere/at/all"], "cannot listen at /nowhere/at/all: No such file"),
        (["--nonsense"], "unrecognized option"),
        (["--max=1G", "--floor"], "requires an argument"),
        (["--cmdline", "x" * 5000], "more than 4095 characters"),
    ],
)
def test_wrong_arguments_are_said_in_one_line(arguments, why):
    status, out, err = run("--cmdline", "quiet", *arguments)
    assert status == 2
    assert why in out + err
    assert len(err.splitlines()) + len(out.splitlines()) <= 2  # one, and the kernel's own hello


@pytest.mark.parametrize(
    "word, why",
    [
        ("run", "cmdline: 'run': invalid value"),
        ("quiet=", "cmdline: 'quiet=': invalid value"),
        ("virtio_mmio.device=4K", "cmdline: 'virtio_mmio.device=4K': invalid value"),
        ("virtio_mmio.device=4K@0x1000:1", "start: virtio_mmio.device= ignored"),
        ("target=4096T", "start: target=4096T above the maximum of this guest"),
        ("floor=4096T", "start: floor=4096T above the maximum of this guest"),
    ],
)
def test_a_word_without_its_effect_is_said_in_one_line(word, why):
    status, out, _ = run("--cmdline", f"quiet {word}")
    assert status == 0
    assert len([line for line in out.splitlines() if why in line]) == 1


def test_the_floor_holds_whatever_the_kernels_words_are():
    words = ("--cmdline", 'quiet run="mem" -- it', "--floor", "32M")
    status, out, _ = run(*words, "--memory", "32M", "--max", "64M")
    assert status == 0
    assert "floor=8192" in out


def test_too_little_memory_is_said():
    status, out, _ = run("--memory", "64K", "--max", "64M")
    assert status == 1
    assert "give the guest more memory" in out


def test_words_reach_the_application_as_they_are():
    words = ["it's", 'a "word"', "", "--max", "both ' and \"", "run=x"]
    program = BUILD / "linux/tests/words/aerostat"
    status, out, _ = run("--cmdline", "quiet", "--", *words, program=program)
    assert "<app>\n" + "".join(f"<{word}>\n" for word in words) in out
    assert status == 0


def test_giving_a_gib_back_costs_what_one_madvise_costs():
    program = BUILD / "linux/bench/release/aerostat"
    status, out, _ = run("--memory", "1G", "--max", "2G", "--cmdline", "quiet", program=program)
    assert status == 0, out
    figures = {name: int(n) for name, n in re.findall(r"^bench: (\S+) (\d+)", out, re.M)}
    assert figures["calls"] <= 600
    assert figures["release"] <= 1.5 * figures["madvise"], figures
