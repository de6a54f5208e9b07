"""An Anki package (.apkg) to cards: its database, its note types and its pictures. Pure."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePosixPath

from interview_helper import ledger
from interview_helper.dialects import anki_notes, own_notes, writing
from interview_helper.dialects.anki_notes import Made, Pictures
from interview_helper.dialects.nouns import Card, File, Imported, Remark, Unreadable
from interview_helper.model import Kind
from interview_helper.outputs import anki
from interview_helper.parse import words_of

NAME = "apkg"
WHAT = "a package of Anki, .apkg or .colpkg"
SUFFIXES = (".apkg", ".colpkg")

_LARGEST = 300_000_000  # bytes of one member, and of all pictures together
_MOST = 100_000  # notes, and pictures
_FIELD = re.compile(r"\{\{([^{}#/^!][^{}]*)\}\}")
_TYPED = re.compile(r"\{\{type:[^{}]*\}\}")  # a box to type in
_OCCLUSION = "image-occlusion:"


def recognises(file: File) -> bool:
    """Whether the file looks like a package."""
    return file.data.startswith(b"PK\x03\x04") and file.path.lower().endswith((".apkg", ".colpkg"))


def imported(files: Sequence[File]) -> Imported:
    """The cards of packages. Raises Unreadable for what is none, or a damaged one."""
    made = [_package(file) for file in files]
    return Imported(
        cards=tuple(card for each in made for card in each.cards),
        remarks=tuple(remark for each in made for remark in each.remarks),
        pictures={address: data for each in made for address, data in each.pictures.items()},
        maths=any(each.maths for each in made),
        own=any(each.own for each in made),
    )


@dataclass(frozen=True, slots=True)
class _Type:
    """A note type: the names of its fields, and those that each template shows in front and behind."""

    name: str
    cloze: bool
    fields: tuple[str, ...]
    fronts: tuple[str, ...]
    backs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Note:
    """A note with the deck of its first card, the places of its cards among the templates, and whether it was studied."""

    guid: str
    type: int
    tags: tuple[str, ...]
    fields: tuple[str, ...]
    deck: str
    ordinals: frozenset[int]
    due: int
    studied: bool


def _package(file: File) -> Imported:
    try:
        with zipfile.ZipFile(BytesIO(file.data)) as members:
            return _Package(file, members).imported()
    except Unreadable:
        raise
    except anki.BrokenPackage as error:
        raise Unreadable(error.what, error.remedy) from error
    except Exception as error:  # zipfile, zlib, SQLite and json raise whatever they like on damaged files
        raise Unreadable("it is no package of Anki, or a damaged one", "take another one") from error


class _Package:
    """One package, opened."""

    def __init__(self, file: File, members: zipfile.ZipFile) -> None:
        self.file, self.members = file, members
        self.names = set(members.namelist())
        self.newer = "collection.anki21b" in self.names
        self.remarks: list[Remark] = []
        self.maths = False

    def imported(self) -> Imported:
        types, notes = self._notes()
        ours = {each.id for each in (anki.QUESTION, anki.CLOZE)}
        own = bool(notes) and all(note.type in ours for note in notes)
        pictures = Pictures(own)
        lines = self._lines() if own else {}
        cards: list[Card] = []
        position = {guid: at for at, guid in enumerate(_in_order(lines.values()))}
        order = sorted(range(len(notes)), key=lambda i: (position.get(notes[i].guid, len(position)), notes[i].due, i))
        for number, note in enumerate((notes[i] for i in order) if own else notes, 1):
            if note.type in ours:
                card = self._own(note, types[note.type], lines.get(note.guid), pictures, number)
            else:
                card = self._other(note, types[note.type], pictures, number)
            cards += [card] if card else []
        self._of_whole(types, notes, ours, own=own)
        return Imported(tuple(cards), tuple(self.remarks), self._media(pictures), self.maths, own)

    def _say(self, number: int, about: str, message: str, hint: str = "") -> None:
        words = about if len(about) <= 60 else f"{about[:59]}…"
        self.remarks.append(Remark(self.file.path, 0, f"note {number}, {words!r}: {message}", hint))

    # --- notes

    def _own(self, note: _Note, kind: _Type, line: ledger.Line | None, pictures: Pictures, number: int) -> Card | None:
        fields = dict(zip(kind.fields, note.fields, strict=False))
        wanted = {"Trail", "Source", "Answer", *(("Text",) if "Text" in kind.fields else ("Question",))}
        if not wanted <= fields.keys():
            self._say(number, note.guid, f"its note type {kind.name!r} has not the fields that it was made with")
            return None
        if any(tag.endswith("::retired") for tag in note.tags):
            return None
        made = own_notes.made(fields, pictures)
        trail = line.trail if line else own_notes.trail(fields["Trail"])
        topic = trail[0] if trail else own_notes.plain(made.card.heading)
        tags = [tag for tag in note.tags if not anki.is_of_topic(tag, topic)]
        card = replace(
            made.card,
            trail=trail,
            tags=writing.tags(tags),
            id=line.pin if line else "",
            file=_file_name(line.file) if line else "",
        )
        return self._told(replace(made, card=card), number)

    def _other(self, note: _Note, kind: _Type, pictures: Pictures, number: int) -> Card | None:
        fields = dict(zip(kind.fields, note.fields, strict=False))
        if any(_OCCLUSION in value for value in note.fields):
            self._say(
                number, note.fields[0] and "image occlusion", "what is covered on a picture can't be carried over"
            )
            return None
        front = [name for name in _shown(_TYPED.sub("", kind.fronts[0])) if name in fields]
        back = [name for name in _shown(kind.backs[0]) if name in fields and name not in front]
        question, answer = (_together([fields[name] for name in names]) for names in (front, back))
        reversed_ = not kind.cloze and len(kind.fronts) > 1 and {0, 1} <= note.ordinals
        reversed_ = reversed_ and bool(set(_shown(kind.fronts[1])) & set(back))
        if not reversed_ and not kind.cloze and 0 not in note.ordinals and 1 in note.ordinals and len(kind.fronts) > 1:
            question, answer = answer, question
        made = anki_notes.made(
            question, answer, pictures, kind=Kind.CLOZE if kind.cloze else Kind.REVERSED if reversed_ else Kind.BASIC
        )
        if not (made.card.question or made.card.answer).strip():
            self._say(number, note.guid, "it has no words, and is left out")
            return None
        card = replace(
            made.card,
            trail=anki_notes.trail(note.deck, words_of(PurePosixPath(self.file.path).stem)),
            tags=writing.tags(note.tags),
        )
        return self._told(replace(made, card=card), number)

    def _told(self, made: Made, number: int) -> Card:
        self.maths = self.maths or made.maths
        about = made.card.heading or (made.card.question or made.card.answer).split("\n")[0]
        for lost in made.lost:
            self._say(number, about, lost)
        if not made.card.answer.strip():
            self._say(number, about, "it has no answer", "write one below its heading")
        return made.card

    def _of_whole(self, types: Mapping[int, _Type], notes: Sequence[_Note], ours: set[int], *, own: bool) -> None:
        """What is said once: of the package, and of each note type."""
        used = {note.type for note in notes}
        for number in sorted(used - ours, key=lambda each: types[each].name):
            self._of_type(types[number], [note for note in notes if note.type == number])
        retired = sum(any(tag.endswith("::retired") for tag in note.tags) for note in notes if note.type in ours)
        if retired:
            cards = f"{retired} retired card{'s' if retired > 1 else ''}"
            self.remarks.append(Remark(self.file.path, 0, f"{cards} left out: gone from the notes it was built from"))
        if studied := sum(note.studied for note in notes) if not own else 0:
            message = f"{studied} of {len(notes)} notes were studied: their reviews stay with them in Anki"
            self.remarks.append(Remark(self.file.path, 0, message, "the imported cards are new ones there"))

    def _of_type(self, kind: _Type, notes: Sequence[_Note]) -> None:
        front, back = _shown(_TYPED.sub("", kind.fronts[0])), _shown(kind.backs[0])
        hidden = [name for name in kind.fields if name not in (*front, *back)]
        filled = [
            name
            for name in hidden
            if any(len(note.fields) > (at := kind.fields.index(name)) and note.fields[at].strip() for note in notes)
        ]
        shown_elsewhere = {name for side in (*kind.fronts[1:], *kind.backs[1:]) for name in _shown(side)}
        conditions = " ".join((*kind.fronts, *kind.backs))
        for name in filled:
            if name in shown_elsewhere or f"{{{{#{name}}}}}" not in conditions:
                message = f"field {name!r} of note type {kind.name!r} is not on its first card, and left out"
                self.remarks.append(Remark(self.file.path, 0, message))
        if any(map(_TYPED.search, kind.fronts)):
            message = f"cards of note type {kind.name!r} ask to type the answer: they are asked without that"
            self.remarks.append(Remark(self.file.path, 0, message))
        other = sum(len(note.ordinals - {0, 1}) for note in notes) if not kind.cloze else 0
        if other:
            message = (
                f"{other} more card{'s' if other > 1 else ''} of note type {kind.name!r} left out: one note, one card"
            )
            self.remarks.append(Remark(self.file.path, 0, message))

    # --- the database

    def _notes(self) -> tuple[dict[int, _Type], list[_Note]]:
        name = next((n for n in ("collection.anki21b", "collection.anki21", "collection.anki2") if n in self.names), "")
        if not name:
            raise Unreadable("it is no package of Anki", "take another one")
        data = self._member(name)
        with _opened(_unpacked(data) if self.newer else data) as database:
            types, decks = (_newer if self.newer else _older)(database)
            return types, list(_rows(database, decks))

    def _member(self, name: str) -> bytes:
        return anki.member(self.members, name, _LARGEST)

    def _lines(self) -> dict[str, ledger.Line]:
        """The lines of the lock in a package of ours; none where Anki exported it."""
        if "deck.lock" not in self.names:
            return {}
        try:
            found = ledger.read(self._member("deck.lock").decode())[0]
        except (ledger.BrokenLedger, UnicodeDecodeError):
            return {}
        return {line.id: line for line in found.lines}

    # --- pictures

    def _media(self, pictures: Pictures) -> dict[str, bytes | str]:
        """The pictures that cards show, by their addresses in the notes."""
        members = (
            {name: str(at) for at, name in enumerate(_entries(_unpacked(self._member("media"))))}
            if self.newer
            else {
                str(name): str(at)
                for at, name in json.loads(self._member("media") if "media" in self.names else "{}").items()
            }
        )
        found: dict[str, bytes | str] = {}
        total = 0
        for name, address in pictures.placed.items():
            member = members.get(name)
            if member is None or member not in self.names:
                self.remarks.append(
                    Remark(self.file.path, 0, f"the picture {name!r} is not in it", f"put it at {address}")
                )
                continue
            data = self._member(member)
            data = _unpacked(data) if self.newer else data
            total += len(data)
            if total > _LARGEST:
                raise Unreadable(f"its pictures are larger than {_LARGEST // 1_000_000} MB", "export a part of it")
            found[address] = data
        return found


def _together(fields: Iterable[str]) -> str:
    return "".join(f"<div>{field}</div>" for field in fields if field.strip())


def _shown(side: str) -> tuple[str, ...]:
    """The names of the fields that a side shows, each once, in order."""
    names = (match.rpartition(":")[2].strip() for match in _FIELD.findall(side))
    return tuple(dict.fromkeys(names))


def _in_order(lines: Iterable[ledger.Line]) -> list[str]:
    """The ids of cards as they stand in their notes: each line names the one before it."""
    following: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        following.setdefault((line.file, line.after), []).append(line.id)
    found: list[str] = []
    seen: set[str] = set()
    for file in sorted({file for file, _ in following}):
        left = list(reversed(following.get((file, ""), [])))
        while left:
            card = left.pop()
            if card not in seen:
                seen.add(card)
                found.append(card)
                left += reversed(following.get((file, card), []))
    return found


def _file_name(path: str) -> str:
    """The path of a note as the lock has it, where it is one inside a folder."""
    parts = PurePosixPath(path).parts
    good = path.lower().endswith(".md") and all(part not in ("..", ".") and part.strip() for part in parts)
    return path if good and not path.startswith("/") and not re.search(r'[\x00-\x1f<>:"\\|?*]', path) else ""


@contextmanager
def _opened(data: bytes) -> Iterator[sqlite3.Connection]:
    """A database in memory that runs nothing of its own, for a bounded time."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.create_collation("unicase", lambda a, b: (a.casefold() > b.casefold()) - (a.casefold() < b.casefold()))
        # In the mode that needs no second file beside it.
        anki.opened(database, data[:18] + b"\x01\x01" + data[20:])
        yield database


