"""TeX to a drawing in SVG. Pure, and the only module that knows latex2mathml and ziamath; it imports both late.

latex2mathml reads TeX into MathML, `mathml` mends that, and ziamath sets it in STIX Two Math.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import hypot
from typing import Any
from xml.etree.ElementTree import Element

from interview_helper.outputs.sheet.mathml import TOO_DEEP, Unset, mended, stretches

__all__ = ["Drawing", "Unset", "drawn"]

_LONGEST = 2000  # characters
_DEEPEST = 24  # braces in braces
_SIZE = 40 / 3  # px to the em in ziamath, so that its points are TeX's, ten to the em
_UNITS = 1000  # of the drawing to the em
_SCALE = _UNITS / _SIZE

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.|$)|%[^\n]*|[{}$]", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
_ENVIRONMENTS = (
    *("align*", "array", "bmatrix", "Bmatrix", "cases", "matrix", "pmatrix", "smallmatrix", "split", "vmatrix"),
    "Vmatrix",
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
_IN_WORDS = {  # what latex2mathml raises
    "DoubleSubscriptsError": "it has two subscripts in one place",
    "DoubleSuperscriptsError": "it has two superscripts in one place",
    "ExtraLeftOrMissingRightError": r"a \left or \right in it lacks the other",
    "MissingEndError": "it does not end an environment that it begins",
    "MissingSuperScriptOrSubscriptError": "nothing stands behind a ^ or _ in it",
    "NoAvailableTokensError": "something is missing at its end",
    "RecursionError": TOO_DEEP,
}
_POINT = re.compile(r"(-?[0-9.]+) (-?[0-9.]+)")
_COMMAND = re.compile(r" *([MLQCZ]) *")


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
        """Where the layout finds the drawing, in black or in `color`: the address holds all of it."""
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
        return _composed(_set(mended(_read(_checked(tex), displayed=displayed), displayed=displayed)))
    except Unset as unset:
        return str(unset)
    except Exception as error:  # noqa: BLE001  what the libraries raise for TeX that they did not expect is of any kind
        return _IN_WORDS.get(type(error).__name__, "it is broken TeX, or TeX that is not known here")


def _checked(tex: str) -> str:
    """The formula in the TeX that latex2mathml knows."""
    if len(tex) > _LONGEST:
        raise Unset(f"it has more than {_LONGEST:,} characters")
    depth = 0
    for piece in _TOKEN.findall(tex):
        if piece == "$":
            raise Unset("there is a $ in it")
        if _REFUSED.fullmatch(piece):
            raise Unset(f"{piece} is not supported")
        depth += {"{": 1, "}": -1}.get(piece, 0)
        if depth < 0:
            raise Unset("it closes a brace that it does not open")
        if depth > _DEEPEST:
            raise Unset(TOO_DEEP)
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


def _read(tex: str, *, displayed: bool) -> Element:
    """The MathML of a formula."""
    _ziamath()  # it teaches latex2mathml the names of some functions
    from latex2mathml.converter import convert_to_element
    from latex2mathml.symbols_parser import convert_symbol

    root = convert_to_element(tex, display="block" if displayed else "inline")
    for fence in root.iter("mo"):
        # It looks up the signs that stand alone, but not those behind `\big`.
        if (fence.text or "").startswith("\\") and (code := convert_symbol(fence.text or "")):
            fence.text = f"&#x{code};"
    return root


@cache
def _ziamath() -> Any:
    """The part of ziamath that sets formulas, told to draw outlines and to measure no row for nothing."""
    from ziamath import zmath
    from ziamath.config import config
    from ziamath.nodes.mrow import Mrow

    class Row(Mrow, tag="mrow"):
        """Takes the place of ziamath's: that one measures each row, all rows in it included, even if nothing stretches."""

        def _get_height_nostretch(self, line: list[Element], **kwargs: Any) -> tuple[float, float]:
            return super()._get_height_nostretch(line, **kwargs) if any(map(stretches, line)) else (0.0, 0.0)

    config.svg2 = False  # outlines where they belong, instead of symbols that are put there
    return zmath


def _set(root: Element) -> Any:
    """The formula as ziamath sets it."""
    zmath = _ziamath()
    zmath.loadedfonts["default"].language("math", "")  # words at which it fails leave another one behind
    formula = zmath.Math(root, size=_SIZE, margin=0)
    if lacking := next(_without_a_glyph(formula.node), ""):
        raise Unset(f"the font for formulas lacks {lacking!r} (U+{ord(lacking):04X})")
    return formula


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
                paths.setdefault((color, False), []).append(_outline(part.get("d", "")))
            elif part.tag != "g":
                paths.setdefault((color, True), []).extend(map(_polygon, _bars(part)))
    points = [(int(x), int(y)) for parts in paths.values() for part in parts for x, y in _POINT.findall(part)]
    if not points:
        raise Unset("there is nothing to see in it")
    left, right = min(0, *(x for x, _ in points)), max(round(formula.node.xadvance() * _SCALE), *(x for x, _ in points))
    top, bottom = min(0, *(y for _, y in points)), max(0, *(y for _, y in points))
    drawing = "".join(
        f'<path{"" if color == "black" else f" fill={color!r}"} d="{"".join(parts)}"/>'
        for (color, _), parts in paths.items()
    )
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {right - left} {bottom - top}">{drawing}</svg>',
        (right - left) / _UNITS,
        (bottom - top) / _UNITS,
        bottom / _UNITS,
    )


def _outline(path: str) -> str:
    """A path of ziamath's in the drawing's units."""
    path = _POINT.sub(lambda m: f"{round(float(m[1]) * _SCALE)} {round(float(m[2]) * _SCALE)}", path)
    return _COMMAND.sub(r"\1", path)


def _bars(element: Element) -> Iterator[tuple[tuple[float, float], ...]]:
    """The corners of a line, of a filled rectangle, or of the four sides of an empty one, in ziamath's px."""
    if element.tag == "path":
        (x1, y1), (x2, y2) = ((float(x), float(y)) for x, y in _POINT.findall(element.get("d", "")))
        half = float(element.get("stroke-width", "1")) / 2 / (hypot(x2 - x1, y2 - y1) or 1)
        dx, dy = (y2 - y1) * half, (x1 - x2) * half
        yield (x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)
        return
    x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    if "stroke" not in element.attrib:
        sides = [(x, y, width, height)] if width > 0 and height > 0 else []
    else:
        line = float(element.get("stroke-width", "1"))
        sides = [(x, y, width, line), (x, y + height - line, width, line)]
        sides += [(x, y, line, height), (x + width - line, y, line, height)]
    for left, top, wide, high in sides:
        yield (left, top), (left + wide, top), (left + wide, top + high), (left, top + high)


def _polygon(corners: tuple[tuple[float, float], ...]) -> str:
    return "L".join(f"{round(x * _SCALE)} {round(y * _SCALE)}" for x, y in corners).join("MZ")
