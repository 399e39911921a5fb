# SPDX-License-Identifier: MIT
"""Where kernels run, and which: each environment by its name, here and nowhere else."""
import collections

from lab.common import TREE
from lab.process import Process
from lab.qemu import Qemu, QemuArm
from lab.xen import SVM_HARDWARE, XenHardwareDomain
from lab.xen_arm import XenArmHardwareDomain, XenDom0less

DEFAULT = "x86_64_pv"
# The configurations there are, the default one first.
DEFCONFIGS = sorted(
    (path.name.removesuffix("_defconfig") for path in TREE.glob("configs/*_defconfig")),
    key=lambda name: (name != DEFAULT, name),
)

# The configuration of the kernels, the machine; can memory grow there, do benches run there?
Place = collections.namedtuple("Place", "config machine balloon measured", defaults=(True, False))

PLACES = {
    "x86_64-pv": Place("x86_64_pv", XenHardwareDomain(), measured=True),
    "x86_32-pv": Place("x86_32_pv", XenHardwareDomain("xen-4.17-pv32"), measured=True),
    # The p2m's pool of a PVH hardware domain goes by its vCPUs, too: one is not enough to grow far.
    "x86_64-pvh-xen": Place(
        "x86_64_pvh",
        XenHardwareDomain(hardware=SVM_HARDWARE, words="dom0=pvh dom0_max_vcpus=4"),
        measured=True,
    ),
    "x86_64-qemu-pc": Place("x86_64_pvh", Qemu("pc"), balloon=False),
    "x86_64-qemu-q35": Place("x86_64_pvh", Qemu("q35"), balloon=False),
    "x86_64-qemu-microvm": Place("x86_64_pvh", Qemu("microvm"), balloon=False),
    "arm64-qemu-virt": Place("arm64", QemuArm("virt"), balloon=False),
    "arm64-xen-dom0less": Place("arm64", XenDom0less(), measured=True),
    "arm64-xen-dom0": Place("arm64", XenArmHardwareDomain(), balloon=False),
    "linux": Place("linux", Process()),
    "linux-arm64": Place(
        "linux+on_arm64", Process("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu")
    ),
}
ENVIRONMENTS = {name: place.machine for name, place in PLACES.items()}

# Fragments of configs/ on top, with which guest tests run as well.
VARIANTS = {"x86_64-pv": ["no_balloon"], "linux": ["sanitize", "no_balloon"]}

GuestKernels = collections.namedtuple("GuestKernels", "prefix environment config balloon")


def guest_kernels():
    """Of each the prefix of its tests' names, where it runs, its configuration, has it a balloon."""
    for name, place in PLACES.items():
        yield GuestKernels(name, name, place.config, place.balloon)
        for fragment in VARIANTS.get(name, []):
            config, balloon = f"{place.config}+{fragment}", place.balloon and fragment != "no_balloon"
            yield GuestKernels(f"{name}-{fragment}", name, config, balloon)


GUEST_KERNELS = list(guest_kernels())
