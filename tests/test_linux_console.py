# SPDX-License-Identifier: MIT
"""Standard input and output of the kernel as a process: a reader that stops, input without an end, and a
terminal that is taken and given back."""
import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess
import termios
import time

import pytest
from linux_process import BUILD, PROGRAM
from lab.common import MIB

IDLE = BUILD / "linux/tests/idle/aerostat"
MARK = re.compile(rb"\n\[\.\.\. (\d+) bytes lost \.\.\.\]\n")
PRINTS = 'quiet run="' + "help;" * 100 + 'balloon 48M; sleep 100"'


def a_pipe():
    ours, its = os.pipe()
    fcntl.fcntl(its, fcntl.F_SETPIPE_SZ, 4096)
    return ours, its


def a_socket():
    pair = socket.socketpair()
    for end in pair:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return [end.detach() for end in pair]


def a_terminal():
    ours, its = pty.openpty()
    mode = termios.tcgetattr(its)
    mode[1] &= ~termios.OPOST
    termios.tcsetattr(its, termios.TCSANOW, mode)
    return ours, its


def memory_of(path):
    """By the control socket, which may not take long to answer."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(path))
        client.sendall(b'{"request": "status"}\n')
        return json.loads(client.recv(4096))["memory"]


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def listens(path):
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


@contextlib.contextmanager
def process(path, cmdline, prefix=(), **files):
    """One with a control socket, once that is there."""
    command = [*prefix, IDLE, "--control", path, "--cmdline", cmdline]
    with subprocess.Popen(command, **files) as guest:
        try:
            wait_until(lambda: listens(path) or guest.poll() is not None)
            yield guest
        finally:
            guest.kill()


def read_until(fd, end, seconds=60):
    """What comes until all of it ends so; what is there already may take its time."""
    said, deadline = b"", time.monotonic() + seconds
    while not said.endswith(end):
        assert select.select([fd], [], [], max(0, deadline - time.monotonic()))[0], said[-200:]
        said += os.read(fd, 65536)
    return said


def all_of_it(folder):
    """What PRINTS prints."""
    whole = folder / "whole"
    with open(whole, "wb") as file:
        with process(folder / "first", PRINTS, stdin=subprocess.DEVNULL, stdout=file):
            wait_until(lambda: whole.read_bytes().endswith(b"to 48M\n"))
    return whole.read_bytes()


@pytest.mark.parametrize("kind", [a_pipe, a_socket, a_terminal])
def test_output_that_nobody_reads_costs_text_and_nothing_else(tmp_path, kind):
    """The socket answers; the text goes on by itself when it is read, and not a byte is missing unsaid."""
    text = all_of_it(tmp_path)
    end = text[-500:]
    ours, its = kind()
    try:
        flags = fcntl.fcntl(its, fcntl.F_GETFL)
        with process(tmp_path / "control", PRINTS, stdin=subprocess.DEVNULL, stdout=its) as guest:
            wait_until(lambda: memory_of(tmp_path / "control") == 48 * MIB)
            assert fcntl.fcntl(its, fcntl.F_GETFL) == flags, "others who write there would notice"
            said = read_until(ours, end)
            lost = [int(n) for n in MARK.findall(said)]
            assert lost and len(MARK.sub(b"", said)) + sum(lost) == len(text)
            assert said.startswith(text[:100])
            guest.terminate()
            assert guest.wait(timeout=30) == -signal.SIGTERM
    finally:
        os.close(ours)
        os.close(its)


def test_a_full_disk_costs_text_until_there_is_room(tmp_path):
    if subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    text = all_of_it(tmp_path)
    disk = tmp_path / "disk"
    disk.mkdir()
    fill = 'mount -t tmpfs -o size=1m none "$0"; cat /dev/zero >"$0/fill" || exec "$@" >"$0/said"'
    prefix = ["unshare", "-rm", "sh", "-c", fill, disk]
    with process(tmp_path / "control", PRINTS, prefix, stdin=subprocess.DEVNULL) as guest:
        wait_until(lambda: memory_of(tmp_path / "control") == 48 * MIB)
        its = pathlib.Path(f"/proc/{guest.pid}/root{disk}")
        assert (its / "said").read_bytes() == b""
        (its / "fill").unlink()
        wait_until(lambda: (its / "said").read_bytes().endswith(text[-500:]))
        said = (its / "said").read_bytes()
    lost = sum(int(n) for n in MARK.findall(said))
    assert lost and len(MARK.sub(b"", said)) + lost == len(text)


@pytest.mark.parametrize("kind", [a_pipe, a_socket, a_terminal])
def test_it_ends_though_nobody_reads(tmp_path, kind):
    ours, its = kind()
    try:
        with process(tmp_path / "control", PRINTS, stdin=its if kind is a_terminal else subprocess.DEVNULL,
                     stdout=its) as guest:
            assert memory_of(tmp_path / "control")
            guest.terminate()
            assert guest.wait(timeout=30) == -signal.SIGTERM
        assert not (tmp_path / "control").exists()
    finally:
        os.close(ours)
        os.close(its)


@pytest.mark.parametrize("blocks", [True, False])
def test_a_slow_reader_gets_all_that_commands_print(blocks):
    """More than is kept: the shell waits for the reader, and the kernel does not."""
    ours, its = a_pipe()
    os.set_blocking(its, blocks)
    command = [IDLE, "--cmdline", 'quiet run="' + "nonsense;" * 400 + '"']
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=its) as guest:
        os.close(its)
        said = b""
        while piece := os.read(ours, 1024):
            said += piece
            time.sleep(0.002)
        assert guest.wait(timeout=30) == 1
    os.close(ours)
    assert said.count(b"'nonsense' is not a command") == 400


@pytest.mark.parametrize("endless", ["", "yes ''", "yes help"])
def test_input_that_never_ends_starves_nothing(tmp_path, endless):
    """A device always has more; a pipe may be empty for a moment."""
    with open("/dev/zero", "rb") as zero, subprocess.Popen(
        ["sh", "-c", endless and f"exec {endless}"], stdout=subprocess.PIPE
    ) as writer:
        source = writer.stdout if endless else zero
        try:
            with process(tmp_path / "control", "quiet shell", stdin=source, stdout=subprocess.DEVNULL):
                time.sleep(0.5)
                assert memory_of(tmp_path / "control")
        finally:
            writer.kill()


# ---- the terminal ----------------------------------------------------------------------------


def owner_of(terminal):
    """For a process that this terminal is to control."""
    return {
        "start_new_session": True,
        "preexec_fn": lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0),
    }


@pytest.mark.parametrize(
    "end, status",
    [(b"quit 3\r", 3), (b"\x03", -signal.SIGINT), (b"\x1c", -signal.SIGQUIT)],
    ids=["quit", "^C", "^backslash"],
)
def test_the_terminal_is_given_back_as_it_was(end, status):
    ours, its = pty.openpty()
    before = termios.tcgetattr(its)
    plain = ["env", "--default-signal", "prlimit", "--core=0"]
    command = [*plain, PROGRAM, "--cmdline", "quiet shell"]
    with subprocess.Popen(command, stdin=its, stdout=its, **owner_of(its)) as guest:
        said = b""
        while not said.endswith(b"\n> "):
            said += os.read(ours, 4096)
        assert not termios.tcgetattr(its)[3] & termios.ECHO
        os.write(ours, end)
        assert guest.wait(timeout=30) == status
    assert termios.tcgetattr(its) == before
    os.close(ours)
    os.close(its)


def echoes(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


@contextlib.contextmanager
def at_a_terminal():
    """A shell of ours in front of a terminal: (process, our end, its end)."""
    ours, its = pty.openpty()
    command = ["env", "--default-signal", "prlimit", "--core=0", IDLE, "--cmdline", "quiet shell"]
    with subprocess.Popen(command, stdin=its, stdout=its, **owner_of(its)) as guest:
        try:
            read_until(ours, b"\n> ")
            yield guest, ours, its
        finally:
            guest.kill()
    os.close(ours)
    os.close(its)


@pytest.mark.parametrize("number", [signal.SIGPWR, signal.SIGTRAP, signal.SIGRTMIN, signal.SIGRTMAX])
def test_a_signal_gives_the_terminal_back(number):
    with at_a_terminal() as (guest, _, its):
        assert not echoes(its)
        guest.send_signal(number)
        assert guest.wait(timeout=30) == -number
        assert echoes(its)


@pytest.mark.parametrize("changed", [True, False])
def test_the_terminal_is_taken_again_after_a_stop_that_no_process_hears_of(changed):
    with at_a_terminal() as (guest, ours, its):
        guest.send_signal(signal.SIGSTOP)
        wait_until(lambda: "T (stopped)" in pathlib.Path(f"/proc/{guest.pid}/status").read_text())
        if changed:
            mode = termios.tcgetattr(its)
            mode[3] |= termios.ECHO | termios.ICANON | termios.NOFLSH
            termios.tcsetattr(its, termios.TCSANOW, mode)
        guest.send_signal(signal.SIGCONT)
        wait_until(lambda: not echoes(its))
        os.write(ours, b"quit 3\r")
        assert guest.wait(timeout=30) == 3
        assert echoes(its)
        assert bool(termios.tcgetattr(its)[3] & termios.NOFLSH) == changed


def test_the_terminal_is_given_back_while_it_is_stopped():
    ours, its = pty.openpty()
    shell = ["env", "--default-signal", "sh", "-mc", '"$@"; stty -a; fg', "sh"]
    command = [*shell, PROGRAM, "--cmdline", "quiet shell"]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, **owner_of(its)) as guest:
        said = b""
        for typed, answer in [(b"\x1a", b"\n> "), (b"quit 3\r", b"extproc")]:
            while answer not in said:
                said += os.read(ours, 4096)
            while termios.tcgetattr(its)[3] & termios.ECHO:
                time.sleep(0.02)
            os.write(ours, typed)
        assert guest.wait(timeout=30) == 3
    assert b" -echo " not in said
    os.close(ours)
    os.close(its)


def is_stopped(pid):
    return "T (stopped)" in pathlib.Path(f"/proc/{pid}/status").read_text()


def test_in_the_background_the_terminal_is_left_to_the_shell(tmp_path):
    """The kernel goes on and its socket answers; the terminal is taken once it is in front, and given
    back as it was then, not as the shell in front had it meanwhile."""
    ours, its = pty.openpty()
    script = '"$@" & echo pid=$!; stty -echo -icanon; read line; stty echo icanon; read line; fg; stty -a'
    kernel = [IDLE, "--control", tmp_path / "control", "--cmdline", "quiet shell"]
    command = ["env", "--default-signal", "sh", "-mc", script, "sh", *kernel]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, **owner_of(its)) as shell:
        try:
            pid = int(re.search(rb"pid=(\d+)", read_until(ours, b"\n> "))[1])
            wait_until(lambda: listens(tmp_path / "control") and not echoes(its))
            time.sleep(0.5)
            assert not is_stopped(pid)
            assert memory_of(tmp_path / "control")
            os.write(ours, b"for the shell\n")
            wait_until(lambda: echoes(its))
            os.write(ours, b"once more\n")
            wait_until(lambda: not echoes(its))
            os.write(ours, b"quit\r")
            assert b" -echo " not in read_until(ours, b"extproc\r\n")
            assert shell.wait(timeout=30) == 0
        finally:
            shell.kill()
    os.close(ours)
    os.close(its)
