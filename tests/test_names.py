"""Names and paths, as people, archives, other systems and strangers make them; and texts in other encodings."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

import pytest
from interview_helper import disk, lock, project
from interview_helper.cli import app
from interview_helper.files import quoted
from interview_helper.terminal import harmless
from PIL import Image
from typer.testing import CliRunner

NOTE = "# T\n\n## A\n\nx\n"
OTHER = "# U\n\n## B\n\ny\n"
NFC = "\N{LATIN CAPITAL LETTER A WITH DIAERESIS}"
NFD = "A\N{COMBINING DIAERESIS}"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names, or take two for one")
on_unix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


@pytest.fixture
def notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


@pytest.fixture(autouse=True)
def nothing_waits():
    """Nobody waits for what never comes: twenty seconds are enough for anything here."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def waited(*_: object) -> None:
        raise AssertionError("it waits for something")

    before = signal.signal(signal.SIGALRM, waited)
    signal.setitimer(signal.ITIMER_REAL, 20)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def run(*arguments: str | Path):
    return CliRunner().invoke(app, list(map(str, arguments)))


def build(source: str | Path = "notes", *options: str):
    return run("build", source, "-o", "out", "--only", "deck", *options)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(row) for row in path.read_text("utf-8").split("\n")[1:-1]]


def told(result) -> list[str]:
    """The first line of each message."""
    return [row for row in result.stderr.split("\n") if row and not row.startswith(" ")]


# --- Unicode's forms, and case ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [NOTE, "## A\n\nx\n", "## A\n\n[y](#a) and [z](b.md#b)\n"])
@pytest.mark.parametrize("folder", ["", f"{NFC}/"])
def test_a_note_whose_name_comes_back_in_another_form_is_the_same_note(notes, folder, text):
    kept = b""
    for form, before in (("NFC", ""), ("NFD", "NFC"), ("NFC", "NFD")):
        shutil.rmtree(notes / normalize(before, folder) if before and folder else notes / "none", ignore_errors=True)
        if before:
            (notes / f"{normalize(before, NFC)}.md").unlink(missing_ok=True)
        path = notes / normalize(form, f"{folder}{NFC}.md")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        path.with_name("b.md").write_text(OTHER, "utf-8")
        result = build()
        assert result.exit_code == 0, result.output
        now = (notes / "deck.lock").read_bytes()
        if before:
            assert "2 cards: none changed" in result.stderr
            assert now == kept
        kept = now
    assert [line["file"] for line in lines(notes / "deck.lock") if line["question"] == "A"] == [f"{folder}{NFC}.md"]


def test_a_lock_that_names_a_note_in_the_other_form_keeps_its_cards(notes):
    (notes / f"{NFC}.md").write_text(NOTE, "utf-8")
    build()
    kept_in = notes / "deck.lock"
    before = lines(kept_in)
    kept_in.write_text(kept_in.read_text("utf-8").replace(NFC, NFD), "utf-8")
    result = build()
    assert "1 card: 1 moved" in result.stderr
    assert lines(kept_in) == before


@on_linux
@pytest.mark.parametrize(
    ("one", "two", "what"),
    [
        (NFD, NFC, "the Unicode form (NFC, NFD) of its letters"),
        ("A", "a", "case"),
        ("STRASSE", "straße", "case"),
        (f"{NFC}x", f"{NFD.lower()}x", "case"),
    ],
)
def test_two_names_that_are_one_elsewhere_are_two_notes_and_a_warning(notes, one, two, what):
    (notes / f"{one}.md").write_text(NOTE, "utf-8")
    (notes / f"{two}.md").write_text(OTHER, "utf-8")
    result = build()
    assert result.exit_code == 0
    assert "2 cards: 2 new" in result.stderr
    (warning,) = (row for row in told(result) if "C005" in row)
    assert f"warning C005 only {what} tells this name from" in warning
    kept = (notes / "deck.lock").read_bytes()
    assert "none changed" in build().stderr
    assert (notes / "deck.lock").read_bytes() == kept
    assert build("notes", "--strict").exit_code == 1


