# SPDX-License-Identifier: MIT
"""The guests that are measured, on the same machine of QEMU's: ours, and a Debian Linux out of the
packages that are there for dom0."""
import pathlib

from guest_time import CLOCK
from lab.dom0 import image
from lab.dom0.cpio import Archive
from qemu_guest import QemuGuest

INIT = pathlib.Path(__file__).with_name("init")
BALLOON = ["-device", "virtio-balloon-pci,free-page-reporting=on"]


class Aerostat(QemuGuest):
    suffix = ""

    def __init__(self, memory):
        super().__init__("pc", *CLOCK, *BALLOON, memory=memory, timeout=120)

    def connect(self):
        """What it sleeps is put on its clock when it wakes, or at a timer of the machine's. The PIT
        ticks from now on, every 0.1 ms, which it does not hear."""
        super().connect()
        for port, value in ((0x43, 0x34), (0x40, 119), (0x40, 0)):
            self.monitor(f"o /b {port:#x} {value}")

    def touch_memory(self):
        """Writes to its memory, as far as there is any, and frees it."""
        self.shell(f"alloc {self.memory - 44}M")
        self.shell("free all")


class Linux(Aerostat):
    """As it comes, but for where its console is."""

    suffix = "_linux"

    def software(self):
        packages = image.packages("x86_64")
        kernel, files = (pathlib.Path(self.folder.name) / name for name in ("kernel", "files"))
        kernel.write_bytes(image.unpack_kernel((packages / "kernel").read_bytes()))
        with files.open("wb") as stream:
            write_file_system(packages, stream)
        words = ["-append", "console=ttyS0 quiet"]
        return ["-kernel", str(kernel), "-initrd", str(files), *words]

    def touch_memory(self):
        self.shell("touch_memory")


def write_file_system(packages, stream):
    archive = Archive(stream)
    for name in ("all", "dev", "proc", "sys"):
        archive.folder(name)
    archive.file("init", INIT.read_bytes(), 0o755)
    archive.file("bin/busybox", (packages / "bin/busybox").read_bytes(), 0o755)
    for path in sorted((packages / "modules").glob("virtio*.ko")):
        archive.file(f"modules/{path.name}", path.read_bytes())
    archive.close()
