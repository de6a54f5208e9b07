"""Every bad input gets one message, the right exit code and no traceback, and leaves what was built before as it was.

A row of `ROWS` is one of them: the files that make it (laid over a good folder that was built; None takes one away, a
function is given the path), what is typed, the exit code, the message as it is told, and how its hint begins. To add one is
to write such a row; `patch` stands for what no test can have, such as a full disk. A new `Refusal` and a new error code need
a row, or the name of the test that has them in `ELSEWHERE`: `test_every_refusal_has_a_row` says which one lacks it.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import interview_helper
import pytest
from interview_helper import dialects, disk, intake, ledger, live, lock, project
from interview_helper.cli import app
from interview_helper.diagnostics import CODES, Severity
from interview_helper.terminal import harmless
from typer.testing import CliRunner

NOTE = "# T\n\n## What is a list?\n\nMutable.\n\n## What is a tuple?\n\nImmutable.\n"
EXAMPLE = "# U\n\n## What is printed?\n\n```python\nprint(1)\n```\n\n```output\n2\n```\n"
# Hints that many have.
RESTORE = "restore it from a backup, or rebuild it from the newest package: interview-helper recover DECK.apkg notes"
ICONV = "iconv -f LATIN1 -t UTF-8 notes/b.md > notes/b.md.utf8 && mv notes/b.md.utf8 notes/b.md; or name the file in exclude"
BUILD = "build notes -o out"

File = str | bytes | Callable[[Path], object] | None


@dataclass(frozen=True)
class Row:
    """One bad input."""

    files: Mapping[str, File]
    typed: str
    code: int
    said: str
    hint: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    patch: Callable[[pytest.MonkeyPatch], object] | None = None
    writes: tuple[str, ...] = ()  # what is made all the same, because the message is of something else


def without_markdownify(patch: pytest.MonkeyPatch) -> None:
    """Nothing that reads HTML, whether an earlier test has read some or not."""
    patch.setitem(sys.modules, "markdownify", None)
    patch.delitem(sys.modules, "interview_helper.dialects.markup", raising=False)
    patch.delattr(dialects, "markup", raising=False)


def replaced(old: bytes, new: bytes) -> Callable[[Path], object]:
    """A file with other bytes in it."""

    def change(path: Path) -> None:
        assert old in path.read_bytes()
        path.write_bytes(path.read_bytes().replace(old, new))

    return change


def packed(**members: str) -> Callable[[Path], object]:
    """A package with these members."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as package:
            for name, content in members.items():
                package.writestr(name.replace("_", "."), content)

    return make


def typed(command: str) -> Callable[[Path], object]:
    """What a person has typed before."""
    return lambda _: CliRunner().invoke(app, shlex.split(command))


def raising(error: OSError, target: object, name: str) -> Callable[[pytest.MonkeyPatch], object]:
    """A world that refuses something."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    return lambda patch: patch.setattr(target, name, refuse)


def old_python(path: Path) -> None:
    path.write_text("""#!/bin/sh\necho '["/x", [3, 7, 0], "", "cpython", "3.7", []]'\n""")
    path.chmod(0o755)


