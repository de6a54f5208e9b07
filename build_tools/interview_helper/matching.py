"""Cards and lines of the ledger: which card is which line, best evidence first. Pure.

The id that the notes give; headings, question and answer; the same question; a retired card that comes back; then all
the evidence there is (`evidence.py`), weighed for all that are left at once (`pairing.py`).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TypeVar

from interview_helper.cards import marks
from interview_helper.evidence import Place, Rarity, Words, evidence, same_words, tokens, words
from interview_helper.ledger import Ledger, Line
from interview_helper.model import Card, Kind
from interview_helper.neutral import code_words
from interview_helper.pairing import best_pairs

_OUR_ID = re.compile(r"[0-9a-f]{16}")
_ENOUGH = 0.0  # evidence from which on two are one
_RETURN = 1.0  # the same for a card that was retired: its place in the notes is forgotten
_SURE = 2.0  # evidence above which a card that outdoes all others by far is not weighed against them
_DOUBT = 2.5  # how far below that a decision is still told
_CANDIDATES = 5  # cards that a line is weighed against in full
_ALIKE = 0.5  # share of common words from which on two answers to one question are one answer, edited
_FEW = 12  # new cards below one heading before that says too little to look them up by it
_SHARED = 40  # cards that hold a word before it says too little to look them up by it
_ALL = 10_000  # pairs of cards and lines that ask the same before only those that stand near each other are compared
_SAMPLE = 500  # cards that stand for the deck when words are counted


_P = TypeVar("_P", str, tuple[str, ...])


class Matching:
    """Cards by their index with their lines, each line given once; `guessed` are those that evidence alone decided."""

    def __init__(self, cards: tuple[Card, ...], ledger: Ledger) -> None:
        self.cards = list(cards)
        self.ledger = ledger
        self.questions = [card.question_text for card in cards]
        self.answers = [card.answer_text for card in cards]
        self.lines: dict[int, Line] = {}
        self.guessed: set[int] = set()
        self.kept: list[Card] = []
        self.clashes: list[tuple[Card, Card]] = []
        self._open_lines = {line.id: line for line in ledger.lines}
        self._open_cards = dict.fromkeys(range(len(cards)))
        self._taken = {line.id for line in ledger.lines}
        self._salts: Counter[str] = Counter()
        # A name that no card was published under: only the very same card may take it, never a similar one.
        self._named: set[int] = set()
        self._weighed: dict[tuple[str, int], float] = {}
        self._pins()
        if len(self.lines) < len(cards) and ledger.lines:
            # A retired card that comes back is surer than any likeness, so it comes first.
            for retired in (False, True):
                self._same(retired=retired)
                self._same_question(retired=retired)
            self._similar(self._gone(retired=False), _ENOUGH)
            self._similar(self._gone(retired=True), _RETURN)

    # --- identities ---------------------------------------------------------------------------------------------

    def fresh_id(self, card: Card) -> str:
        """A hash of deck, place and note type, or of the name that the notes give; salted until no card has it."""
        if card.pin and _OUR_ID.fullmatch(card.pin.id) and card.pin.id not in self._taken:
            self._taken.add(card.pin.id)
            return card.pin.id
        place = ("id", card.pin.id) if card.pin else card.place
        kind = "cloze" if card.kind is Kind.CLOZE else "question"
        named = "\x1e".join((self.ledger.id or self.ledger.slug, kind, *place))
        while True:
            salt = self._salts[named]
            self._salts[named] += 1  # what is taken stays so: no need to look again for the next of one place
            guid = hashlib.sha256(f"{named}\x1e{salt}".encode()).hexdigest()[:16]
            if guid not in self._taken:
                self._taken.add(guid)
                return guid

    def _match(self, index: int, line: Line) -> None:
        self.lines[index] = line
        self._open_lines.pop(line.id)
        self._open_cards.pop(index, None)
        card = self.cards[index]
        if line.kind is Kind.CLOZE and card.kind is not Kind.CLOZE:
            self.cards[index] = replace(card, kind=Kind.CLOZE)
            self.kept.append(card)

    def _fits(self, index: int, line: Line) -> bool:
        """Whether the card can be what the line is: with two names they are two."""
        card = self.cards[index]
        return not (card.pin and line.pin) and _can_be(card, line)

    def _gone(self, *, retired: bool) -> list[Line]:
        return [line for line in self._open_lines.values() if (line.retired is not None) is retired]

    def _left(self) -> list[int]:
        return list(self._open_cards)

    # --- rounds -------------------------------------------------------------------------------------------------

    def _pins(self) -> None:
        """An id in the notes names a card by its name or by the id it has."""
        pinned = [index for index, card in enumerate(self.cards) if card.pin]
        if not pinned:
            return
        by_name: dict[str, list[Line]] = defaultdict(list)
        for line in self.ledger.lines:
            by_name[line.id].append(line)
            if line.pin:
                by_name[line.pin].append(line)
        holders: dict[str, int] = {}
        for index in pinned:
            pin = self.cards[index].pin
            assert pin is not None
            named = [line for line in by_name[pin.id] if _can_be(self.cards[index], line)]
            # A name moves with a card that turns from one note type into the other: the living line has it.
            named.sort(key=lambda line: (line.retired is None, line.changed, line.id))
            if not named:
                if _OUR_ID.fullmatch(pin.id) or by_name[pin.id]:
                    self._open_cards.pop(index)
                else:
                    self._named.add(index)
            elif named[-1].id in holders:
                self.clashes.append((self.cards[holders[named[-1].id]], self.cards[index]))
                self._open_cards.pop(index)
            else:
                holders[named[-1].id] = index
                self._match(index, named[-1])

    def _same(self, *, retired: bool) -> None:
        """Same headings, question and answer; of twins each the one of its own file."""
        self._equal(
            lambda i: (self.cards[i].span.path, self.cards[i].trail, self.questions[i], self.answers[i]),
            lambda line: (line.file, line.trail, line.question, line.answer),
            retired=retired,
        )
        self._equal(
            lambda i: (self.cards[i].trail, self.questions[i], self.answers[i]),
            lambda line: (line.trail, line.question, line.answer),
            retired=retired,
        )

    def _equal(self, of_card: Callable[[int], Hashable], of_line: Callable[[Line], Hashable], *, retired: bool) -> None:
        """Match what has one key, equal ones in their order; of retired ones the latest first."""
        waiting: dict[Hashable, list[Line]] = defaultdict(list)
        for line in self._gone(retired=retired):
            waiting[of_line(line)].append(line)
        for lines in waiting.values():
            if len(lines) > 1:
                lines.sort(key=lambda x: -x.retired if x.retired is not None else self._order[x.id])
                lines.reverse()
        for index in self._left() if waiting else ():
            lines = waiting.get(of_card(index), [])
            # From the end, so that taking one out of thousands moves none of the others.
            at = next((k for k in range(len(lines) - 1, -1, -1) if self._fits(index, lines[k])), None)
            if at is not None:
                self._match(index, lines.pop(at))

    def _same_question(self, *, retired: bool) -> None:
        """One question, case and punctuation aside: below the same headings, or elsewhere with an answer alike."""
        groups: dict[str, tuple[list[Line], list[int]]] = defaultdict(lambda: ([], []))
        for line in self._gone(retired=retired):
            groups[same_words(line.question)][0].append(line)
        for index in self._left():
            if (asked := same_words(self.questions[index])) in groups:
                groups[asked][1].append(index)
        for lines, indices in groups.values():
            if len(lines) > 1:
                lines.sort(key=lambda line: -line.retired if line.retired is not None else self._order[line.id])
            weights = self._alike(lines, indices)
            for rank, index in best_pairs(weights).items():
                self._match(index, lines[rank])

    def _alike(self, lines: Sequence[Line], indices: Sequence[int]) -> dict[int, dict[int, float]]:
        """How well lines (by their rank) and cards that ask the same go together; those that don't are left out."""
        weights: dict[int, dict[int, float]] = {}
        told = {index: set(tokens(self.answers[index])) for index in indices}
        # Of hundreds that ask the same, each is compared with those that stand where it stood.
        reach = len(indices) if len(lines) * len(indices) <= _ALL else _FEW
        for rank, line in enumerate(lines):
            answer = set(tokens(line.answer))
            for place, index in islice(enumerate(indices), max(0, rank - reach), rank + reach):
                if not self._fits(index, line):
                    continue
                alike = 2 * len(answer & told[index]) / ((len(answer) + len(told[index])) or 1)
                stays = line.trail == self.cards[index].trail
                if stays or (index not in self._named and alike >= _ALIKE):
                    # Twins that nothing else tells apart are told apart by their file, then by which comes first.
                    here = line.file == self.cards[index].span.path
                    weights.setdefault(rank, {})[index] = 1 + stays + 2 * alike + 0.1 * here + 0.05 * (rank == place)
        return weights

    # --- evidence -----------------------------------------------------------------------------------------------

    def _similar(self, lines: list[Line], bar: float) -> None:
        """Weigh what is left of both sides, and match so that the evidence is greatest in all."""
        indices = [index for index in self._left() if index not in self._named]
        if not lines or not indices:
            return
        said = {index: words(self.questions[index], self.answers[index]) for index in indices}
        were = [words(line.question, line.answer) for line in lines]
        rarity = self._rarity((*said.values(), *were))
        gaps = _Gaps(self, lines, indices)
        likely = _Likely(said, rarity)
        weights: dict[int, dict[int, float]] = {}
        for number, (line, old) in enumerate(zip(lines, were, strict=True)):
            for index, outstanding in likely.cards(old, gaps.near(line)):
                if self._fits(index, line):
                    value = evidence(old, said[index], gaps.place(line, index), rarity) - bar
                    self._weighed[line.id, index] = value
                    if value > 0:
                        weights.setdefault(number, {})[index] = value
                    if value > _SURE and outstanding:
                        break
        for number, index in best_pairs(weights).items():
            self.guessed.add(index)
            self._match(index, lines[number])

    def _rarity(self, left: Iterable[Words]) -> Rarity:
        """How rare words are in what is left and a sample of all other cards."""
        step = len(self.cards) // _SAMPLE + 1
        sample = [i for i in range(0, len(self.cards), step) if i in self.lines]
        headings = (self.cards[i].heading.html for i in (*sample, *self._left()))
        names = {token for html in headings for said in code_words(html) for token in tokens(said)}
        others = (tokens(f"{self.questions[i]} {self.answers[i]}") for i in sample)
        return Rarity((*(each.question | each.answer for each in left), *others), names)

    def doubts(self) -> Iterator[tuple[Line, int]]:
        """Cards gone and new that could have been one: each of the two with the likeliest other."""
        likeliest: dict[int, tuple[float, str]] = {}
        lines = {line.id: line for line in self._gone(retired=False)}
        for (guid, index), value in self._weighed.items():
            if guid in lines and index not in self.lines and value > -_DOUBT:
                likeliest[index] = max(likeliest.get(index, (value, guid)), (value, guid))
        for index, (_, guid) in sorted(likeliest.items()):
            yield lines[guid], index

    def turned(self) -> Iterator[tuple[Line, int]]:
        """Cards whose question was published in the other note type and is gone there."""
        gone = {(line.trail, same_words(line.question)): line for line in self._gone(retired=False)}
        for index, card in enumerate(self.cards):
            line = None if index in self.lines else gone.get((card.trail, same_words(self.questions[index])))
            if line and (line.kind is Kind.CLOZE) is not (card.kind is Kind.CLOZE):
                yield line, index

    # --- where cards stood --------------------------------------------------------------------------------------

    @cached_property
    def files(self) -> dict[str, list[Line]]:
        """The living lines by file, in the order in which they stood there."""
        return _ordered(line for line in self.ledger.lines if line.retired is None)

    @cached_property
    def _order(self) -> dict[str, int]:
        lines = (line.id for _, each in sorted(self.files.items()) for line in each)
        return {guid: number for number, guid in enumerate(lines)}


