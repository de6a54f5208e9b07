"""The page of `preview` in Chromium: what it shows, with which keys, what hinders whom, and who is kept out.

`nox -s screens` runs this and puts the pictures into output/screens/preview/, to be looked at.
"""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

pytest.importorskip("playwright", reason="`nox -s screens` runs these")
pytest.importorskip("axe_playwright_python", reason="`nox -s screens` runs these")
pytest.importorskip("starlette", reason="the extra `live` is not installed")

from anki_import.folder import picture
from axe_playwright_python.sync_playwright import Axe
from interview_helper import project
from interview_helper.live.rounds import Rounds
from interview_helper.live.serving import Serving
from interview_helper.live.sheets import Printed
from interview_helper.live.showing import Showing

PICTURES = os.environ.get("SCREENS")
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
VIEWS = ("cards", "sheet", "next", "problems")
SOON = 20  # seconds
LETTERS = """# Letters

## What is A?
<!-- tags: early -->

The first letter, with `code` and ==a mark==.

```python
print("A", [letter for letter in "a long line of code that scrolls inside itself and never the page, on any phone"])
```

## Where do ==B==<!-- hint: second --> and ==C== stand?
<!-- card: cloze -->

Behind A.

## What is D?
<!-- card: reversed -->

The fourth letter.
<!-- source: any alphabet -->

## Nothing
"""
NUMBERS = """# Numbers

## What is $x^2$?

$$x \\cdot x$$

| name | means |
|---|---|
| x | a number |

> [!NOTE]
> With List<int> it is one, too.

![a square](square.png)

## What is a long answer?

""" + "\n\n".join(f"Line {number} of many." for number in range(60))


def settled(page, script, given=None):
    """Wait until a script of the test says so; Playwright's own way to wait is kept out by the policy of the page."""
    end = time.monotonic() + SOON
    while not page.evaluate(
        f"(given) => {{ const made = {script}; return Boolean(typeof made === 'function' ? made(given) : made); }}",
        given,
    ):
        assert time.monotonic() < end, script
        time.sleep(0.02)


class Preview:
    """A preview in this process, whose notes are saved by the test, and the page on it."""

    def __init__(self, folder, browser, size="desktop", scheme="light"):
        self.folder = folder
        self.rounds = Rounds(folder)
        self.showing = Showing(lambda span: f"vscode://file{folder}/{span.path}:{span.line}:{span.column}")
        self.first = self.taken()
        self.serving = Serving(self.showing)
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.goto(self.serving.address)
        self.page.wait_for_selector("#list [role=option]")
        settled(self.page, "document.getElementById('frame').contentDocument?.querySelector('.page')")

    def taken(self):
        made = self.rounds.taken(0)
        if made:
            self.showing.round(made)
        return made

    def save(self, name, text):
        """Have a note saved, and wait until the page has it."""
        version = self.page.evaluate("notes.version")
        (self.folder / name).write_text(text)
        self.taken()
        self.serving.tell()
        settled(self.page, "(version) => notes.version > version", version)

    def printed(self, output):
        """Have the sheet laid out and shown."""
        outcome = project.build(self.first.notes, self.first.plan, output, frozenset({"sheet"}))
        self.showing.printed(Printed(self.first.number, outcome), self.rounds.last)
        self.serving.tell()

    @property
    def card(self):
        """The words of the card that is shown."""
        return self.page.evaluate("document.getElementById('frame').contentDocument.body.innerText")

    @property
    def chosen(self):
        """The question that is chosen in the list."""
        return self.page.inner_text("[role=option][aria-selected=true] .question")

    def inside(self, script):
        """What a script of the test says of the card's document."""
        return self.page.evaluate(
            f"(() => {{ const card = document.getElementById('frame').contentDocument; {script} }})()"
        )

    def close(self):
        self.context.close()
        self.serving.close()


@pytest.fixture
def notes(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "deck.toml").write_text('title = "Letters and numbers"\nmath = true\n')
    (folder / "a.md").write_text(LETTERS)
    (folder / "b.md").write_text(NUMBERS)
    (folder / "square.png").write_bytes(picture("#1b667f", (60, 60)))
    return folder


