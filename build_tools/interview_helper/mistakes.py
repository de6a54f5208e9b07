"""What each code looks like: notes with the mistake, and the same without it. Only `explain` and SARIF load it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG file of this size in px, whatever it shows."""

    width: int
    height: int


Folder = Mapping[str, str | bytes | Picture]
"""Files by their paths in the notes folder; `../` leads beside it."""


@dataclass(frozen=True, slots=True)
class Notes:
    """A notes folder `notes` with these files, and what is done there before the verb of the mistake.

    Where `before` is given, the deck was built of that first. `typed` are commands in the folder above.
    """

    files: Folder
    before: Folder | None = None
    typed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """Notes that get the code, notes that do not, and the verb (with its options) that tells it."""

    bad: Notes
    good: Notes
    verb: str = "check"


def in_text(code: str) -> str:
    """Both notes of a code, in paragraphs for a terminal; empty where it has none."""
    return "\n".join(_paragraphs(code, _indented))


def in_markdown(code: str) -> str:
    """The same in Markdown."""
    return "\n".join(_paragraphs(code, _fenced))


def _paragraphs(code: str, shown: Callable[[str], str]) -> Iterator[str]:
    mistake = MISTAKES.get(code)
    if mistake is None:
        return
    for title, notes in (("Bad", mistake.bad), ("Good", mistake.good)):
        if notes.before is not None:
            yield f"{title}: the deck was built of\n"
            yield from _files(notes.before, shown)
            yield "and now the notes are\n"
        else:
            yield f"{title}:\n"
        yield from _files(notes.files, shown)
        if notes.typed:
            yield "after\n"
            yield shown("\n".join(notes.typed))
    if mistake.verb != "check":
        yield f"Told by interview-helper {mistake.verb}.\n"


def _files(files: Folder, shown: Callable[[str], str]) -> Iterator[str]:
    for path, content in files.items():
        if len(files) > 1 or path != _NOTE:
            yield f"{path}:\n"
        yield shown(_words(content))


def _words(content: str | bytes | Picture) -> str:
    match content:
        case str():
            return content.rstrip("\n")
        case bytes():
            return content.decode("utf-8", "backslashreplace").rstrip("\n")
        case Picture():
            return f"(a picture, {content.width} px wide and {content.height} px high)"
        case _:
            assert_never(content)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n")) + "\n"


def _fenced(text: str) -> str:
    longest = max((len(row) - len(row.lstrip("`")) for row in text.split("\n")), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}markdown\n{text}\n{fence}\n"


_NOTE = "lists.md"


def _note(bad: str, good: str, verb: str = "check", *, beside: Folder | None = None) -> Mistake:
    """A mistake in one note; both have the same files beside it."""
    others = beside or {}
    return Mistake(Notes({_NOTE: bad, **others}), Notes({_NOTE: good, **others}), verb)


def _deck(bad: str, good: str, note: str, verb: str = "check") -> Mistake:
    """A mistake in deck.toml."""
    return Mistake(Notes({"deck.toml": bad, _NOTE: note}), Notes({"deck.toml": good, _NOTE: note}), verb)


def _built(before: str, bad: str, good: str) -> Mistake:
    """A mistake that a note makes after another was built."""
    return Mistake(Notes({_NOTE: bad}, {_NOTE: before}), Notes({_NOTE: good}, {_NOTE: before}), "build --only deck")


def _locked(bad: tuple[str, ...], good: tuple[str, ...] = (), **files: str) -> Mistake:
    """A mistake around deck.lock that commands make."""
    folder = {_NOTE: _LIST}
    return Mistake(Notes({**folder, **files}, folder, bad), Notes(folder, folder, good))


def _example(bad: str, good: str) -> Mistake:
    """A mistake in an example below a question."""
    question = "# Lists\n\n## How does it run?\n\n"
    return _note(question + bad, question + good, "check --examples")


