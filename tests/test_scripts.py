"""Other scripts on the sheet: which fonts come in where ours lack a character, and that nothing else changes with them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pypdf
import pytest
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.ttLib import TTFont
from interview_helper import project
from interview_helper.cli import app
from interview_helper.model import Build, Deck, Library, Source, Span
from interview_helper.outputs.sheet import Layout, Named, Sheet, galleys, opentype, render
from interview_helper.outputs.sheet.direction import directed, seen
from interview_helper.outputs.sheet.faces import Faces
from interview_helper.outputs.sheet.markup import Markup
from interview_helper.parse import parse
from made_fonts import LEAST, STEP, colored, configured, font, saved, variable
from sheet.audit import audited
from typer.testing import CliRunner

NOTES = Path(__file__).parent / "notes" / "scripts.md"
SCRIPTS = NOTES.read_text(encoding="utf-8")
PLACE = Span("deck.toml", 2, 1, 2, 6)
LINE = "名前を聞くと漢字が浮かぶ" * 12

Installing = Callable[..., None]


@pytest.fixture
def installing(tmp_path, monkeypatch) -> Installing:
    """Make a system on which these font files are installed, and no others."""

    def install(**files: bytes) -> None:
        folder = tmp_path / f"system{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name, data in files.items():
            (folder / f"{name}.ttf").write_bytes(data)
        monkeypatch.setenv("FONTCONFIG_FILE", str(configured(folder)))

    return install


class Kept(dict[str, bytes]):
    """A cache in memory."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


def build(*notes: str, language: str = "en", title: str = "My deck") -> Build:
    parsed = [parse(Source(f"{chr(97 + n)}.md", text)) for n, text in enumerate(notes)]
    return Build(Deck("id", title, "my-deck", "", language), Library(tuple(p.document for p in parsed), {}), (), ())


def printed(*notes: str, named: tuple[Named, ...] = (), language: str = "en", **layout: Any) -> Sheet:
    return render(build(*notes, language=language), Layout(**layout), named=named)


def codes(sheet: Sheet) -> list[str]:
    return [diagnostic.code for diagnostic in sheet.diagnostics]


def characters(sheet: Sheet) -> list[dict[str, Any]]:
    with pdfplumber.open(BytesIO(sheet.pdf)) as book:
        return [character for page in book.pages for character in page.chars]


def set_in(sheet: Sheet) -> dict[str, str]:
    """The characters of each font that is none of ours, each once."""
    found: dict[str, set[str]] = {}
    for each in characters(sheet):
        name = each["fontname"].partition("+")[2]
        if not name.startswith(("IBMPlex", "DejaVu")):
            found.setdefault(name, set()).update(each["text"].strip())
    return {name: "".join(sorted(texts)) for name, texts in sorted(found.items())}


def embedded(sheet: Sheet) -> list[tuple[str, TTFont, bytes]]:
    """Name and file of each font that is none of ours, and its map from the numbers in the text to those in the file."""
    found = []
    for each in pypdf.PdfReader(BytesIO(sheet.pdf)).pages[0]["/Resources"]["/Font"].values():
        below = each["/DescendantFonts"][0]
        name = str(each["/BaseFont"]).partition("+")[2]
        if not name.startswith(("IBMPlex", "DejaVu")):
            file = TTFont(BytesIO(below["/FontDescriptor"]["/FontFile2"].get_data()))
            found.append((name, file, below["/CIDToGIDMap"].get_data()))
    return found


def widths(sheet: Sheet) -> dict[str, list[int]]:
    """How wide the squares of each font are that is none of ours."""
    found: dict[str, list[int]] = {}
    for name, file, _ in embedded(sheet):
        glyphs = [file["glyf"][glyph] for glyph in file.getGlyphOrder()]
        found[name] = sorted([*found.get(name, []), *(glyph.xMax for glyph in glyphs if glyph.numberOfContours)])
    return found


# --- what our own fonts have --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгґєії",
        "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩάέήίόύώϊϋΐΰςἐἀῇῶ",
        "אבגדהוזחטיךכלםמןנסעףפץצקרשת״׳־",
    ],
)
def test_cyrillic_greek_and_hebrew_need_no_other_font(script):
    sheet = printed(f"# {script}\n\n{script}\n\n```python\n# {script}\n```\n")
    assert sheet.diagnostics == ()
    assert {each for each in script if each not in {c["text"] for c in characters(sheet)}} == set()


