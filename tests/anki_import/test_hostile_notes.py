"""Whatever a note says, and wherever: Anki shows it as it is written and acts on nothing, and so does a reader of PDF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdf
import pytest
from interview_helper.elements import TAGS

from anki_import.folder import Folder, picture
from anki_import.sandbox import Sandbox, words

NOW = 1_700_000_000

ACTED_ON = (
    "[sound:a.mp3]",
    "[SOUND:a.mp3]",
    "[latex]x[/latex]",
    "[$]x[/$]",
    "[$$]x[/$$]",
    "[anki:tts lang=en_US]x[/anki:tts]",
    "[anki:play:q:0]",
    "[[type:Answer]]",
    "[[type:cloze:Text]]",
    "{{c1::x}}",
    "{{c1::x::y}} }} {{",
    "{{Answer}}",
    "{{#Answer}}x{{/Answer}}",
    "{{tts en_US:Answer}}",
    "{{FrontSide}}",
    "<<x>>",
)
PLACES = {
    "the heading": "## {}\n\nx\n",
    "the trail": "## {}\n\n### Q\n\nx\n",
    "the text": "## Q\n\n{}\n",
    "a code span": "## Q\n\n`{}`\n",
    "a block of code": "## Q\n\n```text\n{}\n```\n",
    "the language of code": "## Q\n\n```{}\nx\n```\n",
    "the source": "## Q\n<!-- source: {} -->\n\nx\n",
    "a link": "## Q\n\n[{}](https://example.org)\n",
    "an address": "## Q\n\n[x](<https://example.org/{}>)\n",
    "the title of a link": "## Q\n\n[x](https://example.org '{}')\n",
    "the words of a picture": "## Q\n\n![{}](x.png)\n",
    "the words of a picture that is gone": "## Q\n\n![{}](gone.png)\n",
    "an attribute": '## Q\n\n<abbr title="{}">x</abbr>\n',
    "the width of a picture": '## Q\n\n<img src="x.png" width="{}">\n',
    "a table": "## Q\n\n| {} |\n|---|\n| {} |\n",
    "a formula": "## Q\n\na $x{}y$ b\n",
    "a blank": "## Q\n<!-- card: cloze -->\n\na =={}== b\n",
    "beside a blank": "## Q {}\n<!-- card: cloze -->\n\na ==b== {} `{}`\n",
    "a hint": "## Q\n<!-- card: cloze -->\n\na ==b==<!-- hint: {} --> c\n",
    "both sides": "## {}\n<!-- card: reversed -->\n\n{}\n",
    "tags": "## Q\n<!-- tags: {} -->\n\nx\n",
    "an id": "## Q\n<!-- id: {} -->\n\nx\n",
}
WHOLE = ("the heading", "the text", "a code span", "a block of code", "both sides")  # where all of it is words


def _number(row: dict[str, Any]) -> int:
    """That of a card's file."""
    return int(Path(row["path"]).stem)


def rendered(anki: Sandbox, guid: str) -> list[str]:
    """All sides of all cards of a note."""
    return [side for card in anki.cards(guid) for side in (card.question(reload=True), card.answer())]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[dict[str, Any]], Sandbox]]:
    """All that Anki acts on in all places, in a profile."""
    folder = Folder(tmp_path_factory.mktemp("acting"))
    folder.write("deck.toml", "math = true\n")
    for at, place in enumerate(PLACES.values()):
        folder.write(f"{at}/x.png", picture("red"))
        for number, said in enumerate(ACTED_ON):
            folder.write(f"{at}/{number}.md", f"# Topic {number}\n\n{place.replace('{}', said)}")
    with Sandbox() as anki:
        assert anki.imported(folder.build(NOW)) == {"new": len(ACTED_ON) * len(PLACES)}
        yield folder.rows(), anki


def test_a_profile_with_all_of_it_is_sound(imported: tuple[list[dict[str, Any]], Sandbox]) -> None:
    _, anki = imported
    assert not anki.problems()
    assert anki.empty_cards() == 0


