# SPDX-License-Identifier: MIT
"""The lab's dom0: what it is told and answers, and that nothing makes it hang."""
import pathlib
import subprocess
import sys
import time

import pexpect
import pytest
from lab.common import TREE
from lab.dom0.dom0 import Dom0, Dom0Error


# One worker (pytest-xdist) for all, and so one machine.
pytestmark = pytest.mark.xdist_group("dom0")


@pytest.fixture(scope="module")
def dom0():
    with Dom0("x86_64") as machine:
        yield machine


def test_a_script_comes_back_with_status_and_output(dom0):
    assert dom0.run("echo out; echo err >&2; exit 7") == (7, "out\nerr\n")


def test_a_script_that_does_not_end_is_ended(dom0):
    status, text = dom0.run("echo first; sleep 1000", timeout=1)
    assert (status, text.splitlines()[0]) == (143, "first")
    assert dom0.run("echo second") == (0, "second\n")


def test_a_script_that_must_succeed_says_why_it_did_not(dom0):
    with pytest.raises(Dom0Error, match="status 3 of: echo because"):
        dom0.check("echo because; exit 3")


EVERY_BYTE = bytes(range(256)) * 4099


@pytest.mark.parametrize("data", [b"", b"\n", EVERY_BYTE], ids=["none", "line", "all"])
def test_a_file_goes_there_and_back_unchanged(dom0, data):
    place = dom0.put_bytes(data, "file")
    assert dom0.check(f"stat -c %s {place}") == f"{len(data)}\n"
    assert dom0.get(place) == data


def test_a_file_that_is_not_there_is_an_error(dom0):
    with pytest.raises(Dom0Error, match="there is no file /nowhere"):
        dom0.get("/nowhere")


def test_a_machine_that_ends_is_noticed_at_once():
    start = time.monotonic()
    with pytest.raises(Dom0Error, match="the machine ended"):
        with Dom0("x86_64") as machine:
            machine.run("poweroff -f", timeout=300)
    assert time.monotonic() - start < 120


HOLDER = """
import time
from lab.dom0.dom0 import Dom0
with Dom0("x86_64") as machine:
    print(machine.qemu.pid, flush=True)
    time.sleep(1000)
"""


def test_a_machine_does_not_outlive_the_process_that_has_it():
    holder = subprocess.Popen(
        [sys.executable, "-B", "-c", HOLDER], cwd=TREE / "scripts", stdout=subprocess.PIPE, text=True
    )
    with holder:
        machine = pathlib.Path("/proc", holder.stdout.readline().strip())
        assert (machine / "exe").resolve().name == "qemu-system-x86_64"
        holder.kill()
    end = time.monotonic() + 30
    while machine.exists():
        assert time.monotonic() < end
        time.sleep(0.1)


def lab(*arguments):
    return ["scripts/lab/lab", "dom0", "--config", "x86_64_pv", *arguments]


def test_commands_for_dom0_end_with_their_status():
    result = subprocess.run(
        lab("--run", "grep ^kernel aerostat.cfg; cmp -s aerostat /bin/busybox; echo $?; exit 9"),
        cwd=TREE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300,
    )
    assert (result.returncode, result.stdout) == (9, 'kernel = "/guest/aerostat"\n1\n'), result.stderr


def test_a_shell_wants_a_terminal():
    result = subprocess.run(
        lab(), cwd=TREE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        timeout=60,
    )
    assert result.returncode == 2
    assert result.stderr == "lab: a shell wants a terminal; --run 'commands' does without\n"


def test_people_get_a_shell_with_the_kernel_at_hand():
    child = pexpect.spawn(lab()[0], lab()[1:], cwd=TREE, timeout=120, encoding="utf-8")
    child.logfile_read = sys.stdout
    child.expect("exit ends the machine")
    child.sendline("xl create aerostat.cfg && xl list")
    child.expect(r"aerostat +1 +3[23] ")
    child.sendline("sh -c 'echo $((20 + 1)) begun; sleep 1000'")
    child.expect("21 begun")
    child.sendintr()  # is the shell's, not the lab's
    child.sendline("echo still $((40 + 2))")
    child.expect("still 42")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
