"""A notes folder on disk: finds and reads it, and writes what is made of it, whole or not at all."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from interview_helper import identity
from interview_helper.cards import cards as cards_of
from interview_helper.diagnostics import CODES, Diagnostic, Severity, ordered
from interview_helper.identity import Assignment, BrokenLedger, Ledger
from interview_helper.model import Build, Card, Deck, Document, Library, Media, Reference, Source, Span
from interview_helper.outputs.sheet import Layout, PangoMissing, pango
from interview_helper.parse import Parsed, fit_tag, parse, slug_of, words_of

CONFIG, LOCK = "deck.toml", "deck.lock"
_NO_NOTES = ("README", "CHANGELOG", "CONTRIBUTING", "LICENSE")
_NO_FOLDERS = ("node_modules",)
_PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_MAX_PICTURE = 50_000_000  # bytes


class Refusal(Exception):
    """The world does not let us: what happened in one sentence, what to type, and the exit code."""

    def __init__(self, message: str, hint: str = "", code: int = 3) -> None:
        super().__init__(message)
        self.message, self.hint, self.code = message, hint, code


@dataclass(frozen=True, slots=True)
class Config:
    """`deck.toml` as written: empty where it says nothing."""

    id: str = ""
    title: str = ""
    slug: str = ""
    author: str = ""
    language: str = "en"
    tags: tuple[str, ...] = ()
    math: bool = False
    exclude: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    layout: Layout = field(default_factory=Layout)


@dataclass(frozen=True, slots=True)
class Notes:
    """A notes folder as read: its sources in the order of their paths, its config, the lock's path and text.

    `selected` is the one file that a build is for, as a path in the folder; empty for the whole of it.
    """

    root: Path
    name: str
    config: Config
    sources: tuple[Source, ...]
    lock: Path
    lock_text: str | None
    selected: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """The notes as tree and cards, with everything that is wrong with them."""

    notes: Notes
    library: Library
    cards: tuple[Card, ...]
    ledger: Ledger
    deck: Deck
    diagnostics: tuple[Diagnostic, ...]

    @property
    def broken(self) -> bool:
        """Whether an error forbids to build."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did: the files it wrote or found as they should be, and who is who now."""

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    assignment: Assignment | None
    diagnostics: tuple[Diagnostic, ...]
    refusal: Refusal | None


# --- reading ----------------------------------------------------------------------------------------------------


def read(source: Path) -> Notes:
    """The notes at a path: a folder, or a lone file. Raises Refusal where there is nothing to read."""
    source = source.absolute()
    if source.is_dir():
        return _read_folder(source, "")
    if not source.is_file():
        raise Refusal(
            f"{_shown(source)} does not exist", "name a folder of Markdown notes, or make one: interview-helper init", 2
        )
    for folder in source.parents:
        if (folder / CONFIG).is_file() or (folder / LOCK).is_file():
            return _read_folder(folder, source.relative_to(folder).as_posix())
    diagnostics: list[Diagnostic] = []
    sources = _sources(source.parent, [source.name], diagnostics)
    lock = source.with_suffix(".lock")
    return Notes(
        source.parent, words_of(source.name), Config(), sources, lock, _lock_text(lock), "", tuple(diagnostics)
    )


def _read_folder(root: Path, selected: str) -> Notes:
    diagnostics: list[Diagnostic] = []
    config = _config(root, diagnostics)
    paths, left_out = _paths(root, config.exclude)
    if left_out:
        named = ", ".join(left_out[:4]) + (f" and {len(left_out) - 4} more" if len(left_out) > 4 else "")
        diagnostics.append(Diagnostic("C004", Span(left_out[0], 1, 1, 1, 1), f"left out: {named}"))
    sources = _sources(root, paths, diagnostics)
    lock = root / LOCK
    return Notes(
        root, words_of(root.resolve().name), config, sources, lock, _lock_text(lock), selected, tuple(diagnostics)
    )