@pytest.fixture
def opened(notes, browser):
    """What opens a preview of the notes in a size and a color scheme."""
    made = []

    def preview(*looks):
        made.append(Preview(notes, browser, *looks))
        return made[-1]

    yield preview
    for each in made:
        each.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_hinders_anybody(opened, notes, tmp_path, size, scheme):
    first = opened("desktop")
    (notes / "deck.lock").write_text(first.first.plan.lock)
    (notes / "a.md").write_text(
        LETTERS.replace("The first letter", "The very first letter").replace("What is D?", "What is F?")
    )
    preview = opened(size, scheme)
    preview.printed(tmp_path / "out")
    page = preview.page
    wrong = {}
    for view in VIEWS:
        page.click(f"#tab-{view}")
        if view == "sheet":
            settled(page, "[...document.images].length && [...document.images].every((each) => each.complete)")
        for turned in (False, True) if view == "cards" else (False,):
            if turned:
                page.keyboard.press("Space")  # the tab was clicked, so the key is the card's
                assert page.inner_text("#turn") == "Next"
                page.click('#width [value="phone"]') if size == "desktop" else None
            found = [*Axe().run(page).response["violations"]]
            name = f"{view}{'-answer' if turned else ''}"
            wrong |= {f"{name} {each['id']}": [node["html"] for node in each["nodes"]] for each in found}
            if PICTURES:
                page.screenshot(path=Path(PICTURES, "preview", f"{size}-{scheme}", f"{name}.png"))
    frame = page.frame(url="**/card.html")
    page.click("#tab-cards")
    for _ in range(len(preview.first.notes.cards) * 2):
        found = Axe().run(frame).response["violations"]
        # The question of a card is a line of the notes and no heading of a page.
        wrong |= {
            f"card {each['id']}": [n["html"] for n in each["nodes"]]
            for each in found
            if each["id"] != "page-has-heading-one"
        }
        page.keyboard.press("Space")
    assert wrong == {}
    assert preview.errors == []


@pytest.mark.parametrize(("scheme", "theme"), [("light", "light"), ("dark", "night")])
def test_the_theme_is_that_of_the_system_and_can_be_chosen(opened, scheme, theme):
    preview = opened("desktop", scheme)
    assert preview.page.get_attribute("html", "data-theme") == theme
    assert preview.inside("return card.body.classList.contains('nightMode')") == (theme == "night")
    preview.page.click('#theme [value="night"]')
    assert preview.page.get_attribute("html", "data-theme") == "night"
    assert preview.inside("return getComputedStyle(card.body).backgroundColor") == "rgb(22, 25, 29)"


def test_keys_are_those_of_anki_and_answer_nothing(opened):
    preview = opened()
    press = preview.page.keyboard.press
    assert "What is A?" in preview.card
    assert "The first letter" not in preview.card
    for key in "1234":
        press(key)
    assert "What is A?" in preview.card  # a question is not answered before its answer is seen
    press("Space")
    assert "The first letter" in preview.card
    press("3")
    assert "[second]" in preview.card
    press("Enter")
    press("Space")
    # Each blank is a card of its own.
    assert "B" in preview.card
    assert "[...]" in preview.card
    for key in ("Space", "1", "Space", "2"):
        press(key)
    assert "card 2 of 2" in preview.page.inner_text("#where")  # that of the other direction
    press("ArrowLeft")
    assert preview.chosen == "What is D?"
    # It is the same inside the card.
    preview.page.frame_locator("#frame").locator("body").click()
    press("Space")
    assert "The fourth letter." in preview.card


def test_it_works_with_the_keyboard_alone(opened):
    preview = opened()
    page = preview.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-sheet"
    assert page.is_visible("#sheet")
    page.keyboard.press("Home")
    page.keyboard.press("/")
    page.keyboard.type("long answer")
    assert preview.chosen == "What is a long answer?"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "list"
    page.keyboard.press("Space")
    assert "Line 59 of many." in preview.card
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.value || ''"))
    assert {
        "search",
        "topic",
        "tag",
        "kind",
        "code",
        "event",
        "list",
        "edit",
        "frame",
        "turn",
        "answers",
        "follow",
        "night",
    } <= reached


