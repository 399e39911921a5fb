# SPDX-License-Identifier: MIT
"""Makes tests of what is not Python: guest tests (guest/<name>/main.c, booted in each environment,
named <environment>-<name>) and unit tests (unit/<folder>/<name>_test.c, programs of the host)."""
import os
import pathlib
import re
import subprocess
import sys
import tomllib

import pytest

TREE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE / "scripts"))  # tests import the lab's parts

from lab.environments import GUEST_KERNELS  # noqa: E402: its place had to be said

# What a test.toml may say, and what holds where it says nothing.
GUEST_DEFAULTS = {
    "memory": "32M",
    "max": "512M",
    "machine": "",  # memory under the hypervisor
    "xen": "",  # words for the hypervisor
    "cmdline": "",
    "timeout": 60,  # seconds
    "status": 0,  # what the guest ends with
    "expect": ["^PASS$"],  # each must be found in what the guest writes
    "reject": ["^FAIL"],  # none of these
    "needs_balloon": True,  # if not, it also runs without one
    "any_size": False,  # max may be less than memory
    "environments": [],  # where it runs, if not everywhere
    "not_in": [],  # where it does not run
    "fragment": "",  # of configs/, on top of the environment's configuration
}


# What takes longest begins first, so that all workers (pytest-xdist) end together.
FIRST = [
    *("test_clang_tidy", "test_fuzz", "xl-idle", "xl-target", "test_build", "test_bench"),
    *("test_save", "unit-xen-"),
]


def pytest_sessionstart(session):
    """Only the first process builds; its workers (pytest-xdist) find what it built."""
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    if os.environ.get("AEROSTAT_BUILT"):
        return
    command = ["scripts/check/check", "--build"]
    result = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False)
    if result.returncode:
        raise pytest.UsageError(f"{' '.join(command)}:\n{result.stdout}{result.stderr}")


def rank(item):
    names = (n for n, name in enumerate(FIRST) if name in item.nodeid)
    return next(names, len(FIRST))


def pytest_collection_modifyitems(items):
    items.sort(key=rank)


def processor_seconds():
    """Of this process, and of all it started that have ended."""
    return sum(os.times()[:4])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item):
    item.began_at = processor_seconds()
    yield


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    """The report has it beside the time on the clock; scripts/check/check shows both."""
    yield
    spent = processor_seconds() - item.began_at
    item.user_properties.append(("processors", f"{spent:.2f}"))


def pytest_collect_file(file_path, parent):
    if file_path.name == "main.c" and file_path.parent.parent == TREE / "tests" / "guest":
        return GuestFile.from_parent(parent, path=file_path)
    if file_path.match("tests/unit/*/*_test.c"):
        return UnitFile.from_parent(parent, path=file_path)
    return None


def shorten(text, head=30, tail=120):
    """The beginning and the end of a long text."""
    lines = text.splitlines()
    if len(lines) > head + tail:
        lines[head:-tail] = [f"[... {len(lines) - head - tail} lines ...]"]
    return "\n".join(lines)


class ProgramFailed(Exception):
    """Its text is the whole report."""


class ProgramItem(pytest.Item):
    """A test that is a program."""

    def execute(self, command, timeout):
        result = subprocess.run(
            command,
            cwd=TREE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
        return result.returncode, result.stdout

    def fail(self, why, text):
        raise ProgramFailed(f"{self.name}: {why}\n{shorten(text)}")

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, ProgramFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, self.name


class GuestFile(pytest.File):
    def collect(self):
        settings = self.path.with_name("test.toml")
        told = tomllib.loads(settings.read_text()) if settings.exists() else {}
        # [variant.<name>] runs the same guest with other parameters, as <test>-<name>.
        variants = told.pop("variant", {"": {}})
        for variant, changes in variants.items():
            unknown = set(told | changes) - set(GUEST_DEFAULTS)
            if unknown:
                raise pytest.UsageError(f"{settings}: unknown keys {', '.join(sorted(unknown))}")
            suffix = f"-{variant}" if variant else ""
            yield from self.items(suffix, GUEST_DEFAULTS | told | changes)

    def items(self, suffix, parameters):
        only, fragment = parameters["environments"], parameters["fragment"]
        for kernel in GUEST_KERNELS:
            if only and kernel.prefix not in only or kernel.prefix in parameters["not_in"]:
                continue
            if parameters["needs_balloon"] and not kernel.balloon:
                continue
            name = f"{kernel.prefix}-{self.path.parent.name}{suffix}"
            item = GuestItem.from_parent(self, name=name)
            item.config_name = f"{kernel.config}+{fragment}" if fragment else kernel.config
            item.environment = kernel.environment
            item.parameters = parameters
            yield item


class GuestItem(ProgramItem):
    config_name: str
    environment: str
    parameters: dict

    def command(self):
        told = self.parameters
        kernel = f"build/{self.config_name}/tests/{self.path.parent.name}/aerostat"
        return [
            *("scripts/lab/lab", "run", "--config", self.config_name, "--kernel", kernel),
            *("--environment", self.environment),
            *("--memory", told["memory"], "--max", told["max"]),
            *(["--machine", told["machine"]] if told["machine"] else []),
            *([f"--xen={told['xen']}"] if told["xen"] else []),
            *(["--any-size"] if told["any_size"] else []),
            *("--timeout", str(told["timeout"]), f"--cmdline={told['cmdline']}"),
        ]

    def runtest(self):
        told = self.parameters
        status, text = self.execute(self.command(), told["timeout"] + 30)
        if status != told["status"]:
            self.fail(f"ended with {status}, not {told['status']}", text)
        for pattern in told["expect"] + GUEST_DEFAULTS["expect"]:
            if not re.search(pattern, text, re.M):
                self.fail(f"nothing matches {pattern!r}", text)
        for pattern in told["reject"] + GUEST_DEFAULTS["reject"]:
            if re.search(pattern, text, re.M):
                self.fail(f"something matches {pattern!r}", text)


class UnitFile(pytest.File):
    def collect(self):
        yield UnitItem.from_parent(self, name=f"unit-{self.path.parent.name}-{self.path.stem.removesuffix('_test')}")


class UnitItem(ProgramItem):
    def runtest(self):
        status, text = self.execute([f"build/unit/{self.path.parent.name}/{self.path.stem}"], 300)
        if status:
            self.fail(f"ended with {status}", text)
        if not re.search(r"^\[  PASSED  \] [1-9]", text, re.M):
            self.fail("ran no test", text)