@pytest.mark.parametrize(("form", "typed"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_lone_note_and_its_lock_are_found_in_either_form(notes, form, typed):
    path = notes / normalize(form, f"{NFC}.md")
    path.write_text(NOTE, "utf-8")
    assert build(notes / normalize(typed, f"{NFC}.md")).exit_code == 0
    path.rename(notes / normalize(typed, f"{NFC}.md"))
    assert "none changed" in build(notes / normalize(typed, f"{NFC}.md")).stderr
    assert len(list(notes.glob("*.lock"))) == 1


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_links_and_pictures_are_found_in_either_form(notes, form, written):
    folder = notes / normalize(form, f"{NFC}f")
    folder.mkdir()
    # Folder and file in different forms: each may have come by a way of its own.
    Image.new("RGB", (2, 2)).save(folder / f"{NFD}.png")
    Image.new("RGB", (2, 2), "red").save(folder / f"{NFC}w.png")
    (folder / normalize(form, f"{NFC}.md")).write_text(OTHER, "utf-8")
    name = normalize(written, NFC)
    text = f"{NOTE}\n![p]({name}f/{name}.png) ![[{name}w.png]] [l]({name}f/{name}.md) [m]({name}f/{name}.md#b)\n"
    (notes / "a.md").write_text(text, "utf-8")
    result = build()
    assert told(result) == ["2 cards: 2 new"]
    assert len(media(Path("out/notes.apkg"))) == 2


@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_a_link_in_either_form_leads_to_the_heading_of_its_note(notes, written):
    name = normalize(written, NFC)
    (notes / f"{NFC}.md").write_text(OTHER, "utf-8")
    (notes / "a.md").write_text(f"{NOTE}\n[m]({name}.md#b) [n]({name}.md#gone)\n", "utf-8")
    assert told(build()) == [
        f"notes/a.md:7:{12 + len(name)}: warning L006 {NFC}.md has no heading #gone",
        "2 cards: 2 new",
    ]


@on_linux
def test_other_capitals_than_the_file_has_are_told_with_the_name(notes):
    (notes / "Sub").mkdir()
    Image.new("RGB", (2, 2)).save(notes / "Sub" / "Plot.png")
    (notes / "Sub" / "B.md").write_text(OTHER)
    (notes / "a.md").write_text(f"{NOTE}\n![p](sub/plot.PNG)\n\n[l](sub/b.md#b)\n\n![x](sub/none.png) ![[PLOT.png]]\n")
    result = run("check", "notes", "--format", "json")
    found = [(each["code"], each["line"], each["hint"]) for each in json.loads(result.stdout)]
    assert found == [
        ("L001", 7, "write Sub/Plot.png: capitals count"),
        ("L005", 9, "write Sub/B.md: capitals count"),
        ("L001", 11, "mend the path, or put the picture there"),
    ]


# --- odd names ----------------------------------------------------------------------------------------------------

ODD = [
    *(
        "a b",
        " a ",
        "a'b",
        'a"b',
        "a$(touch pwned)b",
        "a`touch pwned`",
        "a;touch pwned",
        "-a",
        "--only",
        "a%20b",
        "a#b",
    ),
    *(
        "a?b",
        "a:b",
        "a\\b",
        "a,b",
        "*",
        "[a]",
        "{{a}}",
        "<b>",
        "&amp;",
        "con",
        "nul",
        "a.",
        "::error file=x",
        "~",
        "!x",
    ),
    *("a\nb", "a\n::error::x", "a\tb", "a\x07b", "a\x1b]0;x\x07", "a\x9b2Jb", "a\N{RIGHT-TO-LEFT OVERRIDE}b", "a\x7f"),
    *("a\N{LINE SEPARATOR}b", "\N{ZERO WIDTH JOINER}", "日本語", "\N{SNAKE}"),
]


def obeyed(text: str) -> list[str]:
    """The lines of a text that a terminal would act on."""
    return [line for line in text.split("\n") if harmless(line) != line]


@on_linux
def test_notes_may_have_any_names_and_no_terminal_obeys_them(notes):
    for number, name in enumerate(ODD):
        (notes / f"{name}.md").write_text(f"# T{number}\n\n## A\n\nx {number}\n\n<foo> [x](gone)\n", "utf-8")
    names = {f"{name}.md" for name in ODD}
    assert build().exit_code == 0
    assert f"{len(ODD)} cards: none changed" in build().stderr
    assert {line["file"] for line in lines(notes / "deck.lock")} == names
    rows = json.loads(run("list", "notes", "--format", "json").stdout)
    assert {row["path"] for row in rows} == {f"notes/{name}" for name in names}
    for name in names:
        (notes / name).write_text((notes / name).read_text("utf-8").replace("x ", "x and y "), "utf-8")
    for verb in (("check",), ("list",), ("diff",), ("diff", "--format", "json"), ("list", "--format", "json")):
        result = run(*verb, "notes")
        assert result.exit_code == 0
        assert obeyed(result.stdout) == obeyed(result.stderr) == []
        assert result.stdout.count("notes/") >= len(ODD)


@on_linux
def test_a_report_names_any_file_and_no_log_obeys_it(notes):
    for number, name in enumerate(ODD):
        text = f"# T{number}\n\n## A\n\nx\n\n<foo> \x1b[2J\x9b [x](gone\x9b)\n"
        (notes / f"{name}.md").write_text(text, "utf-8")
    names = {f"notes/{name}.md" for name in ODD}
    said = {form: run("check", "notes", "--format", form).stdout for form in ("text", "json", "github", "sarif")}
    assert [form for form, text in said.items() if obeyed(text)] == []
    found = json.loads(said["json"])
    assert {each["path"] for each in found} == names
    results = json.loads(said["sarif"])["runs"][0]["results"]
    uris = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results}
    assert {unquote(uri) for uri in uris} == names
    assert all(re.fullmatch(r"[\w%/.~-]+", uri, re.ASCII) for uri in uris)
    commands = said["github"].split("\n")[:-1]
    assert len(commands) == len(found) == len(results) == 2 * len(ODD)
    assert all(re.match(r"::(notice|warning) file=notes/[^:]*,line=7,", each) for each in commands)


@on_linux
@pytest.mark.skipif(not (shutil.which("iconv") and shutil.which("bash")), reason="types the hint")
def test_the_remedy_can_be_typed_for_any_name(notes):
    for number, name in enumerate(ODD):
        (notes / f"{name}.md").write_bytes(f"# caf\xe9 {number}\n\n## A\n\nx\n".encode("latin-1"))
    result = build()
    assert result.exit_code == 1
    commands = [hint.split("; or name")[0] for hint in result.stderr.split("hint: ")[1:]]
    subprocess.run(["bash", "-ec", "\n".join(commands)], check=True)
    assert build().exit_code == 0
    assert {path.name for path in notes.glob("*.md")} == {f"{name}.md" for name in ODD}
    assert not Path("pwned").exists()


@on_linux
@pytest.mark.skipif(not shutil.which("bash"), reason="types the name")
def test_a_name_is_quoted_as_a_shell_reads_it():
    names = [*ODD, "a\udce9", "a\x1b1", "'\x07\\'"]
    command = f"printf '%s\\0' {' '.join(map(quoted, names))}"
    assert obeyed(command) == []
    said = subprocess.run(["bash", "-c", command], capture_output=True, check=True).stdout.split(b"\0")
    assert said == [*(os.fsencode(f"./{name}" if name.startswith("-") else name) for name in names), b""]


@on_linux
@pytest.mark.skipif(not shutil.which("git"), reason="asks git")
def test_git_merges_the_lock_of_a_lone_note_of_any_name_and_nothing_else(notes):
    subprocess.run(["git", "init", "-q", "."], cwd=notes, check=True)
    names = ["a b", "a\n* merge=ours b", "#a", "!a", "a\\b", 'a"b', "a\tb", "[a]*?", "\x1b"]
    for name in names:
        (notes / f"{name}.md").write_text(NOTE, "utf-8")
        assert lock.attributed(notes / f"{name}.lock")
    asked = ["git", "check-attr", "-z", "merge", "--", *(f"{name}.lock" for name in names), "x"]
    said = subprocess.run(asked, cwd=notes, capture_output=True, check=True).stdout.split(b"\0")
    assert said[2::3] == [*(b"union" for _ in names), b"unspecified"]


@on_linux
def test_a_folder_whose_name_is_no_utf_8_is_built_and_named(notes):
    folder = Path(os.fsdecode(b"caf\xe9"))
    notes.rename(folder)
    (folder / "a.md").write_text(f"{NOTE}<foo>\n")
    assert build(folder).exit_code == 0
    for form in ("text", "json", "github", "sarif"):
        result = run("check", folder, "--format", form)
        assert result.exit_code == 0
        assert obeyed(result.stdout) == []
    assert "caf%E9/a.md" in result.stdout


@on_linux
def test_what_is_listed_as_written_is_harmless(notes):
    (notes / "a.md").write_text(NOTE)
    folder = "o\x1b]0;x\x07\x9b\n"
    said = [run("build", "notes", "-o", folder, "--only", "deck"), run("init", f"{folder}n")]
    (notes / "deck.lock").unlink()
    said += [run("recover", Path(folder, "t.apkg"), "notes"), run("build", "notes", "-o", Path(folder, "t.apkg"))]
    assert [result.exit_code for result in said] == [0, 0, 0, 3]
    for result in said:
        assert obeyed(result.output) == []
        assert len(result.output.splitlines()) <= 2


def test_words_that_were_typed_wrong_are_told_harmlessly():
    name = "a\x1b]0;x\x07\x9b"
    for arguments in (
        ("build", "x", name),
        (name,),
        ("build", f"--{name}"),
        ("list", "--format", name),
        ("build", name),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert obeyed(result.stderr) == []
    result = run("explain", name)
    assert obeyed(result.stderr) == []


# --- long names ---------------------------------------------------------------------------------------------------


@on_linux
def test_a_name_as_long_as_it_may_be_is_a_note_and_names_outputs(notes):
    name = "b" * 252
    (notes / f"{name}.md").write_text("## A\n\nx\n")
    (notes / "a.md").write_text(OTHER)
    assert build().exit_code == 0
    result = build(notes / f"{name}.md")
    assert result.exit_code == 0
    assert re.fullmatch(r"out/notes-b{100,}-[0-9a-f]{8}\.apkg\n", result.stdout)


@on_linux
def test_a_lone_note_whose_lock_can_have_no_name_is_refused(notes):
    (notes / f"{'b' * 252}.md").write_text(NOTE)
    result = build(notes / f"{'b' * 252}.md")
    assert result.exit_code == 3
    assert result.stderr.endswith("    hint: choose shorter names of files and folders\n")
    assert not Path("out").exists()


@on_linux
def test_a_path_beyond_what_the_system_takes_is_no_traceback(notes, monkeypatch):
    (notes / "a.md").write_text(NOTE)
    for _ in range(20):
        monkeypatch.chdir(notes if Path.cwd() == notes.parent else Path())
        os.mkdir("c" * 240)  # noqa: PTH102  # relative, as the whole path could not be made
        os.chdir("c" * 240)
    Path("b.md").write_text(OTHER)
    os.chdir(notes.parent)
    result = build()
    assert result.exit_code in (0, 3)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ('title = "CON"', "con-notes"),
        ('slug = "nul"', "nul-notes"),
        ('title = "Com1"', "com1-notes"),
        ('title = "console"', "console"),
        ('title = "a: b/c\\\\d?. "', "a-bcd"),
        (f'title = "{"w" * 300}"', r"w{191}-[0-9a-f]{8}"),
        (f'slug = "{"w" * 300}"', r"w{191}-[0-9a-f]{8}"),
        (f'title = "{"字" * 100}"', r"字{63}-[0-9a-f]{8}"),
    ],
)
def test_an_output_has_a_name_that_every_system_takes(notes, config, name):
    (notes / "a.md").write_text(NOTE)
    (notes / "deck.toml").write_text(config, "utf-8")
    result = build()
    assert result.exit_code == 0, result.output
    assert re.fullmatch(rf"out[/\\]{name}\.apkg\n", result.stdout)
    assert build().stdout.endswith("(unchanged)\n")


