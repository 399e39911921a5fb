# SPDX-License-Identifier: MIT
"""docs/messages.md against the sources: it has a row for each log message, and for nothing else."""
import pathlib
import re

TREE = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("apps", "arch", "balloon", "drivers", "kernel", "lib", "mm", "sched")
# Text that is no log message: what shell commands and the demo print, and the pages of a fault.
OUTPUT = re.compile(
    r"apps/|kernel/(cmd_\w+|shell|console|cmdline|main|panic)\.c|mm/region\.c"
    r"|arch/.*/(traps|backtrace|syndrome|fault)\.c|arch/x86/(traps|backtrace)\.c"
)
STRING = r'"((?:[^"\\\n]|\\.)*)"'
# A format: literals, and macros that stand for literals, side by side.
FORMAT = re.compile(rf"\b(printk|panic)\(\s*((?:{STRING}|[A-Z_]+|\s)+?)\s*[,)]")
# Functions that put a text into a message of theirs, and files whose functions return such texts.
REASON = re.compile(r"\b(virtio_fail|virtio_wait|fail|give_up|say|say_lost|node_say|log_strange|refuse)\(([^;{]*)\);")
RETURNED = ("drivers/virtio/mem.c", "arch/arm/boot/fdt_node.c", "mm/heap/heap.c")
TABLES = re.compile(r"\*const wrong\[\w*\] = \{([^}]*)\}")
CONVERSION = re.compile(r"%[-+ #0]*[\d*.]*(?:hh|h|ll|l|z|t|j)?[diuxXcsp]")
MESSAGE = re.compile(r"(panic: )?(…|[a-z][a-z ]*): \S")


def plain(text):
    """As a reader of a log sees it, with … for each value."""
    text = CONVERSION.sub("…", text).replace("%%", "%").replace('\\"', '"')
    return re.sub(r"\\[nrb]", "", text).strip()


def sources():
    for folder in FOLDERS:
        for path in sorted((TREE / folder).rglob("*.[chS]")):
            yield path.relative_to(TREE).as_posix(), path.read_text()


def formats():
    """(file, text) of each call."""
    for name, text in sources():
        for kind, group, _ in FORMAT.findall(text):
            parts = re.findall(rf"{STRING}|([A-Z_]+)", group)
            joined = plain("".join("…" if macro else text for text, macro in parts))
            yield name, f"panic: {joined}" if kind == "panic" else joined
        for literal in re.findall(r'\.asciz "(panic: [^"]*)"', text):
            yield name, plain(literal)


def reasons():
    for name, text in sources():
        if name != "arch/linux/options.c":
            for _, call in REASON.findall(text):
                yield from (plain(literal) for literal in re.findall(STRING, call))
        if name in RETURNED:
            yield from (plain(literal) for literal in re.findall(rf"return {STRING};", text))
        for table in TABLES.findall(text):
            yield from (plain(literal) for literal in re.findall(STRING, table))


def rows():
    page = (TREE / "docs/messages.md").read_text()
    return re.findall(r"^\| `([^`]+)` \|", page, re.M)


def test_the_page_has_the_messages_of_the_sources():
    known = {text for _, text in formats() if MESSAGE.match(text)} | set(reasons())
    listed = rows()
    assert sorted(listed) == sorted(set(listed)), "a message has two rows"
    assert len(known) > 200
    assert sorted(known - set(listed)) == [], "messages without a row"
    assert sorted(set(listed) - known) == [], "rows without a message"


def test_a_message_names_its_subsystem():
    wrong = [(name, text) for name, text in formats() if not MESSAGE.match(text)]
    assert [row for row in wrong if not OUTPUT.match(row[0])] == []


def test_messages_are_in_the_terms_of_the_field():
    words = r"\b(nobody|somebody|whoever|wants|wanted|believed|says|said|tells|lies|anew|for ever|left alone)\b|; "
    texts = [text for name, text in formats() if not OUTPUT.match(name)] + list(reasons())
    assert [text for text in texts if re.search(words, text)] == []
