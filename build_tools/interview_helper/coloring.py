"""Code to HTML with a class for each kind of token. The only module that knows Pygments."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# The token classes (Pygments' short names) that the style sheets of card and sheet color; all others stay plain.
COLORED = frozenset(
    [
        "k",
        "kn",
        "kc",
        "kd",
        "kr",
        "kt",
        "ow",
        "c",
        "c1",
        "cm",
        "ch",
        "cs",
        "cp",
        "s",
        "s1",
        "s2",
        "sa",
        "sd",
        "se",
        "si",
        "sr",
        "mi",
        "mf",
        "mh",
        "mo",
        "mb",
        "nf",
        "nc",
        "fm",
        "nd",
        "nb",
        "ne",
        "bp",
        "vm",
        "gp",
        "gr",
        "go",
        "gi",
        "gd",
        "nt",
        "na",
    ]
)


@lru_cache(4096)  # deck, sheet and flashcards show the same code, the latter in several sizes
def colored(language: str, text: str) -> str:
    """`text` as HTML, tokens in `<span class="k">`; plain where the language is unknown. Loses no character."""
    lexer = _lexer(language)
    # Some lexers (console, psql) drop a last line that has no end.
    pieces = [(kind, value) for _, kind, value in lexer.get_tokens_unprocessed(f"{text}\n")] if lexer else []
    if "".join(value for _, value in pieces) != f"{text}\n":
        return escape(text, quote=False)
    parts: list[str] = []
    run: list[str] = []
    current = ""

    def close() -> None:
        words = escape("".join(run), quote=False)
        parts.append(f'<span class="{current}">{words}</span>' if current and words else words)
        run.clear()

    for kind, value in pieces:
        # White space needs no color of its own: neighbors of one class become one span (a quarter of the layout).
        name = current if value.isspace() else _class(kind)
        if name != current and run:
            close()
        current = name
        run.append(value)
    run[-1] = run[-1].removesuffix("\n")
    close()
    return "".join(parts)


@cache
def language_name(language: str) -> str:
    """What a person calls the language of a fence; as it was written where that is unknown, empty where it is none."""
    if language in _NO_LANGUAGE:
        return ""
    lexer = _lexer(language)
    name = lexer.name if lexer else language
    return _NAMES.get(name, name)


@cache
def fence_word(name: str) -> str:
    """The word of a fence whose `language_name` is `name`."""
    from pygments.lexers import get_all_lexers

    word = _WORDS.get(name)
    if word is None:
        word = next(
            (aliases[0] for known, aliases, _, _ in get_all_lexers(plugins=False) if known == name and aliases), name
        )
    return word


_NO_LANGUAGE = ("", "text", "plain", "txt")
# What people call it, by Pygments' name or the word of ours that needs no lexer.
_NAMES = {"Python console session": "Python session", "Bash Session": "Shell session", "output": "Output"}
_WORDS = {"Python session": "pycon", "Shell session": "console", "Output": "output"}


@cache
def _class(kind: object) -> str:
    from pygments.token import STANDARD_TYPES

    while kind:
        name = STANDARD_TYPES.get(kind, "")  # type: ignore[call-overload]
        if name in COLORED:
            return str(name)
        kind = kind.parent  # type: ignore[attr-defined]
    return ""


@cache
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if language in _NO_LANGUAGE or language == "output":
        return None
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None
