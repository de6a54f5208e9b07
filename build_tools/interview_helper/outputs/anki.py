"""A build as a package for Anki (.apkg): equal builds give equal bytes."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html import escape, unescape
from importlib.resources import files
from io import SEEK_END, BytesIO
from itertools import count
from typing import Any, BinaryIO, cast

from interview_helper import ledger, neutral
from interview_helper.coloring import colored, language_name
from interview_helper.ledger import BrokenLedger, Ledger, Line
from interview_helper.model import Block, Build, Card, Identified, Kind, Media, Tombstone

_LOCK = "deck.lock"
RETIRED = "This card is gone from the notes. In Anki's browser, search for <code>tag:{tag}</code> and suspend or delete what it finds."


@dataclass(frozen=True, slots=True)
class Template:
    """One card of a note type: its fixed id, its name, its two sides."""

    id: int
    name: str
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """What Anki knows a note type by. All but `mod`, the templates' sides and the style is fixed for ever.

    `mod` is the second since 1970 that is raised by hand whenever a template or the style changes: Anki takes the
    new ones only then. Fields or templates that are added, removed or moved would freeze every user's cards.
    """

    id: int
    name: str
    mod: int
    cloze: bool
    fields: tuple[tuple[int, str], ...]
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A note before it is a row: its type, its fields by name, the ordinals of its cards."""

    type: NoteType
    fields: Mapping[str, str]
    ordinals: tuple[int, ...]


_TRAIL = '{{#Trail}}<div class="trail">{{Trail}}</div>{{/Trail}}'
_TYPE = "{{#TypeIn}}{{type:TypeIn}}{{/TypeIn}}"
_FOOT = (
    '{{#Extra}}<div class="extra">{{Extra}}</div>{{/Extra}}{{#Source}}<div class="source">{{Source}}</div>{{/Source}}'
)


def _side(shown: str, asked: str = "", below: str = "") -> str:
    return f'<div class="page">{_TRAIL}<div class="question">{shown}</div>{asked}{below}</div>'


def _below(shown: str) -> str:
    return f'<hr id="answer"><div class="answer">{shown}</div>'


QUESTION = NoteType(
    id=1_795_392_000_100,
    name="Interview Helper Question",
    mod=1_795_579_200,
    cloze=False,
    fields=(
        (1_795_392_000_101, "Question"),
        (1_795_392_000_102, "Answer"),
        (1_795_392_000_103, "Trail"),
        (1_795_392_000_104, "Source"),
        (1_795_392_000_105, "Extra"),
        (1_795_392_000_106, "TypeIn"),
        (1_795_392_000_107, "Reverse"),
        (1_795_392_000_108, "Reserved1"),
        (1_795_392_000_109, "Reserved2"),
        (1_795_392_000_110, "Reserved3"),
        (1_795_392_000_111, "Id"),
    ),
    templates=(
        Template(
            id=1_795_392_000_151,
            name="Card",
            front=_side("{{Question}}", _TYPE),
            back=_side("{{Question}}", _TYPE, _below("{{Answer}}") + _FOOT),
        ),
        Template(
            id=1_795_392_000_152,
            name="Reverse",
            front="{{#Reverse}}" + _side("{{Answer}}") + "{{/Reverse}}",
            back="{{#Reverse}}" + _side("{{Answer}}", "", _below("{{Question}}") + _FOOT) + "{{/Reverse}}",
        ),
    ),
)
CLOZE = NoteType(
    id=1_795_392_000_200,
    name="Interview Helper Cloze",
    mod=1_795_579_200,
    cloze=True,
    fields=(
        (1_795_392_000_201, "Text"),
        (1_795_392_000_202, "Answer"),
        (1_795_392_000_203, "Trail"),
        (1_795_392_000_204, "Source"),
        (1_795_392_000_205, "Extra"),
        (1_795_392_000_206, "TypeIn"),
        (1_795_392_000_207, "Reserved1"),
        (1_795_392_000_208, "Reserved2"),
        (1_795_392_000_209, "Reserved3"),
        (1_795_392_000_210, "Id"),
    ),
    templates=(
        Template(
            id=1_795_392_000_251,
            name="Cloze",
            front=_side("{{cloze:Text}}", _TYPE),
            back=_side("{{cloze:Text}}", _TYPE, "{{#Answer}}" + _below("{{Answer}}") + "{{/Answer}}" + _FOOT),
        ),
    ),
)


