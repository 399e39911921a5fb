# SPDX-License-Identifier: MIT
"""A kernel on Xen for arm64, with no toolstack: as a guest that Xen builds itself, or as the hardware
domain."""
import re

from lab.common import CACHE, MIB, LabError, mib
from lab.devicetree import compile_tree, loader, module, quoted, source_of
from lab.qemu import QemuArm

MACHINE = ["-M", "virt,virtualization=on,gic-version=3", "-cpu", "cortex-a57"]
# QEMU's own device tree lies at 1 GiB + 128 MiB.
KERNEL_AT = 0x4A000000
XEN = "console=dtuart dtuart=/pl011@9000000 loglvl=all guest_loglvl=all bootscrub=0 noreboot"


# What a guest writes to its UART, Xen prints line by line, and what is longer in pieces.
PREFIX = re.compile(rb"\(XEN\) DOM\d+: ")
PIECE = 126
RUN = re.compile(r'(?:^|(?<=\s))run=(?:"([^"]*)"|(\S+))')


class XenArm(QemuArm):
    """A domain of a Xen under QEMU's machine. Xen goes on when it ends: its last line is the end."""

    fatal = re.compile(rb"Reboot in five seconds|Panic on CPU|Domain \d+ \(vcpu#\d+\) crashed")
    result = re.compile(rb"^machine: ended with status (\d+)\r*\n", re.M)
    over = result
    patience = 0

    def __init__(self, xen="xen-4.17-arm64"):
        super().__init__("virt")
        self.xen = CACHE / xen / "xen"

    def ram(self, options):
        return options.machine or options.max + 512 * MIB

    def chosen(self, options, kernel):
        return f"""
/ {{ chosen {{
	#address-cells = <2>;
	#size-cells = <2>;
	xen,xen-bootargs = {quoted(f"{XEN} {self.words(options)} {options.xen}")};
	{self.domain(options, kernel)}
}}; }};
"""

    def command(self, options, kernel):
        if not self.xen.exists():
            raise LabError("Xen is not there: scripts/setup/setup run arm64-xen-dom0less")
        machine = ["qemu-system-aarch64", *MACHINE, "-m", mib(self.ram(options))]
        tree = kernel.with_suffix(".dtb")
        compile_tree(source_of(machine, kernel.parent) + self.chosen(options, kernel), tree)
        return [
            *(*machine, "-kernel", str(self.xen), "-dtb", str(tree), *loader(KERNEL_AT, kernel)),
            *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
            *(["-icount", "shift=0,sleep=off"] if options.icount else []),
        ]

    def status(self, code, spoke, tail=b""):
        said = self.result.search(tail)
        return int(said[1]) if spoke and said else None


class XenDom0less(XenArm):
    """A guest that may have what it starts with and no more. So it starts with all that it may grow
    to, and gives back what is above its memory before anything else."""

    focus = re.compile(rb"Serial input to DOM1")

    def words(self, _):
        return ""

    @staticmethod
    def wrapped(line):
        prefix = PREFIX.match(line)
        if not prefix:
            return None
        text = line[prefix.end() :]
        return text.removesuffix(b"\r") + (b"" if len(text) == PIECE else b"\n")

    def arguments(self, options):
        """The kernel's command line, with what gives memory back before what it runs anyway."""
        if options.max <= options.memory:
            return options.cmdline
        first = f"balloon {options.memory >> 10}K; balloon none"
        words, separator, application = options.cmdline.partition(" -- ")
        if options.cmdline.startswith("-- "):
            words, separator, application = "", options.cmdline, ""
        told = RUN.search(words)
        rest = (told[1] or told[2]) if told else None
        words = RUN.sub("", words)
        return f'run="{first}{"; " + rest if rest else ""}" {words}{separator}{application}'

    def domain(self, options, kernel):
        return f"""
domU1 {{
	compatible = "xen,domain";
	#address-cells = <2>;
	#size-cells = <2>;
	memory = <0 {max(options.max, options.memory) >> 10}>;
	cpus = <1>;
	vpl011;
	{module(KERNEL_AT, kernel, "kernel", self.arguments(options))}
}};
"""


class XenArmHardwareDomain(XenArm):
    """The hardware domain: its frames are the machine's, and its memory stays as it is."""

    def words(self, options):
        return f"dom0_mem={mib(options.memory)} dom0_max_vcpus=1"

    def domain(self, options, kernel):
        return f"""
xen,dom0-bootargs = {quoted(options.cmdline)};
{module(KERNEL_AT, kernel, "kernel")}
"""
