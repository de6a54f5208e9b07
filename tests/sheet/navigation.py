"""What is wrong with links, bookmarks and contents: where they lead, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sheet.book import Element, Link
from sheet.drawn import Mark
from sheet.subject import Subject, characters, page, shown


def destinations(subject: Subject) -> list[str]:
    """Each link leads to an address or to a heading."""
    found = []
    book = subject.book
    found += [f"{name!r} is on no page" for name, place in book.names.items() if place is None]
    for link in book.links.values():
        if isinstance(link.to, str) and link.to.startswith("uri:"):
            continue
        place = book.where(link.to)
        what = f"{page(link.page)}: the link {shown(link.contents)} to {link.to!r}"
        if place is None:
            found.append(f"{what} leads nowhere")
        elif subject.heading_at(place) is None:
            found.append(f"{what} leads to no heading: page {place.page + 1}, {place.left:.0f}, {place.top:.0f}")
    return found


def bookmarks(subject: Subject) -> list[str]:
    """Each heading below the title has its bookmark, in order and at its depth, which leads to it."""
    found = []
    seen = subject.book.bookmarks
    wanted = [heading for heading in subject.book.headings if heading.level > 1]
    if len(seen) != len(wanted):
        found.append(f"{len(wanted)} headings have {len(seen)} bookmarks")
    for (level, title, place), heading in zip(seen, wanted, strict=False):
        # The number of a topic may be no part of its heading's text.
        said, is_said = characters(heading.text), characters(subject.printed(title))
        # A bookmark has the words for a formula, and none for a picture that has some.
        spoken = characters("".join(words for words, _ in heading.sayings()))
        same = is_said in (said, spoken) or (
            level == 1 and re.sub(r"^\d+", "", is_said) in (said, re.sub(r"^\d+", "", said))
        )
        if level != heading.level - 1 or not same:
            found.append(f"H{heading.level} {shown(heading.text)} has the bookmark {shown(title)} of level {level}")
            break
        if place is None or subject.heading_at(place) is not heading:
            found.append(f"the bookmark {shown(title)} leads elsewhere")
    return found


def contents(subject: Subject) -> list[str]:
    """The contents name the topics, or all headings of the first two levels, each with the page that it is on."""
    book = subject.book
    entries = [element for element in book.elements if element.kind == "TOCI"]
    if not subject.layout.contents:
        return [f"there are {len(entries)} entries of contents, and none are wanted"] if entries else []
    found = []
    led: list[Element] = []
    for entry in entries:
        runs = [run for mark in _own_marks(entry) for run in mark.runs if run.text.strip(" .")]
        title = characters("".join(run.text for run in runs[:-1]))
        number = runs[-1].text.strip() if runs else ""
        what = f"the entry {shown(''.join(run.text for run in runs))}"
        targets = {link.to for element in _own(entry) for link in element.kids if isinstance(link, Link)}
        place = book.where(next(iter(targets))) if len(targets) == 1 else None
        if place is None:
            found.append(f"{what} leads to {len(targets)} places or nowhere")
            continue
        if number != str(place.page + 1):
            found.append(f"{what} says page {number}, and leads to {place.page + 1}")
        heading = subject.heading_at(place)
        if heading is None or re.sub(r"^\d+", "", characters(heading.text)) != re.sub(r"^\d+", "", title):
            found.append(f"{what} leads to {shown(heading.text if heading else '')}")
        else:
            led.append(heading)
    wanted = [
        [heading for heading in book.headings if heading.level == 2],
        [heading for heading in book.headings if heading.level in (2, 3)],
    ]
    if not found and led not in wanted:
        found.append(f"they have {len(led)} entries for {len(wanted[0])} topics and {len(wanted[1])} headings")
    return found


def _own(entry: Element) -> Iterator[Element]:
    """An entry of contents and what is below it, without the entries below it."""
    yield entry
    for kid in entry.kids:
        if isinstance(kid, Element) and kid.kind not in ("TOC", "TOCI"):
            yield from _own(kid)


def _own_marks(entry: Element) -> Iterator[Mark]:
    for kid in entry.kids:
        if isinstance(kid, Mark):
            yield kid
        elif isinstance(kid, Element) and kid.kind not in ("TOC", "TOCI"):
            yield from _own_marks(kid)