@pytest.mark.parametrize("place", PLACES)
def test_anki_acts_on_nothing_that_stands_in(place: str, imported: tuple[list[dict[str, Any]], Sandbox]) -> None:
    cards, anki = imported
    at = str(list(PLACES).index(place))
    rows = [row for row in cards if Path(row["path"]).parent.name == at]
    for row, said in zip(sorted(rows, key=_number), ACTED_ON, strict=True):
        for card in anki.cards(row["id"]):
            assert card.question_av_tags() == []
            assert card.answer_av_tags() == []
        for field in anki.note(row["id"]).fields:
            assert not re.search(r"\[(sound:|anki:|/?latex\]|/?\$\$?\]|\[?type:)", field, re.IGNORECASE)
        sides = rendered(anki, row["id"])
        for side in sides:
            assert "[[type:" not in side.lower()
            assert 'class="latex"' not in side
        if place in WHOLE:
            # Between dollars there is a formula, and between two brackets a link.
            assert said in "".join(map(words, sides)) or (said.startswith(("[$", "[[")) and "code" not in place)


def test_the_names_of_notes_and_of_a_deck_are_names(folder: Folder, anki: Sandbox) -> None:
    names = ("[sound:a.mp3].md", "{{c1::x}}.md", "[latex]x[$].md", "a b;c'd.md")
    for name in names:
        folder.write(name, "## Q\n\nx\n")
    title = 'Notes [sound:a.mp3] {{Answer}} <b>"x"</b> & \\u0001\\u001f\\t y'
    folder.write("deck.toml", f"title = '''{title}'''\n".replace("'''", '"').replace('"x"', '\\"x\\"'))
    assert anki.imported(folder.build(NOW)) == {"new": len(names)}
    decks = {anki.deck(guid) for guid in folder.ids().values()} | {anki.deck(row["id"]) for row in folder.rows()}
    assert len(decks) == 1
    assert "\x1f" not in next(iter(decks))
    for row in folder.rows():
        assert anki.cards(row["id"])[0].question_av_tags() == []


@pytest.mark.parametrize("title", ["A::B", "::A", "A::", "::", " A ", '"', "A\\u001fB", "A\\nB", "A" * 200, "\\u202eA"])
def test_a_deck_of_any_title_is_imported_as_one(title: str, folder: Folder, anki: Sandbox) -> None:
    folder.write("deck.toml", f"title = '{title}'\n" if "\\" not in title else f'title = "{title}"\n')
    folder.write("a.md", "# T\n\n## A\n\nx\n\n## B\n\nx\n")
    assert anki.imported(folder.build(NOW)) == {"new": 2}
    assert len({anki.deck(guid) for guid in folder.ids().values()}) == 1
    assert not anki.problems()
    assert anki.imported(folder.build(NOW)) == {"duplicate": 2}


def test_what_is_gone_is_words_as_well(folder: Folder, anki: Sandbox) -> None:
    keeps = "# T\n\n## Kept\n\nx\n"
    for number, said in enumerate(ACTED_ON):
        folder.write(f"{number}.md", f"# T\n\n## {said} =={said}==\n<!-- card: cloze -->\n\nx\n\n## {said}\n\nx\n")
    folder.write("z.md", keeps)
    anki.imported(folder.build(NOW))
    guids = [row["id"] for row in folder.rows() if Path(row["path"]).name != "z.md"]
    for number in range(len(ACTED_ON)):
        folder.write(f"{number}.md", "")
    anki.imported(folder.build(NOW + 100))
    for guid in guids:
        note = anki.note(guid)
        assert any(tag.endswith("::retired") for tag in note.tags)
        for card in anki.cards(guid):
            assert card.question_av_tags() + card.answer_av_tags() == []
            assert "[[type:" not in card.answer().lower()


