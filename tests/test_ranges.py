# SPDX-License-Identifier: MIT
"""Numbers of the configuration at the ends of their ranges: each builds and boots, and a guest that
is given more than the direct map holds uses what fits. An odd one on 32 bits is tests/guest/clamp's."""
import pathlib
import re
import subprocess

import pytest
from test_arm64 import MIB, RAM, end, placed

TREE = pathlib.Path(__file__).resolve().parent.parent
GIB_FRAMES = 1 << 18

# Port, options (no balloon, which has no part in this: less to build), where it boots.
CASES = [
    ("X86_64_PVH", ["MAX_MEMORY_GIB=1"], "x86_64-pvh-xen"),
    ("ARM64", ["MAX_MEMORY_GIB=2", "EARLY_UART=0xfffffffff000"], "arm64-qemu-virt"),
]


def run(*command):
    result = subprocess.run(
        command, cwd=TREE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout + result.stderr


def configure(build, port, options):
    lines = [f"CONFIG_{option}" for option in [f"ARCH_{port}=y", "BALLOON=n", *options]]
    (build / ".config").write_text("\n".join([*lines, ""]))
    return lines


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of each port one build."""
    base = tmp_path_factory.mktemp("ranges")
    return lambda port: base / port


@pytest.mark.xdist_group("ranges")
@pytest.mark.parametrize(
    "port, options, environment", [pytest.param(*case, id=case[0]) for case in CASES]
)
def test_a_number_of_the_configuration_boots(port, options, environment, folder):
    """With 1200 MiB, of which the direct map holds 1 GiB."""
    build = folder(port)
    build.mkdir(exist_ok=True)
    configure(build, port, options)
    status, text = run("make", f"O={build}", "-j2")
    assert status == 0, text
    for option in options:
        assert f"CONFIG_{option}\n" in (build / ".config").read_text()
    status, text = run(
        *("scripts/lab/lab", "run", "--build", build, "--environment", environment),
        *("--memory", "1200M", "--max", "1200M", "--timeout", "300"),
        '--cmdline=quiet run="mem; alloc 100M; quit"',
    )
    assert status == 0, text
    frames = int(re.search(r"^mem: frames=(\d+)", text, re.M)[1])
    assert GIB_FRAMES - 256 <= frames <= GIB_FRAMES, text
    if port == "ARM64":
        check_early_uart(build)


def check_early_uart(build):
    """Where there is no device the machine ends in silence; what is no page's address is refused."""
    words = placed(build, RAM + MIB, 0, 64 * MIB, build / "Image")
    assert end(words) == (None, "")
    for address in ["0x9000001", "0x1000000000000"]:
        configure(build, "ARM64", [f"EARLY_UART={address}"])
        status, text = run("make", f"O={build}", build / "arch/arm/boot/start.o")
        assert status != 0 and "EARLY_UART is the address of a page" in text, text
