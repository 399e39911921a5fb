# SPDX-License-Identifier: MIT
"""The lab and the set-up: what they hide, how they end, what they do not do twice."""
import os
import pathlib
import re
import runpy
import subprocess
import types

import pexpect
import pytest
from lab.common import parse_size
from lab.environments import DEFCONFIGS, GUEST_KERNELS, PLACES
from lab.filter import Filter
from lab.xen import XenHardwareDomain
from lab.xen_arm import PIECE, XenDom0less

TREE = pathlib.Path(__file__).resolve().parent.parent

STREAM = b"(XEN) one\r\nguest\r\n10%\r20%(XEN) two\r\n(XE) no\n(XEN) Reboot in five seconds...\r\nend"
SHOWN = b"guest\n10%\r20%(XE) no\nend"


def show_in_pieces(size):
    shown = bytearray()
    xen = XenHardwareDomain
    spoken = Filter(xen.noise, xen.fatal, shown.extend, False)
    for start in range(0, len(STREAM), size):
        spoken.feed(STREAM[start : start + size])
    spoken.close()
    return bytes(shown), list(spoken.kept), spoken.dead


def test_the_hypervisors_lines_are_hidden_however_they_come():
    kept = [b"(XEN) two", b"(XEN) Reboot in five seconds..."]
    for size in range(1, len(STREAM) + 1):
        assert show_in_pieces(size) == (SHOWN, kept, True), size


@pytest.mark.parametrize(
    "code, spoke, status", [(1, True, 0), (15, True, 7), (1, False, None), (0, True, None), (-9, True, None)]
)
def test_the_machines_end_is_the_guests(code, spoke, status):
    assert XenHardwareDomain().status(code, spoke) == status


def test_what_a_guest_without_a_toolstack_says_is_taken_out_of_xens_lines():
    long = b"x" * (PIECE + 5)
    pieces = b"(XEN) DOM1: %s\r\n(XEN) DOM1: %s\r\r\n" % (long[:PIECE], long[PIECE:])
    stream = b"(XEN) boot\r\n(XEN) DOM1: one\r\r\n" + pieces + b"(XEN) DOM1: machine: ended with status 7\r\r\n"
    xen, shown = XenDom0less(), bytearray()
    for size in range(1, len(stream) + 1):
        shown.clear()
        spoken = Filter(xen.noise, xen.fatal, shown.extend, False, xen.over, xen.wrapped)
        ended = [spoken.feed(stream[at : at + size]) for at in range(0, len(stream), size)][-1]
        spoken.close()
        assert bytes(shown) == b"one\n" + long + b"\nmachine: ended with status 7\n", size
        assert ended and xen.status(-9, spoken.heard, spoken.tail) == 7


def test_what_a_guest_says_when_typed_to_is_its_own():
    stream = b"(XEN) boot\r\n(XEN) *** Serial input to DOM1 (type x)\r\n(XEN) > mem\r\r\n(XEN) > "
    xen, shown = XenDom0less(), bytearray()
    for size in range(1, len(stream) + 1):
        shown.clear()
        spoken = Filter(xen.noise, xen.fatal, shown.extend, False, xen.over, xen.wrapped, xen.focus)
        for at in range(0, len(stream), size):
            spoken.feed(stream[at : at + size])
        spoken.close()
        assert bytes(shown).replace(b"\r", b"") == b"> mem\n> ", size


@pytest.mark.parametrize(
    "told, given",
    [
        ("quiet", 'run="balloon 32768K; balloon none" quiet'),
        ('quiet run="mem; quit" -- run=x', 'run="balloon 32768K; balloon none; mem; quit" quiet  -- run=x'),
        ("run=mem", 'run="balloon 32768K; balloon none; mem" '),
        ("-- a b", 'run="balloon 32768K; balloon none" -- a b'),
    ],
)
def test_a_guest_without_a_toolstack_first_gives_back(told, given):
    options = types.SimpleNamespace(memory=32 << 20, max=64 << 20, cmdline=told)
    assert XenDom0less().arguments(options) == given
    options.memory = options.max
    assert XenDom0less().arguments(options) == told


