"""Tokens of a note to its headings as a tree, each with the tokens right below it. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from interview_helper.blocks import enclosed
from interview_helper.notation import Token


@dataclass(slots=True)
class Heading:
    """A heading, what stands right below it, and the headings below that.

    The topic that stands in for a missing H1 has level 0 and neither `opener` nor `inline`. `above` is what stands
    in front of the first topic of a file.
    """

    level: int
    opener: Token | None = None
    inline: Token | None = None
    above: list[Token] = field(default_factory=list)
    body: list[Token] = field(default_factory=list)
    below: list[Heading] = field(default_factory=list)


def outline(tokens: Sequence[Token]) -> list[Heading]:
    """The topics of a note."""
    cutter = _Cutter()
    cutter.feed(tokens)
    return cutter.topics()


class _Cutter:
    def __init__(self) -> None:
        self.before: list[Token] = []
        self.roots: list[Heading] = []
        self.path: list[Heading] = []

    def topics(self) -> list[Heading]:
        if self.before:
            self.roots.insert(0, Heading(0, body=self.before))
        return self.roots

    def feed(self, tokens: Sequence[Token], item: int = 0) -> None:
        """Take tokens of nesting level 0 and all in them.

        Inside an item of a list that opens with a heading, whose level is `item`, no other heading cuts but those
        that open items themselves and are below it.
        """
        closing = enclosed(tokens)
        inside = _Inside(tokens)
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if token.level:
                end = i
            elif token.type == "heading_open" and not item:
                self._cut(token, tokens[i + 1])
                i += 3
                continue
            elif token.type.endswith("_list_open"):
                end = _close(tokens, i)
                if self._list(tokens[i : end + 1], item):
                    i = end + 1
                    continue
            else:
                end = closing.get(i, i)
                if end > i and not self._is_answer(tokens, i, end, inside):
                    # Its end stands below another heading, where there is one in it.
                    token.meta["parted"] = tokens[end].meta["parted"] = True
                    end = i
            body = self.path[-1].body if self.path else self.before
            body += tokens[i : end + 1]
            i = end + 1

    def _cut(self, opener: Token, inline: Token) -> None:
        heading = Heading(int(opener.tag[1:]), opener, inline)
        while self.path and self.path[-1].level >= heading.level:
            self.path.pop()
        if heading.level == 1:
            self.path.clear()
            if not self.roots:
                heading.above, self.before = self.before, []
            self.roots.append(heading)
        else:
            if not self.path:
                self.path.append(Heading(0, body=self.before))
                self.roots, self.before = [*self.path], []
            self.path[-1].below.append(heading)
        self.path.append(heading)

    def _list(self, tokens: Sequence[Token], above: int) -> bool:
        """Take each item that opens with a heading as that heading and its text, if any item does."""
        opener, closer = tokens[0], tokens[-1]
        items: list[list[Token]] = []
        for token in tokens[1:-1]:
            if token.type == "list_item_open" and token.level == 1:
                items.append([])
            items[-1].append(token)
        if not any(_opens_with_heading(item, above) for item in items):
            return False
        start = int(opener.attrs.get("start", 1))
        rest: list[Token] = []
        for number, item in enumerate(items, start):
            if not _opens_with_heading(item, above):
                if not rest:
                    attributes = {"start": number} if opener.tag == "ol" and number != 1 else {}
                    rest = [replace(opener, attrs=dict(attributes), map=item[0].map)]
                rest += item
                continue
            if rest:
                self.feed([*rest, closer], above)
                rest = []
            for token in item[1:-1]:
                token.level -= 2
                # In a tight list the text of an item is no paragraph; here it is one.
                token.hidden = token.hidden and token.level > 0
            self._cut(*item[1:3])
            self.feed(item[4:-1], int(item[1].tag[1:]))
        if rest:
            self.feed([*rest, closer], above)
        return True

    def _is_answer(self, tokens: Sequence[Token], first: int, last: int, inside: _Inside) -> bool:
        """Whether an element is part of the answer to the heading above, headings in it included.

        `<details>` below a question hold its answer. They hold questions of their own where they stand right below
        a topic, or open with the first of several headings.
        """
        counts = [bisect_right(places, last) - bisect_left(places, first) for places in inside.headings]
        highest = next((count for count in counts if count), 0)
        if not highest:
            return True
        if "<details" not in tokens[first].content.lower() or not self.path or self.path[-1].level <= 1:
            return False
        return not (tokens[inside.within[first]].type in _OPENERS and highest > 1)


_OPENERS = ("heading_open", "bullet_list_open", "ordered_list_open")


class _Inside:
    """What elements hold, found for all of them at once: elements may be in each other, thousands deep.

    `headings` has the places of the headings among the tokens, those of each level for themselves, `within` for each
    token the place of the first from there on that is no raw HTML.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.headings: list[list[int]] = [[] for _ in range(6)]
        self.within = list(range(len(tokens) + 1))
        for i, token in enumerate(tokens):
            if token.type == "heading_open" and token.level <= 2:
                self.headings[int(token.tag[1:]) - 1].append(i)
        for i in range(len(tokens) - 1, -1, -1):
            if tokens[i].type == "html_block":
                self.within[i] = self.within[i + 1]


def _opens_with_heading(item: Sequence[Token], above: int) -> bool:
    return len(item) > 2 and item[1].type == "heading_open" and int(item[1].tag[1:]) > above


def _close(tokens: Sequence[Token], at: int) -> int:
    kind = tokens[at].type.replace("open", "close")
    return next(k for k in range(at, len(tokens)) if tokens[k].type == kind and tokens[k].level == tokens[at].level)
