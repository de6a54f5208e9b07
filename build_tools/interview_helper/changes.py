"""What a build does to the cards, spelt for people and for programs. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from difflib import SequenceMatcher
from enum import StrEnum

from interview_helper.identity import Assignment, Change, Event
from interview_helper.ledger import Line
from interview_helper.terminal import harmless, harmless_json

_WORD = re.compile(r" ?\w+| ?[^\w\s]| ")
_AROUND = 8  # words that are shown on either side of a change


def summary(assignment: Assignment) -> str:
    """One line: how many cards there are, and how many of them are new, changed, moved, retired, restored."""
    parts = [f"{len(ids)} {event}" for event in Event if (ids := assignment.ids(event))]
    count = len(assignment.cards)
    return f"{count} card{'' if count == 1 else 's'}: {', '.join(parts) or 'none changed'}"


def updated(assignment: Assignment) -> int:
    """How many notes an import updates: on these, Anki replaces the user's own tags."""
    known = ((change.old, change.new) for change in assignment.changes)
    # A card that went to another file below the same headings moves and is not stamped.
    return sum(old is not None and new is not None and old.changed != new.changed for old, new in known)


def as_text(assignment: Assignment, shown: Callable[[str], str], *, color: bool) -> str:
    """A paragraph a card that changes, by event; words that went and came are marked. `shown` spells a note's path."""
    lines = _lines(assignment)
    parts = [
        _paragraph(change, lines.get(change.id), shown, color=color)
        for event in Event
        for change in assignment.changes
        if change.event is event
    ]
    count = updated(assignment)
    if count:
        notes = "1 note is" if count == 1 else f"{count} notes are"
        parts.append(f"{notes} updated by the next import: tags of your own on them are lost, flags and reviews stay")
    return "\n".join([*parts, summary(assignment)])


def as_json(assignment: Assignment, shown: Callable[[str], str]) -> str:
    """An object with a list of cards for each of `new changed moved retired restored`.

    Besides, `matched` are those of them that only evidence makes the same card, and `updated` is the number of notes
    that lose the user's own tags.
    """
    lines = _lines(assignment)
    rows = [(change, _row(change, lines.get(change.id), shown)) for change in assignment.changes]
    whole: dict[str, object] = {str(event): [row for change, row in rows if change.event is event] for event in Event}
    whole["matched"] = [row for change, row in rows if change.guessed]
    whole["updated"] = updated(assignment)
    return harmless_json(json.dumps(whole, ensure_ascii=False, indent=2))


def _row(change: Change, line: int | None, shown: Callable[[str], str]) -> dict[str, object]:
    now = change.new or change.old
    assert now is not None  # a change is of something
    row: dict[str, object] = {
        "id": change.id,
        "path": shown(now.file),
        "line": line,
        "kind": now.kind,
        "trail": list(now.trail),
        "question": now.question,
        "answer": now.answer,
    }
    if change.old and change.event not in (Event.NEW, Event.RETIRED):
        old = change.old
        row["old"] = {
            "path": shown(old.file),
            "kind": old.kind,
            "trail": list(old.trail),
            "question": old.question,
            "answer": old.answer,
        }
    if change.guessed:
        row["overrule"] = f"<!-- id: {change.other} -->"
    return row


def _paragraph(change: Change, line: int | None, shown: Callable[[str], str], *, color: bool) -> str:
    old, new = change.old, change.new
    now = new or old
    assert now is not None  # a change is of something
    where = f"{shown(now.file)}:{line}" if line else shown(now.file)
    rows = [f"{change.event:8} {harmless(where)}: {one_line(now.question)}"]
    if change.event is Event.RETIRED:
        rows.append(f"    its id: {harmless(change.id)}")
    rows += (f"    {name}{': ' if name else ''}{_spelt(words, color=color)}" for name, words in details(change, shown))
    return "\n".join(rows)