@pytest.mark.parametrize(("letters", "most"), [("абвгдежзиклмн", 58), ("αβγδεζηθικλμν", 48), ("אבגדהוזחטיכלמ", 48)])
def test_a_line_of_code_is_about_as_long_in_other_scripts(letters, most):
    line = (letters * 9)[:most]
    assert codes(printed(f"# T\n\n```\n{line}\n```\n")) == []
    assert codes(printed(f"# T\n\n```\n{line}{letters}\n```\n")) == ["P004"]


# --- the test page ------------------------------------------------------------------------------------------------


def lacked(note: str) -> str:
    """The characters of a note that our fonts lack."""
    markup = Markup(build(note), Layout(), lambda: Faces().covered)
    return "".join(sorted(frozenset[str]().union(*map(markup.lacking, markup.topics))))


@pytest.fixture
def six(installing) -> Sheet:
    wanted = lacked(SCRIPTS)
    installing(
        jp=saved(font("Six Sans JP", wanted)),
        bold=saved(font("Six Sans JP", wanted, style="Bold", weight=700, tall=710)),
        kr=saved(font("Six Sans KR", wanted, cff=True, tall=720)),
        sc=saved(font("Six Sans SC", wanted, tall=730)),
    )
    return printed(SCRIPTS)


@pytest.mark.parametrize(
    "layout", [Layout(), Layout(columns=4, size=7.0), Layout(paper="Letter", columns=1, size=12.0)]
)
def test_nothing_is_wrong_with_a_sheet_in_six_scripts(six, layout):
    whole, leftwards = SCRIPTS, SCRIPTS.index("# עברית")
    for text in (whole, whole[:leftwards]):  # readers of PDF make what they will of lines that go both ways
        sheet = render(build(text), layout)
        assert audited(sheet.pdf, {"a.md": text}, layout, families=("SixSans",)) == []


def test_all_of_six_scripts_is_printed_in_fonts_for_them(six):
    text = "".join(each["text"] for each in characters(six))
    assert {each for each in SCRIPTS if not each.isspace()} - set(text) - set("#*`|[]-") - set(
        "https://docs.python.org/3/library/stdtypes.html"
    ) == set()
    assert "\N{REPLACEMENT CHARACTER}" not in text
    fonts = set_in(six)
    assert list(fonts) == ["SixSansJP-Bold", "SixSansJP-Regular", "SixSansKR-Regular", "SixSansSC-Regular"]
    assert "あ" not in fonts["SixSansSC-Regular"] + fonts["SixSansKR-Regular"], "each topic has the font of its script"
    assert "한" in fonts["SixSansKR-Regular"]
    assert set("日本語何") <= set(fonts["SixSansJP-Bold"]), "headings are set in the bold face"
    assert "挿" not in fonts["SixSansJP-Bold"]


def test_a_hint_names_each_font_of_the_system_at_the_first_character_set_in_it(six):
    hints = [(d.code, d.span.line, d.span.column) for d in six.diagnostics]
    lines = SCRIPTS.split("\n")
    assert hints == [("P007", lines.index(f"# {title}") + 1, 3) for title in ("日本語", "中文", "한국어")]
    first = six.diagnostics[0]
    assert first.message.startswith("characters such as '日' come from Six Sans JP, a font of this system: ")
    assert first.hint == 'write fonts = ["Six Sans JP"] below [sheet], or name a font file'


# --- font files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        saved(font("One", "字漢あ한ש𠀀")),
        saved(font("One", "字漢あ한ש𠀀", cff=True)),
        saved(font("None", "x"), font("One", "字漢あ한ש𠀀"), font("Two", "字漢あ")),
        saved(font("None", "x"), font("One", "字漢あ한ש𠀀", cff=True)),
        saved(font("One", "字漢あ한ש𠀀"), flavor="woff"),
        saved(font("One", "字漢あ한ש𠀀"), flavor="woff2"),
    ],
    ids=["ttf", "otf", "ttc", "otc", "woff", "woff2"],
)
def test_a_face_of_any_kind_of_file_is_embedded_as_it_is_drawn(file):
    named = (Named("own", PLACE, lambda: file),)
    sheet = printed("# 漢\n\n字 𠀀 漢字 x\n", named=named)
    assert sheet.diagnostics == ()
    assert set_in(sheet) == {"One-Regular": "字漢𠀀"}
    ((_, drawn, mapped),) = embedded(sheet)
    assert widths(sheet) == {"One-Regular": [LEAST, LEAST + STEP, LEAST + 5 * STEP]}
    numbers = [int.from_bytes(mapped[at : at + 2], "big") for at in range(0, len(mapped), 2)]
    assert sorted(number for number in numbers if number) == list(range(1, len(drawn.getGlyphOrder())))
    assert len(sheet.pdf) < 20_000


