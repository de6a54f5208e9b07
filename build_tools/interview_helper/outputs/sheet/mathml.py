"""MathML as latex2mathml writes it to MathML that ziamath sets as TeX would. Pure; knows neither of the two.

What one of them would drop or set wrong is mended or refused, and the space between two signs is TeX's: ziamath gets
all of it as elements of their own, and is told to add none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import normalize
from xml.etree.ElementTree import Element

_ROWS = 100  # of all tables and broken lines together
_SIGNS = 600
_DEPTH = 64  # of elements in elements
_NODES = 3000  # that ziamath makes of them, a thousand in about 0.1 s
_FARTHEST = 50.0  # em that a length may have
_WIDEST = 100.0  # em, about, that a sign may be stretched to lie over or under
_TALLEST = 150.0  # em that rows and rules may have together; a long brace is made of many short pieces

TOO_DEEP = "it is nested too deep"
ROWS = ("math", "menclose", "mpadded", "mphantom", "mrow", "msqrt", "mstyle", "mtd")  # what sets its children in a row
_SCRIPTED = ("mover", "msub", "msubsup", "msup", "munder", "munderover")
_ENTITY = re.compile(r"&#x([0-9A-Fa-f]+);")
_NOT, _COLON, _SPACE_IN_WORDS = "&#x029F8;", "&#x0003A;", "&#x000A0;"  # as latex2mathml writes `\not`, `\colon`, `~`
_ESCAPED = re.compile(r"\\([_%#$&{} ])")
_NUMBER = re.compile(r"[0-9]*\.?[0-9]+")
_COLOR = re.compile(r"[A-Za-z]{1,20}|#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{3}")
_LENGTH = re.compile(r"([+-]?)([0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})([a-z]{2})?")
_SPACE_BY_NAME = re.compile(r"(negative)?(thin|medium|thick)mathspace")
_STEPS = {"thin": 3, "medium": 4, "thick": 5}  # 1/18 em
_EM = dict(
    zip(
        ("em", "ex", "mu", "pt", "px", "mm", "cm", "in", "bp", "dd", "pc"),
        (1.0, 0.43, 1 / 18, 0.1, 0.075, 0.2845, 2.845, 7.227, 0.1004, 0.107, 1.2),
        strict=True,
    )
)
_ITS_EM = 0.75  # what ziamath takes for an em is 4/3 of one
_LENGTHS = (
    "depth",
    "height",
    "linethickness",
    "lspace",
    "mathsize",
    "maxsize",
    "minsize",
    "rspace",
    "voffset",
    "width",
)
_SPACINGS = ("columnspacing", "rowspacing")
_KEPT = (
    *("accent", "columnalign", "displaystyle", "fence", "form", "largeop", "linebreak", "movablelimits", "notation"),
    *("scriptlevel", "stretchy"),
)
_VARIANTS = dict(
    zip(
        ("bold", "double-struck", "monospace", "sans-serif", "sans-serif-italic"),
        ("bold normal", "double", "mono", "sans", "sans italic"),
        strict=True,
    )
)

# TeX's classes of signs, and the space between two of them (The TeXbook, chapter 18) in steps: 1 is thin, 3 is thick.
_ORDINARY, _NAME, _BINARY, _RELATION, _OPEN, _CLOSE, _POINT, _INNER = _CLASSES = "onbr(),i"
_SPACE, _BREAK = "s", "/"  # no classes: room that the formula asks for, and where a line ends
_BETWEEN = ("01230001", "11030001", "22002002", "33003003", "00000000", "01230001", "11011111", "11231011")
_BETWEEN_SCRIPTS = ("on", "no", "nn", ")n", "in")
_RELATIONS = (
    (0x2190, 0x21FF),
    (0x2208, 0x220D),
    (0x221D, 0x22FF),
    (0x27F0, 0x27FF),
    (0x2900, 0x297F),
    (0x2A66, 0x2AF0),
)
_LARGE, _INTEGRALS = "∏∐∑⋀⋁⋂⋃⨀⨁⨂⨃⨄⨅⨆", "∫∬∭⨌∮∯∰∱∲∳"
_BY_SIGN = {
    sign: kind
    for kind, signs in (
        (_BINARY, "+-−±∓×÷·•∔∖⧵∗∘∙∧∨∩∪∸≀⊎⊓⊔⊕⊖⊗⊘⊙⊚⊛⊝⊞⊟⊠⊡⊺⊻⊼⊽⋄⋅⋆⋇⋉⋊⋋⋌⋎⋏⋒⋓⌅⌆△▽▵▿▷◁▹◃⊲⊳◯○⨿⩓⩔⩞†‡"),
        (_RELATION, "=<>:⌢⌣⟂"),
        (_NAME, _LARGE + _INTEGRALS),
        (_ORDINARY, "∞∟∠∡∢⊤⋮⋰⋱"),
        (_OPEN, "([{⟨⌈⌊⟦⟮⌜⌞"),
        (_CLOSE, ")]}⟩⌉⌋⟧⟯⌝⌟!?"),
        (_POINT, ",;"),
        (_INNER, "…⋯"),
    )
    for sign in signs
}
_OTHER_SIGNS = {"*": "∗", "~": "∼"}
_WITH_LIMITS = ("inf", "lim", "max", "min", "sup")
_PRIME = "′"
_OVER_AND_UNDER = frozenset("´¯˘ˇ˙¨`^~˚―←→↔⏞⏟⎴⎵⏜⏝\u20db\u20dc")


class Unset(Exception):
    """The formula can't be set, and the words say why: "it has two subscripts in one place"."""


