"""An SVG to the same drawing with nothing in it that acts or fetches, byte for byte where nothing had to go. Pure.

A picture on a card runs no scripts. But people open the files of their media folder, and then a browser would. So all
elements that SVG does not draw with go, and of the others what runs (handlers of events), leads out of the file
(addresses, style sheets) or would make one of those (animations). What goes is cut out of the bytes of the file and the
rest stays, so that the drawing looks the same; the result is examined again.

Neither of the cleaners that Python has does that (THIRD-PARTY.md). Style sheets are read by tinycss2, as WeasyPrint does.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from tinycss2.ast import Node

_BYTES = 10_000_000
_DEPTH = 100
_ELEMENTS = 50_000
_DRAWN = 50_000  # elements, those that <use> and patterns repeat counted as often as they are drawn
_NESTED = 2  # drawings in drawings

Fit = Callable[[bytes], bool]
"""Whether bytes are a photo or the like that can be shown."""


class Unsound(Exception):
    """No drawing that can be shown: what is wrong, as the end of a sentence that its file begins, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


_NO_DRAWING = ("is no PNG, JPEG, GIF, WebP or SVG", "convert it to PNG")
_PLAIN = "export it as plain SVG, or as PNG"


def cleaned(data: bytes, fit: Fit, nested: int = 0) -> tuple[bytes, tuple[str, ...]]:
    """What may be shown of an SVG, and what was cut out of it, in the words of the file. Raises Unsound."""
    found = _Examination(data, fit, nested)
    if not found.edits:
        return data, ()
    result = _edited(data, found.edits)
    # A cut may uncover nothing. Where it did, the mistake is ours or the file's, and neither is shown.
    if _Examination(result, fit, nested).edits:
        raise Unsound("can't be cleaned of what acts in it", _PLAIN)
    return result, tuple(dict.fromkeys(edit.what for edit in found.edits))


# --- what passes --------------------------------------------------------------------------------------------------


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SVG = "http://www.w3.org/2000/svg"
_XHTML = "http://www.w3.org/1999/xhtml"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

# All of SVG 1.1 and 2, and what Inkscape writes of the drafts, less what runs or embeds.
_ELEMENTS_OF_SVG = _names(
    "a altGlyph altGlyphDef altGlyphItem animate animateColor animateMotion animateTransform circle clipPath "
    "color-profile cursor defs desc ellipse feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix "
    "feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR "
    "feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile "
    "feTurbulence filter flowDiv flowLine flowPara flowRegion flowRegionBreak flowRegionExclude flowRoot flowSpan font "
    "font-face font-face-format font-face-name font-face-src font-face-uri foreignObject g glyph glyphRef hatch "
    "hatchpath hkern image line linearGradient marker mask mesh meshgradient meshpatch meshrow metadata missing-glyph "
    "mpath path pattern polygon polyline radialGradient rect set solidColor solidcolor stop style svg switch symbol text "
    "textPath title tref tspan use view vkern"
)
# What draw.io and Mermaid write labels with, in <foreignObject>.
_ELEMENTS_OF_HTML = _names(
    "a abbr b big blockquote body br caption center cite code col colgroup dd del dfn div dl dt em font h1 h2 h3 h4 h5 "
    "h6 hr i img ins kbd label li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead "
    "tr tt u ul var wbr"
)
_ATTRIBUTES_OF_HTML = _names(
    "align border cellpadding cellspacing color colspan dir face height href lang rowspan size span src start style type "
    "valign width"
)
_TOLD = _names("alt aria-label class content d id label name points role title")  # they are read, and name nothing
_ANIMATIONS = _names("animate animateColor animateMotion animateTransform set")
_LEADING = _ANIMATIONS | _names("a mpath textPath")  # what these name is drawn where it stands
# Elements of other programs' own say nothing to any viewer, but for those of the namespaces that begin so: XSLT, XBL,
# XML Events, XInclude, MathML, VML and the like.
_ACTED_ON = ("http://www.w3.org/", "http://www.mozilla.org/", "urn:schemas-microsoft-com:", "http://icl.com/saxon")
_RUNNING = "xml-"  # xml-stylesheet names a file that is fetched, or a program in XSLT

