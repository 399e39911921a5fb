# SPDX-License-Identifier: MIT
"""The kernel of a dom0 and its first file system, out of the packages in the cache."""
import functools
import hashlib
import lzma
import pathlib
import re
import struct
import subprocess

from lab.common import CACHE, LabError
from lab.dom0.cpio import Archive

INIT = pathlib.Path(__file__).with_name("init")
TOOLS = "usr/lib/xen-4.17/bin"
# Debian's libxl looks for its helpers where they are in the package.
PROGRAMS = [
    "bin/busybox",
    *(f"{TOOLS}/{name}" for name in ("xl", "xenstored", "xenconsoled", "xenconsole")),
    *(f"{TOOLS}/{name}" for name in ("xen-init-dom0", "libxl-save-helper")),
]
# For people, on the architectures that have them.
EXTRAS = [f"{TOOLS}/{name}" for name in ("lsevtchn", "xenctx")]
# One program, which does what the name it is called by says.
XENSTORE = "usr/bin/xenstore"
XENSTORE_VERBS = ["chmod", "exists", "list", "ls", "read", "rm", "watch", "write"]
FOLDERS = ["proc", "sys", "dev", "run", "tmp", "guest", "var/lib/xen/dump", "var/lib/xenstored",
           "var/log/xen/console", "etc/xen"]
TEXTS = {
    "etc/passwd": "root:x:0:0:root:/:/bin/sh\n",
    "etc/profile": "cd /guest\nPS1='dom0# '\n",
    "etc/xen/xl.conf": 'autoballoon="off"\n',
}


def packages(architecture):
    folder = CACHE / f"dom0-{architecture}"
    if not folder.exists():
        raise LabError(f"there is no Linux for dom0: scripts/setup/setup dom0 {architecture}-xen")
    return folder


@functools.lru_cache(maxsize=None)
def dynamic_section(path):
    command = ["readelf", "--wide", "--program-headers", "--dynamic", path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def find_library(folder, name):
    for place in ("lib", "usr/lib"):
        for path in sorted((folder / place).glob(f"*-linux-gnu/{name}")):
            return path
    raise LabError(f"{folder} lacks the library {name}; remove it and run scripts/setup/setup dom0")


def libraries(folder, programs):
    """Of the programs and of their libraries, all: {name in dom0: file}."""
    # What a thread's end wants, the C library loads by itself.
    found, waiting = {"libgcc_s.so.1": find_library(folder, "libgcc_s.so.1")}, list(programs)
    while waiting:
        said = dynamic_section(waiting.pop())
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", said):
            if name not in found:
                found[name] = find_library(folder, name)
                waiting.append(found[name])
        for loader in re.findall(r"program interpreter: /(.*)\]", said):
            found[f"../{loader}"] = find_library(folder, pathlib.Path(loader).name)
    return {f"lib/{name}".replace("lib/../", ""): path for name, path in found.items()}


def write_file_system(folder, stream):
    archive = Archive(stream)
    for name in FOLDERS:
        archive.folder(name)
    archive.link("var/run", "/run")
    archive.link("var/lock", "/run/lock")
    for name, text in TEXTS.items():
        archive.file(name, text.encode())
    archive.file("init", INIT.read_bytes(), 0o755)
    programs = [*PROGRAMS, XENSTORE, *(name for name in EXTRAS if (folder / name).exists())]
    for name in programs:
        archive.file(name, (folder / name).read_bytes(), 0o755)
    for verb in XENSTORE_VERBS:
        archive.link(f"bin/xenstore-{verb}", f"/{XENSTORE}")
    for name, path in libraries(folder, [folder / name for name in programs]).items():
        archive.file(name, path.read_bytes(), 0o755)
    for path in sorted((folder / "modules").glob("*.ko")):
        archive.file(f"modules/{path.name}", path.read_bytes())
    archive.close()


def unpack_kernel(data):
    """A bzImage's ELF, since Xen would take seconds of emulation to unpack it (Linux:
    Documentation/x86/boot.rst); anything else as it is."""
    if data[0x202:0x206] != b"HdrS":
        return data
    offset, length = struct.unpack_from("<II", data, 0x248)
    packed = data[((data[0x1F1] or 4) + 1) * 512 + offset :][:length]
    if packed[:6] != b"\xfd7zXZ\0":
        raise LabError("dom0's kernel is packed in a way that the lab does not know")
    return lzma.LZMADecompressor().decompress(packed)


def key_of(source):
    """Differs when what is built would."""
    told = b"".join(path.read_bytes() for path in (INIT, pathlib.Path(__file__)))
    return hashlib.sha256(told + str(source.stat().st_mtime_ns).encode()).hexdigest()[:16]


def build(architecture, folder):
    """(kernel, file system, their key), made in the folder if they are not there."""
    source = packages(architecture)
    key = key_of(source)
    kernel, files, made = folder / "kernel", folder / "files.cpio", folder / "key"
    if not made.exists() or made.read_text() != key:
        folder.mkdir(parents=True, exist_ok=True)
        made.unlink(missing_ok=True)
        kernel.write_bytes(unpack_kernel((source / "kernel").read_bytes()))
        with files.open("wb") as stream:
            write_file_system(source, stream)
        made.write_text(key)
    return kernel, files, key
