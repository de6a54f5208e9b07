"""Which blocks of a note only lead elsewhere in it: "back to top", tables of contents. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from interview_helper.elements import Tag, Text, pieces
from interview_helper.fragments import target
from interview_helper.notation import Token

_LETTER = re.compile(r"[^\W\d_]")
_CONTENTS = re.compile(r"\[?\[?_?toc_?\]?\]?", re.IGNORECASE)
_HOLDERS = ("paragraph_open", "bullet_list_open", "ordered_list_open", "table_open", "blockquote_open", "html_block")
_CODE = ("fence", "code_block", "written", "math_block", "math_inline", "math_inline_double")


def is_navigation(block: Sequence[Token], path: str) -> bool:
    """Whether a block of the note at `path` holds nothing but links to places in it.

    Of a list or table, each item and row must hold one. Headers, numbers and signs count for nothing; a header is
    the head of a table, a row of bold words alone, and an item that has only words above a list of its own.
    """
    if block[0].type not in _HOLDERS or any(token.type in _CODE for token in block):
        return False
    html = [_html_leads(token.content, path) for token in block if token.type == "html_block"]
    if None in html:
        return False
    groups = _groups(block)
    led = [leads_here(group, path) for group, _ in groups]
    headers = (leads or _is_header(group, bold=bold) for leads, (group, bold) in zip(led, groups, strict=True))
    return (any(html) or any(led)) and all(headers)


def _groups(block: Sequence[Token]) -> list[tuple[list[Token], bool]]:
    """The inline tokens of a block by item, row or paragraph, the heads of tables aside.

    With each goes whether it takes bold words to be a header: not above a list of its own.
    """
    groups: list[tuple[list[Token], bool]] = []
    group: list[Token] = []
    head = False
    for token in block:
        kind = token.type
        below = kind.endswith("_list_open")
        begins = kind in ("list_item_open", "tr_open") or (kind == "paragraph_open" and not token.level)
        if group and (below or begins):
            groups.append((group, not below))
            group = []
        if kind == "inline" and not head:
            group.append(token)
        elif kind in ("thead_open", "thead_close"):
            head = kind == "thead_open"
    return [*groups, (group, True)] if group else groups


def _is_header(group: Sequence[Token], *, bold: bool) -> bool:
    """Whether inline tokens are words alone, all of them bold where only that makes them a header."""
    depth = 0
    for child in (child for inline in group for child in inline.children or ()):
        depth += child.nesting * child.type.startswith("strong")
        if child.type not in ("text", "softbreak", "strong_open", "strong_close", "em_open", "em_close"):
            return False
        if bold and not depth and child.content.strip():
            return False
    return True


def parted(block: Sequence[Token], path: str) -> tuple[list[Token], list[list[Token]]]:
    """A block without the paragraphs in it that are navigation, and those; what opens an item of a list stays."""
    kept: list[Token] = []
    out: list[list[Token]] = []
    i = 0
    while i < len(block):
        token = block[i]
        if (
            token.type == "paragraph_open"
            and not token.hidden
            and kept
            and kept[-1].type != "list_item_open"
            and leads_here([block[i + 1]], path)
        ):
            out.append(list(block[i : i + 3]))
            i += 3
        else:
            kept.append(token)
            i += 1
    return kept, out


def leads_here(inlines: Sequence[Token], path: str) -> bool:
    """Whether inline tokens are links to places in the note at `path`, numbers and signs aside."""
    leads = inside = False
    for child in (child for inline in inlines for child in inline.children or ()):
        led = _inline_leads(child, path, inside=inside)
        if led is None:
            return False
        leads = leads or led
        if child.type in ("link_open", "link_close") or child.content[:2].lower() == "<a" or child.content[:2] == "</":
            inside = led
    return leads


def _inline_leads(child: Token, path: str, *, inside: bool) -> bool | None:
    """Whether an inline token opens a link to a place in the note; None where it is words, or leads away."""
    kind, content = child.type, child.content
    if kind == "link_open":
        return _is_here(str(child.attrs["href"]), path) or None
    if kind == "wiki":
        here = content.startswith("#") or _CONTENTS.fullmatch(content)
        return True if here and not child.meta["embeds"] else None
    if kind == "html_inline":
        return _tag_leads(content, path)
    if kind == "text" and content.startswith("[") and _CONTENTS.fullmatch(content):
        return True
    words = kind in _CODE or (not inside and (kind == "image" or _LETTER.search(content)))
    return None if words else False


def _is_here(written: str, path: str) -> bool:
    return written.startswith("#") or target(path, written).startswith(f"note:{path}#")


def _tag_leads(html: str, path: str) -> bool | None:
    """Whether an inline tag opens a link to a place in the note; None where it leads away, or is none."""
    for piece in pieces(html):
        if isinstance(piece, Text) and piece.foreign:
            return None
        if isinstance(piece, Tag) and piece.name == "a" and not piece.closes:
            href = dict(piece.attributes).get("href")
            return False if href is None else True if _is_here(href, path) else None
    return False


def _html_leads(html: str, path: str) -> bool | None:
    """Whether a block of HTML holds links to places in the note; None where it holds words besides, or other links."""
    leads = False
    inside = ""
    for piece in pieces(html):
        if isinstance(piece, Tag):
            if piece.closes and piece.name == inside:
                inside = ""
            elif piece.name == "a" and "href" in dict(piece.attributes):
                if not _is_here(dict(piece.attributes)["href"], path):
                    return None
                leads, inside = True, "a"
            elif piece.name == "summary" and not piece.closes:
                inside = "summary"
            elif piece.name == "img" and not inside:
                return None
        elif isinstance(piece, Text) and (
            piece.foreign or (not inside and _LETTER.search(html[piece.start : piece.end]))
        ):
            return None
    return leads
