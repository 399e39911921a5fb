# SPDX-License-Identifier: MIT
"""A guest of xl's, as its host sees it and as it sees itself."""
import re

from lab.common import TREE
from lab.dom0.guests import config_text

SECONDS = 120  # for whatever a guest is asked to do


class XlGuest:
    """Made from a cfg that has a shell on the guest's console; `name` is its domain."""

    def __init__(self, dom0, environment, kernel, name="guest", **settings):
        self.dom0, self.name = dom0, name
        self.log = name  # its domain's name, when its console was opened
        self.read = 0  # how much of what it said was looked at
        dom0.put(TREE / kernel, "aerostat")
        told = {"name": name, "kernel": "/guest/aerostat", "vcpus": 1, "extra": "quiet shell"}
        dom0.put_bytes(config_text(environment, **told | settings).encode(), f"{name}.cfg")

    def create(self, *options):
        self.dom0.check(f"xl create {' '.join(options)} {self.name}.cfg", SECONDS)

    def said(self):
        return self.dom0.said(self.log)

    def hear(self, pattern):
        """Waits until the guest says it, after what was heard before; returns the match."""

        def look():
            return re.compile(pattern, re.M).search(self.said(), self.read)

        try:
            found = self.dom0.wait_for(look, SECONDS, f"{pattern!r} from the guest")
        except Exception as error:
            raise AssertionError(f"{error}\n{self.name} said:\n{self.said()}") from None
        self.read = found.end()
        return found

    def type(self, line):
        self.dom0.check(
            f"echo '{line}' >$(xenstore-read /local/domain/$(xl domid {self.name})/console/tty)"
        )

    def tell(self, line):
        """Types a line at the guest's shell, once it has asked for one."""
        self.hear("^> ")
        self.type(line)

    def notice(self, pattern):
        """Hears what the guest says unasked, behind its prompt, and has it ask for a line again."""
        found = self.hear(pattern)
        self.type("")
        return found

    def mem(self):
        """What the guest says of its memory: {key: number}, without what it does not know."""
        self.tell("mem")
        words = self.hear(r"^mem: (.*)$")[1].split()
        pairs = (word.split("=") for word in words)
        return {key: int(value) for key, value in pairs if value.isdigit()}

    def listed(self):
        """MiB, as xl list has it."""
        return int(self.dom0.check(f"xl list {self.name}").splitlines()[1].split()[2])

    def host_free(self):
        """MiB that the host has left, as xl info has it."""
        found = re.search(r"^free_memory +: (\d+)$", self.dom0.check("xl info"), re.M)
        return int(found[1])

    def quit(self):
        """It ends by a power off, and not by a crash: of both xl keeps a record."""
        self.tell("quit 0")
        self.dom0.wait_for(lambda: self.dom0.run(f"xl domid {self.name}")[0], SECONDS, "end")
        log = self.dom0.get(f"/var/log/xen/xl-{self.name}.log").decode()
        assert "has shut down, reason code 0 " in log, log
