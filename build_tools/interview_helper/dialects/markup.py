"""HTML of Anki's fields to our Markdown; the only module with markdownify. Pure.

What was made is read back: where it would say other words, or have other blanks, it is written again with more
backslashes, then with tags in place of signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import quote

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from markdownify import MarkdownConverter

from interview_helper.coloring import fence_word
from interview_helper.dialects import literal, reading
from interview_helper.dialects.writing import destination
from interview_helper.elements import VOID

_LANGUAGE = re.compile(r"\b(?:lang(?:uage)?-|brush:\s*|highlight-(?:source-)?)([\w+#.-]+)")
_SOUND = re.compile(r"\[(?P<sound>sound):(?P<file>[^\[\]]*)\]|\[anki:tts[^\[\]]*\](?P<said>[^\[\]]*)\[/anki:tts\]")
# What opens a formula, or code that has none, and what closes it.
_CLOSERS = {
    "\\(": "\\)",
    "\\[": "\\]",
    "[$]": "[/$]",
    "[$$]": "[/$$]",
    "[latex]": "[/latex]",
    "<pre": "</pre>",
    "<code": "</code>",
    "<!--": "-->",
}
_DISPLAYED = ("\\[", "[$$]")
_OPENER = re.compile(r"\\[(\[]|\[\$\$?\]|\[latex\]|<(?:pre|code)\b|<!--", re.IGNORECASE)
_ELEMENT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_DEEPEST = 150  # each is a few calls deep, and Python's limit is not far
_LONGEST = 1_000_000  # of a field, in characters
_MARK = re.compile(r"</?mark\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_DOLLARS = re.compile(r"\$\$?(.*?)\$\$?", re.DOTALL)
_LINE_BREAKS = re.compile(r"(?:\\\n)+\s*$")
_RUNS = re.compile(r"`+")
# What has no sign in Markdown and is written as it is.
_INLINE = ("abbr", "bdo", "cite", "dfn", "ins", "kbd", "q", "ruby", "samp", "small", "sub", "sup", "tt", "u", "var")
_RAW = ("center", "dl", "figure")
_BLOCKS = [
    *("article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "footer"),
    *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table"),
    *("tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
]
# How to escape, and whether tags stand in place of signs: the first that reads as it should is taken.
_Writing = tuple[literal.Escape, bool]
_ATTEMPTS: tuple[_Writing, ...] = tuple(
    (escaping, tags) for escaping in (literal.lightly, literal.wholly) for tags in (False, True)
)
_SCHEMES = ("http://", "https://", "mailto:")
_BULLETS = "-*"
_CALLOUTS = ("note", "tip", "warning", "important", "caution")


@dataclass(frozen=True, slots=True)
class Markup:
    """Markdown made of HTML, what of it could not be carried over, and whether there is a formula in it."""

    markdown: str
    lost: tuple[str, ...] = ()
    maths: bool = False


Placed = Callable[[str], str]


def blocks(html: str, groups: frozenset[int], placed: Placed, *, own: bool = False) -> Markup:
    """HTML as the Markdown of blocks.

    A blank whose number is in `groups` names it, `placed` gives a picture's source its address in the notes. `own` is
    HTML of this program.
    """
    return _best(html, groups, placed, own=own, heading=False)


def heading(html: str, groups: frozenset[int], placed: Placed, *, own: bool = False) -> Markup:
    """HTML without blocks as the Markdown of one line."""
    return _best(html, groups, placed, own=own, heading=True)


def numbers(html: str) -> Iterable[int]:
    """The numbers of the outermost blanks of HTML, in order."""
    if "data-number" not in html:
        return []
    soup = _soup(html)
    return [int(str(mark["data-number"])) for mark in soup.find_all("mark") if _is_blank(mark) for _ in _parts(mark)]


def words(html: str) -> str:
    """The words of HTML on one line; those of a picture are its alternative text."""
    soup = _soup(html)
    return " ".join(_words(soup, " ").split())


def _soup(html: str) -> BeautifulSoup:
    # Without a tag in it, a field that reads like a file's name is warned of.
    return BeautifulSoup(f"{html}<!---->", "html.parser")


def _best(html: str, groups: frozenset[int], placed: Placed, *, own: bool, heading: bool) -> Markup:
    if len(html) > _LONGEST:
        return Markup("", (f"a field with more than {_LONGEST:,} characters is left out",))
    if _depth(html) > _DEEPEST:
        return Markup("", ("its elements are nested too deep, and left out",))
    return _converted(html, groups, placed, own=own, heading=heading)


def _depth(html: str) -> int:
    """How deep elements are nested that have an end."""
    depth = deepest = 0
    for closes, name in _ELEMENT.findall(html):
        if closes:
            depth = max(0, depth - 1)
        elif name.lower() not in VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _converted(html: str, groups: frozenset[int], placed: Placed, *, own: bool, heading: bool) -> Markup:
    prepared = _Prepared(html, own=own)
    wanted = prepared.reading(groups)
    first = ""
    read = reading.of_heading if heading else reading.of_blocks
    for writing in _ATTEMPTS:
        made = _Converter(writing, groups, placed, own=own, heading=heading).convert_soup(prepared.soup())
        if heading:
            made = re.sub(r"(?:^|(?<= ))(#+)$", r"\\\1", " ".join(made.split()))
        first = first or made
        said = read(made) if made else wanted
        if said == wanted or (
            heading and said and said.blanks == wanted.blanks and literal.is_said(wanted.words, said.words)
        ):
            return prepared.markup(made)
    return prepared.markup(first, "the words read otherwise in Markdown, look at them")


class _Prepared:
    """HTML with its formulas, blanks and sounds as elements of their own, and what that has lost."""

    def __init__(self, html: str, *, own: bool) -> None:
        self.lost: list[str] = []
        self.maths = False
        self._html = "".join(self._pieces(_SOUND.sub(self._without_sound, html)))
        if not own:
            self._html = self._html.replace("&nbsp;", " ").replace("\xa0", " ")
        self._first: BeautifulSoup | None = None

    def soup(self) -> BeautifulSoup:
        """The elements, which who converts them may change: the first time those that were read."""
        made, self._first = self._first or self._elements(), None
        return made

    def _elements(self) -> BeautifulSoup:
        """The elements: those of a blank in code are parted, so that no mark stands in code."""
        soup = _soup(self._html)
        for comment in soup.find_all(string=lambda text: type(text) is not NavigableString):
            comment.extract()
        for tag in soup.find_all(["script", "style"]):
            tag.decompose()
        for mark in soup.find_all("mark"):
            code = mark.find_parent("code")
            if code is not None and mark.find_parent("pre") is None:
                _part(code, mark)
        return soup

    def reading(self, groups: frozenset[int]) -> reading.Reading:
        """What the Markdown must say."""
        soup = self._first = self._elements()
        marks = [mark for mark in soup.find_all("mark") if _is_outermost(mark)]
        pieces: list[tuple[str, str]] = []
        for mark in marks:
            number = int(str(mark.get("data-number", "0")))
            group = f"c{number}" if number in groups else ""
            pieces += [(group, reading.squeezed(part)) for part in _parts(mark)]
        return reading.Reading(reading.squeezed(_words(soup)), tuple(pieces))

    def markup(self, markdown: str, *lost: str) -> Markup:
        """The Markdown with all that is known of it."""
        return Markup(markdown, (*self.lost, *lost), self.maths)

    def _without_sound(self, match: re.Match[str]) -> str:
        what = "the sound" if match["sound"] else "speech,"
        self.lost.append(f"{what} {' '.join((match['file'] or match['said'] or '').split())!r} is left out")
        return ""

    def _pieces(self, html: str) -> Iterator[str]:
        """The HTML with its formulas as elements: each opener belongs to the next closer, code is left alone."""
        lower = html.lower() if len(html.lower()) == len(html) else html
        last = {closer: lower.rfind(closer) for closer in _CLOSERS.values()}
        at = start = 0
        while match := _OPENER.search(html, at):
            sign = match[0].lower()
            closer = _CLOSERS[sign]
            at = match.end()
            # Where none closes it, it is text; looked for once, not from each opener on.
            if last[closer] < at:
                continue
            end = lower.index(closer, at)
            if sign[0] != "<":
                yield html[start : match.start()]
                yield self._formula(html[at:end], sign)
                start = end + len(closer)
            at = end + len(closer)
        yield html[start:]

    def _formula(self, inner: str, sign: str) -> str:
        opened = _MARK.findall(inner)
        tex = unescape(_TAG.sub("", re.sub(r"<br\s*/?>|</?div>", "\n", inner))).strip()
        if sign == "[latex]" and (dollars := _DOLLARS.fullmatch(tex)):
            tex = dollars[1].strip()
        if not tex:
            return ""
        self.maths = True
        made = f'<span class="{"math displayed" if sign in _DISPLAYED else "math"}">{escape(tex)}</span>'
        if opened:
            # The first blank in it, over all of it: no blank of ours stands inside a formula.
            self.lost.append(f"a blank inside the formula {tex!r} now covers all of it")
            return f"{opened[0]}{made}</mark>"
        return made


def _part(code: Tag, mark: Tag) -> None:
    """Give a mark in code a place between two pieces of code, with code of its own inside."""
    behind = Tag(name="code")
    for sibling in list(mark.next_siblings):
        behind.append(sibling.extract())
    mark.extract()
    code.insert_after(mark)
    inner = Tag(name="code")
    for child in list(mark.children):
        inner.append(child.extract())
    mark.append(inner)
    if behind.get_text():
        mark.insert_after(behind)
    if not code.get_text():
        code.decompose()


def _is_outermost(mark: Tag) -> bool:
    return mark.find_parent("mark") is None


def _is_blank(mark: Tag) -> bool:
    return _is_outermost(mark) and mark.has_attr("data-number")


def _parts(mark: Tag) -> list[str]:
    """The words of a mark, its lines apart."""
    return [part for part in _words(mark, "\n").split("\n") if part.strip()]


def _words(element: Tag, breaks: str = "") -> str:
    """The words of an element, with `breaks` around its blocks."""
    found: list[str] = []
    for child in element.descendants:
        if isinstance(child, Tag):
            if child.name == "img":
                found.append(str(child.get("alt", "")))
            elif child.name == "br" or child.name in _BLOCKS:
                found.append(breaks)
        elif type(child) is NavigableString:
            in_block = breaks and child.parent is not None and not child.find_parent("pre")
            found.append(str(child).replace("\n", " ") if in_block else str(child))
            following = child.next_sibling is None and child.parent is not None and child.parent.name in _BLOCKS
            found.append(breaks if following else "")
    return "".join(found)


class _Converter(MarkdownConverter):  # type: ignore[misc]
    """markdownify with our notation: highlights, blanks, formulas, callouts, languages of code."""

    def __init__(
        self,
        writing: _Writing,
        groups: frozenset[int],
        placed: Placed,
        *,
        own: bool,
        heading: bool,
    ) -> None:
        super().__init__(bullets="-", newline_style="backslash", heading_style="atx", strip_pre=None)
        self._placed, self._amid = placed, False
        self._escaping, self._tags = writing
        self._groups, self._own, self._heading = groups, own, heading

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Text that stays text."""
        if not text.strip():
            return text
        return literal.within(text) if self._amid and self._escaping is literal.lightly else self._escaping(text)

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        """Text as Markdown has it at its place."""
        before = el.previous_sibling
        self._amid = isinstance(before, Tag) and before.name != "br" and before.name not in _BLOCKS
        text = str(super().process_text(el, parent_tags=parent_tags))
        # A line of its own would be a blank of its own.
        return text.replace("\n", " ") if el.find_parent("mark") and not el.find_parent("pre") else text

    # --- inline

    def _signed(self, el: Tag, text: str, parent_tags: set[str], sign: str) -> str:
        """Text in signs, where these can stand: not around blocks, nor where only tags are understood."""
        if "_noformat" in parent_tags or not text.strip():
            return text
        if any(isinstance(child, Tag) and child.name in _BLOCKS for child in el.descendants):
            return text
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        inner = text.strip()
        if self._tags:
            return f"{before}<{el.name}>{inner}</{el.name}>{after}"
        return f"{before}{sign}{inner}{sign}{after}"

    def convert_b(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Bold, by whichever element."""
        return self._kept(el, text, parent_tags) if self._own else self._signed(el, text, parent_tags, "**")

    def convert_i(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Italics, by whichever element."""
        return self._kept(el, text, parent_tags) if self._own else self._signed(el, text, parent_tags, "*")

    def convert_strong(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Bold."""
        return self._signed(el, text, parent_tags, "**")

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Italics."""
        return self._signed(el, text, parent_tags, "*")

    def convert_s(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Struck out."""
        return self._signed(el, text, parent_tags, "~~")

    def convert_del(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Struck out."""
        return self._kept(el, text, parent_tags) if self._own else self._signed(el, text, parent_tags, "~~")

    convert_strike = convert_del

    def _kept(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """An element that stays one."""
        if "_noformat" in parent_tags or not text:
            return text
        return f"{_opening(el, 'title')}{text}</{el.name}>"

    def get_conv_fn(self, tag_name: str) -> object:
        """The function for an element: ours for those that stay as they are."""
        return self._kept if tag_name in _INLINE else super().get_conv_fn(tag_name)

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Code in as many backticks as it takes."""
        if "_noformat" in parent_tags or not text:
            return text
        text = text.replace("\n", " ")
        runs = [len(run) for run in _RUNS.findall(text)]
        fence = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
        padded = text[0] == "`" or text[-1] == "`" or (text[0] == text[-1] == " " and text.strip())
        return f"{fence} {text} {fence}" if padded else f"{fence}{text}{fence}"

    def convert_mark(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A highlight, or a blank with its group and its hint; one over several lines is one in each."""
        if "_noformat" in parent_tags or not _is_outermost(el):
            return text
        number = int(str(el.get("data-number", "0")))
        group = f"c{number}:" if number in self._groups else ""
        hint = str(el.get("data-hint", "")).replace("-->", "-- >")
        hinted = f"<!-- hint: {hint} -->" if hint else ""

        def blank(match: re.Match[str]) -> str:
            said, broken = match[2], match[3]
            if (self._tags or _is_amid_word(el)) and not group:
                return f"{match[1]}<mark>{said}</mark>{hinted}{broken}"
            return f"{match[1]}=={group}{said}=={hinted}{broken}"

        lines = re.compile(r"^([ \t]*(?:[-*>] |[0-9]+[.)] )*)(\S.*?)([ \t]*\\?)$", re.MULTILINE)
        if "\n" not in text.strip():
            lines = re.compile(r"^(\s*)(.*?)(\s*)$", re.DOTALL)
        return lines.sub(blank, text, count=0 if "\n" in text.strip() else 1)

    def convert_span(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A formula, or what an element without a meaning holds."""
        classes = el.get("class") or ()
        if "math" not in classes:
            return text
        tex = el.get_text()
        if "displayed" not in classes:
            return f"${tex}$"
        alone = self._own and el.parent is not None and el.parent.name in ("[document]", "blockquote", "div", "li")
        return f"\n\n$$\n{tex}\n$$\n\n" if alone else f"$${tex}$$"

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A link to an address outside; of any other the words."""
        href, title = str(el.get("href", "")).strip(), str(el.get("title", ""))
        if "_noformat" in parent_tags or not text.strip() or not href.lower().startswith(_SCHEMES):
            return text
        if el.get_text() == href and not title and not re.search(r"[\s<>]", href):
            return f"<{href}>"
        titled = ' "{}"'.format(re.sub(r'(["\\])', r"\\\1", " ".join(title.split()))) if title else ""
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{before}[{text.strip()}]({destination(href)}{titled}){after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A picture, with its width where it has one."""
        source = str(el.get("src", "")).strip()
        words = self._escaping(" ".join(str(el.get("alt", "")).split()))
        words = re.sub(r"(?<!\\)([\[\]])", r"\\\1", words)
        if not source:
            return words
        width = re.match(r"[0-9]{1,4}", str(el.get("width", "")))
        if self._own and (el.get("height") or (width and "|" in words)):
            return re.sub(r"\s+", " ", str(el)).replace(escape(source), escape(quote(self._placed(source))))
        sized = f"|{width[0]}" if width else ""
        title = " ".join(str(el.get("title", "")).split())
        titled = ' "{}"'.format(re.sub(r'(["\\])', r"\\\1", title)) if title else ""
        return f"![{words}{sized}]({destination(self._placed(source))}{titled})"

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A line break; two of them part paragraphs, and one at the end of a block is none."""
        if self._heading or "_inline" in parent_tags:
            return " " if self._heading and not self._own else "<br>"
        following = _beyond(el)
        if following is None or (isinstance(following, Tag) and following.name in _BLOCKS):
            return ""
        if self._own:
            ended = isinstance(following, NavigableString) and str(following).startswith("\n")
            return "\\" if ended else "<br>"
        if isinstance(following, Tag) and following.name == "br":
            return "\n\n"
        before = el.previous_sibling
        return "" if isinstance(before, Tag) and before.name == "br" else "\\\n"

    # --- blocks

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A paragraph."""
        if "_inline" in parent_tags:
            return f" {text.strip()} "
        text = _LINE_BREAKS.sub("", text.strip())
        if el.get("align") and self._own and text:
            return f"\n\n{_opening(el, 'align')}{el.decode_contents()}</p>\n\n"
        return f"\n\n{text}\n\n" if text else ""

    def convert_div(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A callout, or blocks."""
        if "callout" in (el.get("class") or ()):
            return self._callout(el, text)
        return self.convert_p(el, text, parent_tags)

    convert_section = convert_article = convert_center = convert_div

    def _callout(self, el: Tag, text: str) -> str:
        kind = str(el.get("data-kind", "note"))
        head = el.find("p", class_="callout-title")
        title = head.get_text().strip() if head else ""
        if title.lower() in _CALLOUTS:
            kind, written = title.lower(), ""
        else:
            written = self._converted(head).strip() if head else ""
        rest = text.strip().removeprefix(self._converted(head).strip() if head else "").strip()
        lines = [f"[!{kind.upper()}] {written}".strip(), *(rest.split("\n") if rest else ())]
        return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"

    def _converted(self, el: PageElement | None) -> str:
        return str(self.process_element(el, parent_tags={"div"})) if el is not None else ""

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A quotation."""
        text = _LINE_BREAKS.sub("", text.strip())
        if "_inline" in parent_tags:
            return f" {text} "
        if not text:
            return ""
        ends = _ends(el)
        return ends + "\n".join(f"> {line}".rstrip() for line in text.split("\n")) + ends

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802  # markdownify's name
        """A heading inside a list or a quotation; elsewhere, where it would begin another card, bold words."""
        text = " ".join(text.split())
        if "_inline" in parent_tags or not text:
            return text
        if el.find_parent(["blockquote", "li"]) is not None and self._own:
            return f"\n\n{'#' * n} {text}\n\n"
        if self._own or self._tags:
            return f"\n\n<h{n}>{el.decode_contents()}</h{n}>\n\n"
        return f"\n\n**{text}**\n\n" if "**" not in text else f"\n\n{text}\n\n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A rule."""
        return "\n\n---\n\n"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Code in a fence with its language; code with blanks stays HTML, since none stand in a fence."""
        if "_inline" in parent_tags:
            return f"`{' '.join(text.split())}`"
        if el.find("mark") is not None:
            return f"\n\n<pre>{_with_marks_only(el)}</pre>\n\n"
        code = el.get_text()
        code = code.removeprefix("\n") if not self._own else code
        code = code if self._own else code.rstrip()
        if not code.strip():
            return ""
        fence = "`" * max(3, 1 + max(map(len, _RUNS.findall(code)), default=0))
        ends = _ends(el if el.parent is None or el.parent.name != "div" else el.parent)
        return f"{ends}{fence}{_language(el)}\n{code}\n{fence}{ends}"

    def convert_ul(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A list."""
        if "_inline" in parent_tags:
            return f" {' '.join(text.split())} "
        ends = _ends(el)
        return f"{ends}{text.strip(chr(10))}{ends}"

    convert_ol = convert_ul

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """An item of a list."""
        text = _LINE_BREAKS.sub("", text.strip("\n").strip(" "))
        if "_inline" in parent_tags:
            return f" {text}"
        parent = el.parent
        before = parent.find_previous_sibling() if parent is not None else None
        other = int(before is not None and parent is not None and before.name == parent.name)
        sign = _BULLETS[other]
        if parent is not None and parent.name == "ol":
            first = str(parent.get("start", "1"))
            number = (int(first) if first.isdecimal() else 1) + len(el.find_previous_siblings("li"))
            sign = f"{number}{'.)'[other]}"
        indent = " " * (len(sign) + 1)
        lines = text.split("\n")
        item = "\n".join([f"{sign} {lines[0]}".rstrip(), *(f"{indent}{line}".rstrip() for line in lines[1:])])
        return f"{item}\n\n" if _is_loose(parent) else f"{item}\n"

    def convert_details(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """What unfolds, as HTML around Markdown."""
        head = el.find("summary", recursive=False)
        summary = head.decode_contents().strip() if isinstance(head, Tag) else ""
        if isinstance(head, Tag):
            head.extract()
        inner = "".join(self._converted(child) for child in el.children).strip()
        return f"\n\n<details>\n<summary>{summary}</summary>\n\n{inner}\n\n</details>\n\n"

    def convert_summary(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """The words of what unfolds, where these are not its first."""
        return f"\n\n{text.strip()}\n\n"

    def convert_dl(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """What stays HTML, in one block."""
        return "\n\n" + re.sub(r"\n\s*\n", "\n", str(el)) + "\n\n"

    convert_figure = convert_dl

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A table of bars; one with cells over several columns or with blocks in them stays HTML."""
        rows = [row.find_all(["td", "th"], recursive=False) for row in el.find_all("tr")]
        rows = [row for row in rows if row]
        cells = [cell for row in rows for cell in row]
        if not cells:
            return ""
        if el.find(["caption", "colgroup"]) or any(
            cell.get("colspan", "1") != "1" or cell.get("rowspan", "1") != "1" or cell.find(_BLOCKS) for cell in cells
        ):
            return self.convert_dl(el, text, parent_tags)
        width = max(map(len, rows))
        head = rows[0] if all(cell.name == "th" for cell in rows[0]) else []
        below = rows[1:] if head else rows
        aligned = [*(_aligned(cell) for cell in rows[0]), *["---"] * (width - len(rows[0]))]
        lines = [self._row(head, width), f"|{'|'.join(aligned)}|", *(self._row(row, width) for row in below)]
        return "\n\n" + "\n".join(lines) + "\n\n"

    def _row(self, cells: list[Tag], width: int) -> str:
        texts = [self._cell(cell) for cell in cells]
        return "| " + " | ".join([*texts, *[""] * (width - len(texts))]) + " |"

    def _cell(self, cell: Tag) -> str:
        inner = "".join(str(self.process_element(child, parent_tags={"td", "_inline"})) for child in cell.children)
        return re.sub(r"(?<!\\)\|", r"\\|", " ".join(_LINE_BREAKS.sub("", inner).split()))


def _is_amid_word(mark: Tag) -> bool:
    """Whether a mark begins or ends inside a word, where our signs for it are text."""
    before, after = mark.previous_sibling, mark.next_sibling
    return bool(
        (isinstance(before, NavigableString) and re.search(r"\w$", before))
        or (isinstance(after, NavigableString) and re.match(r"\w", after))
    )


def _opening(el: Tag, *names: str) -> str:
    kept = "".join(f' {name}="{escape(str(el[name]))}"' for name in names if el.get(name))
    return f"<{el.name}{kept}>"


def _is_loose(parent: Tag | None) -> bool:
    """Whether the items of a list are paragraphs."""
    return parent is not None and any(li.find("p", recursive=False) for li in parent.find_all("li", recursive=False))


def _ends(el: Tag) -> str:
    """What parts a block from its neighbors: in an item that is no paragraph, no blank line."""
    item = el.parent
    return "\n" if item is not None and item.name == "li" and not _is_loose(item.parent) else "\n\n"


def _beyond(el: Tag) -> PageElement | None:
    """What follows an element in its block, white space aside; None where that ends."""
    at: PageElement | None = el
    while at is not None:
        for sibling in at.next_siblings:
            if isinstance(sibling, Tag) or str(sibling).strip():
                return sibling
        at = at.parent
        if at is None or (isinstance(at, Tag) and at.name in _BLOCKS):
            return None
    return None


def _language(pre: Tag) -> str:
    """The word of a fence for a block of code, by whatever tells its language."""
    around = pre.parent
    if isinstance(around, Tag) and around.get("data-language"):
        return fence_word(str(around["data-language"]))
    code = pre.find("code")
    for each in (code, pre, around):
        if isinstance(each, Tag) and each.name in ("code", "pre", "div"):
            named = _LANGUAGE.search(" ".join(each.get("class") or ()))
            if named:
                return named[1].lower()
    return ""


def _with_marks_only(el: Tag) -> str:
    return "".join(
        f"<mark>{escape(child.get_text(), quote=False)}</mark>"
        if isinstance(child, Tag) and child.name == "mark"
        else _with_marks_only(child)
        if isinstance(child, Tag)
        else escape(str(child), quote=False)
        for child in el.children
    )


def _aligned(cell: Tag) -> str:
    style = re.search(r"text-align:\s*(\w+)", str(cell.get("style", "")))
    side = str(cell.get("align", "")) or (style[1] if style else "")
    return {"left": ":--", "right": "--:", "center": ":-:"}.get(side, "---")
