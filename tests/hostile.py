"""A folder of notes that tries every way out of itself, what lies outside of it, and what would show that it got there."""

from __future__ import annotations

import random
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

WORD = "canaryword"  # stands in each file outside, and may stand in nothing that is made or said
SIZE = (37, 41)  # of the picture outside, in pixels, and of no other
CODE = "CANARY_CODE"  # stands in all code of the notes
INSIDE = "inside"  # the stem of the one picture that may be shown

# `{url}` is a server that counts, `{out}` the folder outside as a path, `{name}` each file in it.
_PICTURES = """
![a]({url}/a.png) ![b](../outside/secret.png) ![c]({out}/secret.png) ![d](file://{out}/secret.png) ![e](%2e%2e/outside/secret.png)
![f](//{host}/f.png) ![g](\\\\\\\\{host}\\\\share\\\\g.png) ![h](linked.png) ![i](linked/secret.png) ![j](..\\\\outside\\\\secret.png)
![k](data:image/svg+xml;base64,PHN2Zy8+) ![l](media:secret.png) ![m](formula:PHN2Zy8+) ![n](font:0) ![o](FILE:///{out}/secret.png)
![p](../notes/../outside/secret.svg) ![q](inside.png) ![r](within.svg) ![t](entity.svg) ![u](sftp://{host}/u.png)
![[../outside/secret.png]] ![[secret.png]] ![[linked.png]] ![[//{host}/w.png]] ![[{out}/secret.png]] ![[../outside/secret]]
[[../outside/secret]] [[{out}/secret.md]] [[//{host}/x]] <{url}/auto> {url}/bare [x](../outside/secret.md) [y](file://{out}/secret.md)
"""
_HTML = """
<img src="{url}/i.png" srcset="{url}/j.png 2x" style="background:url({url}/k.png)"> <img src="file://{out}/secret.png">
<table background="{url}/l.png"><tr><td style="background:url({url}/m.png)">cell</td></tr></table>
<picture><source srcset="{url}/n.png"><img src="../outside/secret.png"></picture>
<video src="{url}/o.mp4" poster="{url}/p.png"></video> <audio src="{url}/q.mp3"></audio> <input type="image" src="{url}/r.png">
<kbd style="list-style-image:url({url}/s.png);cursor:url({url}/t.png)">k</kbd> <sub background="{url}/u.png">s</sub>

<style>@import url({url}/a.css); @import "file://{out}/secret.css"; @font-face {{ font-family: x; src: url({url}/f.ttf) }}
@page {{ background: url({url}/b.png) }} body {{ background: url(file://{out}/secret.png); font-family: x }}</style>

<link rel="stylesheet" href="{url}/c.css">
<link rel="attachment" href="file://{out}/secret.md">
<link rel="attachment" href="{url}/attached">
<meta http-equiv="refresh" content="0; url={url}/refresh">
<base href="{url}/base/">

<iframe src="{url}/frame"></iframe>
<object data="file://{out}/secret.svg" type="image/svg+xml"></object>
<embed src="{url}/embedded"><frame src="{url}/f">
<script src="{url}/s.js">fetch("{url}/x")</script>
<form action="{url}/form"><button>b</button></form>

<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xml:base="{url}/">
<image href="{url}/v.png" width="9" height="9"/><image xlink:href="file://{out}/secret.png" width="9" height="9"/>
<use href="{url}/w.svg#a"/><use xlink:href="file://{out}/secret.svg#a"/><foreignObject><img src="{url}/x.png"></foreignObject>
<style>@import url({url}/d.css);</style><rect fill="url({url}/y.svg#p)" filter="url(file://{out}/secret.svg#f)"/>
</svg>

<details><summary>s</summary><img src="file://{out}/secret.png"><a rel="attachment" href="file://{out}/secret.md">a</a></details>
"""
_TEX = r"""
$\input{{{out}/secret.md}}$ and $\include{{../outside/secret}}$ $\href{{{url}/tex}}{{x}}$ $\includegraphics{{{url}/tex.png}}$

$$\require{{{url}/r}} \openin5={out}/secret.md \read5 to \x \x \write18{{touch {out}/ran}} \def\x{{{url}}} \url{{{url}/u}}$$
"""
_EXAMPLE = f"""
```python
open("ran", "w").write("{CODE}")  # {CODE}
print(1)
```

```output
1
```

```pycon
>>> open("ran", "w").write("{CODE}")
11
```
"""
_TAG = f"!!python/object/apply:os.system ['echo {CODE}']"
_SVG = """<?xml version="1.0"?>{before}
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"{base}>{within}</svg>"""
# What stands in a drawing of its own each, because one that a renderer can't read may keep it from the others.
_REACHING = (
    '<image href="{url}/1.png" width="9" height="9"/>',
    '<image xlink:href="file://{out}/secret.png" width="9" height="9"/>',
    '<image href="../outside/secret.png" width="9" height="9"/>',
    '<image href="{out}/secret.png" width="9" height="9"/>',
    '<image href="file://{out}/secret.svg" width="9" height="9"/>',
    '<use href="{url}/2.svg#a"/>',
    '<use xlink:href="file://{out}/secret.svg#a"/>',
    '<use href="../outside/secret.svg#a"/>',
    "<style>@import url({url}/f.css);</style><text>t</text>",
    '<style>@import "file://{out}/secret.css";</style><text>t</text>',
    '<style>@font-face {{ font-family: x; src: url({url}/f.ttf) }} text {{ font-family: x }}</style><text y="9">t</text>',
    '<style>@font-face {{ font-family: x; src: url(file://{out}/secret.ttf) }}</style><text y="9" font-family="x">t</text>',
    '<rect width="5" height="5" fill="url({url}/3.svg#p)"/>',
    '<rect width="5" height="5" mask="url(file://{out}/secret.svg#m)" clip-path="url({url}/4.svg#c)"/>',
    '<rect width="5" height="5" style="filter:url({url}/5.svg#f);marker:url(file://{out}/secret.svg#f)"/>',
    '<foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="{url}/6.png"/></foreignObject>',
    '<a href="{url}/7"><text y="9">t</text></a><script href="{url}/8.js"/><animate href="{url}/9"/>',
)
_ENTITY = """<?xml version="1.0"?>
<!DOCTYPE svg [<!ENTITY a SYSTEM "file://{out}/secret.md"><!ENTITY % b SYSTEM "{url}/b.dtd"> %b;]>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&a;</text></svg>"""
_CONFIG = """math = true
exclude = ["../outside/*", "{out}/**"]
title = "../../outside/x"

[spelling]

[flashcards]
build = true

[[sheet.also]]
topic = "../../outside/y"
"""


