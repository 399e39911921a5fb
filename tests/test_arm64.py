# SPDX-License-Identifier: MIT
"""arm64 on what QEMU has of machines and processors, entered wherever it is loaded."""
import pathlib
import re
import struct
import subprocess
import types

import pytest
from lab.qemu import QemuArm
from test_lab import TREE

KERNEL = TREE / "build" / "arm64" / "Image"
MIB, GIB = 1 << 20, 1 << 30
RAM = GIB  # where virt has it; QEMU puts a tree of its own into the first MiB


def told(cmdline, memory=64 * MIB):
    return types.SimpleNamespace(memory=memory, machine=None, cmdline=cmdline, icount=False)


def end(words, typed=b""):
    """(status, output) of a machine, which must come to its end."""
    result = subprocess.run(words, input=typed, capture_output=True, timeout=60, check=False)
    text = result.stdout.decode(errors="replace").replace("\r", "")
    return QemuArm("virt").status(result.returncode, bool(text), text.encode()), text


# By GICv2 and v3, at EL1 (PSCI by hvc) and EL2 (by smc); the largest processor has all that there is.
@pytest.mark.parametrize("cpu", ["cortex-a57", "max"])
@pytest.mark.parametrize("level", ["off", "on"])
@pytest.mark.parametrize("gic", ["2", "3"])
def test_a_machine_boots_sleeps_and_hands_on_its_status(gic, level, cpu):
    machine = QemuArm(f"virt,gic-version={gic},virtualization={level}")
    words = machine.command(told('quiet run="sleep 0.1; mem; quit 5"'), KERNEL)
    words[words.index("-cpu") + 1] = cpu
    status, text = end(words)
    assert status == 5, text
    assert "mem: frames=16384 free=" in text


@pytest.mark.parametrize("gic", ["2", "3"])
def test_what_is_typed_is_read(gic):
    """More at once than the UART holds, which is a character."""
    words = QemuArm(f"virt,gic-version={gic}").command(told("quiet shell -- quiet"), KERNEL)
    status, text = end(words, b"help cmdline\n" * 20 + b"quit 6\n")
    assert status == 6, text
    assert text.count("> help cmdline\n") == 20, text


def loader(path, addr):
    return ["-device", f"loader,file={path},addr={addr:#x},force-raw=on"]


def placed(folder, image_at, tree_at, memory, kernel=KERNEL, machine="virt"):
    """A machine that begins with three instructions of ours: x0 = tree_at, and off to image_at."""
    stub, stub_at = folder / "stub", RAM + 40 * MIB
    # ldr x0, .+16; ldr x1, .+20; br x1; nop; .quad tree_at, image_at
    stub.write_bytes(struct.pack("<IIIIQQ", 0x58000080, 0x580000A1, 0xD61F0020, 0xD503201F, tree_at, image_at))
    return [
        *("qemu-system-aarch64", "-M", machine, "-cpu", "cortex-a57", "-m", f"{memory // MIB}M"),
        *("-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio"),
        *(*loader(stub, stub_at), *loader(kernel, image_at)),
        *("-device", f"loader,addr={stub_at:#x},cpu-num=0"),
    ]


def reg(ranges):
    """A property for ranges that are each (base, size)."""
    return "reg = <" + " ".join(f"{n >> 32:#x} {n & 0xffffffff:#x}" for at in ranges for n in at) + ">;"


def change_tree(folder, machine, nodes):
    """What QEMU says of a machine, with other properties for some nodes of the root."""
    blob, source = folder / "virt.dtb", folder / "virt.dts"
    words = ["qemu-system-aarch64", "-M", f"{machine},dumpdtb={blob}", "-cpu", "cortex-a57", "-smp", "2"]
    subprocess.run([*words, "-nodefaults", "-display", "none"], capture_output=True, check=True)
    convert = ["dtc", "-q", "-I", "dtb", "-O", "dts", "-o", source, blob]
    subprocess.run(convert, check=True)
    with source.open("a") as file:
        file.writelines(f"/ {{ {name} {{ {text} }}; }};\n" for name, text in nodes.items())
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob, source], check=True)
    return blob


def make_tree(folder, memory, cmdline):
    words = cmdline.replace("\\", "\\\\").replace('"', '\\"')
    return change_tree(folder, "virt", {"chosen": f'bootargs = "{words}";', "memory@40000000": reg(memory)})


# The second processor's, then the first's, and a third region at which there is nothing.
REDISTRIBUTORS = [(0x80C0000, 0x20000), (0x80A0000, 0x20000), (0x9900000, 0x20000)]


