"""`deck.lock` on disk: reads it, says what threatens it, and gets a ledger back from whatever still holds one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from interview_helper import disk, ledger
from interview_helper.diagnostics import Diagnostic, Severity, shortened
from interview_helper.files import Refusal, contents, own, quoted, shown, typed, unreadable, write
from interview_helper.ledger import BrokenLedger, Ledger
from interview_helper.model import Span
from interview_helper.outputs import anki

NAME = "deck.lock"

# What sync programs put behind the name of the copy of the one who came second: Dropbox, Nextcloud and Google Drive
# write in parentheses, Syncthing and ownCloud `conflict`, iCloud a number, OneDrive the name of the machine.
_COPY = re.compile(r"[ ._-]*(?:\(.*\)|.*conflict.*|[0-9]+|[ -][A-Z0-9-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock as read: where it is or will be, its text (None where there is none), its ledger, what is odd about it.

    `copies` are those of the same deck that a sync program put beside it.
    """

    path: Path
    text: str | None
    ledger: Ledger
    diagnostics: tuple[Diagnostic, ...]
    copies: tuple[Path, ...] = ()

    @property
    def broken(self) -> Diagnostic | None:
        """The error that makes it unreadable."""
        return next((found for found in self.diagnostics if found.severity is Severity.ERROR), None)


def of_file(note: Path) -> Path:
    """The lock of a lone file."""
    # `deck.lock` would make a deck of the whole folder.
    return note.with_suffix(".md.lock" if f"{note.stem}.lock" == NAME else ".lock")


def source(lock: Path) -> Path:
    """What a person names to build the deck of a lock: a folder, or a lone file."""
    if lock.name == NAME:
        return lock.parent
    return lock.with_name(f"{lock.name.removesuffix('.lock').removesuffix('.md')}.md")


def text(path: Path) -> str | None:
    """The text of the lock at a path, as `read` has it of one that is not broken; None where there is none."""
    if not os.path.lexists(path):
        return None
    return _text(contents(path))


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig").replace("\r\n", "\n")


def read(path: Path) -> Lock:
    """The lock at a path. What is wrong with it is an error among its diagnostics, and its ledger is empty then."""
    if not disk.is_named(path):
        copies = tuple(_copies(path, ""))
        return Lock(path, None, Ledger(), tuple(_of_another(path, copies, gone=True)), copies)
    own(path)
    if disk.is_file(path) and disk.size(path) > ledger.LARGEST:
        return Lock(path, "", Ledger(), (_unreadable(path, BrokenLedger(1, _TOO_LARGE)),))
    data = contents(path)
    try:
        text = _text(data)
        kept, folded = ledger.read(text)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Lock(path, "", Ledger(), (_unreadable(path, BrokenLedger(line, "this line is no UTF-8")),))
    except BrokenLedger as error:
        return Lock(path, "", Ledger(), (_unreadable(path, error),))
    copies = tuple(_copies(path, kept.id))
    found = [*_of_another(path, copies, gone=False), *_unkept(path)]
    if folded:
        lines = "1 line" if folded == 1 else f"{folded} lines"
        found.append(_diagnostic(path, "I003", f"{lines} stood in it twice, as after a merge"))
    return Lock(path, text, kept, tuple(found), copies)


_TOO_LARGE = f"it is larger than {ledger.LARGEST // 1_000_000} MB"


def _unreadable(path: Path, error: BrokenLedger) -> Diagnostic:
    command = f"interview-helper recover DECK.apkg {typed(source(path))}"
    remedy = f"restore it from a backup, or rebuild it from the newest package: {command}"
    return _diagnostic(path, "I005", error.what, error.remedy or remedy, error.line)


def _diagnostic(path: Path, code: str, message: str, hint: str = "", line: int = 1) -> Diagnostic:
    return Diagnostic(code, Span(path.name, line, 1, line, 1), message, hint)


# --- copies of sync programs --------------------------------------------------------------------------------------


def _copies(path: Path, deck: str) -> Iterator[Path]:
    """Copies of the lock of a deck that a sync program has put beside it; of whichever deck where that is not known."""
    for name in disk.names(path.parent, f"{re.escape(path.stem)}.*{re.escape(path.suffix)}"):
        other = path.with_name(name)
        said = other.stem.removeprefix(path.stem)
        if name != path.name:
            known = _ledger(other) if _COPY.fullmatch(said) else Ledger()
            # A note may have such a name, and a lock of its own.
            own = source(other).name
            if known.lines and deck in ("", known.id) and all(line.file != own for line in known.lines):
                yield other


def _ledger(path: Path) -> Ledger:
    """What a file holds, if it is a lock."""
    try:
        own(path)
        if disk.size(path) > ledger.LARGEST:
            return Ledger()
        return ledger.read(contents(path).decode("utf-8-sig"))[0]
    except (OSError, Refusal, UnicodeDecodeError, BrokenLedger):
        return Ledger()


def _of_another(path: Path, copies: tuple[Path, ...], *, gone: bool) -> Iterator[Diagnostic]:
    for other in copies:
        if gone:
            message, remedy = f"a copy of {path.name}, which is gone", f"mv {typed(other)} {typed(path)}"
        else:
            message = f"a copy of {path.name} with the cards of another machine: one file should hold the lines of both"
            remedy = f"cat {typed(other)} >> {typed(path)} && rm {typed(other)}"
        yield _diagnostic(other, "I012", message, remedy)


# --- git ----------------------------------------------------------------------------------------------------------


