# SPDX-License-Identifier: MIT
"""Makes mutants of C source that is formatted as this tree's is: each is one change of one line or
statement inside a function. What asserts say is left as it is: it holds unless there is a bug."""
import collections
import re

# `function` holds it; `old` and `new` are the statement or line, blanks made one, before and after.
# `begin` and `end` are the place in the text that `put` replaces.
Mutant = collections.namedtuple("Mutant", "file function line old new begin end put")

SWAPS = {
    **{"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"]},
    **{"==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"]},
    **{"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"]},
    **{"<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["|"]},
    **{"+=": ["-=", "="], "-=": ["+=", "="], "|=": ["&=", "="], "&=": ["|=", "="]},
}
NAMES = {
    **{"MIN": "MAX", "MAX": "MIN", "ALIGN_UP": "ALIGN_DOWN", "ALIGN_DOWN": "ALIGN_UP"},
    **{"true": "false", "false": "true", "++": "--", "--": "++"},
}
CHOICES = ("MIN", "MAX")  # either argument instead of the call
ROUNDS = ("ALIGN_UP", "ALIGN_DOWN")  # the first argument instead of the call

LONGEST_FIRST = sorted(map(re.escape, SWAPS), key=len, reverse=True)
BINARY = re.compile(r"(?<=\s)(" + "|".join(LONGEST_FIRST) + r")(?=\s)")
NAME = re.compile(r"\b(?:" + "|".join(n for n in NAMES if n.isalpha() or "_" in n) + r")\b|\+\+|--")
NUMBER = re.compile(r"(?<![\w.])(\d+)([UL]*)\b")
NOT = re.compile(r"(?<![\w)\]])!(?=[\w(])")
CONDITION = re.compile(r"\b(if|while) (?=\()")
CHOICE = re.compile(r"\b(?:" + "|".join(CHOICES + ROUNDS) + r")(?=\()")
QUESTION = re.compile(r"^(.*?(?:return|=) )([^?]+) \? ([^?:]+) : ([^?:]+);$", re.S)
# What may be left out: a call, an assignment to what was declared before, a jump.
CALL = re.compile(r"^(?:\(void\))?[\w.\->]+\(.*\)$", re.S)
ASSIGNMENT = re.compile(r"^\*{0,2}\(?[\w.\->()]+ (?:[-+*/%&|^]|<<|>>)?= ", re.S)
STEP = re.compile(r"^(?:(?:\+\+|--)[^ ]+|[^ ]+(?:\+\+|--))$")
JUMP = re.compile(r"^(?:return|break|continue|goto \w+)$")
VALUE = re.compile(r"^return (?!0$)(.+)$", re.S)
GIVEN = re.compile(r"^(.*[^=!<>]= )([\w.\->]+\(.*\))$", re.S)
SAYS_NOTHING = re.compile(r"^(?:static_)?assert\(|^mm_check\(")


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def without_text(source):
    """The source, as long as it was, without comments, preprocessor lines, and what strings say."""
    source = re.sub(r"/\*.*?\*/", blank, source, flags=re.S)
    source = re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*", blank, source, flags=re.M)
    return re.sub(
        r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'',
        lambda m: m[0][0] + "x" * (len(m[0]) - 2) + m[0][0],
        source,
    )


def functions(code):
    """(name, where its body begins, where it ends); the braces stand at the lines' beginnings."""
    for found in re.finditer(r"^\{\n(.*?)^\}$", code, re.M | re.S):
        head = re.split(r"[;}]\s*\n", code[: found.start()])[-1]
        name = re.search(r"(\w+)\(", head)
        if name:
            yield name[1], found.start(1), found.end(1)


def closing(code, at):
    """Where the parenthesis at `at` is closed."""
    depth = 0
    for place in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        if not depth:
            return place
    raise ValueError("a parenthesis is not closed")


def arguments(code, at):
    """The two arguments in the parentheses at `at`, as (begin, end)."""
    end, depth = closing(code, at), 0
    for place in range(at + 1, end):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(code[place], 0)
        if code[place] == "," and not depth:
            return (at + 1, place), (place + 1, end)
    return ()