def style() -> str:
    """The style sheet of both note types."""
    return files(__package__).joinpath("anki.css").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Shipped:
    """A note as the package has it: its row there, what Anki knows it by, the number of its cards, the topic of a live one."""

    row: int
    guid: str
    type: NoteType
    changed: int
    tags: tuple[str, ...]
    fields: tuple[str, ...]
    cards: int
    topic: str
    retired: bool


def shipped(build: Build) -> tuple[Shipped, ...]:
    """The notes of the package, in its order."""
    topics = {card.id: card.card.place[0] for card in build.cards}
    notes = _notes(build, _Shown(build.library.media))
    rows = _rows(note.guid for note in notes)
    return tuple(
        Shipped(
            rows[note.guid],
            note.guid,
            note.type,
            note.mod,
            note.tags,
            note.fields,
            len(note.ordinals),
            topics.get(note.guid, ""),
            note.guid not in topics,
        )
        for note in notes
    )


def render(build: Build) -> bytes:
    """The package. Tombstones are notes without a card; a picture is in it when a card shows it."""
    shown = _Shown(build.library.media)
    notes = _notes(build, shown)
    members: list[tuple[str, bytes | bytearray]] = [("collection.anki2", _collection(build, notes))]
    pictures = sorted(shown.used.items())
    members.append(("media", json.dumps({str(i): name for i, (name, _) in enumerate(pictures)}).encode()))
    members += [(str(i), picture.data) for i, (_, picture) in enumerate(pictures)]
    # Anki looks for its own members only; whoever has lost the lock finds it here.
    members += [(_LOCK, build.lock.encode())] if build.lock else []
    return _zipped(members)


def filled(slug: str, cards: Iterable[Identified], media: Mapping[str, Media]) -> Iterator[Filled]:
    """The fields of the note of each card by name, as the package has them."""
    shown = _Shown(media)
    for card in cards:
        note = _note(slug, card, shown)
        names = (name for _, name in note.type.fields)
        yield Filled(note.type, dict(zip(names, note.fields, strict=True)), note.ordinals)


def versions() -> tuple[tuple[str, int], ...]:
    """The note types by name, with the second since 1970 in which each was last changed."""
    return tuple((note_type.name, note_type.mod) for note_type in (CLOZE, QUESTION))


@dataclass(frozen=True, slots=True)
class _Note:
    """One row of Anki's notes. `ordinals` are those of its cards, `due` their place among the new ones."""

    guid: str
    type: NoteType
    mod: int
    tags: tuple[str, ...]
    fields: tuple[str, ...]
    ordinals: tuple[int, ...]


def _notes(build: Build, shown: _Shown) -> list[_Note]:
    notes = [_note(build.deck.slug, card, shown) for card in build.cards]
    _check(notes)
    return notes + [_tombstone(build.deck.slug, stone) for stone in build.tombstones]


def _note(slug: str, identified: Identified, shown: _Shown) -> _Note:
    card = identified.card
    fields = {"Trail": _trail(card.trail), "Source": _source(card.source), "Id": escape(identified.id)}
    ordinals: tuple[int, ...]
    match card.kind:
        case Kind.CLOZE:
            note_type = CLOZE
            fields["Text"], fields["Answer"] = _with_blanks(card, identified.numbers, shown)
            ordinals = tuple(sorted({number - 1 for number in identified.numbers}))
        case Kind.BASIC | Kind.OUTPUT | Kind.REVERSED:
            note_type = QUESTION
            fields["Question"] = _marked(_question(card, shown))
            fields["Answer"] = _marked(_blocks(card.answer, shown))
            ordinals = (0,)
            if card.kind is Kind.REVERSED:
                fields["Reverse"] = "1"
                ordinals = (0, 1)
    return _Note(identified.id, note_type, identified.changed, _tags(slug, card), _fields(note_type, fields), ordinals)


