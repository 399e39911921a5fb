# SPDX-License-Identifier: MIT
"""arm64 and what a device tree can say of memory: trees made for the purpose, on QEMU's machine. The
guest takes every frame there is, and none of what it is told that is not its own."""
import subprocess

import pytest
from test_arm64 import GIB, MIB, RAM, end, loader, make_tree, placed
from test_lab import TREE

KERNEL = TREE / "build" / "arm64" / "tests" / "all_frames" / "Image"
IMAGE_AT, TREE_AT = RAM + 3 * MIB, RAM + 12 * MIB


def boot(folder, banks, not_ours=(), nodes="", reserve="", memory=256 * MIB):
    """(frames at the start, output) of a guest that found all as it should be."""
    words = " ".join(f"{n:x}" for n_range in not_ours for n in n_range)
    blob = make_tree(folder, banks, f"quiet -- {words}")
    source = blob.with_suffix(".dts")
    text = source.read_text().replace("/dts-v1/;", f"/dts-v1/;\n{reserve}", 1)
    source.write_text(text + nodes)
    subprocess.run(["dtc", "-q", "-f", "-I", "dts", "-O", "dtb", "-o", blob, source], check=True)
    status, text = end([*placed(folder, IMAGE_AT, TREE_AT, memory, KERNEL), *loader(blob, TREE_AT)])
    assert status == 0 and "\nPASS\n" in text, text
    told = text[text.index("test: ") :].split()
    return int(told[1]), text


def test_two_banks_and_the_hole_between_them(tmp_path):
    banks = [(RAM + 96 * MIB, 32 * MIB), (RAM, 48 * MIB)]
    frames, text = boot(tmp_path, banks, [(RAM + 48 * MIB, 48 * MIB), (RAM + 128 * MIB, MIB)])
    assert frames == 80 * MIB >> 12, text


@pytest.mark.parametrize("base", [0x5000, 0x1FF000, 0x201000])
def test_a_bank_that_does_not_begin_on_a_block(tmp_path, base):
    size = 48 * MIB + 0x3000
    not_ours = [(RAM, base), (RAM + base + size, MIB)]
    frames, text = boot(tmp_path, [(RAM + base, size)], not_ours)
    assert frames == size >> 12, text


def test_a_bank_that_does_not_begin_on_a_page(tmp_path):
    frames, text = boot(tmp_path, [(RAM + 0x801, 32 * MIB)], [(RAM, 0x1000), (RAM + 32 * MIB, MIB)])
    assert frames == (32 * MIB >> 12) - 1, text
    assert "not page-aligned: truncated" in text


def test_reserved_ranges_are_never_handed_out(tmp_path):
    reserve = f"/memreserve/ {RAM + 20 * MIB:#x} 0x3000;"
    nodes = f"""
/ {{
	reserved-memory {{
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		firmware {{ no-map; reg = <0 {RAM + 24 * MIB:#x} 0 0x200000>, <0 {RAM + 28 * MIB + 0x800:#x} 0 0x1000>; }};
	}};
	chosen {{
		linux,initrd-start = <{RAM + 40 * MIB:#x}>;
		linux,initrd-end = <{RAM + 41 * MIB + 1:#x}>;
	}};
}};
"""
    not_ours = [
        (RAM + 20 * MIB, 0x3000),
        (RAM + 24 * MIB, 2 * MIB),
        (RAM + 28 * MIB, 0x2000),
        (RAM + 40 * MIB, MIB + 1),
    ]
    frames, text = boot(tmp_path, [(RAM, 64 * MIB)], not_ours, nodes, reserve)
    assert frames == (64 * MIB >> 12) - (3 + 512 + 2 + 257), text


def test_banks_that_make_no_sense_are_said_and_left_out(tmp_path):
    banks = [(RAM, 32 * MIB), (RAM + 16 * MIB, 32 * MIB), (2 * GIB, 0), (1 << 48, MIB), ((1 << 64) - MIB, 2 * MIB)]
    frames, text = boot(tmp_path, banks)
    assert frames == 48 * MIB >> 12, text
    assert text.count("device tree: memory@40000000: ") == 4, text


@pytest.mark.parametrize("bank", [(RAM + 16 * MIB, 32 * MIB), (RAM, 3 * MIB + 0x2000)])
def test_a_tree_that_knows_of_no_memory_where_the_kernel_lies_is_said(tmp_path, bank):
    blob = make_tree(tmp_path, [bank], "quiet")
    status, text = end([*placed(tmp_path, IMAGE_AT, TREE_AT, 64 * MIB, KERNEL), *loader(blob, TREE_AT)])
    assert status == 127, text
    assert f"boot: kernel at {IMAGE_AT:x} outside the usable memory" in text


@pytest.mark.parametrize(
    "banks, why",
    [([(1 << 48, MIB)], "device tree: no usable memory"), ([(RAM, 0)], "device tree: no usable memory")],
)
def test_a_tree_without_memory_is_said_on_its_uart(tmp_path, banks, why):
    blob = make_tree(tmp_path, banks, "quiet")
    status, text = end([*placed(tmp_path, IMAGE_AT, TREE_AT, 64 * MIB, KERNEL), *loader(blob, TREE_AT)])
    assert status == 127 and why in text, text
