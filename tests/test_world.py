"""What the world refuses: one message, a remedy that can be typed, exit 3, and the files of before as they were."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from interview_helper import cli, files, project, scratch
from kills import World, world, written
from typer.testing import CliRunner

POSIX = pytest.mark.skipif(os.name != "posix", reason="rights and limits are those of POSIX")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that is asked for it")

# Root may do everything. Without these two rights it is held to those of files as everybody is.
_AS_EVERYBODY = """
import ctypes, os, sys
if sys.platform == "linux" and os.geteuid() == 0:
    for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        ctypes.CDLL(None, use_errno=True).prctl(24, right, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.fixture(scope="session")
def built_before(tmp_path_factory) -> World:
    """Notes that are built."""
    made = world(tmp_path_factory.mktemp("built"))
    written(made.notes)
    made.built(1, "--only", "deck")
    return made


@pytest.fixture
def built(built_before, tmp_path) -> World:
    """Notes that are built, and have another card since."""
    shutil.copytree(built_before.root, tmp_path, dirs_exist_ok=True)
    made = World.of(tmp_path)
    (made.notes / "more.md").write_text("# More\n\n## What is new?\n\nA card.\n")
    return made


def typed(notes: World, *more: str, before: str = "", now: int = 2, **environment: str) -> list[str]:
    """What a build says on standard error that exits with 3 and leaves all as it was, a line each."""
    old = notes.files
    code = f"{before}\nfrom interview_helper.__main__ import main\nmain()"
    command = [sys.executable, "-c", _AS_EVERYBODY, "-c", code, *(more or ("build", "notes", "--only", "deck"))]
    done = subprocess.run(
        command,
        env=notes.environment(now) | environment,
        cwd=notes.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 3, done
    assert notes.files == old
    assert list(notes.temporary.iterdir()) == []
    lines = [line for line in done.stderr.splitlines() if line]
    assert [line.startswith("error: ") for line in lines].count(True) == 1, lines
    return lines


def says(lines: list[str], error: str, hint: str) -> None:
    assert lines[-2:] == [f"error: {error}", f"    hint: {hint}"], lines


@pytest.fixture
def small_disk(built) -> Iterator[Path]:
    """A disk with room for 40 kB, where one may be mounted."""
    there = built.root / "small"
    there.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", str(there)]
    if not shutil.which("mount") or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    yield there
    subprocess.run(["umount", str(there)], check=True)


def filled(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(1024)):
            pass


@LINUX
def test_a_full_disk_of_outputs(built, small_disk):
    (small_disk / "kills.apkg").write_bytes(b"old")
    (small_disk / "filler").write_bytes(bytes(30_000))
    before = (built.notes / "deck.lock").read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "interview_helper", "build", "notes", "-o", "small", "--only", "deck"],
        env=built.environment(2),
        cwd=built.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    says(
        done.stderr.splitlines(),
        "small/kills.apkg can't be written: No space left on device",
        "make room, and build again: df -h small",
    )
    assert {path.name: path.read_bytes() for path in small_disk.iterdir()} == {
        "kills.apkg": b"old",
        "filler": bytes(30_000),
    }
    assert (built.notes / "deck.lock").read_bytes() != before  # an id that is recorded and not published does no harm


@LINUX
def test_a_full_disk_of_notes(built, small_disk):
    notes = small_disk / "notes"
    shutil.copytree(built.notes, notes)
    before = {path.name: path.read_bytes() for path in notes.iterdir()}
    filled(small_disk)
    lines = typed(built, "build", "small/notes", "--only", "deck")
    says(
        lines,
        "small/notes/deck.lock can't be written: No space left on device",
        "make room, and build again: df -h small/notes",
    )
    assert {path.name: path.read_bytes() for path in notes.iterdir()} == before


@POSIX
def test_a_limit_on_the_size_of_files(built):
    lines = typed(built, before="import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))")
    says(lines, "notes/deck.lock can't be written: File too large", "make room, and build again: df -h notes")


@pytest.mark.parametrize(
    ("owner", "name", "number"),
    [
        (os, "fsync", errno.EIO),
        (os, "fsync", errno.ENOSPC),
        (os, "replace", errno.EIO),
        (tempfile, "mkstemp", errno.EROFS),
        (tempfile, "mkstemp", errno.EMFILE),
        (Path, "chmod", errno.EPERM),
    ],
)
def test_whatever_fails_while_the_lock_is_written(built, monkeypatch, owner, name, number):
    def failing(*_, **__):
        raise OSError(number, os.strerror(number))

    old = built.files
    monkeypatch.chdir(built.root)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failing)
        done = CliRunner().invoke(cli.app, ["build", "notes", "--only", "deck"])
    assert (done.exit_code, done.stdout) == (3, "")
    hints = {errno.ENOSPC: "make room, and build again: df -h notes", errno.EPERM: "chmod u+w notes"}
    error = f"notes/deck.lock can't be written: {os.strerror(number)}"
    says(done.stderr.splitlines(), error, hints.get(number, "ls -ld notes"))
    assert built.files == old


