"""What the disk and git answer. Whoever watches learns every question with its answer, and can ask it again later.

It imports little, because a build that finds nothing changed asks all its questions again and does nothing else.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from stat import S_ISDIR, S_ISFIFO, S_ISLNK, S_ISREG, S_ISSOCK
from typing import Concatenate, ParamSpec, TypeVar
from unicodedata import normalize

Answer = str | bool | int | list[str] | list[list[str]]
Seen = list[str | int]  # the hash of a file's bytes and, where that tells an older state from a newer, its stamp

_SETTLED = 2_000_000_000  # nanoseconds; FAT counts seconds in twos, and no file system is coarser
# In a hook, git says with these where it runs, and they would hold for every folder.
_OF_A_HOOK = frozenset(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"))
# A folder that was unzipped brings a `.git/config` of its own, and its keys name programs for git to run. A file system
# monitor and hooks are all that the questions below would start; an object that is not there would be fetched, by
# whichever program. Both spellings of that, because git knows the first since 2.45 only.
_NO_PROGRAMS = ("-c", "core.fsmonitor=", "-c", f"core.hooksPath={os.devnull}")
_NO_NETWORK = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}


class Watch:
    """What was asked and answered, what was read and written, and whether all of it can be asked again.

    `read` and `written` are by path. A Watch is not `whole` where a question had no answer, or two.
    """

    def __init__(self) -> None:
        self.asked: dict[tuple[str, ...], Answer] = {}
        self.read: dict[str, Seen] = {}
        self.written: dict[str, str] = {}
        self.whole = True

    def answered(self, question: tuple[str, ...], answer: Answer) -> None:
        """Note an answer; another one than before means that somebody changes what is being looked at."""
        self.whole &= self.asked.setdefault(question, answer) == answer

    def has_read(self, path: str, seen: Seen) -> None:
        """Note the bytes of a file, in the same way."""
        self.whole &= self.read.setdefault(path, seen)[0] == seen[0]

    def add(self, other: Watch) -> None:
        """Note all that another watch has seen, in the same way."""
        for question, answer in other.asked.items():
            self.answered(question, answer)
        for path, seen in other.read.items():
            self.has_read(path, seen)
        self.written |= other.written
        self.whole &= other.whole

    def overwrite(self, later: Watch) -> None:
        """Put what a later watch has seen in the place of what was seen before."""
        self.asked |= later.asked
        self.read |= later.read
        self.whole &= later.whole


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched() -> Iterator[Watch]:
    """Within it, the Watch that is given notes what is asked; one around it does not."""
    token = _WATCH.set(watch := Watch())
    try:
        yield watch
    finally:
        _WATCH.reset(token)


_P = ParamSpec("_P")
_T = TypeVar("_T", bound=Answer)
QUESTIONS: dict[str, Callable[..., Answer]] = {}


def _question(answer: Callable[Concatenate[Path, _P], _T]) -> Callable[Concatenate[Path, _P], _T]:
    """A function of a path and of texts that is asked again by its name; what it raises is no answer."""
    name = answer.__name__
    QUESTIONS[name] = answer

    @wraps(answer)
    def asked(path: Path, /, *texts: _P.args, **no: _P.kwargs) -> _T:
        watch = _WATCH.get()
        if watch is None:
            return answer(path, *texts, **no)
        try:
            found = answer(path, *texts, **no)
        except (OSError, ValueError):
            watch.whole = False
            raise
        watch.answered((name, str(path), *map(str, texts)), found)
        return found

    return asked


# --- questions ----------------------------------------------------------------------------------------------------


@_question
def is_file(path: Path) -> bool:
    """Whether a file is there, links followed. Raises OSError where that is not for us to see."""
    try:
        return path.is_file()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise


@_question
def is_folder(path: Path) -> bool:
    """Whether a folder is there, links followed. Raises OSError where that is not for us to see."""
    try:
        return path.is_dir()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False
        raise


@_question
def exists(path: Path) -> bool:
    """Whether anything is there that we may see, links followed."""
    return os.path.exists(path)  # noqa: PTH110  # Path's own raises of a name that is too long


@_question
def is_named(path: Path) -> bool:
    """Whether a folder has such a name, be it a link that leads nowhere."""
    return os.path.lexists(path)


@_question
def what(path: Path) -> str:
    """What has a name, in words that follow it: `is a folder`, `is a link that leads nowhere`, `does not exist`."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  # as os.lstat below
    except OSError as error:
        try:
            link = S_ISLNK(os.lstat(path).st_mode)
        except OSError:
            link = False
        if link:
            return "is a link that leads to itself" if error.errno == errno.ELOOP else "is a link that leads nowhere"
        missing = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
        return "does not exist" if missing else f"can't be seen: {error.strerror}"
    return _of_mode(mode)


def _of_mode(mode: int) -> str:
    if S_ISREG(mode):
        return "is a file"
    if S_ISDIR(mode):
        return "is a folder"
    return "is a named pipe" if S_ISFIFO(mode) else "is a socket" if S_ISSOCK(mode) else "is a device"


@_question
def size(path: Path) -> int:
    """How many bytes a file has. Raises OSError."""
    return path.stat().st_size


def sizes(root: Path, paths: Iterable[str]) -> int:
    """How many bytes files have together. No watch notes it: who reads them notes each. Raises OSError."""
    return sum((root / path).stat().st_size for path in paths)