_ENCODING = re.compile(r"utf-?8|us-ascii|iso-8859-[0-9]+|windows-125[0-9]", re.IGNORECASE)  # markup is ASCII in all
_ENTITY = re.compile(rb"&(?!#|(?:lt|gt|amp|quot|apos);)")
_DATA = re.compile(r"data:([a-z0-9.+/-]*)((?:;[a-z0-9=_.+\"'-]*)*),(.*)", re.IGNORECASE | re.DOTALL)
_PHOTOS = _names("image/png image/jpeg image/jpg image/gif image/webp")
_FONT = re.compile(
    r"font/|application/(?:x-)?font|application/octet-stream|application/vnd\.ms-fontobject", re.IGNORECASE
)
_SCHEMES = ("http://", "https://", "mailto:")


# --- examining ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Edit:
    """Bytes from `start` to `end` that another text stands for, and what went with them."""

    start: int
    end: int
    text: str
    what: str


@dataclass(slots=True)
class _Element:
    """An element that stays: its children and the ids that it refers to count when it is drawn."""

    local: str
    names: list[str] = field(default_factory=list)  # by which a style sheet may mean it
    children: list[_Element] = field(default_factory=list)
    references: list[tuple[str, bool]] = field(default_factory=list)
    vertices: int = 1
    drawn: int = 0  # -1 while it is being counted


