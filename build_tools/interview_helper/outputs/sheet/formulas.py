"""TeX to a drawing in SVG. Pure, and the only module that knows ziamath and latex2mathml; it imports both late.

latex2mathml reads TeX into MathML, and ziamath sets that with STIX Two Math. Between the two the MathML is mended: what
one of them would drop or set wrong is refused, and the space between two signs is TeX's.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import hypot
from typing import Any
from unicodedata import normalize
from xml.etree.ElementTree import Element

_LONGEST = 2000  # characters
_DEEPEST = 24  # braces in braces
_ROWS = 100  # of all tables and broken lines together
_FARTHEST = 50.0  # em that a length may have
_WORK = 3000  # nodes that ziamath makes, two for one in each row within a row; a thousand take about 0.1 s
_SIZE = 40 / 3  # px to the em, so that ziamath's points are those of TeX, ten to the em
_UNITS = 1000  # of the drawing to the em
_ITS_EM = 0.75  # what ziamath takes for an em is 4/3 of one

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.|$)|%[^\n]*|[{}$]", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
_ENVIRONMENTS = frozenset(
    ("align*", "array", "bmatrix", "Bmatrix", "cases", "matrix", "pmatrix", "smallmatrix", "split", "vmatrix", "Vmatrix")
)
_RENAMED = {"align": "align*", "aligned": "align*", "gather": "matrix", "gather*": "matrix", "gathered": "matrix"}
_WHOLE = ("displaymath", "equation", "equation*", "math")  # they only say that it is a formula
# What latex2mathml takes, and the two together leave out, set wrong or repeat without end.
_REFUSED = re.compile(
    r"\\(?:DeclareMathOperator|above|abovewithdelims|class|clap|colorbox|def|eqalignno|fcolorbox|hdashline|hline|href"
    r"|leftroot|llap|lower|mathclap|mathllap|mathrlap|moveleft|moveright|newcommand|newenvironment|nolimits|raise|rlap"
    r"|shoveleft|shoveright|sideset|skew|smash|style|unicode|uproot|verb)"
)
_ARRAY = re.compile(r"\\begin\s*\{array\}(?!\s*\{[lcr\s]+\})")
_REWRITTEN = (
    (re.compile(r"\\\\\s*\[\s*-?[0-9.]+\s*[a-z]{2}\s*\]"), r"\\\\ "),  # room between two rows
    (re.compile(r"\\operatorname\*?\s*(?=\{(?![A-Za-z\s]*\}))"), r"\\mathop\\mathrm "),
    (re.compile(r"\\mathrm(?=\{)"), r"\\mathrm "),  # of `\mathrm{d}` latex2mathml makes another sign
    (re.compile(r"\\mathrel(?![A-Za-z])"), r"\\mathbin"),  # which it can't tell from an operator
    (re.compile(r"\\tag(?=\*?\s*\{)"), r"\\qquad\\tag"),
)

_ENTITY = re.compile(r"&#x([0-9A-Fa-f]+);")
_ESCAPED = re.compile(r"\\([_%#$&{} ])")
_NUMBER = re.compile(r"[0-9]*\.?[0-9]+")
_COLOR = re.compile(r"[A-Za-z]{1,20}|#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{3}")
_LENGTH = re.compile(r"([+-]?)([0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})([a-z]{2})?")
_SPACE_BY_NAME = re.compile(r"(negative)?(thin|medium|thick)mathspace")
_IN_EM = {
    **{"em": 1.0, "ex": 0.43, "mu": 1 / 18, "pt": 0.1, "px": 0.075, "mm": 0.2845, "cm": 2.845},
    **{"in": 7.227, "bp": 0.1004, "dd": 0.107, "pc": 1.2, "": 0.075},
}
_LENGTHS = ("depth", "height", "linethickness", "lspace", "mathsize", "maxsize", "minsize", "rspace", "voffset", "width")
_KEPT = ("accent", "columnalign", "displaystyle", "fence", "form", "largeop", "linebreak", "movablelimits", "notation")
_VARIANTS = {
    **{"bold": "bold normal", "double-struck": "double", "monospace": "mono"},
    **{"sans-serif": "sans", "sans-serif-italic": "sans italic"},
}
_ROWS_OF = ("math", "menclose", "mpadded", "mphantom", "mrow", "msqrt", "mstyle", "mtd")
_SCRIPTED = ("mover", "msub", "msubsup", "msup", "munder", "munderover")

# TeX's classes of signs and the space between two of them (The TeXbook, chapter 18), in steps of 3, 4 and 5/18 em.
_ORDINARY, _NAME, _BINARY, _RELATION, _OPEN, _CLOSE, _POINT, _INNER = _CLASSES = "onbr(),i"
_SPACE, _BREAK = "s", "/"  # no classes: room that the formula asks for, and where a new line begins
_BETWEEN = ("01230001", "11030001", "22002002", "33003003", "00000000", "01230001", "11011111", "11231011")
_BETWEEN_SCRIPTS = ("on", "no", "nn", ")n", "in")
_BINARIES = frozenset(
    "+-−±∓×÷·•∔∖⧵∗∘∙∧∨∩∪∸≀⊎⊓⊔⊕⊖⊗⊘⊙⊚⊛⊝⊞⊟⊠⊡⊺⊻⊼⊽⋄⋅⋆⋇⋉⋊⋋⋌⋎⋏⋒⋓⌅⌆△▽▵▿▷◁▹◃⊲⊳◯○⨿⩓⩔⩞†‡"  # noqa: RUF001
)
_RELATIONS = ((0x2190, 0x21FF), (0x2208, 0x220D), (0x221D, 0x22FF), (0x27F0, 0x27FF), (0x2900, 0x297F), (0x2A66, 0x2AF0))
_OTHER_RELATIONS = frozenset("=<>:⌢⌣⟂")  # noqa: RUF001
_ORDINARIES = frozenset("∞∟∠∡∢⊤⋮⋰⋱")
_LARGE = frozenset("∏∐∑⋀⋁⋂⋃⨀⨁⨂⨃⨄⨅⨆")  # noqa: RUF001
_INTEGRALS = frozenset("∫∬∭⨌∮∯∰∱∲∳")  # noqa: RUF001
_BY_SIGN = {
    **dict.fromkeys(_BINARIES, _BINARY),
    **dict.fromkeys(_OTHER_RELATIONS, _RELATION),
    **dict.fromkeys(_LARGE | _INTEGRALS, _NAME),
    **dict.fromkeys(_ORDINARIES, _ORDINARY),
    **dict.fromkeys("([{⟨⌈⌊⟦⟮⌜⌞", _OPEN),
    **dict.fromkeys(")]}⟩⌉⌋⟧⟯⌝⌟!?", _CLOSE),
    **dict.fromkeys(",;", _POINT),
    **dict.fromkeys("…⋯", _INNER),
}
_SIGNS = {"*": "∗", "~": "∼"}  # noqa: RUF001
_NOT = "&#x029F8;"
_COLON = "&#x0003A;"  # of `\\colon`; a colon as such is a relation
_WITH_LIMITS = ("inf", "lim", "max", "min", "sup")
_OVER_AND_UNDER = frozenset("´¯˘ˇ˙¨`^~˚―←→↔⏞⏟⎴⎵⏜⏝\u20db\u20dc")  # noqa: RUF001
_SCALE = _UNITS / _SIZE
_POINT_OF_PATH = re.compile(r"(-?[0-9.]+) (-?[0-9.]+)")
_AROUND_COMMANDS = re.compile(r"\s*([MLQCZ])\s*")


class Unset(Exception):
    """The formula can't be set, and its words say why: "\\foo is not known"."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as an SVG of nothing but outlines; its measures are in em of the text around it.

    `height` is all of it, `depth` how much of that lies below the baseline.
    """

    svg: str
    width: float
    height: float
    depth: float

    def address(self, color: str = "") -> str:
        """Where the layout finds the drawing, in black or in `color`: the address holds it."""
        svg = self.svg.replace("<svg", f'<svg fill="{color}"', 1) if color else self.svg
        return f"formula:{urlsafe_b64encode(svg.encode()).decode()}"


def drawn(tex: str, *, displayed: bool) -> Drawing:
    """A formula as TeX sets it, in a line of its own or in the text. Raises `Unset` where that would be wrong or slow.

    The same formula gives the same drawing, whatever was drawn before it.
    """
    made = _drawn(tex, displayed)
    if isinstance(made, str):
        raise Unset(made)
    return made


@lru_cache(maxsize=4096)
def _drawn(tex: str, displayed: bool) -> Drawing | str:
    try:
        return _composed(_set(_read(_checked(tex), displayed)))
    except Unset as unset:
        return str(unset)
    except Exception:  # noqa: BLE001  what the libraries raise for TeX that they did not expect is of any kind
        return "it is broken TeX, or TeX that is not known here"


# --- what the TeX alone tells -------------------------------------------------------------------------------------


def _checked(tex: str) -> str:
    """The formula in the TeX that latex2mathml knows."""
    if len(tex) > _LONGEST:
        raise Unset(f"it has more than {_LONGEST:,} characters")
    depth = 0
    for token in _TOKEN.findall(tex):
        if token == "$":
            raise Unset("there is a $ in it")
        if _REFUSED.fullmatch(token):
            raise Unset(f"{token} is not supported")
        depth += (token == "{") - (token == "}")
        if depth < 0:
            raise Unset("it closes a brace that it does not open")
        if depth > _DEEPEST:
            raise Unset("its braces are nested too deep")
    if depth:
        raise Unset("it does not close a brace")
    if _ARRAY.search(tex):
        raise Unset("the columns of an array are l, c and r, without lines")
    tex = _ENVIRONMENT.sub(_environment, tex)
    for pattern, other in _REWRITTEN:
        tex = pattern.sub(other, tex)
    return tex


def _environment(match: re.Match[str]) -> str:
    name = match[2].strip()
    if name in _WHOLE:
        return " "
    name = _RENAMED.get(name, name)
    if name not in _ENVIRONMENTS:
        raise Unset(f"the environment {name} is not known")
    return f"\\{match[1]}{{{name}}}"


# --- MathML, as latex2mathml writes it and as ziamath should have it ----------------------------------------------


def _read(tex: str, displayed: bool) -> Element:
    _ziamath()  # it teaches latex2mathml the names of some functions
    from latex2mathml.converter import convert_to_element

    mode = "block" if displayed else "inline"
    root, row = Element("math", display=mode), Element("mrow")
    row.extend(_row(convert_to_element(tex, display=mode)[0], 0 if displayed else 1))
    root.append(row)
    if sum(e.tag == "mtr" or "linebreak" in e.attrib for e in root.iter()) > _ROWS:
        raise Unset(f"it has more than {_ROWS} rows")
    if _work(root) > _WORK:
        raise Unset("it is nested too deep")
    return root


def _work(element: Element) -> int:
    """How many nodes ziamath makes of an element: some rows are measured before they are set."""
    below = 1 + sum(map(_work, element))
    twice = element.tag in ("mpadded", "mphantom") or (element.tag in _ROWS_OF and any(map(_stretches, element)))
    return 2 * below if twice else below


def _stretches(element: Element) -> bool:
    """Whether the height of its row decides on that of a sign."""
    if element.tag == "mo":
        return element.get("stretchy") == "true"
    return element.tag not in _ROWS_OF and any(map(_stretches, element))


def _mended(element: Element, style: int) -> tuple[Element, str]:
    """An element as ziamath should have it, and its class. `style` is 0 for displayed, 1 for text, 2 for scripts."""
    if element.get("scriptlevel", "0") != "0":
        style = 2
    elif "displaystyle" in element.attrib:
        style = 0 if element.get("displaystyle") == "true" else 1
    tag = element.tag
    if tag in ("mi", "mo", "mn", "mtext") and not len(element):
        return _leaf(element, style)
    made = Element(tag, _attributes(element))
    if tag == "mspace":
        return made, _BREAK if "linebreak" in made.attrib else _SPACE
    if tag in ("mi", "mo"):  # \mathop and its like have what is in them below them, where ziamath does not look
        kind = _ORDINARY if tag == "mi" else _POINT if "separator" in element.attrib else _NAME
        kind = _BINARY if element.get("lspace", "").startswith("0.2") else _ORDINARY if "stretchy" in made.attrib else kind
        made = Element("mrow")
        made.extend(_row(element, style))
        return made, kind
    if tag in _ROWS_OF:
        return _grouped(element, made, style)
    if tag == "mtable":
        _fill_table(element, made, style)
        return made, _ORDINARY
    if tag == "mfrac":
        for child in element:
            part, _ = _mended(child, min(style + 1, 2))
            part.attrib.setdefault("displaystyle", "false")
            made.append(part)
        return made, _ORDINARY
    if tag in _SCRIPTED or tag == "mroot":
        return _scripted(element, made, style)
    raise Unset(f"a part of it can't be drawn ({tag})")


def _grouped(element: Element, made: Element, style: int) -> tuple[Element, str]:
    """What stands in one row, and nothing around it where it is one element."""
    children = _row(element, style)
    if "box" in made.get("notation", ""):
        width, height, depth = map(_length, ("0.2em", "0.9em", "0.35em"))
        children = [Element("mspace", width=width, height=height, depth=depth), *children, Element("mspace", width=width)]
    fenced = len(element) > 0 and element[0].get("fence") == "true"
    if element.tag == "mstyle":
        made.tag = "mrow"
    if made.tag == "mrow" and len(children) == 1:
        only = children[0]
        for name, value in made.attrib.items():
            only.attrib.setdefault(name, value)
        return only, _sign(only.text or "") if element.tag == "mstyle" else _ORDINARY
    made.extend(children)
    return made, _INNER if fenced else _ORDINARY


def _scripted(element: Element, made: Element, style: int) -> tuple[Element, str]:
    """A base with what stands around it."""
    base, kind = _mended(element[0], style)
    made.append(base)
    if element.tag in ("mover", "munder", "munderover") and element[0].tag == "mrow" and len(element[0]) == 1:
        kind = _mended(element[0][0], style)[1]
    for child in element[1:]:
        over = _decoded(child) if element.tag in ("mover", "munder") and child.tag == "mo" else ""
        if over in _OVER_AND_UNDER and over:
            # ziamath has a narrow and a wide sign for these two, and tells them by the character.
            wide = {"^": "ˆ" if element.get("accent") == "true" else "\u0302", "~": "~" if child.attrib else "\u0303"}
            mark = Element("mo", {**_attributes(child), "lspace": "0", "rspace": "0"})
            mark.text = wide.get(over, over)
            made.append(mark)
            kind = _ORDINARY
        else:
            made.append(_mended(child, 2)[0])
    return made, _ORDINARY if element.tag == "mroot" else kind


def _fill_table(element: Element, made: Element, style: int) -> None:
    """A table in the style of text, its rows as far apart as lines are, but where it says otherwise."""
    style = style if made.get("displaystyle") == "true" else max(style, 1)
    made.attrib.setdefault("displaystyle", "false")
    made.attrib.setdefault("columnspacing", _length("1em"))
    made.attrib.setdefault("rowspacing", _length("0.2em"))
    for row in element:
        made_row = Element("mtr")
        for cell in row:
            made_cell = Element("mtd", _attributes(cell))
            if not len(made_row):
                made_cell.append(Element("mspace", height=_length("0.7em"), depth=_length("0.3em")))
            made_cell.extend(_row(cell, style))
            made_row.append(made_cell)
        made.append(made_row)


def _row(element: Element, style: int) -> list[Element]:
    """What stands in a row, mended, with TeX's space between."""
    atoms = [_mended(child, style) for child in _fenced(list(_spliced(element)))]
    if not atoms:
        return [Element("mspace")]
    made: list[Element] = []
    before = ""
    for (child, _), kind in zip(atoms, _kinds([kind for _, kind in atoms]), strict=True):
        if before and kind in _CLASSES:
            space = int(_BETWEEN[_CLASSES.index(before)][_CLASSES.index(kind)])
            if space and (style < 2 or before + kind in _BETWEEN_SCRIPTS):
                made.append(Element("mspace", width=_length(f"{(space + 2) / 18:.4f}em")))
        if child.tag == "mfrac":
            # ziamath puts more space beside a fraction than TeX's 0.12 em.
            less = _length("-0.102em" if style == 0 else "-0.035em")
            made += (Element("mspace", width=less), child, Element("mspace", width=less))
        else:
            made.append(child)
        if kind != _SPACE:
            before = "" if kind == _BREAK else kind
    return made


