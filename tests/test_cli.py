"""What a person types and sees."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from interview_helper import cli, project
from interview_helper.cards import cards
from interview_helper.cli import app
from interview_helper.diagnostics import CODES
from interview_helper.model import Kind, Library, Source
from interview_helper.outputs.sheet import pango
from interview_helper.parse import parse
from PIL import Image
from typer.main import get_command
from typer.testing import CliRunner

NOTE = "# T\n\nintro\n\n## A\n\nx\n"
ROOT = Path(__file__).parent.parent


@pytest.fixture
def notes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text(NOTE)
    return tmp_path / "notes"


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def build(*arguments: str):
    return run("build", "notes", "-o", "out", "--only", "deck", *arguments)


def test_build_writes_deck_and_lock_and_then_nothing(notes):
    first = build()
    assert first.exit_code == 0
    assert first.stdout == "out/t.apkg\n"
    assert "1 card: 1 new" in first.stderr
    lock = (notes / "deck.lock").read_bytes()
    second = build()
    assert "none changed" in second.stderr
    assert second.stdout == "out/t.apkg (unchanged)\n"
    assert (notes / "deck.lock").read_bytes() == lock
    assert [path.name for path in Path("out").iterdir()] == ["t.apkg"]


def test_build_of_a_lone_file(notes):
    result = run("build", "notes/a.md", "-o", "out", "--only", "deck")
    assert result.exit_code == 0
    assert (notes / "a.lock").is_file()
    assert Path("out/t.apkg").is_file()


def test_a_file_in_a_deck_retires_none_of_the_others(notes):
    (notes / "b.md").write_text("# U\n## B\ny")
    build()
    assert run("build", "notes/b.md", "-o", "one", "--only", "deck").exit_code == 0
    assert '"retired": null' in (notes / "deck.lock").read_text().splitlines()[1]
    assert "none changed" in build().stderr


def test_only_the_sheet_leaves_the_lock_alone(notes):
    assert run("build", "notes", "-o", "out", "--only", "sheet").exit_code == 0
    assert not (notes / "deck.lock").exists()
    assert Path("out/t.pdf").read_bytes().startswith(b"%PDF")


def test_an_error_writes_nothing(notes):
    (notes / "b.md").write_bytes(b"# \xff")
    result = build()
    assert result.exit_code == 1
    assert "notes/b.md:1:3: error C002" in result.stderr
    assert not Path("out").exists()
    assert not (notes / "deck.lock").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
def test_a_file_whose_name_is_no_utf_8_is_named(notes):
    Path(os.fsdecode(bytes(notes) + b"/caf\xe9.md")).write_text(NOTE)
    result = build()
    assert result.exit_code == 1
    assert "notes/caf?.md:1:1: error C002 the file's name is no UTF-8" in result.stderr
    assert not Path("out").exists()


def test_strict_makes_errors_of_warnings(notes):
    (notes / "b.md").write_text("# T\n## B\n")
    assert build().exit_code == 0
    assert build("--strict").exit_code == 1


@pytest.mark.parametrize(
    ("config", "where", "words"),
    [
        ("titel = 'x'", "1:1", "'titel' is no key"),
        ("id = 'a'\ntitle = 1", "2:1", "title must be a text"),
        ("title = ", "1:9", "no valid TOML"),
        ("[sheet]\ncolumns = 9", "2:1", "columns can't be 9"),
        ("ignore = ['X999']", "1:11", "'X999' is no code"),
        ("title = 'default'", "1:1", "Anki keeps the deck 'Default'"),
        ("slug = 'A b/c'", "1:1", "can't name a file"),
    ],
)
def test_a_wrong_config_is_named_at_its_line(notes, config, where, words):
    (notes / "deck.toml").write_text(config)
    result = build()
    assert result.exit_code == 2
    assert f"notes/deck.toml:{where}: error C001" in result.stderr
    assert words in result.stderr


def test_a_broken_lock_stops_the_build(notes):
    build()
    lock = notes / "deck.lock"
    lock.write_text(lock.read_text()[:-5])
    result = build()
    assert result.exit_code == 1
    assert "notes/deck.lock:2:1: error I005" in result.stderr


def test_title_and_slug_hold_until_the_config_says_otherwise(notes):
    build()
    notes.rename(notes.parent / "renamed")
    assert run("build", "renamed", "-o", "out", "--only", "deck").stdout == "out/t.apkg (unchanged)\n"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("![](gone.png)", "L001"),
        ("![](https://example.org/x.png)", "L002"),
        ("![](../outside.png)", "L003"),
        ("![](broken.png)", "L004"),
        ("[x](gone.md)", "L005"),
        (f"[x]({'long' * 99}.md)", "L005"),
        (f"![]({'long' * 99}.png)", "L001"),
        ("[x](#gone)", "L006"),
    ],
)
def test_pictures_and_links_that_lead_nowhere(notes, written, code):
    (notes.parent / "outside.png").write_bytes(b"x")
    (notes / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (notes / "a.md").write_text(f"# T\n## A\nx {written}")
    found = json.loads(run("check", "notes", "--format", "json").stdout)
    assert [(d["code"], d["path"], d["line"], d["column"]) for d in found] == [(code, "notes/a.md", 3, 3)]


def test_a_picture_in_a_folder_is_found(notes):
    data = BytesIO()
    Image.new("RGB", (2, 2)).save(data, "PNG")
    (notes / "img").mkdir()
    (notes / "img" / "ä b.png").write_bytes(data.getvalue())
    (notes / "a.md").write_text("# T\n## A\n![alt](img/%C3%A4%20b.png) ![[ä b.png]]")
    assert run("check", "notes", "--strict").exit_code == 0


def test_a_picture_replaced_changes_the_cards_that_show_it(notes):
    (notes / "a.md").write_text("# T\n## A\n![alt](p.png)\n## B\nx")
    for color, words in (("red", "2 new"), ("red", "none changed"), ("blue", "1 changed")):
        Image.new("RGB", (2, 2), color).save(notes / "p.png")
        assert words in build().stderr


def test_list_names_every_card(notes):
    rows = json.loads(run("list", "notes", "--format", "json").stdout)
    assert [set(row) for row in rows] == [{"id", "kind", "path", "line", "trail", "question", "tags"}]
    assert rows[0]["question"] == "A"
    assert run("list", "notes").stdout == "notes/a.md:5: basic    A\n"


def test_explain_knows_every_code():
    for code in CODES:
        assert run("explain", code.lower()).stdout.startswith(f"{code}: ")
    assert run("explain", "X999").exit_code == 2
    assert len(run("explain").stdout.splitlines()) == len(CODES)


def test_init_makes_notes_that_build(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("init", "mine").exit_code == 0
    assert run("build", "mine", "-o", "out", "--only", "deck", "--strict").exit_code == 0
    assert run("init", "mine").exit_code == 2


def test_what_is_not_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("build", "nothing")
    assert result.exit_code == 2
    assert "nothing does not exist" in result.stderr
    Path("empty").mkdir()
    assert "C003" in run("build", "empty").stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights(notes):
    Path("out").mkdir()
    Path("out").chmod(stat.S_IRUSR | stat.S_IXUSR)
    result = build()
    assert result.exit_code == 3
    assert "can't be written" in result.stderr


def test_the_output_folder_is_a_file(notes):
    Path("out").write_text("x")
    result = build()
    assert result.exit_code == 3
    assert "can't be written" in result.stderr


def command(*arguments: str, before: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """What the command did in a process of its own, after the lines `before`."""
    script = f"{before}\nfrom interview_helper.__main__ import main\nmain()"
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "build_tools"), **environment}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, check=False, env=variables, timeout=60
    )


def test_without_pango_the_deck_is_written_and_the_command_named(notes):
    nothing_loads = (
        "import cffi, ctypes, ctypes.util\n"
        "def refused(*_, **__): raise OSError('no such library')\n"
        "cffi.FFI.dlopen = ctypes.CDLL = refused\n"
        "ctypes.util.find_library = lambda _: None\n"
    )
    done = command("build", "notes", "-o", "out", before=nothing_loads, WEASYPRINT_DLL_DIRECTORIES="nowhere")
    assert done.returncode == 3
    assert done.stdout.decode().splitlines() == [str(Path("out", "t.apkg"))]
    assert done.stderr.decode().splitlines() == [
        "1 card: 1 new",
        "error: the sheet needs Pango, which can't be loaded: the system lacks gobject-2.0, pango-1.0, pangoft2-1.0",
        f"    hint: {pango.remedy()}",
    ]
    assert [path.name for path in Path("out").iterdir()] == ["t.apkg"]


class Terminal(StringIO):
    """A standard error that somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_the_sheet_is_and_then_no_more(monkeypatch):
    monkeypatch.setattr(cli, "_PATIENCE", 0)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with cli._progress("sheet: {} of {} topics") as told:
        for done in (9, 10, 11):
            told(done, 40)
    rows = terminal.getvalue().split("\r")
    assert rows[:4] == ["", "sheet: 9 of 40 topics", "sheet: 10 of 40 topics", "sheet: 11 of 40 topics"]
    assert rows[4:] == [" " * len(rows[3]), ""]