def _tombstone(slug: str, stone: Tombstone) -> _Note:
    """The note of a card that is gone: every card of it that a user may have is left with a front and says what to do.

    Anki shows nothing of a card without a front, and takes it and its reviews away with *Empty Cards*.
    """
    tag = retired_tag(slug)
    fields = {
        "Answer": RETIRED.format(tag=escape(tag)),
        "Trail": _trail(stone.trail),
        "Id": escape(stone.id),
    }
    asked = _literal(stone.question)
    match stone.kind:
        case Kind.CLOZE:
            note_type = CLOZE
            blanks = "".join(f"<p>{_blank(number, _literal(words))}</p>" for words, number in stone.blanks)
            fields["Text"] = f'<div class="heading">{asked}</div>{blanks}'
        case Kind.BASIC | Kind.OUTPUT | Kind.REVERSED:
            note_type = QUESTION
            fields["Question"] = asked
            fields["Reverse"] = "1" if stone.kind is Kind.REVERSED else ""
    return _Note(stone.id, note_type, stone.changed, (tag,), _fields(note_type, fields), ())


def _fields(note_type: NoteType, filled: Mapping[str, str]) -> tuple[str, ...]:
    """The fields in their order, without what Anki would act on."""
    return tuple(_harmless(filled.get(name, "")) for _, name in note_type.fields)


def _check(notes: Iterable[_Note]) -> None:
    """Nothing is wrong with the cards of the notes, else it is a mistake of ours."""
    for note in notes:
        if not note.ordinals:
            raise ValueError(f"note {note.guid!r} has no card")


# Fields


class _Shown:
    """The pictures that cards have shown so far, by name."""

    def __init__(self, media: Mapping[str, Media]) -> None:
        self._media = media
        self.used: dict[str, Media] = {}

    def picture(self, attributes: dict[str, str]) -> str:
        """The picture as a card shows it; in place of one that is not there, its alternative text."""
        alt = attributes.get("alt", "")
        media = self._media.get(attributes["src"])
        if media is None:
            return f'<span class="missing">{escape(alt)}</span>'
        if self.used.setdefault(media.name, media).data != media.data:
            raise ValueError(f"two pictures named {media.name!r}")
        height = attributes.get("height", "").removesuffix("px")
        if height.isdecimal() and "width" not in attributes and (width := media.width_at(int(height))):
            attributes = {**attributes, "width": str(round(width))}  # the style sheet holds to the width alone
        html = f'<img src="{escape(media.name)}" alt="{escape(alt)}"'
        for name in ("title", "width", "height"):
            if name in attributes:
                html += f' {name}="{escape(attributes[name])}"'
        return html + ">"


def _question(card: Card, shown: _Shown) -> str:
    heading = f'<div class="heading">{_card_html(card.heading.html, shown)}</div>'
    return heading + _blocks(card.question, shown)


def _blocks(blocks: Iterable[Block], shown: _Shown) -> str:
    return "".join(_card_html(block.html, shown) for block in blocks)


_CONTROL = dict.fromkeys(c for c in range(0x20) if chr(c) not in "\n\t")


def _card_html(html: str, shown: _Shown) -> str:
    """Neutral HTML as a card has it, but for the marks."""
    # Pictures first: the name of one may have any sign.
    html = neutral.with_pictures(html, shown.picture).translate(_CONTROL)
    # What is asked for is shown: an answer in <details> would stay folded behind one more tap.
    html = neutral.with_code(html.replace("<details>", "<details open>"), _code)
    html = neutral.with_links(html, _link)
    html = _without_brackets_of_maths(html)
    return neutral.with_maths(html, _maths)


def _code(language: str, text: str) -> str:
    name = language_name(language)
    named = f' data-language="{escape(name)}"' if name else ""
    return f'<div class="code"{named}><pre><code>{colored(language, text)}</code></pre></div>'


def _link(address: str, inner: str) -> str:
    if neutral.followed(address):
        return f'<a href="{escape(address)}">{inner}</a>'
    return inner


def _maths(tex: str, displayed: bool) -> str:
    words = escape(tex, quote=False)
    return rf"\[{words}\]" if displayed else rf"\({words}\)"


_OPENS_MATHS = re.compile(r"\\(?=[(\[])")
_UNTYPESET = re.compile(
    r'(?P<maths><(span|div) class="math">.*?</\2>)|<pre>.*?</pre>|<code>.*?</code>|<[^>]*>|(?P<text>\\(?=[(\[]))',
    re.DOTALL,
)