def _kinds(kinds: list[str]) -> list[str]:
    """The classes of a row, those of binary signs that join nothing made ordinary."""
    before: int | None = None
    for number, kind in enumerate(kinds):
        if kind == _SPACE:
            continue
        last = "" if before is None else kinds[before]
        if kind == _BINARY and (not last or last in "bnr(,/"):
            kinds[number] = _ORDINARY
        elif last == _BINARY and kind in "r),/":
            kinds[before or 0] = _ORDINARY
        before = number
    if before is not None and kinds[before] == _BINARY:
        kinds[before] = _ORDINARY
    return kinds


def _spliced(element: Element) -> Iterator[Element]:
    """The children of a row, those of a change of style among them."""
    for child in element:
        if child.tag != "mstyle":
            yield child
            continue
        for inner in _spliced(child):
            for name, value in child.attrib.items():
                inner.attrib.setdefault(name, value)
            yield inner


def _fenced(children: list[Element]) -> Iterator[Element]:
    """The children of a row, each table or fraction with the fences that latex2mathml gave it in a row of its own."""
    number = 0
    while number < len(children):
        three = children[number : number + 3]
        if three[0].tag == "mpadded" and three[0].findtext("mtext") == _NOT:
            three[1].text = _negated(three[1])
            number += 1
            continue
        if len(three) == 3 and three[0].tag == three[2].tag == "mo" and _belongs(*three):
            row = Element("mrow")
            for fence, form in ((three[0], "prefix"), (three[2], "postfix")):
                fence.attrib.clear()
                fence.attrib.update(stretchy="true", fence="true", form=form)
            row.extend(three)
            yield row
            number += 3
        else:
            yield children[number]
            number += 1


