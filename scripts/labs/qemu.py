# SPDX-License-Identifier: MIT
"""A machine of QEMU's that the kernel has for itself."""
import re

from labs.common import mib


class Qemu:
    """A machine of QEMU's that the kernel has for itself."""

    noise = b"(XEN) "
    fatal = re.compile(rb"[Rr]eboot(ing machine)? in (five|5) seconds")

    def __init__(self, machine):
        self.machine = machine

    def hardware(self):
        return ["-M", self.machine]

    def ram(self, options):
        return options.machine or options.memory

    def software(self, options, kernel):
        return ["-kernel", kernel, "-append", options.cmdline]

    def command(self, options, kernel):
        return [
            *("qemu-system-x86_64", *self.hardware(), "-m", mib(self.ram(options))),
            *self.software(options, str(kernel)),
            *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
            *([] if options.no_debug_exit else ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]),
            *(["-icount", "shift=0,sleep=off"] if options.icount else []),
        ]

    def status(self, code, spoke):
        """isa-debug-exit makes v into 2 v + 1; QEMU's own failures are 1 too, but come in silence.
        What switches itself off can only have succeeded."""
        if code & 1 and code > 0 and spoke:
            return code >> 1
        return 0 if code == 0 and spoke and self.switches_off else None

    switches_off = True
