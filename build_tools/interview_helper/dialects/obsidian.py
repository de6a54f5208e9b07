"""Notes for Obsidian's plugin Spaced Repetition to cards. Pure."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from urllib.parse import unquote

from interview_helper.dialects import reading, writing
from interview_helper.dialects.anki_notes import ELSEWHERE, Pictures
from interview_helper.dialects.blanks import grouped
from interview_helper.dialects.nouns import Card, File, Imported, Remark
from interview_helper.model import Kind, Source
from interview_helper.parse import parse, words_of

NAME = "obsidian"
WHAT = "notes of Obsidian for its plugin Spaced Repetition: Q::A, or ? on a line of its own"
SUFFIXES = (".md",)
SETTINGS = ".obsidian/plugins/obsidian-spaced-repetition/data.json"

_SCHEDULE = re.compile(r"[ \t]*<!--SR:.*?-->")
_FENCE = re.compile(r"[ \t]*(?:[-*+] |[0-9]+[.)] )?[ \t]*(`{3,}|~{3,})")
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_TAG = re.compile(r"#[^\s#]+")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+(?:\[.\][ \t]+)?")
_CODE = r"```.*?```|~~~.*?~~~|(?P<ticks>`+)[^`]+?(?P=ticks)(?!`)|\$\$.+?\$\$|\$[^$\n]+\$"
_BEHIND = r"(?:\^\[(?P<hint{0}>[^\]\n]*)\])?(?:\[\^(?P<number{0}>[0-9a-z]+)\])?"
_HIGHLIGHT = "==(?P<words1>(?:(?!==).)+?)==" + _BEHIND.format(1)
_BOLD = r"\*\*(?P<words2>[^*\n]+?)\*\*" + _BEHIND.format(2)
_CURLY = r"\{\{(?:c?(?P<number3>[0-9]+)::?)?(?P<words3>(?:(?!::|\}\}).)+?)(?:::(?P<hint3>(?:(?!\}\}).)*?))?\}\}"
_PICTURE = re.compile(
    rf'{_CODE}|!\[\[(?P<name>[^\]|\n]+)(?P<size>\|[^\]\n]*)?\]\]|!\[(?P<alt>[^\]\n]*)\]\((?P<to><[^>\n]*>|[^)\s]+)(?P<title> "[^"\n]*")?\)',
    re.DOTALL,
)
_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


@dataclass(frozen=True, slots=True)
class _Settings:
    """What the plugin's settings say; the defaults are its own."""

    tags: tuple[str, ...] = ("#flashcards",)
    folders: bool = False
    inline: str = "::"
    inline_reversed: str = ":::"
    multiline: str = "?"
    multiline_reversed: str = "??"
    highlights: bool = True
    bold: bool = False
    curly: bool = False

    @property
    def blank(self) -> re.Pattern[str]:
        """What is a blank, or code that has none."""
        wanted = ((self.highlights, _HIGHLIGHT), (self.bold, _BOLD), (self.curly, _CURLY))
        return re.compile("|".join([_CODE, *(pattern for on, pattern in wanted if on)]), re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Lines with no blank line between them but in fences, each with its number; `code` are those of fences."""

    lines: tuple[tuple[int, str], ...]
    code: frozenset[int]


def recognises(file: File) -> bool:
    """Whether a note has the plugin's tag, a schedule of it, or its sign between question and answer."""
    if not file.path.lower().endswith(".md"):
        return False
    text = file.data.decode("utf-8", "replace")
    return bool(
        re.search(
            r"#flashcards\b|<!--SR:|^tags?:.*\bflashcards\b|^[ \t]*-[ \t]+\"?#?flashcards\b|^\?{1,2}[ \t]*\r?$",
            text,
            re.MULTILINE,
        )
    )


def imported(files: Sequence[File]) -> Imported:
    """The cards of the notes of a vault, or of one note; the plugin's settings are heeded where they are among them."""
    settings = next((_settings(file) for file in files if file.path.endswith(SETTINGS)), _Settings())
    notes = [_Note(file, settings) for file in files if file.path.lower().endswith(".md")]
    tagged = [note for note in notes if note.is_tagged]
    pictures: dict[str, bytes | str] = {}
    placed = Pictures()
    cards: list[Card] = []
    remarks: list[Remark] = []
    chosen = notes if settings.folders or not tagged else tagged
    if len(chosen) < len(notes):
        count = len(notes) - len(chosen)
        message = f"{count} note{'s' if count > 1 else ''} without {settings.tags[0]} left out"
        remarks.append(Remark("", 0, message))
    for note in chosen:
        for card in note.cards():
            shown = [with_pictures(text, note.path, placed, pictures) for text in (card.question, card.answer)]
            cards.append(replace(card, question=shown[0], answer=shown[1]))
        remarks += note.remarks
    text = "\n".join(part for card in cards for part in (card.question, card.answer))
    maths = any(match[0].startswith("$") for match in re.finditer(_CODE, text, re.DOTALL))
    return Imported(tuple(cards), tuple(remarks), pictures, maths)


def _settings(file: File) -> _Settings:
    try:
        held = json.loads(file.text)
        said = held.get("settings", held)
        return _Settings(
            tags=tuple(said.get("flashcardTags") or ("#flashcards",)),
            folders=bool(said.get("convertFoldersToDecks")),
            inline=said.get("singleLineCardSeparator") or "::",
            inline_reversed=said.get("singleLineReversedCardSeparator") or ":::",
            multiline=said.get("multilineCardSeparator") or "?",
            multiline_reversed=said.get("multilineReversedCardSeparator") or "??",
            highlights=bool(said.get("convertHighlightsToClozes", True)),
            bold=bool(said.get("convertBoldTextToClozes")),
            curly=bool(said.get("convertCurlyBracketsToClozes")),
        )
    except (ValueError, AttributeError, TypeError):
        return _Settings()


@dataclass(slots=True)
class _Note:
    """One note: where its cards stand while they are found, and what could not be carried over."""

    file: File
    settings: _Settings
    remarks: list[Remark] = field(default_factory=list)
    deck: tuple[str, ...] = ()
    decks: tuple[str, ...] = ()  # the further ones that the cards are in, as tags
    headings: list[tuple[int, str]] = field(default_factory=list)
    tags: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it lies in the vault."""
        return self.file.path

    @property
    def is_tagged(self) -> bool:
        """Whether one of the plugin's tags stands in it."""
        front = (f"#{tag.replace('::', '/')}" for tag in self._front())
        written = (tag for line in _without_code(self.file.text) for tag in _TAG.findall(line))
        return any(self._is_deck(tag) for tag in (*front, *written))

    def cards(self) -> Iterator[Card]:
        """The cards in order."""
        front = self._front()
        decks = [f"#{tag}" for tag in front if self._is_deck(f"#{tag}")]
        self.tags = tuple(tag for tag in front if f"#{tag}" not in decks)
        self._heed(decks)
        if self.settings.folders:
            self.deck = tuple(part for part in posixpath.dirname(self.path).split("/") if part)
        schedules = [n for n, line in enumerate(self.file.text.split("\n"), 1) if _SCHEDULE.search(line)]
        if schedules:
            count = f"{len(schedules)} card{'s' if len(schedules) > 1 else ''}"
            self._say(schedules[0], f"the schedule of {count} is left out: they begin anew")
        prose: list[int] = []
        for paragraph in _paragraphs(self.file.text):
            yield from self._paragraph(paragraph, prose)
        if prose:
            several = f"{len(prose)} paragraphs belong to no card, and are left out"
            self._say(prose[0], several if len(prose) > 1 else "a paragraph belongs to no card, and is left out")

    def _say(self, line: int, message: str, hint: str = "") -> None:
        self.remarks.append(Remark(self.path, line, message, hint))

    def _front(self) -> list[str]:
        """The tags of the front matter, `a/b` as written there."""
        match = re.match(r"---[ \t]*\n.*?\n---[ \t]*(?:\n|$)", self.file.text, re.DOTALL)
        if match is None:
            return []
        topics = parse(Source("note.md", f"{match[0]}\n# T\n\n## Q\n\nx\n")).document.topics
        return list(topics[0].tags) if topics else []

    def _is_deck(self, tag: str) -> bool:
        return any(tag == each or tag.startswith(f"{each}/") for each in self.settings.tags)

    def _heed(self, tags: Iterable[str]) -> None:
        """Take tags for the decks of what follows: one is where a card stands, the others become its tags."""
        paths = [self._below(tag) for tag in tags]
        if paths:
            self.deck, self.decks = paths[0], tuple("::".join(path) for path in paths[1:] if path)

    def _below(self, tag: str) -> tuple[str, ...]:
        start = max(
            (each for each in self.settings.tags if tag == each or tag.startswith(f"{each}/")), key=len, default=""
        )
        return tuple(part for part in tag[len(start) :].split("/") if part)

    def _paragraph(self, paragraph: _Paragraph, prose: list[int]) -> Iterator[Card]:
        """The cards of a paragraph; `prose` gets the numbers of lines where text begins that is in none."""
        held: list[tuple[int, str]] = []
        for at, (number, line) in enumerate(paragraph.lines):
            following = [each for number, each in paragraph.lines[at + 1 :] if number not in paragraph.code]
            if number in paragraph.code:
                held.append((number, line))
            elif not self._split(held) and self._is_context(line, following):
                yield from self._text(held, prose)
                held = []
            elif not self._split(held) and (split := self._inline(line)):
                yield from self._text(held, prose)
                held = []
                yield self._card(*split[:2], number, split[2])
            else:
                held.append((number, line))
        yield from self._text(held, prose)

    def _is_context(self, line: str, following: Sequence[str]) -> bool:
        """Whether a line says where the cards below it stand: a heading that asks nothing, or tags of decks; heed it."""
        words = line.split()
        if words and all(map(_TAG.fullmatch, words)) and any(map(self._is_deck, words)):
            self._heed(filter(self._is_deck, words))
            return True
        heading = _HEADING.fullmatch(line)
        if heading is None or self._asks(following):
            return False
        self.headings = [each for each in self.headings if each[0] < len(heading[1])]
        self.headings.append((len(heading[1]), _plain(heading[2])))
        return True

    def _asks(self, following: Sequence[str]) -> bool:
        """Whether lines below a heading are the rest of a question: they part from their answer before another card."""
        return any(self._separator(line) for line in takewhile(lambda line: self._inline(line) is None, following))

    def _text(self, lines: Sequence[tuple[int, str]], prose: list[int]) -> Iterator[Card]:
        """The card of lines that are no cards by themselves: of several lines, or with blanks."""
        if at := self._split(lines):
            asked = "\n".join(line for _, line in lines[:at])
            said = "\n".join(line for _, line in lines[at + 1 :])
            kind = Kind.REVERSED if lines[at][1].strip() == self.settings.multiline_reversed else Kind.BASIC
            yield self._card(asked, said, lines[0][0], kind)
            return
        text = "\n".join(line for _, line in lines)
        if any(_words(match) for match in self.settings.blank.finditer(text)):
            yield self._cloze(text, lines[0][0])
        elif _SCHEDULE.sub("", text).strip():
            prose.append(lines[0][0])

    def _split(self, lines: Sequence[tuple[int, str]]) -> int:
        """Which of the lines parts question and answer; 0 where none does."""
        return next((i for i, (_, line) in enumerate(lines) if i and self._separator(line)), 0)

    def _separator(self, line: str) -> bool:
        return line.strip() in (self.settings.multiline, self.settings.multiline_reversed)

    def _inline(self, line: str) -> tuple[str, str, Kind] | None:
        """Question, answer and kind of a line that holds both."""
        plain = re.sub(_CODE, lambda match: "\0" * len(match[0]), line, flags=re.DOTALL)
        for sign, kind in ((self.settings.inline_reversed, Kind.REVERSED), (self.settings.inline, Kind.BASIC)):
            at = plain.find(sign)
            if at > 0 and line[:at].strip() and _SCHEDULE.sub("", line[at + len(sign) :]).strip():
                return _ITEM.sub("", line[:at], count=1), line[at + len(sign) :], kind
        return None

    def _card(self, asked: str, said: str, line: int, kind: Kind) -> Card:
        asked, deck = self._of_own_deck(_SCHEDULE.sub("", asked).strip())
        first, _, rest = asked.partition("\n")
        match = _HEADING.fullmatch(first)
        heading, asked = (match[2], rest) if match else ("", asked)
        said = _SCHEDULE.sub("", said).strip("\n").strip()
        for text in (asked, said):
            if reading.of_blocks(text) is None:
                self._say(line, "a heading in it would begin another card: it is bold now")
        if not said:
            self._say(line, "it has no answer", "write one below its heading")
        return self._placed(Card(writing.below(asked), writing.below(said), heading, kind=kind), deck)

    def _cloze(self, text: str, line: int) -> Card:
        text, deck = self._of_own_deck(_SCHEDULE.sub("", text).strip())
        found = [match for match in self.settings.blank.finditer(text) if _words(match)]
        given = [_group(match) for match in found]
        if any(number and not number.isdecimal() for number in given):
            self._say(line, "overlapping blanks can't be carried over: each is a blank of its own")
            given = [""] * len(given)
        numbers = [int(number) for number in given if number.isdecimal()]
        groups = grouped(numbers) if len(numbers) == len(given) else frozenset(numbers)
        for sign in ("==", "<mark>"):
            made = self.settings.blank.sub(lambda match: _marked(match, groups, sign), text)  # noqa: B023
            said = reading.of_blocks(made)
            if said and len(said.blanks) == len(found):
                break
        else:
            self._say(line, f"{len(found)} blanks read otherwise in our notation, look at them")
        return self._placed(Card("", writing.below(made), kind=Kind.CLOZE), deck)

    def _of_own_deck(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The text without the tags that it opens with, and the deck that they say for it alone."""
        deck = self.deck
        while (match := re.match(r"[ \t]*(#\S+)[ \t]+", text)) and self._is_deck(match[1]):
            deck, text = self._below(match[1]), text[match.end() :]
        return text, deck

    def _placed(self, card: Card, deck: tuple[str, ...]) -> Card:
        title = next((words for level, words in self.headings if level == 1), words_of(self.path))
        below = [words for level, words in self.headings if level > 1]
        tags = writing.tags((*(tag.replace("/", "::") for tag in self.tags), *self.decks))
        return replace(card, trail=(*(deck or (title,)), *below), tags=tags)


def _plain(heading: str) -> str:
    topics = parse(Source("note.md", f"# {heading}\n\nx\n")).document.topics
    return topics[0].title.text if topics else heading


def _words(match: re.Match[str]) -> str:
    """The words of a blank; nothing for code."""
    return next((value for name, value in match.groupdict().items() if name.startswith("words") and value), "")


def _group(match: re.Match[str]) -> str:
    return next((value for name, value in match.groupdict().items() if name.startswith("number") and value), "")


def _hint(match: re.Match[str]) -> str:
    return next((value for name, value in match.groupdict().items() if name.startswith("hint") and value), "")


def _marked(match: re.Match[str], groups: frozenset[int], sign: str) -> str:
    """A blank in our notation; code as it is."""
    words, number, hint = _words(match), _group(match), _hint(match).replace("-->", "-- >")
    if not words:
        return match[0]
    hinted = f"<!-- hint: {hint} -->" if hint else ""
    if number.isdecimal() and int(number) in groups:
        return f"==c{number}:{words}=={hinted}"
    return f"{sign}{words}{sign.replace('<', '</')}{hinted}"


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    """The paragraphs of a note, without its front matter and its comments."""
    lines = text.split("\n")
    at = 0
    if lines[0].rstrip() == "---":
        at = next((i + 1 for i in range(1, len(lines)) if lines[i].rstrip() in ("---", "...")), 0)
    held: list[tuple[int, str]] = []
    code: set[int] = set()
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            if held:
                yield _Paragraph(tuple(held), frozenset(code))
            held, code = [], set()
        elif line.startswith(("<!--", "%%")) and not line.startswith("<!--SR:"):
            at = _end(lines, at, "-->" if line[0] == "<" else "%%")
        elif fence := _FENCE.match(line):
            last = next((n for n in range(at + 1, len(lines)) if lines[n].strip().startswith(fence[1])), len(lines) - 1)
            held += ((n + 1, lines[n]) for n in range(at, last + 1))
            code.update(range(at + 1, last + 2))
            at = last
        else:
            held.append((at + 1, line))
        at += 1
    if held:
        yield _Paragraph(tuple(held), frozenset(code))


def _end(lines: Sequence[str], first: int, sign: str) -> int:
    """The line in which a comment ends; its own where nothing ends it."""
    if sign in lines[first][2:]:
        return first
    return next((n for n in range(first + 1, len(lines)) if sign in lines[n]), first)


def _without_code(text: str) -> Iterator[str]:
    for paragraph in _paragraphs(text):
        yield from (re.sub(_CODE, "", line) for number, line in paragraph.lines if number not in paragraph.code)


def with_pictures(text: str, path: str, placed: Pictures, found: dict[str, bytes | str]) -> str:
    """Markdown with its pictures where they will lie: what Obsidian finds by its name alone keeps that."""

    def shown(match: re.Match[str]) -> str:
        if name := (match["name"] or "").strip():
            if not name.lower().endswith(_SUFFIXES):
                return match[0]
            base = posixpath.basename(name)
            address = placed.place(base)
            found[address] = f"**/{name}"
            if posixpath.basename(address) == base:
                return match[0]
            return f"![{posixpath.splitext(base)[0]}{match['size'] or ''}]({writing.destination(address)})"
        if match["to"] is None:
            return match[0]
        written = match["to"].removeprefix("<").removesuffix(">")
        if ELSEWHERE.match(written):
            return match[0]
        source = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(written)))
        address = placed.place_file(source)
        found[address] = source
        return f"![{match['alt']}]({writing.destination(address)}{match['title'] or ''})"

    return _PICTURE.sub(shown, text)
