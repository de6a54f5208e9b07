"""Any folder may be built: it is refused with an exit code and nothing is written, or there are a deck and a lock that are sound.

The folder is a text (`folder`), with what it becomes later. Each is built twice, the deck by the command itself; one
folder in some is also checked, and one in many printed.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import chdir, closing, redirect_stderr, redirect_stdout, suppress
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from zlib import crc32

from fuzz import pieces
from fuzz.folder import folders, written
from interview_helper import cache, changes, disk, files, identity, ledger, lock, project, reports  # noqa: F401
from interview_helper.cli import app
from interview_helper.outputs import anki
from pypdf import PdfReader
from typer.main import get_command

__all__ = ["MODULES", "PIECES", "holds", "seeds"]

MODULES = [
    "project",
    "cli",
    "cards",
    "identity",
    "matching",
    "evidence",
    "changes",
    "reports",
    "lock",
    "files",
    "outputs/anki",
    "coloring",
    "advice",
    "parse",
    "config",
]
PIECES = [
    *("=== a.md", "=== b.md", "=== sub/a.md", "=== deck.toml", "=== deck.lock", "=== *", "=== img/wcde.png"),
    *("=== words.txt", "=== README.md", "=== a.lock", "=== note.png", "=== b.svg"),
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="5" height="5"/></svg>',
    "![x](b.svg)",
    *pieces.NOTE,
    *(piece for piece in pieces.TOML if len(piece) > 2),
    *pieces.LOCK[:5],
    *pieces.FRONT[:12],
]
_COMMAND = get_command(app)
_VERBS = [
    *(["check", "notes", "--format", each] for each in ("text", "json", "github", "sarif")),
    ["list", "notes", "--format", "json"],
    ["list", "notes"],
    ["diff", "notes", "--format", "json"],
    ["diff", "notes"],
]


def seeds() -> Iterator[bytes]:
    """The notes of the tests, each with some `deck.toml`, and a note that is edited."""
    toml = ["", 'title = "T"\nmath = true\n', 'id = "x"\ntags = ["a"]\nignore = ["N004"]\n[flashcards]\nbuild = true\n']
    for number, note in enumerate(sorted(Path(__file__).parents[1].glob("notes/*.md"))):
        # Whole notes are too long to be changed anywhere that matters.
        parts = note.read_bytes().split(b"\n## ")
        for k in range(1, len(parts), 4):
            yield written({"a.md": b"\n## ".join([b"# T", *parts[k : k + 4]]), "deck.toml": toml[number % 3].encode()})
    before = b"# T\n\n## What is A?\n\na\n\n## B\n<!-- card: cloze -->\n\nIt ==is== ==b==.\n"
    after = b"# T\n\n## What is an A?\n\na\n\n## B\n\nIt ==was== b.\n\n## C\n\nc\n"
    yield written({"a.md": before}, {"a.md": after})
    yield written({"a.md": before, "b.md": after}, {"a.md": b"", "b.md": before})
    yield written({"deck.lock": "\n".join([*pieces.LOCK[:1], *pieces.LOCK[2:3], ""]).encode(), "a.md": before})


def holds(data: bytes) -> bool:
    """Whether this folder is built in the end; raises where what is promised of it does not hold, now or later."""
    memory = "/dev/shm"  # files are synced, which takes long on a disk
    parent = Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if os.access(memory, os.W_OK) else None))
    try:
        (parent / "a" / "b").mkdir(parents=True)
        with chdir(parent / "a" / "b"):
            taken = _holds(data)
            assert {path.name for path in Path().iterdir()} <= {"notes", "out"}
        assert [path.name for path in (*parent.iterdir(), *(parent / "a").iterdir())] == ["a", "b"]
    finally:
        shutil.rmtree(parent)
    return taken


def _holds(data: bytes) -> bool:
    number, taken = crc32(data), False
    for at in folders(data)[:3]:
        for name, content in at.items():
            path = Path("notes", name)
            with suppress(OSError):  # a name that is a file and a folder
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        taken = _built()
        if number % 4 == 0:
            _ran(*_VERBS[number // 4 % len(_VERBS)])
        if number % 64 == 0:
            _printed("sheet" if number % 256 else "flashcards")
    return taken


def _ran(*arguments: str) -> tuple[int, str]:
    # Typer's own runner makes the command anew each time, which takes as long as a build.
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as said:
        try:
            _COMMAND.main([*arguments], prog_name="interview-helper")
        except SystemExit as error:
            assert error.code in {0, 1, 2, 3}, said.getvalue()  # noqa: PT017  # it has no other way out
            return int(error.code), said.getvalue()
    raise AssertionError("no exit code")


def _bytes() -> dict[str, bytes]:
    """Lock and outputs as they are, by name."""
    paths = [*Path("out").glob("*"), *Path("notes").glob("*.lock")]
    return {path.as_posix(): path.read_bytes() for path in paths if path.is_file()}


def _built() -> bool:
    before = _bytes()
    code, said = _ran("build", "notes", "-o", "out", "--only", "deck", "--no-cache")
    after = _bytes()
    if code:
        assert said.strip(), "refused without a word"
        assert after == before, "refused, and written all the same"
        return False
    text = after["notes/deck.lock"].decode("utf-8-sig")
    kept, folded = ledger.read(text)
    assert not folded
    if (old := before.get("notes/deck.lock")) is not None:
        known = {line.id for line in ledger.read(old.decode("utf-8-sig"))[0].lines}
        assert known <= {line.id for line in kept.lines}, "a card is lost"
    package = after[f"out/{kept.slug}.apkg"]
    assert anki.known(BytesIO(package)) == kept
    _sound(package, {line.id for line in kept.lines})
    code, said = _ran("build", "notes", "-o", "out", "--only", "deck", "--no-cache", "--locked")
    assert not code, said
    assert _bytes() == after, "built again, and another"
    return True


def _sound(package: bytes, ids: set[str]) -> None:
    """The package is one that Anki opens, with each line of the lock as a note, once."""
    with zipfile.ZipFile(BytesIO(package)) as members:
        assert members.testzip() is None
        database = members.read("collection.anki2")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        guids = [guid for (guid,) in connection.execute("SELECT guid FROM notes")]
        assert sorted(guids) == sorted(ids)
        assert not connection.execute("SELECT id FROM cards WHERE nid NOT IN (SELECT id FROM notes)").fetchall()
        for note_type, fields in connection.execute("SELECT mid, flds FROM notes"):
            _Harmless().feed(fields)
            assert not re.search(r"\[(sound:|anki:|/?latex\]|/?\$\$?\]|\[?type:)", fields, re.IGNORECASE), fields
            if note_type == anki.CLOZE.id:
                text = fields.partition("\x1f")[0]
                assert not {"{", "}"} & set(re.sub("{{c[0-9]+::[^{}]*}}", "", text)), text


class _Harmless(HTMLParser):
    """Nothing in a field acts."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hold each tag to what cards may have."""
        assert tag not in {"script", "style", "iframe", "object", "embed", "link", "meta", "base", "form", "svg"}, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in {"href", "src"} or not re.match(
                r"\s*(javascript|data|file):", value or "", re.IGNORECASE
            )


def _printed(paper: str) -> None:
    code, said = _ran("build", "notes", "-o", "out", "--only", paper, "--no-cache")
    if not code:
        for path in Path("out").glob("*.pdf"):
            assert PdfReader(path).pages, said