def _without_brackets_of_maths(html: str) -> str:
    r"""`html` where a `\(` or `\[` of the text itself opens no formula in Anki.

    MathJax leaves code alone. A cloze does not: Anki drops every tag between `\(` and `\)`, wherever the two stand.
    """
    if "\\(" not in html and "\\[" not in html:
        return html

    def closed(match: re.Match[str]) -> str:
        if match["maths"]:
            return match[0]
        return '<span class="tex2jax_ignore">\\</span>' if match["text"] else _OPENS_MATHS.sub("&#92;", match[0])

    return _UNTYPESET.sub(closed, html)


# Sounds, speech, LaTeX and the box for typing: Anki looks for these in the text of a field.
_ACTED_ON = re.compile(r"\[(?=sound:|anki:|/?latex\]|/?\$\$?\]|\[?type:)", re.IGNORECASE)


def _harmless(html: str) -> str:
    return _ACTED_ON.sub("&#91;", html) if "[" in html else html


def _marked(html: str) -> str:
    return neutral.with_marks(html, lambda _: "<mark>", "</mark>")


# No control character is left in card HTML, so these two can't be anyone else's.
_OPENED, _CLOSED = "\x02", "\x03"
_BLANK = re.compile(f"{_OPENED}(.*?){_CLOSED}", re.DOTALL)
_BRACES = {ord("{"): "&#123;", ord("}"): "&#125;"}


def _with_blanks(card: Card, numbers: tuple[int, ...], shown: _Shown) -> tuple[str, str]:
    """The fields Text and Answer of a cloze card: an answer that has blanks of its own belongs to the text."""
    text, answer = _question(card, shown), _blocks(card.answer, shown)
    if "<mark" in answer:
        text, answer = text + answer, ""
    hints = iter(neutral.hints(text))
    text = neutral.with_marks(text, lambda _: _OPENED, _CLOSED)
    if text.count(_OPENED) != len(numbers):
        raise ValueError(f"{len(numbers)} numbers for {text.count(_OPENED)} blanks at {card.span}")
    left: Iterator[int] = iter(numbers)
    return _BLANK.sub(lambda match: _blank(next(left), match[1], next(hints)), text.translate(_BRACES)), answer


_HINTED = {ord(":"): "&#58;", ord("["): "&#91;", ord("]"): "&#93;"}


def _blank(number: int, html: str, hint: str = "") -> str:
    """A blank of HTML that has no braces, and its hint, which is plain text.

    Anki ends it at the first `}}`, brackets of ours included, and starts a hint at the first `::`. So no brace of the
    notes stays one in a text with blanks, and no colon inside a blank. It shows a hint in square brackets of its own:
    from `sound:a.mp3` or `latex]` it would make what it acts on, so of those no colon and no bracket stays either.
    """
    shown = f"::{_literal(hint).translate(_HINTED)}" if hint else ""
    return f"{{{{c{number}::{html.replace(':', '&#58;')}{shown}}}}}"


def _literal(text: str) -> str:
    """Plain text as a field, its lines kept."""
    html = escape(text.translate(_CONTROL), quote=False).translate(_BRACES).replace("\n", "<br>")
    return _without_brackets_of_maths(html)


_BETWEEN = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


def _trail(trail: tuple[str, ...]) -> str:
    return _BETWEEN.join(_literal(heading) for heading in trail)


def _source(source: str) -> str:
    html = _literal(source)
    if re.fullmatch(r"https?://\S+", source):
        return f'<a href="{escape(source)}">{html}</a>'
    return html


def _tags(slug: str, card: Card) -> tuple[str, ...]:
    """The tag of the topic and those of the card, each once whatever its case."""
    given = {topic_tag(slug, card.place[0]), *card.tags}
    once: dict[str, str] = {}
    for tag in sorted(given):
        once.setdefault(tag.casefold(), tag)
    # Anki gives these two a meaning of its own, and takes them away on import.
    return tuple(sorted(tag for folded, tag in once.items() if folded not in ("leech", "marked")))


def topic_tag(slug: str, topic: str) -> str:
    """The tag of a topic's cards."""
    words = _words(topic)
    return f"{slug}::{words}" if words else slug


def retired_tag(slug: str) -> str:
    """The tag of the cards that are gone from the notes."""
    return f"{slug}::retired"