_TAG = re.compile(rb"<[^\s/>]+((?:\s+[^\s=/>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


class _Examination:
    """An SVG as a parser sees it, and the edits that leave nothing in it that acts. Raises Unsound."""

    def __init__(self, data: bytes, fit: Fit, nested: int) -> None:
        if len(data) > _BYTES:
            raise Unsound(f"is a drawing of more than {_BYTES // 1_000_000} MB", "save it as PNG")
        self.data, self.fit, self.nested = data, fit, nested
        self.edits: list[_Edit] = []
        self.open: list[_Element] = []
        self.root: _Element | None = None
        self.by_id: dict[str, _Element] = {}
        self.seen = 0
        self.cut = 0  # how deep we are in an element that goes
        self.cut_from = (0, 0, "")
        self.css: list[str] = []
        self.rules: dict[str, list[tuple[str, bool]]] = {}  # what a style sheet has an element of a name refer to
        self.css_from = 0
        self._parse()
        if self.root is None:
            raise Unsound(*_NO_DRAWING)
        _count(self.root, self.by_id, self.rules)

    def _parse(self) -> None:
        parser = self.parser = expat.ParserCreate(namespace_separator=" ")
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._document_type
        parser.EntityDeclHandler = self._entity
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        if b"\0" in self.data:
            raise Unsound(*_NO_DRAWING)
        try:
            parser.Parse(self.data, True)
        except RecursionError as error:
            raise Unsound("has a style with brackets in one another, too deep to be read", _PLAIN) from error
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise Unsound(*_NO_DRAWING) from error

    @staticmethod
    def _declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and not _ENCODING.fullmatch(encoding):
            raise Unsound(f"is a drawing in {encoding}", "save it in UTF-8")

    def _document_type(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        # An entity may stand for millions of others, and for what nobody sees in the file; so may a default attribute.
        if internal or _ENTITY.search(self.data):
            raise Unsound("is a drawing that defines entities", _PLAIN)

    @staticmethod
    def _entity(*_: object) -> None:
        raise Unsound("is a drawing that defines entities", _PLAIN)

    def _instruction(self, target: str, _: str) -> None:
        if target.lower().startswith(_RUNNING):
            start = self.parser.CurrentByteIndex
            self._edit(start, self.data.index(b"?>", start) + 2, "", f"<?{target}?>")

    def _start(self, name: str, attributes: Sequence[str]) -> None:
        if self.cut:
            self.cut += 1
            return
        self.seen += 1
        if self.seen > _ELEMENTS:
            raise Unsound(f"is a drawing of more than {_ELEMENTS:,} elements".replace(",", " "), "save it as PNG")
        if len(self.open) >= _DEPTH:
            raise Unsound(f"has elements in one another, more than {_DEPTH} deep", "save it as PNG")
        namespace, _, local = name.rpartition(" ")
        if self.root is None and (local != "svg" or namespace not in ("", _SVG)):
            raise Unsound(*_NO_DRAWING)
        start = self.parser.CurrentByteIndex
        in_style = bool(self.open) and self.open[-1].local == "style"
        if in_style or not self._passes(namespace, local) or (local in _ANIMATIONS and _makes_acting(attributes)):
            tag = self._tag(start)
            empty = tag.end() if tag[2] else 0
            self.cut, self.cut_from = 1, (start, empty, f"<{local}>")
            return
        element = _Element(local, [local, "*"])
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self._attributes(start, namespace, local, attributes, element)
        if local == "style":
            self.css, self.css_from = [], self._tag(start).end()

    def _end(self, name: str) -> None:
        here = self.parser.CurrentByteIndex
        if self.cut:
            self.cut -= 1
            if not self.cut:
                start, empty, what = self.cut_from
                self._edit(start, empty or self.data.index(b">", here) + 1, "", what)
            return
        self.open.pop()
        if name.rpartition(" ")[2] == "style" and self.css:
            self._remember("".join(self.css))
            css, cut = self._style("".join(self.css))
            if cut:
                # What was cut out of it already lies in what is replaced.
                self.edits = [edit for edit in self.edits if edit.start < self.css_from]
                for number, what in enumerate(cut):
                    end = self.css_from if number else here
                    self.edits.append(_Edit(self.css_from, end, "" if number else escape(css), what))

    def _text(self, text: str) -> None:
        if not self.cut and self.open and self.open[-1].local == "style":
            self.css.append(text)

    def _remember(self, css: str) -> None:
        for selector, body in _RULE.findall(css) if "url(" in css.lower() else ():
            for property_, value in re.findall(r"([\w-]*)\s*:([^;]*)", body):
                for each in _REFERENCE.findall(value):
                    for part in selector.split(","):
                        # Elements around it are no matter: at worst, it is taken to hold for more of them than it does.
                        for name in re.findall(r"[.#]?[\w-]+|\*", part)[-1:]:
                            self.rules.setdefault(name, []).append((each, "marker" in property_))

    def _edit(self, start: int, end: int, text: str, what: str) -> None:
        self.edits.append(_Edit(start, end, text, what))

    def _tag(self, start: int) -> re.Match[bytes]:
        tag = _TAG.match(self.data, start)
        if tag is None:
            raise Unsound(*_NO_DRAWING)  # the parser has read it as one
        return tag

    def _passes(self, namespace: str, local: str) -> bool:
        if namespace in ("", _SVG):
            return local in _ELEMENTS_OF_SVG
        if namespace == _XHTML:
            return local in _ELEMENTS_OF_HTML and any(each.local == "foreignObject" for each in self.open)
        return namespace == _RDF or not namespace.startswith(_ACTED_ON)

    # Attributes

    def _attributes(self, start: int, namespace: str, local: str, attributes: Sequence[str], element: _Element) -> None:
        edits: list[tuple[int, str, str]] = []  # which attribute, what it says instead, what goes
        vertices = 1
        for at in range(0, len(attributes), 2):
            name, value = attributes[at], attributes[at + 1]
            if name == "id":
                self.by_id.setdefault(value, element)
                element.names.append(f"#{value}")
            elif name == "class":
                element.names += [f".{each}" for each in value.split()]
            elif name in ("d", "points"):
                vertices = max(1, len(re.findall(r"[-+.0-9]+", value)) // 2)
            elif "#" in value:
                element.references += [(each, "marker" in name) for each in _REFERENCE.findall(value)]
                if name.rpartition(" ")[2] == "href" and value.strip().startswith("#") and local not in _LEADING:
                    element.references.append((value.strip()[1:], False))
            edit = self._attribute(namespace, local, name, value)
            if edit is not None:
                edits.append((at // 2, *edit))
        if vertices > 1:
            # A marker is drawn at each corner of a line.
            element.vertices = vertices
        if edits:
            self._edit_attributes(start, edits)

    def _edit_attributes(self, start: int, edits: list[tuple[int, str, str]]) -> None:
        tag = self._tag(start)
        written = [
            each
            for each in _ATTRIBUTE.finditer(self.data, *tag.span(1))
            if each[1] != b"xmlns" and not each[1].startswith(b"xmlns:")
        ]
        for number, text, what in edits:
            each = written[number]
            said = f" {each[1].decode('latin-1')}={quoteattr(text)}" if text else ""
            self._edit(each.start(), each.end(), said, what)

    def _attribute(self, namespace: str, local: str, name: str, value: str) -> tuple[str, str] | None:
        """What an attribute says instead, empty where it goes, and what goes. None where it stays."""
        of, _, plain = name.rpartition(" ")
        lower = plain.lower()
        if of not in ("", _XLINK, _XML):
            return ("", plain) if of.startswith(_ACTED_ON) and of != _RDF else None
        # WeasyPrint draws the repetitions of a gradient one by one, and they may be as many as there are numbers.
        endless = lower == "spreadmethod" and value.strip().lower() != "pad"
        if (not of and (lower.startswith("on") or lower == "ping")) or (of == _XML and lower == "base") or endless:
            return "", plain if not of else "xml:base"
        told = lower in _TOLD or lower.startswith(("data-", "aria-"))
        if namespace == _XHTML and not of and not told and lower not in _ATTRIBUTES_OF_HTML:
            return "", plain
        if lower in ("href", "src") and of in ("", _XLINK):
            return None if self._leads(local, value) else ("", _address(value))
        if not of and not told and (lower == "style" or "(" in value or "\\" in value):
            css, cut = self._style(value)
            if cut:
                return css if lower == "style" else "", " and ".join(cut)
        return None

    def _leads(self, local: str, address: str) -> bool:
        """Whether an address may stand at an element: a place in the drawing, a picture in it, a link to a page."""
        address = _CONTROL.sub("", address)
        if address.startswith("#") or not address:
            return True
        if local == "a":
            return address.lower().startswith(_SCHEMES)
        return local in ("image", "feImage", "img") and self._is_picture(address)

    def _is_picture(self, address: str) -> bool:
        """Whether a `data:` address holds a picture that can be shown, or a drawing in which nothing acts."""
        found = _DATA.fullmatch(address)
        if found is None:
            return False
        kind, options, text = found[1].lower(), found[2].lower(), found[3]
        try:
            data = unquote_to_bytes(text)
            if options.endswith(";base64"):
                data = b64decode(b"".join(data.split()) + b"==")
        except ValueError:
            return False
        if kind in _PHOTOS:
            return self.fit(data)
        if kind != "image/svg+xml" or self.nested >= _NESTED:
            return False
        try:
            return not cleaned(data, self.fit, self.nested + 1)[1]
        except Unsound:
            return False

    # Styles

    def _style(self, css: str) -> tuple[str, tuple[str, ...]]:
        """A style sheet, or what a style attribute says, without what leads out of the file; and what went."""
        if not _SUSPICIOUS.search(_INNER.sub("", css)):
            return css, ()
        import tinycss2  # a few drawings need it

        cut: list[str] = []
        nodes = list(self._tokens(tinycss2.parse_component_value_list(css), cut))
        return (tinycss2.serialize(nodes), tuple(cut)) if cut else (css, ())

    def _tokens(self, nodes: Sequence[Node], cut: list[str]) -> Iterator[Node]:
        for node, names in _rules(nodes, cut):
            if names:
                yield node
            elif node.type == "url" or (node.type == "function" and node.lower_name in _ADDRESSES):
                addresses = [node.value] if node.type == "url" else [each.value for each in _strings(node.arguments)]
                bad = [each for each in addresses if not self._may_stand_in_css(each)]
                cut += [_address(each) for each in bad]
                yield _nowhere() if bad else node
            else:
                for inner in ("content", "arguments"):
                    if hasattr(node, inner):
                        setattr(node, inner, list(self._tokens(getattr(node, inner), cut)))
                yield node

    def _may_stand_in_css(self, address: str) -> bool:
        address = _CONTROL.sub("", address)
        found = _DATA.fullmatch(address)
        return (
            not address or address.startswith("#") or bool(found and _FONT.match(found[1])) or self._is_picture(address)
        )


_REFERENCE = re.compile(r"url\(\s*[\"']?#([^\"')\s]+)", re.IGNORECASE)
_RULE = re.compile(r"([^{};]*+)\{([^{}]*+)\}")
_CONTROL = re.compile(r"[\x00-\x20]+")  # browsers take these out of an address, or skip them
_INNER = re.compile(r"\burl\(\s*(?:#[\w.:-]*|\"#[\w.:-]*\"|'#[\w.:-]*')\s*\)", re.IGNORECASE | re.ASCII)
# What is not in a style can't act; what may be is looked at.
_SUSPICIOUS = re.compile(r"\\|url|src|image|cross-fade|@import|\bhref\s*:", re.IGNORECASE)
_ADDRESSES = _names("url src image image-set -webkit-image-set cross-fade -webkit-cross-fade")


def _rules(nodes: Sequence[Node], cut: list[str]) -> Iterator[tuple[Node, bool]]:
    """The nodes without `@import` and `href:`, and whether each stands in `@namespace`, whose address is a name."""
    within = ""
    for at, node in enumerate(nodes):
        if node.type == "ident" and node.lower_value == "href":
            rest = (each for each in nodes[at + 1 :] if each.type not in ("whitespace", "comment"))
            if next(rest, None) == ":":
                cut.append("href:")  # no property, but WeasyPrint takes attributes from styles, too
                continue
        if node.type == "at-keyword":
            within = node.lower_value
            cut += ["@import"] if within == "import" else []
        ends = node.type == "{} block" or (node.type == "literal" and node.value == ";")
        if within != "import":
            yield node, within == "namespace"
        within = "" if ends else within


def _strings(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.type in ("string", "url"):
            yield node
        for inner in ("content", "arguments"):
            yield from _strings(getattr(node, inner, None) or ())


def _nowhere() -> Node:
    import tinycss2

    return tinycss2.parse_one_component_value("url(#)")


def _makes_acting(attributes: Sequence[str]) -> bool:
    """Whether an animation gives an element an address or a handler."""
    values = {
        name: value.strip().lower().rpartition(":")[2]
        for name, value in zip(attributes[::2], attributes[1::2], strict=True)
    }
    animated = values.get("attributeName", "")
    return animated in ("href", "src", "base", "ping") or animated.startswith("on")


def _address(value: str) -> str:
    """An address as it is told."""
    plain = " ".join(value.split())
    return plain if len(plain) <= 40 else f"{plain[:39]}\N{HORIZONTAL ELLIPSIS}"


def _count(root: _Element, by_id: Mapping[str, _Element], rules: Mapping[str, Sequence[tuple[str, bool]]]) -> None:
    """Count what is drawn. Raises Unsound where that has no end, or comes near to none."""
    waiting: list[tuple[_Element, bool]] = [(root, False)]
    while waiting:
        element, done = waiting.pop()
        own = [(by_id[name], times) for name, times in element.references if name in by_id]
        styled = [each for name in element.names for each in rules.get(name, ()) if each[0] in by_id] if rules else ()
        # What a style sheet refers to is taken to hold for too many: a circle may come of that, and is no matter.
        all_ = [*own, *((by_id[name], times) for name, times in styled if by_id[name].drawn >= 0)]
        if done:
            drawn = 1 + sum(each.drawn for each in element.children)
            drawn += sum(each.drawn * (element.vertices if times else 1) for each, times in all_)
            if drawn > _DRAWN:
                raise Unsound("repeats its parts too often to be drawn", "save it as PNG")
            element.drawn = drawn
        elif element.drawn < 0:
            raise Unsound("has a part that is drawn in itself", _PLAIN)
        elif not element.drawn:
            element.drawn = -1
            waiting.append((element, True))
            styled_ = [target for target, _ in all_[len(own) :] if not target.drawn and target is not element]
            waiting += [
                (each, False) for each in (*element.children, *(target for target, _ in own)) if each.drawn <= 0
            ]
            waiting += [(each, False) for each in styled_]


def _edited(data: bytes, edits: Sequence[_Edit]) -> bytes:
    pieces: list[bytes] = []
    at = 0
    declared = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"']([\w-]+)", data)
    encoding = declared[1].decode() if declared else "utf-8"
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if edit.start < at or edit.start == edit.end:
            continue
        pieces += [data[at : edit.start], edit.text.encode(encoding, "xmlcharrefreplace")]
        at = edit.end
    return b"".join((*pieces, data[at:]))
