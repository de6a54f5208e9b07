"""What a person would write in an afternoon: markdown-it-py, Pygments and a page of CSS, and the same for typst.

    python benchmarks/bare_sheet.py NOTES FOLDER [LISTED]

writes FOLDER/sheet.html, for the WeasyPrint command and for Chromium, and FOLDER/sheet.typ. Paper, columns, sizes and
fonts are those of our sheet, and so is what the contents list: every section, or the topics alone where that would be
more than LISTED entries. None of our code is in it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

TITLE = "Notes"
FACES = (  # family, package, file, weight, style
    ("IBM Plex Sans Condensed", "fontpkg_ibm_plex_sans_condensed/files", "IBMPlexSansCondensed-Regular", 400, "normal"),
    ("IBM Plex Sans Condensed", "fontpkg_ibm_plex_sans_condensed/files", "IBMPlexSansCondensed-Italic", 400, "italic"),
    (
        "IBM Plex Sans Condensed",
        "fontpkg_ibm_plex_sans_condensed/files",
        "IBMPlexSansCondensed-SemiBold",
        600,
        "normal",
    ),
    ("IBM Plex Mono", "fontpkg_ibm_plex_mono/files", "IBMPlexMono-Regular", 400, "normal"),
    ("IBM Plex Mono", "fontpkg_ibm_plex_mono/files", "IBMPlexMono-Italic", 400, "italic"),
    ("IBM Plex Mono", "fontpkg_ibm_plex_mono/files", "IBMPlexMono-SemiBold", 600, "normal"),
    ("DejaVu Sans", "ziafont/fonts", "DejaVuSans", 400, "normal"),
)
CSS = """
@page { size: A4; margin: 12mm 26pt 10mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 7.5pt } }
html { font: 8.3pt/1.32 "IBM Plex Sans Condensed", "DejaVu Sans"; overflow-wrap: anywhere; widows: 2; orphans: 2 }
body, h1, h2, h3, h4, p, ul, ol, pre, blockquote { margin: 0 0 .35em }
h1 { font-size: 2.15em; line-height: 1; string-set: title content() }
h2, h3, h4 { break-after: avoid; break-inside: avoid; line-height: 1.2 }
h1, h2, h3, h4, strong, th { font-weight: 600 }
h2 { background: #1f4e8c; color: #fff; padding: .22em .5em; font-size: 1.18em }
h3 { color: #1f4e8c; font-size: 1.07em }
h4 { font-size: 1em }
a { color: inherit }
nav { columns: 4; column-gap: 14pt; font-size: .86em; margin-bottom: 2mm }
nav a { display: block; text-decoration: none; margin-left: 1.1em }
nav a.topic { font-weight: 600; margin-left: 0 }
nav a::after { content: leader(".") target-counter(attr(href url), page) }
main { columns: 2; column-gap: 14pt; column-rule: .35pt solid #c8c8c8; column-fill: auto }
article { margin-bottom: .85em; padding-left: .55em; border-left: 1.6pt solid #1f4e8c }
ul, ol { padding-left: 1.5em }
pre, code { font-family: "IBM Plex Mono", "DejaVu Sans"; font-size: .86em; font-variant-ligatures: none }
pre code { font-size: 1em }
pre { white-space: pre-wrap; break-inside: avoid; padding: .4em .5em; background: #f6f6f4; border: .4pt solid #dadad6 }
:not(pre) > code { background: #f1f1ef }
table { border-collapse: collapse; width: 100%; margin-bottom: .5em; font-size: .95em }
tr { break-inside: avoid }
th, td { text-align: left; vertical-align: top; padding: .12em .35em; border-bottom: .3pt solid #ccc }
blockquote { padding-left: .6em; border-left: 2.2pt solid #333; break-inside: avoid }
"""
TYPST = """
#set document(title: "TITLE")
#set page(paper: "a4", margin: (x: 26pt, top: 12mm, bottom: 10mm), columns: 2, footer: context align(right, text(7.5pt, counter(page).display("1 / 1", both: true))))
#set columns(gutter: 14pt)
#set text(font: ("IBM Plex Sans Condensed", "IBM Plex Sans", "DejaVu Sans"), stretch: 75%, size: 8.3pt, lang: "en")
#set par(leading: .5em, spacing: .6em)
#show raw: set text(font: ("IBM Plex Mono", "DejaVu Sans"), stretch: 100%)
#show raw.where(block: true): it => block(width: 100%, breakable: false, fill: rgb("#f6f6f4"), stroke: .4pt + rgb("#dadad6"), inset: .4em, it)
#show heading: set text(weight: 600, size: 8.3pt)
#show heading.where(level: 1): it => block(width: 100%, fill: rgb("#1f4e8c"), inset: .3em, text(fill: white, size: 9.8pt, it.body))
#set table(stroke: (bottom: .3pt + rgb("#ccc")), inset: (x: .35em, y: .2em))
#set quote(block: true)
#place(top, scope: "parent", float: true)[
  #text(18pt, weight: 600)[TITLE]
  #columns(4, gutter: 14pt)[#outline(title: none, depth: DEPTH)]
]
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """A note: its tokens, and of its headings the level, the place to link to, and the token of the words."""

    tokens: list[Token]
    headings: tuple[tuple[int, str, Token], ...]


def fonts() -> Iterator[tuple[str, Path, int, str]]:
    """Family, file, weight and style of each face."""
    for family, folder, name, weight, style in FACES:
        package, _, below = folder.partition("/")
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        yield family, Path(spec.origin).parent / below / f"{name}.ttf", weight, style


def topics(notes: Path, markdown: MarkdownIt) -> list[Topic]:
    """The notes of a folder, with a place at every heading."""
    found = []
    for note in sorted(notes.glob("*.md")):
        tokens = [
            token for token in markdown.parse(note.read_text(encoding="utf-8")) if not token.content.startswith("<!--")
        ]
        headings = []
        for token, inline in pairwise(tokens):
            if token.type != "heading_open":
                continue
            level = int(token.tag[1])
            slug = re.sub(r"[^\w -]", "", inline.content.lower()).replace(" ", "-")
            place = note.stem if level == 1 else f"{note.stem}--{slug}"
            token.attrSet("id", place)
            headings.append((level, place, inline))
        found.append(Topic(tokens, tuple(headings)))
    places = {place for topic in found for _, place, _ in topic.headings}
    for topic in found:
        _resolve(topic.tokens, places)
    return found


def _resolve(tokens: list[Token], places: set[str]) -> None:
    """Let links to other notes be links to places of the sheet, and callouts open with a word."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                note, _, slug = str(child.attrs["href"]).partition("#")
                place = f"{Path(note).stem}--{slug}" if slug else Path(note).stem
                if place in places:
                    child.attrs["href"] = f"#{place}"
            child.content = re.sub(r"^\[!([A-Z]+)\]$", lambda m: f"{m[1].capitalize()}: ", child.content)


def colored(code: str, language: str, _: str) -> str:
    """Code as Pygments colors it."""
    try:
        return str(highlight(code, get_lexer_by_name(language), HtmlFormatter(nowrap=True)))
    except ClassNotFound:
        return escape(code, quote=False)


def html(found: list[Topic], markdown: MarkdownIt, *, full: bool) -> str:
    """The page: title, contents, topics in columns."""
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("{file.as_uri()}"); font-weight: {weight}; font-style: {style} }}\n'
        for family, file, weight, style in fonts()
    )
    colors = HtmlFormatter(style="friendly").get_style_defs("pre")
    parts = [
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>',
        f"<style>{faces}{CSS}{colors}</style></head><body><header><h1>{TITLE}</h1><nav>",
    ]
    for topic in found:
        for level, place, inline in topic.headings:
            if level == 1 or (full and level == 2):
                name = "topic" if level == 1 else "section"
                words = markdown.renderer.render([inline], markdown.options, {})
                parts.append(f'<a class="{name}" href="#{place}">{re.sub("</?a[^>]*>", "", words)}</a>')
    parts.append("</nav></header><main>")
    for topic in found:
        pieces = re.split("(?=<h2 )", markdown.renderer.render(topic.tokens, markdown.options, {}))
        parts.append(_lower(pieces[0]))
        parts += (f"<article>{_lower(piece)}</article>" for piece in pieces[1:])
    parts.append("</main></body></html>")
    return "\n".join(parts)


def _lower(piece: str) -> str:
    """Headings one level down: the first level is the sheet's own."""
    return re.sub(r"(</?h)([1-5])\b", lambda m: f"{m[1]}{int(m[2]) + 1}", piece)


def typst(found: list[Topic], *, full: bool) -> str:
    """The same for typst."""
    head = TYPST.replace("TITLE", TITLE).replace("DEPTH", "2" if full else "1")
    return head + "\n".join(_typst(SyntaxTreeNode(topic.tokens)) for topic in found)


def _typst(node: SyntaxTreeNode) -> str:
    inner = "" if node.type in _LEAVES else [_typst(child) for child in node.children]
    body = "".join(inner)
    match node.type:
        case "text":
            return f"#{_quoted(node.content)};"
        case "softbreak":
            return "\n"
        case "hardbreak":
            return "#linebreak();"
        case "code_inline":
            return f"#raw({_quoted(node.content)});"
        case "fence" | "code_block":
            return f"#raw(block: true, lang: {_quoted(node.info or 'txt')}, {_quoted(node.content.rstrip())})\n"
        case "strong" | "em" | "s":
            name = {"strong": "strong", "em": "emph", "s": "strike"}[node.type]
            return f"#{name}[{body}];"
        case "link":
            address = str(node.attrs["href"])
            if address.startswith("#"):
                return f"#link(label({_quoted(address[1:])}))[{body}];"
            return f"#link({_quoted(address)})[{body}];"
        case "heading":
            return f"#heading(level: {node.tag[1]})[{body}] #label({_quoted(str(node.attrs['id']))})\n\n"
        case "paragraph":
            return f"{body}\n\n"
        case "bullet_list":
            return f"#list({', '.join(f'[{each}]' for each in inner)})\n"
        case "ordered_list":
            return f"#enum(start: {node.attrs.get('start', 1)}, {', '.join(f'[{each}]' for each in inner)})\n"
        case "blockquote":
            return f"#quote[{body}]\n"
        case "table":
            columns = len(node.children[0].children[0].children)
            return f"#table(columns: {columns}, {body})\n"
        case "thead":
            return f"table.header({body}), "
        case "th":
            return f"strong[{body}], "
        case "td":
            return f"[{body}], "
        case "html_inline" | "html_block":
            return ""
        case _:
            return body


_LEAVES = frozenset(("text", "code_inline", "fence", "code_block", "html_inline", "html_block"))


def _quoted(text: str) -> str:
    """A string of typst: JSON's spelling but for its numbers of characters."""
    return re.sub(r"\\u([0-9a-f]{4})", r"\\u{\1}", json.dumps(text, ensure_ascii=False))


def main(notes: str, folder: str, listed: str = "0") -> None:
    """Write both."""
    markdown = MarkdownIt("commonmark", {"html": True, "highlight": colored}).enable(["table", "strikethrough"])
    found = topics(Path(notes), markdown)
    full = sum(level <= 2 for topic in found for level, _, _ in topic.headings) <= int(listed)
    Path(folder).mkdir(parents=True, exist_ok=True)
    Path(folder, "sheet.html").write_text(html(found, markdown, full=full), encoding="utf-8")
    Path(folder, "sheet.typ").write_text(typst(found, full=full), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