@lru_cache  # the cards of a topic share it
def _words(heading: str) -> str:
    """A heading as one part of a tag: lower-case words with hyphens between them; `C++` and `C#` stay apart."""
    heading = unicodedata.normalize("NFC", heading).lower()
    return "-".join("".join(c if c in "+#_" or unicodedata.category(c)[0] in "LMN" else " " for c in heading).split())


def is_of_topic(tag: str, topic: str) -> bool:
    """Whether a tag is the one that says in which topic of a deck a card stands."""
    _, _, rest = tag.partition("::")
    return rest == _words(topic)


def headings(trail: str) -> list[str]:
    """The headings in the field `Trail`, each as a field."""
    return [heading for heading in trail.split(_BETWEEN) if heading]


# The collection


def _collection(build: Build, notes: list[_Note]) -> bytearray:
    """The database of the package, as genanki lays it out."""
    import genanki

    css = style()
    models = {note_type.id: _model(note_type, css) for note_type in (QUESTION, CLOZE)}
    note_rows = _rows(note.guid for note in notes)
    card_rows = _rows(f"{note.guid}\x1f{ordinal}" for note in notes for ordinal in note.ordinals)

    class Row(genanki.Note):  # type: ignore[misc]
        """A note that is written as it is: genanki would guess its cards, and warn of HTML that is none."""

        def __init__(self, note: _Note, due: int) -> None:
            super().__init__(model=models[note.type.id], fields=note.fields, guid=note.guid, tags=note.tags, due=due)
            self.note = note

        def write_to_db(self, cursor: sqlite3.Cursor, _timestamp: float, deck_id: int, _ids: Iterator[int]) -> None:
            note, row = self.note, note_rows[self.note.guid]
            tags, fields = self._format_tags(), self._format_fields()
            values = (row, note.guid, note.type.id, note.mod, -1, tags, fields, note.fields[0], 0, 0, "")
            cursor.execute("INSERT INTO notes VALUES(?,?,?,?,?,?,?,?,?,?,?)", values)
            for ordinal in note.ordinals:
                ids = iter((card_rows[f"{note.guid}\x1f{ordinal}"],))
                genanki.Card(ordinal).write_to_db(cursor, note.mod, deck_id, row, ids, self.due)

    deck = genanki.Deck(_number(f"deck {build.deck.id}") % (2**53 - 2) + 2, build.deck.title)
    for due, note in enumerate(notes, start=1):
        deck.add_note(Row(note, due))
    with closing(sqlite3.connect(":memory:")) as connection:
        genanki.Package(deck).write_to_db(connection.cursor(), 1, iter(()))
        connection.commit()
        database = bytearray(connection.serialize())
    database[96:100] = (3_040_000).to_bytes(4, "big")  # the version of SQLite that wrote it: nobody reads it
    return database


def _model(note_type: NoteType, css: str) -> Any:
    import genanki

    class Model(genanki.Model):  # type: ignore[misc]
        """A note type with a time of its own."""

        def to_json(self, _timestamp: float, deck_id: int) -> Any:
            return super().to_json(note_type.mod, deck_id)

    return Model(
        note_type.id,
        note_type.name,
        fields=[{"id": number, "name": name} for number, name in note_type.fields],
        templates=[{"id": t.id, "name": t.name, "qfmt": t.front, "afmt": t.back} for t in note_type.templates],
        css=css,
        model_type=genanki.Model.CLOZE if note_type.cloze else genanki.Model.FRONT_BACK,
    )


def _number(words: str) -> int:
    return int.from_bytes(sha256(words.encode()).digest(), "big")


def _rows(keys: Iterable[str]) -> dict[str, int]:
    """A row id for each key, made of the key: another note in the package changes it only when the two collide."""
    rows: dict[str, int] = {}
    taken: set[int] = set()
    for key in sorted(keys):
        if key in rows:
            raise ValueError(f"two rows of the key {key!r}")
        at = _number(key) % 10**11
        while at in taken:
            at = (at + 1) % 10**11
        taken.add(at)
        rows[key] = 1_600_000_000_000 + at
    return rows


def _zipped(members: Iterable[tuple[str, bytes | bytearray]]) -> bytes:
    """The members as a zip file that knows no date and no system."""
    result = BytesIO()
    with zipfile.ZipFile(result, "w") as package:
        for name, data in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            package.writestr(info, data, zipfile.ZIP_DEFLATED, compresslevel=6)
    return result.getvalue()


