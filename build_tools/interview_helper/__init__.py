"""Markdown notes to an Anki deck and a printable cheat sheet.

    source/*.md -project-> Source -parse-> Document -> Library -cards-> Card -identity-> Build -> outputs

`model` has the nouns, `diagnostics` what can be wrong with notes. `notation` turns Markdown into tokens, `fragments`
tokens into neutral HTML, `parse` both into a tree of headings; `cards` draws the cards from the tree and `identity`
tells who is who from build to build. Each module of `outputs` renders a build. `project` alone touches the disk,
`cli` alone the terminal.
"""

__version__ = "0.1.0"