def _negated(element: Element) -> str:
    """The sign that is the negation of another."""
    sign = normalize("NFC", f"{_decoded(element)}\u0338")
    if len(sign) != 1:
        raise Unset("there is no sign for what it negates")
    return sign


def _belongs(left: Element, inner: Element, right: Element) -> bool:
    if inner.tag == "mtable":
        return not left.attrib and not right.attrib
    return inner.tag == "mfrac" and "linethickness" in inner.attrib and "minsize" in left.attrib and "minsize" in right.attrib


def _leaf(element: Element, style: int) -> tuple[Element, str]:
    """A sign, a name, a number or words."""
    text, tag = _decoded(element), element.tag
    made = Element(tag, _attributes(element))
    if tag == "mtext":
        made.text = text
        return made, _ORDINARY
    if element.get("fence") == "true":
        text = {"<": "⟨", ">": "⟩"}.get(text, text)
        kind = {"prefix": _OPEN, "postfix": _CLOSE}.get(element.get("form", ""), _ORDINARY)
    elif len(text) > 1 and set(text) != {"′"} and not _NUMBER.fullmatch(text):
        kind = _NAME
        if text == "mod":
            kind = _BINARY if tag == "mo" else _ORDINARY
    else:
        text = _SIGNS.get(text, text)
        kind = _POINT if element.text == _COLON else _sign(text)
    if not text:  # latex2mathml has one where an alignment goes on with a sign
        made.tag = "mspace"
    elif len(text) > 1 and (kind == _ORDINARY or "movablelimits" not in made.attrib and text not in _WITH_LIMITS):
        made.tag = "mn"  # set as it is, and what stands below it as high as below a letter
        made.attrib.setdefault("mathvariant", "normal")
    elif kind != _ORDINARY:
        made.tag = "mo"
    made.text = text
    if made.get("mathvariant") == "sans":  # which would be slanted
        del made.attrib["mathvariant"]
        made.text = "".join(map(_sans, text))
    made.attrib.setdefault("stretchy", "false")
    made.set("lspace", "0")
    made.set("rspace", "0")
    if text in _LARGE or text in _WITH_LIMITS:
        made.attrib.setdefault("movablelimits", "true")
    if text in _LARGE or text in _INTEGRALS:
        made.attrib.setdefault("largeop", "true")
    return made, kind


