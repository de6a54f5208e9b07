"""What is wrong with the tags: marked content, structure tree, links as elements, catalog."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from html import unescape
from itertools import pairwise

from sheet.book import Book, Element, Link
from sheet.drawn import Mark, number_of, resolved
from sheet.subject import Subject, characters, page, shown

_STANDARD = frozenset(
    """Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl
    LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT
    WP Figure Formula Form""".split()  # noqa: SIM905
)
_PARENTS = {
    "LI": {"L"},
    "LBody": {"LI"},
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
    "TH": {"TR"},
    "TD": {"TR"},
    "TOCI": {"TOC"},
}
_KIDS = {
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "TOC": {"TOC", "TOCI", "Caption"},
}


def reading(subject: Subject) -> list[str]:
    """What can't be made sense of: unbalanced operators, trees that loop, kids that are nothing."""
    book = subject.book
    _ = book.elements, book.links, book.names, book.bookmarks, book.parents  # each may find faults
    return list(dict.fromkeys(book.faults))


def content(subject: Subject) -> list[str]:
    """Everything drawn is in an artifact or in content that one element owns; both sides say so."""
    book = subject.book
    found = []
    for number, drawn in enumerate(book.pages):
        found += [
            f"{page(number)}: text outside marked content: {shown(run.text)}"
            for run in drawn.runs
            if run.mark is None and not run.artifact
        ]
        found += [
            f"{page(number)}: a {paint.kind} outside marked content at {paint.box.left:.0f}, {paint.box.top:.0f}"
            for paint in drawn.paints
            if paint.mark is None and not paint.artifact
        ]
        found += [f"{page(number)}: the operator {name!r} is not known" for name in sorted(drawn.unknown)]
    for (number, mcid), mark in book.marks.items():
        what = f"{page(number)}: MCID {mcid} ({shown(''.join(run.text for run in mark.runs))})"
        if mark.begun > 1:
            found.append(f"{what} begins {mark.begun} times")
        owners = book.owners.get((number, mcid), [])
        times = sum(kid is mark for owner in owners for kid in owner.kids)
        if times != 1:
            found.append(f"{what} is owned {times} times")
    return found + _parent_tree(book)


def _parent_tree(book: Book) -> list[str]:
    found = []
    pages = book.reader.pages
    keys = Counter(int(each["/StructParents"]) for each in pages if "/StructParents" in each)
    keys.update(link.parent_key for link in book.links.values() if link.parent_key is not None)
    found += [f"two things have the key {key} of the parent tree" for key, times in keys.items() if times > 1]
    found += [f"the parent tree has the key {key}, which nothing has" for key in book.parents.keys() - keys.keys()]
    after = (resolved(book.root.get("/StructTreeRoot")) or {}).get("/ParentTreeNextKey")
    if after is not None and book.parents and int(after) <= max(book.parents):
        found.append("the next key of the parent tree is taken")
    for number, each in enumerate(pages):
        mine = sorted(mcid for at, mcid in book.marks if at == number)
        if "/StructParents" not in each:
            found += [f"{page(number)} has marked content and no StructParents"] if mine else []
            continue
        owners = resolved(book.parents.get(int(each["/StructParents"])))
        if not isinstance(owners, list):
            found.append(f"{page(number)} is not in the parent tree")
            continue
        known = {mcid for mcid, owner in enumerate(owners) if number_of(owner)}
        if known != set(mine):
            found.append(f"{page(number)}: the parent tree has {len(known)} contents, the page {len(mine)}")
        for mcid in known.intersection(mine):
            said, has = number_of(owners[mcid]), book.owners.get((number, mcid), [])
            if [said] != [owner.number for owner in has]:
                found.append(f"{page(number)}: the parent tree gives MCID {mcid} to another element than owns it")
    return found