@pytest.mark.parametrize("regions", [1, 2, 3])
def test_a_redistributor_is_found_in_whichever_region_it_is(tmp_path, regions):
    machine = "virt,gic-version=3"
    listed = [(0x8000000, 0x10000), *REDISTRIBUTORS]
    nodes = {"intc@8000000": f"#redistributor-regions = <{regions}>; {reg(listed)}"}
    words = QemuArm(machine).command(told('quiet run="sleep 0.1; mem; quit 5"'), KERNEL)
    status, text = end([*words, "-smp", "2", "-dtb", change_tree(tmp_path, machine, nodes)])
    if regions == 1:
        assert status == 127 and "panic: gic: no response from the interrupt controller at 8000000" in text, text
    else:
        assert status == 5, text


def boot_placed(folder, image_at, tree_at, memory, banks):
    tree = make_tree(folder, banks, 'quiet run="mem; quit 5"')
    return end([*placed(folder, image_at, tree_at, memory), *loader(tree, tree_at)])


@pytest.mark.parametrize("image_at", [RAM + MIB + 0x1000, RAM + 3 * MIB + 0x5000, RAM + 63 * MIB])
def test_it_runs_wherever_it_is_loaded(tmp_path, image_at):
    status, text = boot_placed(tmp_path, image_at, RAM + 32 * MIB + 8, 64 * MIB, [(RAM, 64 * MIB)])
    assert status == 5, text
    assert "mem: frames=16384 free=" in text


def test_a_block_is_cut_though_the_table_that_maps_it_lies_in_it(tmp_path):
    """Tables follow the image: here it ends where a block does, and they are in the next."""
    kernel = TREE / "build" / "arm64" / "tests" / "cut_block" / "Image"
    size = struct.unpack_from("<Q", kernel.read_bytes(), 16)[0]
    tree_at = RAM + 32 * MIB
    tree = make_tree(tmp_path, [(RAM, 64 * MIB)], "quiet")
    words = placed(tmp_path, RAM + 4 * MIB - size, tree_at, 64 * MIB, kernel)
    status, text = end([*words, *loader(tree, tree_at)])
    assert status == 0 and "\nPASS\n" in text, text


def test_memory_far_above_costs_no_more(tmp_path):
    """The guest is told of 32 MiB above 9 GiB alone, with an odd page before and after."""
    base = 9 * GIB
    bank = (base - 0x1000, 32 * MIB + 0x2000)
    status, text = boot_placed(tmp_path, base + 0x3000, base + 16 * MIB, 10 * GIB, [bank])
    assert status == 5, text
    near = boot_placed(tmp_path, RAM + MIB + 0x4000, RAM + 16 * MIB, 64 * MIB, [(RAM, 32 * MIB + 0x2000)])[1]
    used = [int(a) - int(b) for a, b in (line_numbers(text), line_numbers(near))]
    assert used[0] <= used[1] + 8, text + near


def line_numbers(text):
    words = text[text.index("mem: frames=") :].split()
    return words[1].removeprefix("frames="), words[2].removeprefix("free=")


@pytest.mark.parametrize("level", ["off", "on"])
def test_without_a_tree_it_says_so_and_stops(tmp_path, level):
    status, text = end(placed(tmp_path, RAM + MIB, 0, 64 * MIB, machine=f"virt,virtualization={level}"))
    assert status == 127, text
    assert "device tree: none at" in text
    assert "panic: boot: no usable device tree: cannot start" in text


def test_a_tree_that_promises_a_xen_that_is_not_there_is_said_and_by_whom(tmp_path):
    """panic() is the last call of its caller, so it would return to the function behind that."""
    tree = make_tree(tmp_path, [(RAM, 64 * MIB)], "quiet")
    words = tree.with_suffix(".dts").read_text() + '/ { compatible = "xen,xenvm"; };'
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", tree], input=words.encode(), check=True)
    status, text = end([*placed(tmp_path, RAM + MIB, RAM + 16 * MIB, 64 * MIB), *loader(tree, RAM + 16 * MIB)])
    assert status == 127, text
    assert "panic: xen: cannot map shared_info at frame" in text
    assert re.search(r" panic\+0x\w+\n +[0-9a-f]{16} (guest_map_shared_info|xen_start)\+0x", text), text


def test_what_is_no_tree_is_no_tree(tmp_path):
    rubbish = pathlib.Path(tmp_path, "rubbish")
    rubbish.write_bytes(b"\xd0\x0d\xfe\xed\x00\x00\x10\x00" + bytes(range(256)) * 15)
    words = placed(tmp_path, RAM + MIB, RAM + 16 * MIB, 64 * MIB)
    status, text = end([*words, *loader(rubbish, RAM + 16 * MIB)])
    assert status == 127, text
    assert "device tree: cannot read the tree at" in text


@pytest.mark.parametrize("memory", [32 * MIB, 2 * GIB])
def test_an_application_begins_within_20_ms(memory):
    """One instruction is one nanosecond."""
    words = told("", memory)
    words.icount = True
    kernel = TREE / "build" / "arm64" / "bench" / "start" / "Image"
    status, text = end(QemuArm("virt").command(words, kernel))
    assert status == 0, text
    assert int(re.search(r"^bench: time (\d+) ns$", text, re.M)[1]) < 20_000_000, text
