# SPDX-License-Identifier: MIT
"""Commands for gdb that show the memory and the threads of a stopped kernel:

    gdb -x scripts/gdb/aerostat.py build/x86_64_pvh/aerostat

`aerostat blocks`, `free`, `balloon`, `threads`. They read the memory of the guest and change nothing."""
import gdb

BLOCK_FRAMES = 512
LINK_NONE = 0xFFFFFFFF
UNLIMITED = (0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
# From the stack pointer of a thread that does not run: words to the address where it goes on.
SAVED_WORDS = {"i386:x86-64": 6, "i386": 4, "aarch64": 1}


def value(expression):
    return gdb.parse_and_eval(expression)


def name_of(constant, prefix):
    """An enumerator without its prefix, in small letters."""
    return str(constant).removeprefix(prefix).lower()


def text_of(pointer):
    return pointer.string() if int(pointer) else "-"


def frames(count):
    return "unlimited" if int(count) in UNLIMITED else f"{int(count)}"


class Blocks:
    """Pageblocks: neighbours of one state in a row, with their free and absent frames and holes."""

    name = "blocks"

    def show(self):
        database = value("kernel_mm.db")
        block, use_type = database["block"], gdb.lookup_type("enum page_use")
        state_type = gdb.lookup_type("enum block_state")
        rows = []
        for number in range(int(database["first_block"]), int(database["nr_blocks"])):
            this = block[number]
            state = name_of(this["state"].cast(state_type), "BLOCK_")
            use = "-" if state in ("absent", "whole") else name_of(this["use"].cast(use_type), "PAGE_")
            counts = [int(this[field]) for field in ("nr_free", "nr_absent", "nr_holes")]
            if rows and rows[-1][2:4] == [state, use]:
                rows[-1][1] = number
                rows[-1][4:] = [a + b for a, b in zip(rows[-1][4:], counts)]
            else:
                rows.append([number, number, state, use, *counts])
        yield f"{'blocks':>17}  {'state':8}{'use':12}{'free':>9}{'absent':>9}{'holes':>9}"
        for first, last, state, use, *counts in rows:
            yield f"{first:8}-{last:<8}  {state:8}{use:12}" + "".join(f"{n:9}" for n in counts)


class Free:
    """The allocator's lists: whole blocks, and partly free ones by use and largest free order."""

    name = "free"

    def length(self, head):
        number, seen = int(head), 0
        blocks = value("kernel_mm.db.block")
        while number != LINK_NONE and seen <= int(value("kernel_mm.db.nr_blocks")):
            number, seen = int(blocks[number]["next"]), seen + 1
        return seen

    def show(self):
        pages = value("kernel_mm.pages")
        owners = pages["whole"]
        whole = [owners[owner] for owner in range(owners.type.range()[1] + 1)]
        yield f"{int(pages['nr_free'])} frames free, {sum(int(w['nr']) for w in whole)} whole blocks"
        yield f"whole, used before: {sum(self.length(w['used']) for w in whole)} blocks"
        yield f"whole, clean: {sum(self.length(w['clean']) for w in whole)} blocks"
        for use in gdb.lookup_type("enum page_use").fields()[:-1]:
            lists = pages["partial"][use.enumval]
            first, last = lists.type.range()
            lengths = {order: self.length(lists[order]) for order in range(first, last + 1)}
            found = ", ".join(f"order {order}: {n} blocks" for order, n in lengths.items() if n)
            yield f"partly free, {name_of(use.name, 'PAGE_')}: {found or 'none'}"


class Balloon:
    """What each backend has, and the last events, the newest last."""

    name = "balloon"
    FIELDS = ("ceiling", "host", "grown", "held", "refused", "lost")

    def members(self):
        members = value("balloon.dev")
        first, last = members.type.range()
        return [members[i] for i in range(first, last + 1) if int(members[i]["backend"])]

    def present(self, member):
        """Frames that are there of this backend's."""
        owner = (int(member.address) - int(value("balloon.dev").address)) // member.type.sizeof
        return value("kernel_mm.db.nr_present")[owner]

    def events(self):
        trace = gdb.lookup_symbol("balloon_trace")[0].symtab.filename
        ring = value(f"'{trace}'::ring")
        newest, count = (int(value(f"'{trace}'::{name}")) for name in ("newest", "nr_events"))
        size = ring.type.range()[1] + 1
        return [ring[(newest - back) % size] for back in reversed(range(count))]

    def show(self):
        try:
            members = self.members()
        except gdb.error:
            yield "this kernel has no balloon"
            return
        for member in members:
            told = {"has": self.present(member)}
            told |= {field: member["stats"][field] for field in self.FIELDS}
            set_to = member["target"]
            target = frames(set_to["frames"]) if set_to["is_set"] else "none"
            words = " ".join(f"{field}={frames(count)}" for field, count in told.items())
            yield f"{text_of(member['backend']['name'])}: target={target} {words}"
        present = value("kernel_mm.db.nr_present")
        yield f"present={sum(int(present[i]) for i in range(present.type.range()[1] + 1))}"
        for event in self.events():
            kind = name_of(event["kind"], "BALLOON_")
            seconds = int(event["time"]) / 1e9
            yield (
                f"{seconds:14.6f} {text_of(event['backend'])}: {kind} {frames(event['frames'])} "
                f"err={int(event['err'])} times={int(event['times'])}"
            )


class Threads:
    """The running thread, those that can run, and those that sleep: until when, and where."""

    name = "threads"

    def listed(self, head, field):
        """The threads on a list that goes through this field of theirs."""
        thread = gdb.lookup_type("struct thread")
        offset = next(f.bitpos // 8 for f in thread.fields() if f.name == field)
        node = head["next"]
        while int(node) != int(head.address):
            yield gdb.Value(int(node) - offset).cast(thread.pointer())
            node = node["next"]

    def waiting(self):
        """On each queue that is a variable of the kernel."""
        found = gdb.execute("info variables -q -t 'struct wait_queue'", to_string=True)
        for line in found.splitlines():
            name = line.partition("wait_queue ")[2].rstrip(";")
            queue = value(name) if name else None
            thread = queue["first"] if queue is not None else 0
            while int(thread):
                yield thread, name
                thread = thread["queue_next"]

    def place(self, thread):
        """Where it goes on when its turn comes; not known of the C library's contexts (arch/linux)."""
        words = SAVED_WORDS.get(gdb.selected_frame().architecture().name())
        if words is None or gdb.lookup_global_symbol("linux_boot"):
            return ""
        address = gdb.lookup_type("uintptr_t").pointer()
        word = (thread["context"]["sp"].cast(address) + words).dereference()
        return f", at {word.cast(gdb.lookup_type('void').pointer())}"

    def show(self):
        running = value("'sched/thread.c'::current")
        yield f"{text_of(running['name']):12} runs"
        seen = {int(running)}
        ready = [(thread, "can run") for thread in self.listed(value("'sched/thread.c'::runnable"), "runnable")]
        asleep = [
            (thread, f"sleeps until {int(thread['deadline']) / 1e9:.6f} s")
            for thread in self.listed(value("sleeping"), "timer")
        ]
        waiting = [(thread, f"waits on {queue}") for thread, queue in self.waiting()]
        for thread, what in ready + asleep + waiting:
            if int(thread) not in seen:
                seen.add(int(thread))
                yield f"{text_of(thread['name']):12} {what}{self.place(thread)}"


class Aerostat(gdb.Command):
    """The memory and the threads of the kernel: aerostat blocks | free | balloon | threads."""

    PARTS = {part.name: part for part in (Blocks(), Free(), Balloon(), Threads())}

    def __init__(self):
        super().__init__("aerostat", gdb.COMMAND_DATA)

    def complete(self, text, word):
        return [name for name in self.PARTS if name.startswith(word)]

    def invoke(self, argument, from_tty):
        part = self.PARTS.get(argument.strip())
        if not part:
            raise gdb.GdbError(f"aerostat {' | '.join(self.PARTS)}")
        if not gdb.selected_thread():
            raise gdb.GdbError("aerostat: no kernel runs (run, or target remote, and stop it)")
        for line in part.show():
            print(line)


Aerostat()
