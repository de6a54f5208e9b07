"""A package of a stranger, given to `recover` and `diff`: one refusal with its file, exit 2, nothing written, nothing eaten."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from interview_helper import ledger, lock
from interview_helper.cli import app
from interview_helper.outputs import anki
from typer.testing import CliRunner

NOTE = "# T\n\n## A\n\nx\n"
TABLES = (
    "CREATE TABLE col (decks text)",
    "CREATE TABLE notes (id integer primary key, guid text, mid integer, mod integer, tags text, flds text)",
    "CREATE TABLE cards (id integer primary key, nid integer, did integer, odid integer)",
)
ROWS = (
    """INSERT INTO col VALUES ('{"1": {"name": "T"}}')""",
    f"INSERT INTO notes VALUES (1, 'a', {anki.QUESTION.id}, 5, ' t::t ', 'Q{chr(31)}A{chr(31)}T')",
    "INSERT INTO cards VALUES (1, 1, 1, 0)",
)


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """A notes folder `n` in the working directory, built once into `out`; the lock is lost."""
    monkeypatch.chdir(tmp_path)
    Path("n").mkdir()
    Path("n/a.md").write_text(NOTE, encoding="utf-8")
    assert run("build", "n", "-o", "out", "--only", "deck").exit_code == 0
    shutil.move("n/deck.lock", "kept.lock")
    return Path("n")


def run(*arguments: str):
    """The command in this process; a traceback fails the test."""
    return CliRunner(env={"SOURCE_DATE_EPOCH": "1700000000"}).invoke(app, list(arguments), catch_exceptions=False)


def package(*members: tuple[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", packed) as made:
        for name, held in members:
            made.writestr(name, held)
    return data.getvalue()


def collection(*statements: str, rows: tuple[str, ...] = ROWS, tables: tuple[str, ...] = TABLES) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in (*tables, *rows, *statements):
            connection.execute(statement)
        connection.commit()
        return connection.serialize()


def claiming(size: int, data: bytes, held: str = "<I") -> bytes:
    """A package of one member whose table of contents claims a size."""
    at = data.index(b"PK\1\2")
    return data[: at + 24] + struct.pack(held, size) + data[at + 28 :]


def flagged(data: bytes) -> bytes:
    """A package of one member that says it is encrypted."""
    at = data.index(b"PK\1\2")
    return data[:6] + b"\1" + data[7 : at + 8] + b"\1" + data[at + 9 :]


def crowded(members: int) -> bytes:
    """A package with many members, which are all one."""
    head = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    return head * members + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 65535, 65535, len(head) * members, 0, 0)


def large(data: bytes) -> bytes:
    """A package whose size stands in a field of zip64, and is 2**62."""
    at = data.index(b"PK\1\2")
    size = struct.unpack_from("<H", data, at + 28)[0]
    name_end = at + 46 + size
    extra = struct.pack("<HHQ", 1, 8, 2**62)
    directory = data[at : at + 24] + b"\xff" * 4 + data[at + 28 : at + 30] + struct.pack("<H", len(extra)) + data[at + 32 : name_end] + extra  # fmt: skip
    return data[:at] + directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), at, 0)


LOCK = package(("deck.lock", b"x" * 1000))
ENDLESS = "WITH RECURSIVE more(x) AS (SELECT 1 UNION ALL SELECT x FROM more) SELECT x FROM more"
VIRTUAL = "CREATE VIRTUAL TABLE more USING nobody_knows(a)"
NOT_ITS_OWN = "its collection has more than the tables of Anki"
DAMAGED = "it is no package of Anki, or a damaged one"
PACKAGES = {
    "claims much": (claiming(4_000_000_000, LOCK), "its deck.lock is larger than 100 MB"),
    "claims more than there can be": (large(LOCK), "its deck.lock is larger than 100 MB"),
    "claims little": (claiming(10, package(("deck.lock", bytes(50_000_000)))), DAMAGED),
    "bzip2": (package(("deck.lock", bytes(50_000_000)), packed=zipfile.ZIP_BZIP2), "its deck.lock is packed as Anki packs nothing"),
    "lzma": (package(("deck.lock", b"x"), packed=zipfile.ZIP_LZMA), "its deck.lock is packed as Anki packs nothing"),
    "many members": (crowded(200_000), "it has too many members"),
    "a package in it": (package(("deck.apkg", LOCK)), "it is no package of Anki"),
    "encrypted": (flagged(LOCK), "its deck.lock is encrypted"),
    "wrong sum": (LOCK.replace(b"PK\1\2", b"PK\1\2", 1)[:16] + LOCK[16:].replace(LOCK[14:18], b"\0\0\0\0"), DAMAGED),
    "cut short": (LOCK[:-10], DAMAGED),
    "nothing": (b"PK", DAMAGED),
    "deep JSON": (package(("deck.lock", b'{"format":' + b"[" * 100_000)), "the lock in it can't be read, line 1: the file is cut short"),
    "large number": (package(("deck.lock", b'{"format":' + b"9" * 100_000 + b"}\n")), "the lock in it can't be read, line 1: this line is damaged"),
    "half a letter": (package(("deck.lock", b"\xff\xfe")), DAMAGED),
    "a large collection": (claiming(400_000_000, package(("collection.anki2", b"x"))), "its collection.anki2 is larger than 300 MB"),
    "no database": (package(("collection.anki2", b"x" * 1000)), DAMAGED),
    "torn pages": (package(("collection.anki2", collection()[:4096] + b"\xff" * 16384)), DAMAGED),
    "no table": (package(("collection.anki2", collection(rows=(), tables=("CREATE TABLE more (a)",)))), DAMAGED),
    "an endless view": (package(("collection.anki2", collection(f"CREATE VIEW more AS {ENDLESS}"))), NOT_ITS_OWN),
    "a view for a table": (package(("collection.anki2", collection(f"CREATE VIEW col(decks) AS {ENDLESS}", tables=TABLES[1:], rows=ROWS[1:]))), NOT_ITS_OWN),
    "a trigger": (package(("collection.anki2", collection("CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM col; END"))), NOT_ITS_OWN),
    "a computed column": (package(("collection.anki2", collection("ALTER TABLE notes ADD COLUMN more AS (hex(zeroblob(900000000)))"))), NOT_ITS_OWN),
    "a virtual table": (package(("collection.anki2", collection("PRAGMA writable_schema = ON", f"INSERT INTO sqlite_master VALUES ('table', 'more', 'more', 0, '{VIRTUAL}')"))), NOT_ITS_OWN),
    "a long field": (package(("collection.anki2", collection("UPDATE notes SET flds = hex(zeroblob(11000000))"))), DAMAGED),
    "decks in decks": (package(("collection.anki2", collection(f"UPDATE col SET decks = '{'[' * 100_000}'"))), DAMAGED),
    "a negative second": (package(("collection.anki2", collection("UPDATE notes SET mod = -1"))), "the lock in it can't be read, line 2: this line is damaged"),
    "a letter for a number": (package(("collection.anki2", collection("UPDATE notes SET mod = 'x'"))), DAMAGED),
    "bytes for text": (package(("collection.anki2", collection("UPDATE notes SET flds = x'ff'"))), DAMAGED),
}  # fmt: skip


@pytest.mark.parametrize("name", PACKAGES)
def test_a_hostile_package_is_refused_with_its_name(notes, name):
    data, words = PACKAGES[name]
    Path("x.apkg").write_bytes(data)
    before = sorted(Path().rglob("*"))
    for verb in (("recover", "x.apkg", "n"), ("diff", "n", "--against", "x.apkg")):
        result = run(*verb)
        message, hint = result.stderr.splitlines()
        assert (result.exit_code, result.stdout) == (2, "")
        assert message.startswith(f"error: x.apkg: {words}")
        assert hint.startswith("    hint: ")
        assert sorted(Path().rglob("*")) == before


def test_what_these_packages_are_spoilt_from_is_one(notes):
    Path("x.apkg").write_bytes(package(("collection.anki2", collection())))
    assert run("recover", "x.apkg", "n").exit_code == 0
    assert '"question": "Q"' in Path("n/deck.lock").read_text(encoding="utf-8")


def test_nothing_of_a_package_is_unpacked_whatever_its_names_are(notes):
    names = ("../evil", "/tmp/evil", "..\\evil", "C:\\evil", "n/a.md", "deck.lock/../../evil", "media", "0")
    members = [(name, b"evil") for name in names]
    Path("x.apkg").write_bytes(package(*members, ("deck.lock", Path("kept.lock").read_bytes())))
    before = {path: path.read_bytes() for path in Path("..").rglob("*") if path.is_file()}
    assert run("recover", "x.apkg", "n").stdout == f"{Path('n', 'deck.lock')}\n"
    after = {path: path.read_bytes() for path in Path("..").rglob("*") if path.is_file()}
    assert after.pop(Path("..", Path.cwd().name, "n", "deck.lock")) == Path("kept.lock").read_bytes()
    assert after == before


def test_a_query_that_does_not_end_is_stopped(notes, monkeypatch):
    rows = [f"INSERT INTO notes VALUES ({n}, 'a{n}', 1, 5, '', '')" for n in range(2, 1_000)]
    Path("x.apkg").write_bytes(package(("collection.anki2", collection(*rows))))
    monkeypatch.setattr(anki, "_STEPS", 100)
    assert run("diff", "n", "--against", "x.apkg").exit_code == 0
    monkeypatch.setattr(anki, "_WORK", 10)
    assert run("diff", "n", "--against", "x.apkg").stderr.startswith(f"error: x.apkg: {DAMAGED}")


def test_all_fields_together_are_bounded(notes, monkeypatch):
    rows = [f"INSERT INTO notes VALUES ({n}, 'a{n}', 1, 5, '', '{'x' * 1000}')" for n in range(2, 20)]
    Path("x.apkg").write_bytes(package(("collection.anki2", collection(*rows))))
    assert run("diff", "n", "--against", "x.apkg").exit_code == 0
    monkeypatch.setattr(anki, "_LARGEST", 18_000)
    monkeypatch.setattr(anki, "member", lambda members, name, _: members.read(name))
    assert "x.apkg: it holds more than it can" in run("diff", "n", "--against", "x.apkg").stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_no_package_takes_much_memory(tmp_path):
    """All of them, one after the other, in a process that has little."""
    for number, (data, _) in enumerate(PACKAGES.values()):
        (tmp_path / f"{number}.apkg").write_bytes(data)
    (tmp_path / "zeros.apkg").write_bytes(package(("collection.anki2", collection() + bytes(90_000_000))))
    script = """