def _paths(root: Path, exclude: Sequence[str]) -> tuple[list[str], list[str]]:
    """The notes below a folder, sorted, and what says by its name that it is none."""
    notes: list[str] = []
    left_out: list[str] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _NO_FOLDERS)
        for name in files:
            if not name.lower().endswith(".md") or name.startswith("."):
                continue
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
                continue
            excluded = any(fnmatch.fnmatch(relative, g) or PurePosixPath(relative).match(g) for g in exclude)
            (left_out if excluded or path.stem.upper() in _NO_NOTES else notes).append(relative)
    return sorted(notes), sorted(left_out)


def _sources(root: Path, paths: Iterable[str], diagnostics: list[Diagnostic]) -> tuple[Source, ...]:
    sources = []
    for path in paths:
        data = _bytes(root / path)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = data[: error.start]
            line = before.count(b"\n") + 1
            column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
            wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
            message = "this is UTF-16, not UTF-8" if wide else f"byte {data[error.start]:#04x} is no UTF-8"
            encoding = "UTF-16" if wide else "LATIN1"
            hint = f"iconv -f {encoding} -t UTF-8 {path} > new.md, or name the file in exclude"
            diagnostics.append(Diagnostic("C002", Span(path, line, column, line, column + 1), message, hint))
            continue
        sources.append(
            Source(path, text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}"))
        )
    return tuple(sources)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"{_shown(path)} can't be read: {error.strerror or error}") from error


def _lock_text(lock: Path) -> str | None:
    if not lock.exists():
        return None
    return _bytes(lock).decode("utf-8-sig", "replace").replace("\r\n", "\n")


_KEYS: dict[str, type] = {
    "id": str,
    "title": str,
    "slug": str,
    "author": str,
    "language": str,
    "tags": list,
    "math": bool,
    "exclude": list,
    "ignore": list,
    "sheet": dict,
}
_SHEET_KEYS: dict[str, tuple[type, ...]] = {
    "paper": (str,),
    "orientation": (str,),
    "columns": (int,),
    "size": (int, float),
    "contents": (bool,),
}


def _config(root: Path, diagnostics: list[Diagnostic]) -> Config:  # noqa: C901  # one branch a way to be wrong
    path = root / CONFIG
    if not path.is_file():
        return Config()
    text = _bytes(path).decode("utf-8", "replace")

    def wrong(key: str, message: str, hint: str) -> None:
        rows = text.split("\n")
        number = next((i for i, row in enumerate(rows, 1) if re.match(rf"\s*\[*\s*[\"']?{re.escape(key)}\b", row)), 1)
        row = rows[number - 1]
        column = row.find(key) + 1 or 1
        diagnostics.append(Diagnostic("C001", Span(CONFIG, number, column, number, len(row) + 1), message, hint))

    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)", str(error))
        line, column = (int(at[1]), int(at[2])) if at else (text.count("\n") + 1, len(text.split("\n")[-1]) + 1)
        words = re.sub(r" \(at .*\)", "", str(error))
        span = Span(CONFIG, line, column, line, column + 1)
        diagnostics.append(Diagnostic("C001", span, f"no valid TOML: {words}", "put texts in quotes, lists in [ ]"))
        return Config()
    good: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _KEYS:
            wrong(key, f"{key!r} is no key of deck.toml", f"use one of {', '.join(_KEYS)}")
        elif type(value) is not _KEYS[key] or (isinstance(value, list) and not all(isinstance(v, str) for v in value)):
            kind = {str: "a text in quotes", list: "a list of texts", bool: "true or false", dict: "a table"}[
                _KEYS[key]
            ]
            wrong(key, f"{key} must be {kind}", f"write {key} = {_EXAMPLES[_KEYS[key]]}")
        elif isinstance(value, dict):
            good["layout"] = _layout(value, wrong)
        else:
            good[key] = tuple(value) if isinstance(value, list) else value
    for code in good.get("ignore", ()):
        if code not in CODES:
            wrong("ignore", f"{code!r} is no code", "interview-helper explain names them all")
    if "slug" in good and good["slug"] != slug_of(good["slug"]):
        wrong(
            "slug",
            f"{good['slug']!r} can't name a file everywhere",
            f'write slug = "{slug_of(good["slug"]) or "notes"}"',
        )
    good["tags"] = tuple(filter(None, map(fit_tag, good.get("tags", ()))))
    return Config(**good)


