# SPDX-License-Identifier: MIT
"""The control socket of the kernel as a process: who may steer it, and what nobody can do to it."""
import contextlib
import fcntl
import json
import os
import re
import socket
import stat
import time

import pytest
from linux_process import BUILD, receive, run, start_fixture  # pylint: disable=unused-import
from lab.common import MIB


@pytest.fixture(name="guest")
def guest_fixture(start):
    """One that is at rest, with a pattern in its memory."""
    guest = start("--memory", "32M", "--max", "128M", "--floor", "16M")
    guest.hears("demo: all of it true")
    guest.types("alloc 20M", "20M kept")
    yield guest
    assert guest.ask("status")["ok"]
    guest.types("free all", "20M freed, 0K kept; 0 frames damaged")


def test_its_owner_alone_may_connect(guest):
    mode = guest.socket.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_requests_are_answered(guest):
    status = guest.ask("status")
    assert status == {
        "ok": True, "memory": 128 * MIB, "free": status["free"], "target": None,
        "floor": status["floor"], "max": 128 * MIB,
    }  # fmt: skip
    assert guest.ask("target", size=64 * MIB) == {"ok": True, "target": 64 * MIB}
    guest.wait_for(lambda: guest.memory() == 64 * MIB)
    stats = guest.ask("stats")
    assert stats["present"] == 64 * 256
    assert stats["held"] == 64 * 256
    events = guest.ask("trace")["events"]
    assert {"target", "shrank", "shortage"} <= {event["event"] for event in events}
    assert [e["ns"] for e in events] == sorted((e["ns"] for e in events), reverse=True)
    assert guest.ask("target", size=None) == {"ok": True, "target": None}
    two = guest.send(b'{"request":"status"}\n\t{ "request" : "stats" }\r\n')
    assert [answer["ok"] for answer in two] == [True, True]


@pytest.mark.parametrize(
    "raw, why",
    [
        (b'{"request": "target", "size": "129M"}\n', "between 16777216"),
        (b'{"request": "target", "size": "15M"}\n', "between 16777216"),
        (b'{"request": "target", "size": 18446744073709551615}\n', "134217728 (max) bytes"),
        (b'{"request": "target", "size": 99999999999999999999}\n', '"size" is bytes'),
        (b'{"request": "target", "size": 0}\n', '"size" is bytes'),
        (b'{"request": "target", "size": -1}\n', "not an object of"),
        (b'{"request": "target", "size": 1.5}\n', "does not end"),
        (b'{"request": "target"}\n', '"size" goes with "target"'),
        (b'{"request": "status", "size": "1M"}\n', '"size" goes with "target"'),
        (b'{"request": "reboot"}\n', "is one of target"),
        (b'{"request": null}\n', "is one of target"),
        (b'{"request": "status", "request": "stats"}\n', "is there twice"),
        (b'{"size": "32M"}\n', '"request" is missing'),
        (b'{"request": "stat', "not an object of"),
        (b'{"request": "status"} and more\n', "does not end with the line"),
        (b'{"request": "sta\\u0074us"}\n', "not an object of"),
        (b"\n", "not an object"),
        (b"\0\xff\xfe\n", "not an object"),
        (b"[1, 2]\n", "not an object"),
        (b"{" * 500 + b"\n", "not an object"),
        (b'{"' + b"a" * 900 + b'": 1}\n', "not an object of"),
        (b'{"request":"status"' + b" " * 2000 + b"}\n", "at most 1023 characters"),
    ],
)
def test_bad_requests_get_an_error_line(guest, raw, why):
    (answer,) = guest.send(raw)
    assert answer["ok"] is False
    assert why in answer["error"]
    assert guest.memory() == 128 * MIB


def test_a_megabyte_of_garbage_harms_nothing(guest):
    answers = guest.send(b"x" * MIB)
    assert [answer["ok"] for answer in answers] == [False]
    lines = os.urandom(MIB)
    with guest.connect() as client, contextlib.suppress(ConnectionError):
        client.sendall(lines)
        client.shutdown(socket.SHUT_WR)
        receive(client)
    assert guest.ask("status")["ok"]


def test_the_ninth_client_is_turned_away(guest):
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(guest.connect()) for _ in range(8)]
        for client in crowd:
            client.sendall(b'{"request": "status"}\n')
            assert json.loads(client.recv(4096))["ok"]
        for _ in range(2):
            with guest.connect() as late:
                (answer,) = receive(late)
                assert "eight clients" in answer["error"]
        crowd[3].sendall(b'{"request": "stats"}\n')
        assert json.loads(crowd[3].recv(4096))["ok"]
    guest.wait_for(lambda: guest.ask("status")["ok"])


