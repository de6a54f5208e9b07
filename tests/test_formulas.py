"""Formulas: TeX as it is drawn, what is refused, and where both stand on the sheet."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pdfplumber
import pypdf
import pytest
from interview_helper.model import Build, Deck, Library, Source
from interview_helper.outputs.sheet import Layout, Sheet, formulas, render
from interview_helper.outputs.sheet.formulas import Unset, drawn
from interview_helper.parse import parse

THIN, MEDIUM, THICK = 3 / 18, 4 / 18, 5 / 18  # em
SHOWN = [
    r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}",
    r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}",
    r"\prod_{k=1}^n \left(1+\frac{1}{k}\right)",
    r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}",
    r"\lim_{n\to\infty} \left(1+\frac1n\right)^n = e",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix} \begin{bmatrix} 1 & 0 \\[4pt] 0 & 1 \end{bmatrix}",
    r"f(x) = \begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\hat{x} + \bar{y} + \vec{v} + \dot{a} + \ddot{b} + \tilde{z} + \widehat{abc} + \overline{xyz} + \underline{ab}",
    r"\mathbb{R} \subset \mathbb{C}, \mathcal{O}(n \log n), \mathfrak{g}, \mathbf{v}, \mathrm{d}x, \mathsf{S}, \mathtt{T}",
    r"\operatorname{argmax}_{\theta} L(\theta), \quad \arg\max_x f(x), \operatorname*{arg\,min}_x f",
    r"\binom{n}{k} = \frac{n!}{k!(n-k)!} \dbinom{n}{k} \tbinom{n}{k} {n \choose k}",
    r"\sqrt[3]{x+y} + \sqrt{\frac{a}{b}}",
    r"a \le b \ge c \ne d \approx e \equiv f \in A \notin B \subseteq C \cup D \cap E \setminus F",
    r"\forall \epsilon > 0\, \exists \delta > 0 : |x - a| < \delta \implies |f(x) - L| < \epsilon",
    r"\underbrace{a + b + \cdots + z}_{26} \quad \overbrace{x + y}^{2}",
    r"\begin{aligned} a &= b + c \\ &= d + e + f \end{aligned}",
    r"\begin{align} x &= 1 & y &= 2 \\ z &= 3 & w &= 4 \end{align}",
    r"P(A \mid B) = \frac{P(B \mid A)\, P(A)}{P(B)}",
    r"\left\{ \frac{1}{2} \right\} \left\lfloor \frac{n}{2} \right\rfloor \left| \frac a b \right| \left\| v \right\|",
    r"x_1^2 + x_{i,j}^{n+1} + {}_a^b X + e^{i\pi} + 1 = 0",
    r"a \xrightarrow{f} b \xleftarrow[g]{h} c, \quad A \to B \mapsto C \Rightarrow D \iff E",
    r"\oint_C \vec{F}\cdot d\vec{r} = \iint_S (\nabla\times\vec F)\cdot d\vec S",
    r"\alpha\beta\gamma\delta\epsilon\varepsilon\theta\lambda\mu\pi\sigma\phi\varphi\omega\Gamma\Delta\Sigma\Omega",
    r"\det\begin{vmatrix} a & b \\ c & d \end{vmatrix} = ad - bc",
    r"\cfrac{1}{1+\cfrac{1}{1+\cfrac{1}{1+x}}}",
    r"\log_2 n, \sin^2\theta + \cos^2\theta = 1, \max_{i} a_i, \min(a,b), \gcd(a,b)",
    r"a \bmod b,\quad a \equiv b \pmod{n}",
    r"\text{für alle } n \ge 0",
    r"\bigcup_{i \in I} A_i \cap \bigoplus_{j} V_j \bigwedge_k p_k",
    r"\left.\frac{df}{dx}\right|_{x=0}",
    r"\Big( \big( x \big) \Big) \bigl[ y \bigr] \Bigg\{ z \Bigg\} \big\langle u \big\rangle",
    r"\overset{!}{=} \quad \underset{x}{\min} \quad \stackrel{\text{def}}{=}",
    r"\sum_{\substack{1 \le i \le n \\ i \ne j}} a_{ij}",
    r"x' + f''(x) + f'^2",
    r"\neg p \lor q \land r \oplus s \vdash t \models u",
    r"1{,}000{,}000 \times 10^{-3}\ \text{s}",
    r"\boxed{E = mc^2} \quad \cancel{x} \tag{1}",
    r"\begin{array}{lcr} aaa & bbb & ccc \\ d & e & f \end{array}",
    r"x \lt y \gt z, a<b>c, A \& B, 50\%, \#S, \$5, a\_b",
    r"\color{red}{x} + \textcolor{blue}{y} \rule{1em}{0.1em} \phantom{abc} z",
    r"α + β ≤ γ ∈ ℝ",
]


def width(tex: str) -> float:
    return drawn(tex, displayed=False).width


def outlines(tex: str, *, displayed: bool = False) -> list[str]:
    """The signs of a formula, each by its outline, in order."""
    return re.findall(r'transform="[^"]*" d="([^"]*)"', drawn(tex, displayed=displayed).svg)


def refused(tex: str) -> str:
    with pytest.raises(Unset) as unset:
        drawn(tex, displayed=True)
    return str(unset.value)


# --- what is drawn ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("displayed", [True, False], ids=["displayed", "inline"])
@pytest.mark.parametrize("tex", SHOWN)
def test_a_formula_is_drawn_whole_around_its_baseline(tex, displayed):
    made = drawn(tex, displayed=displayed)
    left, top, wide, high = map(int, re.findall(r"-?[0-9]+", re.findall(r'viewBox="([^"]*)"', made.svg)[0]))
    assert (made.width, made.height, made.depth) == (wide / 1000, high / 1000, (top + high) / 1000)
    assert -150 < left <= 0
    assert 0 <= made.depth < made.height < 8
    assert 0.5 < made.width < 40
    assert re.fullmatch(r"<svg [^>]*>(<path[^>]*/>)+</svg>", made.svg), "nothing but outlines"


def test_a_letter_is_as_high_as_a_letter_is():
    assert 0.42 < drawn("x", displayed=False).height < 0.52
    assert drawn("x", displayed=False).depth < 0.03
    assert 0.15 < drawn("y", displayed=False).depth < 0.3


def test_a_sum_is_large_and_has_its_limits_above_and_below_where_it_is_displayed():
    inline, displayed = (drawn(r"\sum_{i=1}^{n}", displayed=each) for each in (False, True))
    assert displayed.height > 1.8 * inline.height
    assert displayed.width < inline.width
    assert drawn(r"\sum\limits_{i=1}^{n}", displayed=False).height > inline.height


@pytest.mark.parametrize(
    ("tex", "tight", "space"),
    [
        ("a+b", "a{+}b", 2 * MEDIUM),
        (r"a \cup b", r"a{\cup}b", 2 * MEDIUM),
        (r"a \setminus b", r"a{\setminus}b", 2 * MEDIUM),
        (r"a \bmod b", r"a{\bmod}b", 2 * MEDIUM),
        ("a=b", "a{=}b", 2 * THICK),
        (r"a \subset b", r"a{\subset}b", 2 * THICK),
        (r"a \sim b", r"a{\sim}b", 2 * THICK),
        (r"a \to b", r"a{\to}b", 2 * THICK),
        ("a ≤ b", "a{≤}b", 2 * THICK),
        ("a:b", "a{:}b", 2 * THICK),
        (r"a\colon b", "a{:}b", THIN),
        ("a==b", "a{=}{=}b", 2 * THICK),
        ("a,b", "a{,}b", THIN),
        (r"\sin x", r"{\sin}x", THIN),
        (r"\log_2 n", r"{\log}_2 n", THIN),
        (r"\sin(x)", r"{\sin}(x)", 0),
        ("n!", "{n}{!}", 0),
        ("-a", "{-}a", 0),
        ("(-a)", "({-}a)", 0),
        ("a=-b", "a{=}{-}b", 2 * THICK),
        (r"a \cdot -b", r"a{\cdot}{-}b", 2 * MEDIUM),
        ("x_{a=b}", "x_{a{=}b}", 0),
        (r"\tfrac{a+b}{c}", r"\tfrac{a{+}b}{c}", 0),
        (r"X \overset{!}{=} Y", r"X {\overset{!}{=}} Y", 2 * THICK),
        (r"a \quad b", "ab", 1),
        (r"a \hspace{10pt} b", "ab", 1),
        (r"a \not= b", r"a {\ne} b", 2 * THICK),
        (r"a \, b \! c", "abc", 0),
        (r"a \mathrel{R} b", "aRb", 2 * MEDIUM),
    ],
)
def test_between_two_signs_is_the_space_of_tex(tex, tight, space):
    assert width(tex) - width(tight) == pytest.approx(space, abs=0.006)


@pytest.mark.parametrize(
    ("tex", "other"),
    [
        (r"\sim", "∼"),
        (r"\ne", "≠"),
        (r"\not=", "≠"),
        (r"\not\in", "∉"),
        ("*", "∗"),
        (r"\alpha", "α"),
        (r"\|", "‖"),
        (r"\left< x \right>", r"\langle x \rangle"),
        (r"\mathbf{ab}", "𝐚𝐛"),
        (r"\mathit{ab}", "𝑎𝑏"),
        (r"\mathsf{aZ}", "𝖺𝖹"),
        (r"\mathbb{RN}", "ℝℕ"),
        (r"{\bf a}", "𝐚"),
        (r"\text{a b}", r"\text{a}\ \text{b}"),
        (r"\text{50\%}", r"\text{50}\%"),
        (r"\text{if $x_{1}$ is \$5}", r"\text{if }x_1\text{ is \$5}"),
        (r"\arg", r"\operatorname{arg}"),
        ("a<b", r"a \lt b"),
        (r"\begin{equation} a \end{equation}", "a"),
        (r"\Bigg\{ x", r"\Bigg\lbrace x"),
    ],
)
def test_a_sign_is_the_sign_that_is_meant(tex, other):
    assert outlines(tex) == outlines(other)


def test_what_is_large_is_large_and_what_stretches_stretches():
    assert outlines(r"\Bigg(") != outlines(r"\big(") != outlines("(")
    assert drawn(r"\left( \frac{a}{b} \right)", displayed=True).height > 1.8
    assert drawn(r"\left( x \right)", displayed=True).height == drawn("(x)", displayed=True).height
    assert drawn(r"\begin{pmatrix} a \\ b \\ c \end{pmatrix}", displayed=False).height > 3.3


def test_the_fences_of_a_matrix_are_as_high_as_the_matrix():
    beside = r"\frac{\dfrac{a}{b}}{\dfrac{c}{d}} \begin{pmatrix} a \end{pmatrix}"
    assert outlines(beside, displayed=True)[-3:] == outlines(r"\begin{pmatrix} a \end{pmatrix}", displayed=True)


def test_a_formula_is_set_in_lines_as_it_is_written():
    assert drawn(r"a \\ b + c", displayed=True).height > 1.2
    assert drawn(r"\begin{gathered} a \\ b \end{gathered}", displayed=True).height > 1.4


def test_bars_boxes_and_strokes_are_outlines_too():
    for tex in (r"\overline{ab}", r"\boxed{a}", r"\cancel{a}", r"\rule{1em}{1em}"):
        assert re.search(r'<path d="M[-0-9 L]+Z"/>', drawn(tex, displayed=False).svg), tex
    assert drawn(r"\binom{n}{k}", displayed=False).svg.count("<path d=") == 0, "a fraction without a bar"
    assert drawn(r"\rule{1em}{0.5em}", displayed=False).height == 0.5
    assert "stroke" not in drawn(r"\boxed{a} \cancel{b}", displayed=False).svg


def test_what_is_only_room_shows_nothing():
    shown, kept = outlines("xz"), outlines(r"x\phantom{y}z")
    assert shown == kept
    assert width(r"x\phantom{y}z") > width("xz")


def test_a_color_is_a_color():
    made = drawn(r"\color{red}{x} + 1", displayed=False)
    assert made.svg.count('fill="red"') == 3
    assert "<svg fill=" not in made.svg
    assert refused(r"\color{url(https://x)}{y}") == "the color url(https://x) is not known"


def test_the_same_formula_is_the_same_whatever_came_before_in_any_process():
    wanted = [drawn(tex, displayed=True) for tex in SHOWN]
    script = (
        "import sys; sys.path.insert(0, 'tests'); from test_formulas import SHOWN;"
        "from interview_helper.outputs.sheet.formulas import Unset, drawn\n"
        "made = {}\n"
        "for tex in reversed(SHOWN):\n"
        "    try: drawn(r'\\text{x\U0001f600', displayed=True), drawn(r'\\frac{\\text{a}}', displayed=True)\n"
        "    except Unset: pass\n"
        "    try: drawn(r'\\text{}', displayed=True)\n"
        "    except Unset: pass\n"
        "    made[tex] = drawn(tex, displayed=True)\n"
        "print([made[tex] for tex in SHOWN])"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"{wanted}\n"


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"\unknown", r"\unknown is not known"),
        (r"\foo{x}", r"\foo is not known"),
        (r"\big\foo", r"\foo is not known"),
        (r"\input{/etc/passwd}", r"\input is not known"),
        (r"\write18{ls}", r"\write is not known"),
        ("{a", "it does not close a brace"),
        ("a}", "it closes a brace that it does not open"),
        (r"\text{a {b} c}", "there is TeX in its words"),
        (r"\text{a \alpha}", "there is TeX in its words"),
        (r"\textbf{a $x$ b}", "there is a $ in it"),
        ("a $ b", "there is a $ in it"),
        (r"\begin{foo} a \end{foo}", "the environment foo is not known"),
        (r"\begin{array}{c|c} a & b \end{array}", "the columns of an array are l, c and r, without lines"),
        (r"\begin{array}{l@{}r} a & b \end{array}", "the columns of an array are l, c and r, without lines"),
        (r"\begin{matrix} a \\ \hline b \end{matrix}", r"\hline is not supported"),
        (r"\begin{matrix} a", "it does not end an environment that it begins"),
        (r"\left( a", r"a \left or \right in it lacks the other"),
        ("a^b^c", "it has two superscripts in one place"),
        ("a_b_c", "it has two subscripts in one place"),
        ("a^", "nothing stands behind a ^ or _ in it"),
        (r"\frac{a}", "it is broken TeX, or TeX that is not known here"),
        ("a & b", "there is a & where none can be"),
        ("#1", "there is a # where none can be"),
        (r"\not x", "there is no sign for what it negates"),
        (r"\text{漢字}", "the font for formulas lacks '漢' (U+6F22)"),
        ("😀", "the font for formulas lacks '😀' (U+1F600)"),
        ("a\x00b", "it is broken TeX, or TeX that is not known here"),
        ("\ud800", "it is broken TeX, or TeX that is not known here"),
        (r"\,\quad", "there is nothing to see in it"),
        (r"\hspace{99cm} x", "99cm is too far"),
        (r"\hspace{3 apples} x", "3 is no length that is known"),
        (r"\colorbox{red}{x}", r"\colorbox is not supported"),
        (r"\unicode{x41}", r"\unicode is not supported"),
        (r"\def\a{b}\a", r"\def is not supported"),
        (r"\newcommand{\a}{\a\a}\a", r"\newcommand is not supported"),
    ],
)
def test_what_would_be_set_wrong_is_refused_and_why(tex, words):
    assert refused(tex) == words


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        ("x+" * 50_000, "it has more than 2,000 characters"),
        ("{" * 10_000 + "}" * 10_000, "it has more than 2,000 characters"),
        ("{" * 500 + "}" * 500, "it is nested too deep"),
        (r"\sqrt" * 300 + " x", "it is nested too deep"),
        (r"\frac1" * 300 + "x", "it is nested too deep"),
        (r"\left(" * 20 + "x" + r"\right)" * 20, "it is nested too deep"),
        (r"\begin{pmatrix}" * 12 + "x" + r"\end{pmatrix}" * 12, "it is nested too deep"),
        (r"\phantom{" * 23 + "x" + "}" * 23, "it is nested too deep"),
        (r"\begin{matrix}" + r"a\\" * 300 + r"\end{matrix}", "it has more than 100 rows"),
        (r"a\\" * 300, "it has more than 100 rows"),
        ("x" * 1_999, "it has more than 600 signs"),
        (r"\text{" + "a" * 1_900 + "}", "it has more than 600 signs"),
        (r"\overbrace{" + "m" * 300 + "}", "it is too wide for what lies over or under it"),
        (r"\left(" + r"\rule{1em}{49em}\\" * 40 + r"\right)", "it is too tall"),
    ],
    ids=lambda value: value[:20],
)
def test_hostile_tex_is_refused_before_it_is_set(tex, words, monkeypatch):
    monkeypatch.setattr(formulas, "_set", lambda _: pytest.fail("it was set"))
    formulas._drawn.cache_clear()
    assert refused(tex) == words


def test_nothing_is_read_for_a_formula(monkeypatch):
    drawn("x", displayed=False)
    formulas._drawn.cache_clear()
    monkeypatch.setattr("builtins.open", lambda *args, **_: pytest.fail(f"{args} was opened"))
    for tex in (r"\frac{a}{b}", r"\text{x}", r"\includegraphics{a.png}", r"\href{file:///etc/passwd}{x}"):
        formulas._drawn(tex, True)


# --- on the sheet -------------------------------------------------------------------------------------------------


@dataclass
class Kept:
    """A cache in memory."""

    held: dict[str, bytes] = field(default_factory=dict)

    def get(self, key: str) -> bytes | None:
        return self.held.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.held[key] = value


def build(*notes: str) -> Build:
    parsed = [parse(Source(f"{chr(97 + n)}.md", text), maths=True) for n, text in enumerate(notes)]
    library = Library(tuple(each.document for each in parsed), {})
    return Build(Deck("id", "My deck", "my-deck", "", "en"), library, (), ())


def printed(*notes: str, cache: Kept | None = None, **layout: Any) -> Sheet:
    return render(build(*notes), Layout(**layout), cache)


def said(*notes: str, **layout: Any) -> list[tuple[int, int, int, int, str]]:
    """The places of what is said of formulas, and the message."""
    found = printed(*notes, **layout).diagnostics
    assert {each.code for each in found} <= {"P003"}
    return [
        (d.span.line, d.span.column, d.span.end_line, d.span.end_column, d.message.partition("' ")[2]) for d in found
    ]


def page_of(sheet: Sheet) -> Any:
    with pdfplumber.open(BytesIO(sheet.pdf)) as book:
        return book.pages[0]


def ink(page: Any, color: tuple[float, ...] = (17 / 255,) * 3) -> list[Any]:
    """The outlines of formulas."""
    return [c for c in page.curves if c["non_stroking_color"] == pytest.approx(color, abs=0.001)]


def structure(sheet: Sheet) -> list[tuple[str, str]]:
    """The structure elements of a sheet in order, with their alternative text."""

    def walk(element: Any) -> Iterator[tuple[str, str]]:
        element = element.get_object()
        if isinstance(element, pypdf.generic.ArrayObject):
            for each in element:
                yield from walk(each)
        elif isinstance(element, pypdf.generic.DictionaryObject):
            if "/S" in element:
                yield str(element["/S"]), str(element.get("/Alt", ""))
            yield from walk(element["/K"]) if "/K" in element else ()

    return list(walk(pypdf.PdfReader(BytesIO(sheet.pdf)).trailer["/Root"]["/StructTreeRoot"]))


def formulas_of(sheet: Sheet) -> list[str]:
    return [alt for kind, alt in structure(sheet) if kind == "/Formula"]


EVERYWHERE = r"""# Topic $a^1$

