"""The lock survives people: each way it breaks, is lost, is copied or is merged has its message and its remedy."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from interview_helper import files, ledger
from interview_helper.cli import app
from typer.testing import CliRunner

NOTE = """# T

## A

x

## B

y

## C
<!-- card: cloze -->

The ==GIL== lets one ==thread== run.
"""
NOW = 1_700_000_000


@pytest.fixture
def notes(tmp_path, monkeypatch):
    """A notes folder `n` in the working directory, built once into `out`."""
    monkeypatch.chdir(tmp_path)
    # No repository above the test's folder, and no settings of the person who runs it.
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for person in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{person}_NAME", "a")
        monkeypatch.setenv(f"GIT_{person}_EMAIL", "a@example.org")
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "a.md").write_text(NOTE, encoding="utf-8")
    assert build().exit_code == 0
    return tmp_path / "n"


def run(*arguments: str, now: int | str = NOW, **environment: str):
    """The command in this process; a traceback fails the test."""
    variables = {"SOURCE_DATE_EPOCH": str(now), "NO_COLOR": "", "FORCE_COLOR": "", **environment}
    return CliRunner(env=variables).invoke(app, list(arguments), catch_exceptions=False)


def build(*arguments: str, now: int | str = NOW, source: str = "n"):
    return run("build", source, "-o", "out", "--only", "deck", *arguments, now=now)


def told(result) -> list[str]:
    """What was said, line by line, after a refusal that left standard output empty."""
    assert result.exit_code != 0
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.splitlines()


def hint(result) -> str:
    """The hint of the last message."""
    return result.stderr.splitlines()[-1].removeprefix("    hint: ")


def typed(command: str):
    """Type a command of ours into a shell."""
    words = shlex.split(command)
    assert words[0] == "interview-helper"
    return run(*words[1:])


def state() -> dict[str, bytes]:
    """Every file below the working directory but those of git."""
    return {
        path.as_posix(): path.read_bytes()
        for path in sorted(Path().rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def rows(lock: Path) -> list[dict[str, object]]:
    return [json.loads(row) for row in lock.read_text(encoding="utf-8").splitlines()]


def ids(source: str = "n") -> dict[str, str]:
    listed = json.loads(run("list", source, "--format", "json").stdout)
    return {row["question"]: row["id"] for row in listed}


def git(*arguments: str, folder: str = ".") -> str:
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
needs_shell = pytest.mark.skipif(os.name != "posix", reason="the hint is for a POSIX shell")


@pytest.fixture
def rights(tmp_path):
    """Skips where no mode of a file keeps this user out."""
    probe = tmp_path / "probe"
    probe.mkdir(mode=0o500)
    free = os.access(probe, os.W_OK)
    probe.rmdir()
    if free:
        pytest.skip("this user may write everywhere")


# --- damage -----------------------------------------------------------------------------------------------------


def _with(text: bytes, row: bytes) -> bytes:
    return text + row + b"\n"


DAMAGE = {
    "empty": (lambda _: b"", 1, "the file is empty"),
    "blank": (lambda _: b"\n \r\n", 1, "the file is empty"),
    "half a line": (lambda text: text[:-10], 4, "the file is cut short"),
    "half a line in the middle": (lambda text: text[:-10] + b"\n" + text[-200:], 4, "this line is damaged"),
    "two lines in one": (lambda text: text.replace(b"}\n{", b"}{", 1), 1, "this line is damaged"),
    "not UTF-8": (lambda text: text[:-2] + b"\xff}\n", 4, "this line is no UTF-8"),
    "a byte order mark, and no UTF-8": (lambda _: b"\xef\xbb\xbf{\n\xff\n\n\n", 2, "this line is no UTF-8"),
    "a slug that leads elsewhere": (
        lambda text: text.replace(b'"slug": "', b'"slug": "../'),
        1,
        "this line is damaged",
    ),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), 1, "this line is no UTF-8"),
    "a list": (lambda text: _with(text, b"[]"), 5, "this line is damaged"),
    "a list that names the format": (lambda text: _with(text, b'["format"]'), 5, "this line is damaged"),
    "a number": (lambda text: _with(text, b"1"), 5, "this line is damaged"),
    "null": (lambda text: _with(text, b"null"), 5, "this line is damaged"),
    "a text": (lambda text: _with(text, b'"format"'), 5, "this line is damaged"),
    "an empty card": (lambda text: _with(text, b"{}"), 5, "this line is damaged"),
    "a deep one": (lambda text: _with(text, b"[" * 100_000), 5, "this line is damaged"),
    "a long number": (lambda text: _with(text, b'{"id": ' + b"9" * 5_000 + b"}"), 5, "this line is damaged"),
    "half a character": (lambda text: text.replace(b'"x"', rb'"\ud800"'), 2, "this line is damaged"),
    "a key twice": (lambda text: text.replace(b'"pin": ""', b'"pin": "", "pin": "a"'), 2, "this line is damaged"),
    "no such kind": (lambda text: text.replace(b'"cloze"', b'"matching"'), 3, "this line is damaged"),
    "a year past all years": (lambda text: text.replace(b"1700000000", b"9" * 20), 2, "this line is damaged"),
    "before 1970": (lambda text: text.replace(b"1700000000", b"-5"), 2, "this line is damaged"),
    "true for a number": (lambda text: text.replace(b"1700000000", b"true"), 2, "this line is damaged"),
    "no deck": (lambda text: text.split(b"\n", 1)[1], 1, "the line that names the deck is missing"),
    "half a deck": (lambda text: _with(text, b'{"format": 2}'), 5, "this line is damaged"),
    "no format": (lambda text: text.replace(b'"format": 2', b'"format": null', 1), 1, "this line is damaged"),
}


@pytest.mark.parametrize(("damage", "line", "words"), DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_lock_stops_the_build_and_recover_mends_it(notes, damage, line, words):
    lock = notes / "deck.lock"
    whole = lock.read_bytes()
    lock.write_bytes(damage(whole))
    before = state()
    for result in (build(), run("check", "n"), run("list", "n"), run("diff", "n")):
        assert result.exit_code == 1
        assert f"n/deck.lock:{line}:1: error I005 {words}" in (result.stdout + result.stderr).splitlines()
    remedy = "restore it from a backup, or rebuild it from the newest package: interview-helper recover DECK.apkg n"
    assert told(build()) == [f"n/deck.lock:{line}:1: error I005 {words}", f"    hint: {remedy}"]
    assert state() == before

    result = typed(remedy.partition(": ")[2].replace("DECK.apkg", "out/t.apkg"))
    assert (result.exit_code, result.stdout) == (0, "n/deck.lock\n")
    assert result.stderr == "the one that can't be read is n/deck.lock.broken now\n"
    assert lock.read_bytes() == whole
    assert (notes / "deck.lock.broken").read_bytes() == before["n/deck.lock"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\n\n"),
        lambda text: text.removesuffix(b"\n"),
    ],
    ids=["a mark at its start", "line ends of Windows", "empty lines", "no line end at its end"],
)
def test_what_an_editor_does_to_the_lock_does_no_harm(notes, change):
    lock = notes / "deck.lock"
    whole = lock.read_bytes()
    lock.write_bytes(change(whole))
    assert build().stderr == "3 cards: none changed\n"
    (notes / "a.md").write_text(NOTE.replace("x", "x2"), encoding="utf-8")
    assert build().stderr == "3 cards: 1 changed\n"
    assert [row.get("answer") for row in rows(lock)][1] == "x2"
    assert not set(lock.read_bytes()) & set(b"\r\xef")


def test_a_lock_checked_out_with_line_ends_of_windows_is_up_to_date(notes):
    lock = notes / "deck.lock"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    before = state()
    assert build("--locked").exit_code == 0
    assert state() == before


def test_the_lock_of_a_newer_version_asks_for_an_update(notes):
    lock = notes / "deck.lock"
    newer = lock.read_text().replace('"format": 2', '"format": 99, "more": []').replace('"kind": "basic"', '"kinds": 7')
    lock.write_text(newer)
    expected = ["n/deck.lock:1:1: error I005 it was written by a newer version", "    hint: update this program"]
    assert told(build()) == expected
    # Another lock is no remedy, so there is no way to put one in its place by mistake.
    assert told(run("recover", "out/t.apkg", "n"))[1:] == ["    hint: update this program"]
    assert lock.read_text() == newer


def test_the_package_of_a_newer_version_is_not_overlooked_when_the_lock_is_gone(notes):
    (notes / "deck.lock").unlink()
    with zipfile.ZipFile("out/t.apkg", "w") as package:
        package.writestr("deck.lock", '{"format": 99}\n')
    assert told(build())[1:] == ["    hint: update this program"]
    assert not (notes / "deck.lock").exists()


def test_an_unfinished_merge_is_named_and_its_remedy_works(notes):
    lock = notes / "deck.lock"
    first, *cards = lock.read_text().splitlines(keepends=True)
    newer = [card.replace(str(NOW), str(NOW + 5)) for card in cards]
    lock.write_text("".join([first, "<<<<<<< HEAD\n", *cards, "=======\n", *newer, ">>>>>>> other\n"]))
    assert told(build()) == [
        "n/deck.lock:2:1: error I005 a merge was left unfinished here",
        "    hint: delete the marker lines, keep all others, and build again",
    ]
    lock.write_text("".join(row for row in lock.read_text().splitlines(keepends=True) if row.startswith("{")))
    result = build()
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "n/deck.lock:1:1: hint I003 3 lines stood in it twice, as after a merge",
        "3 cards: none changed",
    ]
    assert lock.read_text() == "".join([first, *newer])


def test_a_lock_that_names_the_deck_twice_is_written_clean(notes):
    lock = notes / "deck.lock"
    whole = lock.read_text()
    lock.write_text(whole.split("\n", 1)[0] + "\n" + whole)
    result = build()
    assert "hint I003 1 line stood in it twice" in result.stderr
    assert lock.read_text() == whole


# --- where it lies ----------------------------------------------------------------------------------------------


def test_a_folder_in_the_lock_s_place(notes):
    (notes / "deck.lock").unlink()
    (notes / "deck.lock").mkdir()
    result = build()
    assert result.exit_code == 3
    assert told(result) == [
        "error: n/deck.lock can't be read: it is a folder",
        "    hint: mv n/deck.lock n/deck.lock.old",
    ]


@needs_shell
def test_a_link_within_the_folder_stays_a_link(notes):
    lock = notes / "deck.lock"
    lock.rename("n/real.jsonl")
    lock.symlink_to("real.jsonl")
    (notes / "a.md").write_text(NOTE.replace("x", "x2"), encoding="utf-8")
    assert "1 changed" in build().stderr
    assert lock.is_symlink()
    assert '"x2"' in Path("n/real.jsonl").read_text()
    Path("n/real.jsonl").unlink()
    result = build()  # a link that leads nowhere is no deck that starts anew
    assert result.exit_code == 3
    assert told(result)[0] == "error: n/deck.lock can't be read: it is a link that leads nowhere"


def test_without_rights_the_command_that_gives_them_is_named(notes, rights):
    lock = notes / "deck.lock"
    (notes / "a.md").write_text(NOTE.replace("x", "x2"), encoding="utf-8")
    cases = [
        (lock, 0, 0o644, "error: n/deck.lock can't be read: Permission denied", "chmod u+r n/deck.lock"),
        (notes, 0o555, 0o755, "error: n/deck.lock can't be written: Permission denied", "chmod u+w n"),
        (notes, 0o644, 0o755, "error: n can't be read: Permission denied", "chmod u+rX n"),
    ]
    before = state()
    for path, mode, normal, message, remedy in cases:
        path.chmod(mode)
        result = build()
        path.chmod(normal)
        assert result.exit_code == 3
        assert told(result) == [message, f"    hint: {remedy}"]
        assert state() == before


def test_notes_that_may_not_be_written_build_when_nothing_changed(notes, rights):
    notes.chmod(0o555)
    result = build()
    notes.chmod(0o755)
    assert result.exit_code == 0


def test_a_crash_leaves_the_old_lock_or_the_new_one(notes, monkeypatch):
    lock = notes / "deck.lock"
    whole = lock.read_bytes()

    def crashed(*_):
        raise OSError(28, "No space left on device")

    (notes / "a.md").write_text(NOTE.replace("x", "x2"), encoding="utf-8")
    for step in ("os.fsync", "pathlib.Path.replace"):
        with monkeypatch.context() as patch:
            patch.setattr(step, crashed)
            result = build()
        assert result.exit_code == 3
        assert told(result)[0] == "error: n/deck.lock can't be written: No space left on device"
        assert lock.read_bytes() == whole
        assert sorted(path.name for path in notes.iterdir()) == ["a.md", "deck.lock"]


def test_the_lock_is_on_disk_before_the_package(notes):
    (notes / "a.md").write_text(NOTE.replace("## A", "## New").replace("x", "other words"), encoding="utf-8")
    shutil.rmtree("out")
    Path("out").write_text("in the way")
    assert build().exit_code == 3
    assert '"question": "New"' in (notes / "deck.lock").read_text()


def test_write_says_whether_there_was_something_to_write(tmp_path):
    assert files.write(tmp_path / "a" / "b", b"1")
    assert not files.write(tmp_path / "a" / "b", b"1")
    assert files.write(tmp_path / "a" / "b", b"2")
    assert (tmp_path / "a" / "b").read_bytes() == b"2"


@needs_shell
def test_a_file_keeps_its_mode(tmp_path):
    files.write(tmp_path / "b", b"1")
    (tmp_path / "b").chmod(0o640)
    files.write(tmp_path / "b", b"2")
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o640


# --- lost ---------------------------------------------------------------------------------------------------------


def test_a_lost_lock_beside_a_package_is_not_started_over_silently(notes):
    whole = (notes / "deck.lock").read_bytes()
    (notes / "deck.lock").unlink()
    # Reworded in question and answer: without the lock it would be new.
    (notes / "a.md").write_text(NOTE.replace("## A\n\nx", "## A, in other words\n\nx indeed"), encoding="utf-8")
    before = state()
    result = build()
    assert result.exit_code == 1
    assert told(result) == [
        "error: n/deck.lock is gone, and out/t.apkg was built with it: without it reworded cards lose their reviews",
        "    hint: interview-helper recover out/t.apkg n; to start over, rm out/t.apkg",
    ]
    assert state() == before
    assert typed(hint(result).partition(";")[0]).stdout == "n/deck.lock\n"
    assert (notes / "deck.lock").read_bytes() == whole
    assert "3 cards: 1 changed" in build().stderr


def test_a_lost_lock_is_found_in_a_package_of_another_name(notes):
    Path("out/t.apkg").rename("out/of yesterday.apkg")
    (notes / "deck.lock").unlink()
    assert hint(build()).startswith("interview-helper recover 'out/of yesterday.apkg' n;")


def test_paths_in_hints_can_be_typed(notes):
    notes.rename("meine Nötizen")
    shutil.move("out/t.apkg", "out/it's mine.apkg")
    Path("meine Nötizen/deck.lock").unlink()
    result = build(source="meine Nötizen")
    assert hint(result).startswith("interview-helper recover 'out/it'\"'\"'s mine.apkg' 'meine Nötizen';")
    assert typed(hint(result).partition(";")[0]).exit_code == 0


def test_a_lost_lock_is_no_matter_to_the_sheet_and_to_other_decks(notes):
    (notes / "deck.lock").unlink()
    assert run("build", "n", "-o", "out", "--only", "sheet").exit_code == 0
    Path("m").mkdir()
    Path("m/a.md").write_text("# Another\n\n## A\n\nx\n")
    assert build(source="m").exit_code == 0
    Path("out/t.apkg").write_bytes(b"no package")
    assert build().exit_code == 0


def test_a_deck_of_a_lone_file_is_recovered_by_its_file(notes):
    Path("m").mkdir()
    Path("m/a.md").write_text(NOTE.replace("# T", "# U"))
    build(source="m/a.md")
    Path("m/a.lock").unlink()
    result = build(source="m/a.md")
    assert hint(result) == "interview-helper recover out/u.apkg m/a.md; to start over, rm out/u.apkg"
    assert typed(hint(result).partition(";")[0]).stdout == "m/a.lock\n"


@needs_shell
def test_a_folder_of_files_that_were_decks_of_their_own_is_not_started_over_silently(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("n").mkdir()
    Path("n/a.md").write_text("# A\n\n## Q\n\nx\n")
    Path("n/b.md").write_text("# B\n\n## Q\n\ny\n")
    for each in ("n/a.md", "n/b.md"):
        build(source=each)
    published = ids("n/a.md") | {"of b": ids("n/b.md")["Q"]}
    result = build()
    assert result.exit_code == 1
    assert told(result) == [
        "error: a deck of n would start anew with the cards that were built from n/a.md, n/b.md before",
        "    hint: cat n/a.lock n/b.lock > n/deck.lock keeps the reviews; to start over, rm n/a.lock n/b.lock",
    ]
    subprocess.run(hint(result).partition(" keeps")[0], shell=True, check=True)
    assert build().exit_code == 0
    assert {row["id"] for row in rows(Path("n/deck.lock"))[1:]} == set(published.values())


def test_a_lone_file_named_deck_makes_no_deck_of_its_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("n").mkdir()
    for name in ("deck", "other"):
        Path(f"n/{name}.md").write_text(f"# {name}\n\n## A\n\nx\n")
        assert build(source=f"n/{name}.md").stderr == "1 card: 1 new\n"
        assert build(source=f"n/{name}.md").stderr == "1 card: none changed\n"
    assert sorted(path.name for path in Path("n").iterdir()) == ["deck.md", "deck.md.lock", "other.lock", "other.md"]


def test_a_part_of_a_deck_makes_no_new_deck_unseen(notes):
    (notes / "sub").mkdir()
    (notes / "sub" / "b.md").write_text("# U\n\n## B\n\nz\n")
    build()
    result = build(source="n/sub")
    assert result.exit_code == 2
    assert told(result) == [
        "error: n/sub is a part of the deck in n",
        "    hint: interview-helper build n; for a deck of its own, interview-helper init n/sub",
    ]
    assert not (notes / "sub" / "deck.lock").exists()
    assert run("init", "n/sub").stdout == "n/sub/deck.toml\n"
    assert build(source="n/sub").exit_code == 0


# --- recover ------------------------------------------------------------------------------------------------------


def test_recover_gives_the_lock_of_the_build(notes):
    (notes / "a.md").write_text(NOTE.replace("## B\n\ny\n", "").replace("## A", "## A\n<!-- id: mine -->"))
    build(now=NOW + 9)
    whole = (notes / "deck.lock").read_bytes()
    (notes / "deck.lock").unlink()
    assert run("recover", "out/t.apkg", "n").stdout == "n/deck.lock\n"
    assert (notes / "deck.lock").read_bytes() == whole
    assert "none changed" in build(now=NOW + 99).stderr


def test_recover_touches_no_lock_that_can_be_read(notes):
    before = state()
    result = run("recover", "out/t.apkg", "n")
    assert result.exit_code == 2
    assert told(result) == [
        "error: n/deck.lock is there, and nothing is wrong with it",
        "    hint: mv n/deck.lock n/deck.lock.old && interview-helper recover out/t.apkg n",
    ]
    assert state() == before


def _package(**members: bytes) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, content in members.items():
            package.writestr(name.replace("_", "."), content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("content", "words", "remedy"),
    [
        (b"", "it is no package of Anki, or a damaged one", "take another one"),
        (b"PK\x03\x04 and then nothing", "it is no package of Anki, or a damaged one", "take another one"),
        (_package(document_xml=b"<x/>"), "it is no package of Anki", "take another one"),
        (_package(collection_anki2=b"SQLite"), "it is no package of Anki, or a damaged one", "take another one"),
        (
            _package(collection_anki2=b"dummy", collection_anki21b=b"x"),
            "Anki exported it in its newer format",
            "export it again with 'Support older Anki versions' ticked",
        ),
        (
            _package(deck_lock=b"{}\n"),
            "the lock in it can't be read, line 1: this line is damaged",
            "take another one",
        ),
        (
            _package(deck_lock=b'{"format": 99}\n'),
            "the lock in it can't be read, line 1: it was written by a newer version",
            "update this program",
        ),
    ],
)
def test_what_is_no_package_of_ours_gives_no_lock(notes, content, words, remedy):
    (notes / "deck.lock").unlink()
    Path("x.apkg").write_bytes(content)
    result = run("recover", "x.apkg", "n")
    assert result.exit_code == 2
    assert told(result) == [f"error: x.apkg: {words}", f"    hint: {remedy}"]
    assert not (notes / "deck.lock").exists()


def test_a_package_of_another_program_gives_no_lock(notes):
    import genanki

    model = genanki.Model(1, "m", fields=[{"name": "F"}], templates=[{"name": "c", "qfmt": "{{F}}", "afmt": "{{F}}"}])
    deck = genanki.Deck(2, "d")
    deck.add_note(genanki.Note(model=model, fields=["x"]))
    genanki.Package(deck).write_to_file("x.apkg")
    (notes / "deck.lock").unlink()
    assert told(run("recover", "x.apkg", "n")) == [
        "error: x.apkg: it holds no card that was built by this program",
        "    hint: take another one",
    ]


def test_a_damaged_package_never_ends_in_a_traceback(notes):
    whole = Path("out/t.apkg").read_bytes()
    (notes / "deck.lock").unlink()
    for at in range(0, len(whole), 97):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        Path("x.apkg").write_bytes(broken)
        result = run("recover", "x.apkg", "n")
        assert result.exit_code in (0, 2)
        (notes / "deck.lock").unlink(missing_ok=True)


def test_the_package_of_another_deck_gives_no_lock(notes):
    run("init", "m")
    (notes / "deck.toml").write_text('id = "mine"\n')
    build(source="m")
    (notes / "deck.lock").unlink()
    assert told(run("recover", "out/m.apkg", "n")) == [
        "error: out/m.apkg is of another deck, 'M'",
        "    hint: name a package of this one",
    ]
    # One that was built before there was a deck.toml is of this deck all the same.
    assert run("recover", "out/t.apkg", "n").exit_code == 0


@pytest.mark.parametrize(("package", "what"), [("nothing.apkg", "does not exist"), ("n", "is a folder")])
def test_no_package_at_all(notes, package, what):
    (notes / "deck.lock").unlink()
    assert told(run("recover", package, "n")) == [
        f"error: {package} {what}",
        "    hint: name an .apkg that was built from these notes",
    ]


# --- forget -------------------------------------------------------------------------------------------------------


def test_a_retired_card_is_forgotten_for_good(notes):
    gone = ids()["B"]
    (notes / "a.md").write_text(NOTE.replace("## B\n\ny\n", ""))
    build(now=NOW + 1)
    assert run("forget", gone, "n").stdout == "n/deck.lock\n"
    assert gone not in (notes / "deck.lock").read_text()
    assert build().stdout == "out/t.apkg\n"  # without the tombstone
    assert "none changed" in build().stderr
    (notes / "a.md").write_text(NOTE)
    assert "1 new" in build().stderr
    assert ids()["B"] == gone  # so whoever still has it in Anki goes on with it


def test_only_a_retired_card_can_be_forgotten(notes):
    card = ids()["A"]
    before = state()
    result = run("forget", card, "n")
    assert result.exit_code == 2
    assert told(result) == [
        "error: 'A' is still in the notes",
        "    hint: take it out of n/a.md and build; then it is retired, and can be forgotten",
    ]
    assert told(run("forget", "zzz", "n")) == ["error: no card has the id 'zzz'", "    hint: no card is retired"]
    assert state() == before


def test_an_unknown_id_is_answered_with_those_that_are_retired(notes):
    gone = ids()["B"]
    (notes / "a.md").write_text(NOTE.replace("## B\n\ny\n", ""))
    build()
    assert hint(run("forget", "zzz", "n")) == f"retired are {gone} ('B')"


def test_a_card_is_forgotten_by_the_name_that_the_notes_gave_it(notes):
    pinned = NOTE.replace("## B\n", "## B\n<!-- id: mine -->\n")
    (notes / "a.md").write_text(pinned)
    build()
    assert "is still in the notes" in run("forget", "mine", "n").stderr
    (notes / "a.md").write_text(NOTE.replace("## B\n\ny\n", ""))
    build()
    assert run("forget", "mine", "n").exit_code == 0


def test_of_a_name_with_a_living_and_a_retired_card_the_retired_one_is_forgotten(notes):
    (notes / "a.md").write_text(NOTE.replace("## B\n", "## B\n<!-- id: mine -->\n"))
    build()
    cloze = NOTE.replace("## B\n\ny", "## B\n<!-- id: mine -->\n<!-- card: cloze -->\n\n==y== z")
    (notes / "a.md").write_text(cloze)
    assert "1 new, 1 retired" in build().stderr
    living = ids()["B"]
    assert run("forget", "mine", "n").exit_code == 0
    assert "none changed" in build().stderr
    assert ids()["B"] == living


def test_nothing_is_forgotten_without_a_lock_that_can_be_read(notes):
    lock = notes / "deck.lock"
    lock.write_text("{")
    result = run("forget", "x", "n")
    assert result.exit_code == 1
    assert told(result)[0] == "error: n/deck.lock:1: the file is cut short"
    lock.unlink()
    result = run("forget", "x", "n")
    assert result.exit_code == 2
    assert told(result) == ["error: n/deck.lock does not exist", "    hint: interview-helper build n"]


# --- git ----------------------------------------------------------------------------------------------------------


@needs_git
@pytest.mark.parametrize("folder", [".", "n"], ids=["the repository is above", "the folder is the repository"])
def test_git_states(notes, folder):
    assert build().stderr == "3 cards: none changed\n"  # no repository: no remark
    git("init", "-q", folder=folder)
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    build()
    untracked = [
        "n/deck.lock:1:1: hint I011 git does not track the lock yet",
        "    hint: git -C n add deck.lock .gitattributes",
        "3 cards: none changed",
    ]
    assert build().stderr.splitlines() == untracked
    subprocess.run(hint_of(untracked), shell=True, check=True)
    assert build().stderr == "3 cards: none changed\n"  # staged
    git("commit", "-qm", "x", folder="n")
    assert build().stderr == "3 cards: none changed\n"
    git("rm", "-q", "--cached", "deck.lock", folder="n")
    (notes / ".gitignore").write_text("*.lock\n")
    ignored = [
        "n/deck.lock:1:1: warning I004 git ignores the lock",
        "    hint: git -C n add --force deck.lock",
        "3 cards: none changed",
    ]
    assert build().stderr.splitlines() == ignored
    assert build("--strict").exit_code == 1
    subprocess.run(hint_of(ignored), shell=True, check=True)
    assert build("--strict").stderr == "3 cards: none changed\n"


def hint_of(lines: list[str]) -> str:
    return next(line for line in lines if line.startswith("    hint: ")).removeprefix("    hint: ")


@needs_git
def test_in_the_folder_itself_the_command_is_shorter(notes, monkeypatch):
    git("init", "-q", folder="n")
    monkeypatch.chdir(notes)
    assert hint_of(build(source=".").stderr.splitlines()) == "git add deck.lock"


@needs_git
def test_a_work_tree_beside_its_repository(notes):
    git("init", "-q", "r")
    git("commit", "-qm", "x", "--allow-empty", folder="r")
    git("worktree", "add", "-q", "../w", folder="r")
    assert Path("w/.git").is_file()
    shutil.move("n", "w/n")
    assert "I011" in build(source="w/n").stderr


def test_a_git_file_that_leads_nowhere_is_no_matter(notes):
    (notes / ".git").write_text("gitdir: /nowhere\n")
    assert build().stderr == "3 cards: none changed\n"


@needs_git
def test_without_git_nothing_is_said_of_it(notes, monkeypatch):
    git("init", "-q")
    monkeypatch.setenv("PATH", "")
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    assert build().stderr == "3 cards: 1 changed\n"
    assert (notes / ".gitattributes").read_text() == "deck.lock merge=union text eol=lf\n"
    assert told(run("diff", "n", "--against", "HEAD"))[0].startswith("error: HEAD is no file, and no git revision")


@needs_git
def test_in_a_hook_of_another_repository_the_notes_own_one_is_asked(notes, monkeypatch):
    git("init", "-q", "other")
    git("init", "-q", folder="n")
    git("add", "deck.lock", folder="n")
    monkeypatch.setenv("GIT_DIR", str(Path("other/.git").absolute()))
    monkeypatch.setenv("GIT_INDEX_FILE", str(Path("other/.git/index").absolute()))
    assert build().stderr == "3 cards: none changed\n"


@needs_git
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a", "a.lock merge=union text eol=lf\n"),
        ("meine nötizen", '"meine nötizen.lock" merge=union text eol=lf\n'),
        ("#1 [a]*", '"#1 \\\\[a]\\\\*.lock" merge=union text eol=lf\n'),
        ('"q"', '"\\"q\\".lock" merge=union text eol=lf\n'),
    ],
)
def test_git_is_told_to_merge_a_lock_of_any_name(tmp_path, monkeypatch, name, written):
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    Path(f"{name}.md").write_text(NOTE)
    assert build(source=f"{name}.md").exit_code == 0
    assert Path(".gitattributes").read_text(encoding="utf-8") == written
    assert git("check-attr", "-z", "merge", "--", f"{name}.lock").split("\0")[2] == "union"
    Path(f"{name}.md").write_text(NOTE.replace("x", "x2"))
    build(source=f"{name}.md")
    assert Path(".gitattributes").read_text(encoding="utf-8") == written


@needs_git
def test_what_stands_in_gitattributes_stays(notes):
    git("init", "-q")
    attributes = notes / ".gitattributes"
    kept = b"*.png binary\r\n# \xff\r\n*.lock -merge"
    attributes.write_bytes(kept)
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    build()
    assert attributes.read_bytes() == kept + b"\ndeck.lock merge=union text eol=lf\n"


@needs_git
@pytest.mark.parametrize("line", ["deck.lock merge=ours\n", "deck.lock -merge\n"])
def test_what_a_person_decided_about_merging_the_lock_holds(notes, line):
    git("init", "-q")
    (notes / ".gitattributes").write_text(line)
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    build()
    assert (notes / ".gitattributes").read_text() == line


@needs_git
def test_a_rule_for_the_whole_repository_is_enough(notes):
    git("init", "-q")
    Path(".gitattributes").write_text("*.lock merge=union\n")
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    build()
    assert not (notes / ".gitattributes").exists()


# --- copies of sync programs ---------------------------------------------------------------------------------------

COPIES = [
    "deck (conflicted copy 2026-05-01).lock",  # Dropbox, Nextcloud
    "deck (Anna's conflicted copy 2026-05-01).lock",
    "deck (In Konflikt stehende Kopie von Anna 2026-05-01).lock",
    "deck_conflict-20260501-123456.lock",  # ownCloud
    "deck.sync-conflict-20260501-123456-ABCDEFG.lock",  # Syncthing
    "deck (SFConflict anna@example.com 2026-05-01-12-34-56).lock",  # Seafile
    "deck-DESKTOP-4F2K1.lock",  # OneDrive
    "deck-Annas-MacBook.lock",
    "deck 2.lock",  # iCloud
    "deck (1).lock",  # Google Drive
]


@needs_shell
@pytest.mark.parametrize("name", COPIES)
def test_a_sync_program_s_copy_is_named_and_folded_in(notes, name):
    (notes / "a.md").write_text(NOTE + "\n## Here\n\nx\n")
    here = (notes / "deck.lock").read_text()
    build(now=NOW + 1)
    (notes / name).write_text(here)  # as the other machine has it
    result = build()
    assert result.exit_code == 0
    first, remedy, last = result.stderr.splitlines()
    assert first == (
        f"n/{name}:1:1: warning I012 a copy of deck.lock with the cards of another machine: "
        "one file should hold the lines of both"
    )
    assert last == "4 cards: none changed"
    subprocess.run(remedy.removeprefix("    hint: "), shell=True, check=True)
    assert build().stderr.splitlines() == [
        "n/deck.lock:1:1: hint I003 4 lines stood in it twice, as after a merge",
        "4 cards: none changed",
    ]
    assert build().stderr == "4 cards: none changed\n"


@pytest.mark.parametrize("name", ["deck-a", "deck 2", "deck", "decks", "deck (1)"])
def test_the_lock_of_another_note_is_no_copy(notes, name):
    Path("m").mkdir()
    other = Path("m", f"{name}.md")
    other.write_text("# Other\n\n## A\n\nx\n")
    build(source=str(other))
    for path in Path("m").iterdir():
        shutil.copy(path, notes / path.name)
    (notes / "deck.toml").write_text(f'exclude = ["{name}.md"]\n')
    assert "I012" not in build().stderr
    (notes / f"{name}.md").unlink()  # even when its note is gone: it is another deck
    assert "I012" not in build().stderr


@needs_shell
def test_a_copy_of_a_lone_file_and_of_its_lock_are_named_alike(notes):
    Path("m").mkdir()
    Path("m/a.md").write_text("# U\n\n## A\n\nx\n")
    build(source="m/a.md")
    for suffix in ("md", "lock"):
        shutil.copy(f"m/a.{suffix}", f"m/a (conflicted copy 2026-05-01).{suffix}")
    assert "m/a (conflicted copy 2026-05-01).lock:1:1: warning I012" in build(source="m/a.md").stderr
    assert "I012" not in build(source="n").stderr


def test_what_is_no_lock_is_no_copy(notes):
    (notes / "deck 2.lock").write_text("something else\n")
    assert build().stderr == "3 cards: none changed\n"


@needs_shell
def test_a_copy_that_is_all_there_is_left_is_not_overlooked(notes):
    (notes / "deck.lock").rename(notes / COPIES[0])
    shutil.rmtree("out")
    before = state()
    result = build()
    assert result.exit_code == 1
    assert told(result)[0] == (
        "error: n/deck.lock is gone, and a copy of it is here: without it reworded cards lose their reviews"
    )
    assert state() == before
    subprocess.run(hint(result), shell=True, check=True)
    assert build().stderr == "3 cards: none changed\n"


# --- what writes it, and what does not ------------------------------------------------------------------------------


def test_only_a_build_that_writes_a_deck_writes_the_lock(notes):
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    lock = (notes / "deck.lock").read_bytes()
    for arguments in (
        ("build", "n", "-o", "out", "--only", "sheet"),
        ("build", "n", "-o", "out", "--topic", "t"),
        ("build", "n/a.md", "-o", "out", "--topic", "T"),
        ("check", "n"),
        ("list", "n"),
        ("diff", "n"),
    ):
        assert run(*arguments).exit_code == 0
        assert (notes / "deck.lock").read_bytes() == lock
        assert not list(notes.glob(".*"))
    assert run("build", "n", "-o", "out").exit_code == 0
    assert (notes / "deck.lock").read_bytes() != lock


def test_packages_beside_the_notes_are_no_notes(notes):
    for _ in range(2):
        result = run("build", "n", "-o", "n/out")
    assert result.stderr == "3 cards: none changed\n"
    assert result.stdout == "n/out/t.apkg (unchanged)\nn/out/t.pdf (unchanged)\n"


def test_locked_writes_only_what_the_lock_knows(notes):
    assert build("--locked").exit_code == 0
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    before = state()
    result = build("--locked")
    assert result.exit_code == 1
    assert told(result) == [
        "3 cards: 1 changed",
        "error: n/deck.lock is not up to date",
        "    hint: interview-helper build n --only deck, and commit n/deck.lock",
    ]
    assert state() == before
    assert run("build", "n", "-o", "out", "--only", "sheet", "--locked").exit_code == 0
    build()
    assert build("--locked").exit_code == 0
    (notes / "deck.lock").unlink()
    assert told(build("--locked"))[1] == "error: n/deck.lock does not exist"


def test_locked_notices_what_moves_no_card(notes):
    (notes / "deck.toml").write_text('title = "Other"\n')
    assert "none changed" in build("--locked").stderr
    assert build("--locked").exit_code == 1


def test_a_file_of_a_deck_is_a_package_of_its_cards_alone(notes):
    (notes / "b.md").write_text("# U\n\n## B2\n\nz\n")
    build()
    whole = Path("out/t.apkg").read_bytes()
    lock = (notes / "deck.lock").read_bytes()
    result = build(source="n/b.md")
    assert (result.stdout, result.stderr) == ("out/t-b.apkg\n", "4 cards: none changed\n")
    assert (notes / "deck.lock").read_bytes() == lock
    assert Path("out/t.apkg").read_bytes() == whole
    assert [row["question"] for row in json.loads(run("list", "n/b.md", "--format", "json").stdout)] == ["B2"]


def test_a_file_that_is_no_note_of_the_deck(notes):
    (notes / "README.md").write_text("# R\n\n## A\n\nx\n")
    result = build(source="n/README.md")
    assert result.exit_code == 2
    assert told(result) == [
        "error: n/README.md is no note of the deck in n",
        "    hint: name one that is, or all of them: interview-helper build n",
    ]


def test_a_topic_is_printed_alone(notes):
    (notes / "b.md").write_text("# C++\n\n## Q\n\nz\n\n# C#\n\n## Q\n\nz\n")
    result = run("build", "n", "-o", "sheets", "--topic", "c++")
    assert (result.stdout, result.stderr) == ("sheets/t-c.pdf\n", "")
    assert run("build", "n", "-o", "sheets", "--topic", "C#").stdout == "sheets/t-c-2.pdf\n"


@pytest.mark.parametrize(
    ("arguments", "message", "remedy"),
    [
        (("--topic", "Tt"), "no topic is named 'Tt'", "--topic T"),
        (("--topic", ""), "no topic is named ''", "--topic T or 'Two words'"),
        (("--topic", "two word"), "no topic is named 'two word'", "--topic 'Two words'"),
        (
            ("--topic", "T", "--only", "deck"),
            "a topic is printed; the deck is always whole",
            "leave --topic or --only deck away",
        ),
    ],
)
def test_a_topic_that_can_not_be_printed(notes, arguments, message, remedy):
    (notes / "b.md").write_text("# Two words\n\n## Q\n\nz\n")
    before = state()
    result = run("build", "n", "-o", "out", *arguments)
    assert result.exit_code == 2
    assert told(result) == [f"error: {message}", f"    hint: {remedy}"]
    assert state() == before


def test_a_topic_of_another_file_is_none_of_this_one(notes):
    (notes / "b.md").write_text("# U\n\n## Q\n\nz\n")
    assert "no topic is named 'U'" in run("build", "n/a.md", "-o", "out", "--topic", "U").stderr


# --- names of the deck ---------------------------------------------------------------------------------------------


def test_another_title_warns_until_it_is_published_and_tells_what_to_do_in_anki(notes):
    (notes / "deck.toml").write_text('id = "x"\ntitle = "New"\n')
    told_so = [
        "n/deck.toml:2:1: warning I010 the deck was 'T' and is 'New': "
        "an import puts new cards there and leaves the old ones",
        '    title = "New"',
        "    ^^^^^",
        "    hint: before you import, rename the deck 'T' in Anki to 'New'",
    ]
    lock = (notes / "deck.lock").read_bytes()
    assert build("--strict").exit_code == 1
    assert (notes / "deck.lock").read_bytes() == lock
    assert run("diff", "n").stderr.splitlines() == told_so
    assert build().stderr.splitlines() == [*told_so, "3 cards: none changed"]
    assert build("--strict").stderr == "3 cards: none changed\n"
    assert '"title": "New", "slug": "t"' in (notes / "deck.lock").read_text()


def test_another_slug_stamps_every_card_because_it_stands_in_the_tags(notes):
    (notes / "deck.toml").write_text('slug = "other"\n')
    assert "3 notes are updated by the next import" in run("diff", "n").stdout
    assert build(now=NOW + 5).stderr == "3 cards: 3 changed\n"
    assert {row["changed"] for row in rows(notes / "deck.lock")[1:]} == {NOW + 5}
    assert build(now=NOW + 6).stderr == "3 cards: none changed\n"


# --- time ---------------------------------------------------------------------------------------------------------


def changed(lock: Path) -> int:
    return next(row["changed"] for row in rows(lock) if row.get("question") == "A")


@pytest.mark.parametrize("later", [0, -1_000_000, 7])
def test_a_change_is_always_newer_in_whole_seconds(notes, later):
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    build(now=NOW + later)
    assert changed(notes / "deck.lock") == max(NOW + 1, NOW + later)


@pytest.mark.parametrize("epoch", ["abc", "-5", "1e9", "1.5", "9" * 30, "9" * 5000, "1700000000000", "253402300800"])
def test_a_time_that_is_none(notes, epoch):
    (notes / "a.md").write_text(NOTE.replace("x", "x2"))
    before = state()
    for result in (build(now=epoch), run("diff", "n", now=epoch)):
        assert result.exit_code == 2
        assert told(result) == [
            f"error: SOURCE_DATE_EPOCH is no number of seconds: '{epoch}'",
            "    hint: unset SOURCE_DATE_EPOCH",
        ]
    assert state() == before


def test_a_time_that_is_one(notes):
    for number, epoch in enumerate(("0", " 1800000000 ", "253402300799", "")):
        (notes / "a.md").write_text(NOTE.replace("x", f"x{number}"))
        assert build(now=epoch).exit_code == 0


# --- init ---------------------------------------------------------------------------------------------------------


def test_init_of_a_folder_of_notes_adds_none(notes):
    lock = (notes / "deck.lock").read_bytes()
    assert run("init", "n").stdout == "n/deck.toml\n"
    assert (notes / "deck.toml").read_text() == 'id = "slug:t"\ntitle = "T"\n'
    assert build().stderr == "3 cards: none changed\n"
    assert (notes / "deck.lock").read_bytes() == lock


def test_init_writes_nothing_beside_a_lock_that_can_not_be_read(notes):
    (notes / "deck.lock").write_text("{}\n")
    before = state()
    assert told(run("init", "n"))[0] == "error: n/deck.lock: this line is damaged"
    assert state() == before


@needs_git
def test_init_in_a_repository_tells_git_how_to_merge_the_lock(notes):
    git("init", "-q")
    assert run("init", "m").stdout == "m/deck.toml\nm/first-topic.md\nm/.gitattributes\n"


@pytest.mark.skipif(os.name != "posix", reason="no such name on Windows")
def test_a_folder_s_name_is_quoted_in_its_config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("init", 'a"b\\c').exit_code == 0
    assert build(source='a"b\\c').exit_code == 0


def test_a_fork_is_another_deck(notes):
    (notes / "deck.toml").write_text('title = "T" # mine\r\n"id" = "theirs"\n[sheet]\ncolumns = 2\n')
    build()
    theirs = ids()
    shutil.copytree("n", "f")
    result = run("init", "f", "--fork")
    assert result.stdout == "f/deck.toml\nf/deck.lock.before-fork\n"
    assert result.stderr == "hint: change the title and slug in f/deck.toml: Anki puts decks of one title into one\n"
    config = Path("f/deck.toml").read_bytes()
    assert re.fullmatch(rb'id = "[0-9a-f-]{36}"\ntitle = "T" # mine\r\n\[sheet\]\ncolumns = 2\n', config)
    assert run("build", "f", "-o", "forked", "--only", "deck").stderr == "3 cards: 3 new\n"
    assert not set(ids("f").values()) & set(theirs.values())
    assert run("init", "f", "--fork").stdout == "f/deck.toml\nf/deck.lock.before-fork1\n"


def test_a_fork_names_the_ids_that_still_mean_the_other_deck(notes):
    theirs = ids()["A"]
    (notes / "a.md").write_text(NOTE.replace("## A\n", f"## A\n<!-- id: {theirs} -->\n"))
    assert run("init", "n", "--fork").stderr.splitlines()[1:] == [
        f"hint: take <!-- id: {theirs} --> out at n/a.md:4: it names a card of the other deck"
    ]


@pytest.mark.parametrize(
    ("folder", "config", "message"),
    [
        ("nothing", "", "nothing does not exist"),
        ("n/a.md", "", "n/a.md is no folder of notes"),
        ("n", "titel = 1\n", "n/deck.toml:1: 'titel' is no key of deck.toml"),
        ("n", "title = \n", "n/deck.toml:1: no valid TOML: Invalid value"),
    ],
)
def test_what_can_not_be_forked_stays_as_it_is(notes, folder, config, message):
    if config:
        (notes / "deck.toml").write_text(config)
    before = state()
    result = run("init", folder, "--fork")
    assert result.exit_code == 2
    assert told(result)[0] == f"error: {message}"
    assert state() == before


# --- folding ------------------------------------------------------------------------------------------------------


def line(**changes: object) -> str:
    whole = {
        "id": "1",
        "pin": "",
        "kind": "cloze",
        "file": "a.md",
        "after": "",
        "trail": ["T"],
        "question": "q",
        "answer": "a",
        "blanks": [["x", 1]],
        "fingerprint": "f",
        "changed": 100,
        "retired": None,
    }
    return json.dumps(whole | changes) + "\n"


HEADER = '{"format": 2, "id": "d", "title": "T", "slug": "t", "notetypes": {}}\n'


def folded(*lines: str) -> ledger.Line:
    """What the lines of one card become, in whichever order they stand."""
    found = [ledger.read(HEADER + "".join(order))[0].lines for order in (lines, lines[::-1])]
    assert found[0] == found[1]
    assert len(found[0]) == 1
    return found[0][0]


def test_of_two_lines_the_newer_one_holds():
    assert folded(line(answer="old"), line(answer="new", fingerprint="g", changed=101)).answer == "new"
    assert folded(line(), line(changed=101, retired=101)).retired == 101
    assert folded(line(retired=100), line(changed=101)).retired is None


def test_of_two_lines_of_one_second_the_living_one_holds():
    assert folded(line(), line(retired=100)).retired is None


def test_cards_published_in_one_second_and_not_alike_count_as_changed():
    one = folded(line(fingerprint="f"), line(fingerprint="g", answer="b"))
    assert (one.changed, one.fingerprint) == (100, "")


def test_blanks_of_both_lines_stay_and_a_number_stays_with_the_newer_one():
    newer = line(changed=101, fingerprint="g", blanks=[["x", 1], ["y", 2]])
    older = line(blanks=[["x", 1], ["z", 2], ["w", 3]])
    assert folded(older, newer).blanks == (("x", 1), ("y", 2), ("w", 3))


def test_a_name_given_on_one_branch_stays():
    assert folded(line(pin="mine"), line(changed=101, fingerprint="g")).pin == "mine"
    assert folded(line(pin="mine"), line()).pin == "mine"


def test_lines_of_two_formats_stand_in_one_file_after_a_merge():
    first = {key: value for key, value in json.loads(line()).items() if key not in ("pin", "after")}
    text = HEADER.replace("2", "1", 1) + HEADER + json.dumps(first) + "\n" + line(id="2", after="1")
    known, twice = ledger.read(text)
    assert [each.id for each in known.lines] == ["1", "2"]
    assert twice == 1


def test_the_newer_header_of_two_is_not_overlooked():
    with pytest.raises(ledger.BrokenLedger, match="newer version"):
        ledger.read(HEADER + HEADER.replace("2", "99", 1) + line())