def test_idle_clients_make_room(guest):
    """Whoever asked last the longest ago, and no more than one for each who comes."""
    question = b'{"request": "status"}\n'
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(guest.connect()) for _ in range(8)]
        for client in [*crowd[1:], crowd[0]]:
            client.sendall(question)
            assert json.loads(client.recv(4096))["ok"]
        time.sleep(5)
        crowd[1].sendall(question)
        assert json.loads(crowd[1].recv(4096))["ok"]
        crowd[0].sendall(question[:7])
        late = stack.enter_context(guest.connect())
        late.sendall(question)
        assert json.loads(late.recv(4096))["ok"]
        (answer,) = receive(crowd[2])
        assert "another client waits" in answer["error"]
        for client in [crowd[0], crowd[1], *crowd[3:]]:
            client.sendall(question[7:] if client is crowd[0] else question)
            assert json.loads(client.recv(4096))["ok"]


def test_who_never_reads_is_dropped(guest):
    with guest.connect() as deaf:
        deaf.settimeout(20)
        with pytest.raises(ConnectionError):
            while True:
                deaf.sendall(b'{"request": "trace"}\n' * 100)
        assert guest.ask("status")["ok"]


def test_who_asks_much_at_once_is_answered(guest):
    for size in ["120M", "100M", "128M"] * 12:
        guest.ask("target", size=size)
    assert len(guest.ask("trace")["events"]) > 30
    answers = guest.send(b'{"request":"trace"}\n' * 12)
    assert [answer["ok"] for answer in answers] == [True] * 12


def test_a_slow_writer_is_waited_for(guest):
    with guest.connect() as slow:
        for byte in b'{"request": "status"}\n':
            slow.send(bytes([byte]))
            time.sleep(0.002)
        assert json.loads(slow.recv(4096))["ok"]


def test_a_socket_that_was_left_behind_is_replaced(start):
    first = start()
    assert first.ask("status")["ok"]
    first.kill()
    assert first.socket.exists()
    assert start().ask("status")["ok"]


def leave_behind(path):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
        stale.listen(1)
    return path.stat().st_ino


def test_one_of_many_takes_a_socket_that_was_left_behind(start, tmp_path):
    """They all begin while the folder is locked, so that they find it at once."""
    left = leave_behind(tmp_path / "control")
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    crowd = [start() for _ in range(6)]
    time.sleep(0.5)
    assert (tmp_path / "control").stat().st_ino == left
    assert [guest.process.poll() for guest in crowd] == [None] * 6
    os.close(folder)
    deadline = time.monotonic() + 30
    while sum(guest.process.poll() is None for guest in crowd) > 1:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (winner,) = [guest for guest in crowd if guest.process.poll() is None]
    assert winner.ask("status")["ok"]
    losers = [guest for guest in crowd if guest is not winner]
    assert {guest.process.returncode for guest in losers} == {2}
    for guest in losers:
        guest.reader.join()
        assert "Address already in use" in "".join(guest.said)


def test_a_folder_that_stays_locked_is_said(tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        status, out, _ = run("--control", tmp_path / "control", "--cmdline", "quiet", seconds=30)
    finally:
        os.close(folder)
    assert status == 2
    assert "its folder is locked by another process" in out


def test_a_socket_in_use_and_a_file_are_left_alone(start, tmp_path):
    guest = start()
    assert guest.ask("status")["ok"]
    status, out, _ = run("--control", guest.socket, "--cmdline", "quiet")
    assert status == 2
    assert "Address already in use" in out
    assert guest.ask("status")["ok"]
    (tmp_path / "file").write_text("precious")
    assert run("--control", tmp_path / "file", "--cmdline", "quiet")[0] == 2
    assert (tmp_path / "file").read_text() == "precious"


def test_a_listener_that_takes_nobody_is_in_use(tmp_path):
    """Its queue is full: whoever asks it whether it is alive would wait for ever."""
    path = str(tmp_path / "control")
    with contextlib.ExitStack() as stack:
        busy = stack.enter_context(socket.socket(socket.AF_UNIX))
        busy.bind(path)
        busy.listen(0)
        for _ in range(2):
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect(path)
        status, out, _ = run("--control", path, "--cmdline", "quiet", seconds=20)
    assert status == 2
    assert "Address already in use" in out


def test_a_socket_of_somebody_else_outlives_it(start):
    """Somebody removed ours by hand, and another listens there now."""
    first = start()
    assert first.ask("status")["ok"]
    first.socket.unlink()
    second = start()
    assert second.ask("status")["ok"]
    assert first.end() == 0
    assert second.ask("status")["ok"]
    assert second.end() == 0
    assert not second.socket.exists()


def test_without_a_balloon_there_is_no_target(start):
    guest = start(program=BUILD / "linux+no_balloon/aerostat")
    assert guest.memory() == 32 * MIB
    assert "without a balloon" in guest.ask("target", size="32M")["error"]
    guest.types("alloc 16M", "16M kept")
    guest.types("free all", "0 frames damaged")


def test_under_sanitizers_it_does_the_same(start):
    guest = start("--max", "96M", "--pressure", program=BUILD / "linux+sanitize/aerostat")
    guest.hears("demo: all of it true")
    guest.settles_at("40M")
    assert guest.send(b"x" * 100000)[0]["ok"] is False
    guest.types("alloc 64M", "64M kept")
    guest.types("free all", "0 frames damaged")
    assert guest.end() == 0
    assert not re.search("ERROR|runtime error", "".join(guest.said))
