# SPDX-License-Identifier: MIT
"""The end of a machine, by each way there is: a status where something takes it, else power off, or
a reset where nothing can be switched off."""
import subprocess
import types

import pytest
from lab.environments import ENVIRONMENTS
from lab.qemu import Qemu
from test_lab import TREE

KERNEL = TREE / "build" / "x86_64_pvh" / "aerostat"


def command(machine, cmdline, debug_exit):
    told = types.SimpleNamespace(
        memory=32 << 20, machine=None, cmdline=cmdline, no_debug_exit=not debug_exit, icount=False
    )
    return Qemu(machine).command(told, KERNEL)


def end(words):
    """(status, output) of a machine, which must come to its end."""
    result = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return result.returncode, result.stdout.decode(errors="replace")


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_a_status_is_handed_on(machine):
    status, text = end(command(machine, 'quiet run="quit 5"', True))
    assert status == 5 << 1 | 1, text


@pytest.mark.parametrize("machine", ["pc", "q35", "microvm"])
def test_a_machine_is_switched_off(machine):
    """Without -no-reboot: one that was only reset would start again, and not end."""
    words = [word for word in command(machine, 'quiet run="quit"', False) if word != "-no-reboot"]
    status, text = end(words)
    assert (status, text.count("Aerostat")) == (0, 1), text


def test_a_processor_may_have_fewer_addresses_than_the_direct_map():
    status, text = end([*command("q35", 'quiet run="quit 5"', True), "-cpu", "max,phys-bits=36"])
    assert status == 5 << 1 | 1, text


@pytest.mark.parametrize("machine", ["pc,acpi=off", "q35,acpi=off", "microvm,acpi=off"])
def test_what_cannot_be_switched_off_is_reset(machine):
    status, text = end(command(machine, 'quiet run="quit"', False))
    assert (status, text.count("Aerostat")) == (0, 1), text


def test_xen_switches_itself_off_when_a_hardware_domain_does():
    """ACPI is the hardware domain's to use: Xen alone would only halt."""
    told = types.SimpleNamespace(
        memory=32 << 20,
        max=64 << 20,
        machine=None,
        cmdline='quiet run="quit"',
        no_debug_exit=True,
        icount=False,
        xen="",
    )
    status, text = end(ENVIRONMENTS["x86_64-pvh-xen"].command(told, KERNEL))
    assert (status, text.count("Aerostat")) == (0, 1), text


@pytest.mark.parametrize(
    "environment, config, longest",
    [
        ("x86_64-pv", "x86_64_pv", 1023),
        ("x86_32-pv", "x86_32_pv", 1023),
        ("x86_64-pvh-xen", "x86_64_pvh", 1023),
        ("x86_64-qemu-pc", "x86_64_pvh", 4095),
    ],
)
def test_a_command_line_that_is_too_long_is_cut_and_that_is_said(environment, config, longest):
    words = ["scripts/lab/lab", "run", "--config", config, "--environment", environment, "--timeout", "60"]
    cmdline = 'quiet run="quit" app.x='
    cut = f"boot: command line longer than {longest} bytes: "
    for length in (longest - 100, longest + 1):
        told = f"--cmdline={cmdline:a<{length}}"
        result = subprocess.run([TREE / words[0], *words[1:], told], cwd=TREE, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=120, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        assert (cut in result.stdout) == (length > longest)
