#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds that includes and calls point down only: scripts/check/layers.py [<folder of a build>].

Floors are folders. Beside includes, what the objects of a floor need from a floor above is looked
up in the build's floor-<n>.o, so that a declaration by hand does not get through either. On a floor
no files need each other, and no rooms do: a room is a folder, or a port with all its folders."""
import graphlib
import pathlib
import re
import subprocess
import sys

# What each floor is made of, from the ground up.
FLOORS = [
    ("include/lib", "lib"),
    ("include/arch", "arch"),
    ("include/mm", "mm"),
    ("include/sched", "sched", "include/balloon", "balloon"),
    ("include/drivers", "drivers"),
    ("include/aerostat", "kernel", "apps"),
]
# The calls that may go up: include/arch/upcalls.h, lib/bug.h, include/mm/oom.h.
UPCALLS = {"upcall_start", "upcall_interrupt", "upcall_fault", "panic", "mm_oom"}
# <asm/…> is the port's half of <arch/…>; <xen/…> are Xen's public headers.
OWN_HEADER = re.compile(r"(lib|arch|asm|mm|sched|balloon|drivers|aerostat)/")
COMPILER_HEADERS = {"stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "limits.h", "stdalign.h"}
# A process sees the C library; these folders alone.
HOSTED = ("arch/linux/", "drivers/linux/")
FUNCTION = "TtWi"  # nm's letters
INCLUDE = re.compile(r'\s*#\s*include\s+(?:<([^>]+)>|"([^"]+)")')


def floor_of(path):
    """The floor that a file of the tree lies on, or None."""
    for number, folders in enumerate(FLOORS):
        if any(path == folder or path.startswith(folder + "/") for folder in folders):
            return number
    return None


def floor_of_header(name):
    folder = name.split("/")[0]
    return 1 if folder == "asm" else floor_of("include/" + folder)


def check_include(path, floor, name):
    """What is wrong with including <name> in a file of this floor, or None."""
    if OWN_HEADER.match(name):
        above = floor_of_header(name)
        return f"<{name}> is of floor {above}, above {floor}" if above > floor else None
    if name.startswith("xen/"):
        allowed = path.startswith(("arch/", "drivers/xen/"))
        return None if allowed else f"<{name}> is Xen's: for arch/ and drivers/xen/ only"
    if name == "libfdt.h" and path.startswith("arch/arm/boot/fdt"):
        return None
    if name in COMPILER_HEADERS or path.startswith(HOSTED):
        return None
    return f"<{name}> is not the kernel's"


def sources(tree):
    for folders in FLOORS:
        for folder in folders:
            for path in sorted((tree / folder).rglob("*.[chS]")):
                yield path, str(path.relative_to(tree))


def bad_includes(tree):
    for path, name in sources(tree):
        floor = floor_of(name)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            if match[1]:
                wrong = check_include(name, floor, match[1])
            else:
                wrong = quoted_include(tree, path, floor, match[2])
            if wrong:
                yield f"{name}:{number}: {wrong}"


def quoted_include(tree, path, floor, header):
    """Beside the file, or a path from the top of the tree."""
    for place in (path.parent / header, tree / header):
        if place.exists():
            target = floor_of(str(place.resolve().relative_to(tree.resolve())))
            same = target is None or target <= floor
            return None if same else f'"{header}" is of floor {target}, above {floor}'
    return f'"{header}" is nowhere'


def bad_conditions(tree):
    """mm and balloon know no #if: options are IS_ENABLED and stubs in headers."""
    for folder in ("mm", "balloon"):
        for path in sorted((tree / folder).rglob("*.c")):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b", line):
                    yield f"{path.relative_to(tree)}:{number}: conditional compilation"


def symbols(floor_object):
    """(defined, undefined) global symbols."""
    text = subprocess.run(
        ["nm", "-g", str(floor_object)], capture_output=True, text=True, check=True
    ).stdout
    defined, undefined = set(), set()
    for line in text.splitlines():
        *_, kind, name = line.split()
        (undefined if kind in "Uwv" else defined).add(name)
    return defined, undefined