Introduction $a^2$.

## Question $a^3$ and $$a^4$$

- item $a^5$
  - deeper $$a^6$$

| $a^7$ | b |
|---|---|
| $a^8$ | $\left|a^9\right|$ |

> quote $a^{10}$
>
> $$
> a^{11}
> $$

> [!NOTE]
> callout $a^{12}$

Text $$a^{13}$$ and on.

$$
a^{14}
$$

### Deeper $a^{15}$

<details><summary>More</summary>

$a^{16}$

</details>
"""


def test_formulas_are_drawn_wherever_they_stand_and_read_out_as_tex():
    sheet = printed(EVERYWHERE)
    wanted = [
        "a^1",
        *(f"a^{n}" for n in (2, 3, 4, 5, 6, 7, 8)),
        r"\left|a^9\right|",
        *(f"a^{{{n}}}" for n in range(10, 17)),
    ]
    in_contents = ["a^1", "a^3", "a^4"]
    assert sorted(formulas_of(sheet)) == sorted([*wanted, *in_contents])
    assert [each for each in formulas_of(sheet)[3:] if each in wanted] == wanted, "in the order of the notes"
    assert "^" not in page_of(sheet).extract_text()
    assert sheet.diagnostics == ()
    outline = pypdf.PdfReader(BytesIO(sheet.pdf)).outline
    assert outline[0].title == "1 Topic a^1", "bookmarks are words"


def test_a_formula_stands_on_the_baseline_in_the_size_of_its_text():
    for size in (8.0, 12.0):
        page = page_of(printed("# T\n\n## Q\n\nxxx $x$ xxx\n", size=size, contents=False))
        letter = next(c for c in page.chars if c["text"] == "x" and c["top"] > 60)
        (glyph,) = ink(page)
        assert page.height - glyph["bottom"] == pytest.approx(letter["matrix"][5], abs=0.02 * size)
        assert glyph["height"] == pytest.approx(drawn("x", displayed=False).height * size, abs=0.01 * size)
        words = page.extract_words(x_tolerance=1)
        before, after = [w for w in words if w["text"] == "xxx"]
        assert before["x1"] < glyph["x0"]
        assert glyph["x1"] < after["x0"]


def test_a_displayed_formula_stands_in_the_middle_of_its_column():
    page = page_of(printed("# T\n\n## Q\n\nText.\n\n$$\nx\n$$\n\nMore.\n", columns=1, contents=False))
    (glyph,) = ink(page)
    left = next(w for w in page.extract_words() if w["text"] == "More.")["x0"]
    right = Layout(columns=1).margin + Layout(columns=1).column
    assert (glyph["x0"] + glyph["x1"]) / 2 == pytest.approx((left + right) / 2, abs=0.5)
    tops = [w["top"] for w in page.extract_words() if w["text"] in ("Text.", "More.")]
    assert tops[0] + 8 < glyph["top"] < tops[1]


def test_words_are_white_on_the_bar_of_a_topic_and_so_are_formulas():
    page = page_of(printed("# Topic $x^2$\n\nText $y$.\n", contents=False))
    assert len(ink(page, (1.0, 1.0, 1.0))) == 2
    assert len(ink(page)) == 1


WIDE = " + ".join(f"a_{{{n}}}" for n in range(1, 37))


@pytest.mark.parametrize(
    "notes",
    [
        f"# T\n\n## Q\n\n$$\n{WIDE}\n$$\n",
        f"# T\n\n## Q\n\ntext ${WIDE}$ text\n",
        f"# T\n\n## Q ${WIDE}$\n\nText.\n",
        f"# T ${WIDE}$\n\nText.\n",
        f"# T\n\n## Q\n\n- item\n\n  > - deeper ${WIDE}$\n",
        f"# T\n\n## Q\n\n| a | b | c |\n|---|---|---|\n| word | ${WIDE}$ | more words |\n",
        f"# T\n\n## Q\n\n> [!TIP]\n> $$\n> {WIDE}\n> $$\n",
    ],
    ids=["displayed", "inline", "heading", "topic", "list", "table", "callout"],
)
@pytest.mark.parametrize("columns", [1, 3])
def test_a_formula_that_is_too_wide_is_set_smaller_and_told(notes, columns):
    layout = Layout(columns=columns)
    sheet = printed(notes, columns=columns)
    step = layout.column + layout.gap
    for curve in page_of(sheet).curves:
        if curve["width"] < 10:  # not the bar of a topic
            column = int((curve["x0"] - layout.margin) // step)
            assert curve["x1"] <= layout.margin + column * step + layout.column + 0.1
    small = [d for d in sheet.diagnostics if re.search(r"is set at [0-5][0-9]% of the size of the text", d.message)]
    assert bool(small) == (columns == 3)
    assert len(formulas_of(sheet)) == 1 + ("# T $" in notes or "## Q $" in notes)


def test_a_formula_that_fits_a_table_is_as_large_as_its_text():
    tex = r"\frac{a}{b} + c"
    page = page_of(printed(f"# T\n\n## Q\n\n| a | b |\n|---|---|\n| word | ${tex}$ |\n", size=10.0, contents=False))
    made = drawn(tex, displayed=False)
    tall = max(c["bottom"] for c in ink(page)) - min(c["top"] for c in ink(page))
    assert tall == pytest.approx(made.height * 9.5, rel=0.02)


def test_a_formula_higher_than_a_column_is_set_smaller():
    rows = r" \\ ".join("a" for _ in range(80))
    sheet = printed(f"# T\n\n## Q\n\n$$\n\\begin{{matrix}} {rows} \\end{{matrix}}\n$$\n", size=12.0, contents=False)
    curves = ink(page_of(sheet))
    assert len(curves) == 2 * 80, "on one page, each letter of two lines"
    assert "to fit its column" in sheet.diagnostics[0].message


@pytest.mark.parametrize(
    ("note", "places"),
    [
        ("# T\n\n## Q\n\nIt is $\\foo$ or $x$ or $ab\\foo$.\n", [(5, 7, 5, 13), (5, 24, 5, 32)]),
        ("# T\n\n## Q\n\nTwice $\\foo$ and $\\foo$.\n", [(5, 7, 5, 13), (5, 18, 5, 24)]),
        ("# T\n\n## Q\n\n$$\n\\foo\n+ 1\n$$\n", [(5, 1, 8, 3)]),
        ("# T\n\n## Q\n\na $$\\foo$$ b\n", [(5, 3, 5, 11)]),
        ("# T\n\n## Is $\\foo$ it?\n\nText.\n", [(3, 7, 3, 13)]),
        ("# T $\\foo$\n\nText.\n", [(1, 5, 1, 11)]),
        ("# T\n\n## Q\n\n- a\n- b\n  - $\\foo$\n", [(7, 5, 7, 11)]),
        ("# T\n\n## Q\n\n> text $\\foo\n> = 1$ text\n", [(5, 8, 6, 7)]),
        ("# T\n\n## Q\n\n| a | b |\n|---|---|\n| c | $\\foo \\| d$ |\n", [(7, 7, 7, 18)]),
        ("# T\n\n## Q\n\ntext\n\n## R\n\n$\\foo{x}$\n", [(9, 1, 9, 10)]),
    ],
    ids=["inline", "twice", "displayed", "in text", "heading", "topic", "list", "quote", "table", "second"],
)
def test_what_cant_be_set_is_told_at_its_place_and_stands_as_it_is_written(note, places):
    found = said(note)
    assert [place for *place, _ in found] == [list(place) for place in places]
    assert {words for *_, words in found} == {r"can't be set: \foo is not known"}
    sheet = printed(note, contents=False)
    assert page_of(sheet).extract_text().count(r"\foo") == len(places)
    assert not [alt for alt in formulas_of(sheet) if "foo" in alt]


def test_a_message_names_a_long_formula_by_its_beginning():
    (found,) = printed(f"# T\n\n## Q\n\n$\\foo + {WIDE}$\n").diagnostics
    assert found.message.startswith(r"the formula '\foo + a_{1} + a_{2} + a_{3} + a_{4} + a…' can't be set: ")
    assert found.hint == "write it in other TeX, or in backticks"
    assert found.severity == "warning"


def test_what_is_said_of_a_formula_is_said_again_when_its_galley_was_kept():
    cache = Kept()
    first = printed("# T\n\n## Q\n\n$\\foo$ $x^2$\n", cache=cache)
    assert first.diagnostics
    assert printed("# T\n\n## Q\n\n$\\foo$ $x^2$\n", cache=cache) == first


def test_only_what_is_on_the_sheet_is_told():
    assert said("# T\n\n## Q\n<!-- only: deck -->\n\n$\\foo$\n\n## R\n\nText.\n") == []


def test_letters_stay_with_the_formula_that_they_belong_to():
    for narrow in range(30, 60):
        text = f"{'m' * narrow} the $n$th"
        page = page_of(printed(f"# T\n\n## Q\n\n{text}\n", columns=3, contents=False))
        (glyph,) = ink(page)
        after = [c for c in page.chars if c["text"] == "t" and abs(c["bottom"] - glyph["bottom"]) < 6]
        assert any(0 <= c["x0"] - glyph["x1"] < 2 for c in after), text


def test_the_same_notes_give_the_same_bytes():
    assert printed(EVERYWHERE).pdf == printed(EVERYWHERE).pdf


def test_a_formula_twice_costs_little_more_than_once():
    once, twice = (len(printed(f"# T\n\n## Q\n\n{f'$${SHOWN[0]}$$ ' * n}\n").pdf) for n in (1, 6))
    assert twice - once < 5 * 400


def test_notes_without_formulas_load_nothing_for_them():
    script = (
        "import sys\n"
        "from interview_helper.model import *\n"
        "from interview_helper.outputs.sheet import Layout\n"
        "from interview_helper.outputs.sheet.markup import Markup\n"
        "from interview_helper.parse import parse\n"
        "document = parse(Source('a.md', sys.argv[1]), maths=True).document\n"
        "build = Build(Deck('id', 'T', 't', '', 'en'), Library((document,), {}), (), ())\n"
        "markup = Markup(build, Layout(), frozenset)\n"
        "html = markup.topic(markup.topics[0]).html\n"
        "print('formula:' in html, sorted({name.partition('.')[0] for name in sys.modules} & {'ziamath', 'latex2mathml'}))"
    )

    def loaded(note: str) -> str:
        run = [sys.executable, "-c", script, note]
        return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()

    assert loaded("# T\n\n## Q\n\nIt costs $5, not $6.\n") == "False []"
    assert loaded("# T\n\n## Q\n\n$x$\n") == "True ['latex2mathml', 'ziamath']"
