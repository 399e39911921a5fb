# SPDX-License-Identifier: MIT
"""The numbers of the configuration at the ends of their ranges, and odd ones: each builds and boots,
and a guest that is given more than the direct map holds uses what fits."""
import pathlib
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent

# Port, option, value; where it boots, with how much memory.
CASES = [
    ("X86_32_PV", "MAX_MEMORY_MIB", 255, "x86_32-pv", "300M"),
    ("X86_32_PV", "MAX_MEMORY_MIB", 64, "x86_32-pv", "80M"),
    ("X86_64_PVH", "MAX_MEMORY_GIB", 1, "x86_64-pvh-xen", "1200M"),
    ("ARM64", "MAX_MEMORY_GIB", 2, "arm64-qemu-virt", "1200M"),
]


def run(*command):
    result = subprocess.run(
        command, cwd=TREE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout + result.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of each port one build, of which the next value changes what sees it."""
    base = tmp_path_factory.mktemp("ranges")
    return lambda port: base / port


@pytest.mark.xdist_group("ranges")
@pytest.mark.parametrize(
    "port, option, value, environment, memory",
    [pytest.param(*case, id=f"{case[0]}-{case[2]}") for case in CASES],
)
def test_a_number_of_the_configuration_boots(port, option, value, environment, memory, folder):
    build = folder(port)
    build.mkdir(exist_ok=True)
    (build / ".config").write_text(
        f"CONFIG_ARCH_{port}=y\nCONFIG_{option}={value}\nCONFIG_DEBUG=y\n"
    )
    status, text = run("make", f"O={build}", "-j2")
    assert status == 0, text
    assert f"CONFIG_{option}={value}\n" in (build / ".config").read_text()
    status, text = run(
        *("scripts/lab", "run", "--build", build, "--environment", environment),
        *("--memory", memory, "--max", memory, "--timeout", "300", "--cmdline=quiet"),
    )
    assert status == 0, text
