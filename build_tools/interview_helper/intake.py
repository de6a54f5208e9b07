"""Files of other tools read from disk, and the notes that they become written into a folder: none is overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from interview_helper import files
from interview_helper.dialects import DIALECTS, Dialect, obsidian, recognised, writing
from interview_helper.dialects.nouns import Card, File, Imported, Remark, Unreadable
from interview_helper.files import Refusal, shown, typed

_LARGEST = 300_000_000  # bytes of a file
_LARGEST_PICTURE = 50_000_000
_MOST = 20_000  # files of a folder
_SUFFIXES = tuple(sorted({suffix for dialect in DIALECTS for suffix in dialect.SUFFIXES}))
# Where Anki keeps the pictures of a profile, and where we do.
_BESIDE = ("", "collection.media", "media")
DIALECTS_BY_NAME = {dialect.NAME: dialect for dialect in DIALECTS}
EXTRA = "pip install 'python-interview-helper[import]'"


@dataclass(frozen=True, slots=True)
class Notes:
    """What was imported: the notes by the names of their files, the pictures by their addresses, and what is to be said.

    `dialect` is the name of what it was written in, `root` the folder that remarks count from.
    """

    dialect: str
    root: Path
    cards: tuple[Card, ...]
    texts: dict[str, str]
    pictures: dict[str, bytes]
    remarks: tuple[Remark, ...]
    maths: bool
    own: bool


def read(source: Path, name: str | None = None) -> Notes:
    """The notes that a file or a folder becomes; `name` is that of its dialect. Raises Refusal where that can't be."""
    root, found = _files(source.absolute())
    dialect = _dialect(source, found, name)
    wanted = _wanted(found, dialect) if source.is_dir() else found
    made = _imported(source, root, dialect, wanted)
    if not made.cards:
        for remark in made.remarks[:1]:
            raise Refusal(f"{shown(source)} has no card: {remark.message}", remark.hint, 1)
        raise Refusal(f"{shown(source)} has no card that is written as {dialect.WHAT}", _choices(), 1)
    pictures, missing = _pictures(root, made)
    return Notes(
        dialect=dialect.NAME,
        root=root,
        cards=made.cards,
        texts=writing.notes(made.cards),
        pictures=pictures,
        remarks=(*made.remarks, *missing, *_left_out(found, wanted, dialect)),
        maths=made.maths,
        own=made.own,
    )


def write(notes: Notes, folder: Path) -> list[Path]:
    """Write the notes and their pictures into a folder. Raises Refusal, and writes nothing, where a file is there."""
    data = {folder / name: text.encode() for name, text in notes.texts.items()}
    data |= {folder / address: picture for address, picture in notes.pictures.items()}
    for path in data:
        if os.path.lexists(path):
            raise Refusal(f"{shown(path)} exists already", "name another folder with -o", 2)
    for path, content in data.items():
        files.write(path, content)
    return [folder / name for name in notes.texts]


def _choices() -> str:
    return f"say what it is: --from {'|'.join(DIALECTS_BY_NAME)}"


def _files(source: Path) -> tuple[Path, list[File]]:
    """The files at a path that may be of a dialect, by their paths below a folder: that of a vault, where they are in one."""
    if source.is_dir():
        paths = sorted(_below(source))
        if len(paths) > _MOST:
            raise Refusal(f"{shown(source)} has more than {_MOST:,} files", "name a folder in it", 2)
        return source, [File(path.relative_to(source).as_posix(), _contents(path)) for path in paths]
    if not source.is_file():
        raise Refusal(f"{shown(source)} does not exist", "name a file or a folder that another tool wrote", 2)
    vault = next((each for each in source.parents if (each / ".obsidian").is_dir()), None)
    if vault is None or source.suffix.lower() != ".md":
        return source.parent, [File(source.name, _contents(source))]
    settings = vault / obsidian.SETTINGS
    also = [File(obsidian.SETTINGS, _contents(settings))] if settings.is_file() else []
    return vault, [File(source.relative_to(vault).as_posix(), _contents(source)), *also]


def _below(folder: Path) -> Iterable[Path]:
    real = folder.resolve()
    for name, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each != "node_modules")
        wanted = (Path(name, each) for each in names if each.lower().endswith(_SUFFIXES))
        # A link may lead out of what somebody else has made.
        yield from (path for path in wanted if path.is_file() and path.resolve().is_relative_to(real))
    if (settings := folder / obsidian.SETTINGS).is_file():
        yield settings


