# SPDX-License-Identifier: MIT
"""What a guest does in its own time: QEMU runs it by a clock that ticks once in an instruction, for
slices between which it stands still and is looked at. The clock is read off the machine's ACPI
timer, which runs by the same one, so that no guest is asked for the time."""
import re

HZ, BITS = 3579545, 24

# The processor's clock: 1 ns in an instruction. By default, it goes on as the host's does while the
# guest sleeps; with LEAPS it is at the guest's next timer at once.
CLOCK = ["-icount", "shift=0"]
LEAPS = ["-icount", "shift=0,sleep=off"]


class GuestTime:
    """Nanoseconds since it was made, which must be asked for at least every 4 seconds of them."""

    def __init__(self, guest):
        self.guest = guest
        places = re.search(r"([0-9a-f]{16})-.*: acpi-tmr$", guest.monitor("info mtree"), re.M)
        if not places:
            raise RuntimeError("the machine has no ACPI timer")
        self.port = int(places[1], 16)
        self.last, self.ticks = self.read(), 0

    def read(self):
        return int(self.guest.monitor(f"i /w {self.port:#x}").split("=")[1], 16) & (1 << BITS) - 1

    def __call__(self):
        now = self.read()
        self.ticks += (now - self.last) & (1 << BITS) - 1
        self.last = now
        return self.ticks * 1e9 / HZ


def slice_of_time(guest):
    """As short as QEMU can: it is told to stop before it went on."""
    guest.qmp.send("cont")
    guest.qmp.send("stop")
    guest.qmp.answer("cont")
    guest.qmp.answer("stop")