def mended(root: Element, *, displayed: bool) -> Element:
    """A formula as ziamath should have it: `root` is latex2mathml's `math`. Raises `Unset`."""
    made, row = Element("math", display="block" if displayed else "inline"), Element("mrow")
    row.extend(_row(root[0], 0 if displayed else 1))
    made.append(row)
    elements = list(made.iter())
    if sum(element.tag == "mtr" or "linebreak" in element.attrib for element in elements) > _ROWS:
        raise Unset(f"it has more than {_ROWS} rows")
    if sum(len(element.text or "") for element in elements) > _SIGNS:
        raise Unset(f"it has more than {_SIGNS} signs")
    if sum(_em(element, "height", "depth", "linethickness") for element in elements) > _TALLEST:
        raise Unset("it is too tall")
    if _depth(made) > _DEPTH or _nodes(made) > _NODES:
        raise Unset(TOO_DEEP)
    return made


def stretches(element: Element) -> bool:
    """Whether the height of its row decides on that of a sign in an element."""
    if element.tag == "mo":
        return element.get("stretchy") == "true"
    return element.tag not in ROWS and any(map(stretches, element))


def _depth(element: Element) -> int:
    return 1 + max(map(_depth, element), default=0)


def _nodes(element: Element) -> int:
    """How many nodes ziamath makes of an element: some rows are measured before they are set."""
    below = 1 + sum(map(_nodes, element))
    twice = element.tag in ("mpadded", "mphantom") or (element.tag in ROWS and any(map(stretches, element)))
    return 2 * below if twice else below


# --- elements -----------------------------------------------------------------------------------------------------


def _mended(element: Element, style: int) -> tuple[Element, str]:
    """An element as ziamath should have it, and its class. `style` is 0 for displayed, 1 for text, 2 for scripts."""
    if element.get("scriptlevel", "0") != "0":
        style = 2
    elif "displaystyle" in element.attrib:
        style = 0 if element.get("displaystyle") == "true" else 1
    match element.tag:
        case "mi" | "mo" if len(element):
            return _of_a_class(element, style)
        case "mi" | "mo" | "mn" | "mtext":
            return _leaf(element)
        case "mspace":
            return Element("mspace", _attributes(element)), _BREAK if "linebreak" in element.attrib else _SPACE
        case "mtable":
            return _table(element, style), _ORDINARY
        case "mfrac":
            return _fraction(element, style), _ORDINARY
        case "mroot" | "mover" | "msub" | "msubsup" | "msup" | "munder" | "munderover":
            return _scripted(element, style)
        case tag if tag in ROWS:
            return _grouped(element, style)
        case tag:
            raise Unset(f"a part of it can't be drawn ({tag})")


