#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Proves what proofs.toml names, by CBMC, on the sources as they are: prove.py [--deep] [NAME...]
proves; prove.py --bug BUG NAME shows that the proof is refuted when the bug is put in."""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
HOME = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
CACHE = pathlib.Path(os.environ.get("AEROSTAT_CACHE") or HOME / "aerostat")
XEN_HEADERS = CACHE / "libxen-dev/usr/include"
SOURCES = ["include", "lib", "mm", "arch", "balloon", "drivers", "tests/proof"]

CHECKS = ["--unsigned-overflow-check", "--conversion-check"]
PORT = {
    "linux": ["-I", "arch/linux/include", '-DLAYOUT_DEF="arch/linux/layout.def"'],
    "xen": [
        *("-I", "arch/linux/include", "-I", str(XEN_HEADERS)),
        '-DLAYOUT_DEF="arch/linux/layout.def"',
    ],
    "p2m": [
        *("-I", "arch/x86/include", "-I", "arch/common/xen/include"),
        *("-I", str(XEN_HEADERS)),
        *('-DLAYOUT_DEF="tests/proof/p2m/layout.def"', "-DCONFIG_XEN=1", "-DCONFIG_PV=1"),
    ],
}
# Headers in which `scale` replaces definitions: as they are included, and where they are.
SCALED = {
    "lib/addr.h": "include/lib/addr.h",
    "mm/pagedb.h": "include/mm/pagedb.h",
    "drivers/virtio/virtq.h": "drivers/virtio/virtq.h",
    "xen/io/xs_wire.h": XEN_HEADERS / "xen/io/xs_wire.h",
}
# The numbers of the policy, as they are by default.
OPTIONS = re.findall(
    r"^config (\w+)\n\tint .*\n(?:\t.*\n)*?\tdefault (\d+)$",
    (TREE / "balloon/Kconfig").read_text(),
    re.M,
)
REFUTED = 10  # what CBMC ends with


def load():
    """Proofs by name; what a `deep` table says replaces the rest, if asked for."""
    proofs = tomllib.loads((TREE / "tests/proof/proofs.toml").read_text())
    for name, told in proofs.items():
        told.setdefault("function", "proof_" + name.split("-", 1)[1].replace("-", "_"))
        told.setdefault("source", name.split("-", 1)[0] + ".c")
        told.setdefault("bug", {})
    return proofs


def write_scaled(told, root, folder):
    """Copies of headers with smaller frames, blocks or rings, found before those of `root`."""
    scale = told.get("scale", {})
    times = dict.fromkeys(scale, 0)
    for header, path in SCALED.items():
        text = (root / path).read_text()
        for name, value in scale.items():
            text, found = re.subn(rf"(#define {name}\s+)\w+", rf"\g<1>{value}", text)
            times[name] += found
        scaled = folder / header
        scaled.parent.mkdir(parents=True)
        scaled.write_text(text)
    assert all(n == 1 for n in times.values()), times


def command(told, scaled):
    port = told.get("port", "linux")
    line = [str(CACHE / "cbmc/cbmc"), f"tests/proof/{told['source']}"]
    line += ["-I", str(scaled), "-I", f"tests/proof/{port}", "-I", "include", "-I", ".", "-I", "mm/alloc"]
    line += [*PORT[port], "-Dstatic_assert(true, why)=_Static_assert(1, why)"]
    line += [f"-DCONFIG_{name}={value}" for name, value in OPTIONS]
    line += [f"-D{define}" for define in told.get("define", [])]
    line += ["--function", told["function"], "--unwind", str(told["unwind"])]
    if told.get("unwindset"):
        line += ["--unwindset", ",".join(told["unwindset"])]
    line += [check for check in CHECKS if check not in told.get("unchecked", [])]
    line += ["--drop-unused-functions", "--slice-formula", *told.get("options", [])]
    return line


def run(told, folder, *more):
    """(what CBMC ended with, what it wrote, seconds of processor time)."""
    before = os.times()
    with tempfile.TemporaryDirectory(prefix="aerostat-proof.") as scaled:
        write_scaled(told, pathlib.Path(folder), pathlib.Path(scaled))
        result = subprocess.run(
            [*command(told, scaled), *more],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    after = os.times()
    return result.returncode, result.stdout, after.children_user - before.children_user


def prove(told):
    """(holds, what CBMC wrote, seconds)"""
    status, text, seconds = run(told, TREE)
    return status == 0 and "VERIFICATION SUCCESSFUL" in text, text, seconds


def refute(told, bug):
    """(refuted, what CBMC wrote, seconds), in a copy of the sources with the bug in it."""
    told = told | bug.get("bounds", {})
    with tempfile.TemporaryDirectory(prefix="aerostat-proof.") as folder:
        for source in SOURCES:
            shutil.copytree(TREE / source, pathlib.Path(folder) / source)
        path = pathlib.Path(folder) / bug["file"]
        right = path.read_text()
        if right.count(bug["right"]) != 1:
            return False, f"{bug['file']} does not hold {bug['right']!r} just once", 0.0
        path.write_text(right.replace(bug["right"], bug["wrong"]))
        # More turns of a loop than the bound has room for are no refutation.
        status, text, seconds = run(told, folder, "--stop-on-fail", "--no-unwinding-assertions")
    return status == REFUTED and "VERIFICATION FAILED" in text, text, seconds


def failures(text):
    """The lines of a report that say what does not hold."""
    said = [line for line in text.splitlines() if line.endswith((": FAILURE", ": ERROR"))]
    return "\n".join(said or text.splitlines()[-30:])


def report(name, holds, seconds, what):
    print(f"{'proved' if holds else 'FAILED':8}{seconds:7.1f} s  {name:32}{what}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deep", action="store_true", help="with the bounds of `deep`")
    parser.add_argument("--bug", help="put this bug in, and refute")
    parser.add_argument("names", nargs="*", metavar="NAME")
    asked = parser.parse_args()
    proofs = load()
    names = asked.names or list(proofs)
    failed, total = 0, 0.0
    for name in names:
        told = proofs[name] | (proofs[name].get("deep", {}) if asked.deep else {})
        if asked.bug:
            holds, text, seconds = refute(told, told["bug"][asked.bug])
        else:
            holds, text, seconds = prove(told)
        report(name, holds, seconds, f"refutes {asked.bug}" if asked.bug else told["bound"])
        total += seconds
        if not holds:
            failed += 1
            print(failures(text))
    if len(names) > 1:
        print(f"{len(names) - failed} of {len(names)} hold: {total:.0f} s of processor time")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