def test_two_long_names_that_begin_alike_are_two_files():
    names = {project._file("w" * 300 + end, ".pdf") for end in ("a", "b")}
    assert len(names) == 2
    assert max(len(name.encode()) for name in names) <= 204


def media(package: Path) -> list[str]:
    with zipfile.ZipFile(package) as archive:
        return sorted(json.loads(archive.read("media")).values())


@on_linux
@pytest.mark.parametrize(
    "names",
    [
        ("con.png", "NUL.png", "a.png ", "a..png", "a|b*?.png"),
        ("p" * 251 + ".png", "字" * 83 + ".png"),
        ("Plot.png", "plot.png", "PLOT.PNG"),
        (f"{NFC}.png", f"{NFD}.png"),
        ("a\x1b\n.png", "a\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe.png", "{{c1::a}}.png", "[sound:a].png"),
    ],
)
def test_a_picture_of_any_name_is_one_in_the_deck_that_every_system_takes(notes, names):
    text = NOTE
    for number, name in enumerate(names):
        Image.new("RGB", (2, 2), (number, 0, 0)).save(notes / name, "PNG")
        address = "./" + "".join(f"%{byte:02X}" for byte in name.encode())
        text += f"\n![x]({address})\n"
    (notes / "a.md").write_text(text, "utf-8")
    result = build()
    assert told(result) == ["1 card: 1 new"]
    kept = media(Path("out/t.apkg"))
    assert len({name.casefold() for name in kept}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}-[0-9a-f]{12}\.png", name) for name in kept)