ROWS = {
    # --- import -----------------------------------------------------------------------------------------------------
    "a file of no tool": Row(
        {"x.bin": b"nothing"},
        "import x.bin",
        2,
        "error: x.bin is nothing that can be recognised",
        "say what it is: --from",
    ),
    "notes that need no import": Row(
        {},
        "import notes",
        2,
        "error: notes has no sign of another tool, and notes with headings need no import",
        "interview-helper build notes",
    ),
    "a dialect that is none": Row(
        {}, "import notes --from latin", 2, "error: 'latin' is no dialect", "say what it is: --from"
    ),
    "notes of a dialect without a card": Row(
        {"x.md": "words\n"},
        "import x.md --from obsidian",
        1,
        "error: x.md has no card: a paragraph belongs to no card, and is left out",
        "",
    ),
    "HTML without what reads it": Row(
        {"x.txt": "#separator:tab\n#html:true\nQ\t<b>a</b>\n"},
        "import x.txt",
        3,
        "error: reading HTML and packages takes markdownify, which is not installed",
        "pip install",
        patch=without_markdownify,
    ),
    "an extra that is not there": Row(
        {},
        "watch notes",
        3,
        "error: watchfiles is not installed",
        "pip install",
        patch=lambda patch: patch.setattr(live, "find_spec", lambda name: None if name == "watchfiles" else name),
    ),
    "a file of a dialect with nothing in it": Row(
        {"x.md": ""},
        "import x.md --from obsidian",
        1,
        "error: x.md has no card that is written as notes of Obsidian for its plugin Spaced Repetition: Q::A, or ? on a line of its own",
        "say what it is: --from",
    ),
    "a folder of too many files": Row(
        {"many/a.csv": "q,a\n", "many/b.csv": "q,a\n"},
        "import many",
        2,
        "error: many has more than 1 files",
        "name a folder in it",
        patch=lambda patch: patch.setattr(intake, "_MOST", 1),
    ),
    # --- notes ------------------------------------------------------------------------------------------------------
    "a note that is no UTF-8": Row(
        {"notes/b.md": b"# T\n\n## caf\xe9\n"}, BUILD, 1, "notes/b.md:3:7: error C002 byte 0xe9 is no UTF-8", ICONV
    ),
    "the same, for diff": Row(
        {"notes/b.md": b"\xe9"}, "diff notes", 1, "notes/b.md:1:1: error C002 byte 0xe9 is no UTF-8", ICONV
    ),
    "the same, for list": Row(
        {"notes/b.md": b"\xe9"}, "list notes", 1, "notes/b.md:1:1: error C002 byte 0xe9 is no UTF-8", ICONV
    ),
    "the same, for check": Row(
        {"notes/b.md": b"\xe9"}, "check notes", 1, "notes/b.md:1:1: error C002 byte 0xe9 is no UTF-8", ICONV
    ),
    "a note in UTF-16": Row(
        {"notes/b.md": NOTE.encode("utf-16-le")},
        BUILD,
        1,
        "notes/b.md:1:1: error C002 this is UTF-16LE, not UTF-8",
        "iconv -f UTF-16LE -t UTF-8 notes/b.md > ",
    ),
    "broken front matter": Row(
        {"notes/b.md": "---\ntitle: a: b\n---\n# U\n\n## Why?\n\nSo.\n"},
        BUILD,
        1,
        "notes/b.md:2:9: error M005 the front matter is broken: mapping values are not allowed here",
        "put quotes around texts",
    ),
    "one id on two cards": Row(
        {"notes/b.md": "# U\n\n## Why?\n<!-- id: x -->\n\na\n\n## How?\n<!-- id: x -->\n\nb\n"},
        BUILD,
        1,
        "notes/b.md:9:1: error I002 the id 'x' is also at b.md:4",
        "change one of the two <!-- id: … -->",
    ),
    "no notes": Row({"notes/a.md": None}, BUILD, 1, "notes:1:1: error C003 no notes here", "write `## Question`"),
    "no card": Row(
        {"notes/a.md": ""},
        BUILD,
        1,
        "notes:1:1: error C003 no heading has text below it",
        "write `## Question` and the answer",
    ),
    "a warning where none may be": Row(
        {"notes/b.md": "# U\n\n## Why?\n\n![x](gone.png)\n"},
        f"{BUILD} --strict",
        1,
        "notes/b.md:5:1: error L001 gone.png does not exist",
        "mend the path, or put the picture there",
    ),
    "an example that fails": Row(
        {"notes/b.md": EXAMPLE},
        "check notes --examples",
        1,
        "notes/b.md:10:1: error E001 expected '2', got '1'",
        "if the code is right, write 1",
    ),
    # --- deck.toml --------------------------------------------------------------------------------------------------
    "an unknown key": Row(
        {"notes/deck.toml": "\ntitel = 'x'\n"},
        BUILD,
        2,
        "notes/deck.toml:2:1: error C001 'titel' is no key of deck.toml",
        "write title",
    ),
    "a value of another type": Row(
        {"notes/deck.toml": "title = 1"},
        BUILD,
        2,
        "notes/deck.toml:1:1: error C001 title must be a text in quotes",
        'write title = "…"',
    ),
    "what is no TOML": Row(
        {"notes/deck.toml": "id = 'x'\ntitle = \n"},
        BUILD,
        2,
        "notes/deck.toml:2:9: error C001 no valid TOML: Invalid value",
        "put texts in quotes",
    ),
    "a config that is no UTF-8": Row(
        {"notes/deck.toml": b'title = "\xe9"'},
        BUILD,
        2,
        "notes/deck.toml:1:10: error C001 byte 0xe9 is no UTF-8",
        "save deck.toml as UTF-8",
    ),
    "a font that is not there": Row(
        {"notes/deck.toml": "[sheet]\nfonts = ['x.ttf']"},
        BUILD,
        2,
        "notes/deck.toml:2:1: error C001 the notes folder has no font file 'x.ttf'",
        "put it there",
    ),
    "a slug that leads elsewhere": Row(
        {"notes/deck.toml": "slug = '../x'"},
        BUILD,
        2,
        "notes/deck.toml:1:1: error C001 '../x' can't name a file everywhere",
        'write slug = "x"',
    ),
    "a tag that no heading has": Row(
        {"notes/deck.toml": "[[sheet.also]]\ntag = 'x'"},
        BUILD,
        2,
        "notes/deck.toml:2:1: error C001 no heading has the tag 'x'",
        "write <!-- tags",
    ),
    # --- deck.lock --------------------------------------------------------------------------------------------------
    "an empty lock": Row(
        {"notes/deck.lock": ""}, BUILD, 1, "notes/deck.lock:1:1: error I005 the file is empty", RESTORE
    ),
    "a lock without its first line": Row(
        {"notes/deck.lock": lambda path: path.write_text(path.read_text().split("\n", 1)[1])},
        BUILD,
        1,
        "notes/deck.lock:1:1: error I005 the line that names the deck is missing",
        RESTORE,
    ),
    "a lock from the future": Row(
        {"notes/deck.lock": replaced(b'"format": 2', b'"format": 99')},
        BUILD,
        1,
        "notes/deck.lock:1:1: error I005 it was written by a newer version",
        "update this program",
    ),
    "an unfinished merge": Row(
        {"notes/deck.lock": lambda path: path.write_text(f"{path.read_text()}<<<<<<< HEAD\n")},
        BUILD,
        1,
        "notes/deck.lock:4:1: error I005 a merge was left unfinished here",
        "delete the marker lines",
    ),
    "a damaged line": Row(
        {"notes/deck.lock": replaced(b'"kind"', b"")},
        BUILD,
        1,
        "notes/deck.lock:2:1: error I005 this line is damaged",
        RESTORE,
    ),
    "a lock that is cut short": Row(
        {"notes/deck.lock": lambda path: path.write_bytes(path.read_bytes()[:-5])},
        BUILD,
        1,
        "notes/deck.lock:3:1: error I005 the file is cut short",
        RESTORE,
    ),
    "a lock that is no UTF-8": Row(
        {"notes/deck.lock": lambda path: path.write_bytes(path.read_bytes() + b"\xff\n")},
        BUILD,
        1,
        "notes/deck.lock:4:1: error I005 this line is no UTF-8",
        RESTORE,
    ),
    "a lock that is gone": Row(
        {"notes/deck.lock": None},
        BUILD,
        1,
        "error: notes/deck.lock is gone, and out/t.apkg was built with it: without it reworded cards lose their reviews",
        "interview-helper recover out/t.apkg notes; to start over, rm out/t.apkg",
    ),
    "a lock that a sync program has named anew": Row(
        {"notes/deck.lock": lambda path: path.rename(path.with_name("deck (conflicted copy).lock"))},
        BUILD,
        1,
        "error: notes/deck.lock is gone, and a copy of it is here: without it reworded cards lose their reviews",
        "mv 'notes/deck (conflicted copy).lock' notes/deck.lock",
    ),
    "a lone note before its folder": Row(
        {"notes/deck.lock": None, "out/t.apkg": None, ".": typed("build notes/a.md -o other --only deck")},
        BUILD,
        1,
        "error: a deck of notes would start anew with the cards that were built from notes/a.md before",
        "cat notes/a.lock > notes/deck.lock keeps the reviews; to start over, rm notes/a.lock",
    ),
    "a lock that is too large": Row(
        {},
        BUILD,
        1,
        "notes/deck.lock:1:1: error I005 it is larger than 100 MB",
        RESTORE,
        patch=lambda patch: patch.setattr(ledger, "LARGEST", 10),
    ),
    "a lock that another has written meanwhile": Row(
        {},
        BUILD,
        3,
        "error: notes/deck.lock has been changed while this build was at work, by another one or by git",
        "interview-helper build notes",
        patch=lambda patch: patch.setattr(lock, "text", lambda _: "other"),
    ),
    "a lock that would change": Row(
        {"notes/a.md": f"{NOTE}\n## Why?\n\nSo.\n"},
        f"{BUILD} --locked",
        1,
        "error: notes/deck.lock is not up to date",
        "interview-helper build notes --only deck, and commit notes/deck.lock",
    ),
    "a lock that would be new": Row(
        {"notes/deck.lock": None},
        f"{BUILD} --locked",
        1,
        "error: notes/deck.lock does not exist",
        "interview-helper build notes --only deck, and",
    ),
    # --- what is asked for ------------------------------------------------------------------------------------------
    "a folder that is not there": Row(
        {}, "build gone -o out", 2, "error: gone does not exist", "name a folder of Markdown notes"
    ),
    "a file that is no note": Row(
        {"x.txt": NOTE}, "build x.txt -o out", 2, "error: x.txt is no Markdown note", "name a folder of notes"
    ),
    "a part of a deck": Row(
        {"notes/sub/b.md": "# U\n\n## Why?\n\nSo.\n", ".": typed("build notes -o other --only deck")},
        "build notes/sub -o out",
        2,
        "error: notes/sub is a part of the deck in notes",
        "interview-helper build notes; for a deck of its own, interview-helper init notes/sub",
    ),
    "a note of a deck that is none": Row(
        {"notes/README.md": "x"},
        "build notes/README.md -o out",
        2,
        "error: notes/README.md is no note of the deck in notes",
        "name one that is, or all of them: interview-helper build notes",
    ),
    "a part of a deck that must be whole": Row(
        {},
        f"{BUILD} --only deck --tag x",
        2,
        "error: a tag is printed; the deck is always whole",
        "leave --tag or --only deck away",
    ),
    "a topic that is not there": Row({}, f"{BUILD} --topic x", 2, "error: no topic is named 'x'", "--topic T"),
    "a tag that is not there": Row({}, f"{BUILD} --tag x", 2, "error: no heading has the tag 'x'", "write <!-- tags"),
    "flashcards of no card": Row(
        {
            "notes/a.md": f"{NOTE}\n# U\n\nwords\n\n## Why?\n<!-- only: sheet -->\n\nSo.\n",
            "notes/b.md": "# V\n<!-- only: sheet -->\n\n## How?\n\nSo.\n",
        },
        "build notes/b.md -o out --only flashcards",
        2,
        "error: none of it is a card",
        "write text below a heading that is for the deck",
    ),
    "a date that is none": Row(
        {},
        BUILD,
        2,
        "error: SOURCE_DATE_EPOCH is no number of seconds: 'x'",
        "unset SOURCE_DATE_EPOCH",
        {"SOURCE_DATE_EPOCH": "x"},
    ),
    "a verb that is none": Row({}, "bild notes", 2, "Error: No such command 'bild'. Did you mean 'build'?"),
    "an option that is none": Row({}, "build notes --foo", 2, "Error: No such option: --foo"),
    "an output that is none": Row(
        {},
        "build --only dek",
        2,
        "Error: Invalid value for '--only'",
    ),
    "a format that is none": Row({}, "list --format xml", 2, "Error: Invalid value for '--format'"),
    "too many words": Row({}, "build a b", 2, "Error: Got unexpected extra argument(s) (b)"),
    "a word too few": Row({}, "recover", 2, "Error: Missing argument 'deck'."),
    "an option without its value": Row({}, "build --tag", 2, "Error: Option '--tag' requires an argument."),
    "a code that is none": Row({}, "explain X999", 2, "error: X999 is no code", "interview-helper explain"),
    # --- diff, recover, forget, init ---------------------------------------------------------------------------------
    "a revision that is none": Row(
        {},
        "diff notes --against gone",
        2,
        "error: gone is no file, and no git revision that has deck.lock",
        "name a lock, an .apkg, or a",
    ),
    "an option of git": Row(
        {},
        "diff notes --against=--output=x",
        2,
        "error: --output=x is no file, and no git revision that has deck.lock",
        "name a lock",
    ),
    "a folder to compare with": Row(
        {}, "diff notes --against notes", 2, "error: notes is a folder", "name a lock, an .apkg, or a revision"
    ),
    "a note to compare with": Row(
        {},
        "diff notes --against notes/a.md",
        2,
        "error: notes/a.md can't be read as a lock, line 1: this line is damaged",
        "name a lock or an .apkg",
    ),
    "a picture to compare with": Row(
        {"x": b"\x89PNG"}, "diff notes --against x", 2, "error: x is no lock: it is no UTF-8", "name a lock or"
    ),
    "a newer lock to compare with": Row(
        {"x": '{"format": 99}\n'},
        "diff notes --against x",
        2,
        "error: x can't be read as a lock, line 1: it was written by a newer version",
        "update",
    ),
    "a damaged package to compare with": Row(
        {"x": b"PK\x03\x04"},
        "diff notes --against x",
        2,
        "error: x: it is no package of Anki, or a damaged one",
        "take another one",
    ),
    "a package that is not there": Row(
        {"notes/deck.lock": None}, "recover gone notes", 2, "error: gone does not exist", "name an .apkg"
    ),
    "the same, where nothing is to recover": Row(
        {}, "recover gone notes", 2, "error: gone does not exist", "name an .apkg"
    ),
    "a lock that needs no recovery": Row(
        {},
        "recover out/t.apkg notes",
        2,
        "error: notes/deck.lock is there, and nothing is wrong with it",
        "mv notes/deck.lock notes/deck.lock.old && interview-helper recover out/t.apkg notes",
    ),
    "a newer lock that needs no recovery": Row(
        {"notes/deck.lock": replaced(b'"format": 2', b'"format": 99')},
        "recover out/t.apkg notes",
        2,
        "error: notes/deck.lock: it was written by a newer version",
        "update this program",
    ),
    "an archive that is no package": Row(
        {"notes/deck.lock": None, "x": packed(a="b")},
        "recover x notes",
        2,
        "error: x: it is no package of Anki",
        "take another one",
    ),
    "a package of Anki's newer format": Row(
        {"notes/deck.lock": None, "x": packed(collection_anki21b="b")},
        "recover x notes",
        2,
        "error: x: Anki exported it in its newer format",
        "export it again with 'Support older Anki versions' ticked",
    ),
    "a package with a broken lock": Row(
        {"notes/deck.lock": None, "x": packed(deck_lock="{}\n{}\n")},
        "recover x notes",
        2,
        "error: x: the lock in it can't be read, line 1: this line is damaged",
        "take another one",
    ),
    "a package of another deck": Row(
        {
            "notes/deck.lock": None,
            "notes/deck.toml": "id = 'mine'",
            "theirs/a.md": NOTE,
            "theirs/deck.toml": "id = 'theirs'\ntitle = 'Theirs'",
            ".": typed("build theirs -o other --only deck"),
        },
        "recover other/theirs.apkg notes",
        2,
        "error: other/theirs.apkg is of another deck, 'Theirs'",
        "name a package of this one",
    ),
    "a broken lock that can't be set aside": Row(
        {"notes/deck.lock": ""},
        "recover out/t.apkg notes",
        3,
        "error: notes/deck.lock can't be renamed: Read-only file system",
        "chmod u+w notes",
        patch=raising(OSError(30, "Read-only file system"), Path, "rename"),
    ),
    "a card that is none": Row({}, "forget x notes", 2, "error: no card has the id 'x'", "no card is retired"),
    "a card that lives": Row(
        {
            "notes/a.md": NOTE.replace("tuple?", "tuple?\n<!-- id: tuple -->"),
            ".": typed("build notes -o other --only deck"),
        },
        "forget tuple notes",
        2,
        "error: 'What is a tuple?' is still in the notes",
        "take it out of notes/a.md and build",
    ),
    "a card without a lock": Row(
        {"notes/deck.lock": None},
        "forget x notes",
        2,
        "error: notes/deck.lock does not exist",
        "interview-helper build notes",
    ),
    "a card of a broken lock": Row(
        {"notes/deck.lock": ""}, "forget x notes", 1, "error: notes/deck.lock:1: the file is empty", RESTORE
    ),
    "a fork of nothing": Row(
        {"empty/x": ""}, "init --fork empty", 2, "error: empty is no folder of notes", "name the folder of the copied"
    ),
    "a fork with a broken config": Row(
        {"notes/deck.toml": "title = 1"},
        "init --fork notes",
        2,
        "error: notes/deck.toml:1: title must be a text in quotes",
        'write title = "…"',
    ),
    "a folder that is a deck": Row(
        {"notes/deck.toml": ""}, "init notes", 2, "error: notes/deck.toml exists already", "name a new folder"
    ),
    "a folder with a broken lock": Row(
        {"notes/deck.lock": ""}, "init notes", 1, "error: notes/deck.lock: the file is empty", RESTORE
    ),
    "a file where a folder is to be": Row(
        {"x": ""}, "init x/y", 3, "error: x/y/deck.toml can't be written: x is no folder", "mv x x.file"
    ),
    # --- Pythons for examples ----------------------------------------------------------------------------------------
    "a Python and no examples": Row(
        {}, "check notes --python 3.13", 2, "error: --python is for running examples", "add --examples"
    ),
    "a Python that is not there": Row(
        {},
        "check notes --examples --python ./gone",
        3,
        "error: no Python is at ./gone",
        "interview-helper check --examples --python 3.13",
    ),
    "a version that is not there": Row(
        {},
        "check notes --examples --python 3.99",
        3,
        "error: neither uv nor PATH has a Python 3.99",
        "uv python install 3.99",
        {"PATH": ""},
    ),
    # --- the world ---------------------------------------------------------------------------------------------------
    "an output folder that is a file": Row(
        {"x": ""}, "build notes -o x", 3, "error: x/t.apkg can't be written: x is no folder", "mv x x.file"
    ),
    "an output folder in a file": Row(
        {"x": ""}, "build notes -o x/y", 3, "error: x/y/t.apkg can't be written: x is no folder", "mv x x.file"
    ),
    "an output that is a folder": Row(
        {"out/t.apkg": None, "out/t.apkg/x": ""},
        f"{BUILD} --only deck",
        3,
        "error: out/t.apkg can't be written: it is a folder",
        "mv out/t.apkg out/t.apkg.folder",
    ),
    "an output with too long a name": Row(
        {},
        f"build notes -o {'x' * 300}",
        3,
        f"error: {'x' * 300}/t.apkg can't be written: File name too long",
        "choose shorter names",
    ),
    "a config that is a folder": Row(
        {"notes/deck.toml/x": ""},
        BUILD,
        3,
        "error: notes/deck.toml can't be read: it is a folder",
        "mv notes/deck.toml notes/deck.toml.old",
    ),
    "a note that may not be read": Row(
        {},
        BUILD,
        3,
        "error: notes/a.md can't be read: Permission denied",
        "chmod u+r notes/a.md",
        patch=raising(PermissionError(13, "Permission denied"), disk, "_read"),
    ),
    "something that nobody foresaw": Row(
        {},
        "list notes",
        3,
        "error: notes/x: Input/output error",
        "ls -ld notes",
        patch=raising(OSError(5, "Input/output error", "notes/x"), project, "understood"),
    ),
    "a working directory that is gone": Row(
        {},
        BUILD,
        3,
        "error: the working directory is gone",
        "cd",
        patch=raising(FileNotFoundError(2, "gone"), os, "getcwd"),
    ),
    "something without a name": Row(
        {},
        "list notes",
        3,
        "error: the system refuses: Input/output error",
        patch=raising(OSError(5, "Input/output error"), project, "understood"),
    ),
}
if os.name != "nt":
    ROWS |= {
        "a lock that is a named pipe": Row(
            {"notes/deck.lock": lambda path: (path.unlink(), os.mkfifo(path))},
            BUILD,
            3,
            "error: notes/deck.lock can't be read: it is a named pipe",
            "mv notes/deck.lock notes/deck.lock.old",
        ),
        "an output folder that is elsewhere": Row(
            {"output": lambda path: path.symlink_to("..")},
            "build notes",
            2,
            "error: output is a link that leads out of the working directory",
            "if it is your own, interview-helper build notes -o output",
        ),
        "a lock that is elsewhere": Row(
            {"theirs": "", "notes/deck.lock": lambda path: (path.unlink(), path.symlink_to("../theirs"))},
            BUILD,
            3,
            "error: notes/deck.lock is a link that leads out of its folder",
            "rm notes/deck.lock; if the link is your own, mv theirs notes/deck.lock",
        ),
        "a source that is a device": Row(
            {"x.md": lambda path: path.symlink_to(os.devnull)},
            "build x.md",
            2,
            "error: x.md is a device",
            "name a folder of",
        ),
        "a Python that is none": Row(
            {"x": "x"}, "check notes --examples --python ./x", 3, "error: ./x is no Python that starts", "/"
        ),
        "a Python that is too old": Row(
            {"x": old_python},
            "check notes --examples --python ./x",
            3,
            "error: Python 3.7 can't be watched",
            "name one that is 3.8 or newer",
        ),
    }

