# SPDX-License-Identifier: MIT
"""A guest on a machine of QEMU's: its shell on one side, QMP and what its memory takes of the host
on the other. The memory is a memfd without huge pages: its blocks are what the host gave."""
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time

import pexpect
import pexpect.fdpexpect

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
MIB = 1 << 20
PROMPT = r"\n> "


class Qmp:
    """QEMU's own control socket; events are kept."""

    def __init__(self, connected):
        self.socket = connected
        self.socket.settimeout(60)
        self.file = self.socket.makefile("rw")
        self.events = []
        self.read()
        self.run("qmp_capabilities")

    def read(self):
        line = self.file.readline()
        if not line:
            raise EOFError("QEMU hung up")
        return json.loads(line)

    def run(self, command, **arguments):
        self.send(command, **arguments)
        return self.answer(command)

    def send(self, command, **arguments):
        json.dump({"execute": command, "arguments": arguments}, self.file)
        self.file.write("\n")
        self.file.flush()

    def answer(self, command):
        while True:
            answer = self.read()
            if "event" in answer:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            return answer["return"]

    def close(self):
        self.file.close()
        self.socket.close()


class QemuGuest:
    """with QemuGuest("pc", devices, memory=1024) as guest: guest.shell("mem")"""

    def __init__(self, machine, *devices, memory=1024, maximum=None, words="", timeout=60):
        self.machine, self.devices, self.memory = machine, devices, memory
        if machine.startswith("virt"):
            self.emulator = ["qemu-system-aarch64", "-cpu", "cortex-a57"]
            self.kernel = "build/arm64/tests/idle/Image"
        else:
            self.emulator = ["qemu-system-x86_64"]
            self.kernel = "build/x86_64_pvh/tests/idle/aerostat"
        self.words, self.timeout = words, timeout
        self.maximum = maximum  # MiB that there can be, plugged ones among them
        self.before_start = None  # called with QMP before the guest's first word

    def command(self):
        return [
            *(*self.emulator, "-M", f"{self.machine},memory-backend=ram"),
            *("-m", f"{self.memory}M" + (f",maxmem={self.maximum}M" if self.maximum else "")),
            *("-object", f"memory-backend-memfd,id=ram,size={self.memory}M"),
            *self.software(),
            *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
            *("-qmp", f"unix:{self.folder.name}/qmp,server=on,wait=off", *self.devices),
        ]

    def software(self):
        return ["-kernel", str(TREE / self.kernel), "-append", f"quiet shell {self.words}"]

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="aerostat.")
        self.errors = open(f"{self.folder.name}/errors", "w+b")
        self.process = subprocess.Popen(
            self.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors
        )
        try:
            self.connect()
        except BaseException as error:
            error.add_note(f"QEMU said: {self.log()}")
            self.__exit__(None, None, None)
            raise
        return self

    def connect_qmp(self):
        """QEMU's socket is there a little before it listens to it."""
        deadline = time.monotonic() + self.timeout
        connected = socket.socket(socket.AF_UNIX)
        while connected.connect_ex(f"{self.folder.name}/qmp"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                connected.close()
                raise RuntimeError(f"QEMU did not start: {self.log()}")
            time.sleep(0.05)
        return Qmp(connected)

    def connect(self):
        self.qmp = self.connect_qmp()
        self.console = pexpect.fdpexpect.fdspawn(
            self.process.stdout.fileno(), timeout=self.timeout, encoding="utf-8"
        )
        self.memfd = self.find_memfd(self.memory * MIB)
        if self.before_start:
            self.before_start(self.qmp)
        self.expect_prompt()

    def expect_prompt(self):
        self.console.expect(PROMPT)

    def log(self):
        """What QEMU said on stderr: errors, and what it traces."""
        with open(self.errors.name, errors="replace") as log:
            return log.read()

    def find_device(self, kind):
        """The path of the first device whose type holds this word."""
        for folder in ("/machine/peripheral-anon", "/machine/peripheral"):
            for entry in self.qmp.run("qom-list", path=folder):
                if kind in entry["type"]:
                    return f"{folder}/{entry['name']}"
        raise RuntimeError(f"no device is a {kind}")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            stream.close()
        if hasattr(self, "qmp"):
            self.qmp.close()
        self.folder.cleanup()

    def find_memfd(self, size):
        folder = pathlib.Path(f"/proc/{self.process.pid}/fd")
        for path in folder.iterdir():
            if "memfd:" in os.readlink(path) and os.stat(path).st_size == size:
                return path
        raise RuntimeError(f"QEMU has no memfd of {size} bytes")

    def linux_memory(self, memfd=None):
        """Bytes that the host gave for the guest's memory, or for another file of it."""
        return os.stat(memfd or self.memfd).st_blocks * 512

    def shell(self, line):
        """What the guest prints for a command of its shell."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        self.console.expect(PROMPT)
        return self.console.before.replace("\r", "").partition("\n")[2]

    def mem(self):
        """The numbers of the shell's line for scripts."""
        line = re.search(r"^mem: (\S+=.*)$", self.shell("mem"), re.M)[1]
        return {
            key: int(value) if value.isdigit() else None
            for key, value in (word.split("=") for word in line.split())
        }

    def monitor(self, line):
        """What QEMU's monitor for people answers, in lines."""
        answer = self.qmp.run("human-monitor-command", **{"command-line": line})
        return answer.replace("\r", "")

    def actual(self):
        return self.qmp.run("query-balloon")["actual"]

    def set_target(self, size):
        self.qmp.run("balloon", value=size)

    def wait_until(self, true, timeout=30):
        """Seconds that it took; the host's clock, so only for waiting."""
        begin = time.monotonic()
        while not true():
            if time.monotonic() > begin + timeout:
                raise TimeoutError("it did not become true")
            time.sleep(0.02)
        return time.monotonic() - begin

    def reach(self, size, timeout=30):
        self.set_target(size)
        return self.wait_until(lambda: self.actual() == size, timeout)
