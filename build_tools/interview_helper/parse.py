"""Source to Document and diagnostics. Pure: the same text gives the same of both, and no text raises."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from interview_helper.blocks import blocks
from interview_helper.comments import HINTS, Comment, leading
from interview_helper.diagnostics import CODES, Diagnostic, ignorable
from interview_helper.fragments import Fragment, Writer
from interview_helper.frontmatter import FrontMatter, front_matter
from interview_helper.model import Block, Code, Document, Ignored, Kind, Only, Pin, Prose, Section, Source, Span
from interview_helper.navigation import is_navigation, leads_here, parted
from interview_helper.notation import Token, tokens
from interview_helper.outline import Heading, outline
from interview_helper.places import Places

# `12.`, `1.2)`, `Q:`, `Q12.`, `Question 12:` in front of a question.
_NUMBERING = re.compile(
    r"\s*+((?:Q(?:uestion)?\s*+(?:\.\s*+)?#?[0-9]{0,9}\s*+[.:)]|[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}[.)])(?=\s|$))\s*+",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[\s*_=\\]*[Q0-9]", re.IGNORECASE)
_SLUG = re.compile(r"[^\w\- ]", re.UNICODE)
_UNFIT = re.compile(r"[\s\"'\x00-\x1f]+")
_SUMMARY = re.compile(r"<details[^<>]*>\s*<summary[^<>]*>(.*?)</summary>", re.IGNORECASE | re.DOTALL)
_SHOWN = re.compile(r"<(?:img|hr|pre)\b")
_RULE = "<hr>"
_SKIP = re.compile(r"skip\s+(?=\S)")
_IGNORE = re.compile(r"\s*check\s*:\s*ignore((?:[\s,]+[^\s,]+)+)[\s,]*")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one note says, and what is wrong with it; front matter keys of other programs by name and place."""

    document: Document
    diagnostics: tuple[Diagnostic, ...]
    foreign_keys: tuple[tuple[str, Span], ...]


def parse(source: Source, *, maths: bool = False, tags: tuple[str, ...] = ()) -> Parsed:
    """The note as a tree of headings, all of which have `tags`, and its diagnostics in no order."""
    text = source.text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text != source.text:
        source = replace(source, text=text)
    return _Parser(source).parsed(maths=maths, given=tags)


def words_of(path: str) -> str:
    """A file's or folder's name in words: `10-generator_functions.md` is `Generator functions`."""
    stem = posixpath.basename(path)
    stem = stem[:-3] if stem.lower().endswith(".md") else stem
    words = re.sub(r"[\s_-]+", " ", re.sub(r"^[0-9]+[\s._-]+", "", stem)).strip() or stem
    return words[:1].upper() + words[1:]


def slug_of(words: str) -> str:
    """Words as a name of files and addresses: lower case, hyphens, no punctuation."""
    return _anchor(words.strip()).strip("-")


def fit_tag(tag: str) -> str:
    """A tag as Anki takes it: no white space, no quotation marks, no empty level."""
    return "::".join(filter(None, _UNFIT.sub("-", tag.strip()).split("::")))


