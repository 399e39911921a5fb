# SPDX-License-Identifier: MIT
"""Boots a kernel and ends as it ended."""
import os
import pathlib
import selectors
import shutil
import subprocess
import sys
import tempfile
import termios
import time

from lab.common import DIED, FOR_EVER, TIMED_OUT, LabError, mib
from lab.environments import ENVIRONMENTS
from lab.filter import Filter


def write_out(data):
    if data:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def pump(machine, take, deadline):
    """Hands on what the machine writes until it is done (True) or the time is up (False)."""
    with selectors.DefaultSelector() as selector:
        selector.register(machine.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if selector.select(left):
                data = os.read(machine.stdout.fileno(), 65536)
                if not data or take(data):
                    return True


def terminal_words(options):
    """Only this side knows whether there is a terminal."""
    if not sys.stdout.isatty():
        return options.cmdline
    return f"tty=1 cols={shutil.get_terminal_size().columns} {options.cmdline}"


def wait_for_end(machine, patience):
    """A machine that only waits for its reboot need not be waited for."""
    try:
        return machine.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        machine.kill()
        return machine.wait()


def run_machine(command, take, timeout, patience):
    """The exit code of QEMU, or None after the time limit; and what it said on stderr."""
    saved = termios.tcgetattr(0) if sys.stdin.isatty() else None
    deadline = time.monotonic() + (timeout or FOR_EVER)
    with tempfile.TemporaryFile() as errors:
        machine = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        try:
            in_time = pump(machine, take, deadline)
            code = wait_for_end(machine, patience) if in_time else None
        finally:
            machine.kill()
            machine.wait()
            if saved:
                termios.tcsetattr(0, termios.TCSADRAIN, saved)
        errors.seek(0)
        return code, errors.read()


def run(options):
    if options.environment not in ENVIRONMENTS:
        raise LabError(f'there is no way yet to boot "{options.environment}"')
    environment = ENVIRONMENTS[options.environment]
    options.kernel = options.kernel or options.build / "aerostat"
    image = options.kernel.with_name(options.kernel.name.replace("aerostat", environment.image))
    kernel = image.resolve()
    if not kernel.is_file():
        raise LabError(f"there is no kernel {image}; build it first")
    if options.max < options.memory and not options.any_size:
        raise LabError(f"--max {mib(options.max)} is less than --memory {mib(options.memory)}")
    options.cmdline = terminal_words(options)
    with tempfile.TemporaryDirectory(prefix="aerostat.") as folder:
        # A name without blanks, whatever the path of the tree: the arguments follow a blank.
        link = pathlib.Path(folder, "aerostat")
        link.symlink_to(kernel)
        command = environment.command(options, link)
        if options.show:
            print(" ".join(map(str, command)))
        spoken = Filter(
            *(environment.noise, environment.fatal, write_out, options.verbose),
            *(environment.over, environment.wrapped, environment.focus),
        )
        code, errors = run_machine(command, spoken.feed, options.timeout, environment.patience)
    spoken.close()
    return report(options, environment, code, spoken, errors)


def report(options, environment, code, spoken, errors):
    if code is None:
        status, text = TIMED_OUT, f"the guest did not end within {options.timeout:g} s"
    else:
        status = environment.status(code, spoken.heard, spoken.tail)
        text = f"the guest ended with status {status}"
        if status is None:
            status = DIED
            text = "the guest crashed" if spoken.dead else f"the machine ended with {code}, and no guest did"
    if status:
        sys.stdout.flush()
        for line in spoken.kept if not options.verbose else ():
            sys.stderr.write(line.decode(errors="replace") + "\n")
        sys.stderr.write(errors.decode(errors="replace"))
        sys.stderr.write(f"lab: {text}\n")
    return status
