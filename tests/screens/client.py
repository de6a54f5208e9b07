"""Cards on the page that an Anki client puts them on: its classes, its style sheet, its MathJax."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Client:
    """A client by name, what it puts on the root and the body of its page, and what it adds there at night."""

    name: str
    root: str
    body: str
    night_root: str
    night_body: str


# Read off the real desktop program and the manuals of the other two.
DESKTOP = Client("desktop", "linux chrome", "card card1 isLin fancy", "night-mode", "nightMode night_mode")
ANDROID = Client("AnkiDroid", "mobile android linux chrome js", "card card1", "", "night_mode nightMode")
IOS = Client("AnkiMobile", "mobile iphone ios", "card card1", "", "nightMode")
ANDROID_OLD = Client("AnkiDroid of before 2.16", "mobile android", "card card1", "", "night_mode")


def web() -> Path:
    """The folder of the desktop program's style sheets and scripts: the package aqt, of which nothing runs."""
    found = importlib.util.find_spec("_aqt")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(next(iter(found.submodule_search_locations)), "data", "web")


def page(client: Client, *, night: bool) -> str:
    """The page of a reviewer, without a card: the client puts each side of one into `#qa`, as `SHOW` does."""
    root = f"{client.root} {client.night_root if night else ''}".strip()
    body = f"{client.body} {client.night_body if night else ''}".strip()
    files = web().as_uri()
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    if client is DESKTOP:
        head += "".join(f'<link rel="stylesheet" href="{files}/css/{name}.css">' for name in ("webview", "reviewer"))
    mathjax = f"{files}/js/vendor/mathjax"
    head += (
        f'<script src="{files}/js/mathjax.js"></script>'
        f'<script>MathJax.loader.paths.mathjax = "{mathjax}"</script><script src="{mathjax}/tex-chtml-full.js"></script>'
    )
    return (
        f'<!doctype html><html class="{root}"><head>{head}</head><body class="{body}"><div id="qa"></div></body></html>'
    )


SHOW = """async (html) => {
  await MathJax.startup.promise;
  const card = document.getElementById('qa');
  MathJax.typesetClear([card]);
  card.innerHTML = html;
  await Promise.allSettled([...card.querySelectorAll('img')].map((picture) => picture.decode()));
  await MathJax.typesetPromise([card]);
  scrollTo(0, 0);
}"""
