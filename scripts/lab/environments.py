# SPDX-License-Identifier: MIT
"""Where kernels run: each environment by its name, here and nowhere else."""
from lab.process import Process
from lab.qemu import Qemu, QemuArm
from lab.xen import SVM_HARDWARE, XenHardwareDomain
from lab.xen_arm import XenArmHardwareDomain, XenDom0less

ENVIRONMENTS = {
    "x86_64-pv": XenHardwareDomain(),
    "x86_32-pv": XenHardwareDomain("xen-4.17-pv32"),
    # The p2m's pool of a PVH hardware domain goes by its vCPUs, too: one is not enough to grow far.
    "x86_64-pvh-xen": XenHardwareDomain(
        hardware=SVM_HARDWARE, words="dom0=pvh dom0_max_vcpus=4"
    ),
    "x86_64-qemu-pc": Qemu("pc"),
    "x86_64-qemu-q35": Qemu("q35"),
    "x86_64-qemu-microvm": Qemu("microvm"),
    "arm64-qemu-virt": QemuArm("virt"),
    "arm64-xen-dom0less": XenDom0less(),
    "arm64-xen-dom0": XenArmHardwareDomain(),
    "linux": Process(),
    "linux-arm64": Process("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"),
}
