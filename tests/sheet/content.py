"""A page's content stream to the text and paint that it shows, read once from its first operator to its last.

What can't be made sense of is a fault, in words, and reading goes on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sheet.drawn import BLACK, WHITE, Box, Color, Glyph, Mark, Page, Paint, Run, resolved
from sheet.faces import Face

Matrix = tuple[float, float, float, float, float, float]
_TOKEN = re.compile(
    rb"[-+]?(?:\d+\.?\d*|\.\d+)|/[^\s()<>\[\]{}/%]*|<<|>>|<[0-9A-Fa-f\s]*>|[\[\]]"
    rb"|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|[A-Za-z'\"][A-Za-z0-9'\"*]*|%[^\r\n]*",
    re.DOTALL,
)
_DIGITS = frozenset(b"0123456789+-.")
_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'\"")
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
# Of no meaning for what is looked at here: dashes, joins, rendering intents, marked points.
_IGNORED = {b"h", b"d", b"J", b"j", b"M", b"i", b"ri", b"MP", b"DP", b"BX", b"EX"}
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_EVERYWHERE = Box(-1e9, -1e9, 1e9, 1e9)


def _string(token: bytes) -> bytes:
    """A literal or hexadecimal string's bytes."""
    if token[:1] == b"<":
        digits = b"".join(token[1:-1].split())
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    if b"\\" not in token:
        return token[1:-1]
    return _ESCAPE.sub(
        lambda m: bytes([int(m[1], 8) & 255]) if m[1][:1].isdigit() else _ESCAPED.get(m[1], m[1]), token[1:-1]
    )


def _times(m: Matrix, n: Matrix) -> Matrix:
    """First `m`, then `n`."""
    a, b, c, d, e, f = m
    g, h, i, j, k, o = n
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + o)


@dataclass(slots=True)
class _State:
    """The graphics state, as far as it matters here."""

    matrix: Matrix = _UNIT
    clip: Box = _EVERYWHERE
    fill: Color = BLACK
    stroke: Color = BLACK
    alpha: float = 1.0
    face: Face | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    width: float = 1.0

    def copy(self) -> _State:
        return _State(*(getattr(self, name) for name in self.__slots__))


def read_content(data: bytes, resources: Any, page: Page, face: Callable[[Any], Face]) -> None:
    """Add what a page's content shows to `page`. `face` gives the font that a resource names."""
    reading = _Reading(page, face)
    reading.read(data, resources)
    reading.finish()
    _add_grounds(page)