HOSTILE = [
    *(f"[w]({scheme}x)" for scheme in ("javascript:", "JaVaScRiPt:", "vbscript:", "data:text/html,", "file:///etc/", "blob:", "about:")),
    "[w](java&#115;cript:x)",
    "[w](java&Tab;script:x)",
    "[w](<java\tscript:x>)",
    "[w](<\x01javascript:x>)",
    "[w](&#x6A;avascript&colon;x)",
    "[w](%6Aavascript:x)",
    "[w](//example.org/x)",
    "[w](\\\\\\\\example.org\\\\x)",
    "[w](smb://example.org/x)",
    "[w](ms-msdt:/id)",
    "[w](anki:x)",
    "[w](note:x)",
    "<javascript:alert(1)>",
    "<file:///etc/passwd>",
    "[w][r]\n\n[r]: javascript:x",
    "![w](javascript:x)",
    "![w](data:text/html,x)",
    "![w](file:///etc/passwd)",
    "![w](../../../etc/passwd)",
    *(
        f'<a href="{address}">w</a>'
        for address in ("javascript:x", " javascript:x", "java\nscript:x", "java&#10;script:x", "&#1;javascript:x", "jav&#x61;script:x", "javascript&colon;x", "feed:javascript:x", "view-source:x", "file:/x", "http&colon;//example.org/javascript:x")
    ),
    "<a href=javascript:x>w</a>",
    "<a href='https://example.org' onclick='x' target=_blank ping=https://example.org>w</a>",
    "<a xlink:href='javascript:x'>w</a>",
    "<a HREF='javascript:x' href='https://example.org'>w</a>",
    "<img src=x.png onerror=alert(1)>",
    "<img src=x.png onerror&#61;alert(1)>",
    "<img/src=x.png/onerror=alert(1)>",
    "<img src='x.png' srcset='https://example.org/a.png 2x' sizes=1 loading=lazy>",
    "<img src='https://example.org/a.png'>",
    "<img src='x.png' style='background:url(https://example.org)'>",
    "<img src='x.png' title='\"><script>alert(1)</script>'>",
    '<img src="x.png" alt="&quot;><img src=y onerror=alert(1)>">',
    "<p style='position:fixed;background:url(javascript:x)' id=answer class=card>w</p>",
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<svg onload=alert(1)><script>x</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<base href='https://example.org/'>",
    "<meta http-equiv=refresh content='0;url=https://example.org'>",
    "<link rel=stylesheet href='https://example.org/x.css'>",
    "<style>*{background:url(https://example.org)}</style>",
    "<iframe srcdoc='<script>x</script>' src='https://example.org'></iframe>",
    "<object data=x></object><embed src=x><applet code=x></applet>",
    "<form action='https://example.org'><input autofocus onfocus=x><button formaction=javascript:x>b</button></form>",
    "<video src=x poster=javascript:x></video><audio src=x onplay=y></audio>",
    "<details open ontoggle=alert(1)><summary>w</summary>x</details>",
    "<body onload=alert(1)>",
    "<div data-kind='math' data-x=y>w</div>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[><img src=x onerror=alert(1)>]]>",
    "<?php <img src=x onerror=alert(1)> ?>",
    "<table background=javascript:x><td background=javascript:x>w</table>",
    "<font color=red onmouseover=x>w</font><marquee onstart=x>w</marquee>",
    "`<img src=x onerror=alert(1)>` and **<b onmouseover=x>w</b>**",
    "| <img src=x.png onerror=x> |\n|---|\n| [w](javascript:x) |",
    "```html\n<img src=x onerror=alert(1)>\n```",
    '```x" onmouseover="alert(1)\nw\n```',
    '[w](https://example.org/"onmouseover="x "t\\" onclick=\\"x")',
    "[w](https://example.org/'><script>x</script>)",
    "$x<img src=x onerror=alert(1)>y$ $\\href{javascript:x}{w}$ $\\unicode{x}$",
    "==w=={onclick=x} <mark onclick=x data-hint='<script>'>w</mark>",
]  # fmt: skip
ATTRIBUTES = {"align", "alt", "class", "colspan", "data-language", "height", "href", "id", "open", "rowspan", "span"}
ATTRIBUTES |= {"src", "start", "title", "value", "width"}


