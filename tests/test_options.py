# SPDX-License-Identifier: MIT
"""The options: random configurations build without a warning and boot, defconfigs are minimal, what
is off is not there, and the smallest guest is as small as it is meant to be."""
import os
import pathlib
import random
import re
import subprocess

import pytest
from lab.elf import loaded
from lab.environments import DEFCONFIGS

TREE = pathlib.Path(__file__).resolve().parent.parent
KIB = 1024
# A Linux process and PVH, which boot at once; and one of the others.
SEED = random.randrange(10**6) * 5
SEEDS = [SEED, SEED + 1, SEED + 2 + random.randrange(3)]


def run(*command, timeout=600):
    """(status, output) of a command that knows nothing of the make it may run under."""
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "KCONFIG_CONFIG")}
    result = subprocess.run(
        command,
        cwd=TREE,
        env=environment | {"WERROR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )
    return result.returncode, result.stdout + result.stderr


def make(*arguments):
    status, text = run("make", "-j2", *arguments)
    assert status == 0, f"make {' '.join(arguments)}\n{text}"
    return text


def boot(folder, environment, *words):
    return run("scripts/lab/lab", "run", "--build", folder, "--environment", environment, *words)


def options(folder):
    return set(re.findall(r"^CONFIG_(\w+)=y$", (TREE / folder / ".config").read_text(), re.M))


def check_boots(folder):
    chosen = options(folder)
    if "LINUX" in chosen:
        status, text = run(TREE / folder / "aerostat", "--memory", "32M", "--max", "64M")
        assert status == 0, text
    if "PVH" in chosen and "QEMU" not in chosen:
        status, text = boot(folder, "x86_64-qemu-pc", "--memory", "64M", "--max", "64M")
        assert status == 127 and "this kernel is built for Xen alone" in text, text
    if "CONSOLE_SERIAL" in chosen:  # the lab goes by what it hears
        status, text = boot(folder, "x86_64-qemu-pc", "--memory", "64M", "--max", "64M")
        assert status == 0, text


@pytest.mark.parametrize("which", range(len(SEEDS)))
def test_a_random_configuration_builds_and_boots(which):
    """Of each run another seed."""
    seed, folder = SEEDS[which], f"build/random/{SEEDS[which]}"
    print(f"again: make random SEED={seed}; make run O={folder}")
    text = make("random", f"SEED={seed}")
    assert "warning" not in text and "WARN" not in text, text
    check_boots(folder)
    run("rm", "-rf", folder)


def test_a_seed_stands_for_one_configuration(tmp_path):
    texts = []
    for seed in (SEED, SEED, SEED + 5):
        assert run("scripts/build/random", str(seed), str(tmp_path))[0] == 0
        texts.append((tmp_path / ".config").read_text())
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("config", DEFCONFIGS)
def test_defconfigs_are_minimal(config, tmp_path):
    """As savedefconfig writes them, but for comments."""
    file = TREE / "configs" / f"{config}_defconfig"
    assert run("scripts/build/config", tmp_path / ".config", file)[0] == 0
    make(f"O={tmp_path}", "savedefconfig")
    lines = [line for line in file.read_text().splitlines() if not line.startswith("# The ")]
    assert (tmp_path / "defconfig").read_text().splitlines() == lines


@pytest.mark.parametrize("fragment", sorted(p.name for p in (TREE / "configs").glob("*.config")))
def test_fragments_have_an_effect(fragment, tmp_path):
    """On one configuration at least every line of a fragment is what becomes of it."""
    lines = re.findall(r"^(?:# )?CONFIG_\w+(?:=.*| is not set)$", (TREE / "configs" / fragment).read_text(), re.M)
    without = set(lines)
    for config in DEFCONFIGS:
        files = [TREE / "configs" / f"{config}_defconfig", TREE / "configs" / fragment]
        assert run("scripts/build/config", tmp_path / config, *files)[0] == 0
        without -= set((tmp_path / config).read_text().splitlines())
    assert lines and not without


def test_every_option_is_explained():
    """By a help text, or by the choice that it belongs to."""
    for path in TREE.glob("**/Kconfig"):
        text = re.sub(r"^choice\n.*?^endchoice\n", "", path.read_text(), flags=re.M | re.S)
        for name, body in re.findall(r"^config (\w+)\n((?:\t.*\n|\n(?=\t))*)", text, re.M):
            asks = re.search(r'^\t(?:bool|int|hex|string) "', body, re.M)
            assert not asks or "\thelp\n" in body, f"{path}: {name}"


@pytest.fixture(scope="module")
def tiny():
    """The kernel that starts and does nothing, as small as it gets."""
    folder = "build/x86_64_pv+tiny"
    make("CONFIG=x86_64_pv+tiny", f"{folder}/bench/start/aerostat")
    return TREE / folder


def test_the_smallest_guest_is_small(tiny):
    kernel = tiny / "bench/start/aerostat"
    assert loaded(kernel)[0] <= 64 * KIB
    status, text = boot(tiny, "x86_64-pv", "--kernel", kernel, "--memory", "32M", "--max", "64M")
    assert status == 0, text
    assert int(re.search(r"^bench: memory (\d+) frames", text, re.M)[1]) * 4 <= 1024


def test_what_is_off_is_not_in_the_image(tiny):
    status, text = run("nm", tiny / "bench/start/aerostat")
    names = {line.split()[-1] for line in text.splitlines()}
    assert status == 0 and {"mm_oom", "policy_decide", "xenstore_read"} <= names
    off = r"shell_|run_(mem|alloc|stress|trace)|heap_|ksym|balloon_trace|balloon_report|dmc_|xen_suspend"
    assert [name for name in sorted(names) if re.match(off, name)] == []
