"""Cards to hints on questions that are asked twice, or nearly so, anywhere in the deck. Pure.

All pairs of a large deck would take half a minute. Two sets of words that are alike share one of the rarest words of
each, so only cards that do are compared: prefix filtering with an index, as in set-similarity joins (R. Bayardo and
others, *Scaling up all pairs similarity search*, 2007; C. Xiao and others, *Efficient similarity joins for near
duplicate detection*, 2008).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import unescape
from math import ceil

from interview_helper import neutral
from interview_helper.diagnostics import Diagnostic, shortened
from interview_helper.model import Block, Card, Code, Kind

# They say nothing on what a question is of. `how`, `why`, `when`, `where` and `who` do: they ask for something else.
_COMMON_WORDS = """a about an the this that these those of to in on at by for with from into as and or it its is are was were be been
    being am do does did has have had what which your you we i can could will would should one there if so than then
    between python"""
# With nothing but these a question leans on the headings over it: `Advantages`, `How does it work?`
_LEANING_WORDS = """advantage disadvantage answer benefit complexity con cost definition detail difference drawback example feature
    how idea intro introduction key limitation mean note output overview performance pitfall point pro property purpose
    remark result rule solution step summary syntax tip type usage use used way when where who why work"""
_COMMON = frozenset(_COMMON_WORDS.split())
_LEANING = frozenset(_LEANING_WORDS.split())
# A name with its dots, a number, or signs that mean something in code.
_TOKEN = re.compile(r"\w+(?:[.'’]\w+)*|[=!<>+*/%&|^~@-]+")  # noqa: RUF001  # people write that apostrophe
_WORD = re.compile(r"\w+(?:[.'’]\w+)*")  # noqa: RUF001
_NAME = re.compile(r"_|\d|\.|\w[A-Z]")
# What is asked of code that may stand below the question, where it is no part of it.
_OF_CODE = re.compile(r"\b(?:code|program|snippet|function|output|prints?|printed|below|above)\b", re.IGNORECASE)
_LONGEST = 20_000  # characters of a question that are looked at
_SLACK = 1e-9  # of sums of floats
_HOLDERS = 300  # questions that have a word and are compared with another that has it: the nearest in length


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for, ready to be compared: its words, what it shows (code, pictures), and what it names.

    `names` are all that it shows, and the words that stand for a thing of code or a number. `exact` is
    equal where questions are, but for case, plural and punctuation.
    """

    exact: tuple[str, ...]
    words: frozenset[str]
    shown: frozenset[str]
    names: frozenset[str]


def asked(card: Card) -> Asked:
    """What a card asks; on a cloze card that is in its text as well."""
    blocks = (card.heading, *card.question)
    if card.kind is Kind.CLOZE and any("<mark" in block.html for block in card.answer):
        blocks = (*blocks, *card.answer)
    said: list[str] = []
    code: set[str] = set()
    shown: list[str] = []
    for block in blocks:
        _read(block, said, code, shown)
    if not shown and _OF_CODE.search(card.heading.text):
        for block in card.answer:
            if isinstance(block, Code):
                _read(block, said, code, shown)
    above: list[str] = []
    # `is` in code is no common word.
    words = [word for word in said if word in code or word not in _COMMON]
    if not shown and _LEANING.issuperset(words):
        above = [_word(word) for heading in card.trail for word in _WORD.findall(heading)]
        words += (word for word in above if word not in _COMMON)
    kept, seen = _numbered(words), _numbered(shown)
    names = (each for each, word in zip(kept, words, strict=True) if word in code or _NAME.search(word))
    return Asked((*said, "|", *shown, "|", *above), frozenset(kept), frozenset(seen), frozenset((*names, *seen)))


def _numbered(tokens: Iterable[str]) -> list[str]:
    """The tokens, from its second time on each with a number, so that a set of them knows how often it has one."""
    counts: Counter[str] = Counter()
    found = []
    for token in tokens:
        counts[token] += 1
        found.append(token if counts[token] == 1 else f"{token} {counts[token]}")
    return found


def _read(block: Block, said: list[str], code: set[str], shown: list[str]) -> None:
    """Add what a block says, the tokens of its code spans, and what it shows: blocks of code, addresses of pictures."""
    if isinstance(block, Code):
        shown += _TOKEN.findall(block.text[:_LONGEST])
        return
    html = block.html
    if "<pre" in html or "<img" in html:
        shown += (token for _, text in neutral.codes(html) for token in _TOKEN.findall(text[:_LONGEST]))
        shown += neutral.pictures(html)
        html = neutral.with_pictures(neutral.with_code(html, lambda *_: " "), lambda picture: picture.get("alt", ""))
    for i, part in enumerate(_CODE.split(html)):
        text = unescape(_TAG.sub("", part))[:_LONGEST]
        if i % 2:
            found = _TOKEN.findall(text)
            code.update(found)
            said += found
        else:
            said += map(_word, _WORD.findall(text))