def test_the_weights_of_a_variable_font_are_those_of_the_text(installing):
    installing(v=saved(variable("Vary", "漢")))
    sheet = printed("# 漢\n\n漢\n")
    assert sheet.diagnostics[0].message.startswith("characters such as '漢' come from Vary,")
    assert widths(sheet) == {"Vary-Regular": [LEAST + 30, LEAST + 50]}, "at 400 and at 600, of 100 to 900"


@pytest.mark.parametrize(("language", "wider"), [("en", False), ("ja", True), ("zh", False)])
def test_the_language_of_the_deck_chooses_the_forms_of_characters(installing, language, wider):
    made = font("Local", "直骨")
    rules = "languagesystem DFLT dflt; languagesystem hani dflt; languagesystem hani JAN;"
    addOpenTypeFeaturesFromString(
        made, f"{rules} feature locl {{ script hani; language JAN; sub u76F4 by u9AA8; }} locl;"
    )
    installing(local=saved(made))
    assert widths(printed("# T\n\n直\n", language=language)) == {"Local-Regular": [LEAST + wider * STEP]}


# --- which font ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "language", "fonts", "chosen"),
    [
        ("漢字", "en", [("A", "漢"), ("B", "漢字")], ["B"]),
        ("漢字", "en", [("A", "漢"), ("B", "字")], ["A", "B"]),
        ("漢字", "en", [("B Sans", "漢字"), ("A Sans", "漢字")], ["A Sans"]),
        ("漢字", "en", [("A Serif", "漢字"), ("B", "漢字"), ("C Sans", "漢字")], ["C Sans"]),
        ("漢字", "en", [("A Sans Mono", "漢字"), ("B Sans", "漢字")], ["B Sans"]),
        ("漢字", "en", [("A Sans", "漢字", {"weight": 900}), ("B Serif", "漢字")], ["B Serif"]),
        ("漢字", "en", [("A Sans", "漢字", {"fsSelection": 1}), ("B Serif", "漢字")], ["B Serif"]),
        ("漢字", "en", [("A Sans", "漢字", {"usWidthClass": 3}), ("B Sans", "漢字")], ["B Sans"]),
        ("漢字", "en", [("A Sans", "漢字", {"fsType": 2}), ("B Serif", "漢字")], ["B Serif"]),
        ("漢字", "en", [("A Sans", "漢字", {"fsType": 0x100}), ("B Serif", "漢字")], ["B Serif"]),
        ("漢字", "en", [("Last Resort", "漢字"), ("Other", "漢字")], ["Other"]),
        ("漢字", "en", [("A JP", "漢字"), ("A KR", "漢字"), ("A SC", "漢字"), ("A TC", "漢字")], ["A SC"]),
        ("漢字", "ja", [("A JP", "漢字"), ("A KR", "漢字"), ("A SC", "漢字")], ["A JP"]),
        ("漢字", "ko-KR", [("A JP", "漢字"), ("A KR", "漢字"), ("A SC", "漢字")], ["A KR"]),
        ("漢字", "zh-Hant", [("A SC", "漢字"), ("A TC", "漢字"), ("A HK", "漢字")], ["A TC"]),
        ("漢字", "zh-HK", [("A SC", "漢字"), ("A TC", "漢字"), ("A HK", "漢字")], ["A HK"]),
        ("漢字", "zh_TW", [("A SC", "漢字"), ("A TC", "漢字")], ["A TC"]),
        ("漢ㄅ", "en", [("A SC", "漢ㄅ"), ("A TC", "漢ㄅ")], ["A TC"]),
        ("漢の", "zh", [("A SC", "漢の"), ("A JP", "漢の")], ["A JP"]),
        ("漢한", "ja", [("A JP", "漢한"), ("A KR", "漢한")], ["A KR"]),
        ("漢の", "en", [("A", "漢の", {"ulCodePageRange1": 1 << 18}), ("B", "漢の", {"ulCodePageRange1": 1 << 17})], ["B"]),
        ("漢の", "en", [("A", "漢の", {"ulCodePageRange1": 3 << 17}), ("B", "漢の", {"ulCodePageRange1": 1 << 17})], ["B"]),
        ("漢の", "en", [("A SC", "漢の"), ("B", "漢の")], ["B"]),
        ("ก", "ja", [("B", "ก"), ("A KR", "ก")], ["A KR"]),
        # A font with a few more characters, among them one that is not of the script, is no better.
        ("一二三四五六七八九十甲乙⯰", "ja", [("All", "一二三四五六七八九十甲乙⯰"), ("Z Sans JP", "一二三四五六七八九十甲乙")], ["All", "Z Sans JP"]),
        ("\ue000漢", "en", [("Icons", "\ue000"), ("B", "漢")], ["B"]),
    ],
)  # fmt: skip
def test_the_system_s_font_is_chosen_by_rules(installing, note, language, fonts, chosen):
    installing(
        **{
            f"f{n}": saved(font(name, has, **(options[0] if options else {})))
            for n, (name, has, *options) in enumerate(fonts)
        }
    )
    assert list(set_in(printed(f"# T\n\n{note}\n", language=language))) == [
        f"{n}-Regular".replace(" ", "") for n in chosen
    ]


