"""Notes that try to get out of their folder: nothing of what they name is run, read, fetched or written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from interview_helper import disk
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
    if name == "n/deck.toml" and target == "../new":  # a link that leads nowhere is no config
        assert code == 0
        return
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


@pytest.mark.skipif(sys.platform == "win32", reason="there files have no modes")
def test_nobody_gets_more_rights_than_the_umask_gives(place, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    before = os.umask(0o077)
    try:
        (place / "n/a.md").write_text(NOTE + "\n## Q2\n\ny\n", encoding="utf-8")
        shutil.rmtree("output")
        assert said("build", "n", "--only", "deck")[0] == 0
    finally:
        os.umask(before)
    assert [oct(Path(path).stat().st_mode & 0o777) for path in ("output", "output/n.apkg")] == ["0o700", "0o600"]
    for folder in (tmp_path / "cache").rglob("interview-helper"):
        assert folder.stat().st_mode & 0o777 == 0o700


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
