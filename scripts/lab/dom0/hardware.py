# SPDX-License-Identifier: MIT
"""The machines that a dom0 runs on, by architecture: QEMU's words for them."""
from pathlib import Path

from lab.common import CACHE, LabError
from lab.devicetree import compile_tree, loader, module, source_of

# Programs at the same addresses each time: TCG finds what it has translated.
LINUX = "console=hvc0 rdinit=/init quiet loglevel=4 panic=1 audit=0 norandmaps"
XEN = "dom0_max_vcpus=1 loglvl=all guest_loglvl=all bootscrub=0"


class X86:
    """PV dom0. TCG's SVM is there for PVH guests; for SMAP see lab/xen.py."""

    program = "qemu-system-x86_64"
    port = "virtio-serial-pci"

    def __init__(self, xen="xen-4.17", processors=1):
        self.xen, self.processors = CACHE / xen / "xen", processors

    def words(self, files, memory, dom0_memory, _):
        # A module's name ends at a blank, and QEMU splits -initrd at commas.
        modules = f"{files['kernel']} {LINUX} mitigations=off,{files['files']}"
        options = f"console=com1 com1=115200,8n1 dom0_mem={dom0_memory},max:{dom0_memory} {XEN}"
        return [
            *("-M", "pc", "-cpu", "max,-smap", "-m", memory),
            *("-smp", str(self.processors)),
            *("-kernel", files["xen"], "-initrd", modules, "-append", options),
        ]


class Arm64:
    program = "qemu-system-aarch64"
    port = "virtio-serial-device"

    # QEMU's own device tree lies at 1 GiB + 128 MiB.
    KERNEL_AT, FILES_AT = 0x4A000000, 0x50000000

    def __init__(self, xen="xen-4.17-arm64", processors=1):
        self.xen, self.processors = CACHE / xen / "xen", processors

    def words(self, files, memory, dom0_memory, folder):
        machine = [
            *("-M", "virt,virtualization=on,gic-version=3", "-cpu", "cortex-a57", "-m", memory),
            *("-smp", str(self.processors)),
            *("-global", "virtio-mmio.force-legacy=off"),
        ]
        tree = folder / "machine.dtb"
        if not tree.exists():
            chosen = self.chosen(files, dom0_memory)
            compile_tree(source_of([self.program, *machine], folder) + chosen, tree)
        return [
            *(*machine, "-kernel", files["xen"], "-dtb", str(tree)),
            *loader(self.KERNEL_AT, files["kernel"]),
            *loader(self.FILES_AT, files["files"]),
        ]

    def chosen(self, files, dom0_memory):
        options = f"console=dtuart dtuart=/pl011@9000000 noreboot dom0_mem={dom0_memory} {XEN}"
        return f"""
/ {{ chosen {{
	#address-cells = <2>;
	#size-cells = <2>;
	xen,xen-bootargs = "{options}";
	xen,dom0-bootargs = "{LINUX}";
	{module(self.KERNEL_AT, Path(files["kernel"]), "kernel")}
	{module(self.FILES_AT, Path(files["files"]), "ramdisk")}
}}; }};
"""


MACHINES = {"x86_64": X86, "arm64": Arm64}


def machine_of(architecture, xen, processors):
    machine = MACHINES[architecture](*[xen] if xen else [], processors=processors)
    if not machine.xen.exists():
        raise LabError(f"Xen is not there: scripts/setup/setup run {architecture}-xen")
    return machine
