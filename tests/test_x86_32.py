# SPDX-License-Identifier: MIT
"""What a table of addresses can get wrong where addresses are few."""
import os
import pathlib
import subprocess

TREE = pathlib.Path(__file__).resolve().parent.parent


def run(*command):
    result = subprocess.run(
        command, cwd=TREE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout + result.stderr


def test_a_layout_that_meets_the_hypervisor_is_refused_at_boot(tmp_path):
    """Mappings that end at 4 GiB lie where Xen has its M2P, on any machine."""
    port, layout = TREE / "arch" / "x86", tmp_path / "layout.def"
    text = (port / "layout_32.def").read_text()
    layout.write_text(text.replace("MAPPINGS, 0x20800000 + LAYOUT_WHOLE_BLOCKS", "MAPPINGS, 0xf0000000"))
    (tmp_path / ".config").write_text("CONFIG_ARCH_X86_32_PV=y\nCONFIG_BALLOON=n\n")
    status, text = run("make", f"O={tmp_path}", "-j2", f"layout-def={os.path.relpath(layout, port)}")
    assert status == 0, text
    status, text = run("scripts/lab/lab", "run", "--build", tmp_path, "--timeout", "60")
    assert status == 1, text
    said = [line for line in text.splitlines() if not line.startswith("(XEN)")]
    assert len(said) == 2, text
    assert said[0].startswith("boot: layout region MAPPINGS (f0000000 to ffffffff) overlaps the hypervisor (from f")
