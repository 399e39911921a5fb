# SPDX-License-Identifier: MIT
"""What holds of the source as it stands: floors, formatting, clang-tidy, the layout page."""
import pathlib
import re
import shutil
import subprocess

import pytest
from lab.environments import DEFCONFIGS

TREE = pathlib.Path(__file__).resolve().parent.parent


def run(*command, cwd=TREE):
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize("config", DEFCONFIGS)
def test_includes_and_calls_point_down(config):
    status, text = run("scripts/check/layers.py", f"build/{config}")
    assert status == 0, text


def make_house(folder, files):
    """A tree that holds nothing but these files and the checker."""
    (folder / "scripts/check").mkdir(parents=True)
    shutil.copy(TREE / "scripts/check/layers.py", folder / "scripts/check")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return run("scripts/check/layers.py", cwd=folder)


def test_an_include_that_points_up_is_found(tmp_path):
    status, text = make_house(
        tmp_path, {"mm/a.c": "#include <lib/types.h>\n#include <balloon/balloon.h>\n"}
    )
    assert status == 1
    assert "mm/a.c:2: <balloon/balloon.h> is of floor 3, above 2" in text


def test_an_include_by_path_that_points_up_is_found(tmp_path):
    status, text = make_house(
        tmp_path, {"lib/a.c": '#include "../mm/b.h"\n', "mm/b.h": '#include "../lib/a.c"\n'}
    )
    assert status == 1
    assert 'lib/a.c:1: "../mm/b.h" is of floor 2' in text
    assert "mm/b.h" not in text.replace('"../mm/b.h"', "")


def test_conditional_compilation_in_mm_is_found(tmp_path):
    status, text = make_house(tmp_path, {"mm/a.c": "int a;\n#ifdef CONFIG_P2M\n#endif\n"})
    assert status == 1
    assert "mm/a.c:2: conditional compilation" in text


def test_a_call_that_points_up_is_found(tmp_path):
    floors = {
        0: "int lib_one(void); int lib_one(void) { return 1; }",
        2: "int kernel_two(void); int mm_oom(int); int mm_three(void);"
        "int mm_three(void) { return kernel_two() + mm_oom(0); }",
        5: "int kernel_two(void); int kernel_two(void) { return 2; } int mm_oom(int n);"
        "int mm_oom(int n) { return n; }",
    }
    for number, text in floors.items():
        (tmp_path / "a.c").write_text(text)
        assert run("gcc", "-c", "a.c", "-o", f"floor-{number}.o", cwd=tmp_path) == (0, "")
    status, text = run("scripts/check/layers.py", tmp_path)
    assert status == 1
    assert "floor 2 (mm) calls kernel_two of floor 5" in text
    assert "mm_oom" not in text


def make_floors(folder, files):
    """The floors of a build of these files, each with a function that calls another one."""
    build, floors = folder / "build", {}
    for name, (own, called) in files.items():
        path = folder / f"{name}.c"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"void {called}(void); void {own}(void); void {own}(void) {{ {called}(); }}")
        made = build / f"{name}.o"
        made.parent.mkdir(parents=True, exist_ok=True)
        assert run("gcc", "-c", path, "-o", made) == (0, "")
        floor = {"lib": 0, "arch": 1, "mm": 2, "balloon": 3, "drivers": 4}[name.split("/")[0]]
        floors.setdefault(floor, []).append(f"build/{name}.o")
    for floor, objects in floors.items():
        command = ["ld", "-r", "-o", f"build/floor-{floor}.o", *objects]
        assert run(*command, cwd=folder) == (0, "")
        (build / f"floor-{floor}.o.cmd").write_text(" ".join(command))
    return run("scripts/check/layers.py", "build", cwd=folder)


def test_files_that_need_each_other_are_found(tmp_path):
    make_house(tmp_path, {"include/arch/port.h": "void a_port(void);\n"})
    one_way = {"lib/a": ("lib_a", "lib_a"), "mm/a": ("mm_a", "mm_b"), "mm/b": ("mm_b", "mm_b")}
    assert make_floors(tmp_path, one_way)[0] == 0
    circle = {"mm/b": ("mm_b", "mm_c"), "mm/c": ("mm_c", "mm_a")}
    status, text = make_floors(tmp_path, one_way | circle)
    assert status == 1
    assert all(f"mm/{a} needs mm_{b} of mm/{b}" in text for a, b in ("ab", "bc", "ca")), text


def test_rooms_that_need_each_other_are_found(tmp_path):
    make_house(tmp_path, {})
    files = {"lib/a": ("lib_a", "lib_a"), "mm/x/a": ("xa", "yb"), "mm/y/b": ("yb", "yb")}
    assert make_floors(tmp_path, files)[0] == 0
    status, text = make_floors(tmp_path, files | {"mm/y/c": ("yc", "xd"), "mm/x/d": ("xd", "xd")})
    assert status == 1
    assert "rooms need each other" in text and "mm/y/c needs xd of mm/x/d" in text


def test_rooms_that_include_each_other_are_found(tmp_path):
    files = {"mm/x/a.c": '#include "mm/y/b.h"\n', "mm/y/b.h": "", "mm/x/a.h": ""}
    assert make_house(tmp_path / "one", files)[0] == 0
    status, text = make_house(tmp_path / "two", files | {"mm/y/b.c": '#include "mm/x/a.h"\n'})
    assert status == 1
    assert "mm/y/b.c includes mm/x/a.h" in text