def _sans(letter: str) -> str:
    base = 0x1D5BA - ord("a") if "a" <= letter <= "z" else 0x1D5A0 - ord("A") if "A" <= letter <= "Z" else 0
    return chr(ord(letter) + base)


def _sign(text: str) -> str:
    """The class of a sign."""
    if text in _BY_SIGN:
        return _BY_SIGN[text]
    code = ord(text) if len(text) == 1 else 0
    return _RELATION if any(first <= code <= last for first, last in _RELATIONS) else _ORDINARY


def _decoded(element: Element) -> str:
    """The characters of a leaf. What latex2mathml does not know it hands on as it is written."""
    text = element.text or ""
    if element.tag == "mtext":
        text = _ESCAPED.sub(lambda m: f"&#x{ord(m[1]):X};", text)
        if "\\" in text or "{" in text or "}" in text:
            raise Unset("there is TeX in its words")
    elif text.startswith("\\"):
        from latex2mathml.symbols_parser import convert_symbol

        code = convert_symbol(text)
        if code is None:
            raise Unset(f"{text} is not known")
        return chr(int(code, 16))
    elif text in ("&", "#", "{", "}"):
        raise Unset(f"there is a {text} where none can be")
    text = _ENTITY.sub(lambda m: chr(int(m[1], 16)), text)
    if "&#x" in text:
        raise Unset("a sign of it is not known")
    return text


