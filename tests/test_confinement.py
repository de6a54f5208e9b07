"""Notes that try to get out of their folder: nothing of what they name is run, read, fetched or written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interview_helper import disk
from interview_helper.cli import app
from typer.testing import CliRunner

NOTE = "# T\n\n## Q\n\nx\n"
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
    elsewhere = [path for path in os.get_exec_path() if os.path.isabs(path)]
    monkeypatch.setenv("PATH", os.pathsep.join([folder, *elsewhere]))
    assert next(disk.programs("git"), None) != str(tmp_path / folder / "git")
    assert all(Path(path).is_absolute() and tmp_path not in Path(path).parents for path in disk.programs("git"))


@needs_shell
def test_no_file_of_the_notes_is_taken_for_the_python_that_is_asked_for(place):
    for name in ("3.13", "python3"):
        Path(name).write_text(f"#!/bin/sh\ntouch {place}/ran\n", encoding="utf-8")
        Path(name).chmod(0o755)
        said("check", "n", "--examples", "--python", name)
    assert not Path("ran").exists()