def _of_a_class(element: Element, style: int) -> tuple[Element, str]:
    r"""`\mathop{…}` and its like: latex2mathml puts what is in them below a sign, where ziamath does not look."""
    row = Element("mrow")
    row.extend(_row(element, style))
    if element.tag == "mi" or "stretchy" in element.attrib:
        return row, _ORDINARY
    if "separator" in element.attrib:
        return row, _POINT
    return row, _BINARY if "lspace" in element.attrib else _NAME


def _grouped(element: Element, style: int) -> tuple[Element, str]:
    """What stands in one row, and nothing around it where it is one element."""
    made = Element("mrow" if element.tag == "mstyle" else element.tag, _attributes(element))
    made.extend(_row(element, style))
    if "box" in made.get("notation", ""):
        width, height, depth = map(_length, ("0.2em", "0.9em", "0.35em"))
        made.insert(0, Element("mspace", width=width, height=height, depth=depth))
        made.append(Element("mspace", width=width))
    if made.tag == "mrow" and len(made) == 1:
        _hand_down(made.attrib, made[0])
        return made[0], _sign(made[0].text or "") if element.tag == "mstyle" else _ORDINARY
    return made, _INNER if len(element) and element[0].get("fence") == "true" else _ORDINARY


def _fraction(element: Element, style: int) -> Element:
    made = Element("mfrac", _attributes(element))
    for child in element:
        part, _ = _mended(child, min(style + 1, 2))
        part.attrib.setdefault("displaystyle", "false")
        made.append(part)
    return made


def _scripted(element: Element, style: int) -> tuple[Element, str]:
    """A base with what stands around it."""
    made = Element(element.tag, _attributes(element))
    base, kind = _mended(element[0], style)
    made.append(base)
    if element.tag in ("mover", "munder", "munderover") and len(element[0]) == 1 and not len(element[0][0]):
        kind = _mended(element[0][0], style)[1]
    for child in element[1:]:
        if element.tag in ("mover", "munder") and child.tag == "mo" and _decoded(child) in _OVER_AND_UNDER:
            made.append(_over_or_under(element, child, base))
            kind = _ORDINARY
        else:
            made.append(_mended(child, 2)[0])
    return made, _ORDINARY if element.tag == "mroot" else kind


def _over_or_under(element: Element, child: Element, base: Element) -> Element:
    """An accent, or an arrow or a brace as wide as the base."""
    if sum(len(part.text or "") + _em(part, "width") for part in base.iter()) > _WIDEST:
        raise Unset("it is too wide for what lies over or under it")
    # ziamath has two signs for each of these, and the wide one is the combining one.
    narrow = element.get("accent") == "true" or "stretchy" in child.attrib
    wide = {"^": "ˆ" if narrow else "\u0302", "~": "~" if narrow else "\u0303"}
    made = Element("mo", {**_attributes(child), "lspace": "0", "rspace": "0"})
    made.text = wide.get(_decoded(child), _decoded(child))
    return made


def _table(element: Element, style: int) -> Element:
    """A table in the style of text, its rows as far apart as lines are, but where it says otherwise."""
    made = Element("mtable", _attributes(element))
    style = style if made.get("displaystyle") == "true" else max(style, 1)
    for name, value in (("displaystyle", "false"), ("columnspacing", _length("1em")), ("rowspacing", _length("0.2em"))):
        made.attrib.setdefault(name, value)
    for row in element:
        made_row = Element("mtr")
        for cell in row:
            made_cell = Element("mtd", _attributes(cell))
            if not len(made_row):
                made_cell.append(Element("mspace", height=_length("0.7em"), depth=_length("0.3em")))
            made_cell.extend(_row(cell, style))
            made_row.append(made_cell)
        made.append(made_row)
    return made


# --- rows ---------------------------------------------------------------------------------------------------------


