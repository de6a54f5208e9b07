"""The YAML in front of a note to its values, each with its place, and what is wrong with it. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

import yaml

from interview_helper.diagnostics import Diagnostic
from interview_helper.model import Only, Span
from interview_helper.places import Places

KEYS = ("title", "tags", "only")

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(slots=True)
class FrontMatter:
    """What the front matter of one note says; the keys of other programs by name and place."""

    title: str = ""
    tags: list[tuple[str, Span]] = field(default_factory=list)
    only: Only | None = None
    foreign: list[tuple[str, Span]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def front_matter(content: str, first: int, whole: Span, places: Places) -> FrontMatter:
    """The values of front matter whose `content` begins at the 0-based line `first`; `whole` is its place."""
    return _Reader(content, first, whole, places).read()


def _sound(value: str) -> str:
    """A value without what its escapes may spell and no file may hold: half characters, control characters."""
    whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", whole)


class _Reader:
    def __init__(self, content: str, first: int, whole: Span, places: Places) -> None:
        self.content, self.first, self.whole, self.places = content, first, whole, places
        self.rows = [0, *(match.end() for match in re.finditer("\n", content))]
        self.found = FrontMatter()

    def read(self) -> FrontMatter:
        try:
            node = yaml.compose(self.content, Loader=yaml.BaseLoader)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            self._broken(error)
            return self.found
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                self._key(key, value, seen)
        elif node is not None:
            self._report("M005", self.whole, "the front matter is no mapping of keys to values", "write `key: value`")
        return self.found

    def _broken(self, error: Exception) -> None:
        mark = getattr(error, "problem_mark", None)
        line, column = self._at(mark.index if mark else getattr(error, "position", 0))
        text = self.places.words(line - 1, line).rstrip()
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is no YAML"
        span = Span(self.places.path, line, column, line, max(column, len(text) + 1))
        hint = "put quotes around texts with `: ` or `#`"
        self._report("M005", span, f"the front matter is broken: {what}", hint)

    def _key(self, key: yaml.Node, value: yaml.Node, seen: set[str]) -> None:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        at, where = self._span(key), self._span(value)
        if name not in KEYS:
            self.found.foreign.append((name, at))
            return
        if name in seen:
            self._report("M004", at, f"{name} is given twice", "leave one of the two")
            return
        seen.add(name)
        if name == "tags":
            self._tags(value, where)
        elif not isinstance(value, yaml.ScalarNode):
            self._report("M006", where, f"{name} is no text", f"write `{name}: …`")
        elif name == "title":
            self.found.title = " ".join(_sound(value.value).split())
        elif value.value in tuple(Only):
            self.found.only = Only(value.value)
        elif value.value.strip():
            self._report("M006", where, f"only can't be {value.value!r}", "write deck or sheet")

    def _tags(self, value: yaml.Node, where: Span) -> None:
        if isinstance(value, yaml.ScalarNode):
            self.found.tags += [(tag, where) for tag in re.split(r"[,\s]+", _sound(value.value))]
        elif isinstance(value, yaml.SequenceNode) and all(isinstance(tag, yaml.ScalarNode) for tag in value.value):
            self.found.tags += [(_sound(tag.value), self._span(tag)) for tag in value.value]
        else:
            self._report("M006", where, "tags is no text or list of texts", "write `tags: [a, b]`")

    def _report(self, code: str, span: Span, message: str, hint: str) -> None:
        self.found.diagnostics.append(Diagnostic(code, span, message, hint))

    def _span(self, node: yaml.Node) -> Span:
        start = self._at(node.start_mark.index)
        # A collection in block style ends where the next thing begins; its last value knows better.
        last = node
        while isinstance(last, yaml.CollectionNode) and last.value and not last.flow_style:
            last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
        end = last.end_mark.index if last.end_mark.index > node.start_mark.index else 0
        while end and self.content[end - 1].isspace():
            end -= 1
        return Span(self.places.path, *start, *(self._at(end) if end else start))

    def _at(self, index: int) -> tuple[int, int]:
        """The line and column of an index: not those of YAML, which ends lines at other characters, too."""
        row = bisect_right(self.rows, index)
        return self.first + row, index - self.rows[row - 1] + 1
