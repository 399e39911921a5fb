# SPDX-License-Identifier: MIT
"""The build keeps its promises: it rebuilds exactly what changed, with either compiler, and what it
leaves is what it says."""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess

import pexpect
import pytest
from lab.environments import DEFCONFIGS

TREE = pathlib.Path(__file__).resolve().parent.parent
# Images that this tree links: a process is linked as others are.
CONFIGS = [config for config in DEFCONFIGS if config != "linux"]


def run(*command, cwd=TREE, **variables):
    """(status, output) of a command that knows nothing of the make it may run under."""
    environment = {k: v for k, v in os.environ.items() if k != "MAKEFLAGS"}
    result = subprocess.run(
        command, cwd=cwd, env=environment | variables, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout + result.stderr


def make(*arguments, cwd=TREE):
    status, text = run("make", *arguments, cwd=cwd)
    assert status == 0, text
    return text


def built(text):
    """What a build says it made: {(what, file)}."""
    return set(re.findall(r"^  ([A-Z]+) +(?:build/[^/]+/)?(\S+)$", text, re.M))


# One worker (pytest-xdist) for all that use it.
in_house = pytest.mark.xdist_group("house")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the tree, to change, with the default build where there is one."""
    folder = tmp_path_factory.mktemp("house") / "a tree"  # with a blank in its path
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TREE,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, names.split("\0")):
        if (TREE / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TREE / name, folder / name)  # no newer than what was built of it
    default = pathlib.Path("build/x86_64_pv")
    if (TREE / default).exists():
        ignore = shutil.ignore_patterns("tests", "bench")
        shutil.copytree(TREE / default, folder / default, ignore=ignore)
    make("-j2", cwd=folder)
    return folder


def change(path, old, new):
    """Changes a file's text, now and visibly."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def includers(tree, header):
    """The compiled files that include <header>, through others too; found by reading them."""
    text = {p: p.read_text() for p in tree.rglob("*.[chS]") if "build" not in p.parts}
    wanted, seen = {tree / "include" / header}, set()
    while wanted:
        target = wanted.pop()
        name = re.escape(str(target.relative_to(tree)).removeprefix("include/"))
        for path, lines in text.items():
            beside = path.parent == target.parent and f'#include "{target.name}"' in lines
            if path not in seen and (beside or re.search(rf'#include [<"]{name}[">]', lines)):
                seen.add(path)
                wanted.add(path)
    return {p.relative_to(tree) for p in seen if p.suffix != ".h"}


@in_house
def test_a_second_make_does_nothing(house):
    assert make(cwd=house) == ""


@in_house
def test_a_changed_source_rebuilds_only_itself(house):
    with (house / "mm/alloc/page_alloc.c").open("a") as source:
        source.write("\n")
    assert built(make(cwd=house)) == {
        ("CC", "mm/alloc/page_alloc.o"),
        ("FLOOR", "floor-2.o"),
        ("LINK", "aerostat"),
        ("JSON", "compile_commands.json"),
    }


@in_house
def test_a_changed_header_rebuilds_who_includes_it(house):
    with (house / "include" / "mm" / "heap.h").open("a") as header:
        header.write("\n")
    objects = {name for what, name in built(make(cwd=house)) if what == "CC"}
    there = {str(p.relative_to(house / "build/x86_64_pv")) for p in house.rglob("*.o")}
    expected = {str(p.with_suffix(".o")) for p in includers(house, "mm/heap.h")} & there
    assert len(expected) > 1
    assert objects == expected


@in_house
def test_a_changed_flag_of_one_file_rebuilds_that_file(house):
    with (house / "mm/alloc/Makefile").open("a") as makefile:
        makefile.write("\ncflags-pagedb.o := -O1\n")
    assert {name for what, name in built(make(cwd=house)) if what == "CC"} == {"mm/alloc/pagedb.o"}


@in_house
def test_a_changed_option_rebuilds_what_sees_it(house):
    change(house / "build/x86_64_pv/.config", "# CONFIG_DEBUG is not set", "CONFIG_DEBUG=y")
    objects = {name for what, name in built(make("-j2", cwd=house)) if what in ("CC", "AS")}
    assert {"mm/alloc/page_alloc.o", "lib/string.o", "kernel/main.o"} <= objects
    assert make(cwd=house) == ""


@in_house
def test_an_application_can_lie_outside_the_tree(house, tmp_path):
    app = tmp_path / "my app".replace(" ", "_")
    shutil.copytree(house / "apps" / "hello", app)
    text = make(f"APP={app}", cwd=house)
    assert ("CC", f"app/{app.name}/main.o") in built(text)
    assert {what for what, _ in built(make(cwd=house))} == {"LINK", "JSON"}


@in_house
def test_a_new_test_compiles(house):
    assert make("new-test", "NAME=unit/lib/sample", cwd=house) == "tests/unit/lib/sample_test.c\n"
    unit = ("-f", "tests/unit/Makefile", "O=build/unit", "WERROR=1")
    make(*unit, "build/unit/tests/unit/lib/sample_test.o", cwd=house)
    make("new-test", "NAME=guest/sample", cwd=house)
    assert ("LINK", "tests/sample/aerostat") in built(
        make("WERROR=1", "build/x86_64_pv/tests/sample/aerostat", cwd=house)
    )
    for name in ("guest/sample", "sample", "unit/sample", "guest/../sample", "guest/Sample Test"):
        status, text = run("make", "new-test", f"NAME={name}", cwd=house)
        assert status and "new_test: " in text


@in_house
def test_guest_tests_can_be_picked(house):
    made = {name for what, name in built(make("guest-tests", "TESTS=null words", cwd=house)) if what == "LINK"}
    assert made == {"tests/null/aerostat", "tests/words/aerostat"}
    status, text = run("make", "guest-tests", "TESTS=null nonsense", cwd=house)
    assert status == 2
    assert re.fullmatch(r'\S+ \*\*\* +there is no guest test "nonsense"\.  Stop\.\n', text)


@in_house
def test_an_edited_configuration_is_kept(house, tmp_path):
    make(f"O={tmp_path}", "olddefconfig", cwd=house)
    change(tmp_path / ".config", "CONFIG_MAX_MEMORY_GIB=512", "CONFIG_MAX_MEMORY_GIB=64")
    make(f"O={tmp_path}", f"{tmp_path}/lib/bits.o", cwd=house)
    assert "CONFIG_MAX_MEMORY_GIB 64" in (tmp_path / "include" / "autoconf.h").read_text()
    make(f"O={tmp_path}", "savedefconfig", cwd=house)
    assert "CONFIG_MAX_MEMORY_GIB=64" in (tmp_path / "defconfig").read_text()


def compiled(folder):
    """The commands that compiled what the kernels in a folder are made of."""
    tests = [path.parent.name for path in TREE.glob("tests/guest/*/main.c")]
    kernels = [folder / "aerostat", *(folder / "tests" / test / "aerostat" for test in tests)]
    made = [*folder.glob("floor-?.o"), *(kernel for kernel in kernels if kernel.exists())]
    words = {word for path in made for word in pathlib.Path(f"{path}.cmd").read_text().split()}
    objects = [word for word in words if word.endswith(".o") and "/floor-" not in word]
    commands = [(TREE / f"{path}.cmd").read_text().split() for path in objects]
    return [command for command in commands if "-std=gnu11" in command]


@pytest.mark.parametrize(
    "folder",
    [*DEFCONFIGS, "x86_64_pv+no_balloon", "x86_64_pv+debug", "clang/x86_64_pv", "clang/arm64"],
)
def test_there_are_no_warnings(folder):
    """All that was built before the tests (scripts/check/check) was built with warnings as errors."""
    commands = compiled(TREE / "build" / folder)
    assert len(commands) > 80 and (TREE / "build" / folder / "aerostat").exists()
    compiler = "clang" if folder.startswith("clang/") else "gcc"
    for command in commands:
        assert command[0].endswith(compiler) and {"-Werror", "-Wall", "-Wextra"} <= set(command)


def symbols(image):
    status, text = run("nm", f"build/{image}/aerostat")
    assert status == 0, text
    return {line.split()[-1] for line in text.splitlines()}


def test_without_the_balloon_nothing_of_it_is_there():
    for config in ("x86_64_pv", "linux"):
        assert any("balloon" in name for name in symbols(config))
        assert [name for name in symbols(f"{config}+no_balloon") if "balloon" in name] == []


@pytest.mark.parametrize("config", DEFCONFIGS)
def test_what_only_tests_call_is_in_kernels_of_tests_alone(config):
    checks = {"fault_expect", "page_alloc_check", "pagedb_check", "pagedb_is_free"}
    checks |= {"linux_fail_commit", "map_frames", "region_find", "region_get"}
    assert checks & symbols(config) == set()
    assert "fault_expect" in symbols(f"{config}/tests/released")


@pytest.mark.parametrize("config", CONFIGS)
def test_nothing_is_writable_and_executable(config):
    status, text = run("readelf", "-lW", f"build/{config}/aerostat")
    assert status == 0
    flags = re.findall(r"^  LOAD .*0x\w+ ([R ][W ][E ]) 0x", text, re.M)
    assert sorted(flags) == ["R  ", "R E", "RW "]


@pytest.mark.parametrize("config", CONFIGS)
def test_no_two_functions_have_the_same_name(config):
    """So that a name in a backtrace is a place."""
    status, text = run("readelf", "-sW", f"build/{config}/aerostat")
    assert status == 0
    names = re.findall(r"\bFUNC .* ([A-Za-z_]\w*)$", text, re.M)  # parts of a function have a dot
    counted = collections.Counter(names)
    assert len(counted) > 300
    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("config", CONFIGS)
def test_there_are_no_relocations(config):
    status, text = run("readelf", "-rW", f"build/{config}/aerostat")
    assert status == 0
    assert "There are no relocations in this file." in text


@pytest.mark.parametrize("config", CONFIGS)
def test_symbols_are_found_by_address(config):
    """The table in the image says what nm says."""
    image = TREE / f"build/{config}/aerostat"
    status, text = run("nm", "-n", image)
    assert status == 0
    address = {line.split()[-1]: int(line.split()[0], 16) for line in text.splitlines()}
    status, table = run(
        "objdump",
        *("-s", "-j", ".rodata", f"--start-address={address['ksyms_text']}", image),
    )
    assert status == 0
    assert address["ksyms_text"] > address["ksyms_address"] > 0
    words = re.findall(r"^ [0-9a-f]+((?: [0-9a-f]{2,8}){1,4})  ", table, re.M)
    names = bytes.fromhex("".join(words)).split(b"\0")
    assert b"upcall_start" in names and b"app_main" in names


def test_compile_commands_name_every_source():
    commands = json.loads((TREE / "build/x86_64_pv/compile_commands.json").read_text())
    listed = {command["file"] for command in commands}
    assert {"mm/alloc/page_alloc.c", "apps/demo/main.c", "lib/string.c"} <= listed
    assert all((TREE / name).exists() for name in listed)


@pytest.mark.parametrize("name", ["nonsense", "x86_64_pv+nonsense"])
def test_an_unknown_configuration_gets_one_clear_line(name):
    status, text = run("make", f"CONFIG={name}")
    assert status == 2
    assert len(text.splitlines()) == 1
    assert f'there is no configuration "{name}"; known are ' in text
    for known in (TREE / "configs").glob("*_defconfig"):
        assert f" {known.name.removesuffix('_defconfig')}" in text
    assert "+no_balloon" in text


def test_help_names_every_goal():
    text = make("help")
    goals = set()
    for name in ("Makefile", "scripts/build/goals.mk", "scripts/build/kernel.mk"):
        for line in re.findall(r"^\.PHONY:(.*)$", (TREE / name).read_text(), re.M):
            goals |= set(line.split())
    goals = {g for g in goals if re.fullmatch(r"[a-z-]+", g)} - {"all", "help", "in-order", "tidied"}
    assert len(goals) > 12
    assert [goal for goal in sorted(goals) if not re.search(rf"\b{goal}\b", text)] == []


@pytest.mark.parametrize("menu", ["menuconfig", "nconfig"])
def test_menus_open_and_close(menu, tmp_path):
    child = pexpect.spawn(
        "make",
        [menu, f"O={tmp_path}"],
        cwd=TREE,
        env=os.environ | {"TERM": "xterm"},
        dimensions=(30, 100),
        timeout=30,
    )
    child.expect("alloon")  # the first letter may be coloured
    child.send("\x1b\x1b" if menu == "menuconfig" else "\x1b[20~")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


@in_house
def test_a_named_configuration_and_a_build_go_together(house):
    assert "CONF" in make("x86_64_pv_defconfig", "build/x86_64_pv/floor-0.o", cwd=house)
    assert (house / "build/.default").read_text() == "x86_64_pv\n"
