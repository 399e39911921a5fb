# SPDX-License-Identifier: MIT
"""A machine of QEMU's that the kernel has for itself."""
import re

from lab.common import mib


class Qemu:
    """A machine of QEMU's that the kernel has for itself."""

    image = "aerostat"  # what is booted, beside the ELF file
    noise = b"(XEN) "
    fatal = re.compile(rb"[Rr]eboot(ing machine)? in (five|5) seconds")
    over = None  # what the guest says last, where the machine goes on without it
    wrapped = None  # takes the guest's words out of a line of its hypervisor's
    focus = None  # the hypervisor's line from which on it hands on what is typed
    patience = 0.5  # seconds from the end of what is said to the end of the machine

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

    def status(self, code, spoke, _tail=b""):
        """isa-debug-exit makes v into 2 v + 1; QEMU's own failures are 1 too, but come in silence.
        What switches itself off can only have succeeded."""
        if code & 1 and code > 0 and spoke:
            return code >> 1
        return 0 if code == 0 and spoke and self.switches_off else None

    switches_off = True


class QemuArm(Qemu):
    """arm64's machine. What switches it off takes no status: the guest says it in a line."""

    image = "Image"
    result = re.compile(rb"^machine: ended with status (\d+)$", re.M)

    def command(self, options, kernel):
        return [
            *("qemu-system-aarch64", *self.hardware(), "-cpu", "cortex-a57"),
            *("-m", mib(self.ram(options)), *self.software(options, str(kernel))),
            *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
            *(["-icount", "shift=0,sleep=off"] if options.icount else []),
        ]

    def status(self, code, spoke, tail=b""):
        said = self.result.search(tail)
        if code or not spoke:
            return None
        return int(said[1]) if said else 0