def test_a_blank_shows_what_stands_in_it_and_a_save_leaves_it_open(opened):
    preview = opened()
    preview.page.keyboard.press("Space")
    preview.page.keyboard.press("Space")
    assert "[second]" in preview.card
    preview.inside("card.querySelector('.cloze').focus()")
    preview.page.keyboard.press("Enter")
    assert "Where do B and C stand?" in preview.card
    assert preview.page.inner_text("#turn") == "Show answer"  # the key did that alone
    preview.save("a.md", LETTERS.replace("stand?", "stand now?"))
    assert "Where do B and C stand now?" in preview.card


def test_a_save_is_shown_at_once_and_keeps_the_place(opened):
    preview = opened()
    page = preview.page
    page.fill("#search", "long answer")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    preview.inside("card.defaultView.scrollTo(0, 700)")
    settled(page, "place.scroll === 700")
    preview.save("b.md", NUMBERS.replace("Line 40 of many", "Line 40 of a few"))
    assert "Line 40 of a few" in preview.card
    assert preview.inside("return card.defaultView.scrollY") == 700
    assert page.input_value("#search") == "long answer"
    assert page.inner_text("#found") == "1 of 5 cards"
    assert page.text_content("#said") == "Saved: 1 changed"  # for who does not see it
    assert page.evaluate("document.activeElement.id") == "list"
    page.reload()  # the browser's own
    settled(page, "document.getElementById('frame').contentDocument?.body?.innerText.includes('a few')")
    assert page.input_value("#search") == "long answer"
    settled(page, "document.getElementById('frame').contentWindow.scrollY === 700")


def test_a_card_keeps_its_place_while_its_heading_is_written(opened):
    preview = opened()
    preview.save("a.md", LETTERS + "\n## Wh\n\nAn answer.\n")
    preview.page.click("[role=option]:has(.question:text-is('Wh'))")
    assert preview.chosen == "Wh"
    preview.save("a.md", LETTERS + "\n## What is an answer?\n\nAn answer.\n")
    assert preview.chosen == "What is an answer?"


def test_a_card_that_is_gone_leaves_its_neighbor(opened):
    preview = opened()
    preview.page.click("[role=option] >> text=What is D?")
    preview.save("a.md", LETTERS[: LETTERS.index("## What is D")])
    assert preview.chosen in ("What is $x^2$?", "What is x^2?")


def test_who_follows_is_led_to_what_was_saved(opened):
    preview = opened()
    preview.page.check("#follow")
    preview.save("a.md", LETTERS.replace("The fourth", "The 4th"))
    assert preview.chosen == "What is D?"


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [
        ("topic", "Numbers", 2),
        ("tag", "early", 1),
        ("kind", "cloze", 1),
        ("event", "new", 5),
        ("code", "N004", 1),
    ],
)
def test_cards_are_found_by_topic_tag_kind_change_and_problem(opened, name, value, count):
    preview = opened()
    preview.page.select_option(f"#{name}", value)
    assert preview.page.locator("[role=option]").count() == count
    assert preview.page.locator("[role=option][aria-selected=true]").count() == 1
    if count < 5:
        preview.page.click("text=Show all")
    assert preview.page.locator("[role=option]").count() == 5


def test_what_is_wrong_leads_to_its_line_and_to_its_card(opened, notes):
    preview = opened()
    page = preview.page
    page.click("#tab-problems")
    row = page.locator("#problems li", has_text="N001")
    assert "'Nothing' has no answer" in row.inner_text()
    assert "^^^^^^^" in row.inner_text()
    assert row.locator("a").get_attribute("href") == f"vscode://file{notes}/a.md:23:4"
    page.locator("#problems li", has_text="N004").locator("button").click()
    assert preview.chosen.startswith("What is")
    assert page.is_visible("#cards")
    preview.save("a.md", LETTERS.replace("## Nothing\n", ""))
    assert page.locator("#problems li", has_text="N001").count() == 0


def test_what_the_next_import_does_is_told_in_the_words_of_diff(opened, notes):
    (notes / "deck.lock").write_text(opened().first.plan.lock)
    (notes / "a.md").write_text(LETTERS.replace("The fourth letter", "The 4th letter"))
    preview = opened()
    preview.page.click("#tab-next")
    row = preview.page.locator("#next li")
    assert row.count() == 1
    assert "changed" in row.inner_text()
    assert row.locator("del").inner_text() == "fourth"
    assert row.locator("ins").inner_text() == "4th"


