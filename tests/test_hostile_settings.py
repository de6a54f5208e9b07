"""Front matter and `deck.toml` of a stranger: each mistake at its place, and none that takes memory, time or the program."""

from __future__ import annotations

import tomllib

import pytest
import yaml
from interview_helper import config, frontmatter
from interview_helper.cli import app
from interview_helper.model import Source
from interview_helper.parse import parse
from typer.testing import CliRunner


def front(matter: str) -> list[tuple[str, int, str]]:
    """What is said of front matter: code, line, words."""
    parsed = parse(Source("a.md", f"---\n{matter}\n---\n\n# T\n\n## Q\n\nx\n"))
    assert [section.title.text for section in parsed.document.topics[0].sections] == ["Q"]
    return [(d.code, d.span.line, d.message) for d in parsed.diagnostics]


def deck(text: str) -> list[tuple[int, int, str]]:
    """What is said of a `deck.toml`: line, column, words."""
    _, found = config.configured(text.encode())
    assert {d.code for d in found} <= {"C001"}
    return [(d.span.line, d.span.column, d.message) for d in found]


LAUGHS = "\n".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 60))


@pytest.mark.parametrize(
    ("matter", "said"),
    [
        (f"x0: &x0 [ha]\n{LAUGHS}\ntags: *x59", ("M006", 61, "tags is no text or list of texts")),
        ("tags: &a\n  - *a", ("M006", 2, "tags is no text or list of texts")),
        ("title: &a\n  b: &c\n    d: *a\n    e: *c", ("M006", 2, "title is no text")),
        ("title: " + "[" * 5_000, ("M005", 2, "the front matter is broken: it has more than 50 levels")),
        (
            "\n".join(" " * n + "a:" for n in range(300)),
            ("M005", 51, "the front matter is broken: it has more than 50 levels"),
        ),
        ('title: "\\UFFFFFFFF"', ("M005", 2, "the front matter is broken: it is no YAML")),
        ('title: "\\U00110000"', ("M005", 2, "the front matter is broken: it is no YAML")),
        ("tags: *gone", ("M005", 2, "the front matter is broken: found undefined alias 'gone'")),
        ("a: b\na: &c d\ntitle: *c\ntitle: x", ("M004", 5, "title is given twice")),
        ("x: " + "word " * 20_000, ("M005", 1, "the front matter is longer than 64 kB")),
    ],
    ids=str.split("laughs itself in-one-another flow block wide no-character gone twice long"),
)
def test_hostile_front_matter_is_told_at_its_line_and_the_card_is_built(matter, said):
    assert said in front(matter)


def test_front_matter_makes_no_objects():
    for tag in ("!!python/object/apply:os.system ['exit 1']", "!!python/name:os.system", "!!binary eA=="):
        assert front(f"title: {tag}") in ([], [("M006", 2, "title is no text")])


def test_too_much_front_matter_is_not_even_scanned(monkeypatch):
    scanned = []
    monkeypatch.setattr(yaml, "compose", lambda content, **_: scanned.append(content))
    assert len(front("x: " + "y" * frontmatter._LONGEST)) == 1
    assert scanned == []
    front("x: y")
    assert len(scanned) == 1


MANY = "\n".join(f"k{number} = 1" for number in range(3_000))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 10_000, (1, "no valid TOML: maximum recursion depth exceeded")),
        ("\na = " + "{a = " * 5_000, (2, "no valid TOML: maximum recursion depth exceeded")),
        ("\nsize = " + "9" * 5_000, (2, "no valid TOML: Exceeds the limit (4300 digits)")),
        ("[sheet]\npages = 0x" + "f" * 20_000, (2, "no valid TOML: a number has more than 64 bits")),
        ("[sheet]\ncolumns = [[1, {a = 9223372036854775808}]]", (2, "no valid TOML: a number has more than 64 bits")),
        ("\n" + ".".join(["a"] * 10_000) + " = 1", (2, "a key with more than 16 dots")),
        ("\n[" + " . ".join(['"a b"'] * 10_000) + "]", (2, "a key with more than 16 dots")),
        ("a = 1\na = 2", (2, "no valid TOML: Cannot overwrite a value")),
        ("[sheet]\n[sheet]", (2, "no valid TOML: Cannot declare ('sheet',) twice")),
        ("title = '\0'", (1, "no valid TOML: Found invalid character '\\x00'")),
        (MANY, (1, "'k0' is no key of deck.toml")),
        ("[[sheet.also]]\nname = 'a'\n" * 60, (101, "more than 50 sheets")),
    ],
    ids=str.split("deep tables digits hex number dotted header twice table nul many sheets"),
)
def test_a_hostile_deck_toml_is_told_at_its_line(text, said):
    assert any((line, words[: len(said[1])]) == said for line, _, words in deck(text))


def test_a_file_full_of_mistakes_is_read_a_few_times(monkeypatch):
    read = []
    loads = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", lambda text: read.append(len(text)) or loads(text))
    assert len(deck(MANY)) == config._TOLD
    assert sum(read) < 100 * len(MANY)
    read.clear()
    assert len(deck("title = '" + "titel " * 8_000 + "'\ntitel = 1")) == 1
    assert sum(read) < 10 * 50_000


def test_words_with_dots_are_no_keys():
    assert deck('title = "1.2.3.4.5.6.7.8.9"\nauthor = "see www.a.b.c.example.org"') == []


def test_a_deck_toml_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "a.md").write_text("# T\n\n## Q\n\nx\n", encoding="utf-8")
    (tmp_path / "n" / "deck.toml").write_text(f"title = 'T' # {'x' * config.LARGEST}", encoding="utf-8")
    result = CliRunner().invoke(app, ["check", "n"], catch_exceptions=False)
    assert result.exit_code == 2
    assert "deck.toml:1:1: error C001 it is larger than 64 kB" in result.stdout.replace("\\", "/")
