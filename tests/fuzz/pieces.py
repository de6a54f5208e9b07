"""What notes, front matter, `deck.toml` and locks are made of: pieces that a fuzzer puts in, so that it gets past the surface."""

from __future__ import annotations

import json

# A word that begins with `w` and goes on with letters up to `j` must come out of a note again.
NOTE = """\
# wabc
## wbcd
### Q1. wcde
## **1.** wdef ##
wefg
---
1. ### wfgh

   wghi
- wabc
  - wbcd
3. # wcde
   - ## wdef
> wefg
> [!NOTE] wfgh
> [!{wghi}]-
```python
print(1)
```
```output
1
```
```pycon
>>> 1
1
~~~ wabc
    wbcd
| wcde | wdef |
|---|:-:|
| `a \\| b` | w |
<!-- card: cloze -->
<!-- card: output -->
<!-- card: reversed -->
<!-- tags: wabc wbcd -->
<!-- only: sheet -->
<!-- only: deck -->
<!-- source: wcde -->
<!-- id: wdef -->
<!-- answer -->
<!-- hint: wefg -->
<!-- example: skip wfgh -->
<!-- check: ignore N004 S001 -->
<!-- card:
-->
==wghi==
==c1:wabc==
==`wbcd`==<!-- hint: wcde -->
**wdef**
*wefg*
~~wfgh~~
`wghi`
`` ` ``
__wabc__
__init__
[wbcd](#wbcd)
[wcde](note.md 'wdef')
[wefg]: https://x "wfgh"
[wghi][wabc]
![wbcd|300](img/wcde.png "wdef")
![[wefg.png|300]]
[[wfgh#wghi|wabc]]
<https://wbcd>
<img src="wcde.png" width="1%" alt="wdef">
<br>
<sub>wefg</sub>
<details><summary>wfgh</summary>
</details>
<div>
</div>
<table><tr><td>wghi</td></tr></table>
<script>wabc</script>
<svg onload=x>
<List<int>>
&amp;
&#0;
&#x1f600;
&lt;wbcd&gt;
$x^2$
$$\\frac{a}{b}$$
$$
\\$
%%wcde%%
%%
[^wdef]: wefg
[^wdef]
^wfgh
[sound:wghi.mp3]
[latex]wabc[/latex]
{{c1::wbcd::wcde}}
{{Answer}}
\\(x\\)
anki:play:q:0
[back to top](#wabc)
- [wdef](#wdef)
***
\\
\u0009
\u00a0
\u2028
\u200f
\u0085
\x00
\x1b[31m
\ufeff
e\u0301
\U0001f3f3\ufe0f\u200d\U0001f308""".split("\n")

FRONT = """\
title: T
title: "\\ud800"
title: "\\x07"
title: [a]
tags: [a, b]
tags: a, b
tags: "#a"
tags:
  - a::b
- a
only: sheet
only: deck
only: x
aliases: {a: [b]}
? a
: b
!!python/object:os.system x
!!binary |
&a b
*a
<<: *a
|
>-
"a\\
'a''b'
# c
%YAML 1.2
---
...
{
}
[
]
,
\t
\u0085
\u2028
\ufeff
\x00
2024-01-01
0x1F
~
null""".split("\n")

TOML = """\
id = "0123456789abcdef"
title = "T"
title = "Default"
slug = "my-deck"
slug = "CON"
author = "A"
language = "de"
tags = ["a b", "c::d"]
math = true
exclude = ["*.md"]
exclude = ["[!a]*"]
ignore = ["M007", "X"]
[sheet]
paper = "Letter"
orientation = "landscape"
columns = 3
pages = 2
size = 8.5
size = nan
size = inf
contents = false
fonts = ["Inter", "x.ttf"]
[[sheet.also]]
name = "core"
tag = "core"
topic = "T"
[flashcards]
build = true
[advice]
likeness = 0.5
[spelling]
language = "en_US"
dictionary = "words.txt"
sheet.size = 9
[sheet.also]
"sheet" = {}
'title' = ''
title = ""
"\\u0000"
"\\U0001F600"
\"\"\"
'''
1979-05-27T07:32:00Z
0x1F
1_000
true
[
]
{}
=
.
#
\t
\x00
\ufeff
\r""".split("\n")

_LINE = {
    "id": "0123456789abcdef",
    "pin": "",
    "kind": "basic",
    "file": "a.md",
    "after": "",
    "trail": ["T"],
    "question": "Q",
    "answer": "a",
    "blanks": [],
    "fingerprint": "",
    "changed": 1,
    "retired": None,
}
_HEADER = {"format": 2, "id": "slug:notes", "title": "T", "slug": "notes", "notetypes": {"Question": 1}}
LOCK = [
    json.dumps(_HEADER),
    json.dumps(_HEADER | {"format": 1}),
    json.dumps(_LINE),
    json.dumps(_LINE | {"retired": 5}),
    json.dumps(_LINE | {"kind": "cloze", "blanks": [["a", 1], ["b", 2]], "pin": "x"}),
    *(f'"{key}": {json.dumps(value)}' for key, value in (_HEADER | _LINE).items()),
    *'"reversed" "output" "cloze" null true -1 1e9 9007199254740991 9007199254740992 1e999 NaN [] {} "" ["a", 1] "\\ud800" "\\u0000"'.split(
        " "
    ),
    "<<<<<<< HEAD",
    "=======",
    ">>>>>>> x",
    "\u2028",
    "\ufeff",
]
