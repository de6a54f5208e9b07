"""Formulas that nobody wrote: each is drawn or refused, with little work, and nothing else is raised."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from interview_helper.outputs.sheet import formulas, mathml
from interview_helper.outputs.sheet.formulas import Unset, drawn

SIGNS = st.sampled_from(
    [
        *"abxyN019+-=<>,;:!|/*()[].'~&#%?\"",
        *(rf"\\{sign}" for sign in "{}|,;:! %#&$_\\"),
        *(
            [
                "\\alpha",
                "\\Sigma",
                "\\sum",
                "\\int",
                "\\prod",
                "\\lim",
                "\\max",
                "\\sin",
                "\\bmod",
                "\\to",
                "\\le",
                "\\ne",
                "\\cdot",
                "\\cup",
                "\\infty",
                "\\dots",
            ]
        ),
        *(
            [
                "\\limits",
                "\\not",
                "\\quad",
                "\\displaystyle",
                "\\scriptstyle",
                "\\large",
                "\\bf",
                "\\rm",
                "\\nonumber",
                "\\middle|",
                "\\over",
                "\\choose",
            ]
        ),
        *(
            [
                "\\hline",
                "\\nolimits",
                "\\foo",
                "\\left",
                "\\right",
                "\\begin",
                "\\end",
                "\\def",
                "\\verb",
                "\\big",
                "\\color",
                "\\text",
                "\\sqrt",
                "\\frac",
                "^",
                "_",
                "{",
                "}",
            ]
        ),
        *"äß漢字אש😀∑⊕→\u0301\u200d\x00\ud800",
    ]
)
FORMULAS = st.recursive(
    st.lists(SIGNS, max_size=4).map(" ".join),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.tuples(
            st.sampled_from(
                [
                    *(
                        r"\frac{%s}{%s}",
                        r"\binom{%s}{%s}",
                        r"%s^{%s}",
                        r"{%s}_{%s}",
                        r"\sqrt[%s]{%s}",
                        r"\overset{%s}{%s}",
                    ),
                    *(
                        r"\left(%s\right]^{%s}",
                        r"\left\{%s\middle|%s\right.",
                        r"\sum_{%s}^{%s}",
                        r"\xrightarrow[%s]{%s}",
                    ),
                    *(
                        r"\begin{pmatrix}%s&%s\\\\a&b\end{pmatrix}",
                        r"\begin{cases}%s\\\\%s\end{cases}",
                        r"\cfrac{%s}{%s}",
                    ),
                    *(r"\begin{aligned}%s&=%s\\\\&=c\end{aligned}", r"\stackrel{%s}{%s}", r"\underset{%s}{\max}%s"),
                    *(
                        r"{%s\over %s}",
                        r"\genfrac(){0pt}{1}{%s}{%s}",
                        r"\textcolor{red}{%s}%s",
                        r"\underbrace{%s}_{%s}",
                    ),
                ]
            ),
            inner,
            inner,
        ).map(lambda parts: parts[0] % parts[1:]),
        st.tuples(
            st.sampled_from(
                [
                    *(
                        r"{%s}",
                        r"\hat{%s}",
                        r"\widehat{%s}",
                        r"\vec %s",
                        r"\overline{%s}",
                        r"\text{%s}",
                        r"\mathbf{%s}",
                        r"\mathsf{%s}",
                    ),
                    *(
                        r"\operatorname{%s}",
                        r"\mathop{%s}",
                        r"\mathrel{%s}",
                        r"\boxed{%s}",
                        r"\cancel{%s}",
                        r"\phantom{%s}",
                    ),
                    *(
                        r"\substack{%s\\\\a}",
                        r"\hspace{%s}",
                        r"\rule{%s}{1em}",
                        r"\tag{%s}",
                        r"\pmod{%s}",
                        r"\overbrace{%s}",
                    ),
                    *(
                        r"\sqrt{%s}",
                        r"\begin{array}{lc}%s\end{array}",
                        r"\begin{%s}a\end{matrix}",
                        r"\big%s",
                        r"\not %s",
                    ),
                ]
            ),
            inner,
        ).map(lambda parts: parts[0] % parts[1]),
    ),
    max_leaves=12,
)


def drawn_or_refused(tex: str, *, displayed: bool) -> None:
    """Checks both; the work is counted, because a test that looks at the clock fails when the machine is busy."""
    from ziamath.nodes.mnode import Mnode

    formulas._drawn.cache_clear()
    made = 0
    init = Mnode.__init__

    def counted(self: Any, *args: Any, **more: Any) -> None:
        nonlocal made
        made += 1
        init(self, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mnode, "__init__", counted)
        with suppress(Unset):
            drawing = drawn(tex, displayed=displayed)
            assert re.fullmatch(r"<svg [^>]*>(<path[^>]*/>)+</svg>", drawing.svg)
            assert 0 < drawing.width < 1000
            assert 0 < drawing.height < 250
            assert 0 <= drawing.depth <= drawing.height
            assert len(drawing.svg) < 1_500_000
    assert made <= 1.1 * mathml._NODES


@settings(deadline=None)
@given(FORMULAS, st.booleans())
@example(r"\left(\text{}\right)", True)
@example(r"\overset{a}{" * 20 + "x" + "}" * 20, True)
@example(r"\left(" * 9 + "x" + r"\right)" * 9, False)
@example(r"\begin{pmatrix}" * 6 + "x" + r"\end{pmatrix}" * 6, False)
@example(r"\frac{a}{" * 20 + "x" + "}" * 20, False)
@example(r"\overbrace{" * 20 + "m" * 90 + "}" * 20, True)
@example(r"{a\choose b}" * 150, True)
@example("x" * 600, True)
def test_a_formula_is_drawn_or_refused(tex, displayed):
    drawn_or_refused(tex, displayed=displayed)


@settings(deadline=None)
@given(st.text(max_size=60), st.booleans())
def test_text_of_any_kind_is_drawn_or_refused(tex, displayed):
    drawn_or_refused(tex, displayed=displayed)


@settings(deadline=None)
@given(FORMULAS)
def test_a_formula_is_the_same_after_another_and_in_braces_as_wide(tex):
    def made(tex: str) -> object:
        formulas._drawn.cache_clear()
        return formulas._drawn(tex, True)

    first = made(tex)
    made(r"\text{x" + tex)
    made(r"\frac{\text{a}}")
    assert made(tex) == first
