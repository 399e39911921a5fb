# SPDX-License-Identifier: MIT
"""The balloon as libvirt drives it, in a virsh that is its own daemon (qemu:///embed): what it asks
for, what QEMU counts and what the guest says are the same."""
import os
import pathlib
import re
import shutil
import tempfile

import pexpect
import pytest
from qemu_guest import TREE

MEMORY, LESS = 1024 << 10, 256 << 10  # KiB
PROMPT = "virsh # "
SETTINGS = """
stdio_handler = "file"
security_driver = "none"
namespaces = []
cgroup_controllers = []
"""
DOMAIN = """
<domain type='qemu'>
  <name>guest</name>
  <memory unit='KiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='{architecture}' machine='{machine}'>hvm</type>
    <kernel>{folder}/aerostat</kernel>
    <cmdline>quiet run="sleep 600"</cmdline>
  </os>
  <features>{features}</features>
  {cpu}
  <devices>
    <emulator>/usr/bin/qemu-system-{architecture}</emulator>
    <serial type='file'><source path='{folder}/console'/><target port='0'/></serial>
    <controller type='virtio-serial'/>
    <memballoon model='virtio' freePageReporting='on'><stats period='1'/></memballoon>
  </devices>
</domain>
"""
X86 = {"kernel": "x86_64_pvh/tests/idle/aerostat", "architecture": "x86_64", "features": "<acpi/>", "cpu": ""}
# Each device behind a root port of its own, and no ACPI: for that libvirt asks for a firmware.
ARM = {
    **{"kernel": "arm64/tests/idle/Image", "architecture": "aarch64", "machine": "virt"},
    "cpu": "<cpu mode='custom' match='exact'><model>cortex-a57</model></cpu>",
}
MACHINES = {
    "pc": X86 | {"machine": "pc"},
    "q35": X86 | {"machine": "q35"},
    "arm64-gic2": ARM | {"features": "<gic version='2'/>"},
    "arm64-gic3": ARM | {"features": "<gic version='3'/>"},
}


class Virsh:
    """As nobody, where we are root: libvirt would look for users that only its daemon has."""

    def __init__(self, folder):
        who = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        command = [
            *(who if os.getuid() == 0 else []),
            *("env", f"HOME={folder}", f"XDG_RUNTIME_DIR={folder}"),
            *("virsh", "-c", f"qemu:///embed?root={folder}"),
        ]
        self.child = pexpect.spawn(command[0], command[1:], timeout=60, encoding="utf-8", echo=False)
        self.child.expect(PROMPT)

    def run(self, line):
        self.child.sendline(line)
        self.child.expect(PROMPT)
        text = re.sub(r"\x1b\[[?\d;]*\w", "", self.child.before).replace("\r", "")
        assert not re.search("^error:", text, re.M), f"{line}: {text}"
        return text

    def statistics(self):
        pairs = (line.split() for line in self.run("dommemstat guest").splitlines())
        return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}

    def used(self):
        return int(re.search(r"Used memory: +(\d+) KiB", self.run("dominfo guest"))[1])

    def wait_for(self, what, true):
        for _ in range(300):
            if true(self.statistics()):
                return
            self.run("qemu-monitor-command guest --hmp 'info status'")
        raise AssertionError(f"{what} did not come: {self.statistics()}")

    def close(self):
        self.child.sendline("destroy guest")
        self.child.sendline("quit")
        self.child.expect(pexpect.EOF)
        self.child.close()


@pytest.fixture(name="machine", params=MACHINES)
def each_machine(request):
    return MACHINES[request.param]


@pytest.fixture(name="folder")
def readable_folder(machine):
    """Of a path that nobody may look into, too."""
    with tempfile.TemporaryDirectory(prefix="aerostat.") as name:
        path = pathlib.Path(name)
        (path / "etc").mkdir()
        (path / "etc/qemu.conf").write_text(SETTINGS)
        shutil.copy(TREE / "build" / machine["kernel"], path / "aerostat")
        if os.getuid() == 0:
            for entry in (path, *path.rglob("*")):
                shutil.chown(entry, "nobody", "nogroup")
        yield path


@pytest.fixture(name="virsh")
def virsh_with_guest(machine, folder):
    text = DOMAIN.format(memory=MEMORY, folder=folder, **machine)
    (folder / "guest.xml").write_text(text)
    virsh = Virsh(folder)
    try:
        virsh.run(f"create {folder}/guest.xml")
        yield virsh
    finally:
        virsh.close()


def test_setmem_is_followed_and_all_counts_agree(virsh):
    virsh.wait_for("statistics", lambda stats: stats.get("last_update"))
    for size in (LESS, MEMORY, LESS):
        virsh.run(f"setmem guest {size} --live")
        virsh.wait_for("the balloon", lambda stats, size=size: stats["actual"] == size)
        # It goes by an event of QEMU's, which comes once a second.
        virsh.wait_for("dominfo", lambda _, size=size: virsh.used() == size)
        # The guest's own word lags by the polling period.
        virsh.wait_for(
            "the guest's word", lambda stats, size=size: size - 4096 < stats["available"] <= size
        )


def test_statistics_come_with_every_tag_and_go_on(virsh):
    virsh.wait_for("statistics", lambda stats: stats.get("last_update"))
    first = virsh.statistics()
    tags = "actual available unused usable disk_caches swap_in swap_out major_fault minor_fault"
    for tag in (*tags.split(), "hugetlb_pgalloc", "hugetlb_pgfail", "rss"):
        assert tag in first
    assert first["unused"] <= first["usable"] <= first["available"] <= MEMORY
    virsh.wait_for("news", lambda stats: stats["last_update"] > first["last_update"] + 1)
