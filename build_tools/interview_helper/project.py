"""A notes folder on disk: finds and reads it, plans what a build does to its cards, and writes what is made of it."""

from __future__ import annotations

import fnmatch
import json
import os
import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from unicodedata import normalize

from interview_helper import disk, identity, ledger, lock, pictures
from interview_helper.advice import advice
from interview_helper.cards import cards as cards_of
from interview_helper.config import CONFIG, LARGEST, TAKEN, WORDS, Also, Config, configured, unfit
from interview_helper.diagnostics import CODES, Diagnostic, Severity, ordered, shortened
from interview_helper.files import Refusal, contents, moved, own, shown, typed, unreadable, write
from interview_helper.identity import Assignment
from interview_helper.ledger import Ledger
from interview_helper.lock import Lock
from interview_helper.model import (
    Build,
    Cache,
    Card,
    Deck,
    Document,
    Kind,
    Library,
    Media,
    Only,
    Reference,
    Source,
    Span,
)
from interview_helper.outputs.sheet import Layout, Named, PangoMissing, installed, pango
from interview_helper.outputs.sheet.flashcards import FlashcardLayout
from interview_helper.parse import Parsed, parse, slug_of, words_of
from interview_helper.selection import FLASHCARDS, Selection

if TYPE_CHECKING:
    from interview_helper.examples import Cache, Verified
    from interview_helper.outputs.anki import Shipped
    from interview_helper.spelling import Vocabulary

_NO_NOTES = ("README", "CHANGELOG", "CONTRIBUTING", "LICENSE")
_NOTE = r"(?!\.).*\.[mM][dD]"
_HIDDEN = r"\..*"
_NO_NOTES_IN = rf"{_HIDDEN}|node_modules"
_MAX_PICTURE = 50_000_000  # bytes
_EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Notes:
    """A notes folder as read: its sources in the order of their paths, its config, its lock.

    `selected` is the one file that a build is for, as a path in the folder; empty for the whole of it.
    """

    root: Path
    name: str
    config: Config
    sources: tuple[Source, ...]
    lock: Lock
    selected: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """The notes as tree and cards, with everything that is wrong with them."""

    notes: Notes
    library: Library
    cards: tuple[Card, ...]
    deck: Deck
    diagnostics: tuple[Diagnostic, ...]

    @property
    def documents(self) -> tuple[Document, ...]:
        """The notes that a build is for."""
        return tuple(d for d in self.library.documents if self.notes.selected in ("", d.source.path))

    @property
    def texts(self) -> dict[str, str]:
        """What was read of the notes and `deck.toml`, by path."""
        texts = {document.source.path: document.source.text for document in self.library.documents}
        return texts | {CONFIG: self.notes.config.text} if self.notes.config.text else texts

    @property
    def ledger(self) -> Ledger:
        """The ledger under the deck's id and slug as they are now."""
        kept = self.notes.lock.ledger
        return replace(kept, id=kept.id or self.deck.id, slug=self.deck.slug)

    @property
    def broken(self) -> bool:
        """Whether an error forbids to build."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the next build does to the cards, the text of the lock that it writes, and what is to be said of it."""

    assignment: Assignment
    lock: str
    diagnostics: tuple[Diagnostic, ...]

    @property
    def broken(self) -> bool:
        """Whether an error forbids to build."""
        return any(d.severity is Severity.ERROR for d in self.diagnostics)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did: its files, those of them that it wrote because they were not so already, and what to say."""

    files: tuple[Path, ...]
    written: tuple[Path, ...]
    diagnostics: tuple[Diagnostic, ...]
    refusal: Refusal | None


# --- reading ----------------------------------------------------------------------------------------------------


def lock_of(source: Path) -> Path:
    """Where the lock of the notes at a path is or will be. Says nothing of whether there are notes."""
    source = source.absolute()
    if not source.is_file():
        return source / lock.NAME
    folder = _deck_over(source)
    return folder / lock.NAME if folder else lock.of_file(source)


def read(source: Path) -> Notes:
    """The notes at a path: a folder, or a lone file. Raises Refusal where there is nothing to read."""
    source = source.absolute()
    try:
        return _read(_on_disk(source.parent, source.name) if source.name else source)
    except OSError as error:  # a folder that may be listed and not entered, and the like
        raise unreadable(source, error) from error


def _read(source: Path) -> Notes:
    if disk.is_folder(source):
        _not_a_part(source)
        return _read_folder(source, "")
    if not disk.is_file(source):
        hint = "name a folder of Markdown notes, or make one: interview-helper init"
        raise Refusal(f"{shown(source)} {disk.what(source)}", hint, 2)
    if folder := _deck_over(source):
        return _read_folder(folder, source.relative_to(folder).as_posix())
    if source.suffix.lower() != ".md":
        raise Refusal(f"{shown(source)} is no Markdown note", "name a folder of notes, or one file that ends in .md", 2)
    diagnostics: list[Diagnostic] = []
    _not_too_large(source.parent, [source.name], Config().max_size)
    name = normalize("NFC", source.name)
    sources = _sources(source.parent, {name: source.name}, diagnostics)
    kept = lock.read(_on_disk(source.parent, lock.of_file(source).name))
    return Notes(source.parent, words_of(name), Config(), sources, kept, "", tuple(diagnostics))


def _not_a_part(folder: Path) -> None:
    """Refuse to make a new deck, unseen, of a part of one."""
    whole = None if _is_deck(folder) else _deck_over(folder)
    if whole is None:
        return
    part = f"{normalize('NFC', folder.relative_to(whole).as_posix())}/"
    if any(line.file.startswith(part) for line in lock.read(whole / lock.NAME).ledger.lines):
        raise Refusal(
            f"{shown(folder)} is a part of the deck in {shown(whole)}",
            f"interview-helper build {typed(whole)}; for a deck of its own, interview-helper init {typed(folder)}",
            2,
        )


def _deck_over(source: Path) -> Path | None:
    """The folder of the deck that a path lies in."""
    return next((folder for folder in source.parents if _is_deck(folder)), None)


def _is_deck(folder: Path) -> bool:
    return disk.is_file(folder / CONFIG) or disk.is_file(folder / lock.NAME)


def _read_folder(root: Path, selected: str) -> Notes:
    diagnostics: list[Diagnostic] = []
    config, problems = _config(root)
    diagnostics += problems
    paths, left_out = _paths(root, config.exclude)
    if left_out:
        named = ", ".join(f"{name} ({why})" if why else name for name, why in list(left_out.items())[:4])
        more = f" and {len(left_out) - 4} more" if len(left_out) > 4 else ""
        diagnostics.append(Diagnostic("C004", _whole(next(iter(left_out))), f"left out: {named}{more}"))
    diagnostics += _clashes(paths)
    if selected:
        selected = next((name for name, path in paths.items() if path == selected), selected)
    if selected and selected not in paths:
        raise Refusal(
            f"{shown(root / selected)} is no note of the deck in {shown(root)}",
            f"name one that is, or all of them: interview-helper build {typed(root)}",
            2,
        )
    _not_too_large(root, paths.values(), config.max_size)
    sources = _sources(root, paths, diagnostics)
    kept = lock.read(root / lock.NAME)
    return Notes(
        root, words_of(normalize("NFC", _real(root).name)), config, sources, kept, selected, tuple(diagnostics)
    )


def _config(root: Path) -> tuple[Config, tuple[Diagnostic, ...]]:
    path = root / CONFIG
    if not disk.is_named(path):
        return Config(), ()
    own(path)
    if disk.is_file(path) and disk.size(path) > LARGEST:
        message, hint = f"it is larger than {LARGEST // 1000} kB", "leave only the keys that the README names"
        return Config(), (Diagnostic("C001", _whole(CONFIG), message, hint),)
    return configured(contents(path))


def _paths(root: Path, exclude: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The paths of the notes below a folder by their names, and why what else has such a name is none; both in order.

    A name is in NFC, so that it is the same on every machine; only where two files share it, one is as on the disk.
    """
    unwanted = [normalize("NFC", glob) for glob in exclude]
    notes: dict[str, str] = {}
    left_out: dict[str, str] = {}
    files, links, folders = disk.below(root, _NOTE, _NO_NOTES_IN)
    ours, taken = _real(root), set(files)
    for relative in (*files, *links):
        name = normalize("NFC", relative)
        path = PurePosixPath(name)
        if any(fnmatch.fnmatch(name, glob) or path.match(glob) for glob in unwanted) or path.stem.upper() in _NO_NOTES:
            left_out[name] = ""
        elif why := "" if relative in taken else _no_note(root / relative, ours, notes):
            left_out[name] = why
        else:
            notes[relative if name in notes or (name != relative and name in taken) else name] = relative
    for relative in folders:
        if not _real(root / relative).is_relative_to(ours):
            left_out[relative] = _OUTSIDE
    return dict(sorted(notes.items())), dict(sorted(left_out.items()))