def test_a_font_in_colors_a_broken_one_and_a_character_without_a_drawing_are_passed_over(installing):
    blank = font("Adobe", "漢")
    blank["glyf"]["u6F22"].__init__()
    broken = saved(font("Aaa", "漢字"))
    installing(
        colors=saved(colored("Aa", "漢字")),
        broken=broken[: len(broken) // 2],
        blank=saved(blank),
        fine=saved(font("Fine", "漢")),
    )
    sheet = printed("# T\n\n漢 字\n")
    assert set_in(sheet) == {"Fine-Regular": "漢"}
    assert [(d.code, d.message.split()[-2]) for d in sheet.diagnostics if d.code == "P001"] == [("P001", "'字'")]


def test_what_no_font_has_stays_what_it_was(installing):
    installing(other=saved(font("Other", "字")))
    sheet = printed("# T\n\n漢\n")
    assert codes(sheet) == ["P001"]
    assert set_in(sheet) == {}


# --- fonts in deck.toml -------------------------------------------------------------------------------------------


def test_named_fonts_come_first_in_their_order_and_need_no_hint(installing):
    installing(a=saved(font("A Sans", "漢字数")), b=saved(font("Beta", "漢字")))
    own = saved(font("Own", "漢"))
    named = (Named("own.ttf", PLACE, lambda: own), Named("beta", PLACE))
    sheet = printed("# T\n\n漢字数\n", named=named)
    assert set_in(sheet) == {"ASans-Regular": "数", "Beta-Regular": "字", "Own-Regular": "漢"}
    assert [(d.code, d.message.split()[3]) for d in sheet.diagnostics] == [("P007", "'数'")]


def test_a_bold_file_beside_the_regular_one_is_for_headings():
    files = [saved(font("Own", "漢")), saved(font("Own", "漢", style="Bold", weight=700))]
    named = tuple(Named(f"{n}.ttf", PLACE, lambda n=n: files[n]) for n in range(2))
    assert list(set_in(printed("# 漢\n\n漢\n", named=named))) == ["Own-Bold", "Own-Regular"]
    assert list(set_in(printed("# T\n\n漢\n", named=named))) == ["Own-Regular"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "it can't be read as a font"),
        (b"wOF2 broken", "it can't be read as a font"),
        (b"\0\1\0\0" + b"\xff" * 500, "it can't be read as a font"),
        (saved(font("Own", "漢"))[:300], "it can't be read as a font"),
        (saved(colored("Own", "漢")), "it is no font for text, with outlines in one color and a space"),
        (saved(font("Own", "漢", fsType=2)), "its maker does not allow that a document holds a part of it"),
        (None, "it is not installed on this system"),
    ],
)
def test_a_font_that_can_t_be_used_is_told_where_it_is_named(installing, file, words):
    installing(fine=saved(font("Fine", "漢")))
    named = (Named("own", PLACE, (lambda: file) if file is not None else None),)
    sheet = printed("# T\n\n漢\n", named=named)
    assert set_in(sheet) == {"Fine-Regular": "漢"}
    told = next(d for d in sheet.diagnostics if d.code == "P008")
    assert (told.span, told.message) == (PLACE, f"the sheet does without the font 'own': {words}")