def test_what_is_soon_done_shows_nothing(monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with cli._progress("sheet: {} of {} topics") as told:
        told(40, 40)
    assert terminal.getvalue() == ""


def test_a_pipe_shows_nothing_of_it(monkeypatch):
    monkeypatch.setattr(cli, "_PATIENCE", 0)
    monkeypatch.setattr(sys, "stderr", StringIO())
    with cli._progress("sheet: {} of {} topics") as told:
        assert told is None


def test_a_sheet_tells_how_many_topics_it_has(notes):
    (notes / "b.md").write_text("# U\n## B\nx\n# V\n## C\nx")
    told = []
    understood = project.understood(project.read(notes))
    plan = project.planned(understood, 1)
    project.build(understood, plan, Path("out").absolute(), frozenset({"sheet"}), told=lambda *each: told.append(each))
    assert told[-1] == (3, 3)


def test_a_pipe_gets_every_character(notes):
    (notes / "a.md").write_text("# T\n\n## 漢 → ü?\n\nx\n", encoding="utf-8")
    done = command("list", "notes", PYTHONIOENCODING="cp1252")  # what a pipe has on Windows
    assert done.stdout.decode().splitlines() == ["notes/a.md:3: basic    漢 → ü?"]


def test_nothing_heavy_is_imported_before_it_is_needed(tmp_path):
    (tmp_path / "a.md").write_text("# T\n\n## A\n\nx\n")
    heavy = "{'weasyprint', 'genanki', 'pygments', 'anki', 'markdown_it', 'PIL'}"
    script = (
        "import sys; sys.argv = ['x', '--help']\n"
        "import interview_helper.cli as c\n"
        "try: c.main()\n"
        "except SystemExit: pass\n"
        f"print(sorted({heavy} & set(sys.modules)), file=sys.stderr)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build_tools")}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stderr.strip() == "[]"


def test_the_readme_names_every_verb_option_and_code():
    readme = (ROOT / "README.md").read_text()
    verbs = re.findall(r"^\| `([a-z]+)", readme, re.MULTILINE)
    for command in get_command(app).commands.values():
        assert command.name in verbs
        options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
        assert {name for name in options if name not in readme} <= {"--output", "--help"}
    for code in CODES.values():
        assert f"| {code.code} | {code.severity} | {code.title} |" in readme


def test_the_readme_example_is_three_cards_without_a_complaint():
    example = re.search(r"````markdown\n(.*?)````", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    parsed = parse(Source("readme.md", example))
    found, diagnostics = cards(Library((parsed.document,), {}))
    assert [card.kind for card in found] == [Kind.BASIC, Kind.OUTPUT, Kind.CLOZE]
    assert (*parsed.diagnostics, *diagnostics) == ()