def _older(database: sqlite3.Connection) -> tuple[dict[int, _Type], dict[int, str]]:
    models, decks = (json.loads(text) for text in database.execute("SELECT models, decks FROM col").fetchone())
    types = {
        int(number): _Type(
            name=str(model["name"]),
            cloze=model.get("type") == 1,
            fields=tuple(str(field["name"]) for field in sorted(model["flds"], key=lambda each: each["ord"])),
            fronts=tuple(str(each["qfmt"]) for each in sorted(model["tmpls"], key=lambda each: each["ord"])),
            backs=tuple(str(each["afmt"]) for each in sorted(model["tmpls"], key=lambda each: each["ord"])),
        )
        for number, model in models.items()
    }
    return types, {int(number): str(deck["name"]) for number, deck in decks.items()}


def _newer(database: sqlite3.Connection) -> tuple[dict[int, _Type], dict[int, str]]:
    types: dict[int, _Type] = {}
    for number, name, config in database.execute("SELECT id, name, config FROM notetypes"):
        sides = [
            {key: value.decode() for key, value in _message(side) if isinstance(value, bytes) and key in (1, 2)}
            for (side,) in database.execute("SELECT config FROM templates WHERE ntid = ? ORDER BY ord", (number,))
        ]
        fields = database.execute("SELECT name FROM fields WHERE ntid = ? ORDER BY ord", (number,))
        types[number] = _Type(
            name=name,
            cloze=dict(_message(config)).get(1) == 1,
            fields=tuple(str(field) for (field,) in fields),
            fronts=tuple(side.get(1, "") for side in sides),
            backs=tuple(side.get(2, "") for side in sides),
        )
    decks = {number: name.replace("\x1f", "::") for number, name in database.execute("SELECT id, name FROM decks")}
    return types, decks