@POSIX
def test_a_folder_of_notes_that_may_only_be_read(built):
    built.notes.chmod(0o555)
    try:
        says(typed(built), "notes/deck.lock can't be written: Permission denied", "chmod u+w notes")
        (built.notes / "more.md").chmod(0o644)
    finally:
        built.notes.chmod(0o755)


def run(notes: World, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _AS_EVERYBODY, "-m", "interview_helper", *notes.command("--only", "deck", *more)]
    return subprocess.run(
        command, env=notes.environment(2) | environment, cwd=notes.root, capture_output=True, text=True, check=False
    )


@POSIX
def test_a_folder_of_notes_that_may_only_be_read_is_built_where_the_lock_stays(built):
    (built.notes / "more.md").unlink()
    (built.output / "kills.apkg").unlink()
    built.notes.chmod(0o555)
    (built.notes / "deck.lock").chmod(0o444)
    try:
        done = run(built)
    finally:
        built.notes.chmod(0o755)
    assert (done.returncode, done.stderr) == (0, "12 cards: none changed\n")
    assert (built.output / "kills.apkg").exists()


@POSIX
@pytest.mark.parametrize("kind", ["only readable", "not even that", "a file", "a link that leads nowhere"])
def test_a_cache_that_can_not_be_used_is_never_an_error(built, kind):
    cache = built.cache / "interview-helper"
    if kind in ("a file", "a link that leads nowhere"):
        shutil.rmtree(cache)
        if kind == "a file":
            cache.write_bytes(b"")
        else:
            cache.symlink_to("nowhere")
    else:
        cache.chmod(0o555 if kind == "only readable" else 0)
    try:
        done = run(built)
    finally:
        if cache.is_dir():
            cache.chmod(0o755)
    assert (done.returncode, done.stderr) == (0, "13 cards: 1 new\n")


@POSIX
def test_a_folder_of_outputs_that_may_only_be_read(built):
    (built.notes / "more.md").unlink()
    (built.notes / "lists.md").write_text("# All lists\n\n## What?\n\nThat.\n")
    built.built(2, "--only", "deck")
    (built.output / "kills.apkg").write_bytes(b"older")
    built.output.chmod(0o555)
    try:
        lines = typed(built)
    finally:
        built.output.chmod(0o755)
    says(lines, "output/kills.apkg can't be written: Permission denied", "name another folder with -o")


def test_a_file_in_the_place_of_the_folder_of_outputs(built):
    shutil.rmtree(built.output)
    built.output.write_text("mine")
    (built.notes / "more.md").unlink()
    lines = typed(built)
    says(lines, "output/kills.apkg can't be written: output is no folder", "mv output output.file")
    assert built.output.read_text() == "mine"


def test_a_folder_in_the_place_of_an_output(built):
    (built.notes / "more.md").unlink()
    (built.output / "kills.apkg").unlink()
    (built.output / "kills.apkg" / "mine").mkdir(parents=True)
    lines = typed(built)
    assert lines[-2].startswith("error: output/kills.apkg can't be written: ")
    assert lines[-1] == "    hint: mv output/kills.apkg output/kills.apkg.folder"
    assert (built.output / "kills.apkg" / "mine").is_dir()


def gone(root: Path) -> None:
    root.rename(root.with_name("gone"))


def a_file_gone(root: Path) -> None:
    (root / "lists.md").unlink()


def a_folder_in_its_place(root: Path) -> None:
    a_file_gone(root)
    (root / "lists.md").mkdir()