_EXAMPLES = {str: '"…"', list: '["…"]', bool: "true", dict: "a [table]"}
_CHOICES = {"paper": ("A4", "Letter"), "orientation": ("portrait", "landscape"), "columns": (1, 2, 3, 4)}


def _layout(values: dict[str, Any], wrong: Any) -> Layout:
    good: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _SHEET_KEYS:
            wrong(key, f"{key!r} is no key of [sheet]", f"use one of {', '.join(_SHEET_KEYS)}")
        elif type(value) not in _SHEET_KEYS[key]:
            wrong(key, f"{key} can't be {value!r}", f"it is {' or '.join(t.__name__ for t in _SHEET_KEYS[key])}")
        elif key in _CHOICES and value not in _CHOICES[key]:
            wrong(key, f"{key} can't be {value!r}", f"use one of {', '.join(map(str, _CHOICES[key]))}")
        elif key == "size" and not 5 <= value <= 20:
            wrong(key, f"size can't be {value!r}", "write points from 5 to 20")
        else:
            good[key] = float(value) if key == "size" else value
    return Layout(**good)


# --- understanding ----------------------------------------------------------------------------------------------


def understood(notes: Notes) -> Understood:
    """The notes parsed, their pictures read, their lock read, and all diagnostics of all files in order."""
    parsed = [parse(source, maths=notes.config.math) for source in notes.sources]
    documents = tuple(p.document for p in parsed)
    diagnostics = [*notes.diagnostics, *(d for p in parsed for d in p.diagnostics), *_foreign(parsed)]
    media, problems = _media(notes.root, documents)
    library = Library(documents, media)
    cards, more = cards_of(library)
    diagnostics += [*problems, *more, *_broken_links(notes.root, documents)]
    ledger = Ledger()
    if notes.lock_text is not None:
        try:
            ledger, folded = identity.read(notes.lock_text)
            if folded:
                diagnostics.append(Diagnostic("I003", _whole(notes.lock.name), f"{folded} cards stood in it twice"))
        except BrokenLedger as error:
            span = Span(notes.lock.name, error.line, 1, error.line, 1)
            diagnostics.append(Diagnostic("I005", span, error.what, error.remedy))
        diagnostics += _unkept(notes.lock)
    if not cards and not any(d.severity is Severity.ERROR for d in diagnostics):
        message = "no notes here" if not notes.sources else "no heading has text below it"
        diagnostics.append(Diagnostic("C003", _whole("."), message, "write `## Question` and the answer below it"))
    ignored = set(notes.config.ignore)
    kept = (d for d in diagnostics if d.code not in ignored or d.severity is Severity.ERROR)
    return Understood(notes, library, cards, ledger, _deck(notes, documents, ledger), ordered(kept))


def _whole(path: str) -> Span:
    return Span(path, 1, 1, 1, 1)


def _foreign(parsed: Iterable[Parsed]) -> list[Diagnostic]:
    keys = [key for p in parsed for key in p.foreign_keys]
    if not keys:
        return []
    names = sorted({name for name, _ in keys})
    return [Diagnostic("M007", keys[0][1], f"front matter keys left alone: {', '.join(names)}")]


def _deck(notes: Notes, documents: tuple[Document, ...], ledger: Ledger) -> Deck:
    config = notes.config
    only = documents[0].topics if len(documents) == 1 else ()
    heading = only[0].title.text if len(only) == 1 and only[0].level == 1 else ""
    title = config.title or ledger.title or heading or notes.name
    slug = config.slug or ledger.slug or slug_of(title) or "notes"
    return Deck(config.id or ledger.id or f"slug:{slug}", title, slug, config.author, config.language)


def _broken_links(root: Path, documents: tuple[Document, ...]) -> Iterable[Diagnostic]:
    known = {document.source.path: document.anchors for document in documents}
    for document in documents:
        for link in document.links:
            if not link.target.startswith("note:"):
                continue
            path, _, anchor = link.target.removeprefix("note:").partition("#")
            if path not in known:
                inside = not path.startswith("../") and (root / path).exists()
                if not inside:
                    yield Diagnostic(
                        "L005",
                        link.span,
                        f"{link.written} is no file of these notes",
                        "mend the path, or take the link away",
                    )
            elif anchor and anchor not in known[path] and anchor.lower() not in known[path]:
                yield Diagnostic(
                    "L006",
                    link.span,
                    f"{path} has no heading #{anchor}",
                    f"one of its {len(known[path])} headings may have been renamed",
                )