def _row(element: Element, style: int) -> list[Element]:
    """What stands in a row, mended, with TeX's space between."""
    atoms = [_mended(child, style) for child in _fenced(list(_spliced(element)))]
    made: list[Element] = []
    before = ""
    for (child, _), kind in zip(atoms, _joined([kind for _, kind in atoms]), strict=True):
        if kind not in _CLASSES:
            before = "" if kind == _BREAK else before
        else:
            space = int(_BETWEEN[_CLASSES.index(before)][_CLASSES.index(kind)]) if before else 0
            if space and (style < 2 or before + kind in _BETWEEN_SCRIPTS):
                made.append(Element("mspace", width=_length(f"{(space + 2) / 18:.4f}em")))
            before = kind
        if child.tag == "mfrac":
            # ziamath puts more space beside a fraction than TeX's 0.12 em.
            less = _length("-0.102em" if style == 0 else "-0.035em")
            made += (Element("mspace", width=less), child, Element("mspace", width=less))
        else:
            made.append(child)
        if kind == _BREAK:
            made.append(Element("mspace"))  # ziamath takes an empty line for one of any height
    return [Element("mspace"), *made] if _BREAK in (kind for _, kind in atoms) else made or [Element("mspace")]


def _joined(kinds: list[str]) -> list[str]:
    """The classes of a row, those of binary signs that join nothing made ordinary."""
    places = [place for place, kind in enumerate(kinds) if kind != _SPACE]
    for number, place in enumerate(places):
        last = kinds[places[number - 1]] if number else _BREAK
        if kinds[place] == _BINARY and last in (_BINARY, _NAME, _RELATION, _OPEN, _POINT, _BREAK):
            kinds[place] = _ORDINARY
    for place, after in pairwise([*places, -1]):
        if kinds[place] == _BINARY and (after < 0 or kinds[after] in (_RELATION, _CLOSE, _POINT, _BREAK)):
            kinds[place] = _ORDINARY
    return kinds


def _spliced(element: Element) -> Iterator[Element]:
    """The children of a row, those of a change of style among them."""
    for child in element:
        if child.tag != "mstyle":
            yield child
            continue
        for inner in _spliced(child):
            _hand_down(child.attrib, inner)
            yield inner


def _hand_down(attributes: dict[str, str], element: Element) -> None:
    for name, value in attributes.items():
        element.attrib.setdefault(name, value)


def _fenced(children: list[Element]) -> Iterator[Element]:
    """The children of a row, each table or fraction with the fences that latex2mathml gave it in a row of its own."""
    number = 0
    while number < len(children):
        child, *after = children[number : number + 3]
        number += 1
        if child.tag == "mpadded" and child.findtext("mtext") == _NOT and after:
            after[0].text = _negated(after[0])
        elif child.tag == "mo" and len(after) == 2 and after[1].tag == "mo" and _belong(child, *after):
            row = Element("mrow")
            for fence, form in ((child, "prefix"), (after[1], "postfix")):
                fence.attrib.clear()
                fence.attrib.update(stretchy="true", fence="true", form=form)
            row.extend((child, *after))
            yield row
            number += 2
        else:
            yield child


def _belong(left: Element, inner: Element, right: Element) -> bool:
    """Whether two fences are those of a matrix or of a fraction without a bar."""
    if inner.tag == "mtable":
        return not left.attrib and not right.attrib
    sized = "minsize" in left.attrib and "minsize" in right.attrib
    return inner.tag == "mfrac" and "linethickness" in inner.attrib and sized


def _negated(element: Element) -> str:
    """The sign that is the negation of another."""
    sign = normalize("NFC", f"{_decoded(element)}\u0338")
    if len(sign) != 1:
        raise Unset("there is no sign for what it negates")
    return sign


# --- signs and words ----------------------------------------------------------------------------------------------


def _leaf(element: Element) -> tuple[Element, str]:
    """A sign, a name, a number or words."""
    text = _decoded(element)
    made = Element(element.tag, _attributes(element))
    if element.tag == "mtext":
        made.text = text
        return made, _ORDINARY
    text = _OTHER_SIGNS.get(text, text)
    if not text:  # latex2mathml has one where an alignment goes on with a sign
        return Element("mspace"), _ORDINARY
    kind = _kind(element, text)
    limits = "movablelimits" in made.attrib or text in _WITH_LIMITS or text in _LARGE
    if len(text) > 1 and (kind == _ORDINARY or not limits):
        made.tag = "mn"  # set as it is, and what stands below it as high as below a letter
        made.attrib.setdefault("mathvariant", "normal")
    elif kind != _ORDINARY:
        made.tag = "mo"
    if element.get("fence") == "true":
        text = {"<": "⟨", ">": "⟩"}.get(text, text)
    made.text = text
    if made.get("mathvariant") == "sans":  # which would be slanted
        del made.attrib["mathvariant"]
        made.text = "".join(map(_sans, text))
    new = {"stretchy": "false", **({"movablelimits": "true"} if limits else {})}
    _hand_down({**new, **({"largeop": "true"} if text in _LARGE + _INTEGRALS else {})}, made)
    made.attrib.update(lspace="0", rspace="0")
    return made, kind


