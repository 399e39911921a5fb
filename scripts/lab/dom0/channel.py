# SPDX-License-Identifier: MIT
"""The two lines into a machine: to dom0's first process (lab/dom0/init), and to QEMU (QMP)."""
import json
import select
import socket
import time


class ChannelError(Exception):
    """The other end is gone, or silent for too long."""


class Line:
    """One end of a socket pair. QEMU is given the other, and it dies with QEMU."""

    def __init__(self):
        self.ours, self.theirs = socket.socketpair()
        self.pending = b""

    def started(self):
        """QEMU has its end; ours alone must not keep it open."""
        self.theirs.close()

    def close(self):
        self.ours.close()
        self.theirs.close()

    def send(self, data, deadline):
        view = memoryview(data)
        while view:
            self.wait(deadline, select.POLLOUT)
            view = view[self.ours.send(view[: 1 << 16], socket.MSG_DONTWAIT) :]

    def wait(self, deadline, events):
        poll = select.poll()
        poll.register(self.ours, events)
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            raise ChannelError("it does not answer in time")

    def more(self, deadline):
        self.wait(deadline, select.POLLIN)
        data = self.ours.recv(1 << 16)
        if not data:
            raise ChannelError("the machine ended")
        self.pending += data

    def line(self, deadline):
        while b"\n" not in self.pending:
            self.more(deadline)
        line, _, self.pending = self.pending.partition(b"\n")
        return line

    def exactly(self, size, deadline):
        while len(self.pending) < size:
            self.more(deadline)
        data, self.pending = self.pending[:size], self.pending[size:]
        return data


class Agent(Line):
    def request(self, verb, data, word, timeout):
        """(status, bytes) of what dom0 was told to do."""
        deadline = time.monotonic() + timeout
        self.send(f"{verb} {len(data)} {word}\n".encode() + data, deadline)
        status, size = self.line(deadline).split()
        return int(status), self.exactly(int(size), deadline)


class Monitor(Line):
    def greet(self, timeout):
        """The first line is QEMU's; it must be answered before anything is asked."""
        self.line(time.monotonic() + timeout)
        self.ask("qmp_capabilities", timeout)

    def ask(self, command, timeout, **arguments):
        deadline = time.monotonic() + timeout
        self.send(json.dumps({"execute": command, "arguments": arguments}).encode(), deadline)
        while True:
            answer = json.loads(self.line(deadline))
            if "error" in answer:
                raise ChannelError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def save(self, path_words, timeout):
        """Writes the state of the machine, which stands still then, to a command of the shell."""
        self.ask("migrate-set-parameters", 10, **{"max-bandwidth": 1 << 40})
        self.ask("migrate", 10, uri=f"exec:{path_words}")
        deadline = time.monotonic() + timeout
        while (state := self.ask("query-migrate", 10).get("status")) != "completed":
            if state in ("failed", "cancelled") or time.monotonic() > deadline:
                raise ChannelError(f"the machine's state could not be saved ({state})")
            time.sleep(0.05)