def test_a_named_font_that_is_not_needed_is_not_looked_at():
    def read() -> bytes:
        raise AssertionError

    assert printed("# T\n\nx\n", named=(Named("own.ttf", PLACE, read), Named("gone", PLACE))).diagnostics == ()


def test_deck_toml_names_files_and_families(tmp_path, monkeypatch, installing):
    monkeypatch.chdir(tmp_path)
    installing(a=saved(font("System Sans", "字")))
    notes = tmp_path / "n"
    (notes / "fonts").mkdir(parents=True)
    (notes / "fonts" / "own.ttf").write_bytes(saved(font("Own", "漢")))
    (notes / "a.md").write_text("# T\n\n漢字 数\n\n# U\n<!-- tags: core -->\n\n数\n", encoding="utf-8")
    config = '[sheet]\nfonts = ["fonts/own.ttf", "System Sans", "Gone"]\n[[sheet.also]]\ntag = "core"\n'
    (notes / "deck.toml").write_text(config, encoding="utf-8")
    result = CliRunner().invoke(app, ["build", "n", "-o", "out", "--only", "sheet"])
    told = [line for line in result.stderr.split("\n") if line.startswith("n/")]
    assert [line.split()[:3] for line in told] == [
        ["n/a.md:3:4:", "warning", "P001"],
        ["n/a.md:8:1:", "warning", "P001"],
        ["n/deck.toml:2:1:", "warning", "P008"],
    ]
    assert set_in(Sheet((tmp_path / "out" / "n.pdf").read_bytes(), ())) == {
        "Own-Regular": "漢",
        "SystemSans-Regular": "字",
    }


def test_a_font_file_of_unlikely_size_is_an_error_at_its_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(project, "_MAX_FONT", 5)
    Path("n").mkdir()
    Path("n/a.md").write_text("# T\n\nx\n")
    Path("n/own.ttf").write_bytes(b"123456")
    Path("n/deck.toml").write_text('[sheet]\nfonts = ["own.ttf"]\n')
    result = CliRunner().invoke(app, ["check", "n"])
    assert "n/deck.toml:2:1: error C001 the font file 'own.ttf' is larger than 100 MB" in result.output


# --- what does not change -----------------------------------------------------------------------------------------

PLAIN = "# T\n\n## Q\n\nText with `code`, → α Ж and *more*.\n\n```python\nprint(1)  # ≤ ░\n```\n"


def test_notes_within_our_fonts_give_equal_bytes_with_any_fonts_of_the_system(tmp_path):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from test_scripts import PLAIN, printed;"
        "sys.stdout.buffer.write(printed(PLAIN).pdf)"
    )
    (tmp_path / "a.ttf").write_bytes(saved(font("IBM Plex Sans Condensed", "abcdeTxt→αЖ漢")))
    (tmp_path / "b.ttf").write_bytes(saved(font("DejaVu Sans", "abcdeTxt→αЖ漢")))
    here = str(Path(__file__).parent)
    with_fonts = os.environ | {"FONTCONFIG_FILE": str(configured(tmp_path))}
    without = os.environ | {"FONTCONFIG_FILE": str(tmp_path / "none")}
    pdfs = {
        subprocess.run([sys.executable, "-c", code, here], env=env, capture_output=True, check=True).stdout
        for env in (with_fonts, without, dict(os.environ))
    }
    assert len(pdfs) == 1
    assert pdfs.pop() == printed(PLAIN).pdf


def test_no_font_is_looked_for_where_none_is_needed(monkeypatch):
    monkeypatch.setattr("interview_helper.outputs.sheet.fallback.installed", None)
    monkeypatch.setitem(sys.modules, "uharfbuzz", None)
    assert printed(PLAIN).diagnostics == ()


def test_a_new_character_lays_out_its_topic_alone(installing, counted):
    installing(a=saved(font("A Sans", "漢字数値")))
    notes = ["# A\n\n漢\n", "# B\n\n字\n", "# C\n\nplain\n"]
    kept = Kept()
    first = render(build(*notes), Layout(), kept)
    counted.clear()
    edited = [notes[0], "# B\n\n字 数\n", notes[2]]
    second = render(build(*edited), Layout(), kept)
    assert len(counted) == 1
    assert second.pdf == render(build(*edited), Layout()).pdf, "as without a cache"
    assert render(build(*notes), Layout(), kept).pdf == first.pdf, "and back"


