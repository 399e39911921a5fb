# SPDX-License-Identifier: MIT
"""What a table of addresses can get wrong where addresses are few."""
import pathlib
import subprocess

TREE = pathlib.Path(__file__).resolve().parent.parent


def run(*command):
    result = subprocess.run(
        command, cwd=TREE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout + result.stderr


def test_a_layout_that_meets_the_hypervisor_is_refused_at_boot(tmp_path):
    """3320 MiB of direct map push the mappings to where Xen has its M2P, on any machine."""
    (tmp_path / ".config").write_text("CONFIG_ARCH_X86_32_PV=y\nCONFIG_MAX_MEMORY_MIB=3320\n")
    status, text = run("make", f"O={tmp_path}", "-j2")
    assert status == 0, text
    status, text = run("scripts/lab", "run", "--build", tmp_path, "--timeout", "60")
    assert status == 1, text
    said = [line for line in text.splitlines() if not line.startswith("(XEN)")]
    assert len(said) == 2, text
    assert said[0].startswith("boot: the layout's MAPPINGS, f0000000 to ffffffff, is the hypervisor's from f")
