"""Unknown words, as a writer of notes meets them: which are told, where, and what to type."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from interview_helper import prose, spelling
from interview_helper.cli import app
from interview_helper.config import Spelling, configured
from interview_helper.model import Source
from interview_helper.parse import parse
from typer.testing import CliRunner

ROOT = Path(__file__).parent.parent
ASKED = "[spelling]\n"


class Words:
    """A dictionary of these words, in any case."""

    def __init__(self, words: str) -> None:
        self.words = frozenset(words.split())

    def knows(self, word: str) -> bool:
        return word.lower() in self.words

    def meant(self, word: str) -> list[str]:
        return [known for known in sorted(self.words) if known[0] == word[0]]


@pytest.fixture(scope="module")
def english():
    return spelling.dictionary("en", ROOT)


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """What `check` says of notes: code, place and words of each."""
    monkeypatch.chdir(tmp_path)

    def check(note: str, toml: str = ASKED, **files: str | bytes) -> list[str]:
        for name, content in {"note.md": note, "deck.toml": toml, **files}.items():
            data = content if isinstance(content, bytes) else content.encode()
            Path(name.replace("_txt", ".txt")).write_bytes(data)
        said = CliRunner().invoke(app, ["check", ".", "--format", "json"])
        assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
        return [
            f"{d['path']}:{d['line']}:{d['column']}-{d['end_column']} {d['code']} {d['message']} | {d['hint']}"
            for d in json.loads(said.stdout)
        ]

    check.folder = tmp_path
    return check


def card(answer: str, heading: str = "Why?") -> str:
    return f"## {heading}\n\n{answer}\n"


def unknown(note: str, dictionary, own: spelling.Vocabulary | None = None, *, maths: bool = False) -> list[str]:
    """The words that are told, each by what stands at its place in the note."""
    source = Source("note.md", note)
    lines = note.split("\n")
    own = own or spelling.Vocabulary()
    found = spelling.misspelt([parse(source, maths=maths).document], dictionary, own, file="words.txt", maths=maths)
    return [lines[d.span.line - 1][d.span.column - 1 : d.span.end_column - 1] for d in found]


# --- check --------------------------------------------------------------------------------------------------------


def test_the_misspelt_word_of_the_seed_is_found_and_mended(checked):
    """`yeld` stands on line 19, in quotation marks, and what is meant is named."""
    said = checked((ROOT / "tests/notes/seed.md").read_text("utf-8"))
    told = [each for each in said if "yeld" in each]
    assert told == [
        "note.md:19:11-15 W001 no dictionary has 'yeld' | write yield, or add it to words.txt if it is right"
    ]


def test_spelling_is_off_unless_it_is_asked_for(checked):
    """Nobody who has not asked is told, or waits for a dictionary."""
    assert checked(card("We yeld."), toml="") == []


def test_check_without_spelling_does_not_load_the_spell_checker(tmp_path):
    """It takes time and may not be installed."""
    (tmp_path / "note.md").write_text(card("We yeld."))
    script = (
        "import sys\nfrom interview_helper.cli import app\n"
        f"try: app(['check', {str(tmp_path)!r}])\nexcept SystemExit: pass\n"
        "print('spylls' in sys.modules, 'interview_helper.spelling' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.split()[-2:] == ["False", "False"]


def test_a_build_says_nothing_of_words(checked):
    """Who builds wants the deck, not another reading of the notes."""
    checked(card("We yeld."))
    said = CliRunner().invoke(app, ["build", ".", "--only", "deck", "-o", str(checked.folder / "out")])
    assert said.exit_code == 0
    assert "W001" not in said.output


def test_a_word_in_words_txt_is_right(checked):
    assert checked(card("We yeld."), words_txt="# ours\nyeld # so it is\n") == []


def test_the_file_of_own_words_may_have_another_name(checked):
    assert checked(card("We yeld."), toml='[spelling]\ndictionary = "ours.txt"\n', ours_txt="yeld\nyeldable") == []
    said = checked(card("We yeldably."), toml='[spelling]\ndictionary = "ours.txt"\n')
    assert said == [
        "note.md:3:4-12 W001 no dictionary has 'yeldably' | write yeldable, or add it to ours.txt if it is right"
    ]


def test_a_formula_hides_no_word_from_its_place(checked):
    toml = "math = true\n[spelling]\n"
    said = checked(card("Where $x yeld x$ is a yeld"), toml=toml)
    assert [each.split(" W001")[0] for each in said] == ["note.md:3:23-27"]


def test_a_deck_with_a_spelling_of_its_own_is_not_flooded(checked):
    said = checked("\n".join(card("The colour and the colour.", f"Why {n}?") for n in range(4)))
    message = "no dictionary has 'colour' (here and 7 times more)"
    assert said == [f"note.md:3:5-11 W001 {message} | write color, or add it to words.txt if it is right"]


def test_w001_can_be_ignored(checked):
    assert checked(card("We yeld."), toml='ignore = ["W001"]\n[spelling]\n') == []


def test_our_own_notes_have_no_unknown_word():
    """They are checked, and say so in deck.toml."""
    assert configured((ROOT / "source/deck.toml").read_bytes())[0].spelling == Spelling()
    said = CliRunner().invoke(app, ["check", str(ROOT / "source"), "--format", "json"])
    assert [d for d in json.loads(said.stdout) if d["code"].startswith("W")] == []


# --- what can't be checked -----------------------------------------------------------------------------------------


def test_a_language_without_a_dictionary_is_told_where_it_is_asked_for(checked, monkeypatch):
    from spylls.hunspell import Dictionary

    monkeypatch.setattr(Dictionary, "PATHES", [])
    assert checked(card("We yeld."), toml='[spelling]\nlanguage = "tlh"\n') == [
        "deck.toml:2:1-9 W002 there is no dictionary for the language 'tlh' | write one of en-US, ru, sv-SE, or put "
        "tlh_TLH.aff and tlh_TLH.dic of LibreOffice into the notes folder"
    ]


@pytest.mark.parametrize("language", ["", "../../etc", "/x"])
def test_a_language_of_the_deck_that_is_none_is_told(checked, monkeypatch, language):
    """deck.toml takes any text for one."""
    from spylls.hunspell import Dictionary

    monkeypatch.setattr(Dictionary, "PATHES", [])
    (said,) = checked(card("We yeld."), toml=f'language = "{language}"\n[spelling]\n')
    assert said.startswith(
        f"deck.toml:2:2-10 W002 there is no dictionary for the language '{language}' | write one of en-US"
    )


def test_the_language_is_that_of_the_deck_if_none_is_given(checked):
    said = checked(card("Ett ord. Worte."), toml='language = "sv"\n[spelling]\n')
    assert [each.split(" |")[0] for each in said] == [
        "note.md:1:4-7 W001 no dictionary has 'Why'",
        "note.md:3:10-15 W001 no dictionary has 'Worte'",
    ]


GERMAN = {
    "de_DE.aff": "SET UTF-8\nTRY esianrtolcdugmphbyfvkwäüöß\nSFX N Y 1\nSFX N 0 n .\n",
    "de_DE.dic": "2\nWort\nStraße/N\n",
}


def test_a_dictionary_in_the_notes_folder_serves_its_language(checked):
    for name, content in GERMAN.items():
        Path(name).write_text(content, "utf-8")
    said = checked(card("Straßen, Strassen", "Wort?"), toml='language = "de"\n[spelling]\n')
    assert [each.split(" |")[0] for each in said] == ["note.md:3:10-18 W001 no dictionary has 'Strassen'"]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # spylls leaves open what it fails to read
def test_a_dictionary_that_cant_be_read_is_told(checked):
    Path("de_DE.aff").write_text("SET UTF-8\nSFX N Y many\n")
    Path("de_DE.dic").write_text("1\nWort\n")
    (said,) = checked(card("Wort"), toml='[spelling]\nlanguage = "de"\n')
    gc.collect()  # now, while it may warn
    assert said.startswith("deck.toml:2:1-9 W002 the dictionary de_DE can't be read: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (b"\xef\xbb\xbffine\n\xff\n", "words.txt:2:1-2 W002 byte 0xff is no UTF-8 | save words.txt as UTF-8"),
        (b"fine\n\xff\n", "words.txt:2:1-2 W002 byte 0xff is no UTF-8 | save words.txt as UTF-8"),
        (
            b"yeld\n  two words # no\n",
            "words.txt:2:3-12 W002 'two words' is more than one word | write each on a line of its own",
        ),
    ],
)
def test_own_words_that_cant_be_read_are_told_at_their_place(checked, words, told):
    Path("words.txt").write_bytes(words)
    assert checked(card("We wait.")) == [told]


def test_strict_takes_spelling_that_cant_be_checked_as_an_error_and_unknown_words_as_hints(checked):
    """A hint is never more than that; but notes that are checked in CI are checked, or CI fails."""
    for words, code in (("yeld two\n", 1), ("wait\n", 0)):
        Path("note.md").write_text(card("We yelld."))
        Path("deck.toml").write_text(ASKED)
        Path("words.txt").write_text(words)
        assert CliRunner().invoke(app, ["check", ".", "--strict"]).exit_code == code


def test_a_file_of_own_words_that_is_not_there_is_told_if_it_was_named(checked):
    assert checked(card("We wait."), toml='[spelling]\ndictionary = "ours.txt"\n') == [
        "deck.toml:2:1-11 W002 the notes folder has no file 'ours.txt' | put it there, a word a line"
    ]


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        (
            '[spelling]\nlanguage = "../de"\n',
            'deck.toml:2:1-9 C001 language can\'t be "../de" | write a code such as "en"',
        ),
        (
            "[spelling]\ndictionary = 1\n",
            'deck.toml:2:1-11 C001 dictionary must be a text in quotes | write dictionary = "words.txt"',
        ),
        (
            "[spelling]\nwords = 1\n",
            "deck.toml:2:1-6 C001 'words' is no key of [spelling] | use one of language, dictionary",
        ),
        (
            "spelling = true\n",
            "deck.toml:1:1-9 C001 spelling must be a table | write [spelling], and its keys below it",
        ),
    ],
)
def test_wrong_keys_are_told_where_they_stand(checked, toml, told):
    assert checked(card("We wait."), toml=toml) == [told]


# --- what is looked up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("A yeld, a second yeld.", ["yeld", "yeld"]),
        ("Yeld! It YELDs; the yeld's end.", ["Yeld", "yeld"]),
        ("A well-knwon, non-yeldable thing", ["knwon", "yeldable"]),
        ("It doesnt, it doesn't, it doesn\N{RIGHT SINGLE QUOTATION MARK}t", ["doesnt"]),
        ("an iterator's and iterators' end", []),
        ("Half of wo\N{SOFT HYPHEN}rds, of wo&shy;rds", []),
        ("**y**eld and *wa*it", ["y**eld"]),
        ("`yeld` and `recieve`s and `x`-wiat", ["wiat"]),
        ("    yeld = 1", []),
        ("```\nyeld\n```", []),
        ("see https://yeld.example/recieve or www.yeld.com or a@yeld.org", []),
        ("[we wait](https://yeld.org 'yeld') [wiat](recieve.md)", ["wiat"]),
        ("<https://yeld.org>", []),
        ("yeld_it, yeldIt, yeld.it, __yeld__, yeld(), @yeld, --yeld, $YELD, yeld2, /yeld/it, src/yeld.py, .yeld", []),
        ("and/yeld, yeld/or", ["yeld", "yeld"]),
        ("C\N{EM DASH}yeld\N{EM DASH}D", ["yeld"]),
        ("HTPT and HTPTs and HTPT's", []),
        ("v3.14rc1, 3rd, 12th, x86", []),
        ("this \u043c\u043e\u0440\u0435 and \u6d77 and \u03b1\u03b2\u03b3", []),
        ("a naive caf\u00e9x, cafe\u0301x", ["caf\u00e9x", "cafe\u0301x"]),
        ("![a yeld](x.png 'recieve')", ["yeld"]),
        ("<img src='x.png' alt='a yeld &amp; recieve'>", ["yeld", "recieve"]),
        ("<b>yeld</b> <code>yeld</code> <kbd>yeld</kbd>\n\n<pre>\nyeld\n</pre>", ["yeld"]),
        ("<details><summary>A yeld</summary>\n\nrecieve\n\n</details>", ["yeld", "recieve"]),
        ("<!-- yeld --> <!-- tags: recieve -->", []),
        ("%%yeld%% We wait.", []),
        ("We wait.\n<!-- yeld -->", []),
        ("List<yeld> and <class 'yeld'>", []),
        ("> [!NOTE] A yeld\n> recieve", ["yeld", "recieve"]),
        ("| yeld | b |\n|---|---|\n| a \\| recieve | c |", ["yeld", "recieve"]),
        ("1. yeld\n   - recieve\n     > wiat", ["yeld", "recieve", "wiat"]),
        ("==yeld== ==c2:cat== ==c1:recieve==<!-- hint: wiat -->", ["yeld", "recieve"]),
        ("[[yeld page]] and [[wiat|recieve it]]", ["yeld", "recieve"]),
        ("[[#Yeld it]] and [[Wait#Recieve]]", ["Yeld", "Recieve"]),
        ("wait\\\nyeld  \nrecieve", ["yeld", "recieve"]),
        ("\\*yeld\\* &lt;recieve &quot;wiat&quot;", ["yeld", "wiat"]),
        ("x < yeld", ["yeld"]),
        ("yeld&eacute; recieve", ["yeld&eacute;", "recieve"]),
        ("a &fjlig; `b`\nyeld [recieve](x.md) <b>wiat</b>", ["fj", "yeld", "recieve", "wiat"]),
        ("<kbd>yeld</kbd> yeld <b>recieve</b>", ["yeld", "recieve"]),
        ("![a yeld|120](x.png)", ["yeld"]),
        ("~~yeld~~ H <sub>recieve</sub>", ["yeld", "recieve"]),
    ],
)
def test_prose_is_looked_up_and_nothing_else(answer, told, english):
    assert unknown(card(answer), english) == told


def test_headings_are_looked_up_without_their_numbering(english):
    assert unknown("# Yelding\n\nAn intro yeld.\n\n## Q12: Why recieve `yeld`?\n\nWait.\n", english) == [
        "Yelding",
        "yeld",
        "recieve",
    ]


def test_the_title_in_the_name_of_a_file_is_no_prose(english):
    note = parse(Source("10-yelding.md", "We wait.\n\n## Why?\n\nWait.\n")).document
    assert list(spelling.misspelt([note], english, spelling.Vocabulary(), file="words.txt")) == []


def test_what_nobody_wrote_as_prose_is_not_looked_up():
    """The name of a callout is its title, and the name of a picture its words, where there is no other."""
    note = card("> [!yeld-it]\n> the ![[recieve.png]] ![[wiat.png|300]]\n\n> [!yeld] a yeld")
    assert unknown(note, Words("why the a")) == ["yeld"]


def test_navigation_inside_an_element_is_not_looked_up_either(english):
    note = "## Yeld\n\n<div>\n\n[yeld](#yeld)\n\na yeld\n\n</div>\n"
    found = spelling.misspelt([parse(Source("n.md", note)).document], english, spelling.Vocabulary(), file="words.txt")
    assert [d.span.line for d in found] == [1, 7]


def test_code_that_markdown_takes_for_prose_is_not_told_as_well(english):
    note = card("<div>\n<code>\n\nyeld\n\n</code>\n\nyeld\n\n</div>")
    assert unknown(note, english) == ["yeld"]


def test_formulas_are_not_looked_up(english):
    assert unknown(card("Here $yeld$ and\n\n$$\nrecieve\n$$\n\nand a yeld."), english, maths=True) == ["yeld"]


def test_navigation_is_not_looked_up(english):
    assert unknown("# A\n\n- [Yelding](#yelding)\n\n## Yelding\n\nWait.\n", english) == ["Yelding"]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("yeld", ["Recieve"]),
        ("Yeld", ["yeld", "yeld", "yelds", "Recieve"]),
        ("yeld\nrecieve", []),
        ("YELD\nRecieve", ["yeld", "yeld", "Yeld", "yelds"]),
    ],
)
def test_own_words_hold_in_any_case_if_they_are_in_lower_case(own, told):
    vocabulary, wrong = spelling.vocabulary("words.txt", own)
    assert wrong == ()
    assert unknown(card("a yeld, a Yeld, a yeld's and yelds: Recieve"), Words("why a and"), vocabulary) == told


def test_however_a_letter_is_encoded_it_is_the_same_letter():
    """Composed or not; an apostrophe straight or not; a hyphen in any of its ways, or soft."""
    vocabulary, _ = spelling.vocabulary("words.txt", "caf\u00e9\nnai\u0308ve\no\u2019clock\npre-fork\n")
    written = "cafe\u0301 caf\u00e9 na\u00efve o'clock o\u2019clock pre\u2011fork pre\u2010fork o\u00ad'clo\u00adck"
    assert unknown(card(written), Words("why"), vocabulary) == []


def test_plurals_of_own_words_are_right():
    vocabulary, _ = spelling.vocabulary("words.txt", "mutex\ncoroutine\nAnki\n")
    assert unknown(
        card("mutexes, mutex's, coroutines, Coroutines', Anki's, coroutinees"), Words("why"), vocabulary
    ) == ["coroutinees"]


def test_a_compound_may_be_in_the_dictionary_as_a_whole():
    assert unknown(card("a pre-fork, a pre-spawn"), Words("why a pre-fork spawn")) == ["pre"]


def test_many_words_with_hyphens_between_them_are_looked_up_one_by_one(english, monkeypatch):
    """Hunspell would try all ways of taking them apart: with 30 of them, for ever."""
    asked = []
    lookup = english.read.lookup
    monkeypatch.setattr(english.read, "lookup", lambda word: asked.append(word) or lookup(word))
    assert unknown(card("-".join(["words"] * 30 + ["wrods"])), english) == ["wrods"]
    assert max(map(len, asked)) == len("words")


def test_a_word_that_no_dictionary_has_is_not_looked_up(english, monkeypatch):
    """The time would go with the square of its letters."""
    monkeypatch.setattr(english.read, "lookup", pytest.fail)
    assert [english.knows(word) for word in ("w" * 101, "字" * 101)] == [False, True]


def test_the_own_words_are_meant_before_all_others():
    vocabulary, _ = spelling.vocabulary("words.txt", "coroutine")
    source = parse(Source("note.md", card("A corutine. Corutines"))).document
    found = spelling.misspelt([source], Words("why a cure"), vocabulary, file="words.txt")
    assert [d.hint.split(",")[0] for d in found] == ["write coroutine", "write Coroutine"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("yeld", "yield"), ("Yeld", "Yield"), ("teh", "the"), ("pyhton", "python"), ("funtions", "functions")],
)
def test_what_is_meant_is_named_as_the_word_is_written(word, meant, english):
    assert next(english.meant(word)).lower() == meant.lower()
    assert next(english.meant(word)).istitle() == word.istitle()


def test_a_word_that_only_looks_like_two_is_not_cut(english):
    assert all(each.isalpha() for each in english.meant("setuptools"))


def test_words_that_are_hardly_alike_are_not_meant(english):
    """Hunspell would offer Asuncion, after half a second."""
    assert list(english.meant("asyncio")) == []


def test_nothing_is_meant_by_a_word_too_long_for_a_reader():
    """To look for it would take seconds."""
    document = parse(Source("note.md", card(f"{'w' * 30} {'w' * 31}"))).document
    found = spelling.misspelt([document], Words("why"), spelling.Vocabulary(), file="words.txt")
    assert [d.hint.startswith("write ") for d in found] == [True, False]


WIAT = ("wiat wiat", "wiat wiat", "wiat")


def test_a_word_with_many_places_is_told_once_with_their_number():
    """Five are told at their places; a sixth would flood who has another spelling for good."""
    documents = [parse(Source(f"{i}.md", card(f"yeld yeld {words}"))).document for i, words in enumerate(WIAT)]
    found = spelling.folded(spelling.misspelt(documents, Words("why"), spelling.Vocabulary(), file="words.txt"))
    assert [(d.span.path, d.span.column, d.message) for d in found] == [
        ("0.md", 1, "no dictionary has 'yeld' (here and 5 times more)"),
        ("0.md", 11, "no dictionary has 'wiat'"),
        ("0.md", 16, "no dictionary has 'wiat'"),
        ("1.md", 11, "no dictionary has 'wiat'"),
        ("1.md", 16, "no dictionary has 'wiat'"),
        ("2.md", 11, "no dictionary has 'wiat'"),
    ]


def test_what_is_meant_is_told_of_the_first_words_only():
    """It takes time for each; a deck in another language would wait for minutes."""
    letters = "abcdefghij"
    words = [f"{a}q{b}q" for a in letters for b in letters]
    document = parse(Source("note.md", card(" ".join(words)))).document
    found = list(
        spelling.misspelt([document], Words(f"why {' '.join(letters)}"), spelling.Vocabulary(), file="words.txt")
    )
    assert [d.hint.startswith("write ") for d in found] == [True] * 50 + [False] * 50


# --- places -------------------------------------------------------------------------------------------------------


def test_a_word_without_a_place_of_its_own_is_told_at_its_block():
    """An entity that HTML knows without its semicolon is none for Markdown, and two letters are one there."""
    note = card("A w&#111;rd and\n\n<p>the fjord &fjlig;eld</p>")
    document = parse(Source("note.md", note)).document
    found = list(
        spelling.misspelt([document], Words("why a word and the fjord"), spelling.Vocabulary(), file="words.txt")
    )
    assert [(d.span.line, d.span.column, d.span.end_column) for d in found] == [(5, 1, 28)]


_FRAMES = (
    "{}",
    "**{}**",
    "*{}*,",
    "({})",
    "\N{LEFT DOUBLE QUOTATION MARK}{}\N{RIGHT DOUBLE QUOTATION MARK}",
    "~~{}~~",
    "=={}==",
    "==c1:{}==",
    "[{}](https://example.org/a_b)",
    "[the `code` {}][ref]",
    "![the {}](x.png)",
    "{}'s",
    "<b>{}</b>",
    "&amp; {}",
    "\\# {}",
    "`{}` {}",
    "[[{}]]",
    "[[page|{}]]",
    "\U0001f40d {}",
    "\u6f22\u5b57 {}",
    "<kbd>x</kbd> {}",
    "the <!-- {} --> {}",
    "__init__ {}",
    "the [^1] {}",
)
_IN_HTML = ("{}", "({})", "<b>{}</b>", "&amp; {}", "{}'s", "<kbd>x</kbd> {}", "<!-- {} --> {}", "<code>{}</code> {}")
_BLOCKS = (
    "{}",
    "- {}\n",
    "1. a\n\n   {}\n",
    "> {}\n",
    "> - {}\n",
    "> [!TIP] {}\n> a\n",
    "| a | b |\n|---|---|\n| x \\| y | {} |\n",
    "a  {}\n   b {}\n",
    "-\t{}\n",
    "### {}\n\na\n",
    "<div>\n{}\n</div>\n",
    "<details>\n<summary>a</summary>\n\n{}\n\n</details>\n",
    "  {}  \na\n",
    "> a\nlazy {}\n",
)


@pytest.mark.parametrize("seed", range(60))
def test_every_place_covers_its_word(seed):
    """All that markup can do around a word: each is found, and its columns are those of the word in the note."""
    random = Random(seed)
    planted: list[str] = []

    def word() -> str:
        made = "zq" + "".join(random.choice("abcdefgh") for _ in range(6))
        planted.append(made)
        return made

    def filled(frame: str, hidden: bool) -> str:
        if hidden:  # the first of two is code or a comment: the same word there is no prose
            same = word()
            return frame.format(same, same)
        return frame.format(*(word() for _ in range(frame.count("{}"))))

    def text(allowed: tuple[str, ...]) -> str:
        frames = random.choices(allowed, k=random.randint(1, 4))
        return " the ".join(filled(frame, frame.count("{}") == 2) for frame in frames)

    note = "## Why?\n\n"
    for _ in range(8):
        block = random.choice(_BLOCKS)
        made = block.format(*(text(_IN_HTML if "<div>" in block else _FRAMES) for _ in range(block.count("{}"))))
        note += f"{made}\n\n"
    note += "[ref]: https://example.org\n"
    lines = note.split("\n")
    known = Words("why a b the x y page lazy tip code init \u6f22\u5b57")
    document = parse(Source("note.md", note)).document
    found = list(spelling.misspelt([document], known, spelling.Vocabulary(), file="words.txt"))
    told = [lines[d.span.line - 1][d.span.column - 1 : d.span.end_column - 1] for d in found]
    shown = " ".join(prose.text(block.html) for block in spelling._blocks(document))
    assert sorted(told) == sorted(each for each in planted if each in shown), note
    # Where the same word is hidden right before it, the place is that of the one that is read.
    for d in found:
        before = lines[d.span.line - 1][: d.span.column - 1]
        assert not before.endswith(("`", "<!-- ", "<code>")), (note, d)