# What a row can't have, by the words of the message: the tests that have it. Errors of examples stop no build, and take
# seconds each.
ELSEWHERE = {
    "is not done yet": "test_turns.py",
    "can't be read as a lock: ": "test_hostile_packages.py",
    "no more than": "test_bounds.py",
    "can't be started": "test_examples.py",
    "Pango, which can't be loaded": "test_cli.py",
    **{code: "test_mistakes.py" for code in CODES if code[0] == "E"},
    # `push` needs an Anki that answers.
    **dict.fromkeys(
        (
            "what answers at ",
            "nothing answers at ",
            " is no address of AnkiConnect",
            " speaks version ",
            "the profile that is open in Anki is ",
            "which is not on this machine",
            "AnkiConnect is too old: it has no ",
            "AnkiConnect wants its apiKey",
            "Anki has no profile open",
            " refuses us",
            " does not answer",
            "Anki is not running: ",
            "Anki can't import ",
            "Anki fails at ",
            "Anki lacks the add-on AnkiConnect",
            "Anki fails to move or suspend cards: ",
            "in Anki, the note type ",
            "have another note type in Anki",
            "and a card of the deck is not there",
            "nothing was pushed",
        ),
        "push/test_refusals.py",
    ),
    "would be deleted in Anki": "push/test_push.py",
    # `watch` and `preview` need the extra, and go on until they are ended.
    "is no editor": "live/test_editors.py",
    "can't be had": "live/test_serving.py",
    "the system won't tell of changes: ": "live/test_watching.py",
    # What needs files of other tools.
    **dict.fromkeys(("is not UTF-8", "to write"), "dialects/test_dialects.py"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    """A folder with notes, and what was built of them."""
    world = tmp_path_factory.mktemp("world")
    (world / "notes").mkdir()
    (world / "notes" / "a.md").write_text(NOTE)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(world)
        assert CliRunner().invoke(app, shlex.split(BUILD)).exit_code == 0
    return world


@pytest.fixture
def world(good, tmp_path, monkeypatch) -> Path:
    shutil.copytree(good, tmp_path / "world")
    monkeypatch.chdir(tmp_path / "world")
    return tmp_path / "world"


def made(files: Mapping[str, File]) -> None:
    """Make these files, in order."""
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case None:
                path.unlink()
            case str():
                path.write_text(content, "utf-8")
            case bytes():
                path.write_bytes(content)
            case _:
                content(path)


def left(folder: Path) -> dict[str, bytes | None]:
    """All that is in a folder: files with their bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


# Lines that are no message of what is wrong.
ASIDE = re.compile(r"|Usage: .*|Try .*|[0-9]+ cards in [0-9]+ files: .*|[0-9]+ examples? ran .*|[0-9]+ cards?: [0-9].*")


def messages(text: str) -> Iterator[tuple[str, str]]:
    """The messages in what was said, each with its hint."""
    said = ""
    for line in text.split("\n"):
        if line.startswith("    hint: "):
            yield said, line.removeprefix("    hint: ")
            said = ""
        elif not line.startswith("    ") and not ASIDE.fullmatch(line):
            if said:
                yield said, ""
            said = line
    if said:
        yield said, ""


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_input_has_one_message_and_leaves_all_as_it_was(name, world, monkeypatch):
    row = ROWS[name]
    made(row.files)
    before = left(world)
    if row.patch:
        row.patch(monkeypatch)
    result = CliRunner().invoke(app, shlex.split(row.typed), env=dict(row.environment))
    monkeypatch.undo()
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    found = list(messages(f"{result.stderr}\n{result.stdout}".replace("\\", "/")))
    if row.said.startswith("Error: "):  # in the words of Typer
        assert [said[: len(row.said)] for said, _ in found] == [row.said]
    else:
        assert [said for said, _ in found] == [row.said]
    assert found[0][1].startswith(row.hint)
    assert row.hint or not found[0][1]
    assert result.exit_code == row.code
    assert harmless(result.stderr.replace("\n", "")) == result.stderr.replace("\n", "")
    assert left(world) == before


@pytest.mark.parametrize(
    "name", ["a note that is no UTF-8", "an unknown key", "a lock that is cut short", "an output folder that is a file"]
)
def test_the_program_says_the_same_in_a_process_of_its_own(name, world):
    row = ROWS[name]
    made(row.files)
    before = left(world)
    command = [sys.executable, "-m", "interview_helper", *shlex.split(row.typed)]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == row.code
    assert [said for said, _ in messages(done.stderr)] == [row.said]
    assert done.stdout == ""
    assert left(world) == before


def test_the_table_has_every_code_of_an_error():
    errors = {code.code for code in CODES.values() if code.severity is Severity.ERROR}
    told = {match[1] for row in ROWS.values() if (match := re.search(r": error ([A-Z][0-9]{3}) ", row.said))}
    assert errors - told - ELSEWHERE.keys() == set()


# Refusals without words of their own, and a row of each: of a new one, nobody knows that it has one until somebody has looked.
WORDLESS = {
    "cli.py f'{files.shown(kept.path)} {what}'": "a lock that would change",
    "cli.py unknown.message": "a topic that is not there",
    "cli.py what": "a part of a deck that must be whole",
    "files.py f'{shown(where)}: {why}'": "something that nobody foresaw",
    "__init__.py f\"{' and '.join(lacking)} {words}\"": "an extra that is not there",
    "intake.py message": "notes that need no import",
    "interpreters.py message": "a Python that is none",
    "ledger.py what": "a damaged line",
    "lock.py f'{shown(path)} {what}'": "a folder to compare with",
    "lock.py f'{shown(package)} {what}'": "a package that is not there",
    "lock.py f'{shown(path)}: {error.what}'": "a damaged package to compare with",
    "lock.py _TOO_LARGE": "a lock that is too large",
    "project.py what": "a lock that another has written meanwhile",
    "lock.py what": "a note to compare with",
    "project.py f'{shown(source)} {disk.what(source)}'": "a folder that is not there",
    "project.py f'{shown(kept.path)}:{kept.broken.span.line}: {kept.broken.message}'": "a card of a broken lock",
    "project.py f'{shown(notes.lock.path)}: {notes.lock.broken.message}'": "a folder with a broken lock",
    "project.py f'{shown(path)}: {broken.message}'": "a newer lock that needs no recovery",
    "project.py f'{shown(path)}:{wrong.span.line}: {wrong.message}'": "a fork with a broken config",
}


def refusals() -> Iterator[tuple[str, str]]:
    """Where a refusal is made, and a pattern of what it says; nothing where all of it are words of another."""
    for path in sorted(Path(interview_helper.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            made_by = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if made_by in ("Refusal", "BrokenLedger"):
                words = node.args[made_by == "BrokenLedger"]
                parts = words.values if isinstance(words, ast.JoinedStr) else [words]
                texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
                pattern = "".join(".*" if text is None else re.escape(str(text)) for text in texts)
                yield f"{path.name}:{node.lineno} {ast.unparse(words)}", pattern


def test_every_refusal_has_a_row():
    said = [row.said for row in ROWS.values()]
    found = list(refusals())
    lacking = [
        where
        for where, pattern in found
        if not any(re.search(pattern, each) for each in said) and not any(words in where for words in ELSEWHERE)
    ]
    assert lacking == []
    wordless = [where for where, pattern in found if not re.search("[a-z]{2}", pattern)]
    quotes = str.maketrans("", "", "\"'\\")  # of which Python 3.12 and newer choose others
    written = sorted(re.sub(":[0-9]+", "", where).translate(quotes) for where in wordless)
    assert written == sorted(where.translate(quotes) for where in WORDLESS)
    assert set(WORDLESS.values()) - {"a Python that is none"} <= set(ROWS)  # Windows has not that one


@pytest.mark.parametrize("words", ELSEWHERE)
def test_what_is_elsewhere_is_there(words):
    text = (Path(__file__).parent / ELSEWHERE[words]).read_text("utf-8")
    assert words in text or ELSEWHERE[words] == "test_mistakes.py"