# Reading a package


class BrokenPackage(Exception):
    """No package that a lock can be rebuilt from: what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


# Bytes: what a deck of 100,000 cards has, and some more.
_LARGEST = 300_000_000  # of the collection in a package
_CONTENTS = 8_000_000  # of a package's table of contents, which names its members: about 100,000 pictures
_STEPS, _WORK = 100_000, 2_000  # steps of SQLite after which it is looked at, and how often: some seconds
_FIELDS_OF_ONE = 20_000_000  # of one row

_ROWS = "SELECT guid, mid, mod, tags, flds FROM notes ORDER BY id"


def known(package: BinaryIO) -> Ledger:
    """The ledger of a package: as it was written into it, else as far as Anki's own export has kept the notes.

    What comes from a stranger is no trouble: nothing is written to disk, and neither memory nor time is without bounds.
    Raises BrokenPackage for what is no package, and for one that holds none of our notes.
    """
    try:
        with zipfile.ZipFile(cast("BinaryIO", _Sipped(package))) as members:
            names = set(members.namelist())
            if _LOCK in names:
                return ledger.read(member(members, _LOCK, ledger.LARGEST).decode())[0]
            for name in ("collection.anki21", "collection.anki2"):
                if name in names and "collection.anki21b" not in names:
                    # What can't be read back would stop every build.
                    return ledger.read(ledger.written(_exported(member(members, name, _LARGEST))))[0]
    except BrokenPackage:
        raise
    except BrokenLedger as error:
        what = f"the lock in it can't be read, line {error.line}: {error.what}"
        raise BrokenPackage(what, error.remedy or "take another one") from error
    except Exception as error:  # zipfile, zlib, SQLite and json raise whatever they like on damaged files
        raise BrokenPackage("it is no package of Anki, or a damaged one", "take another one") from error
    if "collection.anki21b" not in names:
        raise BrokenPackage("it is no package of Anki", "take another one")
    raise BrokenPackage(
        "Anki exported it in its newer format", "export it again with 'Support older Anki versions' ticked"
    )


class _Sipped:
    """A file that lies on disk, and of which no more is read at once than its table of contents may have."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int | None = -1) -> bytes:
        at = self._file.tell()
        end = self._file.seek(0, SEEK_END)
        self._file.seek(at)
        left = max(0, end - at)
        size = left if size is None or size < 0 else min(size, left)
        if size > _CONTENTS:
            raise BrokenPackage("it has too many members", "take another one")
        return self._file.read(size)


def member(members: zipfile.ZipFile, name: str, most: int) -> bytes:
    """What a package holds under a name, up to so many bytes. Raises BrokenPackage for what Anki does not pack so."""
    info = members.getinfo(name)
    if info.file_size > most:
        raise BrokenPackage(f"its {name} is larger than {most // 1_000_000} MB", "take another one")
    if info.flag_bits & 1:
        raise BrokenPackage(f"its {name} is encrypted", "take another one")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Of other formats, Python unpacks as much at once as a few bytes claim.
        raise BrokenPackage(f"its {name} is packed as Anki packs nothing", "take another one")
    with members.open(info) as packed:
        return b"".join(iter(lambda: packed.read(1_000_000), b""))