def details(change: Change, shown: Callable[[str], str]) -> list[tuple[str, Compared]]:
    """What there is to say of a card that is not as it was: of what, or empty, and the words."""
    old, new = change.old, change.new
    if old is None or new is None or change.event is Event.RETIRED:
        return []
    found = [
        (name, compared(before, after))
        for name, before, after in (("question", old.question, new.question), ("answer", old.answer, new.answer))
        if before != after
    ]
    said = []
    if (old.file, old.trail) != (new.file, new.trail):
        said.append(f"from {_place(old, shown)} to {_place(new, shown)}")
    if old.kind is not new.kind:
        said.append(f"{old.kind} is {new.kind} now")
    if not found and not said and change.event is Event.CHANGED:
        what = "emphasis, a link, a picture, a tag, a blank, a hint, the source or the deck's slug"
        said.append(f"words as before; {what} changed")
    if change.guessed:
        said.append(
            f"taken as one card by what they have in common; if not, write <!-- id: {harmless(change.other)} -->"
        )
    return [*found, *(("", [(Words.STAYED, each)]) for each in said)]


def _place(line: Line, shown: Callable[[str], str]) -> str:
    return harmless(f"{shown(line.file)} ({' / '.join(line.trail)})" if line.trail else shown(line.file))


def one_line(text: str) -> str:
    """Words in one line, without what a terminal would act on."""
    return harmless(" ".join(text.split()))


def marked(old: str, new: str, *, color: bool) -> str:
    """Both texts in one line, words that went as `[-…-]`, those that came as `{+…+}`, or red and green."""
    return _spelt(compared(old, new), color=color)


def _spelt(words: Compared, *, color: bool) -> str:
    spelt = {
        Words.STAYED: "{}",
        Words.WENT: "\x1b[31;9m{}\x1b[0m" if color else "[-{}-]",
        Words.CAME: "\x1b[32m{}\x1b[0m" if color else "{{+{}+}}",
    }
    return "".join(spelt[what].format(each) for what, each in words)


class Words(StrEnum):
    """What became of words from one text to the other."""

    STAYED = "stayed"
    WENT = "went"
    CAME = "came"


Compared = list[tuple[Words, str]]


def compared(old: str, new: str) -> Compared:
    """Both texts in one line: words that stayed, that went, that came, in their order; much that stayed is left out."""
    before, after = _WORD.findall(one_line(old)), _WORD.findall(one_line(new))
    parts: Compared = []
    steps = _steps(before, after)
    for number, (stayed, went, came) in enumerate(steps):
        words = _shortened(stayed, first=number == 0, last=number == len(steps) - 1)
        gone, here = "".join(went), "".join(came)
        if gone.startswith(" ") and here.startswith(" "):
            words += " "
            gone, here = gone[1:], here[1:]
        three = ((Words.STAYED, words), (Words.WENT, gone), (Words.CAME, here))
        parts += ((what, each) for what, each in three if each)
    return parts


def _steps(before: list[str], after: list[str]) -> list[tuple[list[str], list[str], list[str]]]:
    """Words that stayed, those that went and those that came behind them, again and again."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    steps: list[tuple[list[str], list[str], list[str]]] = []
    stayed = before[:start]
    # In long texts common words are no landmarks (`autojunk`), else 3,000 words would take seconds.
    for step, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if step == "equal":
            stayed = stayed + old[i:j]
        else:
            steps.append((stayed, old[i:j], new[k:m]))
            stayed = []
    return [*steps, (stayed + before[len(before) - end :], [], [])]


def _common(before: list[str], after: list[str]) -> int:
    """How many words two texts have in common at their start."""
    return next(
        (i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), min(len(before), len(after))
    )


def _shortened(words: list[str], *, first: bool, last: bool) -> str:
    """Words that stay, without those that are far from any change."""
    head, tail = (0 if first else _AROUND), (0 if last else _AROUND)
    if len(words) <= head + tail + 4:
        return "".join(words)
    return "".join(words[:head]) + " …" + "".join(words[len(words) - tail :])


def _lines(assignment: Assignment) -> dict[str, int]:
    return {each.id: each.card.span.line for each in assignment.cards}