# --- links, and what is no file ------------------------------------------------------------------------------------


def pipe(path: Path) -> None:
    os.mkfifo(path)


def bound(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = Path.cwd()
        os.chdir(path.parent)  # the path of a socket has about a hundred letters at most
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


def linked(target: str):
    def link(path: Path) -> None:
        path.symlink_to(target)

    return link


NO_FILES = {
    "a named pipe": pipe,
    "a socket": bound,
    "a device": linked("/dev/zero"),
    "a link that leads nowhere": linked("gone"),
    "a link that leads to itself": lambda path: path.symlink_to(path.name),
    "a folder": Path.mkdir,
}


@on_unix
@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_is_no_note_and_said_to_be_left_out(notes, what):
    (notes / "a.md").write_text(NOTE)
    NO_FILES[what](notes / "x.md")
    result = build()
    assert result.exit_code == 0
    left_out = [] if what == "a folder" else [f"notes/x.md:1:1: hint C004 left out: x.md ({what})"]
    assert told(result) == [*left_out, "1 card: 1 new"]


@on_unix
@pytest.mark.parametrize("what", NO_FILES)
@pytest.mark.parametrize("name", ["deck.toml", "deck.lock"])
def test_what_is_no_file_stands_for_neither_config_nor_lock(notes, what, name):
    (notes / "a.md").write_text(NOTE)
    NO_FILES[what](notes / name)
    result = build()
    assert result.exit_code == 3
    # A device lies elsewhere.
    said = "is a link that leads out of its folder" if what == "a device" else f"can't be read: it is {what}"
    assert told(result) == [f"error: notes/{name} {said}"]
    assert not Path("out").exists()
    assert not os.path.lexists(notes / "deck.lock") or name == "deck.lock"


@on_unix
@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_is_no_picture(notes, what):
    NO_FILES[what](notes / "p.png")
    (notes / "a.md").write_text(f"{NOTE}\n![x](p.png)\n")
    result = build()
    assert result.exit_code == 0
    # A device lies elsewhere.
    said = "L003 p.png is outside the notes folder" if what == "a device" else f"L001 p.png is {what}"
    assert told(result) == [f"notes/a.md:7:1: warning {said}", "1 card: 1 new"]


def own_words(notes: Path) -> list[str]:
    """What is said of the deck's own words; the dictionary of the language takes seconds."""
    found = project._own_words(project.read(notes), "words.txt")[1]
    return [f"{d.span.path}:{d.span.line}:{d.span.column} {d.code} {d.message}" for d in found]


@on_unix
@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_has_no_words_and_is_no_font(notes, what):
    (notes / "a.md").write_text(NOTE)
    NO_FILES[what](notes / "words.txt")
    (notes / "deck.toml").write_text("[spelling]\n")
    assert own_words(notes) == ["deck.toml:1:2 W002 the notes folder has no file 'words.txt'"]
    NO_FILES[what](notes / "own.ttf")
    (notes / "deck.toml").write_text('[sheet]\nfonts = ["own.ttf"]\n')
    result = build()
    assert result.exit_code == 2
    assert "C001 the notes folder has no font file 'own.ttf'" in result.stderr


@on_unix
@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_is_neither_source_nor_package_nor_lock(notes, what):
    (notes / "a.md").write_text(NOTE)
    NO_FILES[what](Path("x.md"))
    for verb in (["build", "x.md"], ["recover", "x.md", "notes"], ["diff", "notes", "--against", "x.md"]):
        if what == "a folder" and verb[0] == "build":
            continue
        result = run(*verb)
        assert result.exit_code == 2
        assert told(result) == [f"error: x.md is {what}"]
    assert [path.name for path in notes.iterdir()] == ["a.md"]


@on_unix
@pytest.mark.parametrize("what", NO_FILES)
def test_what_is_no_file_is_not_written_over(notes, what, monkeypatch):
    (notes / "a.md").write_text(NOTE)
    Path("out").mkdir()
    target = Path("out/t.apkg")
    NO_FILES[what](target)
    replace = Path.replace

    def replaced(path: Path, other: Path):
        assert other.parent != Path("/dev")  # were it written over, the device of this machine would be gone
        return replace(path, other)

    monkeypatch.setattr(Path, "replace", replaced)
    before = os.lstat(target)
    result = build()
    if what.startswith("a link"):
        assert result.exit_code == 0
        assert target.is_file()
        return
    assert result.exit_code == 3
    said = "is a link that leads out of its folder" if what == "a device" else "can't be written: "
    assert told(result)[0].startswith(f"error: out/t.apkg {said}")
    assert (os.lstat(target).st_mode, os.lstat(target).st_ino) == (before.st_mode, before.st_ino)


def test_a_lone_file_that_is_no_note_is_refused(notes):
    (notes / "a.txt").write_text(NOTE)
    result = build(notes / "a.txt")
    assert result.exit_code == 2
    assert told(result) == [f"error: {Path('notes/a.txt')} is no Markdown note"]
    assert [path.name for path in notes.iterdir()] == ["a.txt"]


@on_unix
@pytest.mark.parametrize(
    ("name", "target", "cards", "why"),
    [
        ("b.md", "a.md", 1, "a link to a.md"),
        ("sub/b.md", "../a.md", 1, "a link to a.md"),
        ("b.md", "../elsewhere/c.md", 1, "a link that leads out of the notes folder"),
        ("sub", "../elsewhere", 1, "a link that leads out of the notes folder"),
        ("b.md", ".hidden/h.md", 2, ""),  # that is no note by itself
        ("sub/up", "..", 1, ""),  # a loop: all of it is found without
        ("up", ".", 1, ""),
        ("sub/again", "../.hidden", 1, ""),
    ],
)
def test_a_link_makes_no_card_twice_and_brings_none_from_elsewhere(notes, name, target, cards, why):
    (notes / "a.md").write_text(NOTE)
    for folder in (notes / ".hidden", notes / ".." / "elsewhere"):
        folder.mkdir()
        (folder / f"{'h' if folder.name == '.hidden' else 'c'}.md").write_text(OTHER)
    (notes / name).parent.mkdir(exist_ok=True)
    (notes / name).symlink_to(target)
    result = build()
    left_out = [f"notes/{name}:1:1: hint C004 left out: {name} ({why})"] if why else []
    assert told(result) == [*left_out, f"{cards} card{'s' * (cards > 1)}: {cards} new"]


@on_unix
def test_a_hard_link_is_a_note_like_any_other(notes):
    (notes / "a.md").write_text(NOTE)
    os.link(notes / "a.md", notes / "b.md")
    result = build()
    assert "2 cards: 2 new" in result.stderr
    assert "warning I001 'A' is also asked at a.md:3" in result.stderr


@pytest.mark.parametrize("name", ["x.md", "README.md"])
def test_a_folder_may_have_the_name_of_a_note(notes, name):
    (notes / name).mkdir()
    (notes / name / "a.md").write_text(NOTE)
    assert told(build()) == ["1 card: 1 new"]


def test_a_note_that_vanishes_while_it_is_read_is_named(notes, monkeypatch):
    (notes / "a.md").write_text(NOTE)
    (notes / "b.md").write_text(OTHER)
    read = disk._read
    gone = str(notes / "b.md")
    monkeypatch.setattr(disk, "_read", lambda path: read(f"{path}.gone" if path == gone else path))
    result = build()
    assert result.exit_code == 3
    assert told(result) == [f"error: {Path('notes/b.md')} can't be read: No such file or directory"]
    assert not Path("out").exists()


@on_unix
def test_a_note_that_we_may_not_read_is_named_with_the_remedy(notes, monkeypatch):
    (notes / "a.md").write_text(NOTE)
    path = notes / "b c.md"
    path.write_text(OTHER)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read anything
        read = disk._read

        def refused(name: str):
            if name == str(path):
                raise PermissionError(13, "Permission denied", name)
            return read(name)

        monkeypatch.setattr(disk, "_read", refused)
    result = build()
    assert result.exit_code == 3
    assert result.stderr == (
        "error: notes/b c.md can't be read: Permission denied\n    hint: chmod u+r 'notes/b c.md'\n"
    )


# --- encodings ----------------------------------------------------------------------------------------------------

BODY = "# T\n\n## A\n\nx y\n```\nb\nc\n```\n\n## B\n\nz\n"


@pytest.mark.parametrize(
    "data",
    [
        BODY.replace("\n", "\r\n").encode(),
        BODY.replace("\n", "\r").encode(),
        BODY.encode("utf-8-sig"),
        BODY.replace("\n\n", "\r\n\r").encode(),
        BODY.removesuffix("\n").encode(),
        f"{BODY}\n\n\n".encode(),
        BODY.replace("\n", "\r\n").encode("utf-8-sig"),
    ],
    ids=["CRLF", "CR", "BOM", "mixed", "no line end", "many line ends", "CRLF and BOM"],
)
def test_line_ends_and_marks_of_encodings_change_no_card(notes, data):
    (notes / "a.md").write_bytes(BODY.encode())
    build()
    kept = (notes / "deck.lock").read_bytes()
    (notes / "a.md").write_bytes(data)
    result = build()
    assert told(result) == ["2 cards: none changed"]
    assert (notes / "deck.lock").read_bytes() == kept


@pytest.mark.parametrize("sign", ["\0", "\f", "\v", "\x85", "\u2028", "\u2029", "\x1c", "\x1b"])
def test_other_signs_part_no_lines_and_move_no_place(notes, sign):
    (notes / "a.md").write_text(f"# T\n\n## A{sign}b\n\nx{sign}y <foo>\n", "utf-8", newline="")
    result = run("check", "notes", "--format", "json")
    (hint,) = json.loads(result.stdout)
    assert (hint["line"], hint["column"]) == (5, 5)
    assert build().exit_code == 0
    assert len(lines(notes / "deck.lock")) == 1


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n", b"\r\n\r\n", b" ", b"\0"])
def test_an_empty_note_has_no_cards_and_is_no_error_beside_others(notes, data):
    (notes / "a.md").write_bytes(data)
    assert "error C003" in build().stderr
    (notes / "b.md").write_text(NOTE)
    result = build()
    assert result.exit_code == 0
    assert "1 card: 1 new" in result.stderr


@pytest.mark.parametrize(
    ("text", "encoding", "place", "message", "named"),
    [
        (NOTE, "utf-16", "1:1", "this is UTF-16, not UTF-8", "UTF-16"),
        (NOTE, "utf-16-le", "1:1", "this is UTF-16LE, not UTF-8", "UTF-16LE"),
        (NOTE, "utf-16-be", "1:1", "this is UTF-16BE, not UTF-8", "UTF-16BE"),
        ("# 中\n\n## 文\n\n字\n", "utf-16-le", "1:1", "this is UTF-16LE, not UTF-8", "UTF-16LE"),
        (NOTE, "utf-32", "1:1", "this is UTF-32, not UTF-8", "UTF-32"),
        ("# caf\xe9\n\n## A\n\nx\n", "latin-1", "1:6", "byte 0xe9 is no UTF-8", "LATIN1"),
        ("# T\n\n## A\n\n\u201cx\u201d\n", "cp1252", "5:1", "byte 0x93 is no UTF-8", "CP1252"),
        ("# T\r\r## \xc4\r\rx\r", "latin-1", "3:4", "byte 0xc4 is no UTF-8", "LATIN1"),
    ],
)
def test_a_note_in_another_encoding_is_named_with_what_converts_it(  # noqa: PLR0917  # a table
    notes, text, encoding, place, message, named
):
    (notes / "a.md").write_bytes(text.encode(encoding))
    (notes / "b.md").write_text(OTHER)
    result = build()
    assert result.exit_code == 1
    assert told(result) == [f"notes/a.md:{place}: error C002 {message}"]
    assert f"hint: iconv -f {named} -t UTF-8 " in result.stderr
    assert not Path("out").exists()
    assert text.encode(encoding).decode({"LATIN1": "latin-1"}.get(named, named)).endswith(text)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('title = "U"\r\n'.encode("utf-8-sig"), ""),
        (b"", ""),
        (b"\xef\xbb\xbf", ""),
        ('title = "U"\n'.encode("utf-16"), "1:1: error C001 byte 0xff is no UTF-8"),
        ('title = "U"\n'.encode("utf-16-le"), "1:2: error C001 no valid TOML"),
        (b'author = "x"\ntitle = "\xe9"\n', "2:10: error C001 byte 0xe9 is no UTF-8"),
        (b'title = "\0"\n', "1:10: error C001 no valid TOML"),
        (b'title = "x"\rslug = "y"\r', "1:12: error C001 no valid TOML"),
        ('title = "a\u2028b"\nsulg = "x"\n'.encode(), "2:1: error C001 'sulg' is no key"),
    ],
)
def test_a_config_in_another_encoding_is_read_or_named(notes, data, said):
    (notes / "a.md").write_text(NOTE)
    (notes / "deck.toml").write_bytes(data)
    result = build()
    assert result.exit_code == (2 if said else 0)
    assert told(result)[0].startswith(f"notes/deck.toml:{said}" if said else "1 card: 1 new")


