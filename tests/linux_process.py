# SPDX-License-Identifier: MIT
"""For tests of the kernel as a process: one that runs, and what one says to it."""
import contextlib
import json
import pathlib
import re
import socket
import subprocess
import threading
import time

import pytest
from lab.common import parse_size

BUILD = pathlib.Path(__file__).resolve().parent.parent / "build"
PROGRAM = BUILD / "linux" / "aerostat"
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


def run(*arguments, program=PROGRAM, seconds=300):
    """(status, output, errors) of one that ends by itself."""
    result = subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=seconds, check=False
    )
    return result.returncode, result.stdout, result.stderr
