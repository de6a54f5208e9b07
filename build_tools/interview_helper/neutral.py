"""Neutral HTML: how its elements are spelt, and how an output turns each into its own.

Both halves stand here, so that nobody else need know the spelling. `model.py` says what each element means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

_PICTURE = re.compile(r'<img((?: [a-z-]+="[^"]*")*)\s*/?>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_CODE = re.compile(r'<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre>', re.DOTALL)
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_MATHS = re.compile(r'<(span|div) class="math">(.*?)</\1>', re.DOTALL)
_MARK = re.compile(r'<mark(?: data-group="(c[0-9]+)")?(?: data-hint="([^"]*)")?>|</mark>')
_SPAN = re.compile(r"<code>([^<]*)</code>")
_TAG = re.compile(r"<[^>]*>")


def code(language: str, text: str) -> str:
    """Code as neutral HTML; `text` as written."""
    named = f' class="language-{escape(language)}"' if language else ""
    return f"<pre><code{named}>{escape(text, quote=False)}</code></pre>"


def picture(address: str, alt: str, title: str = "", width: str | int | None = "", height: str = "") -> str:
    """A picture as neutral HTML; `width` and `height` in CSS px, or as the note has them."""
    given = (("title", title), ("width", width), ("height", height))
    more = "".join(f' {name}="{escape(str(value))}"' for name, value in given if value)
    return f'<img src="{escape(address)}" alt="{escape(alt)}"{more}>'


def mark(group: str = "", hint: str = "") -> str:
    """What opens a highlight in neutral HTML."""
    grouped = f' data-group="{group}"' if group else ""
    hinted = f' data-hint="{escape(hint)}"' if hint else ""
    return f"<mark{grouped}{hinted}>"


def with_code(html: str, made: Callable[[str, str], str]) -> str:
    """`html` with each block of code replaced by `made(language, text)`."""
    if "<pre><code" not in html:
        return html
    # Raw HTML may have tags inside its code; they are not part of it.
    return _CODE.sub(lambda m: made(unescape(m[1] or ""), unescape(_TAG.sub("", m[2]))), html)


def with_pictures(html: str, made: Callable[[dict[str, str]], str]) -> str:
    """`html` with each picture replaced by `made(attributes)`: `src`, and what there is of `alt title width height`."""
    if "<img" not in html:
        return html
    # What cleaned raw HTML has taken the address away where it leads out, as `file:` does: there is no such picture.
    return _PICTURE.sub(lambda m: made({"src": ""} | {k: unescape(v) for k, v in _ATTRIBUTE.findall(m[1])}), html)


def pictures(html: str) -> list[str]:
    """The addresses of the pictures of `html` in order."""
    found = [dict(_ATTRIBUTE.findall(each)) for each in _PICTURE.findall(html)]
    return [unescape(attributes["src"]) for attributes in found if "src" in attributes]


def with_links(html: str, made: Callable[[str, str], str]) -> str:
    """`html` with each link replaced by `made(address, inner html)`."""
    if "<a " not in html:
        return html
    return _LINK.sub(lambda m: made(unescape(m[1]), m[2]), html)


def followed(address: str) -> bool:
    """Whether a link leads to the web or to a mailbox. What else it may name, files and programs, no output follows."""
    return address.lower().startswith(("http://", "https://", "mailto:"))


def with_maths(html: str, made: Callable[[str, bool], str]) -> str:
    """`html` with each formula replaced by `made(tex, displayed)`."""
    if 'class="math"' not in html:
        return html
    return _MATHS.sub(lambda m: made(unescape(m[2]), m[1] == "div"), html)


def formulas(html: str) -> list[str]:
    """The TeX of the formulas of `html` in order."""
    return [unescape(match[2]) for match in _MATHS.finditer(html)]


def with_marks(html: str, opened: Callable[[str], str], closed: str) -> str:
    """`html` with the outermost marks opened by `opened(group)` and closed by `closed`; marks inside marks vanish."""
    depth = 0

    def turned(match: re.Match[str]) -> str:
        nonlocal depth
        if match[0] == "</mark>":
            depth -= 1
            return closed if depth == 0 else ""
        depth += 1
        return opened(match[1] or "") if depth == 1 else ""

    return _MARK.sub(turned, html) if "<mark" in html else html


def codes(html: str) -> list[tuple[str, str]]:
    """The blocks of code of `html` in order: language, or empty, and text."""
    found = _CODE.findall(html) if "<pre><code" in html else ()
    return [(unescape(language), unescape(_TAG.sub("", text))) for language, text in found]


def with_blanks(html: str, shown: Callable[[str], str]) -> str:
    """`html` with `shown(hint)` in the place of each outermost mark with all that is in it."""
    parts: list[str] = []
    at = 0
    for opened, closed in _outermost(html):
        parts += (html[at : opened.start()], shown(unescape(opened[2] or "")))
        at = closed.end()
    return "".join((*parts, html[at:]))


def words(html: str) -> str:
    """The words of `html`; those of a picture are its alternative text."""
    return unescape(_TAG.sub("", with_pictures(html, lambda picture: escape(picture.get("alt", "")))))


def code_words(html: str) -> list[str]:
    """The words of the code spans of `html` in order."""
    return [unescape(words) for words in _SPAN.findall(html)]


def marks(html: str) -> list[tuple[str, str]]:
    """The outermost marks of `html` in order: group (`c2`, or empty) and words."""
    return [
        (opened[1] or "", unescape(_TAG.sub("", html[opened.end() : closed.start()])))
        for opened, closed in _outermost(html)
    ]


def hints(html: str) -> list[str]:
    """The hints of the outermost marks of `html` in order, empty where a mark has none."""
    return [unescape(opened[2] or "") for opened, _ in _outermost(html)]


def _outermost(html: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """The two tags of each mark that is in no other."""
    opened: list[re.Match[str]] = []
    for match in _MARK.finditer(html):
        if match[0] != "</mark>":
            opened.append(match)
        elif opened:
            first = opened.pop()
            if not opened:
                yield first, match
