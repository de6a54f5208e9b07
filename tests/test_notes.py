"""Every note of tests/notes parses to the model beside it.

    WRITE_MODELS=1 pytest tests/test_notes.py

writes the models anew. Read the difference before you commit it: a model says what a writer of that note expects.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from doctest import DocTestParser, DocTestRunner
from pathlib import Path
from typing import Any

import pytest
from interview_helper.cards import cards
from interview_helper.diagnostics import ordered
from interview_helper.model import Block, Card, Code, Library, Section, Source, Span
from interview_helper.parse import parse

NOTES = sorted((Path(__file__).parent / "notes").glob("*.md"))
MATHS = ("maths", "everything")


def at(span: Span) -> str:
    return f"{span.line}:{span.column}-{span.end_line}:{span.end_column}"


def lines(text: str) -> str | list[str]:
    return text.split("\n") if "\n" in text else text


def block(each: Block) -> dict[str, Any]:
    if isinstance(each, Code):
        values = {"at": at(each.span), "code": each.info, "skip": each.skip, "text": lines(each.text)}
        return {key: value for key, value in values.items() if value or key != "skip"}
    return {"at": at(each.span), "html": lines(each.html), "text": lines(each.text), "marked": lines(each.marked)}


def section(each: Section) -> dict[str, Any]:
    values = {
        "heading": each.title.text,
        "html": each.title.html if each.title.html != each.title.text else "",
        "at": at(each.span),
        "level": each.level,
        "anchor": each.anchor,
        "trail": " / ".join(each.trail),
        "kind": each.kind if each.kind != "basic" else "",
        "id": each.pin.id if each.pin else "",
        "source": each.source,
        "only": each.only or "",
        "tags": " ".join(each.tags),
        "question": [block(b) for b in each.question],
        "answer": [block(b) for b in each.answer],
        "sections": [section(s) for s in each.sections],
    }
    return {key: value for key, value in values.items() if value or key in ("level", "heading")}


def card(each: Card) -> str:
    return f"{each.kind}: {each.question_text} → {each.answer_text}"


def model(note: Path) -> dict[str, Any]:
    """A note's model as JSON, in the order in which a person reads the note."""
    parsed = parse(Source(note.name, note.read_text("utf-8")), maths=note.stem in MATHS)
    document = parsed.document
    found, problems = cards(Library((document,), {}))
    return {
        "cards": [lines(card(each)) for each in found],
        "diagnostics": [
            [f"{at(d.span)} {d.severity} {d.code}", d.message, d.hint]
            for d in ordered([*parsed.diagnostics, *problems])
        ],
        "topics": [section(topic) for topic in document.topics],
        "skipped": [[f"{at(s.span)} {s.why}", lines(s.text)] for s in sorted(document.skipped, key=lambda s: s.span)],
        "links": [f"{at(r.span)} {r.target} ({r.written})" for r in document.links],
        "images": [f"{at(r.span)} {r.target} ({r.written})" for r in document.images],
        "anchors": sorted(document.anchors),
        "foreign keys": [f"{at(span)} {name}" for name, span in parsed.foreign_keys],
    }


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.stem)
def test_a_note_parses_to_the_model_beside_it(note):
    found = model(note)
    path = note.with_suffix(".json")
    if os.environ.get("WRITE_MODELS"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert found == json.loads(path.read_text("utf-8"))


def test_every_model_has_its_note():
    models = (Path(__file__).parent / "notes").glob("*.json")
    assert sorted(path.stem for path in models) == [note.stem for note in NOTES]


def test_the_code_of_the_note_with_everything_prints_what_it_says():
    note = (Path(__file__).parent / "notes" / "everything.md").read_text("utf-8")
    pairs = re.findall(r"```python\n((?:(?!```).)*)```\n\n```output\n(.*?)```", note, re.DOTALL)
    assert len(pairs) == 2
    for code, output in pairs:
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert run.stdout == output
    (session,) = re.findall("```pycon\n(.*?)```", note, re.DOTALL)
    runner = DocTestRunner()
    runner.run(DocTestParser().get_doctest(session, {}, "session", None, None))
    assert (runner.tries, runner.failures) == (3, 0)