def _media(root: Path, documents: tuple[Document, ...]) -> tuple[dict[str, Media], list[Diagnostic]]:
    media: dict[str, Media] = {}
    diagnostics: list[Diagnostic] = []
    by_name: dict[str, list[Path]] | None = None
    for document in documents:
        for image in document.images:
            if image.target in media:
                continue
            if image.target.startswith("**/"):
                if by_name is None:
                    by_name = _files_by_name(root)
                found = by_name.get(PurePosixPath(image.target).name, [])
                exact = [p for p in found if p.as_posix().endswith(image.target[2:])]
                path = next(iter(exact or found), root / image.target[3:])
            else:
                path = root / image.target
            made = _picture(root, path, image)
            if isinstance(made, Diagnostic):
                diagnostics.append(made)
            else:
                media[image.target] = made
    return media, diagnostics


def _files_by_name(root: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(files):
            found.setdefault(name, []).append(Path(folder, name))
    return found


def _picture(root: Path, path: Path, image: Reference) -> Media | Diagnostic:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", image.target):
        return Diagnostic("L002", image.span, f"{image.written} is not fetched", "put the picture beside the notes")
    try:
        real = path.resolve()
        inside = real.is_relative_to(root.resolve())
        exists = inside and real.is_file()
    except (OSError, ValueError, RuntimeError):
        inside, exists = True, False
    if not inside:
        return Diagnostic(
            "L003", image.span, f"{image.written} is outside the notes folder", "copy it into the notes folder"
        )
    if not exists:
        return Diagnostic(
            "L001", image.span, f"{image.written} does not exist", "mend the path, or put the picture there"
        )
    if real.stat().st_size > _MAX_PICTURE:
        return Diagnostic("L004", image.span, f"{image.written} is larger than 50 MB", "scale it down")
    data = _bytes(real)
    kind, width, height = _decoded(data)
    if not kind:
        return Diagnostic("L004", image.span, f"{image.written} is no PNG, JPEG, GIF, WebP or SVG", "convert it to PNG")
    stem = re.sub(r"[^a-z0-9]+", "-", real.stem.lower()).strip("-")[:40] or "picture"
    name = f"{stem}-{sha256(data).hexdigest()[:12]}.{_SUFFIXES[kind]}"
    return Media(name, kind, data, width, height)


_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/svg+xml": "svg"}


def _decoded(data: bytes) -> tuple[str, int | None, int | None]:
    """A picture's media type and size in px; an empty type where it can't be decoded."""
    from io import BytesIO
    from xml.parsers import expat

    if data.lstrip()[:1] == b"<" or data[:3] == b"\xef\xbb\xbf":
        root: list[str] = []
        parser = expat.ParserCreate(namespace_separator=" ")

        def refused(*_: object) -> None:
            raise ValueError("a document type")

        parser.StartElementHandler = lambda name, _: root.append(name) if not root else None
        parser.EntityDeclHandler = refused
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError):
            return "", None, None
        return ("image/svg+xml", None, None) if root and root[0].split()[-1] == "svg" else ("", None, None)
    from PIL import Image

    try:
        with Image.open(BytesIO(data)) as picture:
            picture.verify()
        return _PICTURES.get(picture.format or "", ""), *picture.size
    except Exception:  # noqa: BLE001  # Pillow's decoders raise whatever they like on damaged files
        return "", None, None


def _unkept(lock: Path) -> list[Diagnostic]:
    """A warning where the lock lies in a git work tree that ignores it."""
    if not shutil.which("git") or not any((folder / ".git").exists() for folder in lock.parents):
        return []
    asked = subprocess.run(  # noqa: S603
        ["git", "check-ignore", "--quiet", lock.name],  # noqa: S607
        cwd=lock.parent,
        capture_output=True,
        check=False,
        timeout=20,
    )
    if asked.returncode:
        return []
    return [Diagnostic("I004", _whole(lock.name), "git ignores the lock", f"git add --force {lock.name}")]