@_question
def changed(path: Path) -> int:
    """When something was put into a folder or taken out of it last, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@_question
def real(path: Path) -> str:
    """The path with every link followed. Raises ValueError for what can't be a path."""
    return os.path.realpath(path)


@_question
def names(folder: Path, pattern: str) -> list[str]:
    """What in a folder has a name that matches, sorted; nothing of a folder that can't be listed."""
    try:
        return sorted(each.name for each in folder.iterdir() if re.fullmatch(pattern, each.name, re.DOTALL))
    except OSError:
        return []


@_question
def below(root: Path, pattern: str, left_out: str) -> list[list[str]]:
    """What below a folder has a name that matches: files, then links and the like; then all links to folders.

    They are POSIX paths. Names are matched in NFC. Folders whose names match `left_out` are not entered, nor are links.
    """
    wanted, unwanted = re.compile(pattern, re.DOTALL), re.compile(left_out, re.DOTALL)
    files: list[str] = []
    others: list[str] = []
    links: list[str] = []
    start = len(str(root / "x")) - 1
    for folder, folders, found in os.walk(root):
        folders[:] = sorted(name for name in folders if not unwanted.fullmatch(name))
        entered = (os.path.join(folder, name) for name in folders)  # noqa: PTH118  # as below
        links += [path[start:].replace(os.sep, "/") for path in entered if os.path.islink(path)]  # noqa: PTH114
        for name in sorted(found):
            if wanted.fullmatch(normalize("NFC", name)):
                path = os.path.join(folder, name)  # noqa: PTH118  # thousands of them
                try:
                    plain = S_ISREG(os.lstat(path).st_mode)
                except OSError:
                    plain = False
                (files if plain else others).append(path[start:].replace(os.sep, "/"))
    return [files, others, links]


@_question
def tracking(path: Path) -> str:
    """What git does with a file: it is `tracked`, `untracked` or `ignored`; empty where there is no git to say so."""
    asked = git(path.parent, "ls-files", "--error-unmatch", "--", path.name)
    if asked is None or asked[0] not in (0, 1):
        return ""
    if asked[0] == 0:
        return "tracked"
    ignored = git(path.parent, "check-ignore", "--quiet", "--", path.name)
    return "ignored" if ignored is not None and ignored[0] == 0 else "untracked"


def git(folder: Path, *arguments: str) -> tuple[int, bytes] | None:
    """The exit code and the output of git in a folder; None where there is no git or no work tree.

    Nothing that the folder says makes it run another program, nor fetch what is not there.
    """
    if not in_work_tree(folder):
        return None
    import subprocess  # an unchanged build of notes that git knows nothing of does without

    installed = next(programs("git"), None)
    if installed is None:
        return None
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    try:
        done = subprocess.run(  # noqa: S603
            [installed, *_NO_PROGRAMS, *arguments],
            cwd=folder,
            env=kept | _NO_NETWORK,
            capture_output=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode, done.stdout


def programs(name: str) -> Iterator[str]:
    """Where the programs of this name lie that PATH has, the first one first.

    `shutil.which` and Windows itself begin with the working directory, which may be a folder of notes.
    """
    file = f"{name}.exe" if os.name == "nt" and not name.lower().endswith(".exe") else name
    for folder in os.get_exec_path():
        path = os.path.join(folder, file)  # noqa: PTH118  # PATH holds texts
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113, PTH117
            yield path


def in_work_tree(folder: Path) -> bool:
    """Whether a folder lies in a git work tree."""
    return any((each / ".git").exists() for each in (folder, *folder.absolute().parents))


# --- bytes --------------------------------------------------------------------------------------------------------


def data(path: Path) -> bytes:
    """The bytes of a file. Raises OSError, of what is no file as well: a named pipe has no end, and nobody waits for it."""
    watch = _WATCH.get()
    if watch is None:
        return _read(str(path))[0]
    try:
        found, stamp = _read(str(path))
    except OSError:
        watch.whole = False
        raise
    watch.has_read(str(path), [hashlib.sha256(found).hexdigest(), *stamp])
    return found


def wrote(path: Path, data: bytes) -> None:
    """Tell who watches that a file has these bytes from now on."""
    if watch := _WATCH.get():
        watch.written[str(path)] = hashlib.sha256(data).hexdigest()


def unchanged(path: str, seen: Seen) -> Seen | None:
    """What is seen of a file that has the bytes it had, with its stamp of now; None where they are others."""
    try:
        # Where its stamp is the same nobody has written to it since, for it had been left alone before it was read.
        if seen[1:] == _stamp(os.stat(path)):  # noqa: PTH116  # thousands of them
            return seen
        found, stamp = _read(path)
    except OSError:
        return None
    return [seen[0], *stamp] if hashlib.sha256(found).hexdigest() == seen[0] else None


def _read(path: str) -> tuple[bytes, list[int]]:
    """The bytes of a file and its stamp; no stamp where a later change could leave it as it is."""
    with open(path, "rb", opener=_at_once) as file:  # stamped by what is open, whatever has the name by then
        now, stat = time.time_ns(), os.fstat(file.fileno())
        if not S_ISREG(stat.st_mode):
            raise OSError(errno.EINVAL, f"it {_of_mode(stat.st_mode)}", path)
        found, stamp = file.read(), _stamp(stat)
    return found, stamp if now - max(stamp[1:3]) > _SETTLED else []


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a named pipe waits for whoever writes to it otherwise


def _stamp(stat: os.stat_result) -> list[int]:
    # The time of the last change of any kind (Windows: of creation) can't be set back, as that of writing can.
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
