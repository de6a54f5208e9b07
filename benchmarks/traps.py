"""A number to hostile Markdown: notes made to be slow, deep or large in one way each, to measure and to test with.

`NOTES` has a function a construct: about so many characters in, a note of that size out. Equal sizes give equal notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle, islice

_HEAD = "# Topic\n\n## Question\n\n"
_DETAILS = "<details>\n\n" * 80
Note = Callable[[int], str]


def _repeated(unit: str, head: str = "", end: str = "") -> Note:
    """Below a question: `head`, then `unit` again and again, then `end`."""
    return lambda size: f"{_HEAD}{head}{unit * max(1, size // len(unit))}{end}\n"


def _numbered(row: Callable[[int], str], head: str = "", end: str = "", above: str = _HEAD) -> Note:
    """The rows of the numbers from 0 until the note is as large as asked."""

    def note(size: int) -> str:
        rows: list[str] = []
        length = 0
        while length < size:
            rows.append(row(len(rows)))
            length += len(rows[-1])
        return f"{above}{head}{''.join(rows)}{end}\n"

    return note


def _both(opened: str, closed: str, head: str = "", end: str = "", inside: str = "x") -> Note:
    """Something that opens and opens, and closes as often."""

    def note(size: int) -> str:
        count = max(1, size // (len(opened) + len(closed)))
        return f"{_HEAD}{head}{opened * count}{inside}{closed * count}{end}\n"

    return note


def _staircase(marker: str) -> Note:
    """A list in a list in a list, a line deeper each: as many levels as the square root of the size, and again."""

    def note(size: int) -> str:
        step = " " * len(marker)
        depth = min(400, max(2, int((size / len(marker)) ** 0.5)))
        stairs = "".join(f"{step * level}{marker}x\n" for level in range(depth))
        return _HEAD + f"{stairs}\nbetween\n\n" * max(1, size // len(stairs))

    return note


def _table(size: int, columns: int, cell: str = "x") -> str:
    row = f"|{f' {cell} |' * columns}\n"
    rows = max(1, size // len(row))
    return f"{_HEAD}{row}|{'---|' * columns}\n{row * rows}"


def _wide(size: int) -> str:
    """Two rows, and all the size in columns."""
    return _table(size // 3, max(1, size // 12))


def _square(size: int) -> str:
    """As many columns as rows."""
    return _table(size, max(1, int((size / 4) ** 0.5)))


def _ragged(size: int) -> str:
    """A wide head, and rows of one cell: markdown-it fills them up."""
    columns = max(1, int(size**0.5) // 4)
    return f"{_HEAD}|{' x |' * columns}\n|{'---|' * columns}\n" + "| y\n" * max(1, size // 8)


def _beyond(size: int) -> str:
    """A narrow head, and rows of many cells."""
    row = f"|{' y |' * max(1, int(size**0.5))}\n"
    return f"{_HEAD}| x |\n|---|\n{row * max(1, size // len(row))}"


def _runs(sign: str, between: str = " ") -> Note:
    """Runs of a sign, each one longer than that before."""

    def note(size: int) -> str:
        rows: list[str] = []
        length = 0
        while length < size:
            rows.append(sign * (len(rows) + 1))
            length += len(rows[-1]) + len(between)
        return f"{_HEAD}{between.join(rows)}\n"

    return note


def _of_all(signs: str) -> Note:
    """All pairs of some signs in turn: what no one thought of."""
    pairs = "".join(a + b for a in signs for b in signs)
    return lambda size: f"{_HEAD}{''.join(islice(cycle(pairs), size))}\n"


def _with(front: str, note: Note) -> Note:
    return lambda size: front + note(size)


NOTES: Mapping[str, Note] = {
    # nesting
    "quotes in a line": lambda size: f"{_HEAD}{'> ' * (size // 2)}x\n",
    "quotes without spaces": lambda size: f"{_HEAD}{'>' * size}x\n",
    "quotes, many lines deep": lambda size: _HEAD + f"{'> ' * 149}x\n" * max(1, size // 300),
    "quotes, lazy": lambda size: f"{_HEAD}{'> ' * 149}x\n" + "lazy\n" * (size // 5),
    "quotes of every depth": _numbered(lambda i: f"{'> ' * (i % 100)}x\n"),
    "callouts nested": lambda size: (
        _HEAD + "".join(f"{'> ' * (i % 100 + 1)}[!NOTE]\n" for i in range(max(1, size // 110)))
    ),
    "callouts side by side": _repeated("> [!NOTE]\n> x\n\n"),
    "callouts in a list": _repeated("- > [!NOTE]\n  > x\n"),
    "callouts in a quote": _repeated("> > [!NOTE]\n> > x\n>\n"),
    "bullets in a line": lambda size: f"{_HEAD}{'- ' * (size // 2)}x\n",
    "bullets stairs": _staircase("- "),
    "numbers stairs": _staircase("1. "),
    "lists of other signs": _repeated("- x\n+ x\n* x\n"),
    "a long list": _repeated("- x\n"),
    "a long loose list": _repeated("- x\n\n"),
    "a list with blank lines": lambda size: f"{_HEAD}- x\n{chr(10) * size}- y\n",
    "a numbered list": _numbered(lambda i: f"{i + 1}. x\n"),
    "items with headings": _repeated("- ### What?\n\n  x\n"),
    "items with headings in items": _repeated("- # a\n  - ## b\n    - ### c\n      - #### d\n\n        x\n"),
    "some items with headings": _repeated("- x\n- ### What?\n\n  x\n"),
    "tasks": _repeated("- [ ] x\n- [x] y\n"),
    "details nested": _both("<details>\n\n", "\n\n</details>"),
    "details nested with summaries": _both("<details><summary>s</summary>\n\n", "\n\n</details>"),
    "details unclosed": _repeated("<details>\n\nx\n\n"),
    "details around headings": _both("<details>\n\n### q\n\nx\n\n", "\n\n</details>"),
    "details right below a topic": lambda size: "# T\n\n" + _both("<details>\n\n## q\n\nx\n\n", "\n\n</details>")(size),
    "details in a block": _both("<details>\n", "</details>\n"),
    "details side by side": _repeated("<details>\n<summary>s</summary>\n\nx\n\n</details>\n\n"),
    "quotes in lists in details": lambda size: f"{_HEAD}{_DETAILS}{'- > ' * 70}x\n" * max(1, size // 1200),
    # brackets
    "brackets": _repeated("["),
    "brackets of pictures": _repeated("!["),
    "brackets closing": _repeated("]("),
    "brackets, all": _repeated("[a]("),
    "brackets both": _both("[", "]"),
    "brackets with ends": _both("[", "](u)"),
    "pictures in pictures": _both("![", "](u)"),
    "brackets escaped": _repeated("[\\["),
    "links": _repeated("[a](b) "),
    "links with titles unclosed": _repeated('[a](b "'),
    "links with angles unclosed": _repeated("[a](<b"),
    "links with parentheses": _repeated("[a]((((((((((((((((((((((((((((((((("),
    "references without definitions": _repeated("[a][b]"),
    "references": _repeated("[a][b] ", end="\n\n[b]: c"),
    "references, long label": lambda size: f"{_HEAD}[{'a ' * (size // 2)}]\n\n[{'a ' * 400}]: u\n",
    "links to anchors": _repeated("[a](#b) ", head="word "),
    "definitions": _numbered(lambda i: f"[l{i}]: u\n"),
    "definitions twice": _repeated("[l]: u\n"),
    "definitions half": _repeated("[l]:\n"),
    "definitions unclosed": _repeated("[l\n"),
    "definitions with a long title": lambda size: f'{_HEAD}[l]: u "{"x" * 60}\n' + "x\n" * (size // 2),
    "definitions in quotes": _repeated("> [l]: u\n\n"),
    "footnotes": _repeated("[^a] "),
    "footnotes unclosed": _repeated("[^"),
    "wiki links": _repeated("[[a|b]] "),
    "wiki links unclosed": _repeated("[[a|b"),
    "wiki embeds unclosed": _repeated("![[a|"),
    "wiki brackets": _repeated("[[[["),
    "embeds": _repeated("![[a.png]] "),
    "pictures missing": _repeated("![a](missing.png)\n"),
    "pictures in HTML missing": _repeated('<img src="missing.png">\n'),
    # emphasis and its like
    "stars": _repeated("*"),
    "stars opening": _repeated("*a "),
    "stars closing": _repeated("a* "),
    "stars and words": _repeated("*a**b"),
    "stars of three kinds": _repeated("*a **a ***a "),
    "stars both": _both("*a ", " a*"),
    "strong both": _both("**a ", " a**"),
    "underscores": _repeated("_"),
    "underscores and words": _repeated("_a__b"),
    "underscores and stars": _repeated("*_"),
    "underscores opening": _repeated("_a "),
    "dunders": _repeated("__a__ "),
    "dunders unclosed": _repeated("__a"),
    "tildes": _repeated("~~a "),
    "tildes and stars": _repeated("~~*"),
    "equals": _repeated("="),
    "highlights": _repeated("==a== "),
    "highlights opening": _repeated("==a "),
    "highlights nested": _both("==a ", " a=="),
    "highlights with groups": _repeated("==c2::a== "),
    "highlights of groups only": _repeated("==c2::"),
    "groups with spaces": lambda size: f"{_HEAD}==c2::{' ' * size}== x\n",
    "mixed delimiters": _repeated("*_==~~a "),
    # code
    "backticks": _repeated("`"),
    "backticks growing": _runs("`"),
    "backticks growing and shrinking": lambda size: _runs("`")(size // 2) + _runs("`")(size // 2)[len(_HEAD) :][::-1],
    "backticks and words": _repeated("`a"),
    "code spans": _repeated("`a` "),
    "code in brackets": _repeated("[`a"),
    "a fence unclosed": _repeated("x = 1\n", "```python\n"),
    "a fence of a line": lambda size: f"{_HEAD}```python\n{'x = 1; ' * (size // 7)}\n```\n",
    "a fence of a word": lambda size: f"{_HEAD}```python\n{'x' * size}\n```\n",
    "a fence of brackets": lambda size: f"{_HEAD}```python\n{'(' * size}\n```\n",
    "a fence of quotes": lambda size: f"{_HEAD}```python\n{chr(34) * size}\n```\n",
    "a fence of f-strings": lambda size: f"{_HEAD}```python\n{'f{' * (size // 2)}\n```\n",
    "fences": _repeated("```\nx\n```\n\n"),
    "fences of a long language": lambda size: f"{_HEAD}```{'a' * size}\nx\n```\n",
    "fences with long words": lambda size: f"{_HEAD}```python {'a ' * (size // 2)}\nx\n```\n",
    "fences of many languages": _numbered(lambda i: f"```lang{i}\nx\n```\n\n"),
    "indented code": _repeated("    x\n"),
    "indented code with blanks": lambda size: f"{_HEAD}    x\n{chr(10) * size}    y\n",
    "sessions": _repeated(">>> x\n1\n", "```pycon\n", "```"),
    "outputs": _repeated("```python\nprint(1)\n```\n\n```output\n1\n```\n\n"),
    # HTML
    "angles": _repeated("<"),
    "angles with letters": _repeated("<a"),
    "angles with spaces": _repeated("<a "),
    "a tag of spaces": lambda size: f"{_HEAD}x <a{' ' * size}\n",
    "a tag of attributes": _repeated(" a=b", "x <a"),
    "a block of attributes": _repeated(" a=b", "<div"),
    "a tag of attributes, closed": _repeated(" a", "x <b", ">"),
    "a tag of quotes": _repeated("<a b='\"", "x "),
    "attributes unclosed": _repeated('<a b="c ', "x "),
    "comments unclosed": _repeated("<!--", "x "),
    "comments unclosed in blocks": _repeated("<!--\n"),
    "comments of one line": _repeated("<!-- x -->"),
    "comments of blocks": _repeated("<!-- x -->\n\n"),
    "comments of cards": _repeated("<!-- card: cloze -->\n"),
    "comments of cards in text": _repeated("x <!-- card: cloze -->\n"),
    "comments nearly of cards": _repeated("<!-- cards: cloze -->\n"),
    "a comment of spaces": lambda size: f"{_HEAD}<!--{' ' * size}-->\n\nx\n",
    "a comment of words": lambda size: f"{_HEAD}<!-- tag {' ' * size}x -->\n\nx\n",
    "tags": lambda size: f"{_HEAD}<!-- tags: {' '.join(f't{i}' for i in range(size // 6))} -->\n\nx\n",
    "tags equal": lambda size: f"{_HEAD}<!-- tags: {'t ' * (size // 2)} -->\n\nx\n",
    "tags of tags": lambda size: f"{_HEAD}<!-- tags: {'a::' * (size // 3)} -->\n\nx\n",
    "tags in every heading": _numbered(lambda i: f"## Q{i}\n<!-- tags: t{i} -->\n\nx\n\n"),
    "ignored codes": _repeated("<!-- check: ignore N004 -->\n"),
    "ignored codes in a line": lambda size: f"{_HEAD}<!-- check: ignore {'N004 ' * (size // 5)} -->\n\nx\n",
    "ignored codes of separators": lambda size: f"{_HEAD}<!-- check: ignore N004{' ,' * (size // 2)}<-->\n\nx\n",
    "ignored codes in every heading": _numbered(lambda i: f"## Q{i}\n<!-- check: ignore N004 -->\n\na <span1> b\n\n"),
    "mistakes": _repeated("a <span1> b\n\n"),
    "mistakes and one ignored": _repeated("a <span1> b\n\n", "<!-- check: ignore N006 -->\n\n"),
    "CDATA unclosed": _repeated("<![CDATA[", "x "),
    "instructions unclosed": _repeated("<?a", "x "),
    "declarations unclosed": _repeated("<!A", "x "),
    "scripts unclosed": _repeated("<script>", "<div>\n"),
    "scripts": _repeated("<script>x</script>\n\n"),
    "styles in text": _repeated("<style>", "x "),
    "text areas unclosed": _repeated("<textarea>\n", "<div>\n"),
    "type variables": _repeated("<T>", "<div>\n"),
    "type variables in text": _repeated("<T>", "x "),
    "bold unclosed": _repeated("<b>", "x "),
    "bold in a block": _repeated("<b>x", "<div>\n"),
    "bold both": _both("<b>", "</b>"),
    "bold in paragraphs": _repeated("<p><b><i><u>x", "<div>\n"),
    "elements unclosed": _repeated("<b><i><u><s><sub><kbd><q><small>", "<div>\n"),
    "elements crossed": _repeated("<b><i>x</b></i>", "<div>\n"),
    "elements closed only": _repeated("</b></div></p>", "<div>\n"),
    "blocks unclosed": _repeated("<div>\n\nx\n\n"),
    "paragraphs in HTML": _repeated("<p>x", "<div>\n"),
    "items in HTML": _repeated("<li>x", "<ul>\n"),
    "lists in HTML": _repeated("<ul><li>x", "<div>\n"),
    "tables in HTML": _repeated("<table><tr><td>x", "<div>\n"),
    "cells in HTML": _repeated("<td>x", "<table><tr>\n"),
    "rows in HTML": _repeated("<tr><td>x", "<table>\n"),
    "cells that span": _repeated('<tr><td colspan="1000" rowspan="1000">x', "<table>\n"),
    "words in tables": _repeated("x<b>y", "<table>\n"),
    "rubies": _repeated("<ruby>a<rt>b", "<div>\n"),
    "links in HTML": _repeated('<a href="u">x', "<div>\n"),
    "marks in HTML": _repeated("<mark>x"),
    "line breaks": _repeated("<br>", "x"),
    "unknown tags": _repeated("<foo>", "x "),
    "HTML blocks": _repeated("<hr>\n\n"),
    "HTML in every item": _repeated("- <b>x</b>\n"),
    # entities and signs
    "entities": _repeated("&amp;"),
    "entities unclosed": _repeated("&amp"),
    "entities of numbers": _repeated("&#65;"),
    "entities half": _repeated("&#"),
    "entities of surrogates": _repeated("&#xD800;"),
    "entities in HTML": _repeated("&lt;", "<div>\n"),
    "ampersands": _repeated("&"),
    "backslashes": _repeated("\\"),
    "backslashes and signs": _repeated("\\*"),
    "line breaks of backslashes": _repeated("x\\\n"),
    "line breaks of spaces": _repeated("x  \n"),
    "autolinks": _repeated("<http://a.b> "),
    "autolinks unclosed": _repeated("<http://a.b "),
    "autolinks of mail": _repeated("<a@b.c> "),
    "mail unclosed": lambda size: f"{_HEAD}<{'a' * (size // 2)}@{'a.' * (size // 4)}!>\n",
    "a long address": lambda size: f"{_HEAD}<http://{'a' * size}>\n",
    "addresses": _repeated("http://a.b "),
    # our own notation
    "comments of Obsidian": _repeated("%%x%% "),
    "comments of Obsidian unclosed": _repeated("%% x\n"),
    "comments of Obsidian as blocks": _repeated("%%\nx\n%%\n\n"),
    "comments of Obsidian in a quote": _repeated("> %% x\n"),
    "percents": _repeated("%"),
    "block names": _repeated("x ^ab\n\n"),
    "block names in text": _repeated(" ^ab"),
    "block names of hyphens": _repeated(" ^", end="-" * 50),
    "a block name of hyphens": lambda size: f"{_HEAD}x ^{'-' * size}\n",
    "a question of a number": lambda size: f"# T\n\n## {'1.' * (size // 2)} What?\n\nx\n",
    "a question of digits": lambda size: f"# T\n\n## &#49;{'1' * size}. What?\n\nx\n",
    "a question of spaces": lambda size: f"# T\n\n## Q{'&#32;' * (size // 5)}x\n\nx\n",
    "a question of spaces as they are": lambda size: f"# T\n\n## Q{' ' * size}x\n\nx\n",
    "a question of spaces and stars": lambda size: f"# T\n\n## Q{'* ' * (size // 2)}x\n\nx\n",
    # blanks
    "blanks": _repeated("==a== ", "<!-- card: cloze -->\n"),
    "blanks in lines": _numbered(lambda i: f"==a{i}== b\n", "<!-- card: cloze -->\n"),
    "blanks of one group": _repeated("==c1:a== ", "<!-- card: cloze -->\n"),
    "blanks with hints": _repeated("==a==<!-- hint: b --> ", "<!-- card: cloze -->\n"),
    "blanks with braces": _repeated("=={{c1::a}}== ", "<!-- card: cloze -->\n"),
    "blanks in code": _repeated("==`a`== ", "<!-- card: cloze -->\n"),
    "hints without blanks": _repeated("x<!-- hint: b --> "),
    "hints behind one blank": _repeated("<!-- hint: b -->", "==a=="),
    # tables
    "a table of rows": lambda size: _table(size, 3),
    "a table of columns": _wide,
    "a table of both": _square,
    "a table of ragged rows": _ragged,
    "a table of rows beyond": _beyond,
    "a table of bars": lambda size: f"{_HEAD}| a |\n|---|\n{'|' * size}\n",
    "a table of bars escaped": _repeated("\\|", "| a |\n|---|\n| "),
    "a table of one cell": lambda size: f"{_HEAD}| a |\n|---|\n| {'x ' * (size // 2)} |\n",
    "a table of code": lambda size: _table(size, 3, "`x`"),
    "a table of mistakes": lambda size: _table(size, 3, "<x1>"),
    "tables": _repeated("| a |\n|---|\n| b |\n\n"),
    "heads without tables": _repeated("| a | b |\n"),
    "rules of tables": _repeated("|---|---|\n"),
    "tables in items": _repeated("- | a |\n  |---|\n  | b |\n"),
    # lines, headings, files
    "a line": lambda size: f"{_HEAD}{'word ' * (size // 5)}\n",
    "a word": lambda size: f"{_HEAD}{'x' * size}\n",
    "lines": _repeated("word word\n"),
    "lines indented": _repeated("x\n    y\n"),
    "blank lines": lambda size: f"{_HEAD}x{chr(10) * size}\ny\n",
    "spaces": lambda size: f"{_HEAD}x{' ' * size}y\n",
    "tabs": lambda size: f"{_HEAD}{chr(9) * size}x\n",
    "tabs in lists": _repeated("-\tx\n"),
    "lines of a tab": _repeated("\tx\n"),
    "paragraphs": _repeated("word\n\n"),
    "a heading": lambda size: f"# T\n\n## {'word ' * (size // 5)}?\n\nx\n",
    "a heading of signs": lambda size: f"# T\n\n## {'#' * size} x\n\nx\n",
    "headings": _numbered(lambda i: f"## Q{i}\n\nx\n\n", above="# T\n\n"),
    "headings equal": _numbered(lambda _: "## Q\n\nx\n\n", above="# T\n\n"),
    "headings without text": _repeated("## Q\n"),
    "headings of every level": _repeated("# a\n## b\n### c\n#### d\n##### e\n###### f\n\nx\n"),
    "topics": _numbered(lambda i: f"# T{i}\n\nx\n\n", above=""),
    "headings with long trails": _numbered(
        lambda i: f"###### Q{i}\n\nx\n\n", above="# T\n## a\n### b\n#### c\n##### d\n"
    ),
    "headings that differ by a number": _numbered(
        lambda i: f"## Q {i % 7}\n\nx\n\n## Q-{i % 5}\n\nx\n\n", above="# T\n\n"
    ),
    "questions nearly equal": _numbered(
        lambda i: f"## What does the garbage collector do in step {i}?\n\nx\n\n", above="# T\n\n"
    ),
    "underlines": _repeated("x\n---\n"),
    "underlines below much": _repeated("x\n", end="==="),
    "underlines of one sign": _repeated("x\n=\n\n"),
    "hyphens": _repeated("-"),
    "rules": _repeated("---\n\n"),
    "rules in a line": _repeated("- - - "),
    "front matter": lambda size: f"---\ntags: [{'a, ' * (size // 3)}]\n---\n{_HEAD}x\n",
    "front matter nested": lambda size: f"---\ntags: {'[' * size}\n---\n{_HEAD}x\n",
    "front matter nested in lines": lambda size: (
        "---\n" + "".join(f"{' ' * i}a:\n" for i in range(max(2, int((2 * size) ** 0.5)))) + f"---\n{_HEAD}x\n"
    ),
    "front matter of aliases": lambda size: (
        "---\na0: &a0 [x]\n"
        + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, max(2, min(30, size // 20))))
        + f"tags: *a{max(1, min(29, size // 20 - 1))}\n---\n{_HEAD}x\n"
    ),
    "front matter of keys": lambda size: "---\n" + "".join(f"k{i}: v\n" for i in range(size // 8)) + f"---\n{_HEAD}x\n",
    "front matter unclosed": lambda size: "---\n" + "k: v\n" * (size // 5),
    "front matter of a text": lambda size: f"---\ntitle: {'x' * size}\n---\n{_HEAD}x\n",
    "navigation": _repeated("- [a](#b)\n"),
    "navigation in paragraphs": _repeated("[a](#b)\n\n"),
    "navigation in HTML": _repeated('<a href="#b">x</a>\n', "<div>\n"),
    # characters
    "control characters": _repeated("\x01\x02\x7f"),
    "NUL": _repeated("\0"),
    "combining characters": _repeated("\u0301", "a"),
    "overrides of direction": _repeated("\u202eabc"),
    "isolates of direction": _repeated("\u2067a"),
    "no width": _repeated("\u200b"),
    "no-break": _repeated("\u00a0x"),
    "Hebrew": _repeated("\u05d0\u05d1 a "),
    "Chinese": _repeated("\u6f22\u5b57"),
    "emoji": _repeated("\U0001f468\u200d\U0001f469"),
    "private use": _repeated("\ue000"),
    "soft hyphens": _repeated("a\u00ad"),
    "line separators": _repeated("a\u2028b\u0085"),
    "carriage returns": _repeated("a\r"),
    # all of it
    "all signs": _of_all("*_=~`<>[]()!|\\&$%^-"),
    "all signs in lines": _of_all("*_=~`<>[]()!|\\&$%^-# \n"),
}

MATHS: Mapping[str, Note] = {
    "dollars": _repeated("$"),
    "dollars and words": _repeated("$a"),
    "dollars and spaces": _repeated("$a $"),
    "formulas": _repeated("$a$ "),
    "formulas displayed": _repeated("$$a$$ "),
    "formulas in blocks": _repeated("$$\na\n$$\n\n"),
    "formulas unclosed in blocks": _repeated("x\n\n$$\n\n"),
    "formulas odd": _repeated("$$\nb $$\n", "a $$\n"),
    "formulas alone on lines": _repeated("$$\n", "x\n"),
    "formulas in quotes": _repeated("> $$\n> b $$\n", "> a $$\n"),
    "formulas with words behind": _repeated("$$\n\nx$$y\n"),
    "a formula of braces": _both("{", "}", "$$", "$$"),
    "a formula of braces unclosed": _repeated("{", "$$"),
    "a formula of braces and dollars": _repeated("{$x", "$$"),
    "a formula of fractions": _both("\\frac{", "}{y}", "$", "$"),
    "a formula of roots": _both("\\sqrt{", "}", "$", "$"),
    "a formula of powers": _both("x^{", "}", "$", "$"),
    "a formula of lefts": _both("\\left(", "\\right)", "$", "$"),
    "a formula of texts": _repeated("\\text{a}", "$", "$"),
    "a formula of signs": _repeated("x+", "$", "x$"),
    "a formula of commands": _repeated("\\alpha ", "$", "$"),
    "a formula of unknown commands": _repeated("\\nosuch ", "$", "$"),
    "a formula of a matrix": _repeated("a & b \\\\ ", "$$\\begin{matrix}", "\\end{matrix}$$"),
    "a formula of environments": _both("\\begin{matrix}", "\\end{matrix}", "$$", "$$"),
    "a formula of definitions": _repeated("\\newcommand{\\a}{\\a\\a}\\a ", "$$", "$$"),
    "formulas in tables": lambda size: _table(size, 3, "$a|b$"),
    "tables with formulas": _repeated("| a |\n|---|\n| $a|b$ |\n\n"),
    "dollars in a table": lambda size: _table(size, 3, "$a"),
    "backslashes in formulas": _repeated("\\\\", "$"),
    "shells": _repeated("$A:$B "),
}