def test_a_port_fulfils_its_contract(tmp_path):
    """Its files may call what include/arch declares, wherever that is, and arch/common the port."""
    make_house(tmp_path, {"include/arch/port.h": "void a_port(void);\n"})
    files = {
        **{"lib/a": ("lib_a", "lib_a"), "mm/a": ("mm_a", "mm_a")},
        **{"arch/x86/a": ("a_port", "a_inside"), "arch/x86/b": ("a_inside", "a_port")},
        **{"arch/common/c/c": ("c_shared", "a_hook"), "arch/x86/d": ("a_hook", "c_shared")},
    }
    assert make_floors(tmp_path, files) == (0, "all includes and calls point down\n")
    circle = {"arch/x86/b": ("a_inside", "a_inside2"), "arch/x86/e": ("a_inside2", "a_inside")}
    status, text = make_floors(tmp_path, files | circle)
    assert status == 1
    assert "arch/x86/b needs a_inside2 of arch/x86/e" in text


def sources():
    _, names = run("git", "ls-files", "*.c", "*.h")
    there = [name for name in names.split() if (TREE / name).exists()]
    assert len(there) > 50
    return there


def test_source_is_formatted():
    status, text = run("clang-format", "--dry-run", "--Werror", *sources())
    assert status == 0, text


def test_a_source_opens_with_its_licence_and_what_it_is_for():
    opening = "/* SPDX-License-Identifier: MIT */\n/*"
    assert [name for name in sources() if not (TREE / name).read_text().startswith(opening)] == []


@pytest.mark.parametrize("config", DEFCONFIGS)
def test_clang_tidy_finds_nothing(config):
    """Its analyzer goes less far than by `make tidy`, which takes twenty times as long, and looks at
    what several configurations compile in the first of them."""
    beside = " ".join(DEFCONFIGS[: DEFCONFIGS.index(config)])
    status, text = run("make", "-k", "tidy", f"CONFIG={config}", f"BESIDE={beside}", "NODES=5000")
    assert status == 0, text


def test_the_porting_page_names_the_whole_contract():
    page = (TREE / "docs" / "porting.md").read_text()
    headers = [path.name for path in (TREE / "include" / "arch").glob("*.h")]
    assert [name for name in headers if f"`{name}`" not in page] == []


def test_documents_lead_to_what_is_there():
    _, names = run("git", "ls-files", "*.md")
    wrong = []
    for name in names.split():
        page = TREE / name
        links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text())
        wrong += [f"{name}: {link}" for link in links if not (page.parent / link).exists()]
    assert wrong == []


def test_the_reference_and_the_documents_are_made_without_a_warning():
    status, text = run("scripts/build/docs")
    assert status == 0, text
    pages = {path.name for path in (TREE / "build/docs/html").glob("*.html")}
    assert {"index.html", "md_mm_README.html", "balloon_8h.html"} <= pages


def test_a_function_without_a_comment_fails_the_reference(tmp_path):
    for name in ("docs/Doxyfile", "scripts/build/docs", "scripts/build/doc_comments"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TREE / name, tmp_path / name)
    with (tmp_path / "docs/Doxyfile").open("a") as file:
        file.write("INPUT = include\n")
    header = tmp_path / "include/a.h"
    header.parent.mkdir()
    opening = "/* SPDX-License-Identifier: MIT */\n/* Doors. */\n"
    together = "/* Open or close <n> doors. Return: #n. */\nint open_n(int n);\nint close_n(int n);\n"
    member = "struct door {\n\tint n; /* how many */\n\tint size;\n};\n"
    header.write_text(opening + together + "\n/* One. */\n" + member)
    status, text = run("scripts/build/docs", cwd=tmp_path)
    assert status == 0, text
    page = (tmp_path / "build/docs/html/a_8h.html").read_text()
    assert page.count("Open or close &lt;n&gt; doors.") >= 2 and "Returns" in page
    header.write_text(opening + together + "\nint lock(void);\n")
    status, text = run("scripts/build/docs", cwd=tmp_path)
    assert status == 1
    assert "lock(void)" in text and "open_n" not in text and "close_n" not in text


def sentences(page):
    """What stands between two full stops, without tables, headings and code."""
    text = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    text = re.sub(r"(?m)^[|#].*$", "", text)
    for block in re.split(r"\n\s*\n|\n\s*(?:[-*]|\d+\.) ", text):
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z`*_\[0-9])", " ".join(block.split())):
            if re.search(r"\w", sentence):
                yield sentence


def test_documents_have_short_sentences():
    """At most 20 words on average."""
    _, names = run("git", "ls-files", "*.md")
    lengths = {
        name: [len(re.findall(r"[\w`]\S*", one)) for one in sentences((TREE / name).read_text())]
        for name in names.split()
    }
    assert len(lengths) > 10
    assert {name: sum(n) / len(n) for name, n in lengths.items() if sum(n) > 20 * len(n)} == {}


def test_documents_personify_no_host_and_no_device():
    who = "device|driver|guest|host|hypervisor|kernel|linux|qemu|toolstack|xen|xenstored"
    wrong = rf"\b({who})s? (believes?|knows?|lies|says?|tells?|thinks?|wants?)\b|\b(some|no)body\b|\banew\b"
    _, names = run("git", "ls-files", "*.md")
    pages = {name: " ".join((TREE / name).read_text().split()) for name in names.split()}
    found = {name: [m[0] for m in re.finditer(wrong, page, re.IGNORECASE)] for name, page in pages.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_the_layout_page_is_what_the_tables_say():
    status, text = run("scripts/build/layout", "--check")
    assert status == 0, text
