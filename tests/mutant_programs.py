# SPDX-License-Identifier: MIT
"""The unit-test programs of tests/mutate, in a copy of the tree: built once as they stand, and then
each with the objects that a mutant changes."""
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time

import mutants

TREE = pathlib.Path(__file__).resolve().parent.parent
WORK = TREE / "build" / "mutate"
COPY = WORK / "tree"
UNIT = "build/unit"  # below the copy
SPENT = WORK / "spent.json"  # processor seconds of programs, by what they hold
BROKEN = ("mm", "balloon")
# The same random numbers each time, and an end at the first test that fails.
QUIETLY = {"SEED": "1", "CMOCKA_TEST_ABORT": "1", "ASAN_OPTIONS": "symbolize=0"}
SANITIZE = re.compile(r"^-fsanitize=|^-fno-sanitize|^-g$|^-O\d$|^-Werror$")


def run(command, **keywords):
    return subprocess.run(
        command, cwd=COPY, capture_output=True, text=True, errors="replace", check=False, **keywords
    )


def names_of_tree():
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    result = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=True)
    return [name for name in result.stdout.splitlines() if (TREE / name).is_file()]


def copy_tree():
    """Only what differs is written, so that little is built again."""
    names = names_of_tree()
    if not (COPY / UNIT).exists() and (TREE / UNIT).exists():
        shutil.copytree(TREE / UNIT, COPY / UNIT, symlinks=True)
    for name in names:
        here, there = TREE / name, COPY / name
        if not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(here, there)  # as old as it is, so that what was built of it stays
        elif there.read_bytes() != here.read_bytes():
            shutil.copy(here, there)
    kept = set(names)
    for folder in COPY.iterdir():
        for path in folder.rglob("*") if folder.name != "build" else ():
            if path.is_file() and str(path.relative_to(COPY)) not in kept:
                path.unlink()
    digest = hashlib.sha256()
    for name in sorted(names):
        if name.endswith((".c", ".h", ".mk", "Makefile")):
            digest.update(name.encode() + b"\0" + (COPY / name).read_bytes())
    return digest.hexdigest()


def build_copy(only):
    """The unit tests, or those with one of these in their names; the names of the programs."""
    tests = COPY / "tests/unit"
    paths = sorted(path.relative_to(tests) for path in tests.glob("*/*_test.c"))
    names = [f"{UNIT}/{path.with_suffix('')}" for path in paths]
    names = [name for name in names if not only or any(part in name for part in only)]
    if not names:
        sys.exit(f"mutate: no unit test has {' or '.join(only)} in its name")
    result = run(["make", f"-j{os.cpu_count()}", "-f", "tests/unit/Makefile", f"O={UNIT}", *names])
    if result.returncode:
        sys.exit(f"mutate: the unit tests are not built:\n{result.stdout}{result.stderr}"[-4000:])
    return names


def words_of(target):
    """The command that made it, as the build keeps it."""
    return shlex.split((COPY / f"{target}.cmd").read_text())


class Program:
    """A unit-test program: what of what may be broken it links, how, and how long it runs."""

    def __init__(self, name):
        self.name = name
        self.link = words_of(name)
        self.given = [word for word in self.link if word.endswith(".o") and word != name]
        self.objects = set(self.linked())
        self.spent = None  # processor seconds
        self.lock = threading.Lock()

    def link_with(self, made, path):
        """The command that links `path` of what was `made` in place of its own objects: each before
        the archive that has it, since what an archive is searched for depends on what came before."""
        words = []
        for word in self.link:
            if word.endswith(".a"):
                words += [made[o] for o in words_of(word) if o in made and o in self.objects]
            words.append(made.get(word, word))
        words[words.index("-o") + 1] = path
        return words

    def linked(self):
        """Its objects of the folders that are broken, and all others that stand in its command."""
        result = run(["readelf", "--wide", "--debug-dump=info", "--dwarf-depth=1", self.name])
        units = set(re.findall(r"DW_AT_name.*: (\S+\.c)\s*$", result.stdout, re.M))
        archived = [
            member
            for word in self.link
            if word.endswith(".a")
            for member in words_of(word)
            if member.endswith(".o")
        ]
        for member in self.given + archived:
            source = words_of(member)[-1]
            if member in self.given or source in units and source.startswith(BROKEN):
                units.discard(source)  # of two archives that have it the first is linked
                yield member

    def measure(self, known, most):
        """True if it takes `most` processor seconds at most; it has to pass as it stands. `known`
        has how long it took in earlier runs."""
        with self.lock:
            if self.spent is None:
                name = hashlib.sha256((COPY / self.name).read_bytes()).hexdigest()
                if name in known:
                    self.spent = known[name]
                else:
                    failed, self.spent = execute(self.name, most, 3600)
                    if not failed:
                        known[name] = self.spent
                        SPENT.write_text(json.dumps(known))
                    elif self.spent < 0.9 * (most or float("inf")):
                        sys.exit(f"mutate: {self.name} fails as it stands")
        return self.spent < 0.9 * (most or float("inf"))

    def fails_as(self, path):
        """Does what was made at `path` fail, or take much longer? Others may load the machine."""
        return execute(path, int(3 + 4 * self.spent), 120 + 60 * self.spent)[0]