def test_other_fonts_lay_out_what_is_set_in_them_alone(installing, counted):
    installing(a=saved(font("A Sans", "漢字")))
    note = ["# A\n\n漢\n", "# B\n\nplain\n"]
    kept = Kept()
    own = saved(font("Own", "漢"))
    before = render(build(*note), Layout(), kept).pdf
    counted.clear()
    layout = Layout(fonts=("own.ttf",))
    after = render(build(*note), layout, kept, named=(Named("own.ttf", PLACE, lambda: own),)).pdf
    assert len(counted) == 1
    assert ">漢<" in counted[0]
    assert after != before
    counted.clear()
    installing(a=saved(font("A Sans", "漢")))  # another file by the same name
    render(build(*note), Layout(), kept)
    assert len(counted) == 1


def test_one_process_or_two_give_the_same_bytes(installing, monkeypatch):
    installing(a=saved(font("A Sans JP", "漢字数値の")), b=saved(font("B Sans KR", "漢한")))
    notes = [f"# {letter}\n\n{letter} text\n" for letter in "漢字数値の한"]
    monkeypatch.setattr(galleys, "_cores", lambda: 1)
    one = printed(*notes).pdf
    monkeypatch.setattr(galleys, "_cores", lambda: 2)
    assert printed(*notes).pdf == one