def _asked(bad: str, good: str, answer: str) -> Mistake:
    """A mistake in a question."""
    return _note(f"# Lists\n\n## {bad}\n\n{answer}\n", f"# Lists\n\n## {good}\n\n{answer}\n")


def _answered(question: str, bad: str, good: str) -> Mistake:
    """A mistake in an answer."""
    return _note(f"# Lists\n\n## {question}\n\n{bad}\n", f"# Lists\n\n## {question}\n\n{good}\n")


def _blanked(bad: str, good: str) -> Mistake:
    """A mistake in a text with blanks."""
    heading = "# Lists\n\n## Facts\n<!-- card: cloze -->\n\n"
    return _note(f"{heading}{bad}\n", f"{heading}{good}\n")


def _printed(code: str, output: str) -> str:
    return f"```python\n{code}\n```\n\n```output\n{output}\n```\n"


_LIST = "# Lists\n\n## What is a list?\n\nA mutable sequence.\n"
_DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}"><rect width="{0}" height="{1}"/></svg>\n'
_TUPLE = "# Tuples\n\n## What is a tuple?\n\nAn immutable sequence.\n"
_SMALL = _DRAWING.format(80, 40)
_ACTING = _SMALL.replace("</svg>", '<image href="https://example.org/seen.png"/></svg>')
_TALL = _DRAWING.format(300, 3000)
_FUNCTIONS = "abs all any ascii bin bool bytes chr dict dir divmod enumerate filter float format frozenset getattr hash hex id input int iter len"
_LONG = (
    "total = sum(price * amount for price, amount in zip(prices, amounts, strict=True)) * (1 + tax) - discount + post"
)


def _bullets(words: Iterable[str]) -> str:
    return "\n".join(f"- `{word}`" for word in words) + "\n"


