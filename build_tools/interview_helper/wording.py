"""Cards to hints on how they ask and answer: what is hard to remember, to answer or to grade. Pure.

The rules are those of P. Woźniak (*Twenty rules of formulating knowledge*), A. Matuschak (*How to write good prompts*)
and M. Nielsen (*Augmenting long-term memory*), as far as words can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from html import unescape

from interview_helper import neutral
from interview_helper.advice import Limits
from interview_helper.diagnostics import Diagnostic, shortened
from interview_helper.model import Block, Card, Code, Document, Kind, Library, Prose, Section, Span

_CODE = "\ufffc"  # stands for code and formulas where words are looked at


def wording(cards: Iterable[Card], library: Library, limits: Limits, language: str = "en") -> Iterator[Diagnostic]:
    """What the words of cards make hard, in the order of the cards. `language` (BCP 47) is that of the notes.

    What depends on the words of a language is said of English alone.
    """
    rules = (*_OF_ALL, *(_OF_ENGLISH if is_english(language) else ()))
    sources = {document.source.path: document for document in library.documents}
    known = _Acronyms(library.documents, limits)
    lines: dict[str, list[str]] = {}
    for card in cards:
        path = card.span.path
        if path not in lines:
            lines = {path: sources[path].source.text.split("\n")}
        view = _View(card, lines[path], limits)
        for rule in rules:
            yield from rule(view)
        yield from known.unexpanded(view)


def is_english(language: str) -> bool:
    """Whether a language (BCP 47) is the one that all rules are for."""
    return re.match(r"en\b", language, re.IGNORECASE) is not None


# --- a card as words ----------------------------------------------------------------------------------------------

_NO_PROSE = re.compile(
    r'<pre\b.*?</pre>|<code\b.*?</code>|<(span|div) class="math">.*?</\1>|<img\b[^>]*>', re.DOTALL | re.IGNORECASE
)
_BLOCKS_OF_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL | re.IGNORECASE)
_INLINE = re.compile(r"</?(?:a|abbr|b|del|em|i|ins|kbd|mark|s|small|span|strong|sub|sup|u|var)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w[\w'’/.-]*")  # noqa: RUF001  # people write that apostrophe


def _prose(html: str) -> str:
    """The words of neutral HTML; a sign stands for code, a formula or a picture, and a line end between blocks."""
    if "<" in html:
        if "<code" in html or "<pre" in html or "<img" in html or 'class="math"' in html:
            html = _NO_PROSE.sub(_CODE, html)
        html = _TAG.sub("\n", _INLINE.sub("", html))
    return unescape(html)


def _count(html: str) -> int:
    """How many words there are outside blocks of code."""
    if "<pre" in html:
        html = _BLOCKS_OF_CODE.sub(" ", html)
    if "<" in html:
        html = _TAG.sub(" ", _INLINE.sub("", html))
    return len(_WORD.findall(unescape(html)))


class _View:
    """One card, and the lines of its note: what the rules look at."""

    def __init__(self, card: Card, lines: Sequence[str], limits: Limits) -> None:
        self.card = card
        self.lines = lines
        self.limits = limits
        self.heading = _prose(card.heading.html).replace("\n", " ").strip()
        self.named = _short(card.heading.text)
        self.asks = card.kind in (Kind.BASIC, Kind.REVERSED)
        self.asked = tuple(block for block in card.question if isinstance(block, Prose))
        self.answered = tuple(block for block in card.answer if isinstance(block, Prose))
        self.blank = card.kind is Kind.CLOZE
        prose = (card.heading, *self.asked, *self.answered)
        # Looked at before a pattern is, which takes ten times as long.
        self.lower = " ".join(block.text for block in prose).casefold()

    @property
    def text(self) -> tuple[Block, ...]:
        """The blocks that hold what is to be known: the answer, and with blanks in it the question."""
        card = self.card
        if not self.blank:
            return card.answer
        return (*card.question, *(card.answer if any("<mark" in b.html for b in card.answer) else ()))

    @property
    def shows(self) -> bool:
        """Whether the question shows something besides its words: code, or a picture."""
        blocks = (self.card.heading, *self.card.question)
        return any(isinstance(block, Code) or _SHOWN.search(block.html) for block in blocks)

    def place(self, block: Block, pattern: re.Pattern[str], number: int = 0, *, smooth: bool = False) -> Span:
        """Where the words stand in a block that a pattern finds for the `number`-th time, else the block.

        White space stands for the signs of emphasis, links and quotes where the text is made `smooth`.
        """
        span = block.span
        rows = list(self.lines[span.line - 1 : span.end_line])
        if not rows:
            return span
        rows[-1] = rows[-1][: span.end_column - 1] if span.end_line > span.line else rows[-1]
        text = "\n".join(rows)
        end = span.end_column - 1 if span.end_line == span.line else len(text)
        masked = _masked(text[:end])
        if smooth:
            masked = _EMPHASIS.sub(lambda m: " " * len(m[0]), masked)
        found = list(pattern.finditer(masked, span.column - 1))
        return _span(span, text, *found[number].span()) if number < len(found) else span

    def words(self, block: Block, words: str) -> Span:
        """Where these words stand in a block, whatever emphasis or line end is between them."""
        return self.place(block, _spread(words), smooth=True)


_SHOWN = re.compile(r"<(?:code|pre|img)\b")
_EMPHASIS = re.compile(
    r"[*\\]+|==|~~|\b_+|_+\b|^[ \t]*>[> \t]*|\[|\](?:\[[^\]\n]*\]|\ufffc+)?", re.MULTILINE
)  # and what makes a link of words


@lru_cache(maxsize=512)
def _spread(words: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, words.split())))


_MASKED = re.compile(
    r"(?P<fence>^[ \t>]*(?P<marks>```+|~~~+)[^\n]*\n.*?(?:^[ \t>]*(?P=marks)|\Z))"
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))|!\[[^\]]*\](?:\([^)]*\))?|(?<=\])\([^)]*\)"
    r"|<!--.*?-->|</?[A-Za-z][^>]*>",
    re.DOTALL | re.MULTILINE,
)


def _masked(text: str) -> str:
    """Markdown with code, addresses, pictures and tags made one sign, each character where it was."""
    return _MASKED.sub(lambda m: re.sub(r"[^\n]", _CODE, m[0]), text)


def _span(span: Span, text: str, start: int, end: int) -> Span:
    """The place of a stretch of the lines that a span begins in."""

    def at(offset: int) -> tuple[int, int]:
        return span.line + text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset)

    return Span(span.path, *at(start), *at(end))


def _whole(blocks: Sequence[Block]) -> Span:
    """From the first to the last of these blocks."""
    first, last = blocks[0].span, blocks[-1].span
    return Span(first.path, first.line, first.column, last.end_line, last.end_column)


_short = partial(shortened, most=60)


# --- how long it is -----------------------------------------------------------------------------------------------


def _long_question(view: _View) -> Iterator[Diagnostic]:
    if view.blank:
        return
    blocks = (view.card.heading, *view.asked)
    count = sum(_count(block.html) for block in blocks)
    if count > view.limits.question_words:
        yield Diagnostic(
            "S002",
            _whole(blocks),
            f"{view.named} asks in {count} words, more than {view.limits.question_words}",
            "leave out what the answer does not hang on",
        )


def _long_answer(view: _View) -> Iterator[Diagnostic]:
    if view.card.kind is Kind.OUTPUT or _TASK.match(view.heading):
        return
    blocks = [block for block in view.text if isinstance(block, Prose)]
    count = sum(_count(block.html) for block in blocks)
    if count > view.limits.answer_words:
        what = "the text of" if view.blank else "the answer to"
        yield Diagnostic(
            "S003",
            _whole(blocks),
            f"{what} {view.named} has {count} words, more than {view.limits.answer_words}",
            "split it: a sub-heading with its text is a card of its own",
        )


_LIST = re.compile(r"<(/?)(ul|ol|li)\b[^>]*>")


def _long_list(view: _View) -> Iterator[Diagnostic]:
    if not view.asks:
        return
    for block in view.answered:
        if "<li" not in block.html:
            continue
        count, first = _longest(block.html)
        if count > view.limits.list_items:
            outermost = block.html.startswith(("<ul", "<ol"))
            yield Diagnostic(
                "S004",
                block.span if outermost else view.words(block, first),
                f"the list that begins with {_short(first)} has {count} items, more than {view.limits.list_items}",
                "ask for them in groups, or blank some of them on a cloze card",
            )


def _longest(html: str) -> tuple[int, str]:
    """How many items the longest list has by itself, and the words that its first one begins with."""
    most, words = 0, ""
    open_lists: list[list[int]] = []  # how many items, and where the first begins
    for match in _LIST.finditer(html):
        closes, tag = match[1], match[2]
        if tag == "li":
            if not closes and open_lists:
                open_lists[-1][0] += 1
                if open_lists[-1][0] == 1:
                    open_lists[-1][1] = match.end()
        elif not closes:
            open_lists.append([0, 0])
        elif open_lists:
            count, at = open_lists.pop()
            if count > most:
                most, words = count, neutral.words(re.split(r"</?li\b", html[at:], maxsplit=1)[0])
    return most, words.strip().split("\n")[0]


# --- how it asks --------------------------------------------------------------------------------------------------

_ASKING = r"(?:what|which|how|why|when|where|who|whose)"
_YES_NO = re.compile(
    r"(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|must|may)(?:n?['’]t)?\s.*\?\W*$",  # noqa: RUF001
    re.IGNORECASE | re.DOTALL,
)
_OPEN_AFTER_ALL = re.compile(rf"\b{_ASKING}\b|\bor\b|:(?=\s)", re.IGNORECASE)
# A question mark ends a question where something stands before it and nothing right behind it.
_MARK = re.compile(r"(?<=[\w)\]\"'”’*_=+#%\ufffc])(?<![\s(]['\"“‘])\?+[?!]*(?=[\s\"'”’)\]*_=]|$)")  # noqa: RUF001
_TAIL = re.compile(rf"(?:\band\b|&)\s+(?:also\s+)?{_ASKING}\b.*", re.IGNORECASE | re.DOTALL)
_TASK = re.compile(
    r"(?:write|implement|program|code)\s+(?:a|an|the|your|some|code|two|three)\b(?!\s+(?:about|down)\b)", re.IGNORECASE
)
_HAS_CODE = re.compile(r"<(?:code|pre)\b")
_VAGUE = re.compile(
    r"(?:(?:please\s+)?(?:explain|describe|discuss|elaborate|tell\s+me|talk\s+about|write\s+about)"
    r"|list\s+(?:the|all|some|out|\d+|two|three|four|five)|name\s+all|what\s+about"
    r"|(?:can|could|would)\s+you\s+(?:please\s+)?(?:explain|describe|tell\s+me|discuss))(?=\s|:|$)",
    re.IGNORECASE,
)


def _yes_or_no(view: _View) -> Iterator[Diagnostic]:
    if view.asks and _YES_NO.match(view.heading) and not _OPEN_AFTER_ALL.search(view.heading):
        if _VAGUE.match(view.heading):
            return
        yield Diagnostic(
            "S005",
            view.card.heading.span,
            f"{view.named} is answered by yes or no",
            "ask which, why, when or how, or name two things to choose from",
        )


def _two_questions(view: _View) -> Iterator[Diagnostic]:
    if not view.asks:
        return
    count = 0
    place = None
    for block in (view.card.heading, *view.asked):
        found = len(_MARK.findall(_prose(block.html))) if "?" in block.html else 0
        if place is None and count + found > 1:
            place = view.place(block, _MARK, 1 - count)
        count += found
    if place:
        yield Diagnostic(
            "S006",
            place,
            f"{view.named} asks {count} questions",
            "make a card of each: a heading and its answer",
        )
    elif tail := _TAIL.search(view.heading):
        words = tail[0].strip()
        yield Diagnostic(
            "S007",
            view.place(view.card.heading, _TAIL, smooth=True),
            f"{view.named} asks a second thing: {_short(words.replace(_CODE, '…'))}",
            "make a card of each, unless the two are one fact",
        )


def _vague(view: _View) -> Iterator[Diagnostic]:
    if not view.asks:
        return
    match = _VAGUE.match(view.heading)
    if match and not match[0].isupper():
        yield Diagnostic(
            "S015",
            view.words(view.card.heading, match[0]),
            f"{match[0]!r} leaves open what a right answer is",
            "ask for one thing: what, which, why, when or how",
        )


_NO_CLUE_WORDS = """a an and are as at be by did do does for from in is it its of on or that the this to was were what
    which with you your"""
_NO_CLUE = frozenset(_NO_CLUE_WORDS.split())
_CHOICE = re.compile(r"\bvs\b|\bversus\b|\bwhich\b|\bor\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;:!?](?=\s|$)|\n")


def _given_away(view: _View) -> Iterator[Diagnostic]:
    card = view.card
    if not view.asks or not view.answered or len(view.answered) < len(card.answer) or _CHOICE.search(view.heading):
        return
    if "<code" in view.answered[0].html or "<pre" in view.answered[0].html or "<img" in view.answered[0].html:
        return
    text = view.answered[0].text.strip()
    clause = _CLAUSE.split(text, maxsplit=1)[0]
    said = _content(clause)
    if len(said) < _CLUES or not said <= _content(card.heading.text):
        return
    if sum(_count(block.html) for block in view.answered) <= _BRIEF:
        yield Diagnostic(
            "S008",
            view.words(view.answered[0], clause),
            f"the answer {_short(clause)} says no more than {view.named}",
            "write what is not in the question",
        )


_CLUES = 2
_BRIEF = 25  # words


def _content(text: str) -> frozenset[str]:
    return frozenset(word.casefold().rstrip(".") for word in _WORD.findall(text)) - _NO_CLUE


# --- what it shows ------------------------------------------------------------------------------------------------

_ABOUT_CODE = re.compile(
    r"\b(?:this|the\s+(?:following|given|above)|these|following)\s+(?:python\s+)?"
    r"(?:code|programs?|snippets?|functions?|class|script|statements?|expressions?|lines?|loop|block|query|command)\b"
    r"|\boutput\s+of\s+(?:the|this)\s+(?:\w+\s+)?(?:code|program|snippet|script)\b"
    r"|\bdoes\s+(?:this|it)\s+print\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:as\s+)?(?:mentioned|discussed|explained|described|noted|seen|shown|said)\s+(?:above|earlier|previously|before)\b"
    r"|\bas\s+above\b"
    r"|\bsee\s+(?:our\s+|the\s+)?(?:above|earlier|previous)\b"
    r"|\b(?:previous|preceding|earlier|last|next)\s+(?:card|question|answer|section|chapter|topic|example)s?\b"
    r"|\bin\s+the\s+(?:last|previous|next)\s+(?:one|part)\b",
    re.IGNORECASE,
)
_CLUES_ELSEWHERE = (
    "above",
    "below",
    "earlier",
    "before",
    "previous",
    "preceding",
    "last",
    "next",
    "example",
    "following",
)
_BESIDE = re.compile(
    r"\bsee\s+below\b|\bthis\s+example\b|\bthe\s+above\b|\bin\s+the\s+following\s+example\b"
    r"|\b(?:code|example|snippet|program)\s+(?:above|below)\b|\b(?:above|following)\s+(?:code|example|snippet|program)\b",
    re.IGNORECASE,
)


def _no_code(view: _View) -> Iterator[Diagnostic]:
    coded = any(isinstance(block, Code) or _HAS_CODE.search(block.html) for block in view.card.answer)
    if view.asks and not coded and (match := _TASK.match(view.heading)):
        yield Diagnostic(
            "S009",
            view.words(view.card.heading, match[0]),
            f"{view.named} asks for code, and the answer has none",
            "write the code into a fence, or ask for something else",
        )
    if view.asks and not view.shows and (match := _ABOUT_CODE.search(view.heading)):
        example = any(isinstance(block, Code) for block in view.card.answer)
        yield Diagnostic(
            "S010",
            view.words(view.card.heading, match[0]),
            f"{match[0]!r} is not on the front of the card",
            "write <!-- answer --> below the code"
            if example
            else "put the code below the heading, then <!-- answer -->",
        )


def _needs_others(view: _View) -> Iterator[Diagnostic]:
    card = view.card
    if not any(clue in view.lower for clue in _CLUES_ELSEWHERE):
        return
    beside = view.shows or any(isinstance(b, Code) or _POINTED.search(b.html) for b in (*card.question, *card.answer))
    for block in (card.heading, *view.asked, *view.answered):
        text = _prose(block.html)
        match = _ELSEWHERE.search(text)
        if not match and not beside and not (block is card.heading and _ABOUT_CODE.search(text)):
            match = _BESIDE.search(text)
        if match:
            words = " ".join(match[0].split())
            yield Diagnostic(
                "S016",
                view.words(block, match[0]),
                f"{words!r} points to what is not on the card",
                "say what is meant: cards come in any order",
            )


_POINTED = re.compile(r"<(?:pre|img|table|ul|ol|blockquote)\b")
_TIME = re.compile(
    r"\b(?:nowadays|recently|these\s+days|as\s+of\s+now|(?:the\s+)?latest\s+versions?|new(?:ly)?\s+in\s+python|modern\s+python)\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"\d\.\d|\b(?:19|20)\d\d\b")


_CLUES_OF_TIME = ("nowadays", "recently", "days", "as of", "latest", "new", "modern")


def _undated(view: _View) -> Iterator[Diagnostic]:
    card = view.card
    if not any(clue in view.lower for clue in _CLUES_OF_TIME):
        return
    for block in (card.heading, *view.asked, *view.answered):
        match = _TIME.search(block.text)
        if match and not any(_DATED.search(b.text) for b in (card.heading, *card.question, *card.answer)):
            words = " ".join(match[0].split())
            yield Diagnostic(
                "S017",
                view.words(block, match[0]),
                f"{words!r} will not be true for long",
                "name the version or the year",
            )
            return


_LINKS = re.compile(r"<a\b.*?</a>", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+")
_LEADING_THERE = """a also an and answer article at docs documentation for here in link links more on page read reference
    references see source sources the this"""
_LEADING = frozenset(_LEADING_THERE.split())


def _only_a_link(view: _View) -> Iterator[Diagnostic]:
    blocks = view.answered
    if not view.asks or not blocks or len(blocks) < len(view.card.answer):
        return
    if not any("<a " in block.html or "://" in block.text for block in blocks):
        return
    if any("<img" in block.html or "<pre" in block.html for block in blocks):
        return
    left = " ".join(_ADDRESS.sub(" ", unescape(_TAG.sub(" ", _LINKS.sub(" ", block.html)))) for block in blocks)
    if all(word.casefold().strip(".") in _LEADING for word in _WORD.findall(left)):
        yield Diagnostic(
            "S018",
            _whole(blocks),
            f"the answer to {view.named} is only a link",
            "write the answer, and <!-- source: … --> for the link",
        )


# --- blanks -------------------------------------------------------------------------------------------------------


def _blanks(view: _View) -> Iterator[Diagnostic]:
    if not view.blank:
        return
    blocks = [block for block in (view.card.heading, *view.card.question, *view.card.answer) if "<mark" in block.html]
    if not blocks:
        return
    marks = [mark for block in blocks for mark in neutral.marks(block.html)]
    count = len({group or i for i, (group, _) in enumerate(marks)})
    if count > view.limits.blanks:
        yield Diagnostic(
            "S011",
            _whole(blocks),
            f"{view.named} has {count} blanks, more than {view.limits.blanks}",
            "leave the ones that matter, or put them into groups: ==c1:…==",
        )
    all_of_it = (view.card.heading, *view.card.question, *view.card.answer)
    around = sum(_count(neutral.with_blanks(block.html, lambda _: " ")) for block in all_of_it)
    if around < view.limits.blank_words and not any(_SHOWN.search(block.html) for block in view.card.question):
        yield Diagnostic(
            "S012",
            _whole(blocks),
            f"the blank {_short(marks[0][1])} has {around} words around it, fewer than {view.limits.blank_words}",
            "write a sentence around it",
        )


_ANKI_BLANK = re.compile(r"\{\{c[0-9]+::(?P<words>[^{}]*?)(?:::[^{}]*)?\}\}")


def _anki_blanks(view: _View) -> Iterator[Diagnostic]:
    for block in (view.card.heading, *view.asked, *view.answered):
        if "{{c" in block.html and (match := _ANKI_BLANK.search(_prose(block.html))):
            yield Diagnostic(
                "S013",
                view.place(block, _ANKI_BLANK),
                f"{_short(match[0])} is shown as it is written",
                f"write =={match['words'] or '…'}== there, and <!-- card: cloze --> below the heading",
            )


# --- acronyms -----------------------------------------------------------------------------------------------------

_ACRONYM = re.compile(r"(?<![\w./-])([A-Z]{2,6}[0-9]?)(?:s\b|\b)(?![\w/-]|\.\w)")
_EVERYBODY_KNOWS = """AM AND API APIS ASCII BC BCE CD CI CLI CPU CSS CSV DB DNS EU FAQ FTP GB GPU GUI HTML HTTP HTTPS ID IDE IDS II III
    IP IT IV JSON KB MB NB NFC NFD NOT OK OR OS PC PDF PEP PM QA RAM SHA SQL SSH SSL TB TCP TLS TOML TV UDP UI UK UN UP
    URI URL URLS US USA USB UTC UTF VI VII VIII VS WWW XI XII XML XOR YAML ZIP NO YES TODO"""
_EVERYBODY = frozenset(_EVERYBODY_KNOWS.split())


class _Acronyms:
    """Which acronyms the topics of the notes spell out."""

    def __init__(self, documents: Iterable[Document], limits: Limits) -> None:
        self.known = _EVERYBODY.union(limits.acronyms)
        self.topics = {
            (document.source.path, topic.title.text): topic for document in documents for topic in document.topics
        }
        self.told: set[tuple[str, str, str]] = set()
        self.texts: dict[tuple[str, str], str] = {}

    def unexpanded(self, view: _View) -> Iterator[Diagnostic]:
        """A hint at the first use in a topic of an acronym that it never spells out."""
        card = view.card
        for block in (card.heading, *view.asked, *view.answered):
            if not _CAPITALS.search(block.text):
                continue
            text = _prose(block.html)
            if text.isupper():
                continue
            for acronym in dict.fromkeys(_ACRONYM.findall(text)):
                if acronym in self.known:
                    continue
                topic = card.trail[0] if card.trail else card.heading.text
                if (card.span.path, topic, acronym) in self.told:
                    continue
                self.told.add((card.span.path, topic, acronym))
                if not self._is_spelt_out(card.span.path, topic, acronym):
                    yield Diagnostic(
                        "S014",
                        view.place(block, _whole_word(acronym)),
                        f"{acronym!r} is never spelt out in {_short(topic)}",
                        f'write it out once, as in: Name ({acronym}); or acronyms = ["{acronym}"] below [advice]',
                    )

    def _is_spelt_out(self, path: str, title: str, acronym: str) -> bool:
        if (path, title) not in self.texts:
            topic = self.topics.get((path, title))
            self.texts[path, title] = "\n".join(_prose(block.html) for block in _blocks(topic)) if topic else ""
        text = self.texts[path, title]
        name = re.escape(acronym)
        said = rf"\({name}s?\b|\b{name}s?\s*\((?!{name})\w+[\s-]+\w+|\b{name}s?\s+(?:stands?|is\s+short|means)\b"
        if re.search(said, text):
            return True
        # Words with its letters say it, too, if there are enough of them that it is no chance.
        words = r"[\s-]+".join(rf"\b{letter}\w\w+" for letter in acronym)
        return len(acronym) > 2 and re.search(words, text, re.IGNORECASE) is not None


_CAPITALS = re.compile(r"[A-Z]{2}")


def _whole_word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w./-]){re.escape(word)}")


def _blocks(section: Section) -> Iterator[Block]:
    yield section.title
    yield from (block for block in (*section.question, *section.answer) if isinstance(block, Prose))
    for below in section.sections:
        yield from _blocks(below)


_Rule = Callable[[_View], Iterator[Diagnostic]]
_OF_ALL: tuple[_Rule, ...] = (
    _long_question,
    _long_answer,
    _long_list,
    _two_questions,
    _blanks,
    _anki_blanks,
    _only_a_link,
)
_OF_ENGLISH: tuple[_Rule, ...] = (_yes_or_no, _vague, _given_away, _no_code, _needs_others, _undated)