def _unkept(path: Path) -> Iterator[Diagnostic]:
    """A remark where git ignores the lock, or was never told of it."""
    known = disk.tracking(path)
    if known not in ("untracked", "ignored"):
        return
    folder = typed(path.parent)
    add = "git add" if folder == "." else f"git -C {folder} add"
    name = quoted(path.name)
    if known == "ignored":
        yield _diagnostic(path, "I004", "git ignores the lock", f"{add} --force {name}")
    else:
        attributes = " .gitattributes" if disk.exists(path.parent / ".gitattributes") else ""
        yield _diagnostic(path, "I011", "git does not track the lock yet", f"{add} {name}{attributes}")


def attributed(path: Path) -> Path | None:
    """Have git merge the lock line by line and leave its line ends alone; the file that says so, where it is new.

    Only where it lies in a work tree. What a person has already decided about merging it holds.
    """
    if not disk.in_work_tree(path.parent):
        return None
    asked = disk.git(path.parent, "check-attr", "-z", "merge", "--", path.name)
    if asked is not None and asked[1].split(b"\0")[2:3] == [b"union"]:
        return None
    attributes = path.parent / ".gitattributes"
    if attributes.is_symlink():  # git does not follow it either
        return None
    text = contents(attributes) if attributes.exists() else b""
    pattern = _pattern(path.name).encode()
    if any(row.startswith(pattern + b" ") and b"merge" in row for row in text.splitlines()):
        return None
    line_end = b"\n" if text and not text.endswith(b"\n") else b""
    write(attributes, text + line_end + pattern + b" merge=union text eol=lf\n", f"chmod u+w {typed(path.parent)}")
    return attributes


def _pattern(name: str) -> str:
    """A file's name as a pattern of `.gitattributes`."""
    pattern = re.sub(r"^!|[\\*?\[]", r"\\\g<0>", name)
    if name[0] in '#"' or re.search(r"[\s\x00-\x1f]", name):
        pattern = '"' + re.sub(r'(["\\])', r"\\\1", pattern) + '"'
    return re.sub(r"[\x00-\x1f]", lambda found: f"\\{ord(found[0]):03o}", pattern)


# --- ledgers from elsewhere ---------------------------------------------------------------------------------------


def against(lock: Path, other: str) -> Ledger:
    """The ledger that a file (a lock or a package) or a git revision holds. Raises Refusal where there is none."""
    path = Path(other)
    what = disk.what(path)
    if what not in ("is a file", "does not exist"):
        raise Refusal(f"{shown(path)} {what}", _KINDS, 2)
    if what == "is a file":
        return _packed(path) if _is_zip(path) else _parsed(contents(path), shown(path))
    # What starts with a hyphen would be an option of git.
    asked = None if other.startswith("-") else disk.git(lock.parent, "cat-file", "blob", f"{other}:./{lock.name}")
    if asked is None or asked[0]:
        raise Refusal(
            f"{other} is no file, and no git revision that has {lock.name}",
            _KINDS,
            2,
        )
    return _parsed(asked[1], f"{other}:{lock.name}")


_KINDS = "name a lock, an .apkg, or a revision such as HEAD~1"


def recovered(package: Path) -> Ledger:
    """The ledger of a package. Raises Refusal for what is no package of ours."""
    what = disk.what(package)
    if what != "is a file":
        raise Refusal(f"{shown(package)} {what}", "name an .apkg that was built from these notes", 2)
    return _packed(package)


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"PK"
    except OSError as error:
        raise unreadable(path, error) from error


def _packed(path: Path) -> Ledger:
    try:
        with path.open("rb") as file:
            return anki.known(file)
    except OSError as error:
        raise unreadable(path, error) from error
    except anki.BrokenPackage as error:
        raise Refusal(f"{shown(path)}: {error.what}", error.remedy, 2) from error


def _parsed(data: bytes, name: str) -> Ledger:
    if len(data) > ledger.LARGEST:
        raise Refusal(f"{name} can't be read as a lock: {_TOO_LARGE}", "name a lock or an .apkg", 2)
    try:
        return ledger.read(data.decode("utf-8-sig"))[0]
    except UnicodeDecodeError as error:
        raise Refusal(f"{name} is no lock: it is no UTF-8", "name a lock or an .apkg", 2) from error
    except BrokenLedger as error:
        what = f"{name} can't be read as a lock, line {error.line}: {error.what}"
        raise Refusal(what, error.remedy or "name a lock or an .apkg", 2) from error


def forgotten(kept: Ledger, card: str, notes: Path) -> Ledger:
    """The ledger without a retired card, by its id or its name. Raises Refusal for one that is unknown or lives."""
    named = [line for line in kept.lines if card in (line.id, line.pin)]
    gone = [line for line in named if line.retired is not None]
    if not named:
        retired = [f"{line.id} ({shortened(line.question, 40)})" for line in kept.lines if line.retired is not None]
        more = f" and {len(retired) - 5} more" if len(retired) > 5 else ""
        hint = f"retired are {', '.join(retired[:5])}{more}" if retired else "no card is retired"
        raise Refusal(f"no card has the id {card!r}", hint, 2)
    if not gone:
        where = typed(notes / named[0].file)
        hint = f"take it out of {where} and build; then it is retired, and can be forgotten"
        raise Refusal(f"{shortened(named[0].question, 40)} is still in the notes", hint, 2)
    return replace(kept, lines=tuple(line for line in kept.lines if line not in gone))