def opened(connection: sqlite3.Connection, database: bytes) -> None:
    """Have a connection to a database of a stranger, in memory, where nothing but its tables has a say.

    Raises BrokenPackage where it has more than those, as no collection of Anki has.
    """
    connection.deserialize(database)
    steps = count()
    connection.set_progress_handler(lambda: next(steps) > _WORK, _STEPS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _FIELDS_OF_ONE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {setting}")
    if any(connection.execute(others).fetchone() for others in (_OTHERS, _COMPUTED)):
        raise BrokenPackage("its collection has more than the tables of Anki", "take another one")


# Views, triggers, virtual tables, and columns that are computed: queries would run what they say.
_OTHERS = "SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
_COMPUTED = "SELECT has.name FROM sqlite_master AS it, pragma_table_xinfo(it.name) AS has WHERE has.hidden > 0"


def _exported(database: bytes) -> Ledger:
    """What the notes of a collection tell: all but files, order, explicit ids, and what was changed since."""
    lines: dict[str, Line] = {}
    roots: list[set[str]] = []
    types = {QUESTION.id: QUESTION, CLOZE.id: CLOZE}
    read = 0
    with closing(sqlite3.connect(":memory:")) as connection:
        opened(connection, database)
        (decks,) = connection.execute("SELECT decks FROM col").fetchone()
        home = connection.execute(_HOME, tuple(types)).fetchone()
        for guid, note_type, mod, tags, fields in connection.execute(_ROWS):
            read += len(fields)
            if read > _LARGEST:
                raise BrokenPackage("it holds more than it can", "take another one")
            if note_type in types:
                names = [name for _, name in types[note_type].fields]
                said = dict(zip(names, fields.split("\x1f"), strict=False))
                line = lines[str(guid)] = _line(str(guid), said, int(mod), tags.split())
                topic = _words((*line.trail, line.question.partition("\n")[0])[0])
                parts = (tag.partition("::") for tag in tags.split())
                roots.append({root for root, _, rest in parts if rest in (topic, "retired")})
    if not lines:
        raise BrokenPackage("it holds no card that was built by this program", "take another one")
    title = json.loads(decks)[str(home[0])]["name"] if home else ""
    slug = _shared(roots)
    if others := [each for each in roots if slug not in each]:
        other = _shared(others)
        if all(other in each for each in others):
            raise BrokenPackage(f"it holds two decks, {slug} and {other}", "export one of the two alone")
    return Ledger("", title, slug, versions(), tuple(lines[guid] for guid in sorted(lines)))


def _shared(roots: Iterable[set[str]]) -> str:
    """What most sets have: tags of the user's own may look like the deck's, but hardly on all notes."""
    counts = Counter(root for each in roots for root in each)
    return min(counts, key=lambda root: (-counts[root], root), default="")


# The deck that most of our cards are in; one that is studied in a filtered deck just now has its own in `odid`.
_HOME = """
SELECT CASE odid WHEN 0 THEN did ELSE odid END AS home FROM cards JOIN notes ON notes.id = nid
WHERE mid IN (?, ?) GROUP BY home ORDER BY count(*) DESC, home
"""
_NUMBERED = re.compile(r"\{\{c([0-9]{1,9})::")


def _numbered(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A field without the brackets of its blanks, and the blanks: number and words, of which a hint is none."""
    pieces, blanks, at = [], [], 0
    while (opened := _NUMBERED.search(text, at)) and (end := text.find("}}", opened.end())) >= 0:
        words = text[opened.end() : end].partition("::")[0]
        pieces += [text[at : opened.start()], words]
        blanks.append((int(opened[1]), words))
        at = end + 2
    return "".join((*pieces, text[at:])), blanks


def _line(guid: str, fields: Mapping[str, str], mod: int, tags: Iterable[str]) -> Line:
    """A note as a line of the ledger. Without a fingerprint it counts as changed."""
    text = fields.get("Text")
    kind = Kind.CLOZE if text is not None else Kind.REVERSED if fields.get("Reverse") else Kind.BASIC
    retired = any(tag.endswith("::retired") for tag in tags)
    asked, blanks = _numbered(text if text is not None else fields.get("Question", ""))
    heading, _, rest = asked.partition("</div>")
    answer = fields.get("Answer", "") or rest if text is not None else fields.get("Answer", "")
    return Line(
        id=guid,
        pin="",
        kind=kind,
        file="",
        after="",
        trail=tuple(_plain(each) for each in fields.get("Trail", "").split(_BETWEEN) if each),
        question=_plain(heading) if text is not None else _plain(asked),
        answer="" if retired else _plain(answer),
        blanks=tuple((_plain(words), number) for number, words in blanks if text is not None),
        fingerprint="",
        changed=mod,
        retired=mod if retired else None,
    )


def _plain(html: str) -> str:
    """The words of a field, its blocks in paragraphs of their own."""
    words = re.sub(r"</(?:p|pre|div|ul|ol|table|blockquote)>", "\n\n", html.replace("<br>", "\n"))
    return re.sub(r"\n{2,}", "\n\n", unescape(_untagged(words))).strip()


def _untagged(html: str) -> str:
    """What stands between tags."""
    pieces, at = [], 0
    while (start := html.find("<", at)) >= 0 and (end := html.find(">", start)) >= 0:
        pieces.append(html[at:start])
        at = end + 1
    return "".join((*pieces, html[at:]))
