# SPDX-License-Identifier: MIT
"""scripts/lab/lab dom0: a dom0 with the guest's kernel at hand, for people."""
import math
import shutil
import sys
import termios

from lab.common import FOR_EVER, MIB, TIMED_OUT, LabError
from lab.dom0.dom0 import Dom0
from lab.dom0.guests import config_text, guest_of

# In the place of the prompt that is there already, and with one behind it.
GREETING = """\r\033[K\
/guest holds aerostat and aerostat.cfg. For example:
  xl create aerostat.cfg; xl mem-max aerostat {maxmem}
  xl console aerostat             (^] leaves it)
exit ends the machine.
dom0# """
# ^C is the guest's, not QEMU's.
TERMINAL = ["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"]


def prepare(dom0, options, maxmem):
    dom0.put(options.kernel, "aerostat")
    settings = {"name": "aerostat", "kernel": "/guest/aerostat", "vcpus": 1}
    settings |= {"memory": options.memory // MIB}
    settings |= {"maxmem": maxmem} if guest_of(options.environment).maxmem else {}
    settings |= {"extra": options.cmdline or "shell", "on_poweroff": "preserve"}
    text = config_text(options.environment, **settings)
    dom0.put_bytes(text.encode(), "aerostat.cfg")


def talk(dom0, maxmem):
    columns, rows = shutil.get_terminal_size()
    dom0.put_bytes(GREETING.format(maxmem=maxmem).encode(), "greeting")
    dom0.check(f"stty cols {columns} rows {rows} </dev/hvc0; cat greeting >/dev/hvc0; rm greeting")
    return dom0.wait()


def one_script(dom0, options):
    limit = math.ceil(options.timeout) or FOR_EVER
    status, text = dom0.run(options.run, limit)
    sys.stdout.write(text)
    if status == 143:
        say(f"dom0 did not do it in {limit} s")
        return TIMED_OUT
    return status


def say(text):
    print(f"lab: {text}", file=sys.stderr, flush=True)


def run(options):
    if options.run is None and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LabError("a shell wants a terminal; --run 'commands' does without")
    guest = guest_of(options.environment)
    options.kernel = options.kernel or options.build / guest.image
    if not options.kernel.is_file():
        raise LabError(f"there is no kernel {options.kernel}; build it first")
    maxmem = options.max // MIB
    saved = termios.tcgetattr(0) if options.run is None else None
    try:
        console = TERMINAL if saved else None
        with Dom0(guest.architecture, guest.xen, console=console, say=say) as dom0:
            prepare(dom0, options, maxmem)
            return talk(dom0, maxmem) if saved else one_script(dom0, options)
    finally:
        if saved:
            termios.tcsetattr(0, termios.TCSADRAIN, saved)