@POSIX
@pytest.mark.parametrize(
    ("change", "error", "hint"),
    [
        (a_file_gone, "notes/lists.md can't be read: No such file or directory", "ls -l notes/lists.md"),
        (
            a_folder_in_its_place,
            "notes/lists.md can't be read: it is a folder",
            "mv notes/lists.md notes/lists.md.old",
        ),
        (gone, "notes/dicts.md can't be read: No such file or directory", "ls -l notes/dicts.md"),
    ],
)
def test_notes_that_change_between_listing_and_reading(built, monkeypatch, change, error, hint):
    old, real = built.files, project._sources

    def sources(root, *more):
        change(root)
        return real(root, *more)

    monkeypatch.setattr(project, "_sources", sources)
    monkeypatch.chdir(built.root)
    done = CliRunner().invoke(cli.app, ["build", "notes", "--only", "deck"])
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [f"error: {error}", f"    hint: {hint}"]
    if change is gone:
        (built.root / "gone").rename(built.notes)
    assert built.files == old


def test_a_folder_of_notes_that_vanishes_during_a_build(built, monkeypatch):
    """The lock can't be written any more, and so nothing is: no new folder is made, with a lock in it and no notes."""
    old, real = (built.output / "kills.apkg").read_bytes(), project.planned

    def planned(notes, *more):
        made = real(notes, *more)
        gone(built.notes)
        return made

    monkeypatch.setattr(project, "planned", planned)
    monkeypatch.chdir(built.root)
    done = CliRunner().invoke(cli.app, ["build", "notes", "--only", "deck"])
    assert (done.exit_code, done.stdout) == (3, "")
    says(
        done.stderr.splitlines(),
        "notes/deck.lock has been changed while this build was at work, by another one or by git",
        "interview-helper build notes",
    )
    assert not built.notes.exists()
    assert (built.output / "kills.apkg").read_bytes() == old


def test_no_room_for_what_is_temporary(built):
    """The sheet alone needs it, for its fonts. It is an error that nobody looks for there."""
    before = """
import errno, os, tempfile
def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "temporary/x")
tempfile.mkdtemp = full
from interview_helper.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", before, *built.command()],
        env=built.environment(2),
        cwd=built.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    says(done.stderr.splitlines(), "temporary/x: No space left on device", "df -h temporary")
    assert "Traceback" not in done.stderr
    assert set(built.files) == {"deck.lock", "kills.apkg"}


@LINUX
def test_no_room_for_what_is_printed(built):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "interview_helper", "list", "notes"],
            env=built.environment(2),
            cwd=built.root,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    said = done.stderr.splitlines()
    assert said == ["error: the system refuses: No space left on device", "    hint: df -h"]


@POSIX
def test_a_file_is_on_the_disk_before_it_has_its_name_and_the_name_is_before_anything_follows(tmp_path, monkeypatch):
    """Else a loss of power could leave an empty file, or a deck whose lock is the one of before."""
    done: list[str] = []
    synced, named = os.fsync, Path.replace

    def fsync(handle):
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        synced(handle)

    def replace(path, target):
        done.append("name")
        return named(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    assert files.write(tmp_path / "new" / "a", b"x")
    assert done == ["file", "name", "folder"]
    assert not files.write(tmp_path / "new" / "a", b"x")
    assert len(done) == 3


def test_what_a_killed_build_has_left_is_cleared_and_nothing_else(built):
    left = [built.notes / ".deck.lock.abcdef_1.tmp", built.output / ".kills.apkg.12345678.tmp"]
    others = [built.notes / ".deck.lock.original.bak", built.notes / "deck.lock.abcdefgh.tmp", built.output / ".x.tmp"]
    for each in (*left, *others):
        each.write_bytes(b"x")
    built.built(2, "--only", "deck")
    assert not any(each.exists() for each in left)
    assert all(each.exists() for each in others)


@POSIX
def test_what_a_running_build_is_writing_is_left_alone(built):
    import fcntl

    path = built.output / ".kills.apkg.12345678.tmp"
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        built.built(2, "--only", "deck")
        assert path.exists()


@POSIX
def test_temporary_folders_of_killed_builds_are_cleared(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, new, other = (tmp_path / f"interview-helper-{name}" for name in ("aaaaaaaa.run", "bbbbbbbb.run", "tests-x"))
    for each in (old, new, other):
        (each / "x").mkdir(parents=True)
    os.utime(old, (1, 1))
    os.utime(other, (1, 1))
    scratch._cleared(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted((new, other))
    os.utime(new, (1, 1))
    held = scratch._held(new)
    assert held is not None
    scratch._cleared(tmp_path)
    assert new.exists()
    os.close(held)
    scratch._cleared(tmp_path)
    assert not new.exists()