def _attributes(element: Element) -> dict[str, str]:
    """What ziamath makes something of, as it should have it; what it would pass over is refused."""
    made: dict[str, str] = {}
    for name, value in element.attrib.items():
        if name in _LENGTHS:
            made[name] = _length(value)
        elif name in ("columnspacing", "rowspacing"):
            made[name] = " ".join(map(_length, value.split()))
        elif name == "mathvariant":
            made[name] = _VARIANTS.get(value, value)
        elif name in ("scriptlevel", "stretchy") or name in _KEPT:
            made[name] = value
        elif name == "mathcolor" and _COLOR.fullmatch(value):
            made[name] = value
        elif name == "mathbackground" and element.tag == "mspace":
            made[name] = "black"
        elif name not in ("separator", "xmlns"):
            raise Unset(f"{name} is not supported")
    return made


def _length(value: str) -> str:
    """A length of TeX or MathML in ziamath's em."""
    if named := _SPACE_BY_NAME.fullmatch(value):
        em = {"thin": 3, "medium": 4, "thick": 5}[named[2]] / 18
        return f"{'-' if named[1] else ''}{em * _ITS_EM:.4f}em"
    match = _LENGTH.fullmatch(value.strip())
    if match is None or (match[3] or "") not in _IN_EM:
        raise Unset(f"{value} is no length that is known")
    em = float(match[2]) * _IN_EM[match[3] or ""]
    if em > _FARTHEST:
        raise Unset(f"{value} is too far")
    return f"{match[1]}{em * _ITS_EM:.4f}em" if em else "0"


