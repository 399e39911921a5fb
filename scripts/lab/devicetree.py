# SPDX-License-Identifier: MIT
"""The device tree of a machine of QEMU's, with what a host adds to it."""
import subprocess

from lab.common import LabError


def tool(*command):
    try:
        return subprocess.run(command, capture_output=True, check=True).stdout
    except OSError:
        raise LabError(f"there is no {command[0]}: scripts/setup/setup run arm64-xen") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace")
        raise LabError(f"{command[0]} could not make the device tree: {said}") from None


def source_of(qemu_words, folder):
    """What QEMU describes to a guest of the machine that these words make."""
    path = folder / "qemu.dtb"
    machine = [
        f"{word},dumpdtb={path}" if before == "-M" else word
        for before, word in zip(["", *qemu_words], qemu_words)
    ]
    tool(*machine, "-display", "none")
    return tool("dtc", "-q", "-I", "dtb", "-O", "dts", path).decode()


def compile_tree(source, path):
    text = path.with_suffix(".dts")
    text.write_text(source)
    tool("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path, text)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def module(address, path, kind, arguments=None):
    """The node of a file that QEMU puts at an address, for Xen (docs/misc/arm/device-tree)."""
    bootargs = "" if arguments is None else f"bootargs = {quoted(arguments)}; "
    return (
        f'module@{address:x} {{ compatible = "multiboot,{kind}", "multiboot,module"; {bootargs}'
        f"reg = <{address >> 32:#x} {address & 0xFFFFFFFF:#x} 0 {path.stat().st_size:#x}>; }};"
    )


def loader(address, path):
    return ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