class _Reading:
    """A content stream being read: `on_x` does what the operator x says, with its operands and the resources."""

    def __init__(self, page: Page, face: Callable[[Any], Face]) -> None:
        self.page = page
        self.face = face
        self.fault = page.faults.append
        self.state = _State()
        self.stack: list[_State] = []
        self.open: list[tuple[str, int | None, bool]] = []  # marked contents: tag, MCID, whether in a text object
        self.path: list[list[tuple[float, float]]] = []
        self.clips = False  # whether the next path does
        self.in_text = False
        self.text: Matrix = _UNIT
        self.line: Matrix = _UNIT
        self.flip: Matrix = (1.0, 0.0, 0.0, -1.0, 0.0, page.height)
        self.mark: Mark | None = None
        self.artifact = False
        operations = {name.removeprefix("on_"): getattr(self, name) for name in dir(self) if name.startswith("on_")}
        self.operations = {
            **{name.encode(): operation for name, operation in operations.items()},
            b"'": self._next_line_shown,
            b'"': self._spaced_line_shown,
            b"T*": self._next_line,
            b"f*": self._even_odd,
            b"F": self.on_f,
            b"B*": self._even_odd_stroked,
            b"b*": self._even_odd_stroked,
            b"b": self.on_B,
            b"W*": self.on_W,
            b"s": self.on_S,
        }

    def finish(self) -> None:
        if self.stack:
            self.fault(f"{len(self.stack)} q without Q")
        if self.open:
            self.fault(f"{len(self.open)} marked contents are not closed")
        if self.in_text:
            self.fault("BT without ET")

    def read(self, data: bytes, resources: Any) -> None:
        if b"BI" in data:
            data = re.sub(rb"(?s)\bBI\s.*?\bID\s.*?\sEI\b", b"", data)
        operands: list[Any] = []
        for token in _TOKEN.findall(data):
            first = token[0]
            if first in _DIGITS:
                operands.append(float(token))
            elif first in _LETTERS:
                self._operate(token, operands, resources)
                operands.clear()
            elif first != 37:  # a comment
                operands.append(token)

    def _operate(self, token: bytes, operands: list[Any], resources: Any) -> None:
        operation = self.operations.get(token)
        if operation is None:
            if token not in _IGNORED:
                self.page.unknown.add(token.decode("latin-1"))
            return
        try:
            operation(operands, resources)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            self.fault(f"{token.decode()} {operands!r:.80}: {error!r}")

    # --- graphics state -------------------------------------------------------------------------------------------

    def on_q(self, _: list[Any], __: Any) -> None:
        self.stack.append(self.state)
        self.state = self.state.copy()
        if self.in_text:
            self.fault("q between BT and ET")

    def on_Q(self, _: list[Any], __: Any) -> None:
        if self.stack:
            self.state = self.stack.pop()
        else:
            self.fault("Q without q")

    def on_cm(self, operands: list[Any], _: Any) -> None:
        self.state.matrix = _times(tuple(operands), self.state.matrix)  # type: ignore[arg-type]

    def on_w(self, operands: list[Any], _: Any) -> None:
        self.state.width = operands[0]

    def on_gs(self, operands: list[Any], resources: Any) -> None:
        state = resolved(resolved(resources["/ExtGState"])[operands[0].decode()])
        if "/ca" in state:
            self.state.alpha = float(state["/ca"])

    def on_rg(self, operands: list[Any], _: Any) -> None:
        self.state.fill = (operands[0], operands[1], operands[2])

    def on_RG(self, operands: list[Any], _: Any) -> None:
        self.state.stroke = (operands[0], operands[1], operands[2])

    def on_g(self, operands: list[Any], _: Any) -> None:
        self.state.fill = (operands[0],) * 3

    def on_G(self, operands: list[Any], _: Any) -> None:
        self.state.stroke = (operands[0],) * 3

    def on_k(self, operands: list[Any], _: Any) -> None:
        self.state.fill = _from_cmyk(operands)

    def on_K(self, operands: list[Any], _: Any) -> None:
        self.state.stroke = _from_cmyk(operands)

    def on_cs(self, _: list[Any], __: Any) -> None:
        self.state.fill = BLACK

    def on_CS(self, _: list[Any], __: Any) -> None:
        self.state.stroke = BLACK

    def on_scn(self, operands: list[Any], _: Any) -> None:
        self.state.fill = _color(operands)

    def on_SCN(self, operands: list[Any], _: Any) -> None:
        self.state.stroke = _color(operands)

    on_sc, on_SC = on_scn, on_SCN

    # --- marked content -------------------------------------------------------------------------------------------

    def on_BMC(self, operands: list[Any], _: Any) -> None:
        self._begin(operands[0].decode()[1:], None)

    def on_BDC(self, operands: list[Any], resources: Any) -> None:
        number = None
        if b"/MCID" in operands:
            number = int(operands[operands.index(b"/MCID") + 1])
        elif operands[1][:1] == b"/":
            properties = resolved(resolved(resources["/Properties"])[operands[1].decode()])
            number = int(properties["/MCID"]) if "/MCID" in properties else None
        self._begin(operands[0].decode()[1:], number)

    def _begin(self, tag: str, number: int | None) -> None:
        if (number is not None or tag == "Artifact") and (self.mark is not None or self.artifact):
            self.fault(f"{tag} begins inside other marked content")
        self.open.append((tag, number, self.in_text))
        if number is not None:
            self.page.marks.setdefault(number, Mark(self.page.number, number)).begun += 1
        self._look()

    def on_EMC(self, _: list[Any], __: Any) -> None:
        if not self.open:
            self.fault("EMC without BDC")
            return
        tag, _number, in_text = self.open.pop()
        if in_text != self.in_text:
            self.fault(f"{tag} begins and ends on two sides of BT or ET")
        self._look()

    def _look(self) -> None:
        number = next((number for _, number, _ in reversed(self.open) if number is not None), None)
        self.mark = None if number is None else self.page.marks[number]
        self.artifact = any(tag == "Artifact" for tag, _, _ in self.open)

    # --- paths and pictures ---------------------------------------------------------------------------------------

    def _point(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.state.matrix
        return a * x + c * y + e, self.page.height - (b * x + d * y + f)

    def on_m(self, operands: list[Any], _: Any) -> None:
        self.path.append([self._point(*operands)])

    def on_l(self, operands: list[Any], _: Any) -> None:
        self.path[-1].append(self._point(*operands))

    def on_c(self, operands: list[Any], _: Any) -> None:
        self.path[-1].append(self._point(*operands[-2:]))

    on_v, on_y = on_c, on_c

    def on_re(self, operands: list[Any], _: Any) -> None:
        x, y, width, height = operands
        self.path.append([self._point(x, y), self._point(x + width, y + height)])

    def _parts(self) -> tuple[Box, ...]:
        return tuple(
            Box(min(xs), min(ys), max(xs), max(ys))
            for xs, ys in (tuple(zip(*piece, strict=True)) for piece in self.path)
        )

    def _finish(self) -> None:
        if self.clips and self.path:
            self.state.clip = self.state.clip.cut(_around(self._parts()))
        self.clips = False
        self.path = []

    def on_n(self, _: list[Any], __: Any) -> None:
        self._finish()

    def on_W(self, _: list[Any], __: Any) -> None:
        self.clips = True

    def on_f(self, _: list[Any], __: Any) -> None:
        self._fill()

    def _even_odd(self, _: list[Any], __: Any) -> None:
        self._fill(even_odd=True)

    def on_B(self, _: list[Any], __: Any) -> None:
        self._fill(stroke=True)

    def _even_odd_stroked(self, _: list[Any], __: Any) -> None:
        self._fill(even_odd=True, stroke=True)

    def _fill(self, *, even_odd: bool = False, stroke: bool = False) -> None:
        color = _over(self.state.fill, WHITE, self.state.alpha)
        self._paint("fill", color, self._parts(), even_odd=even_odd)
        if stroke:
            self.on_S([], None)
        else:
            self._finish()

    def on_S(self, _: list[Any], __: Any) -> None:
        half = self.state.width * abs(self.state.matrix[0]) / 2
        self._paint("stroke", self.state.stroke, tuple(_widened(part, half) for part in self._parts()))
        self._finish()

    def _paint(self, kind: str, color: Color, parts: tuple[Box, ...], *, even_odd: bool = False) -> None:
        if not parts:
            return
        box = _around(parts).cut(self.state.clip)
        if box.right <= box.left or box.bottom <= box.top:
            return
        mark = None if self.mark is None else self.mark.number
        paint = Paint(self.page.number, mark, self.artifact, kind, color, box, parts, even_odd)
        self.page.paints.append(paint)
        if self.mark is not None:
            self.mark.paints.append(paint)

    def on_sh(self, _: list[Any], __: Any) -> None:
        if self.state.clip != _EVERYWHERE:
            self._paint("picture", WHITE, (self.state.clip,))

    def on_Do(self, operands: list[Any], resources: Any) -> None:
        form = resolved(resolved(resources["/XObject"])[operands[0].decode()])
        if form.get("/Subtype") != "/Form":
            corners = [self._point(x, y) for x in (0, 1) for y in (0, 1)]
            xs, ys = zip(*corners, strict=True)
            self._paint("picture", WHITE, (Box(min(xs), min(ys), max(xs), max(ys)),))
            return
        if "/StructParents" in form or "/StructParent" in form:
            self.fault("a form owns structure, which pdfium does not see")
        depth = len(self.stack)
        self.on_q([], None)
        if "/Matrix" in form:
            self.on_cm([float(value) for value in form["/Matrix"]], None)
        self.read(form.get_data(), resolved(form.get("/Resources", resources)))
        while len(self.stack) > depth:
            self.on_Q([], None)

    # --- text -----------------------------------------------------------------------------------------------------

    def on_BT(self, _: list[Any], __: Any) -> None:
        if self.in_text:
            self.fault("BT between BT and ET")
        self.in_text = True
        self.text = self.line = _UNIT

    def on_ET(self, _: list[Any], __: Any) -> None:
        if not self.in_text:
            self.fault("ET without BT")
        self.in_text = False

    def on_Tf(self, operands: list[Any], resources: Any) -> None:
        fonts = resolved(resources["/Font"])
        self.state.face = self.face(fonts.raw_get(operands[0].decode()))
        self.state.size = operands[1]

    def on_Tm(self, operands: list[Any], _: Any) -> None:
        self.text = self.line = tuple(operands)  # type: ignore[assignment]

    def on_Td(self, operands: list[Any], _: Any) -> None:
        self.text = self.line = _times((1.0, 0.0, 0.0, 1.0, operands[0], operands[1]), self.line)

    def on_TD(self, operands: list[Any], _: Any) -> None:
        self.state.leading = -operands[1]
        self.on_Td(operands, None)

    def on_TL(self, operands: list[Any], _: Any) -> None:
        self.state.leading = operands[0]

    def on_Tc(self, operands: list[Any], _: Any) -> None:
        self.state.spacing = operands[0]

    def on_Tw(self, operands: list[Any], _: Any) -> None:
        self.state.word_spacing = operands[0]

    def on_Tz(self, operands: list[Any], _: Any) -> None:
        self.state.stretch = operands[0] / 100

    def on_Ts(self, operands: list[Any], _: Any) -> None:
        self.state.rise = operands[0]

    def on_Tr(self, operands: list[Any], _: Any) -> None:
        self.state.mode = int(operands[0])

    def _next_line(self, _: list[Any], __: Any) -> None:
        self.on_Td([0.0, -self.state.leading], None)

    def _next_line_shown(self, operands: list[Any], _: Any) -> None:
        self._next_line([], None)
        self.on_TJ(operands, None)

    def _spaced_line_shown(self, operands: list[Any], _: Any) -> None:
        self.state.word_spacing, self.state.spacing = operands[:2]
        self._next_line_shown(operands[2:], None)

    def on_Tj(self, operands: list[Any], _: Any) -> None:
        self.on_TJ(operands, None)

    def on_TJ(self, operands: list[Any], _: Any) -> None:
        state, face = self.state, self.state.face
        if face is None:
            raise ValueError("text without a font")
        if not self.in_text:
            self.fault("text outside BT and ET")
        if state.mode not in (0, 2):
            self.fault(f"text that is not filled (mode {state.mode})")
        a, b, c, d, e, f = _times(_times(self.text, state.matrix), self.flip)
        if abs(b) > 1e-6 * abs(a) or abs(c) > 1e-6 * abs(d) or a <= 0 or d >= 0:
            self.fault("text that is turned or mirrored")
        across, down = a * state.size * state.stretch, d * state.size  # an em in points; down is negative
        rise = f + d * state.rise
        glyphs: list[Glyph] = []
        x = 0.0
        for code, before, width in _advances(operands, face, state):
            x += before
            origin = e + a * x
            ink = face.ink(code)
            box = ink and Box(
                origin + ink[0] * across, rise + ink[3] * down, origin + ink[2] * across, rise + ink[1] * down
            )
            glyphs.append(Glyph(face.codes.get(code, "\ufffd"), box, origin, a * width))
            x += width
        self.text = _times((1.0, 0.0, 0.0, 1.0, x, 0.0), self.text)
        if glyphs:
            self._show(face, -down, rise, glyphs)

    def _show(self, face: Face, size: float, baseline: float, glyphs: list[Glyph]) -> None:
        inks = [glyph.ink for glyph in glyphs if glyph.ink is not None]
        if inks:
            lefts, tops, rights, bottoms = zip(*inks, strict=True)
            box = Box(min(lefts), min(tops), max(rights), max(bottoms))
        else:
            box = Box(glyphs[0].origin, baseline, glyphs[-1].origin + glyphs[-1].advance, baseline)
        run = Run(
            self.page.number,
            None if self.mark is None else self.mark.number,
            self.artifact,
            face.plain,
            size,
            _over(self.state.fill, WHITE, self.state.alpha),
            baseline,
            glyphs,
            "".join([glyph.text for glyph in glyphs]),
            not inks,
            box,
            bool(inks) and _outside(box, self.state.clip),
            len(self.page.paints),
        )
        self.page.runs.append(run)
        if self.mark is not None:
            self.mark.runs.append(run)


def _advances(operands: list[Any], face: Face, state: _State) -> Iterator[tuple[int, float, float]]:
    """Each code that an operator shows, how far it is moved before, and how wide it is, in the text's own units."""
    step = 2 if face.wide else 1
    widths, default = face.widths, face.default
    em = state.size * state.stretch / 1000
    before = 0.0
    for token in operands:
        if token.__class__ is float:
            before -= token * em
        elif token not in (b"[", b"]"):
            codes = _string(token)
            for at in range(0, len(codes), step):
                code = codes[at] if step == 1 else codes[at] << 8 | codes[at + 1]
                face.drawn.add(code)
                width = widths.get(code, default) * em + state.spacing * state.stretch
                if step == 1 and code == 32:
                    width += state.word_spacing * state.stretch
                yield code, before, width
                before = 0.0


def _around(parts: tuple[Box, ...]) -> Box:
    return Box(
        min(part.left for part in parts),
        min(part.top for part in parts),
        max(part.right for part in parts),
        max(part.bottom for part in parts),
    )


def _outside(box: Box, clip: Box) -> bool:
    """Whether some of a box, but for a hair, is cut away by a clip."""
    return (
        box.left < clip.left - 0.3
        or box.right > clip.right + 0.3
        or box.top < clip.top - 0.3
        or box.bottom > clip.bottom + 0.3
    )


def _widened(part: Box, half: float) -> Box:
    """What a pen draws along a piece of a path; a straight line is not longer for that."""
    across = 0.0 if part.top == part.bottom else half
    down = 0.0 if part.left == part.right else half
    return Box(part.left - across, part.top - down, part.right + across, part.bottom + down)


def _from_cmyk(operands: list[Any]) -> Color:
    c, m, y, k = operands
    return ((1 - c) * (1 - k), (1 - m) * (1 - k), (1 - y) * (1 - k))


def _color(operands: list[Any]) -> Color:
    """The color of as many numbers as there are; a pattern is white."""
    numbers = [each for each in operands if isinstance(each, float)]
    match len(numbers):
        case 1:
            return (numbers[0],) * 3
        case 3:
            return (numbers[0], numbers[1], numbers[2])
        case 4:
            return _from_cmyk(numbers)
    return WHITE


def _over(color: Color, ground: Color, alpha: float) -> Color:
    if alpha == 1.0:
        return color
    r, g, b = (alpha * one + (1 - alpha) * other for one, other in zip(color, ground, strict=True))
    return (r, g, b)


_BAND = 12.0


def _add_grounds(page: Page) -> None:
    """Say on what each run stands: the last fill before it that lies under its first, middle and last glyph."""
    bands: dict[int, list[tuple[int, Paint]]] = defaultdict(list)
    for order, paint in enumerate(page.paints):
        if paint.kind == "fill":
            for band in range(int(paint.box.top // _BAND), int(paint.box.bottom // _BAND) + 1):
                bands[band].append((order, paint))
    for run in page.runs:
        inked = [glyph.ink for glyph in run.glyphs if glyph.ink is not None]
        found = []
        for ink in dict.fromkeys((inked[0], inked[len(inked) // 2], inked[-1])) if inked else ():
            x, y = (ink.left + ink.right) / 2, (ink.top + ink.bottom) / 2
            ground = WHITE
            for order, paint in reversed(bands[int(y // _BAND)]):
                if not paint.covers(x, y):
                    continue
                if order < run.paints_before:
                    ground = paint.color
                    break
                # A line through a word does not hide it.
                run.hidden |= paint.box.bottom - paint.box.top > 0.7 * (ink.bottom - ink.top)
            found.append(ground)
        run.grounds = tuple(found)
