"""Source to Document and diagnostics. Pure: the same text gives the same of both, and no text raises."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import yaml

from interview_helper.diagnostics import Diagnostic
from interview_helper.fragments import Fragment, Writer, open_elements
from interview_helper.model import (
    Block,
    Code,
    Document,
    Kind,
    Only,
    Pin,
    Prose,
    Section,
    Skipped,
    Source,
    Span,
)
from interview_helper.notation import Places, Token, tokens

KEYS = ("card", "tags", "only", "source", "id", "answer")
_FRONT_MATTER = ("title", "tags", "only")

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_METADATA = re.compile(r"\s*([A-Za-z]+)\s*(?::\s*(.*?))?\s*", re.DOTALL)
_NUMBERING = re.compile(
    r"(?:Q(?:uestion)?\s*\.?\s*[0-9]*\s*[.:)](?=\s)|[0-9]+(?:\.[0-9]+)*[.)](?=\s))\s+(?=\S)", re.IGNORECASE
)
_SLUG = re.compile(r"[^\w\- ]", re.UNICODE)
_WORD = re.compile(r"\w")
_TAGS = re.compile(r"<[^>]*>")
_LINKED = re.compile(r"<a\s[^>]*href\s*=\s*[\"']?(#[^\"'\s>]*)[^>]*>.*?</a>", re.IGNORECASE | re.DOTALL)
_UNFIT = re.compile(r"[\s\"'\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one note says, and what is wrong with it; front matter keys of other programs by name and place."""

    document: Document
    diagnostics: tuple[Diagnostic, ...]
    foreign_keys: tuple[tuple[str, Span], ...]


@dataclass(slots=True)
class _Metadata:
    """What the comments below one heading say."""

    kind: Kind = Kind.BASIC
    only: Only | None = None
    tags: tuple[str, ...] = ()
    source: str = ""
    pin: Pin | None = None


@dataclass(slots=True)
class _Open:
    """A section whose end is not reached yet."""

    level: int
    title: Prose
    anchor: str
    span: Span
    metadata: _Metadata = field(default_factory=_Metadata)
    body: list[Token] = field(default_factory=list)
    below: list[_Open] = field(default_factory=list)


def parse(source: Source, *, maths: bool = False) -> Parsed:
    """The note as a tree of headings, and its diagnostics in no order."""
    return _Parser(source).parsed(maths=maths)


def words_of(path: str) -> str:
    """A file's or folder's name in words: `10-generator_functions.md` is `Generator functions`."""
    stem = posixpath.basename(path)
    stem = stem[:-3] if stem.lower().endswith(".md") else stem
    words = re.sub(r"[\s_-]+", " ", re.sub(r"^[0-9]+[\s._-]+", "", stem)).strip() or stem
    return words[:1].upper() + words[1:]


def slug_of(heading: str) -> str:
    """A heading's address as GitHub spells it, before equal ones are told apart."""
    return _SLUG.sub("", heading.lower()).strip().replace(" ", "-")


