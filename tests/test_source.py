# SPDX-License-Identifier: MIT
"""What holds of the source as it stands: floors, formatting, clang-tidy, the layout page."""
import pathlib
import re
import shutil
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent


def run(*command, cwd=TREE):
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


@pytest.mark.parametrize("config", ["x86_64_pv", "x86_32_pv", "x86_64_pvh", "arm64", "linux"])
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


@pytest.mark.parametrize(
    "config, beside",
    [
        ("x86_64_pv", ""),
        *((config, "x86_64_pv") for config in ("x86_64_pvh", "x86_32_pv", "linux")),
        ("arm64", "x86_64_pv x86_64_pvh"),
    ],
    ids=["x86_64_pv", "x86_64_pvh", "x86_32_pv", "linux", "arm64"],
)
def test_clang_tidy_finds_nothing(config, beside):
    """Its analyzer goes less far than by `make tidy`, which takes twenty times as long."""
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


def test_the_layout_page_is_what_the_tables_say():
    status, text = run("scripts/build/layout", "--check")
    assert status == 0, text