def _can_be(card: Card, line: Line) -> bool:
    """Whether the card can be what the line is: Anki has no way from one note type to the other."""
    if (card.kind is Kind.CLOZE) is (line.kind is Kind.CLOZE):
        return True
    # Only a comment turns a card; one that has lost its comment stays what it was while it has a blank.
    return line.kind is Kind.CLOZE and not card.chosen and bool(marks(card))


def _ordered(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Lines by file, each behind the one it names; where a merge has torn the chain, what is left comes last by id."""
    by_file: dict[str, dict[str, Line]] = defaultdict(dict)
    for line in lines:
        by_file[line.file][line.id] = line
    ordered: dict[str, list[Line]] = {}
    for file, left in by_file.items():
        behind: dict[str, list[Line]] = defaultdict(list)
        for line in left.values():
            behind[line.after if line.after in left else ""].append(line)
        chain: dict[str, Line] = {}
        # A ring has no first line: what the walk from the start does not reach is walked from its least id.
        for start in ("", *(sorted(left) if len(behind[""]) != 1 or len(behind) != len(left) else ())):
            waiting = behind[""][::-1] if not start else [left[start]]
            while waiting:
                line = waiting.pop()
                if line.id not in chain:
                    chain[line.id] = line
                    if line.id in behind:
                        waiting += behind[line.id][::-1]
        ordered[file] = list(chain.values())
    return ordered


class _Likely:
    """Looks up the few cards that are worth weighing against a line."""

    def __init__(self, said: Mapping[int, Words], rarity: Rarity) -> None:
        self._rarity = rarity
        self._holders: dict[str, list[int]] = defaultdict(list)
        for index, each in said.items():
            for token in each.question | each.answer:
                self._holders[token].append(index)

    def cards(self, old: Words, near: Iterable[tuple[int, int]]) -> list[tuple[int, bool]]:
        """The cards that share the most with what was said, or stand where it stood, the likeliest first.

        With each, whether it has more than twice of what the next one has.
        """
        found: dict[int, int] = defaultdict(int)
        for index, bonus in near:
            found[index] += bonus
        for token in old.question | old.answer:
            holders = self._holders.get(token, ())
            if len(holders) <= _SHARED:
                weight = self._rarity[token]
                for index in holders:
                    found[index] += weight
        ranked = sorted(found, key=lambda index: (-found[index], index))[: _CANDIDATES + 1]
        shares = [*(found[index] for index in ranked), 0]
        return [(index, shares[at] > 2 * shares[at + 1]) for at, index in enumerate(ranked[:_CANDIDATES])]


class _Gaps:
    """Where lines stood and cards stand between those that are matched."""

    def __init__(self, matching: Matching, lines: Sequence[Line], indices: Sequence[int]) -> None:
        self._cards = matching.cards
        known = [(line, matching.cards[index]) for index, line in matching.lines.items() if line.retired is None]
        # A file or heading that was renamed is where most of its cards are now.
        self._trails = _moved(Counter((line.trail, card.trail) for line, card in known))
        now = _moved(Counter((line.file, card.span.path) for line, card in known))
        self._of_line = self._gaps_of_lines(matching, now, {line.id for line in lines})
        self._of_card = self._gaps_of_cards(matching, set(indices))
        self._behind: dict[Anchor, list[int]] = defaultdict(list)
        self._before: dict[Anchor, list[int]] = defaultdict(list)
        self._below: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for index, gap in self._of_card.items():
            self._behind[gap.first].append(index)
            self._before[gap.last].append(index)
            self._below[matching.cards[index].trail].append(index)

    @staticmethod
    def _gaps_of_lines(matching: Matching, now: Mapping[str, str], wanted: set[str]) -> dict[str, _Gap]:
        card_of = {line.id: index for index, line in matching.lines.items()}
        found: dict[str, _Gap] = {}
        for file, chain in matching.files.items():
            here = now.get(file, file)
            anchors = [card_of.get(line.id) for line in chain]
            # A card that has gone to another file holds no place in this one.
            stay = [a if a is not None and matching.cards[a].span.path == here else None for a in anchors]
            for line, gap in zip(chain, _gaps(here, stay), strict=True):
                if gap and line.id in wanted:
                    found[line.id] = gap
        return found

    @staticmethod
    def _gaps_of_cards(matching: Matching, wanted: set[int]) -> dict[int, _Gap]:
        stands: dict[str, list[int]] = defaultdict(list)
        for index, card in enumerate(matching.cards):
            stands[card.span.path].append(index)
        found: dict[int, _Gap] = {}
        for file, row in stands.items():
            gaps = _gaps(file, [index if index in matching.lines else None for index in row])
            found |= {index: gap for index, gap in zip(row, gaps, strict=True) if gap and index in wanted}
        return found

    def near(self, line: Line) -> Iterator[tuple[int, int]]:
        """Cards that stand where the line stood, with how much that says when candidates are looked for."""
        trail = self._trails.get(line.trail, line.trail)
        below = self._below.get(trail, ())
        for index in below if len(below) <= _FEW else ():
            yield index, 1_000
        gap = self._of_line.get(line.id)
        if gap is None:
            return
        for index in self._behind.get(gap.first, ())[:_SHARED]:
            yield index, 4_000 - 100 * abs(self._of_card[index].count - gap.count)
        for index in self._before.get(gap.last, ())[:_SHARED]:
            yield index, 4_000 - 100 * abs(self._of_card[index].count - gap.count)

    def place(self, line: Line, index: int) -> Place:
        """How the places of the two compare."""
        trail = self._trails.get(line.trail, line.trail) == self._cards[index].trail
        gap, other = self._of_line.get(line.id), self._of_card[index]
        if gap is None:
            return Place(0, alone=False, level=False, trail=trail)
        neighbours = (gap.first == other.first) + (gap.last == other.last)
        alone = gap.size == other.size == 1
        level = gap.first == other.first and gap.count == other.count
        level |= gap.last == other.last and gap.size - gap.count == other.size - other.count
        return Place(neighbours, alone=alone, level=level, trail=trail)


def _moved(counts: Counter[tuple[_P, _P]]) -> dict[_P, _P]:
    """For each place of before the one of now that most went to; of equal ones the greater."""
    return {old: new for (old, new), _ in sorted(counts.items(), key=lambda each: (each[1], each[0]))}


Anchor = int | str


@dataclass(frozen=True, slots=True)
class _Gap:
    """Between which two known cards one stands: their indices, or a mark for the file's start or end.

    `count` is its place from the first, `size` how many stand there.
    """

    first: Anchor
    last: Anchor
    count: int
    size: int


def _gaps(file: str, anchors: Sequence[int | None]) -> list[_Gap | None]:
    """For each of a row that is no anchor itself the gap it stands in."""
    gaps: list[_Gap | None] = []
    first: Anchor = f"<{file}"
    start = 0
    for end in range(len(anchors) + 1):
        anchor = anchors[end] if end < len(anchors) else f"{file}>"
        if anchor is not None:
            if size := end - start:
                gaps += [_Gap(first, anchor, count, size) for count in range(size)]
            if end < len(anchors):
                gaps.append(None)
            first, start = anchor, end + 1
    return gaps
