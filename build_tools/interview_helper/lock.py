"""`deck.lock` on disk: reads it, says what threatens it, and gets a ledger back from whatever still holds one."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from interview_helper import ledger
from interview_helper.diagnostics import Diagnostic
from interview_helper.files import Refusal, contents, shown, write
from interview_helper.ledger import BrokenLedger, Ledger
from interview_helper.model import Span
from interview_helper.outputs import anki

# Names that sync programs give to the copy of the one who came second: Dropbox, Nextcloud, Syncthing, OneDrive, iCloud.
_COPY = re.compile(r"[ ._-]*(?:\(.*\)|.*conflict.*|[0-9]+|[ -][A-Z0-9-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock as read: where it is or will be, its text (None where there is none), its ledger, what is odd about it."""

    path: Path
    text: str | None
    ledger: Ledger
    diagnostics: tuple[Diagnostic, ...]


def read(path: Path) -> Lock:
    """The lock at a path. What is wrong with it is an error among its diagnostics, and its ledger is empty then."""
    found: list[Diagnostic] = list(_copies(path))
    if not path.exists():
        return Lock(path, None, Ledger(), tuple(found))
    data = contents(path)
    try:
        text = data.decode("utf-8-sig")
        kept, folded = ledger.read(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found.append(_diagnostic(path, "I005", "this line is no UTF-8", ledger.RESTORE, line))
        return Lock(path, "", Ledger(), tuple(found))
    except BrokenLedger as error:
        found.append(_diagnostic(path, "I005", error.what, error.remedy, error.line))
        return Lock(path, "", Ledger(), tuple(found))
    if folded:
        found.append(_diagnostic(path, "I003", f"{folded} cards stood in it twice, as after a merge"))
    return Lock(path, text, kept, (*found, *_unkept(path)))


def _diagnostic(path: Path, code: str, message: str, hint: str = "", line: int = 1) -> Diagnostic:
    return Diagnostic(code, Span(path.name, line, 1, line, 1), message, hint)


def _copies(path: Path) -> Iterator[Diagnostic]:
    """Copies of the lock that a sync program has put beside it."""
    for other in sorted(path.parent.glob(f"{path.stem}*{path.suffix}")):
        said = other.stem.removeprefix(path.stem)
        # A note of that name has a lock of its own.
        if said and _COPY.fullmatch(said) and not other.with_suffix(".md").exists():
            name = f"'{other.name}'"
            remedy = f"cat {name} >> {path.name} && rm {name}: the next build folds the two"
            yield _diagnostic(other, "I012", f"a copy of {path.name} with cards of another machine", remedy)


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    """What git says in a folder; None where there is no git or no work tree."""
    if not in_work_tree(folder) or not shutil.which("git"):
        return None
    try:
        return subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def in_work_tree(folder: Path) -> bool:
    """Whether a folder lies in a git work tree."""
    return any((each / ".git").exists() for each in (folder, *folder.parents))


def _unkept(path: Path) -> Iterator[Diagnostic]:
    """A remark where git ignores the lock, or was never told of it."""
    tracked = _git(path.parent, "ls-files", "--error-unmatch", "--", path.name)
    if tracked is None or tracked.returncode != 1:
        return
    ignored = _git(path.parent, "check-ignore", "--quiet", "--", path.name)
    if ignored is not None and ignored.returncode == 0:
        yield _diagnostic(path, "I004", "git ignores the lock", f"git add --force {path.name}")
    else:
        yield _diagnostic(path, "I011", "git does not track the lock yet", f"git add {path.name}")


def attributed(path: Path) -> None:
    """Have git merge the lock line by line and leave its line ends alone, where it lies in a work tree."""
    attributes = path.parent / ".gitattributes"
    wanted = f"{path.name} merge=union text eol=lf\n"
    if not in_work_tree(path.parent):
        return
    text = contents(attributes).decode("utf-8", "replace") if attributes.exists() else ""
    rows = [row for row in text.splitlines(keepends=True) if row.split()[:1] != [path.name]]
    if not any(row == wanted for row in text.splitlines(keepends=True)):
        write(attributes, "".join([*rows, wanted]).encode())


def against(lock: Path, other: str) -> Ledger:
    """The ledger that a file (a lock or a package) or a git revision holds. Raises Refusal where there is none."""
    path = Path(other)
    if path.is_file():
        return recovered(path) if path.suffix.lower() == ".apkg" else _parsed(contents(path), shown(path))
    asked = _git(lock.parent, "show", f"{other}:./{lock.name}")
    if asked is None or asked.returncode:
        raise Refusal(
            f"{other} is no file, and no git revision that has {lock.name}",
            "name a lock, an .apkg, or a revision such as HEAD~1",
            2,
        )
    return _parsed(asked.stdout, f"{other}:{lock.name}")


def recovered(package: Path) -> Ledger:
    """The ledger of a package. Raises Refusal for what is no package of ours."""
    if not package.is_file():
        raise Refusal(f"{shown(package)} does not exist", "name an .apkg that was built from these notes", 2)
    try:
        return anki.known(contents(package))
    except anki.BrokenPackage as error:
        raise Refusal(f"{shown(package)}: {error.what}", error.remedy, 2) from error


def _parsed(data: bytes, name: str) -> Ledger:
    try:
        return ledger.read(data.decode("utf-8-sig"))[0]
    except UnicodeDecodeError as error:
        raise Refusal(f"{name} is no UTF-8", ledger.RESTORE, 2) from error
    except BrokenLedger as error:
        raise Refusal(f"{name}:{error.line}: {error.what}", error.remedy, 2) from error


def forgotten(kept: Ledger, guid: str) -> Ledger:
    """The ledger without a retired card. Raises Refusal for a card that is not in it, or that lives in the notes."""
    lines = {line.id: line for line in kept.lines} | {line.pin: line for line in kept.lines if line.pin}
    line = lines.get(guid)
    if line is None:
        raise Refusal(f"the lock has no card {guid!r}", "interview-helper list SOURCE --format json names them all", 2)
    if line.retired is None:
        raise Refusal(
            f"{line.question!r} is in the notes: {line.file}", "delete it there and build; then it can be forgotten", 2
        )
    return replace(kept, lines=tuple(each for each in kept.lines if each is not line))