def _left_out(found: Sequence[File], wanted: Sequence[File], dialect: Dialect) -> Iterable[Remark]:
    """What is said of the files of a folder that are not of the dialect that it was taken for."""
    taken = {file.path for file in wanted}
    if others := [file.path for file in found if file.path not in taken]:
        count = f"{len(others)} other file{'s' if len(others) > 1 else ''}"
        message = f"{count} left out, {others[0]!r} first: not read as {dialect.NAME}"
        yield Remark("", 0, message, "import what it holds by itself")


def _contents(path: Path) -> bytes:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise files.unreadable(path, error) from error
    if size > _LARGEST:
        raise Refusal(f"{shown(path)} is larger than {_LARGEST // 1_000_000} MB", "export a part of it", 2)
    return files.contents(path)


def _dialect(source: Path, found: Sequence[File], name: str | None) -> Dialect:
    if name is not None:
        if name not in DIALECTS_BY_NAME:
            raise Refusal(f"{name!r} is no dialect", _choices(), 2)
        return DIALECTS_BY_NAME[name]
    if dialect := recognised(found):
        return dialect
    if any(file.path.lower().endswith(".md") for file in found):
        message = f"{shown(source)} has no sign of another tool, and notes with headings need no import"
        raise Refusal(message, f"interview-helper build {typed(source)}, or {_choices()}", 2)
    raise Refusal(f"{shown(source)} is nothing that can be recognised", _choices(), 2)


def _wanted(found: Sequence[File], dialect: Dialect) -> list[File]:
    """The files of a folder that a dialect takes: notes and settings, or those tables and packages that it recognises."""
    if ".md" in dialect.SUFFIXES:
        return [file for file in found if file.path.lower().endswith((*dialect.SUFFIXES, obsidian.SETTINGS))]
    return [file for file in found if file.path.lower().endswith(dialect.SUFFIXES) and dialect.recognises(file)]


def _imported(source: Path, root: Path, dialect: Dialect, wanted: Sequence[File]) -> Imported:
    try:
        return dialect.imported(wanted)
    except Unreadable as error:
        raise Refusal(f"{shown(source)} can't be read: {error.what}", error.remedy, 2) from error
    except UnicodeDecodeError as error:
        path = next((root / file.path for file in wanted if not _is_text(file)), source)
        hint = f"iconv -f windows-1252 -t utf-8 {typed(path)} > {typed(path.with_stem(f'{path.stem}-utf8'))}"
        raise Refusal(f"{shown(path)} is not UTF-8", hint, 2) from error
    except ModuleNotFoundError as error:
        raise Refusal(f"reading HTML and packages takes {error.name}, which is not installed", EXTRA) from error


def _is_text(file: File) -> bool:
    try:
        file.text  # noqa: B018  # decoding is what is asked
    except UnicodeDecodeError:
        return False
    return True


def _pictures(root: Path, made: Imported) -> tuple[dict[str, bytes], list[Remark]]:
    """The pictures that there are, those of files beside the original read, and what is to be said of the others."""
    found = {address: data for address, data in made.pictures.items() if isinstance(data, bytes)}
    missing: list[Remark] = []
    named = {address: name for address, name in made.pictures.items() if isinstance(name, str)}
    everywhere = _by_name(root) if any(name.startswith("**/") for name in named.values()) else {}
    for address, name in named.items():
        path = _picture(root, name, everywhere)
        if path is None:
            missing.append(
                Remark("", 0, f"the picture {name.removeprefix('**/')!r} is not beside it", f"put it at {address}")
            )
        else:
            found[address] = files.contents(path)
    return found, missing


def _picture(root: Path, name: str, everywhere: dict[str, Path]) -> Path | None:
    """The file of a picture inside the folder, as large as a picture may be."""
    if name.startswith("**/"):
        candidates = [root / name[3:], *filter(None, [everywhere.get(name.rpartition("/")[2].casefold())])]
    else:
        candidates = [root / folder / name for folder in _BESIDE]
    real = root.resolve()
    for path in candidates:
        try:
            inside = path.resolve().is_relative_to(real)
            if inside and path.is_file() and path.stat().st_size <= _LARGEST_PICTURE:
                return path
        except (OSError, ValueError):
            continue
    return None


def _by_name(root: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            found.setdefault(name.casefold(), Path(folder, name))
    return found