_ROWS = "SELECT id, guid, mid, tags, flds FROM notes ORDER BY id LIMIT ?"
_CARDS = "SELECT nid, ord, CASE odid WHEN 0 THEN did ELSE odid END, type, due, reps FROM cards ORDER BY nid, ord"


def _rows(database: sqlite3.Connection, decks: Mapping[int, str]) -> Iterator[_Note]:
    cards: dict[int, list[tuple[int, int, int, int, int]]] = {}
    for note, *card in database.execute(_CARDS):
        cards.setdefault(note, []).append(tuple(card))
    for count, (number, guid, kind, tags, fields) in enumerate(database.execute(_ROWS, (_MOST + 1,))):
        if count == _MOST:
            raise Unreadable(f"it has more than {_MOST:,} notes", "export a part of it")
        mine = cards.get(number, [])
        yield _Note(
            guid=str(guid),
            type=int(kind),
            tags=tuple(str(tags).split()),
            fields=tuple(str(fields).split("\x1f")),
            deck=decks.get(mine[0][1], "") if mine else "",
            ordinals=frozenset(ordinal for ordinal, *_ in mine),
            due=next((due for _, _, state, due, _ in mine if state == 0), 0),
            studied=any(reps for *_, reps in mine),
        )


# --- what newer packages are made of


def _unpacked(data: bytes) -> bytes:
    """What Zstandard packed, bounded."""
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # from Python 3.14 on
    except ImportError:
        from backports import zstd
    unpacker = zstd.ZstdDecompressor()
    made: bytes = unpacker.decompress(data, max_length=_LARGEST)
    if not unpacker.eof and not unpacker.needs_input:
        raise Unreadable(f"a part of it is larger than {_LARGEST // 1_000_000} MB", "export a part of it")
    return made


def _entries(data: bytes) -> list[str]:
    """The names of the pictures, in the order of their members."""
    return [
        next((name.decode() for key, name in _message(entry) if key == 1 and isinstance(name, bytes)), "")
        for field, entry in _message(data)
        if field == 1 and isinstance(entry, bytes)
    ]


def _message(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message of Protocol Buffers, as wire types 0, 1, 2 and 5 have them."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                value, at = _varint(data, at)
                yield key >> 3, value
            case 2:
                size, at = _varint(data, at)
                yield key >> 3, data[at : at + size]
                at += size
            case 1:
                at += 8
            case 5:
                at += 4
            case _:
                raise ValueError("no message of Protocol Buffers")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
