"""Any bytes may be given to `recover`: they are refused with a remedy, or become a lock that is read again and built on.

What begins with PK is a package as it stands; all else is a text of its members (`folder`). A database among them may
be written as rows, so that a fuzzer needs no SQLite: a table's name, then its values, tabs between them.
"""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from io import BytesIO
from pathlib import Path

from fuzz import deck_lock
from fuzz.folder import folders, written
from fuzz.pieces import LOCK
from interview_helper import ledger
from interview_helper.outputs import anki

__all__ = ["MODULES", "PIECES", "holds", "seeds"]

MODULES = ["outputs/anki", "ledger"]

_TABLES = {
    "col": "decks",
    "notes": "id, guid, mid, mod, tags, flds",
    "cards": "id, nid, did, odid",
}
_QUESTION, _CLOZE = anki.QUESTION.id, anki.CLOZE.id
_DECKS = '{"1": {"name": "Default"}, "7": {"name": "T"}}'
_ASKED = "\x1f".join(["Q", "<p>a</p>", "T \u203a U", "PEP 8", *[""] * 6, "g1"])
_BLANKS = "\x1f".join(["<div>Q</div>It is {{c1::a::hint}} and {{c2::b}}.", *[""] * 8, "g2"])
_ROWS = [
    f"col\t{_DECKS}",
    f"notes\t1\tg1\t{_QUESTION}\t5\t slug::t \t{_ASKED}",
    f"notes\t2\tg2\t{_CLOZE}\t6\t slug::retired \t{_BLANKS}",
    "cards\t1\t1\t7\t0",
    "cards\t2\t2\t1\t7",
]
_NAMES = ["deck.lock", "collection.anki2", "collection.anki21", "collection.anki21b", "media"]
PIECES = [
    *_ROWS,
    *(f"=== {name}" for name in _NAMES),
    *(str(each) for each in (_QUESTION, _CLOZE, -1, 2**53, 2**63)),
    *("\x1f", "{{c1::a}}", "{{c99999999999999999999::a::b}}", "{{c\u0663::a}}", "</div>", "<br>", "&#xd800;", "\x00"),
    *("x::retired", "retired", " a::t ", _DECKS, "[]", "null", "\t", "PK\x03\x04"),
    *LOCK,
]


def seeds() -> Iterator[bytes]:
    """Packages with a lock and without, some of Anki's own, and a whole one."""
    lock = next(deck_lock.seeds())
    rows = "\n".join(_ROWS).encode()
    yield written({"deck.lock": lock})
    yield written({"collection.anki2": rows})
    yield written({"collection.anki21": rows, "collection.anki2": b"", "media": b"{}"})
    yield written({"collection.anki21b": b""})
    for package in sorted(Path(__file__).parents[1].glob("releases/*/*.apkg")):
        with zipfile.ZipFile(package) as members:
            first = b"".join(members.read("deck.lock").splitlines(keepends=True)[:4])
        yield _packed({"deck.lock": first, "media": b"{}"})
    yield _packed({"collection.anki2": b"".join(row + b"\n" for row in rows.split(b"\n"))})


def holds(data: bytes) -> bool:
    """Whether a package with these bytes gives a lock; raises where what is promised of it does not hold."""
    package = data if data.startswith(b"PK") else _packed(folders(data)[0])
    try:
        found = anki.known(BytesIO(package))
    except anki.BrokenPackage as error:
        assert error.what  # noqa: PT017  # the other way out has promises of its own
        assert error.remedy  # noqa: PT017
        return False
    assert ledger.read(ledger.written(found)) == (found, 0)
    deck_lock.goes_on(found)
    return True


def _packed(members: dict[str, bytes]) -> bytes:
    result = BytesIO()
    with zipfile.ZipFile(result, "w") as package:
        for name, content in members.items():
            rows = name.startswith("collection.") and content.startswith(
                tuple(f"{each}\t".encode() for each in _TABLES)
            )
            package.writestr(zipfile.ZipInfo(name), _database(content) if rows else content)
    return result.getvalue()


def _database(rows: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, columns in _TABLES.items():
            # Without types, because a stranger's database has what it likes in each column.
            connection.execute(f"CREATE TABLE {name} ({columns})")
        for row in rows.decode("utf-8", "replace").split("\n"):
            name, *values = row.split("\t")
            with suppress(sqlite3.Error, OverflowError):  # a row that no database takes
                places = ", ".join("?" * len(values))
                connection.execute(f"INSERT INTO {name} VALUES ({places})", [_value(each) for each in values])
        connection.commit()
        return connection.serialize()


def _value(text: str) -> str | int | bytes | None:
    if text.lstrip("-").isdecimal() and text.isascii() and text.count("-") < 2 and len(text) < 30:
        return int(text)
    return None if text == "NULL" else text.encode() if text.startswith("X'") else text