@pytest.mark.parametrize("size", ["32", "M", "0M", "-1M", "32MB", "1.5G", ""])
def test_an_absurd_size_is_refused(size):
    result = run_lab(f"--memory={size}")
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert f'"{size}" is no size such as 32M or 1G' in result.stderr


@pytest.mark.parametrize("text, size", [("64K", 1 << 16), ("32m", 1 << 25), ("1G", 1 << 30), ("2t", 1 << 41)])
def test_a_size_has_its_unit(text, size):
    assert parse_size(text) == size


def run_lab(*arguments):
    return subprocess.run(
        ["scripts/lab/lab", "run", *arguments],
        cwd=TREE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_kernel_that_is_not_there_gets_one_line():
    result = run_lab("--kernel", "nowhere/aerostat")
    assert result.returncode == 2
    assert result.stderr == "lab: there is no kernel nowhere/aerostat; build it first\n"


def test_make_run_boots_where_it_is_told():
    result = subprocess.run(
        ["make", "run", "CONFIG=linux", "WHERE=nowhere"],
        cwd=TREE, capture_output=True, text=True, check=False, timeout=300,
    )
    assert result.returncode == 2
    assert result.stderr.startswith("lab: argument --environment: invalid choice: 'nowhere' (choose")


def test_a_guest_that_does_not_end_is_ended():
    result = run_lab("--timeout", "4", "--cmdline", 'run="sleep 1000"')
    assert result.returncode == 124
    assert "lab: the guest did not end within 4 s" in result.stderr
    assert "(XEN)" not in result.stdout


def test_who_sits_at_a_terminal_has_all_the_time():
    lab = pexpect.spawn("scripts/lab/lab run --cmdline shell", cwd=str(TREE), timeout=60)
    lab.expect("> ")
    lab.sendline("quit 3")
    lab.expect(pexpect.EOF)
    lab.close()
    assert lab.exitstatus == 3


def test_the_status_of_the_shell_is_the_machines():
    result = run_lab("--cmdline", 'run="mem; quit 7"')
    assert result.returncode == 7, result.stdout + result.stderr
    assert re.search(r"^mem: frames=\d+ ", result.stdout, re.M)


def test_a_kernel_too_large_for_its_memory_ends_at_once():
    result = run_lab("--memory", "1M", "--max", "1M")
    assert result.returncode == 125
    assert "lab: the guest crashed" in result.stderr or "lab: QEMU ended" in result.stderr
    assert "(XEN)" in result.stderr


def set_up(folder, *arguments, **variables):
    """Runs the set-up where fetching anything fails, visibly."""
    stub = folder / "bin"
    stub.mkdir()
    (stub / "apt-get").write_text("#!/bin/sh\necho fetched >>$FETCHED\nexit 100\n")
    (stub / "apt-get").chmod(0o755)
    environment = os.environ | {
        "PATH": f"{stub}:{os.environ['PATH']}",
        "FETCHED": str(folder / "fetched"),
    }
    result = subprocess.run(
        ["scripts/setup/setup", *arguments],
        cwd=TREE,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return result, (folder / "fetched").exists()


def test_set_up_fetches_nothing_twice(tmp_path):
    result, fetched = set_up(tmp_path, "--quiet", "check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert not fetched


def test_set_up_says_what_it_could_not_have(tmp_path):
    result, fetched = set_up(tmp_path, "build", AEROSTAT_CACHE=str(tmp_path / "cache"))
    assert result.returncode == 1
    assert fetched
    assert result.stderr.splitlines()[-1] == "setup: could not download libxen-dev"
    assert not (tmp_path / "cache" / "libxen-dev").exists()


LISTS = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://one.example/debian bookworm main contrib
deb http://one.example/debian bookworm-updates main
deb-src http://one.example/debian bookworm main
deb http://other.example/tools stable main
"""
DEB822 = """\
Types: deb deb-src
# a comment
URIs: http://two.example/debian
Suites: bookworm bookworm-updates
Components: main
Architectures: amd64

Types: deb
URIs: http://two.example/security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://other.example/tools
Suites: stable
Components: main
"""


def sources(folder, architecture, release, kind):
    """What apt would read, as words a line, with both ways to write sources on the machine."""
    (folder / "sources.list.d").mkdir()
    (folder / "sources.list").write_text(LISTS)
    (folder / "sources.list.d" / "debian.sources").write_text(DEB822)
    script = f"""set -eu; apt_sources={folder} own_release=bookworm
        . {TREE}/scripts/setup/packages.sh
        write_sources {folder}/own {architecture} {release} {kind}"""
    subprocess.run(["bash", "-c", script], check=True, timeout=60)
    return [
        line.split()
        for name in ("own.list", "own.sources")
        for line in (folder / "own" / name).read_text().splitlines()
    ]


def test_a_foreign_architecture_comes_from_the_systems_own_sources_and_updates(tmp_path):
    lines = sources(tmp_path, "arm64", "bookworm", "deb")
    one = "http://one.example/debian"
    assert lines[:2] == [
        ["deb", "[arch=arm64", "signed-by=/k.gpg]", one, "bookworm", "main", "contrib"],
        ["deb", one, "bookworm-updates", "main"],
    ]
    assert [line[1:] for line in lines if line[:1] == ["Suites:"]] == [
        ["bookworm", "bookworm-updates"],
        ["bookworm-security"],
    ]
    assert ["Architectures:", "arm64"] in lines and ["Types:", "deb"] in lines
    assert not any("example/tools" in word for line in lines for word in line)


def test_another_release_and_source_packages_come_without_updates(tmp_path):
    for number, (release, kind) in enumerate([("trixie", "deb"), ("bookworm", "deb-src")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        lines = sources(folder, "amd64", release, kind)
        assert lines[0][-3:] == [release, "main", "contrib"] and lines[0][0] == kind
        assert [line for line in lines if line[:1] == ["Suites:"]] == [["Suites:", release]]
        assert len([line for line in lines if line[:1] in (["deb"], ["deb-src"])]) == 1


@pytest.mark.parametrize(
    "words, why",
    [("(", "Wrong expression"), ("no_such_test", "no test's name matches")],
    ids=["wrong", "none"],
)
def test_a_check_of_no_test_says_so_before_it_builds(words, why):
    result = subprocess.run(
        ["scripts/check/check", "-k", words], cwd=TREE, capture_output=True, text=True, check=False, timeout=60
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(rf"check: -k {re.escape(words)}: {why}.*\n", result.stderr)


def test_every_configuration_has_a_place_and_is_built():
    assert {place.config.partition("+")[0] for place in PLACES.values()} == set(DEFCONFIGS)
    check = runpy.run_path(str(TREE / "scripts/check/check"))
    everything = {"all", "guest-tests", "benches"}
    assert all(set(check["KERNELS"][config]) == everything for config in DEFCONFIGS)
    assert all(kernel.config in check["KERNELS"] for kernel in GUEST_KERNELS)


def test_what_make_quick_runs_is_there_and_is_built():
    check = runpy.run_path(str(TREE / "scripts/check/check"))
    command = [*check["PYTEST"], "--collect-only", "-q", *check["QUICK"]]
    result = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stdout
    built = {tuple(goals) for goals in check["QUICK_BUILDS"]}
    assert {(f"CONFIG={config}", "guest-tests", "TESTS=give_back") for config in DEFCONFIGS} < built


@pytest.mark.parametrize(
    "test, builds",
    [
        ("tests/guest/heap/main.c::x86_64-pv-heap", ["CONFIG=x86_64_pv"]),
        ("tests/guest/heap/main.c::x86_64-pv-no_balloon-heap", ["CONFIG=x86_64_pv+no_balloon"]),
        ("tests/guest/heap/main.c::linux-arm64-heap", ["CONFIG=linux+on_arm64"]),
        ("tests/guest/clamp/main.c::x86_32-pv-clamp", ["CONFIG=x86_32_pv", "CONFIG=x86_32_pv+small_directmap"]),
        ("tests/unit/mm/heap_test.c::unit-mm-heap", ["-f"]),
    ],
)
def test_what_is_picked_says_what_is_built(test, builds):
    check = runpy.run_path(str(TREE / "scripts/check/check"))
    assert [goals[0] for goals in check["needed"]([test])] == builds
    assert check["needed"]([test, "tests/test_lab.py::test_any"]) == check["BUILDS"]
    everything = check["BUILDS"] + check["SOURCE_BUILDS"]
    assert check["needed"]([test, "tests/test_build.py::test_any"]) == everything
