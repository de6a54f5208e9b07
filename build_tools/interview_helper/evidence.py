"""How much speaks for it that a card gone from the notes and a new one are one card, reworded. Pure.

Words alone can't tell a rewording from a new card in the style of an old one. So all there is goes into one sum: the
words by how rare they are in this deck, the names and numbers that were swapped for others, opposites, the answer, and
where the two stand between cards that are known. The weights of the sum were fitted to one half of
`tests/identity/pairs.jsonl` (`benchmarks/evidence.py`); the tests hold it to the other half.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

# A word or a part of a dotted name, a number, or a sign that means something in code.
_TOKEN = re.compile(r"[^\W\d]\w*|\d+(?:\.\d+)*\w*|[=!<>+*/%&|^~@-]+")
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "e", "s", "y")
_NAME = re.compile(r"_|\d|[a-z][A-Z]|^[A-Z]{2,}s?$")
_LONGEST = 4_000  # characters of a text that are looked at

_COMMON = """a about all also an and any are as at be been being but by can could describe did difference different do does
    each else every example explain for from get give given had happen has have her his how i if in into is it its
    just kind know like main make mean means me more most must my name need of off on one only or other our out over
    same say should show so some such than that the their them then there these they thing this those through to tell
    two type up us use used using very want was way we were what when where whether which while who whose why will with
    would write you your der die das ein eine ist sind was wie warum wann und oder für mit von zu den dem des im auf
    le la les un une des est sont que quoi comment pourquoi quand et ou pour avec de du en el los las una es son qué
    cómo por para con"""
_OPPOSITES = """first/last min/max minimum/maximum before/after begin/end start/stop start/end open/close read/write
    reader/writer add/remove insert/delete push/pop push/pull left/right upper/lower up/down top/bottom enter/exit
    enter/leave get/set encode/decode encoding/decoding load/dump pack/unpack pickle/unpickle serialize/deserialize
    compress/decompress encrypt/decrypt encryption/decryption advantage/disadvantage pro/con benefit/drawback
    strength/weakness with/without true/false yes/no positive/negative precision/recall sync/async
    synchronous/asynchronous shallow/deep local/global public/private static/dynamic strong/weak stack/heap
    client/server inner/outer inside/outside import/export input/output request/response send/receive sender/receiver
    lock/unlock acquire/release increase/decrease increment/decrement ascending/descending forward/backward
    forward/reverse horizontal/vertical internal/external parent/child ancestor/descendant source/target
    producer/consumer publisher/subscriber eager/lazy early/late best/worst fast/slow cheap/expensive large/small
    big/little long/short high/low more/less hot/cold old/new same/different always/never success/failure pass/fail
    commit/rollback merge/rebase upgrade/downgrade install/uninstall mount/unmount connect/disconnect enable/disable
    subclass/superclass artery/vein arteries/veins major/minor supply/demand cause/effect arrive/depart win/lose
    row/column primary/secondary ordered/unordered sorted/unsorted signed/unsigned implicit/explicit
    symmetric/asymmetric optimistic/pessimistic stateful/stateless encoder/decoder"""
_NEGATIONS = ("un", "in", "im", "non", "de", "dis", "a", "ir", "il", "mis")
_DENIALS = "not no never without isn't don't doesn't can't cannot won't shouldn't avoid nicht kein keine pas"


def tokens(text: str) -> list[str]:
    """The words, names, numbers and signs of a text, words without case and endings, names as written."""
    return [_form(token) for token in _TOKEN.findall(text[:_LONGEST])]


def _form(token: str) -> str:
    if not token[0].isalpha() or _NAME.search(token):
        return token
    token = token.casefold()
    for ending in _ENDINGS:
        if token.endswith(ending) and len(token) - len(ending) >= 3 and not token.endswith("ss"):
            return token[: -len(ending)]
    return token


def same_words(text: str) -> str:
    """A key under which texts that differ in case, punctuation and white space alone are equal."""
    return " ".join(_TOKEN.findall(text.casefold()))


def is_telling(question: str) -> bool:
    """Whether a question names something: "When would you use it?" does not."""
    return any(token not in _STEMS for token in tokens(question))


class Rarity:
    """How much a token says in this deck: the rarer the more; what every question has says next to nothing."""

    def __init__(self, texts: Iterable[Iterable[str]], names: AbstractSet[str]) -> None:
        self._counts: Counter[str] = Counter()
        self._texts = 0
        for each in texts:
            self._counts.update(set(each))
            self._texts += 1
        self._names = names
        self._weights: dict[str, float] = {}

    def __call__(self, token: str) -> float:
        weight = self._weights.get(token)
        if weight is None:
            # Some thousand texts that nobody sees stand for the language: a word of a small deck is rare, not unique.
            weight = math.log((self._texts + 40) / (self._counts[token] + 1))
            if token in _STEMS:
                weight *= 0.1
            elif self.is_name(token):
                weight *= 1.3
            self._weights[token] = weight
        return weight

    def is_name(self, token: str) -> bool:
        """Whether a token names a thing of code, is a number, or a sign."""
        return not token[0].isalpha() or _NAME.search(token) is not None or token in self._names


_STEMS = frozenset(map(_form, _COMMON.split()))
_OPPOSED = frozenset(frozenset(map(_form, pair.split("/"))) for pair in _OPPOSITES.split())
_NOT = frozenset(_DENIALS.split())


@dataclass(frozen=True, slots=True)
class Words:
    """What a question and its answer say, ready to be compared."""

    question: frozenset[str]
    answer: frozenset[str]
    letters: frozenset[str]
    denied: bool


def words(question: str, answer: str) -> Words:
    """The words of a card's two sides."""
    asked = tokens(question)
    plain = " ".join(_TOKEN.findall(question[:_LONGEST].casefold()))
    letters = frozenset(plain[i : i + 3] for i in range(max(1, len(plain) - 2)))
    return Words(frozenset(asked), frozenset(tokens(answer)), letters, not _NOT.isdisjoint(question.casefold().split()))


