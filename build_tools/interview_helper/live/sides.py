"""A note's fields to the two sides of each of its cards, as Anki makes them of the templates; formulas are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape, unescape

from interview_helper.outputs.anki import NoteType
from interview_helper.outputs.sheet import formulas

_CONDITION = re.compile(r"\{\{#(\w+)\}\}(.*?)\{\{/\1\}\}", re.DOTALL)
_FIELD = re.compile(r"\{\{(cloze:|type:)?(\w+)\}\}")
_BLANK = re.compile(r"\{\{c([0-9]+)::(.*?)(?:::(.*?))?\}\}", re.DOTALL)
_FORMULA = re.compile(r"<(pre|code)\b.*?</\1>|\\\((?P<inline>.*?)\\\)|\\\[(?P<displayed>.*?)\\\]", re.DOTALL)


def sides(note_type: NoteType, fields: Mapping[str, str], ordinals: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    """Front and back of each card of a note, in the order of the ordinals."""
    for ordinal in ordinals:
        template = note_type.templates[0 if note_type.cloze else ordinal]
        yield (
            _drawn(_filled(template.front, fields, ordinal + 1, asked=True)),
            _drawn(_filled(template.back, fields, ordinal + 1, asked=False)),
        )


def _filled(template: str, fields: Mapping[str, str], number: int, *, asked: bool) -> str:
    def shown(match: re.Match[str]) -> str:
        return _CONDITION.sub(shown, match[2]) if fields.get(match[1], "").strip() else ""

    def filled(match: re.Match[str]) -> str:
        field = fields.get(match[2], "")
        return _with_blanks(field, number, asked=asked) if match[1] == "cloze:" else field

    return _FIELD.sub(filled, _CONDITION.sub(shown, template))


def _with_blanks(text: str, number: int, *, asked: bool) -> str:
    def blank(match: re.Match[str]) -> str:
        own, words, hint = int(match[1]), match[2], match[3]
        if own != number:
            return f'<span class="cloze-inactive" data-ordinal="{own}">{words}</span>'
        if not asked:
            return f'<span class="cloze" data-ordinal="{own}">{words}</span>'
        return f'<span class="cloze" data-cloze="{escape(words)}" data-ordinal="{own}">[{hint or "..."}]</span>'

    return _BLANK.sub(blank, text)


def _drawn(html: str) -> str:
    """`html` with each formula that MathJax would set in Anki as a drawing, in the color of the text around it."""
    if "\\(" not in html and "\\[" not in html:
        return html

    def drawn(match: re.Match[str]) -> str:
        displayed = match["displayed"] is not None
        words = match["displayed"] if displayed else match["inline"]
        if words is None:
            return match[0]
        tex = unescape(words)
        try:
            made = formulas.drawn(tex, displayed=displayed)
        except formulas.Unset as unset:
            return f'<span class="unset" title="{escape(str(unset))}">{match[0]}</span>'
        measured = f'<svg width="{made.width:.3f}em" height="{made.height:.3f}em" aria-hidden="true"'
        svg = made.svg.replace("<svg", measured, 1)
        kind = "formula displayed" if displayed else "formula"
        return f'<span class="{kind}" role="img" aria-label="{escape(tex)}" data-depth="{made.depth:.3f}">{svg}</span>'

    return _FORMULA.sub(drawn, html)