def spent_by(pid):
    """Processor seconds of a process, and of its children that have ended."""
    fields = pathlib.Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def execute(path, processor, clock):
    """(did it fail, or come to a limit of seconds; its processor seconds)"""

    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if processor:
            resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))

    process = subprocess.Popen(
        [COPY / path],
        cwd=COPY,
        env=os.environ | QUIETLY,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=limit,
    )
    end, pid = time.monotonic() + clock, 0
    while not pid:
        time.sleep(0.01)
        if time.monotonic() > end or processor and spent_by(process.pid) > processor:
            os.killpg(process.pid, signal.SIGKILL)
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode != 0, used.ru_utime + used.ru_stime


class Worker:
    """A folder with the broken source, its objects, and the programs made of them."""

    def __init__(self, bench, number):
        self.bench = bench
        self.folder = pathlib.Path("build", "mutant", str(number))
        self.plain = {}
        shutil.rmtree(COPY / self.folder, ignore_errors=True)
        for top in BROKEN:
            shutil.copytree(COPY / top, COPY / self.folder / top)

    def compile(self, target, plainly):
        """The object of the source as it stands here, or None. Plainly: without sanitizers."""
        words = words_of(target)
        source = words[-1]
        made = f"{self.folder}/{target}" + (".plain" if plainly else "")
        (COPY / made).parent.mkdir(parents=True, exist_ok=True)
        words[words.index("-o") + 1] = made
        words = [w for w in words if w not in ("-MMD", "-MP", "-Werror")]
        if plainly:
            words = [w for w in words if not SANITIZE.match(w)]
            words.insert(1, "-O2")
        if source.startswith(BROKEN):
            words[-1] = f"{self.folder}/{source}"
        here = ["-w", "-iquote", str(self.folder), "-iquote", str(pathlib.Path(source).parent)]
        if run([words[0], *here, *words[1:]]).returncode:
            return None
        return made

    def plain_code(self, target):
        made = self.compile(target, True)
        return (COPY / made).read_bytes() if made else None

    def try_mutant(self, mutant):
        """(verdict, the program that noticed)"""
        path = COPY / self.folder / mutant.file
        right = path.read_text()
        targets = self.bench.objects_of(mutant.file)
        for target in targets:
            if target not in self.plain:
                self.plain[target] = self.plain_code(target)
        try:
            path.write_text(mutants.apply(right, mutant))
            return self.try_broken(mutant, targets)
        finally:
            path.write_text(right)

    def try_broken(self, mutant, targets):
        codes = {target: self.plain_code(target) for target in targets}
        if None in codes.values():
            return "not C", None
        changed = [target for target in targets if codes[target] != self.plain[target]]
        if not changed:
            return "same code", None
        made = {target: self.compile(target, False) for target in changed}
        for program in self.bench.in_order(mutant.file, changed):
            if self.notices(program, made):
                self.bench.count_kill(mutant.file, program)
                return "killed", program.name
        return "survived", None

    def notices(self, program, made):
        if not program.measure(self.bench.spent, self.bench.most):
            return False
        own = f"{self.folder}/program"
        result = run(program.link_with(made, own))
        if result.returncode:
            sys.exit(f"mutate: {program.name} is not linked:\n{result.stderr}")
        return program.fails_as(own)


class Bench:
    """The copy, built, and what is known of its programs."""

    def __init__(self, names, past, most):
        self.most = most
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            self.programs = list(pool.map(Program, names))
        self.objects = sorted(set(o for program in self.programs for o in program.objects))
        self.includes = {o: (COPY / o).with_suffix(".d").read_text().split() for o in self.objects}
        self.kills = collections.Counter()
        self.spent = json.loads(SPENT.read_text()) if SPENT.exists() else {}
        for known in past:
            if known["program"]:
                self.kills[known["program"]] += 1
                self.kills[known["file"], known["program"]] += 1

    def objects_of(self, file):
        return [o for o in self.objects if file in self.includes[o]]

    def count_kill(self, file, program):
        self.kills[program.name] += 1
        self.kills[file, program.name] += 1

    def in_order(self, file, changed):
        """Programs that link one of these, which kill most for their time first."""
        stem = pathlib.Path(file).stem

        def worth(program):
            name = program.name
            known = 3 * self.kills[file, name] + self.kills[name] / 10 + (stem in name) + 0.1
            return known / (0.3 + (0.5 if program.spent is None else program.spent))

        concerned = [p for p in self.programs if not p.objects.isdisjoint(changed)]
        return sorted(concerned, key=worth, reverse=True)