import resource, sys
from pathlib import Path
from interview_helper.files import Refusal
from interview_helper.lock import recovered
resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000))
for path in sorted(Path(sys.argv[1]).glob("*.apkg")):
    try:
        recovered(path)
    except Refusal as refusal:
        assert refusal.code == 2, refusal
        assert not isinstance(refusal.__cause__.__cause__, MemoryError), path
        print(path.name)
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == len(PACKAGES)


def test_fields_full_of_brackets_are_read_once():
    assert anki._plain("<" * 200_000) == "<" * 200_000
    assert anki._plain("a<b>" * 50_000) == "a" * 50_000
    assert anki._numbered("{{c1::" * 50_000 + "::" * 50_000) == ("{{c1::" * 50_000 + "::" * 50_000, [])
    assert anki._numbered("x {{c12::a::b::c}} {{c3::d}}}} {{c4::") == ("x a d}} {{c4::", [(12, "a"), (3, "d")])


def test_a_lock_that_is_too_large_is_not_read(notes):
    shutil.copy("kept.lock", "n/deck.lock")
    for path in ("n/deck.lock", "other.lock"):
        Path(path).touch()
        os.truncate(path, ledger.LARGEST + 1)
    result = run("build", "n", "-o", "out", "--only", "deck")
    message, remedy = result.stderr.splitlines()[:2]
    assert result.exit_code == 1
    assert "n/deck.lock:1:1: error I005 it is larger than 100 MB" in message.replace("\\", "/")
    assert "recover" in remedy + result.stderr
    shutil.copy("kept.lock", "n/deck.lock")
    result = run("diff", "n", "--against", "other.lock")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: other.lock can't be read as a lock: it is larger than 100 MB\n")


def test_a_copy_of_a_lock_that_is_too_large_is_none(notes):
    shutil.copy("kept.lock", "n/deck.lock")
    shutil.copy("kept.lock", "n/deck (conflict).lock")
    assert len(lock.read(Path("n/deck.lock")).copies) == 1
    os.truncate("n/deck (conflict).lock", ledger.LARGEST + 1)
    assert lock.read(Path("n/deck.lock")).copies == ()