def test_the_sheet_follows_when_it_is_ready(opened, tmp_path):
    preview = opened()
    preview.page.click("#tab-sheet")
    assert "being laid out" in preview.page.inner_text("#sheet")
    preview.printed(tmp_path / "out")
    settled(preview.page, "document.querySelector('.pages img')?.naturalWidth > 1000")
    assert preview.page.get_attribute(".pages img", "alt") == "Page 1 of 1 of letters-and-numbers.pdf"
    with preview.page.expect_response("**/letters-and-numbers.pdf") as answer:
        preview.page.evaluate("fetch(document.querySelector('#sheet h2 a').href)")
    assert answer.value.headers["content-type"] == "application/pdf"


def test_a_preview_that_has_ended_says_so(opened):
    preview = opened()
    preview.serving.close()
    preview.page.wait_for_selector("#connection[data-state=lost]", timeout=SOON * 1000)
    preview.errors.clear()  # the browser complains of it


class Elsewhere(BaseHTTPRequestHandler):
    """A site of another origin: a page, and whatever is asked for."""

    asked: ClassVar[list[str]] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Elsewhere</title><body>")

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    """The port of a site of another origin."""
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True).start()
        Elsewhere.asked.clear()
        yield server.server_port
        server.shutdown()


HOSTILE = (
    "<div class='page'><script>top.ran = 1</script><img src=x onerror='top.ran = 2'><svg onload='top.ran = 3'></svg>"
    "<a id=link href='javascript:top.ran = 4'>x</a><iframe srcdoc='<script>top.ran = 5</script>'></iframe>"
    "<form action='http://127.0.0.1:PORT'><button id=button>x</button></form>"
    "<style>@import url(http://127.0.0.1:PORT/s.css)</style><img src='http://127.0.0.1:PORT/p.png'></div>"
)


def test_nothing_runs_or_is_fetched_even_if_the_notes_could_hold_it(opened, elsewhere):
    preview = opened()
    hostile = HOSTILE.replace("PORT", str(elsewhere))
    preview.page.evaluate("(html) => { card().sides = [[html, html]]; drawCard(); }", hostile)
    preview.page.wait_for_timeout(300)
    preview.inside(
        "card.getElementById('button').click(); card.getElementById('link').target = ''; card.getElementById('link').click()"
    )
    preview.page.wait_for_timeout(300)
    assert preview.page.evaluate("window.ran") is None
    assert Elsewhere.asked == []


ATTACK = """async (address) => {
  const got = {};
  for (const mode of ['cors', 'no-cors', 'same-origin']) for (const path of ['', 'events', 'page.js', 'anki.css']) {
    try { got[`${mode} ${path}`] = await (await fetch(address + path, { mode, credentials: 'include' })).text(); } catch { }
  }
  await new Promise((done) => {
    const events = new EventSource(address + 'events');
    events.onmessage = (event) => { got.events = event.data; done(); };
    events.onerror = () => { events.close(); done(); };
  });
  for (const [name, attribute, path] of [['script', 'src', 'page.js'], ['img', 'src', 'icon.svg'], ['link', 'href', 'anki.css'], ['iframe', 'src', '']]) {
    await new Promise((done) => {
      const element = document.createElement(name);
      if (name === 'link') element.rel = 'stylesheet';
      element.onload = () => { if (name !== 'iframe') got[name] = 'loaded'; done(); };
      element.onerror = done;
      element[attribute] = address + path;
      document.body.append(element);
    });
  }
  try { got.framed = document.querySelector('iframe').contentDocument?.body?.innerText; } catch { }
  const other = open(address);
  await new Promise((done) => setTimeout(done, 500));
  try { got.opened = other.document.body.innerText; } catch { }
  return got;
}"""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_page_of_another_origin_gets_nothing_even_if_it_knows_the_address(opened, elsewhere, host):
    preview = opened()
    page = preview.context.new_page()
    page.goto(f"http://{host}:{elsewhere}/")
    got = page.evaluate(ATTACK, preview.serving.address)
    assert {name: words for name, words in got.items() if words} == {}
