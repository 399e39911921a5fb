#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs a harness under AFL++: fuzz.py [--seconds N | --hours N] NAME finds nothing, or ends with 1
and names the inputs that it found; fuzz.py --bug BUG NAME must come upon the bug. What it learned of
inputs is kept in build/fuzz/found/NAME, and the next run begins with it."""
import argparse
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib

TREE = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = TREE / "build" / "fuzz"
TOLD = tomllib.loads((TREE / "tests/fuzz/fuzz.toml").read_text())
# No questions about this machine's settings, and no screen.
QUIET = {
    "AFL_SKIP_CPUFREQ": "1",
    "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
    "AFL_NO_AFFINITY": "1",
    "AFL_NO_UI": "1",
    "AFL_AUTORESUME": "1",
}
# A run that takes longer hangs, on a slow machine, too.
HANG_MS = 5000
BUG_SECONDS = 120


def build(name, folder, *words):
    """The harness and its corpus; one at a time, since all of them are built in one folder."""
    # As others name it who build it, too: the command is part of what makes it current.
    at = folder.relative_to(TREE) if folder.is_relative_to(TREE) else folder
    command = ["make", "-f", "tests/fuzz/Makefile", f"O={at}", *words]
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            [*command, f"{at}/{name}", "corpus"],
            cwd=TREE,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def fuzz(name, build_folder, out, seconds, environment):
    """What was found: files of inputs that crash or hang the harness."""
    command = [
        *("afl-fuzz", "-V", str(seconds), "-t", str(HANG_MS), "-m", "none", "-s", "1"),
        *("-x", TREE / f"tests/fuzz/{name}.dict", "-i", build_folder / "corpus" / name, "-o", out),
        *("--", build_folder / name),
    ]
    result = subprocess.run(
        command,
        env=os.environ | QUIET | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    stats = out / "default" / "fuzzer_stats"
    if not stats.exists():
        sys.exit(f"fuzz: AFL++ did not run:\n{result.stdout[-2000:]}")
    return [
        path
        for kind in ("crashes", "hangs")
        for path in sorted((out / "default" / kind).glob("id:*"))
    ]


def runs_of(out):
    for line in (out / "default" / "fuzzer_stats").read_text().splitlines():
        if line.startswith("execs_done"):
            return int(line.split(":")[1])
    return 0


def search(name, seconds):
    build(name, BUILD)
    corpus = sorted((BUILD / "corpus" / name).iterdir())
    subprocess.run([BUILD / name, *corpus], check=True, timeout=60)
    out = BUILD / "found" / name
    out.mkdir(parents=True, exist_ok=True)
    found = fuzz(name, BUILD, out, seconds, {})
    print(f"{name}: {runs_of(out)} runs in {seconds} s, {len(found)} inputs found")
    for path in found:
        print(f"  {path.relative_to(TREE)}")
    return not found


def refute(name, bug):
    """With the bug put into a copy of its file, something is found."""
    build(name, BUILD)
    with tempfile.TemporaryDirectory(prefix="fuzz.") as folder:
        source, out = pathlib.Path(folder, "source"), pathlib.Path(folder, "found")
        path = source / bug["file"]
        shutil.copytree(TREE / path.parent.relative_to(source), path.parent)
        right = path.read_text()
        if right.count(bug["right"]) != 1:
            sys.exit(f"fuzz: {bug['file']} does not hold {bug['right']!r} just once")
        path.write_text(right.replace(bug["right"], bug["wrong"]))
        # A bug may well be one that the compiler warns of.
        words = (f"SOURCE={source}", f"BASE={BUILD.relative_to(TREE)}", f"BUG={bug['file']}", "WERROR=0")
        build(name, pathlib.Path(folder, "build"), *words)
        corpus = pathlib.Path(folder, "build", "corpus", name)
        for known in corpus.glob("found_*"):
            known.unlink()
        found = fuzz(
            name, corpus.parent.parent, out, BUG_SECONDS, {"AFL_BENCH_UNTIL_CRASH": "1"}
        )
        print(f"{name}: {runs_of(out)} runs until an input was found" if found else "not found")
        return bool(found)


def seconds_of(text, unit=1):
    try:
        return max(1, round(float(text) * unit))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f'"{text}" is no number') from None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=seconds_of, default=60)
    parser.add_argument("--hours", type=lambda text: seconds_of(text, 3600), dest="seconds")
    parser.add_argument("--bug", help="put this bug in, and come upon it")
    parser.add_argument("name", choices=TOLD)
    asked = parser.parse_args()
    if asked.bug:
        return 0 if refute(asked.name, TOLD[asked.name]["bug"][asked.bug]) else 1
    return 0 if search(asked.name, asked.seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
