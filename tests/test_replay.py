# SPDX-License-Identifier: MIT
"""The fake Xen of the unit tests answers a sequence of hypercalls as real Xen does."""
import pathlib
import re
import subprocess

TREE = pathlib.Path(__file__).resolve().parent.parent
STEPS_MIN = 150


def steps(*command):
    result = subprocess.run(
        command, cwd=TREE, capture_output=True, text=True, errors="replace", timeout=120, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return re.findall(r"^replay: .*?(?=\r?$)", result.stdout, re.M)


def test_the_fake_xen_answers_as_xen_does():
    kernel = "build/x86_64_pv/tests/fake_replay/aerostat"
    lab = ("scripts/lab/lab", "run", "--config", "x86_64_pv", "--kernel", kernel)
    real = steps(*lab, "--memory", "32M", "--max", "64M", "--cmdline=quiet")
    assert len(real) > STEPS_MIN
    assert steps("build/unit/xen/replay_test") == real
