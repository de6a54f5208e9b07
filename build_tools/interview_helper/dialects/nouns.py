"""What files of other tools hold, as values: cards in our Markdown, and what could not be carried over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from interview_helper.model import Kind


@dataclass(frozen=True, slots=True)
class File:
    """A file as it lies on disk: its path (POSIX, its last part the file's name) and its bytes."""

    path: str
    data: bytes

    @property
    def text(self) -> str:
        """The file as text, without a byte order mark, each line end one line feed. Raises UnicodeDecodeError."""
        return _decoded(self.data, "strict")

    @property
    def head(self) -> str:
        """The first lines, whatever is wrong with them."""
        return _decoded(self.data[:4000], "replace")


def _decoded(data: bytes, errors: str) -> str:
    # Excel's "Unicode text" has the one mark, all else the other or none.
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return data.decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Remark:
    """What could not be carried over, where it stands (line 0 is the whole file), and what to do about it."""

    path: str
    line: int
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A card in our Markdown.

    `trail` are the headings over it as plain words, the topic first. `heading` is one line of Markdown; where it is
    empty, it is made of the question. `question` are the blocks that belong to the question besides it, `answer` is
    the rest. `file` is the note that it comes from, where the original knows one.
    """

    question: str
    answer: str
    heading: str = ""
    trail: tuple[str, ...] = ()
    kind: Kind = Kind.BASIC
    tags: tuple[str, ...] = ()
    source: str = ""
    id: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """The cards of some files in order, their pictures by the address in the Markdown, and what is to be said.

    A picture is its bytes, or the address of a file beside the original. `maths` says whether there are formulas,
    `own` whether the cards are of a deck that this program built.
    """

    cards: tuple[Card, ...]
    remarks: tuple[Remark, ...] = ()
    pictures: Mapping[str, bytes | str] = field(default_factory=dict)
    maths: bool = False
    own: bool = False


class Unreadable(Exception):
    """Files that are not what their dialect says: what is wrong, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy
