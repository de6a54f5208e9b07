"""What `--help` says below the options: examples, exit codes, files and environment. It imports nothing."""

from __future__ import annotations

_NAME = "interview-helper"
_EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("init notes", "a folder to start from"),
        ("build notes -o out", "deck and sheet of it"),
        ("check notes", "what is wrong, and what could be asked better"),
    ),
    "build": (
        ("build notes -o out", "deck and sheet of a folder of notes"),
        ("build notes --only sheet", "the sheet alone"),
        ('build notes --topic "Data model"', "one topic, on paper"),
        ("build notes --tag core", "what has a tag, on paper"),
        ("build notes --locked --strict", "in CI: nothing is published unseen"),
    ),
    "diff": (
        ("diff notes", "what the next build changes"),
        ("diff notes --against HEAD~1", "what has changed since a commit"),
        ("diff notes --against out/notes.apkg", "what has changed since a package"),
    ),
    "push": (
        ("push notes -o out", "build the deck, and have the running Anki import it"),
        ("push notes --dry-run", "what that would do, card by card"),
        ("push notes --retired delete", "delete what is gone from the notes, after a question"),
        ("push notes --profile Work", "only if this profile is open"),
    ),
    "recover": (("recover out/notes.apkg notes", "the lock, as the newest package has it"),),
    "import": (
        ("import deck.apkg -o notes", "a package of Anki, pictures beside the notes"),
        ("import vault -o notes", "notes for a plugin of Obsidian"),
        ("import cards.csv", "a table, to standard output"),
        ("import words.txt --from anki -o notes", "what is not recognised by itself"),
    ),
    "forget": (("forget 3f2a9c0d11e84b57 notes", "a retired card is shipped no longer"),),
    "check": (
        ("check notes", "in words, with the line and what to type"),
        ("check notes --strict", "exit 1 for warnings, too"),
        ("check notes --examples --python 3.13", "run the examples: their code, and what it prints"),
        ("check notes --format sarif", "for code scanning and editors"),
    ),
    "watch": (
        ("watch notes -o out", "a line at each save; deck and lock on leaving"),
        ("watch notes --poll", "for a folder on a network or in a container"),
    ),
    "preview": (
        ("preview notes", "cards and sheet in a browser, anew at each save"),
        ("preview notes --no-open --port 8000", "its address alone, always the same port"),
        ("preview notes --editor zed", "links open Zed at the line"),
    ),
    "list": (("list notes", "a card a line, with its place"), ("list notes --format json", "for other programs")),
    "explain": (("explain", "all codes"), ("explain N001", "what one means, and what mends it")),
    "init": (
        ("init notes", "a new folder, or a deck.toml for one that has notes"),
        ("init notes --fork", "a deck of its own of a copy of somebody's notes"),
    ),
}
_CODES = (
    ("0", "done"),
    ("1", "an error in the notes or in the lock: nothing was written"),
    ("2", "an error in what was typed or in deck.toml"),
    ("3", "the world does not let us: a file, the disk, a missing library"),
    ("130", "stopped with Ctrl-C"),
)
_SETTINGS = (
    ("deck.toml", "in the notes folder: title, layout, limits"),
    ("deck.lock", "beside it: which card is which; keep it there"),
    ("SOURCE_DATE_EPOCH", "the second that stamps what changes"),
    ("ANKI_CONNECT_URL", "where AnkiConnect listens, for push"),
    ("ANKI_CONNECT_KEY", "what its config has as apiKey"),
    ("NO_COLOR, FORCE_COLOR", "without colors, with them"),
    ("INTERVIEW_HELPER_EDITOR", "what links of preview open, as --editor"),
    ("XDG_CACHE_HOME", "where what was made is kept (Linux)"),
)


def below(verb: str = "") -> str:
    """The examples of a verb and what exit codes mean; without a verb, those of the program, its files and variables."""
    examples = [(f"{_NAME} {typed}", meaning) for typed, meaning in _EXAMPLES[verb]]
    # Two lines each, because most are too long for two columns on a terminal of 80 characters.
    lines = ["Examples:", *(line for typed, meaning in examples for line in (f"  {typed}", f"      {meaning}"))]
    if not verb:
        lines += ["", "Files and environment:", *_columns(_SETTINGS)]
    lines += ["", "Exit codes:", *_columns(_CODES)]
    # \b keeps the lines of a paragraph as they are.
    return "\n".join(line or "\n\b" for line in ("", *lines)).strip("\n")


def examples() -> tuple[str, ...]:
    """All that is shown as an example, as it can be typed."""
    return tuple(f"{_NAME} {typed}" for verb in _EXAMPLES.values() for typed, _ in verb)


def _columns(rows: tuple[tuple[str, str], ...]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [f"  {name:{width}}  {meaning}" for name, meaning in rows]