# --- building ---------------------------------------------------------------------------------------------------


def build(notes: Understood, output: Path, outputs: frozenset[str], now: int) -> Outcome:
    """Write the outputs that are asked for (`deck`, `sheet`). The lock comes first.

    An id that is recorded and never published does no harm; one that is published and never recorded loses a history.
    """
    written: list[Path] = []
    unchanged: list[Path] = []
    diagnostics: list[Diagnostic] = []
    refusal: Refusal | None = None
    ledger = notes.ledger if notes.ledger.id else replace(notes.ledger, id=notes.deck.id, slug=notes.deck.slug)
    assignment = identity.assign(notes.cards, ledger, now)
    if "deck" in outputs:
        from interview_helper.outputs import anki

        versions = tuple((t.name, t.mod) for t in (anki.CLOZE, anki.QUESTION))
        kept = identity.published(assignment.ledger, notes.deck, versions)
        assignment = replace(assignment, ledger=kept)
        text = identity.written(kept)
        if text != notes.notes.lock_text:
            write(notes.notes.lock, text.encode())
            _attributes(notes.notes.lock)
    made = Build(notes.deck, notes.library, assignment.cards, assignment.tombstones)
    if notes.notes.selected:
        made = _selected(made, notes.notes.selected)

    def put(suffix: str, data: bytes) -> None:
        path = output / f"{notes.deck.slug}.{suffix}"
        (written if write(path, data) else unchanged).append(path)

    if "deck" in outputs:
        put("apkg", anki.render(made))
    if "sheet" in outputs:
        from interview_helper.outputs import sheet

        try:
            rendered = sheet.render(made, notes.notes.config.layout)
        except PangoMissing as error:
            refusal = Refusal(f"the sheet needs Pango, which can't be loaded: {error}", pango.remedy())
        else:
            diagnostics += rendered.diagnostics
            put("pdf", rendered.pdf)
    ignored = set(notes.notes.config.ignore)
    kept_diagnostics = ordered(d for d in diagnostics if d.code not in ignored)
    return Outcome(tuple(written), tuple(unchanged), assignment, kept_diagnostics, refusal)


def _selected(made: Build, path: str) -> Build:
    documents = tuple(d for d in made.library.documents if d.source.path == path)
    cards = tuple(c for c in made.cards if c.card.span.path == path)
    return Build(made.deck, Library(documents, made.library.media), cards, ())


def _attributes(lock: Path) -> None:
    """Have git merge the lock line by line, where the notes lie in a work tree."""
    path = lock.parent / ".gitattributes"
    line = f"{lock.name} merge=union\n"
    if any((folder / ".git").exists() for folder in lock.parents):
        text = path.read_text() if path.exists() else ""
        if line not in text:
            write(path, (text + line).encode())


def write(path: Path, data: bytes) -> bool:
    """Put `data` at `path` at once, so that a crash leaves the old or the new file; False where it is so already."""
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            Path(temporary).chmod(mode)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Refusal(
            f"{_shown(path)} can't be written: {error.strerror or error}", "name another folder with -o"
        ) from error
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _shown(path: Path) -> str:
    return os.path.relpath(path)


def started(folder: Path, deck_id: str) -> tuple[Path, ...]:
    """Make a notes folder to start from. Raises Refusal where it holds notes already."""
    files = {
        folder / CONFIG: f'id = "{deck_id}"\ntitle = "{words_of(folder.resolve().name)}"\n',
        folder / "first-topic.md": _FIRST,
    }
    for path in files:
        if path.exists():
            raise Refusal(f"{_shown(path)} exists already", "name a new folder", 2)
    for path, text in files.items():
        write(path, text.encode())
    return tuple(files)


_FIRST = """# First topic

Two lines that one reads the night before: they stand on the sheet only.

## What is a heading in these notes?

A question. The text right below it is the answer.

## Which ==words== are marked?
<!-- card: cloze -->

A highlight is written with two ==equals signs== on either side.
"""