# --- the drawing --------------------------------------------------------------------------------------------------


def _set(root: Element) -> Any:
    """The formula as ziamath sets it."""
    zmath = _ziamath()
    zmath.loadedfonts["default"].language("math", "")  # words at which it fails leave another one behind
    formula = zmath.Math(root, size=_SIZE, margin=0)
    if lacking := next(_without_a_glyph(formula.node), ""):
        raise Unset(f"no font for formulas has {lacking!r} (U+{ord(lacking):04X})")
    return formula


@cache
def _ziamath() -> Any:
    """ziamath, drawing outlines, and measuring no row for nothing."""
    from ziamath import config, zmath
    from ziamath.nodes.mrow import Mrow

    class Row(Mrow, tag="mrow"):
        """A row. Another one in ziamath measures what is in it even if nothing stretches: rows in rows took 2ⁿ times."""

        def _get_height_nostretch(self, line: list[Element], **kwargs: Any) -> tuple[float, float]:
            return super()._get_height_nostretch(line, **kwargs) if any(map(_stretches, line)) else (0.0, 0.0)

    config.svg2 = False  # outlines where they belong, instead of symbols that are put there
    return zmath


def _without_a_glyph(node: Any) -> Iterator[str]:
    """The characters of a formula for which the font has its empty box."""
    for below in node.nodes:
        if hasattr(below, "glyph") and below.glyph.index == 0:
            yield below.char
        yield from _without_a_glyph(below)


