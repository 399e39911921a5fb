# SPDX-License-Identifier: MIT
"""The kernel as a process of this machine, or of an emulator that runs foreign programs."""
from lab.qemu import Qemu


class Process(Qemu):
    """What a machine of QEMU's is, but for the machine."""

    def __init__(self, *emulator):
        super().__init__(None)
        self.emulator = emulator

    def command(self, options, kernel):
        return [
            *(*self.emulator, str(kernel)),
            *("--memory", f"{options.memory >> 10}K", "--max", f"{options.max >> 10}K"),
            f"--cmdline={options.cmdline}",
        ]

    def status(self, code, spoke, _tail=b""):
        """What a signal ends has no status."""
        return code if code >= 0 and spoke else None