def bad_calls(build):
    table = {}
    for number in range(len(FLOORS)):
        floor_object = build / f"floor-{number}.o"
        if floor_object.exists():
            table[number] = symbols(floor_object)
    if 0 not in table or 2 not in table:
        yield f"{build}: holds no floors; make floors first"
    for number, (_, undefined) in table.items():
        for above in (n for n in table if n > number):
            for name in sorted((undefined & table[above][0]) - UPCALLS):
                yield f"floor {number} ({FLOORS[number][-1]}) calls {name} of floor {above}"


def room_of(name):
    parts = pathlib.PurePath(name).parent.parts
    return "/".join(parts[:2] if parts[0] == "arch" and parts[1:2] != ("common",) else parts)


def included_rooms(tree):
    """{room: {room on the same floor: one of whose headers is included by its path}}"""
    graph = {}
    for path, name in sources(tree):
        for match in re.finditer(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), re.M):
            place = next((p for p in (path.parent / match[1], tree / match[1]) if p.exists()), path)
            header = str(place.resolve().relative_to(tree.resolve()))
            if floor_of(header) == floor_of(name) and room_of(header) != room_of(name):
                graph.setdefault(room_of(name), {})[room_of(header)] = f"{name} includes {header}"
    return graph


def symbol_rows(build, number):
    """[(file without its ending, nm's letter, symbol)] of the objects of a floor."""
    command = build / f"floor-{number}.o.cmd"
    words = command.read_text().split() if command.exists() else []
    objects = [w for w in words if w.endswith(".o") and not w.endswith(f"floor-{number}.o")]
    if not objects:
        return []
    nm = ["nm", "-A", "-g", *objects]
    text = subprocess.run(nm, capture_output=True, text=True, check=True).stdout
    rows = [re.match(r"(.*)\.o:.* (\w) (\S+)$", line) for line in text.splitlines()]
    return [(str(pathlib.Path(row[1]).relative_to(build)), row[2], row[3]) for row in rows]


def counts_in_arch(file, other, kind, name, contract):
    """A port fulfils the contract of include/arch and of arch/common: its other files, and
    arch/common, do not need the file that does. They share what boot found, as variables."""
    inside = room_of(file) == room_of(other) or other.startswith("arch/common/")
    return inside and kind in FUNCTION and name not in contract


def needed_files(tree, build):
    """{file: {file on the same floor: what it needs of it}}"""
    headers = (path.read_text() for path in (tree / "include/arch").glob("*.h"))
    contract = {name for text in headers for name in re.findall(r"(\w+)\(", text)}
    graph = {}
    for number in range(len(FLOORS)):
        rows = symbol_rows(build, number)
        where = {n: (f, k) for f, k, n in rows if k not in "Uwv" and n not in UPCALLS}
        for file, kind, name in rows:
            other, its_kind = where.get(name, (file, ""))
            if kind not in "Uwv" or other == file:
                continue
            if number != 1 or counts_in_arch(file, other, its_kind, name, contract):
                graph.setdefault(file, {})[other] = f"{file} needs {name} of {other}"
    return graph


def by_rooms(graph):
    rooms = {}
    for file, others in graph.items():
        for other, why in others.items():
            if room_of(file) != room_of(other):
                rooms.setdefault(room_of(file), {})[room_of(other)] = why
    return rooms


def cycle(graph, what):
    """A line for each step of a cycle; none, if there is no cycle."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        path = error.args[1][::-1]
        return [f"{what} need each other:"] + [f"  {graph[a][b]}" for a, b in zip(path, path[1:])]
    return []


def cycles(tree, build):
    rooms = included_rooms(tree)
    files = needed_files(tree, build) if build else {}
    for room, others in by_rooms(files).items():
        rooms[room] = rooms.get(room, {}) | others
    yield from cycle(files, "files")
    yield from cycle(rooms, "rooms")


def main():
    tree = pathlib.Path(__file__).resolve().parents[2]
    wrong = [*bad_includes(tree), *bad_conditions(tree)]
    build = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if build:
        wrong += bad_calls(build)
    wrong += cycles(tree, build)
    print("\n".join(wrong) if wrong else "all includes and calls point down")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
