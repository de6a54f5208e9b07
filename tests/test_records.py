"""A build that finds nothing changed says what it would say, does nothing, and is never wrong about it."""

from __future__ import annotations

import builtins
import io
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

import made_fonts
import pytest
from interview_helper import __main__, cli, disk, files, interrupts, project
from PIL import Image

ROOT = Path(__file__).parent.parent
NOTE = """# T

intro

## A

x [a file](sheet.txt) ![words](p.png) ![[named.png]] ![words](gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n.png)

## B

## C

c
"""
GREEN = "gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n.png"
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


class Done(NamedTuple):
    code: int
    out: str
    err: str
    worked: bool


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with notes in it, that nobody has built yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(tmp_path / "cache"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    notes = tmp_path / "here" / "notes"
    (notes / "pictures").mkdir(parents=True)
    written(notes / "a.md", NOTE)
    (notes / "b.md").write_text("# U\n\n## D\n\nd\n")
    Image.new("RGB", (2, 2), "red").save(notes / "p.png")
    Image.new("RGB", (2, 2), "blue").save(notes / "pictures" / "named.png")
    Image.new("RGB", (2, 2), "green").save(notes / normalize("NFD", GREEN))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def typed(monkeypatch, capfd):
    """What the command did that is typed, in this process, and whether it was more than to say it again."""

    def run(*arguments: str) -> Done:
        worked = []
        real = cli.main
        with monkeypatch.context() as patch:
            patch.setattr(cli, "main", lambda record=None: (worked.append(1), real(record)))
            patch.setattr(sys, "argv", ["interview-helper", *arguments])
            patch.setattr(interrupts, "heed", lambda: None)  # Ctrl-C is for pytest
            capfd.readouterr()
            code = 0
            try:
                __main__.main()
            except SystemExit as end:
                code = end.code or 0
            said = capfd.readouterr()
        return Done(code, said.out, said.err, bool(worked))

    return run


@pytest.fixture
def build(typed):
    return lambda *more: typed("build", "notes", "-o", "out", "--only", "deck", *more)


def left(folder: Path) -> dict[str, bytes]:
    """All files of a folder, but those of git."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


# --- the same words -----------------------------------------------------------------------------------------------


def test_the_second_build_says_what_a_build_says_that_finds_nothing_changed(folder, build):
    first = build()
    assert first.worked
    assert first.out == f"{Path('out', 'notes.apkg')}\n"
    before = left(folder)
    second, worked = build(), build("--no-cache")
    assert not second.worked
    assert worked.worked
    assert second[:3] == worked[:3]
    assert second.out.endswith("(unchanged)\n")
    assert "N001" in second.err
    assert "L005" in second.err
    assert "none changed" in second.err
    assert left(folder) == before


def test_deck_and_sheet_are_said_again_in_their_order(folder, typed):
    assert typed("build", "notes", "-o", "out").worked
    Path("out", "notes.pdf").write_bytes(b"")
    typed("build", "notes", "-o", "out")
    again = typed("build", "notes", "-o", "out")
    assert not again.worked
    assert again[:3] == typed("build", "notes", "-o", "out", "--no-cache")[:3]
    assert [Path(line).suffix for line in again.out.splitlines()] == [".apkg (unchanged)", ".pdf (unchanged)"]


@pytest.mark.parametrize("more", [("--locked",), ("--only", "sheet"), ("--topic", "U"), ("--strict",)])
def test_options_are_said_again_with_their_exit_code(folder, typed, more):
    """`--strict` exits 1 here for what the layout finds; for what the notes have it would write nothing."""
    Path("notes/a.md").write_text("# T\n\n## A\n\n\U00013000\n")
    assert typed("build", "notes", "-o", "out").code == 0
    first, again = typed("build", "notes", "-o", "out", *more), typed("build", "notes", "-o", "out", *more)
    assert first.worked
    assert not again.worked
    assert again[:3] == typed("build", "notes", "-o", "out", *more, "--no-cache")[:3]
    assert again.code == (1 if more == ("--strict",) else 0)
    assert ("P001" in again.err) == (more in (("--strict",), ("--locked",), ("--only", "sheet")))


def test_a_font_that_is_installed_is_a_change_where_ours_lack_a_character(folder, typed, monkeypatch, tmp_path):
    Path("notes/a.md").write_text("# T\n\n## A\n\n\U00013000\n")
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{fonts}</dir><cachedir>{tmp_path}/fc</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    (fonts / "a.ttf").write_bytes(made_fonts.saved(made_fonts.font("A Sans", "字")))
    sheet = ("build", "notes", "-o", "out", "--only", "sheet")
    assert "P001" in typed(*sheet).err
    assert not typed(*sheet).worked
    (fonts / "b.ttf").write_bytes(made_fonts.saved(made_fonts.font("B Sans", "\U00013000")))
    again = typed(*sheet)
    assert again.worked
    assert "P001" not in again.err
    assert "P007" in again.err


def test_colors_are_not_recorded_and_come_again_where_they_are_asked_for(folder, typed, monkeypatch):
    Path("notes/a.md").write_text("# T\n\n## A\n\nList<int>\n")
    build = ("build", "notes", "-o", "out", "--only", "deck")
    monkeypatch.setenv("FORCE_COLOR", "1")
    typed(*build)
    colored = typed(*build)
    monkeypatch.delenv("FORCE_COLOR")
    plain = typed(*build)
    assert not colored.worked
    assert not plain.worked
    assert colored.err.startswith("\x1b[1mnotes/a.md:5:5:\x1b[0m \x1b[1;36mhint N004\x1b[0m <int>")
    assert plain.err.startswith(
        "notes/a.md:5:5: hint N004 <int> is shown as text\n    List<int>\n        ^^^^^\n    hint: "
    )
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert typed(*build, "--no-cache").err == colored.err


def test_what_writes_nothing_is_never_said_again(folder, build):
    assert build("--strict").code == 1
    assert build("--strict").worked
    assert build("--locked").code == 1
    assert build("--locked").worked
    assert not Path("out").exists()


@needs_git
def test_the_first_build_knows_what_the_second_has_to_say_of_the_lock(folder, typed):
    """That git does not track it, that a card is no longer taken for a reworded one, that the deck was renamed."""
    git("init")
    Path("notes/deck.toml").write_text('title = "Old"\nslug = "s"')
    Path("notes/b.md").write_text("# U\n\n## What is the name of this?\n\nIt is called `descriptor` everywhere.\n")
    words = ("build", "notes", "-o", "out", "--only", "deck")
    assert "I011" not in typed(*words).err
    assert "I011" in typed(*words).err
    Path("notes/deck.toml").write_text('title = "New"\nslug = "s"')
    Path("notes/b.md").write_text("# U\n\n## How is that named?\n\nIt is called `descriptor` everywhere.\n")
    worked = typed(*words)
    assert "I006" in worked.err
    assert "I010" in worked.err
    again = typed(*words)
    assert not again.worked
    assert "I010" not in again.err
    assert "I006" not in again.err
    assert again[:3] == typed(*words, "--no-cache")[:3]


@needs_git
def test_a_warning_that_only_the_second_build_has_is_an_error_where_warnings_are(folder, typed):
    git("init")
    written(".gitignore", "*.lock")
    written("notes/a.md", "# T\n\n## A\n\na\n")
    words = ("build", "notes", "-o", "out", "--only", "deck", "--strict")
    assert typed(*words).code == 0
    again = typed(*words)
    assert again.code == 1
    assert "error I004" in again.err


# --- whatever changes ---------------------------------------------------------------------------------------------


def written(path: str | Path, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def edited(path: str, old: str, new: str) -> None:
    """Words replaced; the times of the file are put back, as some programs do."""
    stat = Path(path).stat()
    text = Path(path).read_text(encoding="utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), encoding="utf-8", newline="")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def linked(path: str, target: str) -> None:
    Path(path).unlink(missing_ok=True)
    Path(path).symlink_to(target)


CHANGES = {
    "a note edited, its size and times as before": lambda: edited("notes/a.md", "c\n", "k\n"),
    "a note edited": lambda: edited("notes/b.md", "d\n", "d and more\n"),
    "a new note": lambda: written("notes/new.md", "# New\n\n## Q\n\na\n"),
    "a new note in a new folder": lambda: written("notes/deep/er/new.MD", "# New\n\n## Q\n\na\n"),
    "a note gone": lambda: Path("notes/b.md").unlink(),
    "a note renamed": lambda: Path("notes/b.md").rename("notes/c.md"),
    "a note that is a link": lambda: linked("notes/l.md", "b.md"),
    "a README": lambda: written("notes/README.md", "x"),
    "a picture edited": lambda: Image.new("RGB", (2, 2), "green").save("notes/p.png"),
    "a picture gone": lambda: Path("notes/p.png").unlink(),
    "a picture by its name gone": lambda: Path("notes/pictures/named.png").unlink(),
    "a picture by its name come": lambda: shutil.copy("notes/p.png", "notes/named.png"),
    "a picture that leads out": lambda: linked("notes/p.png", "../../secret.png"),
    "a picture spelt as in the note": lambda: shutil.copy("notes/p.png", f"notes/{GREEN}"),
    "what a link leads to": lambda: written("notes/sheet.txt", ""),
    "deck.toml": lambda: written("notes/deck.toml", 'tags = ["t"]'),
    "the lock with another line end": lambda: edited("notes/deck.lock", "\n", "\r\n"),
    "the lock edited": lambda: edited("notes/deck.lock", '"changed": 1800000000', '"changed": 1800000001'),
    "the lock gone": lambda: Path("notes/deck.lock").unlink(),
    "a copy of the lock": lambda: shutil.copy("notes/deck.lock", "notes/deck (conflicted copy).lock"),
    "a deck over the notes": lambda: written("deck.toml", ""),
    "a deck over the notes, in which they are": lambda: written("deck.lock", Path("notes/deck.lock").read_text()),
    "the deck gone": lambda: Path("out/notes.apkg").unlink(),
    "the deck edited, its size and times as before": lambda: damaged("out/notes.apkg"),
    "all outputs gone": lambda: shutil.rmtree("out"),
    "the notes gone": lambda: shutil.rmtree("notes"),
    "the notes a link": lambda: (Path("notes").rename("other"), linked("notes", "other")),
}


def damaged(path: str) -> None:
    stat = Path(path).stat()
    data = bytearray(Path(path).read_bytes())
    data[100] ^= 1
    Path(path).write_bytes(data)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


NO_CHANGES = {
    "nothing": lambda: None,
    "a note touched": lambda: os.utime("notes/a.md"),
    "a note saved as it was": lambda: written("notes/a.md", NOTE),
    "a note replaced by its like": lambda: shutil.move(shutil.copy("notes/a.md", "notes/a.tmp"), "notes/a.md"),
    "the deck touched": lambda: os.utime("out/notes.apkg"),
    "the deck replaced by its like": lambda: shutil.move(shutil.copy("out/notes.apkg", "x"), "out/notes.apkg"),
    "what an editor leaves": lambda: written("notes/.a.md.swp", ""),
    "what no note is": lambda: written("notes/x.txt", ""),
    "a picture that nobody shows": lambda: shutil.copy("notes/p.png", "notes/q.png"),
    "a note in a hidden folder": lambda: written("notes/.trash/a.md", NOTE),
    "a note of a library": lambda: written("notes/node_modules/a.md", NOTE),
    "another output": lambda: written("out/x.txt", ""),
}


@pytest.fixture(params=["stamped", "young"])
def of_an_age(request, monkeypatch):
    """Files are taken to be old enough to be known by their stamps; or too young, and are read."""
    monkeypatch.setattr(disk, "_SETTLED", -1 if request.param == "stamped" else 10**18)


@pytest.mark.usefixtures("of_an_age")
@pytest.mark.parametrize(
    ("change", "worked"),
    [(change, True) for change in CHANGES.values()] + [(change, False) for change in NO_CHANGES.values()],
    ids=[*CHANGES, *NO_CHANGES],
)
def test_a_build_does_and_says_what_one_without_cache_does(folder, build, change, worked):
    no_clock_stands_still()
    build()
    assert not build().worked
    twin = folder.with_name("twin")
    shutil.copytree(folder, twin, symlinks=True)
    no_clock_stands_still()
    change()
    done, after = build(), left(folder)
    assert done.worked == worked
    again = build()

    os.chdir(twin)
    change()
    assert done[:3] == build("--no-cache")[:3]
    assert after == left(twin)
    assert again[:3] == build("--no-cache")[:3]


def no_clock_stands_still() -> None:
    """Wait until the file system has another time than now: some count it in hundredths of a second."""
    probe = Path("clock")
    probe.touch()
    before = probe.stat().st_mtime_ns
    while probe.stat().st_mtime_ns == before:
        probe.touch()
    probe.unlink()


@needs_git
@pytest.mark.parametrize(
    "change",
    [
        lambda: git("init"),
        lambda: (git("init"), git("add", "notes/deck.lock")),
        lambda: (git("init"), written(".gitignore", "*.lock")),
    ],
)
@pytest.mark.parametrize(
    "then",
    [
        lambda: git("add", "--force", "notes/deck.lock"),
        lambda: written("notes/.gitignore", "deck.*"),
        lambda: written(".git/info/exclude", "deck.lock"),
        lambda: git("rm", "--cached", "--force", "--ignore-unmatch", "notes/deck.lock"),
        lambda: shutil.rmtree(".git"),
        lambda: written("notes/.gitattributes", "x"),
    ],
)
def test_what_git_says_of_the_lock_is_asked_each_time(folder, build, change, then):
    build()
    for each in (change, then):
        each()
        done = build()
        assert done[:3] == build("--no-cache")[:3]
        assert build()[:3] == done[:3]
    assert not build().worked


@needs_git
def test_what_git_is_told_besides_is_no_change(folder, build):
    git("init")
    build()
    edited("notes/.gitattributes", "merge=union", "merge=union diff")
    assert not build().worked
    git("add", ".")
    build()
    git("commit", "-m", "x")
    written("new.txt", "x")
    git("add", ".")
    assert not build().worked


def test_the_same_words_elsewhere_are_another_build(folder, build):
    twin = folder.with_name("twin")
    shutil.copytree(folder, twin)
    build()
    os.chdir(twin)
    assert build().worked
    assert Path("out", "notes.apkg").exists()


def test_another_working_directory_has_its_own_words(folder, typed):
    typed("build", "notes", "-o", "out", "--only", "deck")
    os.chdir("notes")
    words = ("build", ".", "-o", "../out", "--only", "deck")
    first, again = typed(*words), typed(*words)
    assert first.worked
    assert not again.worked
    assert first == again._replace(worked=True)
    assert "\na.md:9:4: warning N001" in again.err


def test_another_time_to_build_for_is_another_build(folder, build, monkeypatch):
    build()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000001")
    assert build().worked
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert build().code == 2


def test_another_release_of_a_library_is_another_build(folder, build, monkeypatch, tmp_path):
    site = tmp_path / "site"
    (site / "genanki-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(site)
    build()
    assert not build().worked
    (site / "genanki-1.0.dist-info").rename(site / "genanki-1.1.dist-info")
    assert build().worked


def test_an_edit_of_our_own_code_is_another_build(folder, tmp_path):
    code = tmp_path / "code"
    shutil.copytree(ROOT / "build_tools", code)
    assert "none changed" not in process("build", "notes", "-o", "out", "--only", "deck", code=code).stderr
    probe = "import atexit, sys; atexit.register(lambda: print('typer' in sys.modules))"
    for edit, worked in ((False, "False"), (True, "True")):
        if edit:
            sheet = code / "interview_helper" / "outputs" / "anki.css"
            sheet.write_text(sheet.read_text() + "\n")
        done = process("build", "notes", "-o", "out", "--only", "deck", code=code, before=probe)
        assert done.stdout.splitlines()[-1] == worked


# --- nothing is lost ----------------------------------------------------------------------------------------------


def test_an_edit_while_a_build_reads_is_not_lost(folder, build, monkeypatch):
    """Between two looks at one file, and between the last look and the end."""
    real = project.understood

    def understood(notes):
        edited("notes/a.md", "c\n", "k\n")
        return real(notes)

    monkeypatch.setattr(project, "understood", understood)
    build()
    monkeypatch.setattr(project, "understood", real)
    done = build()
    assert done.worked
    assert "1 changed" in done.err


def test_a_file_that_is_read_twice_and_is_two_makes_no_record(folder, build, monkeypatch):
    """Not even where it is as it was in the end."""
    written("notes/deck.toml", 'title = "Old"')
    build()
    assert not build().worked
    real = project._renamed

    def renamed(notes):
        files.contents(notes.root / "deck.toml")
        written("notes/deck.toml", 'title = "New"')
        files.contents(notes.root / "deck.toml")
        written("notes/deck.toml", 'title = "Old"')
        return real(notes)

    monkeypatch.setattr(project, "_renamed", renamed)
    edited("notes/a.md", "c\n", "k\n")
    build()
    monkeypatch.setattr(project, "_renamed", real)
    assert build().worked
    assert not build().worked


def test_an_edit_while_a_build_writes_is_not_lost(folder, build, monkeypatch):
    real = project.build

    def built(*arguments, **options):
        made = real(*arguments, **options)
        edited("notes/a.md", "c\n", "k\n")
        return made

    monkeypatch.setattr(project, "build", built)
    build()
    monkeypatch.setattr(project, "build", real)
    assert "1 changed" in build().err


def test_an_output_that_another_program_writes_at_once_is_made_again(folder, build, monkeypatch):
    real = project.build

    def built(*arguments, **options):
        made = real(*arguments, **options)
        Path("out/notes.apkg").write_bytes(b"of another")
        return made

    monkeypatch.setattr(project, "build", built)
    build()
    monkeypatch.setattr(project, "build", real)
    done = build()
    assert done.worked
    assert Path("out/notes.apkg").read_bytes().startswith(b"PK")


def test_where_the_next_build_would_make_something_else_it_is_done(folder, build, monkeypatch):
    real = project.planned

    def planned(notes, now, before=None):
        plan = real(notes, now, before)
        return plan if now else replace(plan, lock=plan.lock + " ")  # the look ahead is at no time

    monkeypatch.setattr(project, "planned", planned)
    build()
    monkeypatch.setattr(project, "planned", real)
    assert build().worked
    assert not build().worked


def test_a_lock_that_another_program_writes_at_once_is_read(folder, build, monkeypatch):
    real = project.build

    def built(*arguments, **options):
        made = real(*arguments, **options)
        written("notes/deck.lock", "no lock")
        return made

    monkeypatch.setattr(project, "build", built)
    assert build().code == 0
    monkeypatch.setattr(project, "build", real)
    assert "I005" in build().err


@pytest.mark.parametrize(
    "where",
    ["interview_helper.project.lock.attributed", "interview_helper.cli._last_words", "pathlib.Path.replace"],
    ids=["the lock written, no output", "the outputs written, no record", "the third file not put into its place"],
)
def test_a_build_that_is_killed_anywhere_is_done_again(folder, build, where):
    build()
    edited("notes/b.md", "d\n", "d and more\n")
    times = 3 if where.endswith("replace") else 1
    killed = process(*BUILD, before=KILL.format(where=where, times=times))
    assert killed.returncode == 9
    done = build()
    assert done.worked
    assert build()[:3] == build("--no-cache")[:3]
    assert not build().worked


BUILD = ("build", "notes", "-o", "out", "--only", "deck")
KILL = """
import os, pydoc, interview_helper.project, interview_helper.cli
module, _, name = "{where}".rpartition(".")
owner = pydoc.locate(module)
real, left = getattr(owner, name), [{times}]
def killed(*arguments, **options):
    left[0] -= 1
    if not left[0]:
        os._exit(9)
    return real(*arguments, **options)
setattr(owner, name, killed)
"""


def process(*arguments: str, before: str = "", code: Path = ROOT / "build_tools") -> subprocess.CompletedProcess[str]:
    script = f"{before}\nfrom interview_helper.__main__ import main\nmain()"
    environment = {**os.environ, "PYTHONPATH": str(code)}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)


def test_two_builds_at_once_leave_what_one_does(folder, build):
    build()
    edited("notes/b.md", "d\n", "d and more\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build_tools")}
    command = [sys.executable, "-m", "interview_helper", *BUILD]
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE) for _ in "ab"]
    for each in both:
        each.communicate()
        assert each.returncode == 0
    done, after = build(), left(folder)
    assert done[:3] == build("--no-cache")[:3]
    assert left(folder) == after


# --- without a cache ----------------------------------------------------------------------------------------------


def test_no_cache_neither_reads_nor_keeps(folder, build, tmp_path):
    Image.effect_noise((2400, 200), 90).save("notes/p.png")  # is scaled down
    assert build("--no-cache").worked
    assert left(tmp_path / "cache") == {}
    build()
    kept = left(tmp_path / "cache")
    assert build("--no-cache").worked
    assert left(tmp_path / "cache") == kept
    assert not build().worked


def test_a_cache_that_can_not_be_is_no_error(folder, build, tmp_path):
    (tmp_path / "cache").write_text("a file")
    for _ in range(2):
        done = build()
        assert done.worked
        assert done.code == 0


def test_an_entry_that_is_damaged_is_none(folder, build, tmp_path):
    build()
    for path in (tmp_path / "cache").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-1] + b"}")
    assert build().worked
    assert not build().worked


def test_a_pipe_that_is_closed_is_no_traceback(folder, build):
    build()
    script = "from interview_helper.__main__ import main\nmain()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "build_tools")}
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", script, *BUILD], stdout=write, stderr=subprocess.PIPE, check=False, env=environment
    )
    os.close(write)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


# --- how little is done -------------------------------------------------------------------------------------------


def test_nothing_heavy_is_imported_where_nothing_has_changed(folder):
    heavy = (
        "typer pydantic rich markdown_it genanki weasyprint PIL pygments yaml nh3 sqlite3 dataclasses subprocess "
        "interview_helper.cli interview_helper.project interview_helper.model"
    )
    probe = (
        f"import atexit, sys; heavy = {heavy.split()}\n"
        "atexit.register(lambda: print(sorted(set(heavy) & set(sys.modules))))"
    )
    for _ in range(2):
        done = process("build", "notes", "-o", "out", before=probe)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_is_old_is_not_even_read(folder, build, monkeypatch):
    monkeypatch.setattr(disk, "_SETTLED", -1)
    build()
    build()  # knows the outputs by what was written; from now on by their stamps
    monkeypatch.setattr(disk, "_read", lambda path: pytest.fail(f"{path} was read"))
    assert not build().worked


def test_what_is_young_is_read_and_no_older_for_it(folder, build, monkeypatch):
    build()
    read = []
    real = disk._read
    monkeypatch.setattr(disk, "_read", lambda path: (read.append(Path(path).name), real(path))[1])
    for _ in range(2):
        assert not build().worked
        assert {"a.md", "b.md", "p.png", "named.png", "deck.lock", "notes.apkg"} <= set(read)
        read.clear()


@contextmanager
def looks(inside: Path):
    """The paths below a folder that are looked at, by name of the function."""
    found: set[tuple[str, str]] = set()
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (os, "stat"),
            (os, "lstat"),
            (os, "scandir"),
            (os, "listdir"),
            (os, "readlink"),
            (io, "open"),
            (builtins, "open"),
        ):
            real = getattr(owner, name)

            def looked(path=".", *more, _real=real, _name=name, **options):
                if isinstance(path, (str, os.PathLike)) and Path(path).absolute().is_relative_to(inside):
                    found.add((_name, str(Path(path).absolute())))
                return _real(path, *more, **options)

            patch.setattr(owner, name, looked)
        yield found


@pytest.mark.parametrize("of_git", [True, False])
@pytest.mark.parametrize("source", ["notes", "notes/b.md", "lone/c.md"])
def test_a_build_looks_at_nothing_that_is_not_in_its_record(folder, typed, source, of_git):
    """A change of what it looks at besides would go unseen."""
    if of_git and shutil.which("git"):
        git("init")
    shutil.copytree("notes", "lone")
    Path("lone/a.md").rename("lone/c.md")
    typed("build", "lone/c.md", "-o", "out", "--only", "deck")
    typed("build", "notes", "-o", "out", "--only", "deck")
    shutil.copy("notes/deck.lock", "notes/deck (1).lock")
    shutil.copy("lone/c.lock", "lone/c (1).lock")
    written("notes/deck.toml", 'title = "Another"')
    linked("notes/l.md", "b.md")
    with looks(folder) as found, disk.watched() as watch:
        notes = project.understood(project.read(Path(source)))
        plan = project.planned(notes, 1)
        before = set(found)
        project.build(notes, plan, folder / "out", frozenset({"deck", "sheet"}))
    asked: dict[str, set[str]] = {}
    for name, path, *_ in watch.asked:
        asked.setdefault(path, set()).add(name)
    trees = [path for path, names in asked.items() if names & {"below", "names"}]
    answers = {
        "stat": {"is_file", "is_folder", "exists", "size"},
        "lstat": {"is_named", "real"},
        "scandir": {"below", "names"},
        "listdir": {"below", "names"},
        "readlink": {"real"},
    }
    for function, path in before:
        listed = function in ("lstat", "scandir", "listdir") and any(Path(path).is_relative_to(tree) for tree in trees)
        on_the_way = function == "lstat" and any(Path(each).is_relative_to(path) for each in asked)
        read = function in ("open", "stat") and path in watch.read  # whose bytes say how many they are
        known = asked.get(path, set()) & answers.get(function, set())
        assert listed or on_the_way or read or known or path.endswith(".git"), (function, path)
    # A build writes the lock and what git has to know of it, and looks for what else it may have to heed of them.
    of_the_lock = ("deck.toml", "deck.lock", "c.lock", "b.lock", ".gitattributes", ".git")
    later = {path for _, path in found - before if Path(path).name not in of_the_lock}
    assert not {
        path for path in later if path.startswith((f"{folder / 'notes'}{os.sep}", f"{folder / 'lone'}{os.sep}"))
    }