MISTAKES: Mapping[str, Mistake] = {
    "N001": _note("# Lists\n\n## What is a list?\n\n## What is a tuple?\n\nAn immutable sequence.\n", _LIST),
    "N002": _note(
        "A list is a mutable sequence.\n",
        _LIST,
        beside={"tuples.md": _TUPLE},
    ),
    "N003": _note(
        "# Lists\n\n## How is a list made?\n\n```python\nnumbers = [1, 2]\n\n## What is a tuple?\n\nAn immutable sequence.\n",
        "# Lists\n\n## How is a list made?\n\n```python\nnumbers = [1, 2]\n```\n\n## What is a tuple?\n\nAn immutable sequence.\n",
    ),
    "N004": _note(
        "# Lists\n\n## What is its type?\n\nIn Java it is List<int>.\n",
        "# Lists\n\n## What is its type?\n\nIn Java it is `List<int>`.\n",
    ),
    "N005": _note(
        "# Lists\n\n## What is a list?\n\nA mutable sequence[^1].\n\n[^1]: It can be changed.\n",
        "# Lists\n\n## What is a list?\n\nA mutable sequence: it can be changed.\n",
    ),
    "N006": _note(
        "# Lists\n\n## What is a list?\n\n<!-- checked in May --> A **mutable** sequence.\n",
        "# Lists\n\n## What is a list?\n\n<!-- checked in May -->\nA **mutable** sequence.\n",
    ),
    "N007": _note(
        "# Lists\n\n## What is `[1] * 2`?\n<!-- card: output -->\n\n```python\nprint([1] * 2)\n```\n",
        "# Lists\n\n## What is `[1] * 2`?\n<!-- card: output -->\n\n"
        "```python\nprint([1] * 2)\n```\n\n```output\n[1, 1]\n```\n",
    ),
    "N008": _note(
        "# Lists\n\n## What is a list?\n<!-- card: cloze -->\n\nA mutable sequence.\n",
        "# Lists\n\n## What is a list?\n<!-- card: cloze -->\n\nA ==mutable== sequence.\n",
    ),
    "N009": _note(
        "# Lists\n\n## What do these do?\n\n| code | does |\n|---|---|\n| `a | b` | joins |\n",
        "# Lists\n\n## What do these do?\n\n| code | does |\n|---|---|\n| `a \\| b` | joins |\n",
    ),
    "N010": _note(
        "# Lists\n\n## What is a list?\n\nA mutable [[Sequences|sequence]].\n",
        "# Lists\n\n## What is a list?\n\nA mutable [sequence](sequences.md).\n",
        beside={"sequences.md": "# Sequences\n\n## What is a sequence?\n\nWhat has a length and an order.\n"},
    ),
    "N011": _note(
        "# Lists\n\n## How is a list copied?\n\nPress <kbd>Ctrl and C.\n",
        "# Lists\n\n## How is a list copied?\n\nPress <kbd>Ctrl</kbd> and C.\n",
    ),
    "N012": _note("# Lists\n\n##\n\nA mutable sequence.\n", _LIST, beside={"tuples.md": _TUPLE}),
    "N013": _note(
        f"# Lists\n\n## What is a list?\n\n{'> ' * 60}A mutable sequence.\n",
        "# Lists\n\n## What is a list?\n\n> A mutable sequence.\n",
    ),
    "N014": _note(
        "# Lists\n\n## What is a list?\n\nA mutable sequence.\n\n<!-- more on tuples\n\n## What is a tuple?\n",
        "# Lists\n\n## What is a list?\n\nA mutable sequence.\n\n<!-- more on tuples -->\n",
    ),
    "N015": Mistake(
        Notes({"deck.toml": "math = true\n", _NOTE: "# Sums\n\n## What is the sum?\n\n$$\nn (n + 1) / 2\n"}),
        Notes({"deck.toml": "math = true\n", _NOTE: "# Sums\n\n## What is the sum?\n\n$$\nn (n + 1) / 2\n$$\n"}),
    ),
    "N016": _note(
        f"# Lists\n\n## Which methods has a list?\n\n| a |{' |' * 249}\n|{'-|' * 250}\n| b |\n| c |\n| d |\n",
        f"# Lists\n\n## Which methods has a list?\n\n| a |{' |' * 249}\n|{'-|' * 250}\n| b |\n| c |\n",
    ),
    "M001": _note(
        "# Lists\n\n## What is a list?\n<!-- tag: core -->\n\nA mutable sequence.\n",
        "# Lists\n\n## What is a list?\n<!-- tags: core -->\n\nA mutable sequence.\n",
    ),
    "M002": _note(
        "# Lists\n\n## What is a list?\n<!-- card: reverse -->\n\nA mutable sequence.\n",
        "# Lists\n\n## What is a list?\n<!-- card: reversed -->\n\nA mutable sequence.\n",
    ),
    "M003": _note(
        "# Lists\n\n## What is a list?\n\nA mutable sequence.\n\n<!-- tags: core -->\n",
        "# Lists\n\n## What is a list?\n<!-- tags: core -->\n\nA mutable sequence.\n",
    ),
    "M004": _note(
        "# Lists\n\n## What is a list?\n<!-- tags: core -->\n<!-- tags: sequence -->\n\nA mutable sequence.\n",
        "# Lists\n\n## What is a list?\n<!-- tags: core sequence -->\n\nA mutable sequence.\n",
    ),
    "M005": _note(
        f"---\ntitle: Lists: an overview\n---\n\n{_LIST}", f'---\ntitle: "Lists: an overview"\n---\n\n{_LIST}'
    ),
    "M006": _note(
        f"---\nonly: paper\n---\n\n{_LIST}", f"---\nonly: sheet\n---\n\n{_LIST}", beside={"tuples.md": _TUPLE}
    ),
    "M007": _note(f"---\ntag: core\n---\n\n{_LIST}", f"---\ntags: core\n---\n\n{_LIST}"),
    "M008": _note(
        '# Lists\n\n## What is a list?\n<!-- tags: "core" -->\n\nA mutable sequence.\n',
        "# Lists\n\n## What is a list?\n<!-- tags: core -->\n\nA mutable sequence.\n",
    ),
    "M009": _note(
        "# Lists\n\n## What is a list?\n<!-- check: ignore N004 -->\n\nIn Java it is `List`.\n",
        "# Lists\n\n## What is a list?\n<!-- check: ignore N004 -->\n\nIn Java it is List<int>.\n",
    ),
    "L001": _note(
        "# Lists\n\n## How does it look?\n\n![A list](lits.svg)\n",
        "# Lists\n\n## How does it look?\n\n![A list](list.svg)\n",
        beside={"list.svg": _SMALL},
    ),
    "L002": _note(
        "# Lists\n\n## How does it look?\n\n![A list](https://example.org/list.svg)\n",
        "# Lists\n\n## How does it look?\n\n![A list](list.svg)\n",
        beside={"list.svg": _SMALL},
    ),
    "L003": _note(
        "# Lists\n\n## How does it look?\n\n![A list](../list.svg)\n",
        "# Lists\n\n## How does it look?\n\n![A list](list.svg)\n",
        beside={"../list.svg": _SMALL, "list.svg": _SMALL},
    ),
    "L004": Mistake(
        Notes({_NOTE: "# Lists\n\n## How does it look?\n\n![A list](list.png)\n", "list.png": "no picture\n"}),
        Notes({_NOTE: "# Lists\n\n## How does it look?\n\n![A list](list.png)\n", "list.png": Picture(80, 40)}),
    ),
    "L005": _note(
        "# Lists\n\n## What is a list?\n\nNo [tuple](tuple.md).\n",
        "# Lists\n\n## What is a list?\n\nNo [tuple](tuples.md).\n",
        beside={"tuples.md": _TUPLE},
    ),
    "L006": _note(
        "# Lists\n\n## What is a list?\n\nNo [tuple](#tuple).\n\n## What is a tuple?\n\nAn immutable sequence.\n",
        "# Lists\n\n## What is a list?\n\nNo [tuple](#what-is-a-tuple).\n\n## What is a tuple?\n\nAn immutable sequence.\n",
    ),
    "L007": Mistake(
        Notes({_NOTE: "# Lists\n\n## How does it look?\n\n![A list](list.png)\n", "list.png": Picture(2400, 600)}),
        Notes({_NOTE: "# Lists\n\n## How does it look?\n\n![A list](list.png)\n", "list.png": Picture(1200, 300)}),
        "build --only deck",
    ),
    "L008": Mistake(
        Notes({_NOTE: "# Lists\n\n## How does it look?\n\n![A list](list.svg)\n", "list.svg": _ACTING}),
        Notes({_NOTE: "# Lists\n\n## How does it look?\n\n![A list](list.svg)\n", "list.svg": _SMALL}),
    ),
    "I001": _note(
        "# Lists\n\n## What is it?\n\nMutable.\n\n## What is it?\n\nA sequence.\n",
        "# Lists\n\n## What may change?\n\nIt is mutable.\n\n## What is it?\n\nA sequence.\n",
    ),
    "I002": _note(
        "# Lists\n\n## What is a list?\n<!-- id: list -->\n\nMutable.\n\n"
        "## What is a tuple?\n<!-- id: list -->\n\nImmutable.\n",
        "# Lists\n\n## What is a list?\n<!-- id: list -->\n\nMutable.\n\n"
        "## What is a tuple?\n<!-- id: tuple -->\n\nImmutable.\n",
    ),
    "I003": _locked(("cp notes/deck.lock theirs", "cat theirs >> notes/deck.lock")),
    "I004": _locked(("git init --quiet",), ("git init --quiet", "git add notes"), **{".gitignore": "*.lock\n"}),
    "I005": Mistake(
        Notes({_NOTE: _LIST, "deck.lock": '{"format": 2, "id": "sl\n'}), Notes({_NOTE: _LIST}, {_NOTE: _LIST})
    ),
    "I006": _built(
        _LIST,
        "# Lists\n\n## What is a list in Python?\n\nA mutable sequence of objects.\n",
        "# Lists\n\n## What is a list?\n\nA mutable sequence of objects.\n",
    ),
    "I007": _built(
        "# Lists\n\n## What does `append` do?\n\nIt adds an object at the end.\n",
        "# Lists\n\n## What does `extend` do?\n\nIt adds all objects at the end.\n",
        "# Lists\n\n## What does `append` do?\n\nIt adds one object at the end.\n",
    ),
    "I008": _built(
        _LIST,
        "# Lists\n\n## What is a list?\n<!-- card: cloze -->\n\nA ==mutable== sequence.\n",
        "# Lists\n\n## What is a list?\n\nA ==mutable== sequence.\n",
    ),
    "I009": _built(
        "# Lists\n\n## What is a list?\n<!-- card: cloze -->\n\nA ==mutable== sequence.\n",
        "# Lists\n\n## What is a list?\n\nA ==mutable== sequence.\n",
        "# Lists\n\n## What is a list?\n<!-- card: cloze -->\n\nA ==mutable== sequence of objects.\n",
    ),
    "I010": Mistake(
        Notes({"deck.toml": 'title = "Lists"\n', _NOTE: _LIST}, {"deck.toml": 'title = "Python"\n', _NOTE: _LIST}),
        Notes({"deck.toml": 'title = "Python"\n', _NOTE: _LIST}, {"deck.toml": 'title = "Python"\n', _NOTE: _LIST}),
    ),
    "I011": _locked(("git init --quiet",), ("git init --quiet", "git add notes")),
    "I012": _locked(("cp notes/deck.lock 'notes/deck (conflicted copy).lock'",)),
    "E001": _example(_printed("print([1] * 2)", "[2]"), _printed("print([1] * 2)", "[1, 1]")),
    "E002": _example(_printed("[].pop()", "None"), _printed("[].pop()", "IndexError: pop from empty list")),
    "E003": _example(
        _printed("while True: pass", "never"), _printed("for _ in range(3):\n    pass\nprint('done')", "done")
    ),
    "E004": _example(
        _printed("import socket\nsocket.create_connection(('example.org', 80))", "connected"),
        "<!-- example: skip it needs the network -->\n\n"
        + _printed("import socket\nsocket.create_connection(('example.org', 80))", "connected"),
    ),
    "E005": _example(
        _printed("print(input())", "42"),
        _printed("import io\nimport sys\nsys.stdin = io.StringIO('42')\nprint(input())", "42"),
    ),
    "E006": _example(_printed("print(len([0] * 2**30))", "1073741824"), _printed("print(len([0] * 2**10))", "1024")),
    "E007": _example(_printed("print('list ' * 10**6)", "list list …"), _printed("print('list ' * 2)", "list list")),
    "E008": _example(
        _printed("import os\nos._exit(1)", "nothing"), _printed("import sys\nsys.exit(1)", "SystemExit: 1")
    ),
    "E009": _example(
        _printed("print(set('list'))", "{'l', 'i', 's', 't'}"),
        _printed("print(sorted(set('list')))", "['i', 'l', 's', 't']"),
    ),
    "E010": _example("```pycon\n>>>print(1)\n1\n```\n", "```pycon\n>>> print(1)\n1\n```\n"),
    "E011": _example("```python\n>>> print(1)\n1\n```\n", "```pycon\n>>> print(1)\n1\n```\n"),
    "S001": _note(
        "# Lists\n\n## How long are two lists?\n\n![One](tall.png)\n\n![Another](tall.png)\n",
        "# Lists\n\n## How long are two lists?\n\n### The first?\n\n![One](tall.png)\n\n### The second?\n\n![Another](tall.png)\n",
        beside={"tall.png": Picture(600, 1200)},
    ),
    "S002": _asked(
        "You are given a list of many numbers by a friend who is in a hurry and asks: how do you sort it in place?",
        "How is a list sorted in place?",
        "`sort()` does it.",
    ),
    "S003": _answered(
        "What does `append` do?",
        "It adds one object at the end of the list and returns nothing. It takes constant time on average, because the list "
        "keeps room at its end; when that is used up, all objects are moved to a larger place, which takes time in "
        "proportion to how many there are.",
        "It adds one object at the end of the list.",
    ),
    "S004": _answered(
        "Which methods does a list have?",
        _bullets(["append", "clear", "copy", "count", "extend"]),
        "Those of a sequence, and those that change it.\n",
    ),
    "S005": _asked("Is a list mutable?", "Which is mutable, a list or a tuple?", "A list."),
    "S006": _asked("What is a list? When is it slow?", "When is a list slow?", "When objects are put in front."),
    "S007": _asked(
        "What does `sort` return, and why?", "Why does `sort` return `None`?", "So that nobody takes it for a copy."
    ),
    "S008": _answered("What is a mutable sequence?", "A mutable sequence.", "A list, for example."),
    "S009": _answered(
        "Write a function that reverses a list",
        "It goes through the list from the end.",
        "```python\ndef reversed_list(items):\n    return items[::-1]\n```\n",
    ),
    "S010": _answered(
        "What does this code print?",
        "```python\nprint([1] * 2)\n```\n\n`[1, 1]`\n",
        "```python\nprint([1] * 2)\n```\n\n<!-- answer -->\n\n`[1, 1]`\n",
    ),
    "S011": _blanked(
        "A ==list== is a ==mutable== sequence of ==any== kind of ==objects== here.",
        "A ==list== is a mutable sequence of any kind of objects here.",
    ),
    "S012": _blanked("A ==list==.", "A mutable sequence of any kind of objects: a ==list==."),
    "S013": _answered("What is a list?", "A {{c1::mutable}} sequence.", "A mutable sequence."),
    "S014": _answered("What guards a list?", "The GILX does.", "The global interpreter lock X (GILX) does."),
    "S015": _asked("Explain lists", "What makes a list a sequence?", "It has a length and an order."),
    "S016": _answered("What is a list?", "As mentioned above, a mutable sequence.", "A mutable sequence."),
    "S017": _answered(
        "How are lists merged?", "Nowadays with `[*one, *other]`.", "Since Python 3.5 with `[*one, *other]`."
    ),
    "S018": _answered(
        "What is a list?",
        "[See here](https://docs.python.org/3/library/stdtypes.html).",
        "A mutable [sequence](https://docs.python.org/3/library/stdtypes.html).",
    ),
    "S019": _note(
        f"{_LIST}\n# Sequences\n\n## What is a list?\n\nA sequence that can change.\n",
        f"{_LIST}\n# Sequences\n\n## Which sequence can change?\n\nA list.\n",
    ),
    "S020": _note(
        "# Lists\n\n## How is a sorted list searched quickly?\n\nBy halves.\n\n"
        "## How is a sorted list quickly searched for?\n\nWith bisection.\n",
        "# Lists\n\n## How is a sorted list searched quickly?\n\nBy halves.\n\n"
        "## Which module searches by halves?\n\n`bisect`.\n",
    ),
    "W001": Mistake(
        Notes(
            {"deck.toml": "[spelling]\n", _NOTE: "# Lists\n\n## What does `append()` add?\n\nOne itme, at the end.\n"}
        ),
        Notes(
            {"deck.toml": "[spelling]\n", _NOTE: "# Lists\n\n## What does `append()` add?\n\nOne item, at the end.\n"}
        ),
    ),
    "W002": _deck('[spelling]\ndictionary = "mine.txt"\n', "[spelling]\n", _LIST),
    "C001": _deck('titel = "Lists"\n', 'title = "Lists"\n', _LIST),
    "C002": Mistake(
        Notes({_NOTE: b"# Caf\xe9\n\n## What is it?\n\nA list.\n"}),
        Notes({_NOTE: "# Caf\N{LATIN SMALL LETTER E WITH ACUTE}\n\n## What is it?\n\nA list.\n"}),
    ),
    "C003": Mistake(Notes({"deck.toml": 'title = "Lists"\n'}), Notes({"deck.toml": 'title = "Lists"\n', _NOTE: _LIST})),
    "C004": Mistake(Notes({"README.md": "# Read me\n", _NOTE: _LIST}), Notes({_NOTE: _LIST})),
    "C005": Mistake(
        Notes({_NOTE: _LIST, "Lists.md": "# Tuples\n\n## What is a tuple?\n\nIt never changes.\n"}),
        Notes({_NOTE: _LIST}),
    ),
    "P001": _note(
        "# Lists\n\n## What stands for a list?\n\nThe sign \N{EGYPTIAN HIEROGLYPH A001}.\n",
        "# Lists\n\n## What stands for a list?\n\nThe sign of a seated man.\n",
        "build --only sheet",
    ),
    "P002": Mistake(
        Notes(
            {
                _NOTE: "# Lists\n\n## How does it look?\n\n![A list](list.svg)\n",
                "list.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40">\n'
                '  <image href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="/>\n</svg>\n',
            }
        ),
        Notes({_NOTE: "# Lists\n\n## How does it look?\n\n![A list](list.svg)\n", "list.svg": _SMALL}),
        "build --only sheet",
    ),
    "P003": Mistake(
        Notes({"deck.toml": "math = true\n", _NOTE: "# Sums\n\n## What is the sum?\n\n$\\summe_{i=1}^n i$\n"}),
        Notes({"deck.toml": "math = true\n", _NOTE: "# Sums\n\n## What is the sum?\n\n$\\sum_{i=1}^n i$\n"}),
        "build --only sheet",
    ),
    "P004": _note(
        f"# Lists\n\n## What is to be paid?\n\n```python\n{_LONG}\n```\n",
        "# Lists\n\n## What is to be paid?\n\n```python\ntotal = sum(prices) - discount\n```\n",
        "build --only sheet",
    ),
    "P005": Mistake(
        Notes(
            {
                "deck.toml": "[sheet]\ncolumns = 1\npages = 1\n",
                _NOTE: "# Lists\n\n## How long is one?\n\n![One](tall.svg)\n\n![Two](tall.svg)\n\n![Three](tall.svg)\n\n![Four](tall.svg)\n",
                "tall.svg": _TALL,
            }
        ),
        Notes(
            {
                "deck.toml": "[sheet]\ncolumns = 1\npages = 2\n",
                _NOTE: "# Lists\n\n## How long is one?\n\n![One](tall.svg)\n",
                "tall.svg": _TALL,
            }
        ),
        "build --only sheet",
    ),
    "P006": _deck(
        "[flashcards]\nper_page = 16\n",
        "[flashcards]\nper_page = 2\n",
        f"# Python\n\n## Which functions are built in?\n\n{_bullets(_FUNCTIONS.split())}",
        "build --only flashcards",
    ),
    "P007": Mistake(
        Notes({_NOTE: "# Lists\n\n## What is a list in Japanese?\n\n\N{CJK UNIFIED IDEOGRAPH-6570}\n"}),
        Notes(
            {
                "deck.toml": '[sheet]\nfonts = ["Noto Sans JP"]\n',
                _NOTE: "# Lists\n\n## What is a list in Japanese?\n\n\N{CJK UNIFIED IDEOGRAPH-6570}\n",
            }
        ),
        "build --only sheet",
    ),
    "P008": _deck(
        '[sheet]\nfonts = ["No Such Font", "Noto Sans JP"]\n',
        '[sheet]\nfonts = ["Noto Sans JP"]\n',
        "# Lists\n\n## What is a list in Japanese?\n\n\N{CJK UNIFIED IDEOGRAPH-6570}\n",
        "build --only sheet",
    ),
    "P009": _note(
        "# Lists\n\n## What is it?\n\n<table>" + '<tr><td colspan="99" rowspan="99">a</td></tr>' * 15 + "</table>\n",
        "# Lists\n\n## What is it?\n\n<table><tr><td>a</td></tr></table>\n",
        "build --only sheet",
    ),
}
"""By code."""
