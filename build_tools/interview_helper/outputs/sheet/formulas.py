"""TeX to a drawing in SVG. Pure, and the only module that knows latex2mathml and ziamath; it imports both late.

latex2mathml reads TeX into MathML, `mathml` mends that, and ziamath sets it in STIX Two Math.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape, unescape
from importlib.metadata import version
from math import ceil, floor, hypot
from typing import Any
from xml.etree.ElementTree import Element

from interview_helper.outputs.sheet.mathml import TOO_DEEP, Unset, mended, stretches

__all__ = ["Drawing", "Unset", "drawn", "narrowed", "shown", "shrunk", "versions", "widths"]

_LONGEST = 2000  # characters
_DEEPEST = 24  # braces in braces
_SIZE = 40 / 3  # px to the em in ziamath, so that its points are TeX's, ten to the em
_UNITS = 1000  # of the drawing to the em
_SCALE = _UNITS / _SIZE

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.|$)|%[^\n]*|[{}$]", re.DOTALL)
_WORDS = re.compile(r"(\\text(?:rm|normal)?)\s*\{((?:[^{}$\\]|\\.|\$(?:[^$\\]|\\.)*\$)+)\}", re.DOTALL)
_BETWEEN_WORDS = re.compile(r"(?<!\\)\$")
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
_IMAGE = re.compile(
    r'<img class="maths"(?: data-share="(?P<share>[^"]*)")? style="width:(?P<width>[^"]*?)em;height:(?P<height>[^"]*?)em;'
    r'vertical-align:-(?P<depth>[^"]*?)em" alt="(?P<tex>[^"]*)" src="(?P<address>[^"]*)">'
)
_POINT = re.compile(r"(-?[0-9.]+) (-?[0-9.]+)")
_SEGMENT = re.compile(r"([MLQCZ])([^MLQCZ]*)")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as an SVG of nothing but outlines; its measures are in em of the text around it.

    `height` is all of it, `depth` how much of that lies below the baseline.
    """

    svg: str
    width: float
    height: float
    depth: float

    def address(self, color: str) -> str:
        """Where the layout finds the drawing in a color: the address holds all of it."""
        svg = self.svg.replace("<svg", f'<svg fill="{color}"', 1)
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
    _ziamath()  # what fails here is no fault of the formula
    try:
        return _composed(_set(mended(_read(_checked(tex), displayed=displayed), displayed=displayed)))
    except Unset as unset:
        return str(unset)
    except Exception as error:  # noqa: BLE001  what the libraries raise for TeX that they did not expect is of any kind
        return _IN_WORDS.get(type(error).__name__, "it is broken TeX, or TeX that is not known here")


def shown(drawing: Drawing, tex: str, wide: float, high: float, color: str) -> str:
    """A drawing as HTML, in a color, on the baseline, at most so `wide` and `high` in em; `tex` is what is read out."""
    measures = drawing.width, drawing.height, drawing.depth
    return _image(measures, escape(tex), drawing.address(color), min(1.0, wide / drawing.width, high / drawing.height))


def widths(html: str) -> list[float]:
    """How wide the formulas of `html` are, in em."""
    return [float(match["width"]) for match in _IMAGE.finditer(html)]


def narrowed(html: str, wide: float) -> str:
    """`html` with each formula at most so `wide` in em."""

    def image(match: re.Match[str]) -> str:
        share = wide / float(match["width"])
        measures = float(match["width"]), float(match["height"]), float(match["depth"])
        before = float(match["share"] or 1)
        return _image(measures, match["tex"], match["address"], share, before) if share < 1 else match[0]

    return _IMAGE.sub(image, html)


def shrunk(html: str) -> list[tuple[str, float]]:
    """The formulas of `html` that are smaller than their text, as TeX and with their size in its em."""
    return [(unescape(match["tex"]), float(match["share"])) for match in _IMAGE.finditer(html) if match["share"]]


def _image(measures: tuple[float, float, float], tex: str, address: str, share: float, before: float = 1.0) -> str:
    width, height, depth = (f"{measure * share:.4g}em" for measure in measures)
    named = f' data-share="{share * before:.4g}"' if share * before < 1 else ""
    style = f"width:{width};height:{height};vertical-align:-{depth}"
    return f'<img class="maths"{named} style="{style}" alt="{tex}" src="{address}">'


def versions() -> str:
    """What a drawing depends on beside its formula."""
    return " ".join(f"{name} {version(name)}" for name in ("latex2mathml", "ziafont", "ziamath"))


