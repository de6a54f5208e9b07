"""What a galley leaves behind: its units, as they are drawn, its structure, its glyphs; and all of it as bytes for the cache.

Lengths are points. The origin of a unit is its top left corner, y goes down, and so does its content: who places it
flips it. MCIDs count from 0 in each unit.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TOPIC_COLOR = b"%TOPIC"  # in content, in place of the three numbers of the topic's color


@dataclass(frozen=True, slots=True)
class Link:
    """A rectangle that leads somewhere: `target` is `#ID` on the sheet, or an address."""

    target: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that only imposition can fill: a topic's `number`, an entry's `page`. It stands on a baseline.

    `before` is the MCID of what is drawn after it, -1 where that is nothing.
    """

    name: str
    x: float
    baseline: float
    size: float
    before: int = -1


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A heading of the outline, 1 being a topic."""

    level: int
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Unit:
    """What no column may cut: a block, a list item, a row of a long table, with all that must stand above it.

    `content` is what draws it, from `top` down; all other places count from there. `marks` is the number of its MCIDs.
    `above` and `below` are the margins to what stands beside it in a column. `article` numbers the question that it
    belongs to, -1 for none; `rule` is the top of the rule beside it. `entry` says that it is of the contents.

    A row that opens a column has the head of its table again: then `opening` draws it, and the head takes `over` above it.
    """

    content: bytes
    marks: int
    top: float
    height: float
    above: float
    below: float
    article: int
    rule: float
    entry: bool
    links: tuple[Link, ...]
    slots: tuple[Slot, ...]
    anchors: Mapping[str, tuple[float, float]]
    bookmarks: tuple[Bookmark, ...]
    resources: Mapping[str, str]
    opening: bytes = b""
    over: float = 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Marked content in the tree: the unit that it stands in, and its MCID there."""

    unit: int
    mcid: int


@dataclass(frozen=True, slots=True)
class Place:
    """A link or a slot in the tree, by its number in its unit."""

    kind: str
    unit: int
    number: int


@dataclass(frozen=True, slots=True)
class Element:
    """A structure element of PDF: its type, what it says of itself, and what is in it, in reading order."""

    type: str
    attributes: Mapping[str, str]
    kids: tuple[Element | Mark | Place, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that is to be said of what was laid out, by the code of its diagnostic.

    `about` is what it is said of, as remarks.py finds it in the notes: a character, an address, a formula, a line of code.
    """

    code: str
    words: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Galley:
    """A stretch of notes, laid out once in a column of endless height.

    `glyphs` are those in use, by face and number: the text that each stands for, and its width in thousandths of the
    size. `objects` are pictures and the like, by a hash of what they are; in them `@hash@` refers to another one.
    """

    units: tuple[Unit, ...]
    tree: tuple[Element, ...]
    glyphs: Mapping[str, Mapping[int, tuple[str, int]]]
    objects: Mapping[str, bytes]
    remarks: tuple[Noted, ...]


def packed(galley: Galley) -> bytes:
    """A galley as bytes."""
    blobs: list[bytes] = []

    def blob(data: bytes) -> int:
        blobs.append(data)
        return len(data)

    head = {
        "units": [
            [
                blob(u.content),
                *(u.marks, u.top, u.height, u.above, u.below, u.article, u.rule, u.entry),
                [[k.target, k.left, k.top, k.right, k.bottom] for k in u.links],
                [[s.name, s.x, s.baseline, s.size, s.before] for s in u.slots],
                dict(u.anchors),
                [[b.level, b.label, b.x, b.y] for b in u.bookmarks],
                dict(u.resources),
                blob(u.opening),
                u.over,
            ]
            for u in galley.units
        ],
        "tree": [_listed(element) for element in galley.tree],
        "glyphs": {face: {str(g): each for g, each in glyphs.items()} for face, glyphs in galley.glyphs.items()},
        "objects": {name: blob(data) for name, data in galley.objects.items()},
        "remarks": [[r.code, r.words, r.about] for r in galley.remarks],
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    return zlib.compress(b"".join((len(text).to_bytes(4, "big"), text, *blobs)), 1)


def unpacked(data: bytes) -> Galley:
    """The galley that was packed."""
    data = zlib.decompress(data)
    at = 4 + int.from_bytes(data[:4], "big")
    head = json.loads(data[4:at])

    def blob(length: int) -> bytes:
        nonlocal at
        at += length
        return data[at - length : at]

    units = tuple(_unit(values, blob) for values in head["units"])
    glyphs = {
        face: {int(g): (text, width) for g, (text, width) in each.items()} for face, each in head["glyphs"].items()
    }
    objects = {name: blob(length) for name, length in head["objects"].items()}
    remarks = tuple(Noted(*each) for each in head["remarks"])
    return Galley(units, tuple(map(_element, head["tree"])), glyphs, objects, remarks)


def _unit(values: list[Any], blob: Callable[[int], bytes]) -> Unit:
    length, marks, top, height, above, below, article, rule, entry, *rest = values
    links, slots, anchors, bookmarks, resources, opening, over = rest
    return Unit(
        blob(length),
        *(marks, top, height, above, below, article, rule, entry),
        tuple(Link(*each) for each in links),
        tuple(Slot(*each) for each in slots),
        {name: (x, y) for name, (x, y) in anchors.items()},
        tuple(Bookmark(*each) for each in bookmarks),
        resources,
        blob(opening),
        over,
    )


def _listed(element: Element) -> list[Any]:
    kids: list[Any] = []
    for kid in element.kids:
        if isinstance(kid, Mark):
            kids.append([kid.unit, kid.mcid])
        elif isinstance(kid, Place):
            kids.append([kid.kind, kid.unit, kid.number])
        else:
            kids.append(_listed(kid))
    return [element.type, dict(element.attributes), kids]


def _element(listed: list[Any]) -> Element:
    kids: list[Element | Mark | Place] = []
    for kid in listed[2]:
        if len(kid) == 2:  # a mark has two numbers, a place three values, an element a mapping
            kids.append(Mark(*kid))
        elif isinstance(kid[1], int):
            kids.append(Place(*kid))
        else:
            kids.append(_element(kid))
    return Element(listed[0], listed[1], tuple(kids))