@pytest.mark.parametrize(
    ("recoded", "said"),
    [
        (lambda lock: lock.replace(b"\n", b"\r\n"), ""),
        (lambda lock: b"\xef\xbb\xbf" + lock, ""),
        (lambda lock: lock.decode().encode("utf-16"), "1:1: error I005 this line is no UTF-8"),
        (lambda lock: lock.decode().encode("utf-16-le"), "1:1: error I005 this line is damaged"),
        (lambda lock: lock.replace(b'"A"', b'"\xe9"'), "2:1: error I005 this line is no UTF-8"),
        (lambda lock: lock.replace(b'"A"', b'"\0"'), "2:1: error I005 this line is damaged"),
        (lambda lock: lock.replace(b"\n", b"\r"), "1:1: error I005 "),
        (lambda _: b"", "1:1: error I005 the file is empty"),
        (lambda _: b"\xef\xbb\xbf", "1:1: error I005 the file is empty"),
    ],
)
def test_a_lock_in_another_encoding_is_read_or_named_and_never_written_over(notes, recoded, said):
    (notes / "a.md").write_text(NOTE)
    build()
    kept_in = notes / "deck.lock"
    kept_in.write_bytes(data := recoded(kept_in.read_bytes()))
    result = build()
    assert result.exit_code == int(bool(said))
    assert told(result)[0].startswith(f"notes/deck.lock:{said}" if said else "1 card: none changed")
    assert not said or kept_in.read_bytes() == data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("zyzzy\r\nqwx\r\n".encode("utf-8-sig"), []),
        (b"zyzzy\rqwx", []),
        ("zyzzy\nqwx\n".encode("utf-16"), ["words.txt:1:1 W002 byte 0xff is no UTF-8"]),
        (b"zyzzy\nqwx\nb\xe9\n", ["words.txt:3:2 W002 byte 0xe9 is no UTF-8"]),
    ],
)
def test_words_in_another_encoding_are_read_or_named(notes, data, said):
    (notes / "a.md").write_text(NOTE)
    (notes / "deck.toml").write_text("[spelling]\n")
    (notes / "words.txt").write_bytes(data)
    assert own_words(notes) == said
