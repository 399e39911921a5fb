# SPDX-License-Identifier: MIT
"""The kernel as a process: what Linux counts as its memory, who may steer it, how it is steered."""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import threading
import time

import pytest
from labs.common import MIB, parse_size

TREE = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = TREE / "build" / "host" / "aerostat"
DIRECTMAP, DIRECTMAP_END = 0x200000000000, 0x208000000000


class Guest:
    """A process with a control socket."""

    def __init__(self, folder, *arguments, program=PROGRAM, cmdline="quiet shell", prefix=()):
        self.socket = folder / "control"
        command = [*prefix, program, "--control", self.socket, *arguments, "--cmdline", cmdline]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.said = []
        self.is_up = False
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.said.append(line.decode(errors="replace"))

    def wait_for(self, condition, seconds=30):
        """The condition's value, as soon as it is true."""
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < deadline, "".join(self.said)
            assert self.process.poll() is None, "".join(self.said)
            time.sleep(0.02)
        return value

    def hears(self, pattern):
        return self.wait_for(lambda: re.search(pattern, "".join(self.said)))

    def types(self, line, answer):
        """The shell does something and says so."""
        self.said.append("\n")
        del self.said[:]
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.hears(answer)

    def listens(self):
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.connect(str(self.socket))
            return True
        return False

    @contextlib.contextmanager
    def connect(self):
        if not self.is_up:
            self.is_up = self.wait_for(self.listens)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(30)
            client.connect(str(self.socket))
            yield client

    def send(self, raw):
        """All that is answered to these bytes, as lines."""
        with self.connect() as client:
            client.sendall(raw)
            client.shutdown(socket.SHUT_WR)
            return receive(client)

    def ask(self, request, **members):
        (answer,) = self.send(json.dumps({"request": request, **members}).encode() + b"\n")
        return answer

    def memory(self):
        return self.ask("status")["memory"]

    def settles_at(self, size):
        assert self.ask("target", size=size)["ok"]
        wanted = parse_size(size)
        self.wait_for(lambda: self.memory() == wanted)

    def resident(self):
        """What smaps says of the range in which the guest's frames are mapped."""
        inside, total = False, 0
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps").read_text().splitlines():
            if match := re.match(r"([0-9a-f]+)-[0-9a-f]+ ", line):
                inside = DIRECTMAP <= int(match[1], 16) < DIRECTMAP_END
            elif inside and (match := re.match(r"Rss: +(\d+) kB", line)):
                total += int(match[1]) << 10
        return total

    def end(self):
        """Its status, after the end of its input."""
        self.process.stdin.close()
        return self.process.wait(timeout=30)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()


def receive(client):
    data = b""
    while piece := client.recv(65536):
        data += piece
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture(name="start")
def start_fixture(tmp_path):
    """Starts guests, and ends them."""
    with contextlib.ExitStack() as stack:

        def start(*arguments, **others):
            guest = Guest(tmp_path, *arguments, **others)
            stack.callback(guest.kill)
            return guest

        yield start


def run(*arguments):
    result = subprocess.run(
        [PROGRAM, *arguments], capture_output=True, text=True, timeout=30, check=False
    )
    return result.returncode, result.stdout, result.stderr


# ---- memory ----------------------------------------------------------------------------------


def test_linux_counts_what_the_guest_counts(start):
    """Growth on shortage and return by target, each frame touched, against smaps."""
    touch = 'quiet run="alloc 31M; alloc 800K; free all; sleep 2" shell'
    guest = start("--memory", "32M", "--max", "256M", cmdline=touch)
    guest.hears("free: 31.* freed")
    assert guest.memory() == 32 * MIB
    before = guest.resident()
    guest.hears("demo: all of it true")
    assert guest.memory() == 256 * MIB
    grown = guest.resident()
    assert abs(grown - before - 224 * MIB) < MIB
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
        (["--control", "x" * 200], "the path of a socket has at most"),
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


def test_too_little_memory_is_said():
    status, out, _ = run("--memory", "64K", "--max", "64M")
    assert status == 1
    assert "give the guest more memory" in out


def test_words_reach_the_application_as_they_are():
    words = ["it's", 'a "word"', "", "--max", "both ' and \"", "run=x"]
    program = TREE / "build/host/tests/words/aerostat"
    result = subprocess.run(
        [program, "--cmdline", "quiet", "--", *words],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert "<app>\n" + "".join(f"<{word}>\n" for word in words) in result.stdout
    assert result.returncode == 0


# ---- the control socket ----------------------------------------------------------------------


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


def test_who_never_reads_is_dropped(guest):
    with guest.connect() as deaf:
        deaf.settimeout(20)
        with pytest.raises(ConnectionError):
            while True:
                deaf.sendall(b'{"request": "trace"}\n' * 100)
        assert guest.ask("status")["ok"]


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


def test_a_socket_in_use_and_a_file_are_left_alone(start, tmp_path):
    guest = start()
    status, out, _ = run("--control", guest.socket, "--cmdline", "quiet")
    assert status == 2
    assert "Address already in use" in out
    assert guest.ask("status")["ok"]
    (tmp_path / "file").write_text("precious")
    assert run("--control", tmp_path / "file", "--cmdline", "quiet")[0] == 2
    assert (tmp_path / "file").read_text() == "precious"


def test_without_a_balloon_there_is_no_target(start):
    guest = start(program=TREE / "build/host+no_balloon/aerostat")
    assert guest.memory() == 32 * MIB
    assert "without a balloon" in guest.ask("target", size="32M")["error"]
    guest.types("alloc 16M", "16M kept")
    guest.types("free all", "0 frames damaged")


def test_under_sanitizers_it_does_the_same(start):
    guest = start("--max", "96M", "--pressure", program=TREE / "build/host+sanitize/aerostat")
    guest.hears("demo: all of it true")
    guest.settles_at("40M")
    assert guest.send(b"x" * 100000)[0]["ok"] is False
    guest.types("alloc 64M", "64M kept")
    guest.types("free all", "0 frames damaged")
    assert guest.end() == 0
    assert not re.search("ERROR|runtime error", "".join(guest.said))
