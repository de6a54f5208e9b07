"""The structure tree of a galley: its HTML elements, with what was drawn for each. Pure.

The tree is made from the elements, not from their boxes: an element that is broken over lines, units or columns has many
boxes and stays one element. What says nothing to a listener (`span`, `em`) is dissolved into what it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from interview_helper.outputs.sheet.record import Element, Mark, Place

_TYPES = {
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
    "a": "Link",
    "article": "Art",
    "blockquote": "BlockQuote",
    "caption": "Caption",
    "code": "Code",
    "dd": "LI",
    "details": "Div",
    "div": "Div",
    "dl": "L",
    "dt": "LI",
    "img": "Figure",
    "li": "LI",
    "nav": "TOC",
    "ol": "L",
    "p": "P",
    "pre": "P",
    "section": "Sect",
    "summary": "P",
    "table": "Table",
    "tbody": "TBody",
    "td": "TD",
    "tfoot": "TFoot",
    "th": "TH",
    "thead": "THead",
    "tr": "TR",
    "ul": "L",
}
_GROUPS = ("", "Art", "BlockQuote", "Div", "Sect")
_INLINE = ("Code", "Figure", "Link", "Span")
_ACTUAL = "data-actual"  # the text that something else was drawn for
_ITEMS = ("li", "dt", "dd")
_ROWS = ("thead", "tbody", "tfoot", "tr", "th", "td")


@dataclass(frozen=True, slots=True)
class Leaf:
    """What was drawn for an element: a mark, a link or a slot. `marker` says that it is the marker of a list item."""

    element: Any
    what: Mark | Place
    marker: bool = False


@dataclass(slots=True)
class _Node:
    type: str
    attributes: dict[str, str] = field(default_factory=dict)
    kids: list[_Node | Mark | Place] = field(default_factory=list)


def tree(root: Any, leaves: Iterable[Leaf], boxes: dict[Any, str]) -> tuple[Element, ...]:
    """The elements of a document, in reading order: that of `leaves`.

    `root` is the document's `xml.etree` element, `boxes` where each picture stands (see `Element`).
    """
    return tuple(_Tree(root, boxes).grown(leaves))


class _Tree:
    def __init__(self, root: Any, boxes: dict[Any, str]) -> None:
        self.top = _Node("")
        self.boxes = boxes
        self.parents = {child: parent for parent in root.iter() for child in parent}
        self.nodes: dict[tuple[Any, str], _Node] = {}

    def grown(self, leaves: Iterable[Leaf]) -> Iterator[Element]:
        for leaf in leaves:
            self._of(leaf.element, "Lbl" if leaf.marker else "").kids.append(leaf.what)
        yield from (kid for kid in _finished(self.top).kids if isinstance(kid, Element))

    def _of(self, element: Any, part: str = "") -> _Node:
        """The node that holds what is in an element; of a list item, its body or its label."""
        while element is not None and element.tag not in _TYPES and _ACTUAL not in element.attrib:
            element = self.parents.get(element)
        if element is None:
            return self.top
        if element.tag in _ITEMS:
            item = self._made(element, "", "LI")
            part = part or "LBody"
            if (element, part) not in self.nodes:
                item.kids.append(self.nodes.setdefault((element, part), _Node(part)))
            return self.nodes[element, part]
        drawn = element.get("src", "").startswith("formula:")
        return self._made(element, "", "Formula" if drawn else _TYPES.get(element.tag, "Span"))

    def _made(self, element: Any, part: str, kind: str) -> _Node:
        if (element, part) not in self.nodes:
            over = self._of(self.parents.get(element))  # which makes it too where that is a table
        found = self.nodes.get((element, part))
        if found is None:
            if kind == "P" and over.type == "TOC":
                kind = "TOCI"
            found = self.nodes[element, part] = _Node(kind, self._attributes(element))
            over.kids.append(found)
            if element.tag == "table":
                # All cells, in order: an empty one has nothing drawn, and a row without it would be one cell short.
                for each in element.iter():
                    if each.tag in _ROWS and self._table(each) is element:
                        self._made(each, "", _TYPES[each.tag])
                self._squared(element)
        return found

    def _squared(self, table: Any) -> None:
        """Give each row of a table as many cells as the longest has: PDF/UA-1 wants it (ISO 14289-1, 7.5)."""
        rows = [row for row in table.iter("tr") if self._table(row) is table]
        taken: dict[int, int] = {}  # by row: the columns that cells of its own and of rows above take
        for number, row in enumerate(rows):
            for cell in (cell for cell in row if cell.tag in ("td", "th")):
                wide, high = (_number(cell.attrib.get(name, "")) for name in ("colspan", "rowspan"))
                for below in range(number, min(number + high, len(rows))):
                    taken[below] = taken.get(below, 0) + wide
        longest = max(taken.values(), default=0)
        for number, row in enumerate(rows):
            self.nodes[row, ""].kids += (_Node("TD") for _ in range(longest - taken.get(number, 0)))

    def _table(self, element: Any) -> Any:
        while element is not None and element.tag != "table":
            element = self.parents.get(element)
        return element

    def _attributes(self, element: Any) -> dict[str, str]:
        given = element.attrib
        found: dict[str, str] = {}
        if element.tag == "ul":
            found["ListNumbering"] = "Disc"
        elif element.tag == "ol":
            found["ListNumbering"] = "Decimal"
        elif element.tag == "th":
            found["Scope"] = "Row" if given.get("scope") == "row" else "Column"
        elif element.tag == "img":
            found["Alt"] = given.get("alt", "")
            found["BBox"] = self.boxes.get(element, "")
        if element.tag in ("th", "td"):
            for name, key in (("colspan", "ColSpan"), ("rowspan", "RowSpan")):
                if _number(given.get(name, "")) > 1:
                    found[key] = str(_number(given[name]))
        if _ACTUAL in given:
            found["ActualText"] = given[_ACTUAL]
        return found


def _number(attribute: str) -> int:
    return max(1, int(attribute)) if attribute.isascii() and attribute.isdigit() else 1


def _finished(node: _Node) -> Element:
    kids = tuple(_finished(kid) if isinstance(kid, _Node) else kid for kid in node.kids)
    leads = any(isinstance(kid, Place) and kid.kind == "link" for kid in kids)
    kind = "Span" if node.type == "Link" and not leads else node.type
    return Element(kind, node.attributes, _paragraphs(kids) if kind in _GROUPS else kids)


def _paragraphs(kids: tuple[Element | Mark | Place, ...]) -> tuple[Element, ...]:
    """`kids` with what stands bare among them in paragraphs: what only groups holds no text of its own."""
    found: list[Element] = []
    for bare, group in groupby(kids, key=lambda kid: not isinstance(kid, Element) or kid.type in _INLINE):
        if bare:
            found.append(Element("P", {}, tuple(group)))
        else:
            found += (kid for kid in group if isinstance(kid, Element))
    return tuple(found)
