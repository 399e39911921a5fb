# SPDX-License-Identifier: MIT
"""A dom0 to talk to.

    with Dom0("x86_64") as dom0:
        dom0.put("build/x86_64_pv/aerostat")
        dom0.check("xl create guest.cfg")
        status, text = dom0.run("xl list")

It boots once; from then on it starts as the booted machine was. What the consoles of a machine said
that failed is kept in build/dom0/<architecture>/failed.log."""
import contextlib
import fcntl
import hashlib
import pathlib
import shlex
import subprocess
import tempfile
import time

from lab.common import TREE, LabError
from lab.dom0 import image
from lab.dom0.channel import Agent, ChannelError, Monitor
from lab.dom0.hardware import machine_of

BOOT_SECONDS = 180
PLACE = TREE / "build" / "dom0"


class Dom0Error(LabError):
    """dom0 failed to do what it must; its text ends with what the machine's console said."""


class Dom0:
    def __init__(self, architecture, xen=None, memory="2G", dom0_memory="384M", processors=1,
                 console=None, say=lambda text: None):
        self.machine = machine_of(architecture, xen, processors)
        self.say = say  # is told what takes long
        self.memory, self.dom0_memory = memory, dom0_memory
        self.console_words = console
        self.place = PLACE / architecture
        self.architecture = architecture
        self.qemu = None

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        try:
            self.folder = pathlib.Path(
                self.stack.enter_context(tempfile.TemporaryDirectory(prefix="aerostat."))
            )
            state = self.booted_state()
            self.start(["-incoming", f"exec:cat {shlex.quote(str(state))}"], self.console_words)
            self.check("true", timeout=BOOT_SECONDS)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, error, *_):
        if error:
            (self.place / "failed.log").write_text(self.log(10000))
        self.close()

    def close(self):
        if self.qemu:
            self.qemu.kill()
            self.qemu.wait()
        self.stack.close()

    # ---- the machine -------------------------------------------------------------------------

    def files(self):
        """Under names without blanks or commas, whatever the path of the tree."""
        kernel, files, self.key = image.build(self.architecture, self.place)
        links = {"xen": self.machine.xen, "kernel": kernel, "files": files}
        for name, path in links.items():
            link = self.folder / name
            if not link.exists():
                link.symlink_to(path)
        return {name: str(self.folder / name) for name in links}

    def words(self):
        return self.machine.words(self.files(), self.memory, self.dom0_memory, self.folder)

    def identity(self):
        """Whatever makes a saved state useless when it changes."""
        version = subprocess.run(
            [self.machine.program, "--version"], capture_output=True, check=True
        ).stdout
        words = " ".join(self.words()).replace(str(self.folder), "")
        xen = self.machine.xen.stat()
        told = f"{version} {words} {self.key} {xen.st_mtime_ns} {xen.st_size}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def booted_state(self):
        self.place.mkdir(parents=True, exist_ok=True)
        with open(self.place / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            machine = self.machine
            kind = f"{machine.xen.parent.name}-{self.memory}-{self.dom0_memory}-{machine.processors}"
            state = self.place / f"{kind}.{self.identity()}.booted"
            if not state.exists():
                for old in self.place.glob(f"{kind}.*"):
                    old.unlink()
                self.boot(state)
        return state

    def boot(self, state):
        """Once; where it stands when its toolstack is up and nothing was asked of it."""
        self.say("booting Xen and a Linux dom0; from then on it is there at once")
        self.start([], None)
        self.check("true", timeout=BOOT_SECONDS)
        time.sleep(0.3)  # until it has fallen asleep
        new = state.with_suffix(".new")
        self.monitor.greet(10)
        self.monitor.save(f"cat >{shlex.quote(str(new))}", 60)
        self.qemu.kill()
        self.qemu.wait()
        self.qemu = None
        new.rename(state)

    def start(self, words, console):
        self.agent = self.stack.enter_context(contextlib.closing(Agent()))
        self.monitor = self.stack.enter_context(contextlib.closing(Monitor()))
        lines = self.agent, self.monitor
        agent, monitor = (line.theirs.fileno() for line in lines)
        command = [
            *("setpriv", "--pdeathsig", "KILL"),  # whatever becomes of this process
            *(self.machine.program, *self.words(), "-nodefaults", "-display", "none", "-no-reboot"),
            *(console or ["-serial", f"file:{self.folder}/console"]),
            *("-device", self.machine.port, "-chardev", f"socket,id=agent,fd={agent}"),
            *("-device", "virtserialport,chardev=agent,name=agent"),
            *("-chardev", f"socket,id=monitor,fd={monitor}", "-mon", "monitor,mode=control"),
            *words,
        ]
        errors = open(self.folder / "errors", "wb")
        with errors:
            self.qemu = subprocess.Popen(
                command,
                pass_fds=(agent, monitor),
                stderr=errors,
                stdin=None if console else subprocess.DEVNULL,
            )
        for line in lines:
            line.started()

    def wait(self):
        """Until it switches itself off."""
        return self.qemu.wait()

    # ---- what it is told ---------------------------------------------------------------------

    def request(self, verb, data, word, timeout):
        try:
            return self.agent.request(verb, data, word, timeout)
        except (ChannelError, OSError, ValueError) as error:
            raise Dom0Error(f"dom0: {error}\n{self.log()}") from None

    def run(self, script, timeout=30):
        """(status, output) of a script of the shell; 143 if it took longer."""
        status, said = self.request("run", script.encode(), timeout, timeout + 10)
        return status, said.decode(errors="replace")

    def check(self, script, timeout=30):
        """The output of a script that must succeed."""
        status, said = self.run(script, timeout)
        if status:
            raise Dom0Error(f"dom0: status {status} of: {script}\n{said}\n{self.log()}")
        return said

    def put(self, path, name=None):
        """Copies a file to /guest, and says where it lies."""
        return self.put_bytes(pathlib.Path(path).read_bytes(), name or pathlib.Path(path).name)

    def put_bytes(self, data, name):
        place = f"/guest/{name}"
        status, _ = self.request("put", data, place, 60)
        if status:
            raise Dom0Error(f"dom0: {place} could not be written")
        return place

    def get(self, place):
        status, data = self.request("get", b"", place, 60)
        if status:
            raise Dom0Error(f"dom0: there is no file {place}")
        return data

    def said(self, domain):
        """What a guest wrote to its console so far."""
        status, data = self.request("get", b"", f"/var/log/xen/console/guest-{domain}.log", 60)
        return "" if status else data.decode(errors="replace").replace("\r\n", "\n")

    def wait_for(self, found, timeout, what):
        """Until a function of no arguments finds what it looks for; that is returned."""
        deadline = time.monotonic() + timeout
        while not (result := found()):
            if time.monotonic() > deadline:
                raise Dom0Error(f"dom0: in {timeout} s there was no {what}\n{self.log()}")
            time.sleep(0.2)  # the guest shares its processor with whoever asks
        return result

    def log(self, lines=60):
        """The end of what Xen, Linux and QEMU said."""
        texts = []
        for name in ("console", "errors"):
            path = self.folder / name
            if path.exists():
                texts += path.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(texts)
