"""From save to a reloaded preview: a card of some 400 is edited, and Chromium shows it anew; against a whole cold build.

    python benchmarks/live.py [RUNS]

Prints medians. What is timed begins before the note is written and ends when the browser has painted the card. Needs
Playwright and a Chromium on PATH.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import corpus
import measure

SECTIONS = 310  # with those below them, a little more than 400 cards
SECONDS, SHARE = 0.3, 0.15
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PAINTED = """(words) => new Promise((done) => {
  const card = document.getElementById('frame').contentDocument;
  const look = () => {
    if (!card.body.textContent.includes(words)) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.timeOrigin + performance.now())));
  };
  const observer = new MutationObserver(look);
  observer.observe(card.body, { childList: true, subtree: true, characterData: true });
  look();
})"""


@contextmanager
def previewed(notes: Path) -> Iterator[str]:
    """Within it, a preview of the notes is at an address."""
    command = [sys.executable, "-m", "interview_helper", "preview", str(notes), "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            Thread(target=process.stdout.read).start()  # who says much would wait for somebody to hear it
            yield address
        finally:
            process.terminate()


def seconds(notes: Path, runs: int) -> tuple[list[float], list[float]]:
    """How long each of the edits took to the card, and to the sheet."""
    from playwright.sync_api import sync_playwright

    browser = next(filter(None, map(shutil.which, CHROMIUM)))
    cards, sheets = [], []
    with previewed(notes) as address, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page()
        page.goto(address)
        page.check("#answers")
        page.wait_for_selector(".pages img", state="attached", timeout=300_000)
        name, _, line = page.inner_text("#edit").rpartition(":")  # of the card that is shown
        lines = (notes / name).read_text(encoding="utf-8").removesuffix("\n").split("\n")
        for run in range(runs + 1):
            time.sleep(1)  # as long as somebody types at least
            words = f"edit number {run}."
            seen = page.evaluate_handle(f"(words) => ({{ painted: ({PAINTED})(words) }})", words)
            sheet = page.evaluate("document.querySelector('.pages img').getAttribute('src')")
            text = "\n".join([*lines[: int(line)], "", words, "", *lines[int(line) :]])
            start = time.time()
            (notes / name).write_text(text, encoding="utf-8", newline="\n")
            painted = page.evaluate("(seen) => seen.painted", seen) / 1000
            while page.evaluate("document.querySelector('.pages img').getAttribute('src')") == sheet:
                time.sleep(0.02)
            if run:  # the first loads what all others have
                cards.append(painted - start)
                sheets.append(time.time() - start)
        chromium.close()
    return cards, sheets


def main(runs: int = 15) -> None:
    """Measure and print."""
    if not any(map(shutil.which, CHROMIUM)):
        print("there is no Chromium: nothing is measured")
        return
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CACHE_HOME"] = str(Path(scratch, "cache"))
        notes = corpus.written(SECTIONS, Path(scratch, "notes"))
        build = [sys.executable, "-m", "interview_helper", "build", str(notes), "-o", scratch, "--no-cache"]
        whole = statistics.median(measure.spent(build).wall for _ in range(3))
        cards, sheets = seconds(notes, runs)
    card, sheet = statistics.median(cards), statistics.median(sheets)
    print(f"a whole cold build of 400 cards:     {whole:6.2f} s")
    print(f"from save to the card, painted:      {card:6.3f} s (bound {SECONDS}; slowest {max(cards):.3f})")
    print(f"from save to the card / whole build: {card / whole:6.3f}   (bound {SHARE})")
    print(f"from save to the sheet:              {sheet:6.2f} s")
    if card > SECONDS or card / whole > SHARE:
        sys.exit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