def elements(subject: Subject) -> list[str]:
    """Each element names who has it, is of a kind that readers know, and stands where its kind belongs."""
    found = []
    for element in subject.book.elements:
        kind, parent = element.kind, element.parent
        assert parent is not None
        what = f"{kind} {shown(element.text)}"
        if element.said_parent != parent.number:
            found.append(f"{what} names another parent than has it")
        if kind not in _STANDARD:
            found.append(f"{what} is of no standard kind")
        if kind in _PARENTS and parent.kind not in _PARENTS[kind]:
            found.append(f"{what} is in a {parent.kind}")
        if kind in _KIDS:
            odd = {k.kind if isinstance(k, Element) else type(k).__name__ for k in element.kids} - _KIDS[kind]
            found += [f"{what} has a {each}" for each in sorted(odd)]
    tops = [kid for kid in subject.book.top.kids if isinstance(kid, Element)]
    if [top.kind for top in tops] != ["Document"]:
        found.append(f"the tree has {[top.kind for top in tops]} at its top, not one Document")
    return found


def headings(subject: Subject) -> list[str]:
    """One H1, no level left out, and otherwise the headings of the notes."""
    found = []
    levels = [heading.level for heading in subject.book.headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        found.append(f"the sheet has {levels.count(1)} H1 and begins with {levels[:1]}")
    for before, heading in pairwise(subject.book.headings):
        if heading.level > before.level + 1:
            found.append(f"H{heading.level} {shown(heading.text)} follows H{before.level} {shown(before.text)}")
    seen = [
        (heading.level, characters("".join(text for text, _ in heading.sayings())))
        for heading in subject.book.headings
        if heading.level > 1
    ]
    wanted = [(words.level, characters(words.text)) for words in subject.words if words.level and words.text.strip()]
    topics = 0
    for n, (level, words) in enumerate(wanted):
        topics += level == 2
        if n >= len(seen):
            found.append(f"H{level} {shown(words)} is no heading")
        elif seen[n] != (level, words) and seen[n] != (level, f"{topics}{words}"):
            found.append(f"H{level} {shown(words)} is H{seen[n][0]} {shown(seen[n][1])}")
            break
    return found


def lists(subject: Subject) -> list[str]:
    """Each list of the notes is one L, each item has a body, and numbers are said to be numbers, and count."""
    found = []
    body = subject.book.elements[subject.book.first_topic :]
    seen = [element for element in body if element.kind == "L"]
    wanted = [tag for words in subject.words for tag in re.findall(r"<[uod]l\b[^>]*>", words.html)]
    if len(seen) != len(wanted):
        found.append(f"the notes have {len(wanted)} lists, the sheet {len(seen)}")
    for each, tag in zip(seen, wanted, strict=False):
        items = each.has("LI")
        found += [f"an item {shown(item.text)} has no body" for item in items if len(item.has("LBody")) != 1]
        labels = [label.text.strip() for item in items for label in item.has("Lbl")]
        numbering, what = each.attribute("/ListNumbering"), f"a list {shown(each.text)} with the labels {labels[:9]}"
        if tag.startswith("<ol") != (numbering == "/Decimal"):
            found.append(f"{what} is said to be {numbering}")
        start = re.search(r'start="(\d+)"', tag)
        if tag.startswith("<ol") and not _counts(labels, int(start[1]) if start else 1):
            found.append(f"{what} does not count")
    return found


def _counts(labels: list[str], start: int) -> bool:
    return labels == [f"{number}." for number in range(start, start + len(labels))]


def tables(subject: Subject) -> list[str]:
    """Each table of the notes is one Table, its rows are as wide as each other, its heads say what they are heads of."""
    found = []
    seen = [element for element in subject.book.elements if element.kind == "Table"]
    wanted = sum(words.html.count("<table") for words in subject.words)
    if len(seen) != wanted:
        found.append(f"the notes have {wanted} tables, the sheet {len(seen)}")
    for table in seen:
        widths = Counter(_widths(table))
        if len(widths) > 1:
            found.append(f"a table {shown(table.text)} has rows of {sorted(widths)} cells")
        found += [
            f"a head {shown(head.text)} of a table has no scope"
            for head in table.below("TH")
            if head.attribute("/Scope") not in ("/Column", "/Row", "/Both")
        ]
    return found


def _widths(table: Element) -> list[int]:
    """How many columns each row of a table takes, with what rows above reach down into it."""
    widths: list[int] = []
    reaching: list[int] = []  # for each cell that reaches down: rows left, once a column
    for row in table.below("TR"):
        taken = len(reaching)
        reaching = [left - 1 for left in reaching if left > 1]
        for cell in row.kids:
            if isinstance(cell, Element):
                across = int(cell.attribute("/ColSpan") or 1)
                taken += across
                reaching += [int(cell.attribute("/RowSpan") or 1) - 1] * across
        reaching = [left for left in reaching if left]
        widths.append(taken)
    return widths


def figures(subject: Subject) -> list[str]:
    """Figures and formulas have words that stand for them."""
    return [
        f"{page(mark.page)}: a {element.kind} has no alternative text"
        for element in subject.book.elements
        if element.kind in ("Figure", "Formula") and not str(element.values.get("/Alt", "")).strip()
        for mark in [next(element.marks(), Mark(0, 0))]
    ]


_CODE_BLOCK = re.compile(r"<pre><code[^>]*>(.*?)</code></pre>", re.DOTALL)


def codes(subject: Subject) -> list[str]:
    """Each block of code is one Code, however many lines and columns it has, with every sign, hyphens too."""
    said = iter([_signs(element.text) for element in subject.book.elements if element.kind == "Code"])
    inners = (inner for words in subject.words for inner in _CODE_BLOCK.findall(words.html))
    wanted = [subject.printed(unescape(re.sub("<[^>]*>", "", inner))) for inner in inners]
    missing = next((text for text in wanted if _signs(text) and _signs(text) not in said), None)
    return [] if missing is None else [f"the code {shown(missing)} is not one Code, or not in its place"]


def _signs(code: str) -> str:
    return re.sub(r"[\s↩]+", "", unicodedata.normalize("NFC", code))


def links(subject: Subject) -> list[str]:
    """Each annotation is a link with words, in one Link element, which it names and which names it."""
    book = subject.book
    owners: dict[int, list[Element]] = defaultdict(list)
    for element in book.elements:
        for kid in element.kids:
            if isinstance(kid, Link):
                owners[kid.number].append(element)
    found = [
        f"a Link {shown(element.text)} has no annotation"
        for element in book.elements
        if element.kind == "Link" and not any(isinstance(kid, Link) for kid in element.kids)
    ]
    for number, link in book.links.items():
        what = f"{page(link.page)}: the link {shown(link.contents)} at {link.box.left:.0f}, {link.box.top:.0f}"
        found += (f"{what} {words}" for words in _odd_link(link, owners[number], book))
    for number, each in enumerate(book.reader.pages):
        if resolved(each.get("/Annots")) and each.get("/Tabs") != "/S":
            found.append(f"{page(number)} has annotations, and its tabs are not in the order of the structure")
    return found


def _odd_link(link: Link, owners: list[Element], book: Book) -> Iterator[str]:
    if not link.contents.strip():
        yield "has no Contents"
    if [owner.kind for owner in owners] != ["Link"]:
        yield f"is in {[owner.kind for owner in owners]}, not in one Link"
    if link.parent_key is None:
        yield "has no StructParent"
    elif number_of(book.parents.get(link.parent_key)) not in [owner.number for owner in owners]:
        yield "is another element's in the parent tree"


def catalog(subject: Subject) -> list[str]:
    """The document says that it is tagged, in which language, by which title, and that it is PDF/UA-1."""
    root = subject.book.root
    found = []
    if not (resolved(root.get("/MarkInfo")) or {}).get("/Marked"):
        found.append("it does not say that it is tagged")
    if not str(root.get("/Lang", "")):
        found.append("it has no language")
    if not (resolved(root.get("/ViewerPreferences")) or {}).get("/DisplayDocTitle"):
        found.append("its title is not displayed")
    metadata = resolved(root.get("/Metadata"))
    xmp = metadata.get_data().decode("utf-8") if metadata is not None else ""
    if not re.search(r"pdfuaid:part(?:>|=[\"'])1\b", xmp):
        found.append("its metadata do not say PDF/UA-1")
    title = re.search(r"<dc:title>.*?<rdf:li[^>]*>([^<]+)</rdf:li>", xmp, re.DOTALL)
    told = str((subject.book.reader.metadata or {}).get("/Title", ""))
    if title is None or unescape(title[1]) != told:
        found.append(f"its title is {shown(title[1] if title else '')} in the metadata and {shown(told)} elsewhere")
    if (
        next((h for h in subject.book.headings if characters(h.text) == characters(subject.printed(told))), None)
        is None
    ):
        found.append(f"its title {shown(told)} is no heading")
    return found