@dataclass(slots=True)
class _Metadata:
    """What the comments below one heading say, and where."""

    kind: Kind = Kind.BASIC
    only: Only | None = None
    tags: tuple[str, ...] = ()
    source: str = ""
    pin: Pin | None = None
    seen: dict[str, Span] = field(default_factory=dict)


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.places = Places(source.path, source.text)
        self.writer = Writer(source.path, self.places)
        self.anchors: dict[str, int] = {}
        # The line in which the own part of each heading begins, and the codes that are ignored in which of them.
        self.parts: list[int] = []
        self.ignored: dict[tuple[int, str], Span] = {}
        self.front = FrontMatter()

    def parsed(self, *, maths: bool, given: tuple[str, ...]) -> Parsed:
        stream, definitions = tokens(self.source.text, maths=maths)
        for definition in definitions:
            last = self.places.line(definition.end - 1)
            span = replace(last, line=definition.first + 1)
            self.writer.skip("definition", self.places.words(definition.first, definition.end), span)
        if stream and stream[0].type == "front_matter":
            self._front_matter(stream.pop(0))
        tags, only = tuple(dict.fromkeys((*given, *self._fit_tags(self.front.tags)))), self.front.only
        topics = tuple(s for s in (self._section(h, (), tags, only) for h in outline(stream)) if s)
        if topics and not topics[0].level:
            # Last, because the headings' own anchors are the ones that links name.
            topics = (replace(topics[0], anchor=self._anchor(topics[0].title.text)), *topics[1:])
        self._check_questions(topics)
        found = self.writer.found
        document = Document(
            source=self.source,
            topics=topics,
            images=tuple(found.images),
            links=tuple(found.links),
            anchors=frozenset({*found.anchors, *(section.anchor for section in _walk(topics))}),
            skipped=tuple(found.skipped),
            ignored=tuple(self._ignored()),
        )
        return Parsed(document, tuple(found.diagnostics), tuple(self.front.foreign))

    def _front_matter(self, token: Token) -> None:
        whole = self.places.block(token)
        self.writer.skip("front matter", token.content, whole)
        self.front = front_matter(token.content, (token.map or (0, 1))[0] + 1, whole, self.places)
        self.writer.found.diagnostics += self.front.diagnostics

    def _fit_tags(self, written: Iterable[tuple[str, Span]]) -> tuple[str, ...]:
        fit: dict[str, None] = {}
        for tag, span in written:
            # Obsidian writes them with the sign that it finds them by.
            tag = tag.strip().lstrip("#")  # noqa: PLW2901
            made = fit_tag(tag)
            if made != tag:
                self.writer.report("M008", span, f"the tag {tag!r} is written {made!r} in Anki", f"write {made}")
            if made:
                fit[made] = None
        return tuple(fit)

    def _check_questions(self, topics: Sequence[Section]) -> None:
        """Report a note that has text and asks nothing, unless a heading without an answer says why."""
        sections = list(_walk(topics))
        text = next((block for s in sections if s.only is not Only.SHEET for block in (*s.question, *s.answer)), None)
        asks = any(section.is_card for section in sections)
        if text and not asks and not any(d.code == "N001" for d in self.writer.found.diagnostics):
            message = "no heading here has text of its own to ask"
            self.writer.report("N002", text.span, message, "put `## Question` above it")

    # --- headings -----------------------------------------------------------------------------------------------

    def _section(
        self, heading: Heading, trail: tuple[str, ...], tags: tuple[str, ...], only: Only | None
    ) -> Section | None:
        """The section of a heading; none for one that holds nothing but navigation ("Table of contents")."""
        opener = next((token for token in (*heading.above, heading.opener, *heading.body) if token and token.map), None)
        self.parts.append(opener.map[0] + 1 if opener and opener.map else 1)
        title, anchor = self._title(heading)
        metadata = _Metadata()
        question, answer, navigation = self._body(heading, metadata)
        if heading.inline and not (question or answer or heading.below) and (navigation or self._leads_here(heading)):
            self.writer.skip("navigation", heading.inline.content, title.span)
            self.writer.found.anchors.add(anchor)
            return None
        tags = (*tags, *(tag for tag in metadata.tags if tag not in tags))
        only = metadata.only or only
        below = (self._section(each, (*trail, title.text), tags, only) for each in heading.below)
        section = Section(
            title=title,
            level=heading.level,
            anchor=anchor,
            trail=trail,
            kind=metadata.kind,
            chosen="card" in metadata.seen,
            pin=metadata.pin,
            source=metadata.source,
            only=only,
            tags=tags,
            question=question,
            answer=answer,
            sections=tuple(each for each in below if each),
            span=title.span,
        )
        self._check(section, metadata)
        return section

    def _title(self, heading: Heading) -> tuple[Prose, str]:
        if heading.inline is None or heading.opener is None:
            words = self.front.title or words_of(self.source.path)
            return Prose(escape(words, quote=False), words, words, self.places.line(0)), ""
        inline = heading.inline
        anchor = self._anchor(_heard(inline))
        self._unnumber(inline)
        fragment = self.writer.fragment([inline])
        words = inline.content
        span = self.places.span(inline, 0, len(words)) if words else self.places.block(heading.opener)
        if not fragment.text:
            hint = "give the picture words: ![words](…)" if words else "write the question behind the #"
            self.writer.report("N012", span, "the heading has no words", hint)
        return _prose(fragment, span), anchor

    def _leads_here(self, heading: Heading) -> bool:
        return heading.inline is not None and leads_here([heading.inline], self.source.path)

    def _unnumber(self, inline: Token) -> None:
        """Take the numbering off the front of a heading, emphasis around it included, if words are left."""
        if not _NUMBERED.match(inline.content):
            return
        children = inline.children or []
        heard = ""
        for child in children:
            if child.type == "text":
                heard += child.content
            elif child.type not in ("strong_open", "em_open", "mark_open", "strong_close", "em_close", "mark_close"):
                heard += "\ufffc"
                break
        match = _NUMBERING.match(heard)
        if match is None or not heard[match.end() :].strip():
            return
        # As written it may hold backslashes, and signs of emphasis.
        written = r"[\\*_=\s]*".join(re.escape(sign) for sign in "".join(match[1].split()))
        at = re.search(written, inline.content)
        start, end = at.span() if at else (0, 0)
        self.writer.skip("numbering", match[1], self.places.span(inline, start, end))
        left = match.end()
        for child in children:
            if child.type == "text" and left:
                taken = min(left, len(child.content))
                child.content, left = child.content[taken:], left - taken
        inline.children = _without_empty_emphasis(children)

    def _anchor(self, words: str) -> str:
        """A heading's address: as GitHub spells it, equal ones told apart by a number."""
        slug = made = _anchor(words)
        while made in self.anchors:
            self.anchors[slug] += 1
            made = f"{slug}-{self.anchors[slug]}"
        self.anchors[made] = 0
        return made

    def _check(self, section: Section, metadata: _Metadata) -> None:
        """Report a heading without an answer, and comments that only a card can heed on what is none."""
        if section.level and not section.sections and not section.answer:
            if section.title.text:
                hint = "write the answer below <!-- answer -->" if section.question else "write the answer below it"
                self.writer.report("N001", section.span, f"{section.title.text!r} has no answer", hint)
            return
        if section.is_card or section.only is Only.SHEET:
            return
        for key in ("card", "source", "id"):
            if key in metadata.seen:
                message = f"the comment {key!r} has no effect here: nothing is asked by {section.title.text!r} itself"
                self.writer.report("M003", metadata.seen[key], message, "put it right below the heading of a card")

    # --- text below a heading -----------------------------------------------------------------------------------

    def _body(self, heading: Heading, metadata: _Metadata) -> tuple[tuple[Block, ...], tuple[Block, ...], bool]:
        """The blocks of the question, those of the answer, and whether navigation was among them."""
        # What stands right below the heading goes first: of two comments of one key the first holds.
        made, split, navigation = self._stretch(heading.body, metadata)
        if heading.above:
            above, earlier, more = self._stretch(heading.above, metadata)
            split = earlier if split is None else len(above) + split
            made, navigation = above + made, navigation or more
        question, answer = ([], made) if split is None else (made[:split], made[split:])
        return _unruled(question), _unruled(answer), navigation

    def _stretch(self, tokens: Sequence[Token], metadata: _Metadata) -> tuple[list[Block], int | None, bool]:
        """The blocks of tokens, how many of them come before `<!-- answer -->`, and whether navigation was in them."""
        made: list[Block] = []
        split: int | None = None
        navigation, begins = False, True
        skips: list[tuple[Comment, Span]] = []
        for run in blocks(tokens):
            comments, rest = leading(run[0].content) if run[0].type == "html_block" else ((), 0)
            for comment in comments:
                span = self.places.span(run[0], comment.start, comment.end)
                if comment.key == "answer" and comment.value is None and split is None:
                    self.writer.leave_out(comment, span)
                    split, begins = len(made), False
                elif comment.key == "example" and comment.value is not None:
                    skips.append((comment, span))
                else:
                    self._state(run[0], comment, span, metadata if begins else None)
            if comments:
                self.writer.words_behind(run[0], comments, rest)
                run[0] = _behind(run[0], rest)
                if len(run) == 1 and not run[0].content.strip():
                    continue
            begins = False
            if is_navigation(run, self.source.path):
                self._skip_navigation(run)
                navigation = True
            elif "parted" in run[0].meta and (summary := _SUMMARY.fullmatch(run[0].content.strip())):
                # The label of what unfolds questions: no text of the heading above them.
                self.writer.skip("summary", summary[1], self.places.block(*run))
            else:
                each = self._block(run)
                if isinstance(each, Code) and skips:
                    each, skips = replace(each, skip=self._skip(skips)), []
                made += [each] if each else []
            self._without_code(skips)
            skips = []
        self._without_code(skips)
        return made, split, navigation

    def _skip(self, comments: Sequence[tuple[Comment, Span]]) -> str:
        """Why the code below these comments is no verified example; empty where none of them says so."""
        reason = ""
        for comment, span in comments:
            self.writer.leave_out(comment, span)
            value = (comment.value or "").strip()
            if not _SKIP.match(value):
                message = f"example can't be {value!r}" if value else "example has no value"
                self.writer.report("M002", span, message, HINTS["example"])
            elif reason:
                self.writer.report("M004", span, "example is given twice above this code", "leave one of the two")
            else:
                reason = " ".join(value.split()[1:])
        return reason

    def _without_code(self, comments: Iterable[tuple[Comment, Span]]) -> None:
        """Report comments on an example that stand above none."""
        for comment, span in comments:
            self.writer.comment(comment, span)

    def _ignore(self, token: Token, comment: Comment, span: Span) -> None:
        """Heed a comment that silences codes between this heading and the next."""
        named = _IGNORE.fullmatch(comment.words)
        if named is None:
            value = (comment.value or "").strip()
            self.writer.report(
                "M002", span, f"check can't be {value!r}" if value else "check has no value", HINTS["check"]
            )
            return
        part, begin = len(self.parts) - 1, comment.start + len("<!--")
        for word in re.finditer(r"[^\s,]+", named[1]):
            code, start = word[0].upper(), begin + named.start(1) + word.start()
            place = self.places.span(token, start, start + len(word[0]))
            if code not in CODES:
                self.writer.report("M002", place, f"{word[0]!r} is no code", "interview-helper explain names them all")
            elif not ignorable(code):
                message = f"{code} can't be ignored: it is an error that stops the build"
                self.writer.report("M002", place, message, "take it out here, and mend what it says")
            elif (part, code) in self.ignored:
                self.writer.report("M004", place, f"{code} is ignored twice below this heading", "leave one of the two")
            else:
                self.ignored[part, code] = place

    def _ignored(self) -> Iterable[Ignored]:
        ends = [*self.parts[1:], len(self.places.lines) + 1]
        for (part, code), span in self.ignored.items():
            yield Ignored(code, span, self.parts[part], ends[part])

    def _state(self, token: Token, comment: Comment, span: Span, metadata: _Metadata | None) -> None:
        """Heed a comment that stands right below its heading; one without metadata stands further down."""
        if metadata is None or comment.key in ("answer", "hint", "example"):
            self.writer.comment(comment, span)
            return
        self.writer.leave_out(comment, span)
        key, value = comment.key, (comment.value or "").strip()
        if not key:
            self.writer.near_miss(comment, span)
            return
        if key == "check":
            self._ignore(token, comment, span)
            return
        if key in metadata.seen:
            self.writer.report("M004", span, f"{key} is given twice below this heading", "leave one of the two")
            return
        metadata.seen[key] = span
        if key == "card" and value in tuple(Kind):
            metadata.kind = Kind(value)
        elif key == "only" and value in tuple(Only):
            metadata.only = Only(value)
        elif key == "tags" and value:
            begin = comment.start + len("<!--") + comment.words.index(":") + 1
            words = re.finditer(r"[^,\s]+", comment.words[comment.words.index(":") + 1 :])
            places = ((word[0], self.places.span(token, begin + word.start(), begin + word.end())) for word in words)
            metadata.tags = self._fit_tags(places)
        elif key == "source" and value:
            metadata.source = " ".join(value.split())
        elif key == "id" and value and not _UNFIT.search(value):
            metadata.pin = Pin(value, span)
        else:
            message = f"{key} can't be {value!r}" if value else f"{key} has no value"
            self.writer.report("M002", span, message, HINTS[key])

    def _skip_navigation(self, block: Sequence[Token]) -> None:
        span = self.places.block(*block)
        self.writer.skip("navigation", self.places.words(span.line - 1, span.end_line), span)

    def _block(self, tokens: list[Token]) -> Block | None:
        token = tokens[0]
        span = self.places.block(*tokens)
        if len(tokens) == 1 and token.type in ("fence", "code_block"):
            fragment = self.writer.code(token)
            info = token.info.strip()
            language = info.split()[0].lower() if info else ""
            return Code(language, info, fragment.html, token.content.removesuffix("\n"), fragment.marked, span)
        if len(tokens) > 3:
            tokens, out = parted(tokens, self.source.path)
            for each in out:
                self._skip_navigation(each)
        fragment = self.writer.fragment(tokens)
        if not fragment.text and not _SHOWN.search(fragment.html):
            return None
        return _prose(fragment, span)