_CODE = re.compile(r"<code\b[^>]*>(.*?)</code>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def _word(token: str) -> str:
    """A word without case and plural; a name of code, or with a digit, is `token` itself."""
    if _NAME.search(token):
        return token
    word = token.casefold().replace("’", "'").removesuffix("'s")  # noqa: RUF001
    if len(word) > 3 and word not in _COMMON and word[-1] == "s" and word[-2] not in "sui":
        return word[:-1]
    return word


def is_alike(one: Asked, other: Asked, likeness: float) -> bool:
    """Whether two questions share so much of their words, and of what they show.

    If each names something that the other does not, they are two questions, however much else is alike.
    """
    if not (_share(one.words, other.words, likeness) and _share(one.shown, other.shown, likeness)):
        return False
    names = one.names | other.names
    return not (
        names & ((one.words | one.shown) - other.words - other.shown)
        and names & ((other.words | other.shown) - one.words - one.shown)
    )


def _share(one: AbstractSet[str], other: AbstractSet[str], likeness: float) -> bool:
    """Whether what is in both sets is so large a part of what is in either."""
    common = len(one & other)
    return common >= likeness * (len(one) + len(other) - common) - _SLACK


def pairs(questions: Sequence[Asked], likeness: float) -> Iterator[tuple[int, int]]:
    """The numbers of all pairs of questions that are alike, the lower first, in no order that means something."""
    # Those that show something are found by it: there may be thousands that ask `What does this print?`
    by_shown = [i for i, each in enumerate(questions) if each.shown]
    by_words = [i for i, each in enumerate(questions) if each.words and not each.shown]
    for which, sets, nested in (
        # All that is shown names something, so of two that are alike one shows all that the other does.
        (by_shown, [questions[i].shown for i in by_shown], True),
        (by_words, [questions[i].words for i in by_words], False),
    ):
        for a, b in _candidates(sets, likeness, nested=nested):
            i, j = sorted((which[a], which[b]))
            if is_alike(questions[i], questions[j], likeness):
                yield i, j


def _candidates(sets: Sequence[frozenset[str]], likeness: float, *, nested: bool) -> Iterator[tuple[int, int]]:
    """Pairs of sets that may be alike: all that are, and few others; of those only whose one holds the other if `nested`.

    Where hundreds share even the rarest words of theirs, not all are compared: the time would go with their square.
    """
    counts = Counter(token for each in sets for token in each)
    rank = {token: i for i, token in enumerate(sorted(counts, key=lambda token: (counts[token], token)))}
    rows = [sorted(map(rank.__getitem__, each)) for each in sets]
    index: dict[int, deque[tuple[int, int, int]]] = defaultdict(lambda: deque(maxlen=_HOLDERS))
    for i in sorted(range(len(rows)), key=lambda i: (len(rows[i]), i)):
        row = rows[i]
        size = len(row)
        shortest = ceil(likeness * size - _SLACK)
        # Those to come are no shorter, so they have as much in common with this one as one of its size would.
        kept = 1 if nested else size - ceil(2 * likeness / (1 + likeness) * size - _SLACK) + 1
        seen: set[int] = set()
        for at, token in enumerate(row[: size - shortest + 1]):
            for j, length, where in index[token]:
                # This token is the first that both have, so no more can follow than the shorter rest holds.
                if length >= shortest and j not in seen:
                    seen.add(j)
                    most = min(size - at, length - where)
                    if nested and not sets[j] <= sets[i]:
                        continue
                    if most >= likeness * (size + length - most) - _SLACK:
                        yield i, j
            if at < kept:
                index[token].append((i, size, at))


def twice(cards: Sequence[Card], likeness: float) -> Iterator[Diagnostic]:
    """A hint at each card whose question is asked before, or is nearly one that is, with the place of that one."""
    first: dict[tuple[str, ...], int] = {}
    heads: dict[tuple[frozenset[str], frozenset[str]], int] = {}
    questions: dict[int, Asked] = {}
    for i, card in enumerate(cards):
        question = asked(card)
        if not question.words and not question.shown:
            continue
        before = first.setdefault(question.exact, i)
        if before != i:
            if cards[before].place != card.place:  # or it is an I001
                yield _hint("S019", card, cards[before], "is also asked at", "leave one of the two, or word them apart")
            continue
        before = heads.setdefault((question.words, question.shown), i)
        if before != i:
            yield _near(card, cards[before])
        else:
            questions[i] = question
    at = list(questions)
    nearest: dict[int, tuple[float, int]] = {}
    known = list(questions.values())
    for a, b in pairs(known, likeness):
        one, other = known[a].words | known[a].shown, known[b].words | known[b].shown
        unlike = 1 - len(one & other) / len(one | other)
        nearest[b] = min(nearest.get(b, (2.0, 0)), (unlike, a))
    for b, (_, a) in sorted(nearest.items()):
        yield _near(cards[at[b]], cards[at[a]])


def _near(card: Card, before: Card) -> Diagnostic:
    remedy = "leave one of the two, or say in the question what sets them apart"
    return _hint("S020", card, before, f"is nearly {shortened(before.heading.text)} at", remedy)


def _hint(code: str, card: Card, before: Card, words: str, remedy: str) -> Diagnostic:
    where = f"{before.span.path}:{before.span.line}"
    return Diagnostic(code, card.heading.span, f"{shortened(card.heading.text)} {words} {where}", remedy)