def test_a_sheet_of_ours_embeds_little(installing):
    reader = pypdf.PdfReader(
        BytesIO(printed((Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")).pdf)
    )
    files = [
        font["/DescendantFonts"][0]["/FontDescriptor"].raw_get("/FontFile2").get_object()
        for font in reader.pages[0]["/Resources"]["/Font"].values()
    ]
    assert sum(len(file._data) for file in files) < 60_000


# --- lines --------------------------------------------------------------------------------------------------------


def lines(sheet: Sheet, wanted: str) -> list[list[dict[str, Any]]]:
    """The lines that show some of these characters, each from left to right."""
    found: dict[float, list[dict[str, Any]]] = {}
    for each in characters(sheet):
        if each["text"] in wanted:
            found.setdefault(round(each["matrix"][5]), []).append(each)
    return [sorted(line, key=lambda each: each["x0"]) for _, line in sorted(found.items(), reverse=True)]


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_lines_end_between_characters_without_a_hyphen(installing, language):
    installing(a=saved(font("A Sans", lacked(LINE))))
    layout = Layout(contents=False, columns=4)
    sheet = printed(f"# T\n\n{LINE}\n", language=language, contents=False, columns=4)
    found = lines(sheet, LINE)
    assert "".join(each["text"] for line in found for each in line) == LINE
    assert "-" not in {each["text"] for each in characters(sheet)}
    for line in found[:-1]:
        assert line[-1]["x1"] - line[0]["x0"] > layout.column - 3 * layout.size, "the line is full"


def test_the_end_of_a_line_in_the_notes_is_no_space_between_such_characters(installing):
    installing(a=saved(font("A Sans", "漢字한")))
    sheet = printed("# T\n\n漢\n字 **漢**\n字한\n한 a\nb\n字\n", contents=False)
    text = "".join(each["text"] for each in characters(sheet))
    assert text[text.index("漢") :].startswith("漢字 漢字한 한 a b 字")


def test_a_cell_of_such_characters_has_no_long_word(installing):
    installing(a=saved(font("A Sans", "漢字")))
    table = f"| a | b | c | d |\n|---|---|---|---|\n| {'漢字' * 12} | {'漢字' * 9} | x | {'字' * 20} |\n"
    sheet = printed(f"# T\n\n{table}\n")
    sizes = {each["size"] for each in characters(sheet) if each["text"] in "漢字"}
    assert min(sizes) == pytest.approx(8.3 * 0.95, abs=0.01), "so the table is not made smaller"


# --- from right to left -------------------------------------------------------------------------------------------


def at(sheet: Sheet, word: str) -> float:
    """Where a word that occurs once begins, in points from the left: a Hebrew one at its right."""
    found = characters(sheet)
    text = "".join(each["text"] for each in found)
    backwards = "֐" <= word[0] <= "׿"
    start = text.index(word[::-1] if backwards else word)
    return float(found[start + len(word) - 1]["x1"] if backwards else found[start]["x0"])


def test_a_hebrew_paragraph_goes_from_right_to_left_with_all_that_is_in_it():
    sheet = printed("# T\n\nאחת **שתיים** `code` *שלוש* ארבע five.\n", contents=False)
    order = ["אחת", "שתיים", "code", "שלוש", "ארבע", "five"]
    places = [at(sheet, word) for word in order]
    assert places == sorted(places, reverse=True)
    assert places[0] > Layout().column - 30, "it begins at the right"
    assert at(sheet, ".") < at(sheet, "five"), "and ends with its full stop at the left"


def test_an_english_paragraph_with_hebrew_words_goes_from_left_to_right():
    sheet = printed("# T\n\nOne **אחת** two `code` three.\n", contents=False)
    places = [at(sheet, word) for word in ("One", "אחת", "two", "code", "three")]
    assert places == sorted(places)


def test_lists_and_tables_of_hebrew_begin_at_the_right():
    sheet = printed("# T\n\n1. פריט\n2. עוד\n\n| שם | ערך |\n|---|---|\n| אלף | 1 |\n", contents=False)
    assert at(sheet, ".1") > at(sheet, "פריט")
    assert at(sheet, "שם") > at(sheet, "ערך")


def test_a_block_goes_the_way_of_most_of_its_letters():
    html = (
        "<p>Python היא שפה</p><p><code>print</code> היא</p><p>Only words</p><p>12</p><ul><li>אב<p>a</p></li></ul>"
        "<nav><p>אבג</p></nav>"
    )
    assert re.findall(r"<(?!span)(\w+)(?: dir=\"(\w+)\")?>", directed(html)) == [
        ("p", "ltr"),
        ("p", "rtl"),
        ("code", ""),
        ("p", "ltr"),
        ("p", ""),
        ("ul", "rtl"),
        ("li", "rtl"),
        ("p", "ltr"),
        ("nav", ""),
        ("p", ""),
    ]
    assert directed("<p>a") == "<p>a"
    assert directed("</p><p>א</div>") == '</p><p><span data-actual="א">א</span></div>'


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("No such letters (1)", "No such letters (1)"),
        ("3 אבג", "גבא 3"),
        ("אבג 12 דה", "הד 12 גבא"),
        ("אב (ועוד)", "(דועו) בא"),
        ("What is אב גד?", "What is דג בא?"),
        ("אבגד C++ הו", "וה ++C דגבא"),
        ("אָב", "באָ"),
        ("1 Python אב", "1 Python בא"),
        ("אב?", "?בא"),
    ],
)
def test_a_title_in_the_head_of_a_page_is_seen_in_its_order(words, shown):
    assert seen(words) == shown


def test_the_heads_of_pages_show_titles_in_other_scripts(installing):
    installing(a=saved(font("A Sans", "漢字"), font("A Sans", "漢字", style="Bold", weight=700)))
    notes = [
        "# 漢字\n" + "".join(f"\n## Q{n}\n\nText\n" for n in range(120)),
        "# אבג דה\n\nx\n\n## Q\n\n" + "x\n\n" * 40,
    ]
    sheet = render(build(*notes, title="字"), Layout(contents=False))
    with pdfplumber.open(BytesIO(sheet.pdf)) as book:
        heads = ["".join(each["text"] for each in page.chars if each["top"] < 40) for page in book.pages[1:]]
    assert heads[0].startswith("1 漢字")
    assert "הד גבא 2" in heads[-1]
    assert all("字" in head for head in heads)
    assert "?" not in "".join(heads)


# --- robustness ---------------------------------------------------------------------------------------------------


def test_no_broken_font_stops_the_program():
    whole = saved(font("Own", "漢字"), font("Own", "漢字", cff=True))
    for at_byte, value in [(n * len(whole) // 150, byte) for n in range(150) for byte in (0, 0x7F, 0xFF)]:
        data = bytearray(whole)
        data[at_byte : at_byte + 3] = bytes([value] * 3)
        for broken in (bytes(data), bytes(data[: at_byte + 8])):
            for each in opentype.faces(broken):
                if each.usable and each.has("漢字"):
                    assert isinstance(each.cut("漢字"), bytes)
                    assert each.drawn([0, *(glyph for glyph, _ in each.glyphs("漢字").values())])
                    assert each.measures()["name"]