def statements(code, begin, end):
    """(begin, end) of each simple statement, without its semicolon and what stands before it."""
    start, depth = begin, 0
    for place in range(begin, end):
        char = code[place]
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(char, 0)
        if char == ";" and not depth:
            yield start, place
        if char in ";{}" and not depth or char == ")" and not depth and heads(code, start, place):
            start = place + 1
        elif char == ":" and re.match(r"\s*(?:case .*|\w+)$", code[start:place]):
            start = place + 1
        elif code.startswith("else\n", place):
            start = place + 5


def heads(code, start, place):
    """Is code[start:place] all that goes before the body of an if, for or while?"""
    return re.match(r"\s*(?:else )?(?:if|for|while|switch|\w*for_each\w*) ?\(", code[start:place])


def of_statement(source, code, begin, end):
    """(begin, end, put) that change a statement as a whole."""
    begin += len(code[begin:end]) - len(code[begin:end].lstrip())
    text = code[begin:end]
    if SAYS_NOTHING.match(text):
        return
    plain = re.sub(r"\[[^]]*\]", "[]", text)
    if any(kind.match(plain.replace("[]", "")) for kind in (CALL, ASSIGNMENT, STEP, JUMP)):
        yield begin, end, ""
    value = VALUE.match(text)
    if value and not re.fullmatch(r"\d+[UL]*|true|false", value[1]):
        yield begin, end, "return 0"
    given = GIVEN.match(text)
    if given:
        yield begin + given.start(2), end, "0"
    question = QUESTION.match(text + ";")
    if question:
        for choice in (3, 4):
            first, last = question.span(choice)
            yield begin + question.start(2), end, source[begin + first : begin + last]


def of_condition(source, code, begin, end):
    for found in CONDITION.finditer(code, begin, end):
        inside, after = found.end() + 1, closing(code, found.end())
        text = source[inside:after]
        yield inside, after, f"!({text})"
        yield inside, after, "false"
        if found[1] == "if":
            yield inside, after, "true"


def of_words(source, code, begin, end):
    for found in BINARY.finditer(code, begin, end):
        for put in SWAPS[found[1]]:
            yield *found.span(1), put
    for found in NAME.finditer(code, begin, end):
        yield *found.span(), NAMES[found[0]]
    for found in NUMBER.finditer(code, begin, end):
        number = int(found[1], 8 if re.fullmatch("0[0-7]+", found[1]) else 10)
        for other in {number + 1, max(number - 1, 0)} - {number}:
            yield *found.span(), f"{other}{found[2]}"
    for found in NOT.finditer(code, begin, end):
        yield *found.span(), ""
    for found in CHOICE.finditer(code, begin, end):
        two = arguments(code, found.end())
        for first, last in two[: 1 if found[0] in ROUNDS else 2]:
            yield found.start(), closing(code, found.end()) + 1, f"({source[first:last].strip()})"


def one_blank(text):
    return " ".join(text.split())


def asserted(code, begin, end):
    """The places in assert(...)."""
    for found in re.finditer(r"\b(?:assert|static_assert)(?=\()", code[begin:end]):
        yield begin + found.start(), closing(code, begin + found.end())


def mutants_of(file, source):
    """Every mutant of a file's text."""
    code = without_text(source)
    for function, begin, end in functions(code):
        spans = list(statements(code, begin, end))
        held = list(asserted(code, begin, end))
        changes = [c for span in spans for c in of_statement(source, code, *span)]
        changes += of_condition(source, code, begin, end)
        changes += of_words(source, code, begin, end)
        for first, last, put in changes:
            if any(a <= first <= b for a, b in held) or code[first:last] == put:
                continue
            # What it is said by: the lines it touches, whole.
            top = source.rfind("\n", 0, first) + 1
            bottom = source.find("\n", last)
            old, new = source[top:bottom], source[top:first] + put + source[last:bottom]
            line = source.count("\n", 0, first) + 1
            yield Mutant(file, function, line, one_blank(old), one_blank(new), first, last, put)


def apply(source, mutant):
    """The source with the mutant in it, with as many lines as before."""
    gone = source.count("\n", mutant.begin, mutant.end) - mutant.put.count("\n")
    return source[: mutant.begin] + mutant.put + "\n" * gone + source[mutant.end :]
