# SPDX-License-Identifier: MIT
"""How much of an ELF file is loaded."""
import collections
import struct

# Of an ELF file: where the program headers are, how large one is, how many there are; a header, and
# which of its numbers are the sizes in the file and in memory.
Elf = collections.namedtuple("Elf", "table size count header in_file in_memory")
ELF = {
    1: Elf(("<I", 28), ("<H", 42), ("<H", 44), "<IIIIIIII", 4, 5),
    2: Elf(("<Q", 32), ("<H", 54), ("<H", 56), "<IIQQQQQQ", 5, 6),
}


def loaded(path):
    """(bytes in the file, bytes in memory) of what is loaded."""
    data = path.read_bytes()
    elf = ELF[data[4]]
    table, size, count = (
        struct.unpack_from(kind, data, at)[0] for kind, at in (elf.table, elf.size, elf.count)
    )
    headers = [struct.unpack_from(elf.header, data, table + i * size) for i in range(count)]
    return tuple(
        sum(header[i] for header in headers if header[0] == 1) for i in (elf.in_file, elf.in_memory)
    )
