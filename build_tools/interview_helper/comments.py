"""What HTML comments of the notation say: `<!-- key: value -->` to key and value. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

KEYS = ("card", "tags", "only", "source", "id", "answer", "hint", "example", "check")

# What to type instead of a value that is none.
HINTS = {
    "card": "write basic, reversed, cloze or output",
    "only": "write deck or sheet",
    "tags": "write words with spaces or commas between them",
    "source": "write where the answer comes from",
    "id": "write an id without spaces",
    "answer": "write <!-- answer -->",
    "hint": "write <!-- hint: words -->, or take it away",
    "example": "write <!-- example: skip reason -->, with the reason why it is not run",
    "check": "write <!-- check: ignore CODE -->, with codes as interview-helper explain names them",
}

# Words that look like a key and are none.
_OTHERS = ("car", "checked", "int", "lint", "sample")

_KEY = re.compile(r"[A-Za-z]+")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in a piece of HTML: where it stands there, its words, and whether it has an end."""

    start: int
    end: int
    words: str
    closed: bool = True

    @property
    def key(self) -> str:
        """The key of the notation that it opens with; empty where it says nothing to us."""
        word, _ = self._statement
        return word if word in KEYS else ""

    @property
    def value(self) -> str | None:
        """What stands behind the colon, if there is one."""
        return self._statement[1]

    @property
    def near(self) -> str:
        """The key that it nearly has, where it has none: `tags` for `tag: x`."""
        word, value = self._statement
        if not word or word in KEYS or word.lower() in _OTHERS:
            return ""
        close = get_close_matches(word.lower(), KEYS, 1, 0.74)
        return close[0] if close and (value is not None or close[0] == "answer") else ""

    @property
    def _statement(self) -> tuple[str, str | None]:
        word, colon, value = self.words.partition(":")
        word = word.strip()
        return (word, value.strip() if colon else None) if _KEY.fullmatch(word) else ("", None)


def comment_at(html: str, start: int) -> Comment:
    """The comment that begins at `start`, as CommonMark ends it; to the end where nothing does."""
    for empty in ("<!-->", "<!--->"):
        if html.startswith(empty, start):
            return Comment(start, start + len(empty), "")
    end = html.find("-->", start + 4)
    if end < 0:
        return Comment(start, len(html), html[start + 4 :], closed=False)
    return Comment(start, end + 3, html[start + 4 : end])


def leading(html: str) -> tuple[tuple[Comment, ...], int]:
    """The comments that a piece of HTML opens with, and where what follows them begins."""
    found: list[Comment] = []
    at = 0
    while True:
        start = _SPACE.match(html, at).end()  # type: ignore[union-attr]  # it matches nothing at all, too
        if not html.startswith("<!--", start):
            return tuple(found), at if found else 0
        found.append(comment_at(html, start))
        at = found[-1].end