def _kind(element: Element, text: str) -> str:
    """The class of a sign, a name or a number."""
    if element.get("fence") == "true":
        return {"prefix": _OPEN, "postfix": _CLOSE}.get(element.get("form", ""), _ORDINARY)
    if element.text == _COLON:
        return _POINT
    if len(text) == 1:
        return _sign(text)
    if _NUMBER.fullmatch(text) or set(text) == {_PRIME}:
        return _ORDINARY
    if text == "mod":
        return _BINARY if element.tag == "mo" else _ORDINARY
    return _NAME


def _sign(text: str) -> str:
    """The class of a sign; ordinary, if it is no sign."""
    code = ord(text) if len(text) == 1 else 0
    related = any(first <= code <= last for first, last in _RELATIONS)
    return _BY_SIGN.get(text, _RELATION if related else _ORDINARY)


def _sans(letter: str) -> str:
    first = ord("a") - 0x1D5BA if "a" <= letter <= "z" else ord("A") - 0x1D5A0 if "A" <= letter <= "Z" else 0
    return chr(ord(letter) - first)


def _decoded(element: Element) -> str:
    """The characters of a leaf; latex2mathml hands on as written what it does not know."""
    text = element.text or ""
    if element.tag == "mtext" and text != _NOT:
        if set(_ESCAPED.sub("", text)) & set("\\{}"):
            raise Unset("there is TeX in its words")
        return _ESCAPED.sub(r"\1", text).replace(_SPACE_IN_WORDS, "\u00a0")
    if text.startswith("\\"):
        raise Unset(f"{text} is not known")
    if text in ("&", "#", "{", "}"):
        raise Unset(f"there is a {text} where none can be")
    text = _ENTITY.sub(lambda m: chr(int(m[1], 16)), text)
    if "&#x" in text:
        raise Unset("a sign of it is not known")
    return text


# --- attributes ---------------------------------------------------------------------------------------------------


def _attributes(element: Element) -> dict[str, str]:
    """What ziamath makes something of, as it should have it; what it would pass over is refused."""
    made: dict[str, str] = {}
    for name, value in element.attrib.items():
        if name in _LENGTHS:
            made[name] = _length(value)
        elif name in _SPACINGS:
            made[name] = " ".join(map(_length, value.split()))
        elif name == "mathvariant":
            made[name] = _VARIANTS.get(value, value)
        elif name in _KEPT:
            made[name] = value
        elif name == "mathcolor":
            if not _COLOR.fullmatch(value):
                raise Unset(f"the color {value} is not known")
            made[name] = value
        elif name == "mathbackground" and element.tag == "mspace":
            made[name] = "black"
        elif name not in ("separator", "xmlns"):
            raise Unset(f"{name} is not supported")
    return made


def _length(value: str) -> str:
    """A length of TeX or MathML in ziamath's em."""
    if named := _SPACE_BY_NAME.fullmatch(value):
        return f"{'-' if named[1] else ''}{_STEPS[named[2]] / 18 * _ITS_EM:.4f}em"
    match = _LENGTH.fullmatch(value.strip())
    if match is None or (match[3] not in _EM and float(match[2])):
        raise Unset(f"{value} is no length that is known")
    em = float(match[2]) * _EM.get(match[3], 0.0)
    if em > _FARTHEST:
        raise Unset(f"{value} is too far")
    return f"{match[1]}{em * _ITS_EM:.4f}em" if em else "0"


def _em(element: Element, *names: str) -> float:
    """The sum of some lengths of a mended element."""
    return sum(abs(float(element.get(name, "0").removesuffix("em"))) for name in names) / _ITS_EM