def _checked(tex: str) -> str:
    """The formula in the TeX that latex2mathml knows."""
    if len(tex) > _LONGEST:
        raise Unset(f"it has more than {_LONGEST:,} characters")
    tex = _WORDS.sub(_words, tex)
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


def _words(match: re.Match[str]) -> str:
    """Words with formulas in them as words beside formulas."""
    pieces = _BETWEEN_WORDS.split(match[2])
    return "".join(
        f"{{{piece}}}" if number % 2 else f"{match[1]}{{{piece}}}" for number, piece in enumerate(pieces) if piece
    )


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
    """The part of ziamath that sets formulas, told to draw outlines and to measure no row for nothing.

    It teaches latex2mathml the names of some functions, so it is loaded before that reads any.
    """
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
    return zmath.Math(root, size=_SIZE, margin=0)


def _composed(formula: Any) -> Drawing:
    """A formula as SVG: each sign as the font has it, put in its place; then the bars."""
    signs: list[str] = []
    bars: list[str] = []
    corners: list[tuple[float, float]] = []
    for part, x, y in _parts(formula.node, 0.0, 0.0):
        if hasattr(part, "glyph"):
            if part.glyph.index == 0:
                raise Unset(f"the font for formulas lacks {part.char!r} (U+{ord(part.char):04X})")
            size, box = part.size / _SIZE, part.glyph.bbox
            at = f"{round(x * _SCALE)} {round(y * _SCALE)}"
            moved = f"translate({at})" if size == 1 else f"matrix({size:.4g} 0 0 {size:.4g} {at})"
            if outline := _outline(part.glyph):
                signs.append(f'<path{_filled(part.style.mathcolor)} transform="{moved}" d="{outline}"/>')
                corners += (
                    (x * _SCALE + across * size, y * _SCALE - up * size) for across, up in (box[::2], box[1::2])
                )
        else:
            for polygon in _bars(part, x, y):
                points = [(round(across * _SCALE), round(down * _SCALE)) for across, down in polygon]
                path = "L".join(f"{across} {down}" for across, down in points)
                bars.append(f'<path{_filled(part.style.mathcolor)} d="M{path}Z"/>')
                corners += points
    if not corners:
        raise Unset("there is nothing to see in it")
    left = floor(min(0, *(x for x, _ in corners)))
    right = ceil(max(formula.node.xadvance() * _SCALE, *(x for x, _ in corners)))
    top, bottom = floor(min(0, *(y for _, y in corners))), ceil(max(0, *(y for _, y in corners)))
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {right - left} {bottom - top}">'
        f"{''.join(signs)}{''.join(bars)}</svg>",
        (right - left) / _UNITS,
        (bottom - top) / _UNITS,
        bottom / _UNITS,
    )


def _parts(node: Any, x: float, y: float) -> Iterator[tuple[Any, float, float]]:
    """What is drawn of a node, and where."""
    for below, (right, down) in zip(node.nodes, node.nodexy, strict=False):
        if hasattr(below, "nodexy"):
            yield from _parts(below, x + right, y + down)
        elif not below.phantom:
            yield below, x + right, y + down
    if node.mtag == "mspace" and node.style.mathbackground != "none":
        yield node, x, y


def _filled(color: str) -> str:
    return "" if color == "black" else f' fill="{color}"'


@lru_cache(maxsize=1024)
def _outline(glyph: Any) -> str:
    """The outline of a sign of the font, in its units, of straight lines and cubic curves."""
    path = glyph.svgpath()
    parts = [] if path is None else [part.get("d", "") for part in path.iter("path")]
    scale = _UNITS / glyph.DFLT_SIZE_PT
    made: list[str] = []
    last = (0.0, 0.0)
    for command, numbers in _SEGMENT.findall("".join(parts)):
        given = [float(number) * scale for number in numbers.split()]
        points = list(zip(given[::2], given[1::2], strict=True))
        if command == "L" and points == [last]:
            continue
        if command == "Q":  # which PDF has not
            (x, y), end = points
            points = [(x + (at - x) / 3, y + (up - y) / 3) for at, up in (last, end)] + [end]
        made.append("C" if command == "Q" else command)
        made.append(" ".join(f"{round(x)} {round(y)}" for x, y in points))
        last = points[-1] if points else last
    return "".join(made)


def _bars(part: Any, x: float, y: float) -> Iterator[tuple[tuple[float, float], ...]]:
    """The corners of a line, of a filled rectangle, or of the four sides of an empty one, in ziamath's px."""
    drawn = Element("svg")
    part.draw(x, y, drawn)
    for element in drawn:
        yield from _polygons(element)


def _polygons(element: Element) -> Iterator[tuple[tuple[float, float], ...]]:
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