def _no_note(path: Path, root: Path, notes: dict[str, str]) -> str:
    """Why a link or the like is no note; empty for a link to a file in the notes folder that is none by itself."""
    if not disk.is_file(path):
        return disk.what(path).removeprefix("is ")
    real = _real(path)
    if not real.is_relative_to(root):
        return _OUTSIDE
    target = real.relative_to(root).as_posix()
    return f"a link to {target}" if target in notes.values() else ""


_OUTSIDE = "a link that leads out of the notes folder"


def _clashes(paths: Iterable[str]) -> Iterable[Diagnostic]:
    """A warning for each note whose name is another's where neither case nor Unicode's forms count."""
    known: dict[str, str] = {}
    for path in paths:
        first = known.setdefault(normalize("NFC", path).casefold(), path)
        if first != path:
            forms = normalize("NFC", first) == normalize("NFC", path)
            what = "the Unicode form (NFC, NFD) of its letters" if forms else "case"
            message = f"only {what} tells this name from {first!r}: macOS and Windows may hold one of the two files"
            yield Diagnostic("C005", _whole(path), message, "rename one of the two")


def _not_too_large(root: Path, paths: Iterable[str], most: int) -> None:
    """Refuse notes of more than so many megabytes in all, before any is read."""
    size = disk.sizes(root, paths)
    if size > most * 1_000_000:
        megabytes = -(-size // 1_000_000)
        remedy = f"write max_size = {megabytes} in {CONFIG}, or name in exclude there what is no note"
        raise Refusal(f"the notes in {shown(root)} have {megabytes} MB, and no more than {most} are read", remedy, 1)


def _real(path: Path) -> Path:
    return Path(disk.real(path))


def _sources(root: Path, paths: dict[str, str], diagnostics: list[Diagnostic]) -> tuple[Source, ...]:
    """What is read of notes, whose paths are given by their names."""
    sources = []
    for path, relative in paths.items():
        named = path.encode("utf-8", "replace").decode()
        if named != path:
            hint = "rename the file, or name it in exclude"
            diagnostics.append(Diagnostic("C002", Span(named, 1, 1, 1, 1), "the file's name is no UTF-8", hint))
            continue
        data = contents(root / relative)
        wide = _wide(data)
        try:
            text = "" if wide else data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            # Not `data`: the place is counted behind a byte order mark.
            before = error.object[: error.start].decode().replace("\r\n", "\n").replace("\r", "\n")
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            byte = error.object[error.start]
            # Windows has letters where Latin-1 has none.
            hint = _converted(root / relative, "CP1252" if byte < 0xA0 else "LATIN1")
            message = f"byte {byte:#04x} is no UTF-8"
            diagnostics.append(Diagnostic("C002", Span(path, line, column, line, column + 1), message, hint))
            continue
        if wide:
            message = f"this is {wide}, not UTF-8"
            diagnostics.append(Diagnostic("C002", _whole(path), message, _converted(root / relative, wide)))
            continue
        sources.append(
            Source(path, text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}"))
        )
    return tuple(sources)


def _wide(data: bytes) -> str:
    """The encoding of a text whose characters have two bytes or four each; empty for any other."""
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "UTF-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16"
    # Without a mark in front: letters of Latin, and the spaces and line ends of any script, have their NUL on one side.
    first, second = data[::2].count(0), data[1::2].count(0)
    if len(data) % 2 or not first + second or min(first, second):
        return ""
    if first + second < len(data) / 4 and _is_utf_8(data):
        return ""
    return "UTF-16BE" if first else "UTF-16LE"


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _converted(path: Path, encoding: str) -> str:
    """What to type to have a file in UTF-8."""
    new = path.with_name(f"{path.name}.utf8")
    command = f"iconv -f {encoding} -t UTF-8 {typed(path)} > {typed(new)} && mv {typed(new)} {typed(path)}"
    return f"{command}; or name the file in exclude"


# --- understanding ----------------------------------------------------------------------------------------------


def understood(notes: Notes, parsed_as: Callable[..., Parsed] = parse) -> Understood:
    """The notes parsed, their pictures read, their lock read, and all diagnostics of all files in order.

    `parsed_as` is `parse`, or has the answers of `parse` already.
    """
    config = notes.config
    parsed = [parsed_as(source, maths=config.math, tags=config.tags) for source in notes.sources]
    documents = tuple(p.document for p in parsed)
    diagnostics = [*notes.diagnostics, *(d for p in parsed for d in p.diagnostics), *_foreign(parsed)]
    media, problems = _media(notes.root, documents)
    library = Library(documents, media)
    cards, more = cards_of(library)
    diagnostics += [*problems, *more, *_broken_links(notes.root, documents), *advice(cards, media)]
    diagnostics += _of_lock(notes)
    deck = _deck(notes, documents, notes.lock.ledger)
    if not cards and not any(d.severity is Severity.ERROR for d in diagnostics):
        message = "no notes here" if not notes.sources else "no heading has text below it"
        diagnostics.append(Diagnostic("C003", _whole("."), message, "write `## Question` and the answer below it"))
    if not any(d.severity is Severity.ERROR for d in diagnostics):
        diagnostics += [*unfit(config, documents), *_lost_fonts(notes)]
    diagnostics += _unused(notes, documents, diagnostics, frozenset(CODES) - _TOLD_ELSEWHERE)
    return Understood(notes, library, cards, deck, _told(notes, documents, diagnostics))


def _told(notes: Notes, documents: Iterable[Document], diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics that neither `deck.toml` nor a comment silences, in order."""
    codes = set(notes.config.ignore)
    here = {document.source.path: document.ignored for document in documents if document.ignored}
    return ordered(
        d
        for d in diagnostics
        if (d.code not in codes or d.severity is Severity.ERROR)
        and not any(each.silences(d.code, d.span) for each in here.get(d.span.path, ()))
    )


def _unused(
    notes: Notes, documents: Sequence[Document], diagnostics: Iterable[Diagnostic], looked_for: Container[str]
) -> list[Diagnostic]:
    """A hint for each comment that silences a code which was looked for and is not there."""
    found: dict[str, list[Diagnostic]] = {document.source.path: [] for document in documents if document.ignored}
    for d in diagnostics if found else ():
        found.get(d.span.path, []).append(d)
    return [
        Diagnostic("M009", each.span, f"{each.code} would not be told here", f"take {each.code} out")
        for document in documents
        for each in document.ignored
        if each.code in looked_for
        and each.code not in notes.config.ignore
        and not any(each.silences(d.code, d.span) for d in found[document.source.path])
    ]


_ADVICE = frozenset(code for code in CODES if code[0] == "S") - {"S001"}
# By advice, by the spell checker, what a build does, what it finds on paper, how examples run; those may fail on one Python and pass on another.
_TOLD_ELSEWHERE = (
    _ADVICE | {code for code in CODES if code[0] in "EPW"} | {"L007", "I006", "I007", "I008", "I009", "M009"}
)
_READ_OF_EXAMPLES = ("E010", "E011")  # without running them


def _of_lock(notes: Notes) -> tuple[Diagnostic, ...]:
    """What depends on the lock, and so is another after a build that writes it."""
    return (*notes.lock.diagnostics, *_renamed(notes))


def _renamed(notes: Notes) -> Iterable[Diagnostic]:
    """A warning where `deck.toml` gives the deck another title than it was published under."""
    old, new = notes.lock.ledger.title, notes.config.title
    if old and new and old != new:
        message = f"the deck was {old!r} and is {new!r}: an import puts new cards there and leaves the old ones"
        remedy = f"before you import, rename the deck {old!r} in Anki to {new!r}"
        yield Diagnostic("I010", notes.config.place("title"), message, remedy)


def _lost_fonts(notes: Notes) -> Iterable[Diagnostic]:
    """An error for each font file that `deck.toml` names and the notes folder lacks, or that is none for its size."""
    config = notes.config
    for layout in dict.fromkeys((config.layout, *(also.layout for also in config.also))):
        place = _place_of_fonts(config, layout)
        for font in layout.fonts:
            if font.lower().endswith(_FONT_FILES):
                path = _inside(notes.root, font)
                remedy = "put it there, or write the name of a family of fonts"
                if path is None:
                    yield Diagnostic("C001", place, f"the notes folder has no font file {font!r}", remedy)
                elif disk.size(path) > _MAX_FONT:
                    yield Diagnostic("C001", place, f"the font file {font!r} is larger than 100 MB", remedy)


def _place_of_fonts(config: Config, layout: Layout) -> Span:
    """Where the fonts of a layout are named: at a table of its own, or at that from which it has them."""
    if layout.fonts != config.layout.fonts:
        for number, also in enumerate(config.also):
            if also.layout.fonts == layout.fonts:
                return config.place("sheet", "also", number, "fonts")
    return config.place("sheet", "fonts")


def _fonts(notes: Notes, layout: Layout) -> tuple[Named, ...]:
    """The fonts of a layout, the files of them with their contents."""
    place = _place_of_fonts(notes.config, layout)
    paths = {font: _inside(notes.root, font) for font in layout.fonts if font.lower().endswith(_FONT_FILES)}
    read = {font: partial(contents, path) for font, path in paths.items() if path}
    return tuple(Named(font, place, read.get(font)) for font in layout.fonts)


def _inside(root: Path, name: str) -> Path | None:
    """The file of this name in the notes folder, None where there is none."""
    if _ADDRESS.match(name):
        return None
    try:
        path = _real(_on_disk(root, name))
        return path if path.is_relative_to(_real(root)) and disk.is_file(path) else None
    except (OSError, ValueError, RuntimeError):
        return None


# What Windows takes for a folder of another machine: merely to look whether it is there would send a password.
_SHARE = re.compile(r"[/\\]{2}")
_ADDRESS = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:|{_SHARE.pattern}")
_FONT_FILES = (".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2")
_MAX_FONT = 100_000_000  # bytes


def _whole(path: str) -> Span:
    return Span(path, 1, 1, 1, 1)


def _foreign(parsed: Iterable[Parsed]) -> list[Diagnostic]:
    keys = [key for p in parsed for key in p.foreign_keys]
    if not keys:
        return []
    names = sorted({name for name, _ in keys})
    return [Diagnostic("M007", keys[0][1], f"front matter keys left alone: {', '.join(names)}")]


def _deck(notes: Notes, documents: tuple[Document, ...], kept: Ledger) -> Deck:
    config = notes.config
    only = documents[0].topics if len(documents) == 1 else ()
    heading = only[0].title.text if len(only) == 1 and only[0].level == 1 else ""
    title = config.title or kept.title or heading or notes.name
    if title.casefold() == TAKEN:
        title = f"{title} notes"
    slug = config.slug or kept.slug or slug_of(title) or "notes"
    return Deck(config.id or kept.id or f"slug:{slug}", title, slug, config.author, config.language)


def _broken_links(root: Path, documents: tuple[Document, ...]) -> Iterable[Diagnostic]:
    known = {document.source.path: document.anchors for document in documents}
    for document in documents:
        for link in document.links:
            if not link.target.startswith("note:"):
                continue
            path, anchor = link.target.removeprefix("note:"), ""
            if path not in known:
                path, _, anchor = path.partition("#")
            if path not in known:
                inside = not path.startswith("../") and not _ADDRESS.match(path)
                if not (inside and disk.exists(_on_disk(root, path))):
                    hint = (_otherwise(root, path) if inside else "") or "mend the path, or take the link away"
                    yield Diagnostic("L005", link.span, f"{link.written} is no file of these notes", hint)
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
    by_name = _files_by_name(root, documents)
    for document in documents:
        for image in document.images:
            if image.target in media:
                continue
            # Of a name alone, Obsidian's, a colon is a part.
            if (_SHARE if image.target.startswith("**/") else _ADDRESS).match(image.target.removeprefix("**/")):
                hint = "put the picture beside the notes"
                diagnostics.append(Diagnostic("L002", image.span, f"{image.written} is not fetched", hint))
                continue
            name = _closest(image.target[3:], by_name) if image.target.startswith("**/") else image.target
            made = _picture(root, name, image)
            if isinstance(made, Diagnostic):
                diagnostics.append(made)
            else:
                media[image.target] = made
                if made.without:
                    diagnostics.append(_cleaned(image, made.without))
    return media, diagnostics


def _cleaned(image: Reference, without: tuple[str, ...]) -> Diagnostic:
    named = ", ".join(without[:4]) + (f" and {len(without) - 4} more" if len(without) > 4 else "")
    message = f"{image.written} is shown without {named}"
    return Diagnostic("L008", image.span, message, "take it out of the file, or export it as PNG")


def _files_by_name(root: Path, documents: tuple[Document, ...]) -> dict[str, list[str]]:
    """The paths of files that pictures are named by alone, wherever they lie, by their names without case."""
    targets = (image.target for document in documents for image in document.images)
    wanted = {PurePosixPath(normalize("NFC", target)).name for target in targets if target.startswith("**/")}
    found: dict[str, list[str]] = {}
    if wanted:
        files, links, _ = disk.below(root, f"(?i){'|'.join(map(re.escape, sorted(wanted)))}", _HIDDEN)
        for path in (*files, *links):
            found.setdefault(normalize("NFC", PurePosixPath(path).name).casefold(), []).append(path)
    return found


def _closest(wanted: str, by_name: dict[str, list[str]]) -> str:
    """The path of the file that a name or the end of a path means: as it is written, else in another case."""
    wanted = normalize("NFC", wanted)
    found = by_name.get(PurePosixPath(wanted).name.casefold(), [])

    def apart(path: str) -> tuple[bool, bool, bool]:
        spelt = f"/{normalize('NFC', path)}"
        whole, in_another_case = spelt.endswith(f"/{wanted}"), spelt.casefold().endswith(f"/{wanted.casefold()}")
        return not whole, not in_another_case, PurePosixPath(spelt).name != PurePosixPath(wanted).name

    return min(found, key=apart, default=wanted)


def _on_disk(root: Path, name: str) -> Path:
    """The path of a file below `root`, with its letters as the disk has them: macOS takes an umlaut apart, zip carries it on."""
    if disk.is_named(root / name):
        return root / name
    path = root
    for part in PurePosixPath(name).parts:
        forms = dict.fromkeys((part, normalize("NFC", part), normalize("NFD", part)))
        path /= next((each for each in forms if disk.is_named(path / each)), part)
    return path


def _otherwise(root: Path, name: str) -> str:
    """A hint on the file below `root` that has this name but for its capitals; empty where there is none."""
    path, ours = root, _real(root)
    for part in PurePosixPath(name).parts:
        spelt = "|".join(re.escape(normalize(form, part)) for form in ("NFC", "NFD"))
        inside = part != ".." and _real(path).is_relative_to(ours)
        names = disk.names(path, f"(?i){spelt}") if inside else []
        if not names:
            return ""
        path /= part if part in names else names[0]
    return f"write {path.relative_to(root).as_posix()}: capitals count"


def _picture(root: Path, name: str, image: Reference) -> Media | Diagnostic:
    path = _on_disk(root, name)
    try:
        real = _real(path)
        inside = real.is_relative_to(_real(root))
        exists = inside and disk.is_file(real)
    except (OSError, ValueError):
        inside, exists = True, False
    if not inside:
        return Diagnostic(
            "L003", image.span, f"{image.written} is outside the notes folder", "copy it into the notes folder"
        )
    if not exists:
        what = disk.what(path)
        absent = what in ("does not exist", "is a file")
        return Diagnostic(
            "L001",
            image.span,
            f"{image.written} {'does not exist' if absent else what}",
            (absent and _otherwise(root, name)) or "mend the path, or put the picture there",
        )
    if disk.size(real) > _MAX_PICTURE:
        return Diagnostic("L004", image.span, f"{image.written} is larger than 50 MB", "scale it down")
    data = contents(real)
    try:
        return pictures.known(real.stem, data)
    except pictures.Unfit as error:
        return Diagnostic("L004", image.span, f"{image.written} {error.message}", error.hint)


# --- advising ---------------------------------------------------------------------------------------------------


def checked(notes: Understood) -> Understood:
    """The notes with all that `check` says of them."""
    return spelled(advised(notes))


def advised(notes: Understood) -> Understood:
    """The notes with hints on how their cards ask and answer. It takes a while: only `check` and `preview` say them."""
    from interview_helper.likeness import twice
    from interview_helper.wording import is_english, wording

    config = notes.notes.config
    found = [*wording(notes.cards, notes.library, config.limits, config.language)]
    if not {"S019", "S020"} <= set(config.ignore):
        found += twice(notes.cards, config.limits.likeness)
    # What depends on the words of a language is not looked for in others than English.
    looked_for = _ADVICE if is_english(config.language) else ()
    documents = notes.library.documents
    found += _unused(notes.notes, documents, found, looked_for)
    return replace(notes, diagnostics=_told(notes.notes, documents, (*notes.diagnostics, *found)))


# --- spelling ---------------------------------------------------------------------------------------------------


def spelled(notes: Understood) -> Understood:
    """The notes with their unknown words, where `deck.toml` asks for them. It takes a while, as `advised` does."""
    asked = notes.notes.config.spelling
    if asked is None:
        return notes
    from interview_helper import spelling

    file = asked.dictionary
    looked_for: tuple[str, ...] = ()
    own, found = _own_words(notes.notes, file)
    language = asked.language or notes.notes.config.language
    try:
        words = spelling.dictionary(language, notes.notes.root)
    except spelling.Unavailable as reason:
        place = notes.notes.config.place("spelling", *(["language"] if asked.language else []))
        found.append(Diagnostic("W002", place, reason.message, reason.hint))
    else:
        looked_for = ("W001",)
        found += spelling.misspelt(notes.library.documents, words, own, file=file, maths=notes.notes.config.math)
    documents = notes.library.documents
    unused = _unused(notes.notes, documents, found, looked_for)
    # Folded last: the first place of a word may be one where nothing is told.
    told = spelling.folded(_told(notes.notes, documents, (*found, *unused)))
    return replace(notes, diagnostics=ordered((*notes.diagnostics, *told)))


def _own_words(notes: Notes, name: str) -> tuple[Vocabulary, list[Diagnostic]]:
    """The words of the deck's own, and what is wrong with their file; none where there is no file."""
    from interview_helper.spelling import Vocabulary, vocabulary

    path = _inside(notes.root, name)
    if path is None:
        place = notes.config.place("spelling", "dictionary")
        problem = Diagnostic("W002", place, f"the notes folder has no file {name!r}", "put it there, a word a line")
        return Vocabulary(), [] if name == WORDS and not disk.is_named(notes.root / name) else [problem]
    try:
        text = contents(path).decode("utf-8-sig")
    except Refusal as refusal:
        return Vocabulary(), [Diagnostic("W002", _whole(name), refusal.message, refusal.hint)]
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"byte {error.object[error.start]:#04x} is no UTF-8"
        span = Span(name, line, column, line, column + 1)
        return Vocabulary(), [Diagnostic("W002", span, message, f"save {name} as UTF-8")]
    own, found = vocabulary(name, text.replace("\r\n", "\n").replace("\r", "\n"))
    return own, list(found)


# --- verifying --------------------------------------------------------------------------------------------------


def verified(
    notes: Understood,
    pythons: Sequence[str],
    told: Callable[[int, int], None] | None = None,
    cache: Cache | None = None,
) -> Verified:
    """What is wrong with the examples of the notes on each Python, by version or path; the running one if none is named.

    It runs their code. `told` hears how many are done, and of how many. Raises Refusal where there is no such Python.
    """
    from interview_helper import examples  # doctest takes a tenth of a second, and no other verb needs it

    found = {each.path: each for each in map(examples.interpreter, pythons or [""])}
    made = examples.verified(notes.documents, tuple(found.values()), cache=cache, told=told)
    unused = _unused(notes.notes, notes.documents, made.diagnostics, _READ_OF_EXAMPLES)
    return replace(made, diagnostics=_told(notes.notes, notes.documents, (*made.diagnostics, *unused)))


# --- planning ---------------------------------------------------------------------------------------------------


def planned(notes: Understood, now: int, before: Ledger | None = None) -> Plan:
    """What a build at a second since 1970 does to the cards as the lock has them, or as they were `before`."""
    from interview_helper.outputs import anki

    kept = notes.ledger if before is None else replace(before, id=notes.ledger.id, slug=notes.deck.slug)
    assignment = identity.assign(notes.cards, kept, now)
    after = ledger.published(assignment.ledger, notes.deck, anki.versions())
    told = _told(notes.notes, notes.library.documents, _decisions(assignment))
    return Plan(replace(assignment, ledger=after), ledger.written(after), told)


def settled(notes: Understood, plan: Plan, source: Path) -> tuple[Understood, Plan] | None:
    """Notes and plan as the next build finds them, now that the lock is as planned, if nobody changes anything.

    None where something has changed meanwhile, or the next build would not make the same of them. Raises Refusal.
    """
    now = read(source)
    if replace(now, lock=notes.notes.lock) != notes.notes:
        return None
    before = set(_of_lock(notes.notes))
    other = [found for found in notes.diagnostics if found not in before]
    deck = _deck(now, notes.library.documents, now.lock.ledger)
    after = replace(
        notes, notes=now, deck=deck, diagnostics=_told(now, notes.library.documents, (*other, *_of_lock(now)))
    )
    again = planned(after, 0)
    made, kept = again.assignment, plan.assignment
    same = (made.cards, made.tombstones, again.lock, deck) == (kept.cards, kept.tombstones, now.lock.text, notes.deck)
    return (after, again) if same else None


def _decisions(assignment: Assignment) -> Iterable[Diagnostic]:
    """What was decided by evidence, by a published kind or by an id, with the line that overrules it."""
    spans = {each.id: each.card.span for each in assignment.cards}
    for change in assignment.changes:
        if change.guessed and change.old and change.new:
            yield Diagnostic(
                "I006",
                spans[change.id],
                f"taken as {shortened(change.old.question)} reworded: it keeps its reviews",
                f"if it is another card, write <!-- id: {change.other} --> below the heading",
            )
    for doubt in assignment.doubts:
        yield Diagnostic(
            "I007",
            spans[doubt.new.id],
            f"taken as a new card, and {shortened(doubt.old.question)} as gone",
            f"if it is the same card reworded, write <!-- id: {doubt.old.id} --> below the heading",
        )
    for turned in assignment.turned:
        now = "a cloze card now" if turned.new.kind is Kind.CLOZE else "no cloze card any more"
        yield Diagnostic(
            "I008",
            spans[turned.new.id],
            f"{shortened(turned.new.question)} is {now}",
            "in Anki it is a new card, and the old one is retired; take the change back to keep its reviews",
        )
    for card in assignment.kept:
        yield Diagnostic(
            "I009",
            card.span,
            f"{shortened(card.heading.text)} was published as a cloze card and stays one",
            "write <!-- card: cloze --> to say so, or <!-- card: basic --> to start a new card",
        )
    for first, second in assignment.clashes:
        pin = second.pin or first.pin
        where = f"{first.span.path}:{first.span.line}"
        yield Diagnostic(
            "I002",
            pin.span if pin else second.span,
            f"the id names the card at {where} as well",
            "change one of the two <!-- id: … -->",
        )


# --- building ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed into one file: the stem of its name, what stands on it, and how it is laid out."""

    name: str
    build: Build
    layout: Layout | FlashcardLayout


def papers(
    notes: Understood, made: Build, outputs: frozenset[str], selection: Selection = _EVERYTHING
) -> tuple[Paper, ...]:
    """The sheet of what was made and those of `[[sheet.also]]`, or the one sheet of a selection; and the flashcards.

    That one is a sheet of `[[sheet.also]]` where it is of the same selection. A selection without a card has no
    flashcards.
    """
    sheets = _sheets(notes, made, selection) if "sheet" in outputs else ()
    return (*sheets, *(_flashcards(notes, made, selection) if "flashcards" in outputs else ()))


def _flashcards(notes: Understood, made: Build, selection: Selection) -> Iterable[Paper]:
    chosen, name = selection.build(made), f"{_name(notes)}-{FLASHCARDS}"
    if not chosen.cards:
        return
    if selection != _EVERYTHING:
        name = f"{name}-{selection.name(made.library.documents, Only.SHEET)}"
        chosen = _titled(chosen, made.deck, selection)
    yield Paper(name, chosen, notes.notes.config.flashcards)


def _sheets(notes: Understood, made: Build, selection: Selection) -> tuple[Paper, ...]:
    config, name = notes.notes.config, _name(notes)
    if selection != _EVERYTHING:
        same = (each for each in config.also if each.selection.same(selection))
        return (_also(name, made, next(same, Also(selection=selection, layout=config.layout))),)
    # The others are of the whole deck, and a single file of it may have none of what they choose.
    others = () if notes.notes.selected else config.also
    return (Paper(name, made, config.layout), *(_also(name, made, each) for each in others))


def _also(name: str, made: Build, also: Also) -> Paper:
    chosen = _titled(also.selection.build(made), made.deck, also.selection, also.title)
    own = also.name or also.selection.name(made.library.documents)
    return Paper(f"{name}-{own}", chosen, also.layout)


def _titled(chosen: Build, deck: Deck, selection: Selection, title: str = "") -> Build:
    """What is chosen of a deck, under a title or its own with the tag."""
    own = deck.title if selection.tag is None else f"{deck.title} · {selection.tag}"
    return replace(chosen, deck=replace(deck, title=title or own))


def _name(notes: Understood) -> str:
    """The stem of the names of what is built: that of a file of the deck is its own."""
    selected = notes.notes.selected
    return f"{notes.deck.slug}-{slug_of(Path(selected).stem) or 'part'}" if selected else notes.deck.slug


def _file(stem: str, suffix: str) -> str:
    """The name of an output as every system takes it: none that Windows keeps for devices, and none too long."""
    if _DEVICE.fullmatch(stem):
        stem = f"{stem}-notes"
    if len(stem.encode()) > _LONGEST:
        # Two long names may begin alike.
        end = f"-{sha256(stem.encode()).hexdigest()[:8]}"
        stem = stem.encode()[: _LONGEST - len(end)].decode(errors="ignore").rstrip("-") + end
    return f"{stem}{suffix}"


_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]", re.IGNORECASE)
_LONGEST = 200  # bytes; a name has 255 at most, and a file has a longer one while it is written


def build(  # noqa: PLR0913  # one a wish
    notes: Understood,
    plan: Plan,
    output: Path,
    outputs: frozenset[str],
    selection: Selection = _EVERYTHING,
    *,
    cache: Cache | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Write the outputs that are asked for (`deck`, `sheet`, `flashcards`), on paper those of a selection. The lock comes first.

    An id that is recorded and never published does no harm; one that is published and never recorded loses a history.
    `told(done, all)` hears how many topics of the sheet are laid out. Raises Refusal where the lock is gone and
    something of before shows that there was one.
    """
    files: list[Path] = []
    written: list[Path] = []
    diagnostics: list[Diagnostic] = []
    refusal: Refusal | None = None
    if "deck" in outputs:
        _keep_lock(notes, plan, output)
    made, large = _made(notes, plan, selection, cache)
    diagnostics += large

    def put(stem: str, suffix: str, data: bytes) -> None:
        path = output / _file(stem, suffix)
        files.append(path)
        if write(path, data):
            written.append(path)

    if "deck" in outputs:
        from interview_helper.outputs import anki

        put(_name(notes), ".apkg", anki.render(made))
    for paper in papers(notes, made, outputs, selection):
        from interview_helper.outputs import sheet
        from interview_helper.outputs.sheet import flashcards

        rendered: sheet.Sheet | flashcards.Flashcards
        try:
            fonts = _fonts(notes.notes, paper.layout if isinstance(paper.layout, Layout) else notes.notes.config.layout)
            if isinstance(paper.layout, FlashcardLayout):
                rendered = flashcards.render(paper.build, paper.layout, cache, told, fonts)
            else:
                rendered = sheet.render(paper.build, paper.layout, cache, told, fonts)
        except PangoMissing as error:
            what = "flashcards need" if isinstance(paper.layout, FlashcardLayout) else "sheet needs"
            refusal = Refusal(f"the {what} Pango, which can't be loaded: {error}", pango.remedy())
            break
        _look_at_fonts(rendered.diagnostics, fonts)
        said = set(map(_saying, diagnostics))
        diagnostics += (d for d in rendered.diagnostics if _saying(d) not in said)
        put(paper.name, ".pdf", rendered.pdf)
    kept = _told(notes.notes, notes.library.documents, diagnostics)
    return Outcome(tuple(files), tuple(written), kept, refusal)


def _made(notes: Understood, plan: Plan, selection: Selection, cache: Cache | None) -> tuple[Build, list[Diagnostic]]:
    """What outputs are made of, and what there is to say of pictures that a selection of it shows."""
    assignment = plan.assignment
    made = Build(notes.deck, notes.library, assignment.cards, assignment.tombstones, plan.lock)
    if notes.notes.selected:
        made = _selected(made, notes.notes.selected)
    library, large = _fit_to_show(selection.build(made).library, cache)
    return replace(made, library=replace(made.library, media=library.media)), large


def shipped(notes: Understood, plan: Plan, cache: Cache | None = None) -> tuple[Shipped, ...]:
    """The notes of the package that a build makes. Nothing is written."""
    from interview_helper.outputs import anki

    return anki.shipped(_made(notes, plan, _EVERYTHING, cache)[0])


def _look_at_fonts(diagnostics: Iterable[Diagnostic], named: Iterable[Named]) -> None:
    """Have the watch learn of the fonts of the system, where they had a say."""
    if any(d.code in _OF_FONTS for d in diagnostics) or any(each.content is None for each in named):
        for folder in installed.folders():
            disk.changed(folder)


_OF_FONTS = ("P001", "P007", "P008")


def _saying(diagnostic: Diagnostic) -> tuple[object, ...]:
    """What two diagnostics have in common that say the same: of a font, one sheet says enough."""
    return (diagnostic.code, diagnostic.hint if diagnostic.code == "P007" else diagnostic.span)


def _fit_to_show(library: Library, cache: Cache | None) -> tuple[Library, list[Diagnostic]]:
    """The library with its large pictures scaled down, and what there is to say of pictures that were or are large."""
    shown_as: dict[str, Media] = {}
    diagnostics: list[Diagnostic] = []
    for image in _told_first("L007", library.documents):
        media = library.media.get(image.target)
        if media is None or media.name in shown_as:
            continue
        try:
            smaller = pictures.scaled(media, cache)
        except pictures.Unfit as error:
            message = f"{image.written} {error.message} and can't be scaled down"
            diagnostics.append(Diagnostic("L007", image.span, message, error.hint))
            smaller = media
        shown_as[media.name] = smaller
        heavy = "save a photo as JPEG or WebP, make an animation shorter" if len(smaller.data) > _HEAVY else ""
        if smaller is not media:
            message = f"{image.written} is scaled down from {_measured(media)} to {_measured(smaller)}"
            diagnostics.append(Diagnostic("L007", image.span, message, heavy))
        elif heavy:
            diagnostics.append(Diagnostic("L007", image.span, f"{image.written} has {_measured(media)}", heavy))
    shown = {target: shown_as.get(media.name, media) for target, media in library.media.items()}
    return Library(library.documents, shown), diagnostics


def _told_first(code: str, documents: Iterable[Document]) -> list[Reference]:
    """The pictures of the notes, those last for which a comment silences a code: of each picture it is told once."""
    images = [
        (any(each.silences(code, image.span) for each in document.ignored), image)
        for document in documents
        for image in document.images
    ]
    return [image for _, image in sorted(images, key=lambda each: each[0])]


_HEAVY = 1_000_000  # bytes, twice what a scaled photo has


def _measured(media: Media) -> str:
    """A picture's size in pixels and kilobytes; a drawing has no pixels."""
    pixels = f"{media.width} × {media.height} px and " if media.width else ""  # noqa: RUF001  # people write it so
    return f"{pixels}{max(1, round(len(media.data) / 1000))} kB"


def _keep_lock(notes: Understood, plan: Plan, output: Path) -> None:
    kept = notes.notes.lock
    with disk.watched():  # apart from what the outputs are made of, because it changes what it looks at
        _not_forgotten(notes, output)
        _not_overtaken(kept)
        if plan.lock != kept.text:
            _write_lock(kept.path, plan.lock)
            lock.attributed(kept.path)


def _not_overtaken(kept: Lock) -> None:
    """Refuse to write over what somebody else has written since the lock was read: ids stand there that we don't know."""
    if lock.text(kept.path) != kept.text:
        what = f"{shown(kept.path)} has been changed while this build was at work, by another one or by git"
        raise Refusal(what, f"interview-helper build {typed(lock.source(kept.path))}")


def _write_lock(path: Path, text: str) -> None:
    write(path, text.encode(), f"chmod u+w {typed(path.parent)}")


def _not_forgotten(notes: Understood, output: Path) -> None:
    """Refuse to start over unseen: the lock is gone, and what a build of this deck wrote with it is still here."""
    kept = notes.notes.lock
    if kept.text is not None:
        return
    source = lock.source(kept.path)
    if kept.copies:
        newest = max(kept.copies, key=lambda path: path.stat().st_mtime)
        raise Refusal(
            f"{shown(kept.path)} is gone, and a copy of it is here: without it reworded cards lose their reviews",
            f"mv {typed(newest)} {typed(kept.path)}",
            1,
        )
    for package in (output / name for name in disk.names(output, r".*\.apkg")):
        try:
            before = lock.recovered(package)
        except Refusal as refusal:
            if refusal.hint == ledger.UPDATE and package.name == _file(notes.deck.slug, ".apkg"):
                raise
            continue
        if before.id == notes.deck.id:
            raise Refusal(
                f"{shown(kept.path)} is gone, and {shown(package)} was built with it: "
                "without it reworded cards lose their reviews",
                f"interview-helper recover {typed(package)} {typed(source)}; to start over, rm {typed(package)}",
                1,
            )
    alone = [path for each in notes.notes.sources if (path := _lone_lock(notes.notes.root / each.path))]
    if alone and source.is_dir():
        files = ", ".join(shown(lock.source(path)) for path in alone)
        locks = " ".join(map(typed, alone))
        raise Refusal(
            f"a deck of {shown(source)} would start anew with the cards that were built from {files} before",
            f"cat {locks} > {typed(kept.path)} keeps the reviews; to start over, rm {locks}",
            1,
        )


def _lone_lock(note: Path) -> Path | None:
    """The lock of a note that was built as a deck of its own."""
    path = lock.of_file(note)
    return path if disk.is_file(path) and lock.read(path).text else None


def recovered(package: Path, source: Path) -> tuple[Path, Path | None]:
    """Write the lock of the notes at `source` as a package holds it: its path, and where a broken one is kept.

    Raises Refusal where there is a lock that can be read, and where the package is of another deck.
    """
    notes = read(source)
    path = notes.lock.path
    broken = notes.lock.broken
    found = lock.recovered(package)
    if broken and broken.hint == ledger.UPDATE:
        raise Refusal(f"{shown(path)}: {broken.message}", broken.hint, 2)
    if notes.lock.text is not None and not broken:
        command = f"interview-helper recover {typed(package)} {typed(source)}"
        move = f"mv {typed(path)} {typed(_beside(path, 'old'))}"
        raise Refusal(f"{shown(path)} is there, and nothing is wrong with it", f"{move} && {command}", 2)
    own = notes.config.id
    if own and found.id and not found.id.startswith("slug:") and found.id != own:
        raise Refusal(f"{shown(package)} is of another deck, {found.title!r}", "name a package of this one", 2)
    aside = _beside(path, "broken") if broken else None
    if aside:
        moved(path, aside)
    _write_lock(path, ledger.written(found))
    return path, aside


def _beside(path: Path, suffix: str) -> Path:
    """A name that is free, beside a file's."""
    names = (path.with_name(f"{path.name}.{suffix}{number or ''}") for number in count())
    return next(name for name in names if not os.path.lexists(name))


def forgotten(source: Path, card: str) -> Path:
    """Drop a retired card from the lock for good. Raises Refusal where that can't be."""
    notes = read(source)
    kept = notes.lock
    if kept.broken:
        raise Refusal(f"{shown(kept.path)}:{kept.broken.span.line}: {kept.broken.message}", kept.broken.hint, 1)
    if kept.text is None:
        raise Refusal(f"{shown(kept.path)} does not exist", f"interview-helper build {typed(source)}", 2)
    _write_lock(kept.path, ledger.written(lock.forgotten(kept.ledger, card, notes.root)))
    return kept.path


def _selected(made: Build, path: str) -> Build:
    documents = tuple(d for d in made.library.documents if d.source.path == path)
    cards = tuple(c for c in made.cards if c.card.span.path == path)
    return Build(made.deck, Library(documents, made.library.media), cards, (), made.lock)


def forked(folder: Path, deck_id: str) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Give a copy of somebody's notes an id and a lock of its own: the files written, and what is left to do by hand.

    Its cards are then new ones in Anki beside those of the deck that it comes from; the lock of before is set aside.
    Raises Refusal where there are no notes, or where deck.toml can't be read.
    """
    notes = read(folder)
    wrong = next((found for found in notes.diagnostics if found.code == "C001"), None)
    if not notes.sources or notes.root != folder.absolute():
        raise Refusal(f"{shown(folder)} is no folder of notes", "name the folder of the copied notes", 2)
    path = folder / CONFIG
    if wrong:
        raise Refusal(f"{shown(path)}:{wrong.span.line}: {wrong.message}", wrong.hint, 2)
    rows = contents(path).decode("utf-8-sig").split("\n") if path.exists() else [""]
    table = next((number for number, row in enumerate(rows) if row.lstrip().startswith("[")), len(rows))
    kept = [row for number, row in enumerate(rows) if number > table or not re.match(r"""\s*["']?id["']?\s*=""", row)]
    write(path, "\n".join([f'id = "{deck_id}"', *kept]).encode(), f"chmod u+w {typed(folder)}")
    written = [path]
    if notes.lock.text is not None:
        written.append(_beside(notes.lock.path, "before-fork"))
        moved(notes.lock.path, written[-1])
    left = [f"change the title and slug in {shown(path)}: Anki puts decks of one title into one"]
    for card in understood(replace(notes, lock=lock.read(notes.lock.path))).cards:
        # An id of ours in a note is the guid of its card, in whichever deck.
        if card.pin and re.fullmatch("[0-9a-f]{16}", card.pin.id):
            where = f"{shown(notes.root / card.pin.span.path)}:{card.pin.span.line}"
            left.append(f"take <!-- id: {card.pin.id} --> out at {where}: it names a card of the other deck")
    return tuple(written), tuple(left)


def started(folder: Path, deck_id: str) -> tuple[Path, ...]:
    """Make a notes folder to start from, or make one of a folder of notes: then its lock stays what it is.

    Raises Refusal where there is a deck.toml already, or a lock that can't be read.
    """
    path = folder / CONFIG
    if disk.is_named(path):
        raise Refusal(f"{shown(path)} exists already", "name a new folder", 2)
    notes = _read_folder(folder.absolute(), "") if disk.is_folder(folder) else None
    kept = notes.lock.ledger if notes else Ledger()
    if notes and notes.lock.broken:
        raise Refusal(f"{shown(notes.lock.path)}: {notes.lock.broken.message}", notes.lock.broken.hint, 1)
    title = json.dumps(kept.title or words_of(folder.resolve().name) or "Notes", ensure_ascii=False)
    files = {path: f'id = "{kept.id or deck_id}"\ntitle = {title}\n'}
    if not notes or not notes.sources:
        files[folder / "first-topic.md"] = _FIRST
    for each, text in files.items():
        write(each, text.encode(), "name another folder")
    attributes = lock.attributed(folder / lock.NAME)
    return (*files, *([attributes] if attributes else []))


_FIRST = """# First topic

Two lines that one reads the night before: they stand on the sheet only.

## What is a heading in these notes?

A question. The text right below it is the answer.

## Which ==words== are marked?
<!-- card: cloze -->

A highlight is written with two ==equals signs== on either side.
"""