def made(parent: Path, port: int) -> tuple[Path, Path]:
    """The folder of the notes, and that of what lies outside of it."""
    notes, out = parent / "notes", parent / "outside"
    for folder in (notes, out):
        folder.mkdir()
    texts = {
        "secret.md": f"# {WORD}\n\n## {WORD} q\n\n{WORD} a\n",
        "secret.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><text id="a">{WORD}</text></svg>',
        "secret.css": f'body::before {{ content: "{WORD}" }}',
        "words.txt": f"{WORD}\nmispeled\n",
        "en_US.aff": "SET UTF-8\n",
        "en_US.dic": f"1\n{WORD}\n",
        "deck (1).lock": f"{WORD}\n",
    }
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8")
    noise = random.Random(1).randbytes(SIZE[0] * SIZE[1] * 3)
    Image.frombytes("RGB", SIZE, noise).save(out / "secret.png")

    def filled(text: str) -> str:
        host = f"127.0.0.1:{port}"
        return text.format(url=f"http://{host}", host=host, out=out.as_posix())

    topics = {f"topic {n}": f"# Topic {n}\n\n## Question {n}?\n\nmispeled {WORD[:6]} answer\n" for n in range(4)}
    drawn = " ".join(f"![d](reaching-{number}.svg)" for number in range(len(_REACHING) + 2))
    topics |= {
        "reaching": filled(
            f"# ../../outside/y\n\n## Pictures\n{_PICTURES}\n## Drawings\n{drawn}\n## Elements\n{_HTML}\n## Formulas\n{_TEX}"
        )
    }
    topics |= {"code": f"---\ntitle: ../../outside/z\nrun: {_TAG}\n---\n# {_TAG}\n\n## Code?\n{_EXAMPLE}"}
    for name, text in topics.items():
        (notes / f"{name}.md").write_text(text, encoding="utf-8")
    Image.new("RGB", (3, 3), "red").save(notes / f"{INSIDE}.png")
    (notes / "deck.toml").write_text(filled(_CONFIG), encoding="utf-8")
    style = '\n<?xml-stylesheet href="{url}/e.css"?><?xml-stylesheet href="file://{out}/secret.css"?>'
    drawings = [_SVG.format(before="", base="", within=within) for within in _REACHING]
    drawings.append(_SVG.format(before=style, base="", within="<text>t</text>"))
    drawings.append(
        _SVG.format(before="", base=' xml:base="{url}/"', within='<image href="a.png" width="9" height="9"/>')
    )
    for number, drawing in enumerate(drawings):
        (notes / f"reaching-{number}.svg").write_text(filled(drawing), encoding="utf-8")
    (notes / "within.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', encoding="utf-8"
    )
    (notes / "entity.svg").write_text(filled(_ENTITY), encoding="utf-8")
    for name in ("fonts.conf", ".fonts.conf", "fontconfig"):  # where fontconfig might look in a working directory
        (notes / name).write_text(f"<fontconfig><dir>{out}</dir></fontconfig>", encoding="utf-8")
    if sys.platform != "win32":  # there links are for administrators
        links = {"linked.png": "secret.png", "linked.md": "secret.md", "secret.png": "secret.png", "linked": ""}
        links |= {name: name for name in ("words.txt", "en_US.aff", "en_US.dic", "deck (1).lock")}
        for name, target in links.items():
            (notes / name).symlink_to(Path("../outside", target))
    return notes, out


@dataclass
class Requests:
    """The requests that a server on this machine has got, and its port."""

    port: int
    seen: list[str]


@contextmanager
def counting() -> Iterator[Requests]:
    """A server that counts who asks it for anything, in whatever protocol."""
    seen: list[str] = []

    class Counting(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(1)
            seen.append(repr(self.request.recv(200)))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Counting) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield Requests(server.server_address[1], seen)
        server.shutdown()
        thread.join()