def _behind(token: Token, rest: int) -> Token:
    """A block of HTML without the comments it opens with, its other text where it was."""
    blank = re.sub(r"[^\n]", " ", token.content[:rest])
    return replace(token, content=blank + token.content[rest:], meta=dict(token.meta))


def _unruled(made: list[Block]) -> tuple[Block, ...]:
    """The blocks without the rules at either end, which only part sections from each other."""
    first, end = 0, len(made)
    while end and made[end - 1].html == _RULE:
        end -= 1
    while first < end and made[first].html == _RULE:
        first += 1
    return tuple(made[first:end])


def _without_empty_emphasis(children: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    for child in children:
        if child.type == "text" and not child.content:
            continue
        if kept and child.nesting < 0 and kept[-1].nesting > 0 and kept[-1].tag == child.tag:
            kept.pop()
        else:
            kept.append(child)
    for child in kept[:1]:
        child.content = child.content.lstrip() if child.type == "text" else child.content
    return kept


def _heard(inline: Token) -> str:
    """The words of a heading as GitHub makes its address of them: pictures have none."""
    return "".join(
        child.meta["alias"] or child.content if child.type == "wiki" else child.content
        for child in inline.children or ()
        if child.type in ("text", "code_inline", "wiki", "footnote", "math_inline")
    )


def _anchor(words: str) -> str:
    return _SLUG.sub("", words.lower()).replace(" ", "-")


def _prose(fragment: Fragment, span: Span) -> Prose:
    return Prose(fragment.html.strip(), fragment.text, fragment.marked, span)


def _walk(sections: Iterable[Section]) -> Iterable[Section]:
    for section in sections:
        yield section
        yield from _walk(section.sections)