def fit_tag(tag: str) -> str:
    """A tag as Anki takes it: no white space, no quotation marks, no empty level."""
    return "::".join(filter(None, _UNFIT.sub("-", tag.strip()).split("::")))


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.places = Places(source.text)
        self.writer = Writer(source.path, self.places)
        self.slugs: dict[str, int] = {}
        self.foreign: list[tuple[str, Span]] = []
        self.front = _Metadata()
        self.front_title = ""

    def parsed(self, *, maths: bool) -> Parsed:
        stream, definitions = tokens(self.source.text, maths=maths)
        for definition in definitions:
            span = Span(self.source.path, definition.first + 1, 1, definition.end + 1, 1)
            self.writer.skip("definition", self.places.words(definition.first, definition.end), span)
        if stream and stream[0].type == "front_matter":
            self._front_matter(stream[0])
            stream = stream[1:]
        roots = self._cut(_flattened(stream))
        topics = self._sections(roots, (), self.front.tags, self.front.only)
        found = self.writer.found
        document = Document(
            source=self.source,
            topics=topics,
            images=tuple(found.images),
            links=tuple(found.links),
            anchors=frozenset({*found.anchors, *_anchors(topics)}),
            skipped=tuple(found.skipped),
        )
        asks = any(section.is_card for section in _walk(topics))
        if not asks and _has_text(topics) and not any(d.code == "N001" for d in found.diagnostics):
            span = Span(self.source.path, 1, 1, 1, len(self.places.lines[0]) + 1)
            self.writer.report("N002", span, "no heading here has text of its own to ask", "put `## Question` above it")
        return Parsed(document, tuple(found.diagnostics), tuple(self.foreign))

    # --- front matter -------------------------------------------------------------------------------------------

    def _front_matter(self, token: Token) -> None:
        first, end = token.map or (0, 1)
        whole = Span(self.source.path, first + 1, 1, end, len(self.places.lines[end - 1]) + 1)
        self.writer.skip("front matter", token.content, whole)
        try:
            node = yaml.compose(token.content, Loader=yaml.BaseLoader)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            line = min(first + 2 + (mark.line if mark else 0), len(self.places.lines))
            column = mark.column + 1 if mark else 1
            what = getattr(error, "problem", None) or "it is no YAML"
            span = Span(self.source.path, line, column, line, len(self.places.lines[line - 1]) + 1)
            self.writer.report(
                "M005", span, f"the front matter is broken: {what}", "put quotes around texts with `: ` or `#`"
            )
            return
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self.writer.report("M005", whole, "the front matter is no mapping of keys to values", "write `key: value`")
            return
        for key, value in node.value:
            self._front_key(first + 1, key, value)

    def _front_key(self, offset: int, key: yaml.Node, value: yaml.Node) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        at = self._yaml_span(offset, key)
        if name not in _FRONT_MATTER:
            self.foreign.append((name, at))
            return
        texts = [value] if isinstance(value, yaml.ScalarNode) else list(value.value)
        where = self._yaml_span(offset, value)
        if isinstance(value, yaml.MappingNode) or not all(isinstance(t, yaml.ScalarNode) for t in texts):
            self.writer.report("M006", where, f"{name} is no text or list of texts", f"write `{name}: …`")
        elif name == "tags":
            listed = not isinstance(value, yaml.ScalarNode)
            written = [t.value for t in texts] if listed else re.split(r"[,\s]+", value.value)
            self.front.tags = self._fit_tags([t.lstrip("#") for t in written], where)
        elif name == "title" and isinstance(value, yaml.ScalarNode):
            self.front_title = value.value.strip()
        elif name == "only" and value.value in tuple(Only):
            self.front.only = Only(value.value)
        else:
            self.writer.report("M006", where, f"{name} can't be {value.value!r}", _hint(name))

    def _yaml_span(self, offset: int, node: yaml.Node) -> Span:
        start, end = node.start_mark, node.end_mark
        return Span(self.source.path, start.line + offset + 1, start.column + 1, end.line + offset + 1, end.column + 1)

    def _fit_tags(self, written: Iterable[str], span: Span) -> tuple[str, ...]:
        fit: list[str] = []
        for tag in filter(None, (t.strip() for t in written)):
            made = fit_tag(tag)
            if made != tag:
                self.writer.report("M008", span, f"the tag {tag!r} is written {made!r} in Anki", f"write {made}")
            if made and made not in fit:
                fit.append(made)
        return tuple(fit)

    # --- headings -----------------------------------------------------------------------------------------------

    def _cut(self, stream: list[Token]) -> list[_Open]:
        """The sections of the file, the text before its first heading going to the topic that follows or stands in."""
        before: list[Token] = []
        roots: list[_Open] = []
        path: list[_Open] = []
        i = 0
        while i < len(stream):
            token = stream[i]
            if token.type != "heading_open" or token.level:
                (path[-1].body if path else before).append(token)
                i += 1
                continue
            opened = self._heading(token, stream[i + 1])
            i += 3
            while path and path[-1].level >= opened.level:
                path.pop()
            if opened.level == 1:
                path = []
                if not roots and before:
                    opened.body, before = before, []
                roots.append(opened)
            else:
                if not path:
                    if not roots or roots[-1].level:
                        roots.append(self._unwritten_topic())
                        roots[-1].body, before = before, []
                    path = [roots[-1]]
                path[-1].below.append(opened)
            path.append(opened)
        if before:
            roots.append(self._unwritten_topic())
            roots[-1].body = before
        return roots

    def _unwritten_topic(self) -> _Open:
        title = self.front_title or words_of(self.source.path)
        span = Span(self.source.path, 1, 1, 1, len(self.places.lines[0]) + 1)
        return _Open(0, Prose(_escaped(title), title, title, span), self._anchor(title), span)

    def _heading(self, token: Token, inline: Token) -> _Open:
        level = int(token.tag[1:])
        inline.meta["level"] = level if token.markup[:1] == "#" else 0
        if not inline.meta["level"]:
            del inline.meta["level"]
        self._unnumber(inline)
        fragment = self.writer.fragment([inline])
        span = self.writer.span(inline, 0, len(inline.content)) if inline.content else self.writer.lines(token)
        if not fragment.text and "<img" not in fragment.html:
            self.writer.report(
                "N012", self.writer.lines(token), "the heading has no words", "write the question behind the #"
            )
        return _Open(level, _prose(fragment, span), self._anchor(inline.content), span)

    def _unnumber(self, inline: Token) -> None:
        first = next((c for c in inline.children or () if c.type not in ("strong_open", "em_open")), None)
        if first is None or first.type != "text":
            return
        match = _NUMBERING.match(first.content)
        if match and first.content[match.end() :].strip() + "".join(
            c.content for c in inline.children or () if c is not first
        ):
            at = inline.content.find(match[0].strip())
            self.writer.skip("numbering", match[0], self.writer.span(inline, at, at + len(match[0].strip())))
            first.content = first.content[match.end() :]

    def _anchor(self, heading: str) -> str:
        slug = slug_of(heading)
        count = self.slugs.get(slug, 0)
        self.slugs[slug] = count + 1
        return f"{slug}-{count}" if count else slug

    def _sections(
        self, opened: Iterable[_Open], trail: tuple[str, ...], tags: tuple[str, ...], only: Only | None
    ) -> tuple[Section, ...]:
        """The sections but those that hold nothing but navigation ("Table of contents")."""
        sections = (self._section(each, trail, tags, only) for each in opened)
        return tuple(section for section in sections if section)

    def _section(
        self, opened: _Open, trail: tuple[str, ...], tags: tuple[str, ...], only: Only | None
    ) -> Section | None:
        body = self._metadata(opened)
        question, answer = self._body(body)
        if body and opened.level and not (question or answer or opened.below) and self._leads_elsewhere(body):
            self.writer.skip("navigation", opened.title.text, opened.span)
            self.writer.found.anchors.add(opened.anchor)
            return None
        metadata = opened.metadata
        tags = (*tags, *(t for t in metadata.tags if t not in tags))
        only = metadata.only or only
        inner = (*trail, opened.title.text)
        section = Section(
            title=opened.title,
            level=opened.level,
            anchor=opened.anchor,
            trail=trail,
            kind=metadata.kind,
            pin=metadata.pin,
            source=metadata.source,
            only=only,
            tags=tags,
            question=question,
            answer=answer,
            sections=self._sections(opened.below, inner, tags, only),
            span=opened.span,
        )
        if opened.level and not section.sections and not answer and opened.title.text:
            hint = "write the answer below it" if not question else "write the answer below <!-- answer -->"
            self.writer.report("N001", opened.span, f"{opened.title.text!r} has no answer", hint)
        return section

    # --- comments below a heading -------------------------------------------------------------------------------

    def _metadata(self, opened: _Open) -> list[Token]:
        """The section's text without the comments below its heading, whose values go to its metadata."""
        seen: set[str] = set()
        rest = 0
        for token in opened.body:
            comments = list(_COMMENT.finditer(token.content)) if token.type == "html_block" else []
            if not comments or _COMMENT.sub("", token.content).strip():
                break
            if any(_key(c[1]) == "answer" for c in comments):
                break
            for comment in comments:
                span = self._comment_span(token, comment.start(), comment.end())
                self.writer.skip("comment", comment[1], span)
                self._comment(comment[1], span, opened.metadata, seen)
            rest += 1
        return opened.body[rest:]

    def _comment_span(self, token: Token, start: int, end: int) -> Span:
        first = (token.map or (0, 1))[0]
        rows = token.content[:start].count("\n")
        text = token.content[start:end]
        line = first + rows
        column = max(self.places.lines[line].find(text.split("\n")[0]), 0) + 1
        lines = text.split("\n")
        if len(lines) == 1:
            return Span(self.source.path, line + 1, column, line + 1, column + len(text))
        return Span(self.source.path, line + 1, column, line + len(lines), len(lines[-1]) + 1)

    def _comment(self, words: str, span: Span, metadata: _Metadata, seen: set[str]) -> None:
        match = _METADATA.fullmatch(words)
        key = match[1] if match else ""
        if match is None or key not in KEYS:
            self._near_miss(key, match[2] if match else None, span)
            return
        value = (match[2] or "").strip()
        if key in seen:
            self.writer.report("M004", span, f"{key} is given twice below this heading", "leave one of the two")
            return
        seen.add(key)
        if key == "card" and value in tuple(Kind):
            metadata.kind = Kind(value)
        elif key == "only" and value in tuple(Only):
            metadata.only = Only(value)
        elif key == "tags" and value:
            metadata.tags = self._fit_tags(re.split(r"[,\s]+", value), span)
        elif key == "source" and value:
            metadata.source = " ".join(value.split())
        elif key == "id" and value and not _UNFIT.search(value):
            metadata.pin = Pin(value, span)
        else:
            self.writer.report(
                "M002", span, f"{key} can't be {value!r}" if value else f"{key} has no value", _hint(key)
            )

    def _near_miss(self, key: str, value: str | None, span: Span) -> None:
        near = get_close_matches(key.lower(), KEYS, 1, 0.74) if key else []
        if near and key.lower() != "car" and (value is not None or near[0] == "answer"):
            rest = f": {value}" if value else ""
            self.writer.report("M001", span, f"{key!r} is no key, {near[0]!r} is", f"write <!-- {near[0]}{rest} -->")

    # --- text below a heading -----------------------------------------------------------------------------------

    def _body(self, body: list[Token]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """The blocks that belong to the question, and those of the answer."""
        blocks: list[Block] = []
        split: int | None = None
        for run in _runs(body):
            if run[0].type == "html_block":
                if self._is_answer(run[0]):
                    if split is None:
                        split = len(blocks)
                        self.writer.skip("comment", run[0].content, self.writer.lines(run[0]))
                        continue
                    self._misplaced("answer", self.writer.lines(run[0]), "leave one of the two")
                self._check_comments(run)
            if self._is_navigation(run):
                text = self.places.words(*_lines_of(run))
                self.writer.skip("navigation", text, self._run_span(run))
                continue
            block = self._block(run)
            if block is not None:
                blocks.append(block)
        if split is None:
            return (), tuple(blocks)
        return tuple(blocks[:split]), tuple(blocks[split:])

    def _is_answer(self, token: Token) -> bool:
        comment = _COMMENT.fullmatch(token.content.strip())
        return comment is not None and _key(comment[1]) == "answer"

    def _misplaced(self, key: str, span: Span, hint: str) -> None:
        self.writer.report("M003", span, f"the comment {key!r} has no effect here", hint)

    def _check_comments(self, run: Sequence[Token]) -> None:
        for token in run:
            if token.type != "html_block":
                continue
            for comment in _COMMENT.finditer(token.content):
                key = _key(comment[1])
                span = self._comment_span(token, comment.start(), comment.end())
                if key in KEYS and (key != "answer" or len(token.content.strip()) > len(comment[0])):
                    self._misplaced(key, span, "put it right below the heading, on a line of its own")
            last = list(_COMMENT.finditer(token.content))[-1:]
            after = token.content[last[0].end() :].split("\n")[0].strip() if last else ""
            if after and token.content.lstrip().startswith("<!--"):
                self.writer.report(
                    "N006",
                    self._comment_span(token, last[0].start(), last[0].end()),
                    "text follows the comment on its line",
                    "put the text on the next line",
                )

    def _block(self, run: list[Token]) -> Block | None:
        token = run[0]
        span = self._run_span(run)
        if len(run) == 1 and token.type in ("fence", "code_block"):
            if token.type == "fence":
                self.writer.check_fence(token)
            fragment = self.writer.fragment([replace(token, type="code_block")])
            text = token.content.removesuffix("\n")
            info = token.info.strip()
            language = info.split()[0].lower() if info else ""
            return Code(language, info, fragment.html.rstrip("\n"), text, fragment.marked, span)
        unclosed = sum(open_elements(t.content) for t in run if t.type == "html_block")
        if unclosed:
            self.writer.report(
                "N011",
                span,
                "an HTML element is opened here and never closed"
                if unclosed > 0
                else "an HTML element is closed here that was never opened",
                "",
            )
        fragment = self.writer.fragment(run)
        if not fragment.html.strip() or (not fragment.text and not re.search("<(?:img|hr)", fragment.html)):
            return None
        return _prose(fragment, span)

    def _run_span(self, run: Sequence[Token]) -> Span:
        first = self.writer.lines(run[0])
        last = self.writer.lines(next((t for t in reversed(run) if t.map), run[0]))
        return Span(
            first.path,
            first.line,
            first.column,
            max(first.end_line, last.end_line),
            last.end_column if last.end_line >= first.end_line else first.end_column,
        )

    def _leads_elsewhere(self, body: list[Token]) -> bool:
        return any(self._is_navigation(run) for run in _runs(body))

    # --- navigation ---------------------------------------------------------------------------------------------

    def _is_navigation(self, run: Sequence[Token]) -> bool:
        """Whether a block holds nothing but links to places in its own file."""
        kind = run[0].type
        if kind == "html_block":
            content = "".join(t.content for t in run)
            linked = _LINKED.search(content) is not None and all(t.type == "html_block" for t in run)
            return linked and not _WORD.search(_TAGS.sub("", _LINKED.sub("", _COMMENT.sub("", content))))
        if kind not in ("paragraph_open", "bullet_list_open", "ordered_list_open", "table_open"):
            return False
        groups: list[list[Token]] = [[]]
        header = False
        for token in run:
            if token.type in ("list_item_open", "tr_open") and groups[-1]:
                groups.append([])
            if token.type in ("thead_open", "thead_close"):
                header = token.type == "thead_open"
            elif token.type == "inline" and not header:
                groups[-1].append(token)
            elif token.type in ("fence", "code_block", "html_block"):
                return False
        groups = [group for group in groups if group]
        return bool(groups) and all(_only_leads_here(group) for group in groups)


def _only_leads_here(inlines: Sequence[Token]) -> bool:
    """Whether inline tokens are links to anchors of the same file, numbers and signs aside."""
    leads = inside = False
    for child in (c for inline in inlines for c in inline.children or ()):
        if child.type == "link_open":
            if not str(child.attrs["href"]).startswith("#"):
                return False
            leads = inside = True
        elif child.type == "link_close":
            inside = False
        elif child.type == "html_inline":
            opened = re.match(r"<a\s[^>]*href\s*=\s*[\"']?(#?)", child.content, re.IGNORECASE)
            if opened:
                if not opened[1]:
                    return False
                leads = inside = True
            elif child.content.lower().startswith("</a"):
                inside = False
        elif child.type in ("image", "wiki") or (not inside and re.search(r"[^\W\d_]", child.content)):
            return False
    return leads


def _flattened(stream: list[Token]) -> list[Token]:
    """The stream with each list item that opens with a heading taken out of its list: heading, then the item's rest."""
    out: list[Token] = []
    i = 0
    while i < len(stream):
        token = stream[i]
        if token.level or not token.type.endswith("_list_open"):
            out.append(token)
            i += 1
            continue
        end = next(
            k
            for k in range(i + 1, len(stream))
            if stream[k].type == token.type.replace("open", "close") and not stream[k].level
        )
        out += _unlisted(stream[i : end + 1])
        i = end + 1
    return out


def _unlisted(listed: list[Token]) -> list[Token]:
    opener, closer = listed[0], listed[-1]
    items: list[list[Token]] = []
    for token in listed[1:-1]:
        if token.type == "list_item_open" and token.level == 1:
            items.append([])
        items[-1].append(token)
    if not any(len(item) > 2 and item[1].type == "heading_open" for item in items):
        return listed
    out: list[Token] = []
    rest: list[Token] = []
    number = int(opener.attrs.get("start", 1))
    for item in items:
        if len(item) > 2 and item[1].type == "heading_open":
            if rest:
                out += [*rest, closer]
                rest = []
            for token in item[1:-1]:
                token.level -= 2
            out += item[1:-1]
        else:
            if not rest:
                rest = [
                    replace(
                        opener,
                        attrs={"start": number} if opener.type[0] == "o" and number != 1 else {},
                        map=item[0].map,
                    )
                ]
            rest += item
        number += 1
    return [*out, *rest, closer] if rest else out


def _runs(body: list[Token]) -> list[list[Token]]:
    """The blocks of a section, each as its tokens; what stands inside raw HTML goes with it."""
    runs: list[list[Token]] = []
    depth = unclosed = 0
    for token in body:
        if depth == 0 and unclosed <= 0:
            runs.append([token])
            unclosed = 0
        else:
            runs[-1].append(token)
        depth += token.nesting
        if depth == 0 and token.type == "html_block":
            unclosed += open_elements(token.content)
    return runs


def _lines_of(run: Sequence[Token]) -> tuple[int, int]:
    maps = [t.map for t in run if t.map]
    return (min(m[0] for m in maps), max(m[1] for m in maps)) if maps else (0, 0)


def _key(comment: str) -> str:
    match = _METADATA.fullmatch(comment)
    if match is None or match[1] not in KEYS or (match[1] == "answer") != (match[2] is None):
        return ""
    return match[1]


def _hint(key: str) -> str:
    return {
        "card": "write basic, reversed, cloze or output",
        "only": "write deck or sheet",
        "tags": "write words with spaces or commas between them",
        "source": "write where the answer comes from",
        "id": "write an id without spaces",
        "title": "write a text",
        "answer": "write <!-- answer -->",
    }[key]


def _prose(fragment: Fragment, span: Span) -> Prose:
    return Prose(fragment.html.strip(), fragment.text, fragment.marked, span)


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _walk(sections: Iterable[Section]) -> Iterable[Section]:
    for section in sections:
        yield section
        yield from _walk(section.sections)


def _anchors(sections: Iterable[Section]) -> Iterable[str]:
    return (section.anchor for section in _walk(sections))


def _has_text(sections: Iterable[Section]) -> bool:
    return any(section.answer or section.question for section in _walk(sections))


__all__ = ["KEYS", "Parsed", "Skipped", "fit_tag", "parse", "slug_of", "words_of"]
