"""Plain text to Markdown that says just that text: nothing in it is acted on. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from interview_helper.dialects import reading

# What Markdown or our notation might act on. Whether it would is found out by reading back what was written.
_INLINE = re.compile(
    r"""
    (?P<name>(?<!\w)__[a-z](?:\w*[a-z0-9])?__(?!\w))  # literal as it stands
    | \\(?=[!-/:-@\[-`{-~]|$)                         # an escape, or a hard break
    | `
    | (?<![ ])\*|\*(?![ ])
    | (?<![A-Za-z0-9])_|_(?![A-Za-z0-9])
    | \[(?=[\[^])|(?<=\])(?=[(\[:])                   # links of all kinds, and footnotes
    | <(?=[A-Za-z/!?])
    | &(?=[A-Za-z#])
    | (?<![= ])=(?==)|=(?==[^= ])
    | ~(?=~) | %(?=%) | \^(?=[A-Za-z0-9-]*[ \t]*$)
    """,
    re.VERBOSE | re.MULTILINE,
)
_OPENING = re.compile(
    r"^(?=#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|(?:-[ \t]*){2,}$|=+[ \t]*$|~~~|:?-+[ \t]*[:|]|\|)", re.MULTILINE
)
_NUMBER = re.compile(r"^([0-9]{1,9})(?=[.)](?:\s|$))", re.MULTILINE)
_SIGN = re.compile(r"([!-/:-@\[-`{-~])")
_BLANK_LINES = re.compile(r"\n(?:[ \t\f\v]*\n)+")
_CLOSING = re.compile(r"((?:^| )#*)#$")
_FENCE = re.compile(r"^(```+[^`\n]*\n(?:.*\n)*?```+)[ \t]*$", re.MULTILINE)
CODE = re.compile(r"(?<!`)(`+)([^`\n]+)\1(?!`)")
_NUMBERING = re.compile(r"(?:q(?:uestion)?)?[#0-9.:)]*", re.IGNORECASE)

Escape = Callable[[str], str]


def lightly(text: str) -> str:
    """`text` with a backslash in front of what is likely to be acted on."""
    return _NUMBER.sub(r"\1\\", _OPENING.sub(r"\\", _inline(text)))


def within(text: str) -> str:
    """The same for text that opens no line."""
    first, end, rest = text.partition("\n")
    return _inline(first) + end + lightly(rest)


def _inline(text: str) -> str:
    text = _INLINE.sub(lambda match: match[0] if match["name"] else f"\\{match[0]}", text)
    return re.sub(r"(?<!\\)\$", r"\\$", text) if text.count("$") > 1 else text


def wholly(text: str) -> str:
    """`text` with a backslash in front of each sign: none is acted on."""
    return _SIGN.sub(r"\\\1", text)


def line(text: str) -> str:
    """`text` as the Markdown of one line: a heading."""
    words = " ".join(text.split())
    for escape in (_inline, wholly):
        made = _CLOSING.sub(r"\1\\#", escape(words))
        said = reading.of_heading(made)
        if said and is_said(words, said.words):
            break
    return made


def is_said(words: str, said: str) -> bool:
    """Whether a heading says all of the words; the number of a question, in front, is none of them."""
    words = reading.squeezed(words)
    return words.endswith(said) and bool(_NUMBERING.fullmatch(words.removesuffix(said))) and bool(said or not words)


def blocks(text: str) -> str:
    """`text` as the Markdown of paragraphs, its lines kept; what is in backticks, or in a fence of them, is code."""
    pieces = _FENCE.split(text.strip("\n"))
    # The split gives text, fence, text, …: a fence stays as it is.
    made = (piece.strip() if at % 2 else _paragraphs(piece) for at, piece in enumerate(pieces))
    return "\n\n".join(filter(None, made))


def _paragraphs(text: str) -> str:
    paragraphs = [[" ".join(row.split()) for row in rows.split("\n")] for rows in _BLANK_LINES.split(text.strip())]
    wanted = reading.Reading(reading.squeezed(CODE.sub(lambda match: match[2], text)))
    for escape in (lightly, wholly):
        made = "\n\n".join("\\\n".join(_with_code(row, escape) for row in rows) for rows in paragraphs)
        if reading.of_blocks(made) == wanted:
            return made
    return "\n\n".join("\\\n".join(wholly(row) for row in rows) for rows in paragraphs)


def _with_code(row: str, escape: Escape) -> str:
    made, at = "", 0
    for code in CODE.finditer(row):
        made += _piece(row[at : code.start()], escape, first=not at) + code[0]
        at = code.end()
    return made + _piece(row[at:], escape, first=not at)


def _piece(text: str, escape: Escape, *, first: bool) -> str:
    return within(text) if escape is lightly and not first else escape(text)
