# SPDX-License-Identifier: MIT
"""What a guest says, without what its hypervisor says."""
import collections

TAIL_BYTES = 4096


class Filter:
    """Takes the hypervisor's lines out of a stream and keeps the last of them.

    Of a guest that got as far as to speak, what came before is of no interest. `wrapped` takes what
    the guest said out of a line of the hypervisor's, or answers None. From a line with `focus` on, what
    is typed goes to the guest, and all lines are its own, though they begin like the hypervisor's."""

    def __init__(self, noise, fatal, write, show, over=None, wrapped=None, focus=None):
        self.noise, self.fatal, self.write = noise, fatal, write
        self.show, self.over, self.wrapped, self.focus = show, over, wrapped, focus
        self.focused = False
        self.heard = self.spoke = self.dead = self.ended = False
        self.pending = self.half_newline = b""
        self.in_noise = False
        self.kept = collections.deque(maxlen=60)
        self.line = b""
        self.tail = b""  # the end of what the guest said

    def feed(self, data):
        """True: nothing more can come."""
        self.heard = True
        data = self.half_newline + data
        self.half_newline = b"\r" if data.endswith(b"\r") else b""
        self.pending += data.removesuffix(b"\r").replace(b"\r\n", b"\n")
        while self.pending:
            if not (self.take_noise() if self.in_noise else self.pass_text()):
                break
        return self.dead or self.ended

    def take_noise(self):
        text, newline, rest = self.pending.partition(b"\n")
        self.line += text
        self.pending = rest
        if newline:
            said = self.wrapped(self.line) if self.wrapped else None
            if said is None:
                self.keep(newline)
            else:
                self.pass_on(said)
            self.line, self.in_noise = b"", False
        return bool(newline)

    def keep(self, newline):
        self.focused = bool(self.focus and self.focus.search(self.line))
        self.kept.append(self.line)
        if self.show:
            self.write(self.line + newline)
        self.dead = self.dead or bool(self.fatal.search(self.line))

    def pass_on(self, text):
        if text.strip() and not self.spoke:
            self.spoke = True
            self.kept.clear()
        self.tail = (self.tail + text)[-TAIL_BYTES:]
        self.ended = self.ended or bool(self.over and self.over.search(self.tail))
        self.write(text)

    def pass_text(self):
        text, found, rest = self.pending.partition(self.noise)
        if found:
            self.pass_on(text)
            self.pending, self.in_noise, self.line = rest, not self.focused, self.noise
            return True
        # What may turn out to be the beginning of noise waits for the rest.
        held = max(n for n in range(len(self.noise)) if not n or text.endswith(self.noise[:n]))
        self.pass_on(text[: len(text) - held])
        self.pending = text[len(text) - held :]
        return False

    def close(self):
        if not self.in_noise:
            self.pass_on(self.pending + self.half_newline)
        self.pending = b""
