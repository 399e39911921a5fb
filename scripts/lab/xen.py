# SPDX-License-Identifier: MIT
"""A kernel as the hardware domain of a Xen under QEMU."""
from lab.common import CACHE, MIB, LabError
from lab.qemu import Qemu

PV_HARDWARE = ["-M", "pc", "-cpu", "max,-vmx,-svm,-smap"]
# TCG's SVM. Its MWAIT takes no hints, and faults when Xen is idle; what it has not is no news.
SVM_HARDWARE = ["-M", "q35", "-cpu", "EPYC,-monitor,check=off", "-device", "amd-iommu"]


class XenHardwareDomain(Qemu):
    """PV on Xen under QEMU, as the hardware domain: it needs no toolstack to grow."""

    switches_off = False

    def __init__(self, xen="xen-4.17", hardware=PV_HARDWARE, words="dom0_max_vcpus=1"):
        super().__init__(None)
        self.xen = CACHE / xen / "xen"
        self.hardware_words, self.words = hardware, words

    def hardware(self):
        return self.hardware_words

    def ram(self, options):
        return options.machine or max(options.max + 320 * MIB, 1024 * MIB)

    def software(self, options, kernel):
        if not self.xen.exists():
            raise LabError("Xen is not there: scripts/setup/setup run")
        append = (
            f"dom0_mem={options.memory >> 10}K,max:{options.max >> 10}K {self.words} "
            "console=com1 com1=115200,8n1 loglvl=info guest_loglvl=all bootscrub=0 " + options.xen
        )
        # QEMU splits -initrd at commas; doubled ones are its escape.
        module = f"{kernel} {options.cmdline}".replace(",", ",,")
        return ["-kernel", str(self.xen), "-initrd", module, "-append", append]