@dataclass(frozen=True, slots=True)
class Place:
    """How the places of the two compare.

    `neighbours` of the two known cards around them they share. `alone`: they are the only ones gone and new between
    these. `level`: they stand at one count from the first of these. `trail`: below the same headings.
    """

    neighbours: int
    alone: bool
    level: bool
    trail: bool


def features(old: Words, new: Words, place: Place, rarity: Rarity) -> tuple[float, ...]:
    """The evidence as numbers, in the order of `_WEIGHTS`."""
    shared, lost, gained = old.question & new.question, old.question - new.question, new.question - old.question
    common, left, came = (sum(map(rarity, part)) for part in (shared, lost, gained))
    question = 2 * common / (2 * common + left + came or 1)
    kept = max(map(rarity, shared), default=0.0) / max(map(rarity, old.question | new.question), default=1.0)
    told = old.answer & new.answer
    told_weight = sum(map(rarity, told))
    whole = told_weight * 2 + sum(map(rarity, old.answer ^ new.answer))
    answer = 2 * told_weight / whole if whole else 1.0
    names_lost = sum(rarity(t) for t in lost if rarity.is_name(t) and t not in new.answer)
    names_gained = sum(rarity(t) for t in gained if rarity.is_name(t) and t not in old.answer)
    letters = 2 * len(old.letters & new.letters) / (len(old.letters) + len(new.letters))
    # Words of one question that the other's answer tells speak for one subject.
    crossed = sum(rarity(t) for t in lost if t in new.answer) + sum(rarity(t) for t in gained if t in old.answer)
    content = min(sum(rarity(t) for t in lost), sum(rarity(t) for t in gained)) / (common + 1)
    return (
        1.0,
        question,
        letters,
        kept,
        answer,
        min(told_weight / 20, 1.0),
        answer * min(told_weight / 20, 1.0),
        min(names_lost, names_gained, 6.0) / 6,
        min(content, 3.0),
        float(_opposed(lost, gained) or old.denied is not new.denied),
        min(crossed / (left + came or 1), 1.0),
        float(place.neighbours == 2),
        float(place.neighbours == 1),
        float(place.neighbours == 2 and place.alone),
        float(place.level and place.neighbours > 0),
        float(place.trail),
    )


def _opposed(lost: AbstractSet[str], gained: AbstractSet[str]) -> bool:
    for word in lost:
        for other in gained:
            if frozenset((word, other)) in _OPPOSED:
                return True
            short, long = sorted((word, other), key=len)
            if len(short) > 3 and any(long == prefix + short for prefix in _NEGATIONS):
                return True
    return False


_WEIGHTS = (-6.0, 3.0, 1.5, 1.0, 3.0, 0.5, 3.0, -3.0, -0.5, -2.5, 0.5, 1.5, 0.7, 0.8, 0.3, 0.4)


def evidence(old: Words, new: Words, place: Place, rarity: Rarity) -> float:
    """What speaks for one card, less what speaks for two: above zero, one is likelier."""
    return sum(w * x for w, x in zip(_WEIGHTS, features(old, new, place, rarity), strict=True))