def _composed(formula: Any) -> Drawing:
    """A formula in two paths a color: its signs, and the bars that lie on them."""
    paths: dict[tuple[str, bool], list[str]] = {}
    for element in formula.svgxml():
        color = element.get("stroke") or element.get("fill", "black")
        for part in element.iter():
            if part.tag == "path" and "stroke" not in part.attrib:
                paths.setdefault((color, False), []).append(_scaled(part.get("d", "")))
            elif part.tag != "g":
                paths.setdefault((color, True), []).extend(map(_polygon, _bars(part)))
    points = [(int(x), int(y)) for parts in paths.values() for part in parts for x, y in _POINT_OF_PATH.findall(part)]
    if not points:
        raise Unset("there is nothing to see in it")
    left, right = min(0, *(x for x, _ in points)), max(round(formula.node.xadvance() * _SCALE), *(x for x, _ in points))
    top, bottom = min(0, *(y for _, y in points)), max(0, *(y for _, y in points))
    drawing = "".join(
        f"<path{'' if color == 'black' else f' fill={color!r}'} d='{''.join(parts)}'/>"
        for (color, _), parts in paths.items()
    ).replace("'", '"')
    box = f"{left} {top} {right - left} {bottom - top}"
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{drawing}</svg>',
        (right - left) / _UNITS,
        (bottom - top) / _UNITS,
        bottom / _UNITS,
    )


def _scaled(path: str) -> str:
    """A path of ziamath's in the drawing's units."""
    path = _POINT_OF_PATH.sub(lambda m: f"{round(float(m[1]) * _SCALE)} {round(float(m[2]) * _SCALE)}", path)
    return _AROUND_COMMANDS.sub(r"\1", path)


def _bars(element: Element) -> Iterator[tuple[tuple[float, float], ...]]:
    """The bars of a rectangle, filled or drawn, or of a line, as corners in ziamath's px."""
    if element.tag == "path":
        (x1, y1), (x2, y2) = ((float(x), float(y)) for x, y in _POINT_OF_PATH.findall(element.get("d", "")))
        half = float(element.get("stroke-width", "1")) / 2 / (hypot(x2 - x1, y2 - y1) or 1)
        dx, dy = (y2 - y1) * half, (x1 - x2) * half
        yield (x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)
        return
    x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    if "stroke" not in element.attrib:
        if height > 0 and width > 0:
            yield (x, y), (x + width, y), (x + width, y + height), (x, y + height)
        return
    line = float(element.get("stroke-width", "1"))
    for left, top, wide, high in (
        (x, y, width, line),
        (x, y + height - line, width, line),
        (x, y, line, height),
        (x + width - line, y, line, height),
    ):
        yield (left, top), (left + wide, top), (left + wide, top + high), (left, top + high)


def _polygon(corners: tuple[tuple[float, float], ...]) -> str:
    return "L".join(f"{round(x * _SCALE)} {round(y * _SCALE)}" for x, y in corners).join("MZ")
