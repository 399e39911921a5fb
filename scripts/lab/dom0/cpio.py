# SPDX-License-Identifier: MIT
"""Writes an archive that Linux takes as its first file system (cpio, newc; Linux:
Documentation/driver-api/early-userspace/buffer-format.rst)."""
import stat


class Archive:
    def __init__(self, stream):
        self.stream = stream
        self.number = 0
        self.folders = set()

    def entry(self, name, mode, data):
        self.number += 1
        raw = name.encode() + b"\0"
        fields = [self.number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0]
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + raw
        self.stream.write(head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4))

    def folder(self, name):
        """With those it lies in."""
        parent = name.rpartition("/")[0]
        if name in self.folders or not name:
            return
        self.folder(parent)
        self.folders.add(name)
        self.entry(name, stat.S_IFDIR | 0o755, b"")

    def file(self, name, data, mode=0o644):
        self.folder(name.rpartition("/")[0])
        self.entry(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        self.folder(name.rpartition("/")[0])
        self.entry(name, stat.S_IFLNK | 0o777, target.encode())

    def close(self):
        self.entry("TRAILER!!!", 0, b"")
