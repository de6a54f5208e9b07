"""The style sheet of the cards: colors that can be read by day and by night, on every ground they stand on."""

from __future__ import annotations

import re
from itertools import product

import pytest
from interview_helper.coloring import COLORED
from interview_helper.outputs.anki import style

STYLE = re.sub(r"/\*.*?\*/", "", style(), flags=re.DOTALL)
RULES = [(selector.strip(), body) for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", STYLE)]
DAY, NIGHT = ".card", ".card.nightMode, .card.night_mode"
GROUNDS = ("bg", "panel")
NO_TEXT = {"bg", "panel", "clear", "line", "shade", "mark"}


def variables(selector: str) -> dict[str, str]:
    """The variables that a theme sets, by name."""
    return {
        name: value for each, body in RULES if each == selector for name, value in re.findall(r"--(\w+): (#\w+)", body)
    }


def luminance(color: str) -> float:
    """The relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [DAY, NIGHT])
def test_every_color_of_text_reads_on_every_ground(theme: str) -> None:
    colors = variables(theme)
    texts = {name for _, body in RULES for name in re.findall(r"(?<![-\w])color: var\(--(\w+)\)", body)} - {"kind"}
    texts |= {name for _, body in RULES for name in re.findall(r"--kind: var\(--(\w+)\)", body)}
    assert texts == colors.keys() - NO_TEXT
    pairs = {*product(texts, GROUNDS), ("fg", "mark"), ("accent", "mark")}
    ratios = {(text, ground): contrast(colors[text], colors[ground]) for text, ground in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_both_themes_set_the_same_variables_and_night_is_dark() -> None:
    day, night = variables(DAY), variables(NIGHT)
    assert day.keys() == night.keys()
    assert luminance(day["bg"]) > 0.8
    assert luminance(night["bg"]) < 0.05
    assert all(
        "background: var(--bg); color: var(--fg)" in body
        for each, body in RULES
        if each in (DAY, NIGHT) and "--fg" in body
    )


def test_every_class_of_code_has_a_color() -> None:
    colored = {
        name
        for selector, body in RULES
        if "color: var(" in body
        for name in re.findall(r"\.(\w+)(?=[,\s]|$)", selector)
    }
    assert colored >= COLORED


def test_no_color_stands_outside_the_themes() -> None:
    for selector, body in RULES:
        found = re.findall(r"#[0-9a-f]{3,8}\b", body)
        assert not found or selector in (DAY, NIGHT) or selector.endswith("img"), selector


def test_nothing_comes_from_outside() -> None:
    assert not re.search(r"url\(|@import|@font-face|expression", STYLE)
