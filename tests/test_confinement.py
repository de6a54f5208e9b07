"""Notes that try to get out of their folder: nothing of what they name is run, read, fetched or written."""

from __future__ import annotations

import json
import mimetypes
import os
import re
import shutil
import signal
import site
import socket
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import hostile
import interview_helper
import pdfplumber
import pytest
from interview_helper import disk, project
from interview_helper.cli import app
from typer.testing import CliRunner

NOTE = "# N\n\n## Q\n\nx\n"
needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell is no program there")
needs_links = pytest.mark.skipif(sys.platform == "win32", reason="links are for administrators there")


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """The working directory, with notes and a lock in `n`."""
    monkeypatch.chdir(tmp_path)
    Path("n").mkdir()
    Path("n/a.md").write_text(NOTE, encoding="utf-8")
    assert said("build", "n", "--only", "deck")[0] == 0
    return tmp_path


@pytest.fixture
def requests():
    """What a server on this machine is asked for."""
    with hostile.counting() as asked:
        yield asked


def said(*arguments: str) -> tuple[int, str]:
    """The exit code of a command, and all that it prints."""
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


# --- git ----------------------------------------------------------------------------------------------------------

# Where a repository's own configuration names a program, in all that git has documented.
PROGRAMS = {
    "core.fsmonitor": "{program}",
    "core.hooksPath": "{hooks}",
    "core.pager": "{program}",
    "core.editor": "{program}",
    "core.sshCommand": "{program}",
    "core.gitProxy": "{program}",
    "core.askPass": "{program}",
    "core.alternateRefsCommand": "{program}",
    "uploadpack.packObjectsHook": "{program}",
    "credential.helper": "!{program}",
    "diff.external": "{program}",
    "diff.evil.command": "{program}",
    "diff.evil.textconv": "{program}",
    "filter.evil.clean": "{program}",
    "filter.evil.smudge": "{program}",
    "filter.evil.process": "{program}",
    "merge.evil.driver": "{program}",
    "gpg.program": "{program}",
    "log.showSignature": "true",
    "alias.ls-files": "!{program}",
    "alias.check-attr": "!{program}",
    "alias.check-ignore": "!{program}",
    "alias.cat-file": "!{program}",
    "pager.cat-file": "{program}",
    "protocol.ext.allow": "always",
    "extensions.partialClone": "origin",
    "core.repositoryFormatVersion": "1",
    "remote.origin.promisor": "true",
    "remote.origin.uploadpack": "{program}",
}
HOOKS = ("post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout", "fsmonitor-watchman")


def git(*arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "core.fsmonitor=")
    subprocess.run(["git", *who, *arguments], cwd="n", check=True, capture_output=True)


@needs_git
@needs_shell
@pytest.mark.parametrize("address", ["{folder}/n", "ext::{program} %S", "ssh://host/x", "http://127.0.0.1:{port}/x"])
def test_the_configuration_of_a_repository_runs_no_program(place, requests, address):
    ran = place / "ran"
    program = place / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {ran}\n', encoding="utf-8")
    program.chmod(0o755)
    (place / "hooks").mkdir()
    for hook in HOOKS:
        shutil.copy(program, place / "hooks" / hook)
    git("init", "--quiet")
    Path("n/.gitattributes").write_text("* diff=evil filter=evil merge=evil\n", encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "-m", "x")
    blob = subprocess.check_output(["git", "rev-parse", "HEAD:deck.lock"], cwd="n", text=True).strip()
    Path("n/.git/objects", blob[:2], blob[2:]).unlink()  # so that git would fetch it
    names = {"program": program, "hooks": place / "hooks", "folder": place, "port": requests.port}
    for key, value in {**PROGRAMS, "remote.origin.url": address}.items():
        git("config", key, value.format(**names))
    ran.unlink(missing_ok=True)
    os.utime("n/deck.lock")  # what git knows of it is outdated, so that it would look at it again
    git("config", "core.fsmonitor", str(program))

    with Path("n/a.md").open("a", encoding="utf-8") as note:
        note.write("\n## Q2\n\ny\n")
    assert said("build", "n", "--only", "deck", "--no-cache")[0] == 0
    assert said("check", "n")[0] == 0
    assert said("diff", "n")[0] == 0
    assert said("diff", "n", "--against", "HEAD")[0] == 2
    assert not ran.exists(), ran.read_text()
    assert not requests.seen
    # It is git that would: what is planted here works where nobody holds it.
    subprocess.run(["git", "ls-files", "--error-unmatch", "deck.lock"], cwd="n", check=False, capture_output=True)
    assert ran.exists()