class Acting(HTMLParser):
    """What could act in HTML, as a browser takes it apart."""

    def __init__(self, html: str, pictures: set[str]) -> None:
        super().__init__()
        self.pictures, self.found = pictures, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in TAGS or len(values) < len(attrs) or not values.keys() <= ATTRIBUTES:
            self.found.append((tag, attrs))
        if not re.match(r"https?://|mailto:", values.get("href") or "https://"):
            self.found.append((tag, attrs))
        if "src" in values and values["src"] not in self.pictures:
            self.found.append((tag, attrs))
        if "id" in values and values["id"] != "answer":
            self.found.append((tag, attrs))

    def handle_comment(self, data: str) -> None:
        self.found.append(("<!--", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("<!", decl))

    def handle_pi(self, data: str) -> None:
        self.found.append(("<?", data))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("<![", data))


def test_nothing_in_html_or_a_link_acts_on_a_card(folder: Folder, anki: Sandbox) -> None:
    folder.write("deck.toml", "math = true\n")
    folder.write("x.png", picture("red"))
    for number, said in enumerate(HOSTILE):
        row = said.split("\n")[0]
        folder.write(f"{number}.md", f"# {number} {row}\n\n## Q {row}\n<!-- source: {row} -->\n\n{said}\n")
    result = folder.built(NOW)
    assert result.exit_code == 0, result.stderr
    assert set(anki.imported(folder.package.read_bytes())) == {"new"}
    pictures = set(anki.media())
    assert len(pictures) == 1
    rows = folder.rows()
    assert set(map(_number, rows)) == set(range(len(HOSTILE)))
    for row in rows:
        for side in rendered(anki, row["id"]):
            html = re.sub(r"\A<style>.*?</style>", "", side, flags=re.DOTALL)
            assert Acting(html, pictures).found == [], HOSTILE[_number(row)]


def test_the_check_sees_what_acts() -> None:
    for html in (
        "<img src=x>",
        "<p onclick=x>",
        "<a href='javascript:x'>",
        "<script>",
        "<!-- -->",
        "<p id=x>",
        "<b a a>",
    ):
        assert Acting(html, set()).found


def actions(book: pypdf.PdfReader) -> list[dict[str, object]]:
    """All that a reader of a PDF may be asked to do, wherever it stands."""
    found = []
    for number in range(1, book.trailer["/Size"]):
        try:
            item = book.get_object(number)
        except pypdf.errors.PdfReadError:
            continue  # a number that no object has
        if isinstance(item, dict) and item.get("/Type") != "/StructElem":
            assert (
                not {"/OpenAction", "/AA", "/JavaScript", "/JS", "/EmbeddedFiles", "/EF", "/XFA", "/AcroForm"}
                & item.keys()
            )
            found += [item["/A"].get_object()] if "/A" in item else []
            found += [item] if item.get("/Type") == "/Action" else []
    return found


@pytest.mark.filterwarnings("ignore")  # pypdf of numbers that no object has
def test_no_link_of_the_sheet_leads_to_anything_but_the_web(folder: Folder) -> None:
    folder.write("deck.toml", "math = true\n")
    folder.write("x.png", picture("red"))
    acting = '<svg xmlns="http://www.w3.org/2000/svg" onload="x"><a href="javascript:x"><rect width="9" height="9"/></a></svg>'
    folder.write("x.svg", acting)
    text = "".join(
        f"## {number}\n\n{said}\n\n"
        for number, said in enumerate((*HOSTILE, "![](x.svg)", "[w](https://example.org/fine)"))
    )
    folder.write("a.md", f"# T\n\n{text}")
    result = folder.run("build", folder.notes, "-o", folder.output, "--only", "sheet", now=NOW)
    assert result.exit_code == 0, result.stderr
    (path,) = folder.output.glob("*.pdf")
    addresses = []
    for action in actions(pypdf.PdfReader(path)):
        assert action["/S"] in ("/URI", "/GoTo")
        addresses += [str(action["/URI"])] if "/URI" in action else []
    assert all(re.match(r"https?://|mailto:", address) for address in addresses), addresses
    assert "https://example.org/fine" in addresses
    assert not re.search(rb"/Launch|/JavaScript|/GoToR|/SubmitForm|/ImportData", path.read_bytes())