@pytest.mark.parametrize("folder", ["", ".", "bin"])
def test_no_program_is_taken_from_the_working_directory(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    (tmp_path / folder).mkdir(exist_ok=True)
    for name in ("git", "git.exe"):
        (tmp_path / folder / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / folder / name).chmod(0o755)
    elsewhere = [path for path in os.get_exec_path() if Path(path).is_absolute()]
    monkeypatch.setenv("PATH", os.pathsep.join([folder, *elsewhere]))
    assert next(disk.programs("git"), None) != str(tmp_path / folder / "git")
    assert all(Path(path).is_absolute() and tmp_path not in Path(path).parents for path in disk.programs("git"))


@needs_shell
def test_no_file_of_the_notes_is_taken_for_the_python_that_is_asked_for(place):
    Path("python-of-notes").write_text(f"#!/bin/sh\ntouch {place}/ran\n", encoding="utf-8")
    Path("python-of-notes").chmod(0o755)
    assert said("check", "n", "--examples", "--python", "python-of-notes")[0] == 3
    assert not Path("ran").exists()


# --- what is written ----------------------------------------------------------------------------------------------


def state(folder: Path) -> dict[str, bytes | str]:
    """All files below a folder with what they hold, and where links lead."""
    return {
        path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


@needs_links
@pytest.mark.parametrize("target", ["../victim", "../new", "{place}/victim"])
@pytest.mark.parametrize("name", ["output/n.apkg", "output/n.pdf", "n/deck.lock", "n/deck.toml"])
def test_no_link_has_a_build_read_or_write_elsewhere(place, name, target):
    Path("victim").write_text("secret-canary", encoding="utf-8")
    Path(name).unlink(missing_ok=True)
    Path(name).symlink_to(target.format(place=place))
    before = state(place)
    code, words = said("build", "n", "--only", "sheet" if name.endswith(".pdf") else "deck", "--no-cache")
    assert code == 3
    assert f"error: {name} is a link that leads out of its folder" in words
    assert f"hint: rm {name}; if the link is your own, mv " in words
    assert "secret" not in words
    after = state(place)
    assert {**after, "n/deck.lock": ""} == {**before, "n/deck.lock": ""}


@needs_links
def test_a_link_that_is_one_s_own_moves_in_as_the_hint_says(place):
    Path("n/deck.lock").rename("real.lock")
    Path("n/deck.lock").symlink_to("../real.lock")
    kept = Path("real.lock").read_bytes()
    code, words = said("build", "n", "--only", "deck")
    assert code == 3
    subprocess.run(words.partition("if the link is your own, ")[2], shell=True, check=True)
    assert said("build", "n", "--only", "deck")[0] == 0
    assert not Path("n/deck.lock").is_symlink()
    assert Path("n/deck.lock").read_bytes() == kept


@needs_links
def test_an_output_folder_that_is_a_link_is_written_to_where_its_name_is_typed(place):
    shutil.rmtree("output")
    outside = place.parent / f"{place.name}-outside"
    outside.mkdir()
    (outside / "n.apkg").write_bytes(b"precious")
    Path("output").symlink_to(outside)
    code, words = said("build", "n", "--only", "deck")
    assert code == 2
    assert words.splitlines()[0] == "error: output is a link that leads out of the working directory"
    assert (outside / "n.apkg").read_bytes() == b"precious"
    command = words.partition("if it is your own, interview-helper ")[2].split()
    assert said(*command, "--only", "deck")[0] == 0
    assert (outside / "n.apkg").read_bytes() != b"precious"


@needs_git
@needs_links
def test_attributes_of_git_that_are_a_link_are_left_alone(place):
    Path("victim").write_bytes(b"x")
    git("init", "--quiet")
    Path("n/.gitattributes").symlink_to("../victim")
    Path("n/deck.lock").unlink()
    shutil.rmtree("output")
    assert said("build", "n", "--only", "deck")[0] == 0
    assert Path("victim").read_bytes() == b"x"


@pytest.mark.parametrize("slug", ["../evil", "/tmp/evil", "..", ".evil", "a/b", "a\\b", "C:evil", "a\tb", "a b"])
def test_no_name_that_notes_give_leads_out_of_the_output_folder(place, slug):
    lock = Path("n/deck.lock")
    first, rest = lock.read_text(encoding="utf-8").split("\n", 1)
    lock.write_text(json.dumps({**json.loads(first), "slug": slug}) + "\n" + rest, encoding="utf-8")
    before = state(place)
    code, words = said("build", "n", "--only", "deck")
    assert code == 1
    assert "I005 this line is damaged" in words
    assert state(place) == before

    lock.unlink()
    shutil.rmtree("output")
    for line in (f"slug = {json.dumps(slug)}", f"[[sheet.also]]\nname = {json.dumps(slug)}"):
        Path("n/deck.toml").write_text(f"{line}\n", encoding="utf-8")
        before = state(place)
        code, words = said("build", "n", "--only", "deck")
        assert code == 2
        assert "C001" in words
        assert state(place) == before


@pytest.mark.parametrize(
    "name", ["../secret.ttf", "{place}/secret.ttf", "file:///secret.ttf", "//host/s/x.ttf", "link.ttf"]
)
def test_no_font_is_read_from_outside_the_notes(place, name):
    Path("secret.ttf").write_text("secret-canary", encoding="utf-8")
    if sys.platform != "win32":
        Path("n/link.ttf").symlink_to("../secret.ttf")
    name = name.format(place=place.as_posix())
    for table in ("[sheet]", '[[sheet.also]]\nname = "x"'):
        Path("n/deck.toml").write_text(f'{table}\nfonts = ["{name}"]\n', encoding="utf-8")
        code, words = said("check", "n")
        assert code == 2
        assert f"error C001 the notes folder has no font file {name!r}" in words
        assert "canary" not in words


@pytest.mark.parametrize("name", ["../secret.txt", "{place}/secret.txt", "//host/s/x.txt", "link.txt"])
def test_no_list_of_words_is_read_from_outside_the_notes(place, name):
    Path("secret.txt").write_text("mispeled\ntwo words\n", encoding="utf-8")
    Path("n/a.md").write_text(NOTE.replace("x", "mispeled"), encoding="utf-8")
    if sys.platform != "win32":
        Path("n/link.txt").symlink_to("../secret.txt")
    name = name.format(place=place.as_posix())
    Path("n/deck.toml").write_text(f'[spelling]\ndictionary = "{name}"\n', encoding="utf-8")
    words = said("check", "n")[1]
    assert f"W002 the notes folder has no file {name!r}" in words
    assert "no dictionary has 'mispeled'" in words
    assert "two words" not in words


@needs_links
def test_no_dictionary_is_read_from_outside_the_notes(place):
    Path("xx_XX.aff").write_text("SET UTF-8\n", encoding="utf-8")
    Path("xx_XX.dic").write_text("1\nmispelled\n", encoding="utf-8")
    Path("n/a.md").write_text(NOTE.replace("x", "mispeled"), encoding="utf-8")
    Path("n/deck.toml").write_text('language = "xx"\n[spelling]\n', encoding="utf-8")
    for inside, told in (
        (False, "W002 there is no dictionary for the language 'xx'"),
        (True, "W001 no dictionary has 'mispeled'"),
    ):
        for name in ("xx_XX.aff", "xx_XX.dic"):
            Path("n", name).unlink(missing_ok=True)
            Path("n", name).write_bytes(Path(name).read_bytes()) if inside else Path("n", name).symlink_to(f"../{name}")
        assert told in said("check", "n")[1]


@pytest.mark.parametrize(
    "name", ["//host/share/a.png", r"\\\\host\\share\\a.png", "%5C%5Chost/share/a.png", "%2F/host/share/a.png"]
)
@pytest.mark.parametrize("written", ["![a]({})", "![[{}]]", '<img src="{}">', "[a]({})"])
def test_no_share_of_another_machine_is_even_looked_for(place, written, name):
    # On Windows a look at //host/share sends the password of whoever looks, in a form that can be guessed from.
    Path("n/a.md").write_text(f"# N\n\n## Q\n\nx {written.format(name)}\n", encoding="utf-8")
    with disk.watched() as watch:
        project.understood(project.read(Path("n")))
    assert [question for question in watch.asked if re.search(r"(^|[/\\])[/\\]host", question[1])] == []


@pytest.mark.skipif(sys.platform == "win32", reason="there files have no modes")
@pytest.mark.parametrize(("mask", "folder", "file"), [(0o022, 0o755, 0o644), (0o077, 0o700, 0o600)])
def test_nobody_gets_more_rights_than_the_umask_gives(place, monkeypatch, mask, folder, file):
    monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
    before = os.umask(mask)
    try:
        Path("n/deck.lock").unlink()
        shutil.rmtree("output")
        said("build", "n", "--only", "sheet")
        said("build", "n", "--only", "deck")
    finally:
        os.umask(before)
    modes = {
        path: Path(path).stat().st_mode & 0o777 for path in ("output", "output/n.apkg", "output/n.pdf", "n/deck.lock")
    }
    assert modes == {"output": folder, "output/n.apkg": file, "output/n.pdf": file, "n/deck.lock": file}
    # What is kept of notes is nobody else's business, whatever the umask.
    kept = Path("cache/interview-helper")
    assert kept.is_dir()
    assert kept.stat().st_mode & 0o777 == 0o700


# --- Python's own modules -----------------------------------------------------------------------------------------


def planted(folder: Path, ran: Path) -> None:
    """Modules that tell when they are imported, named as those that are needed."""
    for name in ("json", "pathlib", "pickle", "multiprocessing", "hashlib", "tempfile", "typer", "yaml", "weasyprint"):
        text = f"open({str(ran)!r}, 'a').write({name!r})\nraise SystemExit(9)\n"
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


def test_no_module_that_lies_among_the_notes_is_imported(place):
    planted(place / "n", place / "ran")
    command = [sys.executable, "-m", "interview_helper", "build", ".", "-o", "../output", "--no-cache"]
    done = subprocess.run(command, cwd="n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not Path("ran").exists()


def test_no_process_that_is_spawned_imports_a_module_from_among_the_notes(place):
    # As on macOS and Windows. What a planted module does ends the process, and a pool would start it for ever.
    Path("bin").mkdir()
    Path("bin/command.py").write_text(
        "from interview_helper.outputs.sheet import galleys\n"
        "if __name__ == '__main__':\n"
        "    galleys._START, galleys._cores = 'spawn', lambda: 2\n"
        "    print(sorted(galleys.made(abs, [-4, -3, -2, -1], '')))\n",
        encoding="utf-8",
    )
    planted(place / "n", place / "ran")
    command = [sys.executable, "../bin/command.py"]
    with subprocess.Popen(command, cwd="n", stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            assert process.communicate(timeout=30)[0] == "[1, 2, 3, 4]\n"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()
    assert not Path("ran").exists()


# --- the completion of shells -------------------------------------------------------------------------------------

# What a shell would run, in each kind of quotes, and behind what ends them.
RUNS = (
    "$(touch ran)", r"\$(touch ran)", r"\\$(touch ran)", "`touch ran`", r"\`touch ran`", '"$(touch ran)', "'$(touch ran)",
    r"\"$(touch ran)", r"\'$(touch ran)", "'; touch ran; '", '"; touch ran; "', "))'; touch ran; '((", '")); touch ran; (("',
    "${(e):-$(touch ran)}", "[b]$(touch ran)[/b]", r"[b]\[/b]$(touch ran)", "=(touch ran)", "<(touch ran)", "a\n; touch ran",
)  # fmt: skip


@pytest.mark.skipif(not shutil.which("zsh"), reason="there is no zsh here")
@pytest.mark.parametrize("typed", ["build --topic ", "build --tag ", "forget "])
def test_no_shell_runs_what_is_offered_to_it(place, monkeypatch, typed):
    monkeypatch.chdir(place)
    titles = (f"# {code}\n<!-- tags: {code} -->\n\n## {code}?\n\nx\n" for code in RUNS if "\n" not in code)
    Path("source").mkdir()
    Path("source/a.md").write_text("\n".join(titles), encoding="utf-8")
    first, card = Path("n/deck.lock").read_text(encoding="utf-8").splitlines()
    cards = [{**json.loads(card), "id": code, "question": code, "retired": 1} for code in RUNS]
    Path("source/deck.lock").write_text("\n".join([first, *map(json.dumps, cards), ""]), encoding="utf-8")
    environment = {"_INTERVIEW_HELPER_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": f"interview-helper {typed}"}
    done = CliRunner().invoke(app, prog_name="interview-helper", env=environment)
    assert done.stdout.count("touch") > 2
    # What `_arguments` of zsh does with what it is given.
    evaluated = (
        """_arguments() { action=${1#*: :}; eval ws\\=\\( "${action[3,-3]}" \\); print -rl -- $ws }; eval $(cat)"""
    )
    said = subprocess.run(["zsh", "-f", "-c", evaluated], input=done.stdout, capture_output=True, text=True, check=True)
    assert said.stdout.count("touch") > 2
    assert not Path("ran").exists()


# --- all of it ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_builds(tmp_path_factory):
    """What every verb did with notes that try every way out: what was said and made, asked of a server, and audited."""
    parent = tmp_path_factory.mktemp("hostile")
    with hostile.counting() as requests:
        yield Builds(parent, requests)


class Builds:
    """The notes of `hostile`, and what became of them."""

    def __init__(self, parent: Path, requests: hostile.Requests) -> None:
        self.parent = parent
        self.notes, self.outside = hostile.made(parent, requests.port)
        self.before = state(self.outside)
        self.names = {path.name for path in self.notes.iterdir()}
        self.requests = requests
        self.words = ""
        for name in ("home", "tmp", "cache"):
            (parent / name).mkdir()
        self.run(0, "check", "notes")
        self.run(0, "build", "notes")
        with (self.notes / "topic 1.md").open("a", encoding="utf-8") as note:
            note.write("\n## One more?\n\nyes\n")
        self.run(0, "build", "notes")  # one topic anew, with the process that loads ahead
        self.run(0, "build", "notes")
        self.run(0, "list", "notes")
        self.run(0, "diff", "notes")
        (self.notes / "deck.lock").unlink()
        self.run(0, "recover", "output/outsidex.apkg", "notes")

    def run(self, code: int, *arguments: str) -> None:
        """Do it in a process of its own, whose every step is written down."""
        done = subprocess.run(
            [sys.executable, "-c", "from interview_helper.__main__ import main; main()", *arguments],
            cwd=self.parent,
            env=self.environment,
            capture_output=True,
            check=False,
        )
        self.words += (done.stdout + done.stderr).decode()
        assert done.returncode == code, self.words

    @property
    def environment(self) -> dict[str, str]:
        apart = {"HOME": "home", "USERPROFILE": "home", "TMPDIR": "tmp", "TEMP": "tmp", "TMP": "tmp"}
        apart |= {"XDG_CACHE_HOME": "cache", "WIN_PD_OVERRIDE_LOCAL_APPDATA": "cache", "AUDITED": "audited"}
        paths = [str(Path(__file__).parent / "audited"), str(Path(interview_helper.__file__).parents[1])]
        return {
            **os.environ,
            **{name: str(self.parent / folder) for name, folder in apart.items()},
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",  # or a first run would write beside our code
        }

    @cached_property
    def events(self) -> list[tuple[str, list[Any]]]:
        """All that any of the processes did, as Python's audit hooks tell it."""
        rows = (self.parent / "audited").read_text(encoding="utf-8", errors="surrogatepass").splitlines()
        return [(event, arguments) for event, *arguments in map(json.loads, rows)]

    @cached_property
    def opened(self) -> set[tuple[Path, bool]]:
        """The files that were opened and the paths that were changed, links followed, and whether that was to write."""
        found: set[tuple[Path, bool]] = set()
        for event, arguments in self.events:
            if event == "open" and isinstance(arguments[0], str):
                path, mode, flags = arguments
                # No name at all, which opens nothing, or a folder that `rmtree` opens within one that it has open.
                if not path or path.startswith("weasyprint-"):
                    continue
                writing = bool(set(mode or "") & set("wax+")) or bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
                found.add((Path(os.path.realpath(self.parent / path)), writing))
            elif event in WRITES and (event not in ("os.remove", "os.rmdir") or arguments[-1] == -1):
                # What is taken out of an open folder has no path; that folder has.
                # The last part of a path is what is changed, be it a link.
                for path in (Path(each) for each in arguments[:2] if isinstance(each, str)):
                    found.add((Path(os.path.realpath(self.parent / path.parent), path.name), True))
        return found


def site_folders() -> list[str]:
    """Where packages are installed, and the two folders that the tests add."""
    return [
        *site.getsitepackages(),
        *(path for path in sys.path if path and Path(path).is_dir()),
        str(Path(__file__).parent / "audited"),
    ]


def contents(path: Path) -> Iterator[bytes]:
    """All that a file holds, with what is packed in it."""
    yield path.read_bytes()
    if path.suffix == ".apkg":
        with zipfile.ZipFile(path) as package:
            yield from map(package.read, package.namelist())
    if path.suffix == ".pdf":
        with pdfplumber.open(path) as pdf:
            yield "".join(page.extract_text() for page in pdf.pages).encode()
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", path.read_bytes(), re.DOTALL):
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(stream)


def test_no_build_asks_for_anything_over_the_network(hostile_builds):
    assert hostile_builds.requests.seen == []
    with socket.create_connection(("127.0.0.1", hostile_builds.requests.port)) as asking:
        asking.sendall(b"it does count")
    for _ in range(100):
        time.sleep(0.01)
        if hostile_builds.requests.seen:
            break
    assert hostile_builds.requests.seen == ["b'it does count'"]
    hostile_builds.requests.seen.clear()


def test_nothing_from_outside_the_notes_is_in_what_is_made_or_said(hostile_builds):
    outputs = [*(hostile_builds.parent / "output").iterdir(), *(hostile_builds.notes / "deck.lock",)]
    assert len(outputs) == 5  # the deck, two sheets, flashcards
    names = []
    for path in outputs:
        data = b"\n".join(contents(path))
        assert hostile.WORD.encode() not in data.lower(), path
        assert f"/Width {hostile.SIZE[0]}".encode() not in data, path
        if path.suffix == ".apkg":
            with zipfile.ZipFile(path) as package:
                names += json.loads(package.read("media")).values()
                assert [
                    name for name in package.namelist() if package.read(name) in hostile_builds.before.values()
                ] == []
    assert {name.partition("-")[0] for name in names} <= {hostile.INSIDE, "within", "reaching"}
    assert hostile.INSIDE in {name.partition("-")[0] for name in names}
    assert hostile.WORD not in hostile_builds.words
    assert "no dictionary has 'mispeled'" in hostile_builds.words  # words.txt outside has it


def test_files_are_written_into_the_output_folder_the_lock_and_the_cache_alone(hostile_builds):
    assert state(hostile_builds.outside) == hostile_builds.before
    parent = hostile_builds.parent
    assert {path.name for path in parent.iterdir()} == {
        *["notes", "outside", "output", "home", "tmp", "cache", "audited"]
    }
    assert [*(parent / "home").iterdir(), *(parent / "tmp").iterdir()] == []
    assert {path.name for path in hostile_builds.notes.iterdir()} == hostile_builds.names | {"deck.lock"}
    assert {path.suffix for path in (parent / "output").iterdir()} == {".apkg", ".pdf"}


WRITES = frozenset(
    (
        "shutil.rmtree",
        *(
            f"os.{name}"
            for name in ["chmod", "link", "mkdir", "remove", "rename", "rmdir", "symlink", "truncate", "utime"]
        ),
    )
)


def test_no_process_of_a_build_opens_a_file_outside_the_notes_output_cache_and_python(hostile_builds):
    parent = hostile_builds.parent.resolve()
    notes, output, cache, temporary = (parent / name for name in ("notes", "output", "cache", "tmp"))
    prefixes = (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *site_folders())
    programs = {Path(each).resolve() for each in prefixes}
    # Python's table of types of files adds what the system knows of them, and from 3.13 on Python looks whether a folder
    # above its own is a zip.
    above = {folder for program in programs for folder in program.parents} if sys.version_info >= (3, 13) else set()
    of_system = above | {Path(each).resolve() for each in (os.devnull, *mimetypes.knownfiles)}
    assert len(hostile_builds.opened) > 500
    for path, writing in hostile_builds.opened:
        folders = {path, *path.parents}
        if temporary in folders:  # the second is a file by which Python finds out whether it can write there
            assert re.match(r"interview-helper-|weasyprint-|[a-z0-9_]{8}$", path.relative_to(temporary).parts[0]), path
        elif path.parent == notes and writing:
            assert re.fullmatch(r"deck\.lock|\.deck\.lock\.\w{8}\.tmp", path.name), path
        elif notes in folders or programs & folders or path in of_system:
            assert not writing or path == notes, path
        else:
            assert {output, cache} & folders, path


def test_no_process_of_a_build_starts_another_program_or_speaks_to_anybody(hostile_builds):
    kinds = {event for event, _ in hostile_builds.events}
    spoken = {
        event
        for event in kinds
        if re.match("socket|urllib|http|ftplib|smtplib|poplib|imaplib|nntplib|webbrowser", event)
    }
    assert spoken <= {"socket.__new__"}  # the pair of a pipe between its own processes
    families = {arguments[1] for event, arguments in hostile_builds.events if event == "socket.__new__"}
    assert families <= {int(getattr(socket, "AF_UNIX", 0))}
    started = {
        event
        for event in kinds
        if re.match("subprocess|_posixsubprocess|pty|os.(system|exec|spawn|posix_spawn|startfile)", event)
    }
    assert started == set()


def test_no_code_of_the_notes_is_compiled_or_run(hostile_builds):
    files = set()
    for event, arguments in hostile_builds.events:
        if event in ("compile", "exec"):
            assert hostile.CODE not in str(arguments[0])
            files.add(str(arguments[-1]))
    outside = [file for file in files if str(hostile_builds.parent) in file]
    assert outside == []
    assert any("interview_helper" in file for file in files)


def test_what_one_process_hands_another_is_made_of_our_own_classes(hostile_builds):
    found = {arguments[0] for event, arguments in hostile_builds.events if event == "pickle.find_class"}
    assert found, "a build with processes pickles"
    assert {
        name for name in found if not re.match(r"interview_helper\.|functools$|multiprocessing\.reduction$", name)
    } == set()


def test_what_is_kept_is_never_unpickled():
    package = Path(interview_helper.__file__).parent
    imported = re.compile(r"^\s*(?:from|import) (?:pickle|shelve|dill|joblib|cloudpickle|marshal)", re.MULTILINE)
    found = {path.name for path in package.rglob("*.py") if imported.search(path.read_text(encoding="utf-8"))}
    assert found == {"running.py", "child.py"}  # marshal, with which an example goes to the process that runs it
