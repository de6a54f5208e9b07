"""What is wrong with the notes, as data: the codes, and the order in which mistakes are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from interview_helper.model import Span


class Severity(StrEnum):
    """How bad it is: an error stops the build, a warning and a hint do not."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of mistake: its code, its name in a few words, and the paragraph that `explain` prints."""

    code: str
    title: str
    severity: Severity
    paragraph: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake at one place. `message` names the thing in the note's own words, `hint` is something to type."""

    code: str
    span: Span
    message: str
    hint: str = ""
    severity: Severity | None = None

    def __post_init__(self) -> None:
        if self.severity is None:
            object.__setattr__(self, "severity", CODES[self.code].severity)


_E, _W, _H = Severity.ERROR, Severity.WARNING, Severity.HINT

CODES: dict[str, Code] = {
    code: Code(code, title, severity, paragraph)
    for code, title, severity, paragraph in (
        (
            "N001",
            "heading without an answer",
            _W,
            "A heading is a question and the text right below it is the answer. This heading has neither text nor a "
            "heading below it, so there is nothing to ask. It stands on the sheet and makes no card.",
        ),
        (
            "N002",
            "no question in the file",
            _W,
            "The file has text but no card comes of it: no heading has text right below it. Its text stands on the "
            "sheet. Put a heading over what should be asked.",
        ),
        (
            "N003",
            "code fence never closed",
            _W,
            "A fence that is never closed runs to the end of the file, or of the list or quote that it stands in, and "
            "swallows every heading on the way. Close it with as many marks as it was opened with.",
        ),
        (
            "N004",
            "HTML that is shown as text",
            _H,
            "Only the HTML that notes on GitHub use (br, sub, sup, kbd, details, img, table, …) is passed on. Any "
            "other tag, such as the `<int>` of `List<int>`, is shown as it is written. Put it in backticks to say so.",
        ),
        (
            "N005",
            "footnotes are not supported",
            _W,
            "A footnote would leave the card it belongs to, so footnotes are no part of the notation. Both its mark "
            "and its text are shown as written. Move the text to where it is needed.",
        ),
        (
            "N006",
            "text after a comment",
            _W,
            "A comment stands on a line of its own. It holds all the same, and the text behind it is text of the "
            "card; but Markdown reads that line as HTML, so `**` and the like in it stay as they are.",
        ),
        (
            "N007",
            "output card without its output",
            _W,
            "An output card asks what code prints: it needs a fence of code and, right after it, a fence named "
            "`output` (or one `pycon` fence). Without them it is built as a basic card.",
        ),
        (
            "N008",
            "cloze card without a blank",
            _W,
            "A cloze card blanks what is ==highlighted==. There is no highlight here, so it is built as a basic card.",
        ),
        (
            "N009",
            "table cell without a column",
            _W,
            "The row has more cells than the table's header, and Markdown drops the rest. Add a column to the header, "
            "or write `\\|` where a bar is meant.",
        ),
        (
            "N010",
            "link of another program",
            _H,
            "`[[Page]]` and `![[Page]]` name other notes in Obsidian, and `^name` at the end of a block names that "
            "block for them. Neither a card nor paper can follow them, so the words of a link are shown as text, "
            "and the name of a block is left out.",
        ),
        (
            "N011",
            "HTML element never closed",
            _H,
            "A tag that opens without its end, or ends without an opening, is mended as a browser would do it: closed "
            "at the end of its block, or left out. No element goes on below another heading.",
        ),
        (
            "N012",
            "heading without words",
            _W,
            "A heading needs words to be a question; those that stand for a picture count. Text below an empty one "
            "makes no card.",
        ),
        (
            "N013",
            "nested too deep",
            _W,
            "Lists and quotes inside each other are read to a depth that no reader follows. What stands deeper is "
            "shown as it is written.",
        ),
        (
            "N014",
            "comment never closed",
            _W,
            "A comment that is never closed runs to the end of the file, or of the list or quote that it stands in, "
            "and hides every heading on the way. Write `-->` where it ends.",
        ),
        (
            "N015",
            "formula never closed",
            _W,
            "Where `math = true`, a line that is `$$` alone opens a displayed formula, which goes on to the next line "
            "that ends with `$$`. A heading or a fence on the way says that there is none, so the `$$` is shown as text. "
            "If it is text, put it in backticks.",
        ),
        (
            "N016",
            "table that can't be one",
            _W,
            "Cells that a row lacks are filled up, which makes a large table of a few signs where the header has many columns. "
            "A table ends in front of the row with which more would be filled up than the table has characters, and in front of "
            "one of more than 50,000 characters; what comes below is shown as text. Write a bar for each cell.",
        ),
        (
            "M001",
            "comment that is nearly a key",
            _W,
            "A comment of the notation is spelt `card`, `tags`, `only`, `source`, `id`, `answer`, `hint`, "
            "`example` or `check`. This one is nearly spelt so and has no effect.",
        ),
        (
            "M002",
            "value that is none",
            _W,
            "The key does not take this value. `card` takes basic, reversed, cloze or output; `only` takes deck or "
            "sheet; `tags`, `source`, `id` and `hint` need some text, and an id has neither spaces nor control "
            "characters; `example` takes `skip` and the reason; `check` takes `ignore` and codes, but none of an error that "
            "stops the build.",
        ),
        (
            "M003",
            "comment in the wrong place",
            _W,
            "Comments of the notation stand between the heading and its text, one a line. Three stand in the text: "
            "`answer`, once, between two blocks, `example` right above a code fence, and `hint` right behind a "
            "highlight, with no space between: "
            "`The ==GIL==<!-- hint: a lock --> lets one thread run.` Anywhere else they have no effect, and `card`, `source` and `id` "
            "have none where nothing is asked: over an introduction, a group, or the whole file.",
        ),
        (
            "M004",
            "key given twice",
            _W,
            "The key stands twice below one heading, behind one highlight, or in the front matter; the first one holds.",
        ),
        (
            "M005",
            "broken front matter",
            _E,
            "The lines between the two `---` at the top of the file are not valid YAML, or not a mapping of keys to "
            "values, or are too many or too deep (64 kB, 50 levels). Nothing is built until they are mended, because tags and "
            "`only` could be lost unseen.",
        ),
        (
            "M006",
            "front matter value that is none",
            _W,
            "The key is known but its value can't be used: `title` is a text, `tags` a list or a text with spaces or "
            "commas, `only` is deck or sheet.",
        ),
        (
            "M007",
            "front matter of other programs",
            _H,
            "Keys other than `title`, `tags` and `only` are left alone. They are named once a run, so that a typing "
            "error can be seen.",
        ),
        (
            "M008",
            "tag spelt for Anki",
            _H,
            "Anki's tags have no spaces and no quotation marks; what it would refuse is replaced by a hyphen.",
        ),
        (
            "M009",
            "ignored and not there",
            _H,
            "`<!-- check: ignore N004 -->` silences a code between this heading and the next, and nothing there would be told "
            "under it. Take it out, so that it hides nothing that comes later. Codes that only a build or the examples tell "
            "are not looked for here.",
        ),
        (
            "L001",
            "picture not found",
            _W,
            "No file of that name lies in the notes folder. Its alternative text stands in for it.",
        ),
        (
            "L002",
            "picture on the network",
            _W,
            "Nothing is fetched while building. Put the picture into the notes folder and name it from there; until "
            "then its alternative text stands in.",
        ),
        (
            "L003",
            "picture outside the notes folder",
            _W,
            "Pictures come from inside the notes folder only, links resolved, because notes also come from strangers. "
            "Copy the picture into it; until then its alternative text stands in.",
        ),
        (
            "L004",
            "picture that can't be read",
            _W,
            "The file is no picture that a card can show (PNG, JPEG, GIF, WebP or SVG), is damaged or far too large, or a "
            "drawing that defines entities or repeats its parts without end. Its alternative text stands in.",
        ),
        (
            "L005",
            "link to no note",
            _W,
            "The link names a file that is not in the notes folder. It is shown as text.",
        ),
        (
            "L006",
            "link to no heading",
            _W,
            "The file has no heading of that address. An address is the heading in lower case, spaces made hyphens "
            "and punctuation left out, as on GitHub.",
        ),
        (
            "L007",
            "large picture",
            _H,
            "A picture with more pixels than can be seen on a card (1600 px wide, 1200 if upright) is scaled down in "
            "deck and sheet; the file in the notes stays as it is. An animation, a GIF and a drawing are never scaled. "
            "What has more than 1 MB all the same is named, because it makes the deck slow to load and to sync.",
        ),
        (
            "L008",
            "drawing that acts",
            _W,
            "An SVG can run scripts, fetch files and lead to other programs. What does so is cut out of what deck and sheet "
            "show, and the rest of the drawing stays as it is; so does the file in the notes. Links of a drawing to web "
            "pages stay. The picture has another name then, so that cards which showed the drawing before take this one.",
        ),
        (
            "I001",
            "one question twice at one place",
            _W,
            "Two cards have the same headings above them and the same question. They are told apart by their answers "
            "and by which comes first, so swapping them may swap their histories. Word them differently.",
        ),
        (
            "I002",
            "one id on two cards",
            _E,
            "An explicit id must be unique in the deck: with one id, Anki would put the text of one card on the "
            "history of the other. Change one of them.",
        ),
        (
            "I003",
            "lock put together from two",
            _H,
            "The lock held a card or the deck twice, as after a merge; the newer line holds, with the blanks of both. The "
            "next build writes it clean.",
        ),
        (
            "I004",
            "lock that git does not keep",
            _W,
            "Your reviews hang on deck.lock: without it, a reworded question is a new card. Commit it with the notes.",
        ),
        (
            "I005",
            "lock that can't be read",
            _E,
            "deck.lock is broken, cut short or written by a newer version. Nothing is built, because a build would "
            "forget which card is which. Rebuild it from the newest package with interview-helper recover, which keeps "
            "the broken one beside it, or restore it from git or a backup.",
        ),
        (
            "I006",
            "reworded card recognised",
            _H,
            "A card of the lock is gone and this one is new, and what they say and where they stand speaks for one card "
            "that was reworded. It keeps its reviews. If it is another card, write the id of the hint below its "
            "heading: then it starts anew, and the old one is retired.",
        ),
        (
            "I007",
            "card that may be reworded",
            _H,
            "A card of the lock is gone and this one is new. They look alike, but not enough to be taken as one card, "
            "so this one starts anew and the old one is retired. If it is the same card, write the id of the hint "
            "below its heading: then it gets its reviews back.",
        ),
        (
            "I008",
            "card of the other note type",
            _H,
            "Anki can't turn a question into a cloze card or back and keep its reviews. So what a comment turns is a "
            "new card, and the old one is retired; when the comment is taken back, the old one comes back.",
        ),
        (
            "I009",
            "published kind kept",
            _H,
            "The card was published as a cloze card, and the comment that made it one is gone. As long as it has a "
            "blank it stays one, because it would lose its reviews otherwise. A comment says which of the two you mean.",
        ),
        (
            "I010",
            "deck with another title",
            _W,
            "Anki knows a deck by its name and never moves a card that it has. After a changed title, new cards come in "
            "under the new name and all others stay. Rename the deck in Anki first, then import. With --strict, build "
            "once without it.",
        ),
        (
            "I011",
            "lock that git does not know yet",
            _H,
            "Your reviews hang on deck.lock. Add it to git and commit it with the notes.",
        ),
        (
            "I012",
            "copy of the lock",
            _W,
            "A sync program kept two versions of the lock: two machines built at the same time. Put the lines of both "
            "into one file; what stands in it twice is folded by the next build.",
        ),
        (
            "E001",
            "example with another output",
            _E,
            "`check --examples` ran the code, and it prints something else than the note says. In an `output` fence and in "
            "a session `...` stands for anything, as for doctest; addresses of objects, spaces at the end of a line, empty "
            "lines at the end and what an interpreter guesses behind a message (`Did you mean`) count for nothing.",
        ),
        (
            "E002",
            "example that raises",
            _E,
            "The code raises an exception, and the note says nothing of it. If it should, let the last line of the "
            "traceback (`ZeroDivisionError: division by zero`) end the output; the line `Traceback (most recent call "
            "last):` and the frames below it may stand above it or be left out. In a session that line must stand there. "
            "Each example runs in an interpreter of its own; code fences right above it, with no words between, run first.",
        ),
        (
            "E003",
            "example that does not end",
            _E,
            "The code still ran after 10 seconds and was stopped. A thread that goes on keeps the interpreter alive, too.",
        ),
        (
            "E004",
            "example that reaches out",
            _E,
            "An example may not open sockets, start processes, signal other processes, write or delete outside its own "
            "empty folder, or call C code. The message says what it was about to do.",
        ),
        (
            "E005",
            "example that reads standard input",
            _E,
            "Nobody types while examples run. Give the code what is typed, as in `sys.stdin = io.StringIO('42')`.",
        ),
        (
            "E006",
            "example that runs out of memory",
            _E,
            "An example gets 1 GB of memory, where the system can hold it to that (Linux).",
        ),
        (
            "E007",
            "example that prints too much",
            _E,
            "An example may print 1 MB. More fits no card.",
        ),
        (
            "E008",
            "example whose interpreter died",
            _E,
            "The interpreter ended before the code did: `os._exit`, a signal, or a crash. The message says which.",
        ),
        (
            "E009",
            "example whose output varies",
            _E,
            "The code was run under several hash seeds, and what it prints is not the same under all of them: mostly the "
            "order of a set, or the hash of a text. Print it sorted. Or it is not the same in any two runs: a time, an "
            "address, a random number, the order of threads.",
        ),
        (
            "E010",
            "session that can't be read",
            _E,
            "A `pycon` fence is read as doctest reads it: a space behind `>>>` and `...`, and all prompts of a piece of "
            "code in one column. This one is not, so nothing of it was run.",
        ),
        (
            "E011",
            "example that is not run",
            _H,
            "What looks like an example and is none: a session in a fence with another name, an `output` fence with words "
            "between it and its code, or both inside a list, a quote or an element. Nothing proves what it says.",
        ),
        (
            "S001",
            "answer that fits no screen",
            _H,
            "A card is answered in one breath, and nothing of an answer is folded away. This one is higher than the screen "
            "of a phone (390 by 844 CSS px); how high is estimated from its words, code, tables and pictures. Split it: "
            "a sub-heading with its text is a card of its own, with this heading above it.",
        ),
        (
            "S002",
            "question with many words",
            _H,
            "A question is read in one breath, each time anew. This one has more than 20 words (`question_words` below "
            "`[advice]` in deck.toml; code in fences does not count). Say what is asked first, and leave out the story.",
        ),
        (
            "S003",
            "answer with many words",
            _H,
            "An answer of more than 45 words (`answer_words` below `[advice]` in deck.toml; code in fences does not count) "
            "holds several facts: you know some of them each time, and grade none of them well. Make a card of each.",
        ),
        (
            "S004",
            "list to be known by heart",
            _H,
            "Sets and lists are the hardest to remember, and a list of more than 4 items (`list_items` below `[advice]` in "
            "deck.toml) is forgotten in parts. Ask for groups, for one item by its use, or blank items on a cloze card.",
        ),
        (
            "S005",
            "question answered by yes or no",
            _H,
            "Half of such answers are right by chance, and the card teaches no more than a word. Ask why, when or which. A "
            "question that offers two things (`or`), or asks for a reason as well, is none of these.",
        ),
        (
            "S006",
            "several questions in one",
            _H,
            "The question has more than one question mark outside code. You know one answer and not the other, and there is "
            "one button to say so. Make a card of each.",
        ),
        (
            "S007",
            "second question behind `and`",
            _H,
            "A tail such as `and why` or `and when` asks for a second fact, which has no grade of its own. Make a card of "
            "each, unless both are one fact.",
        ),
        (
            "S008",
            "answer that stands in the question",
            _H,
            "The answer begins with nothing but words of the question, so it can be said without knowing anything. "
            "Questions that offer a choice (`vs`, `which`, `or`) are none of these.",
        ),
        (
            "S009",
            "task without its code",
            _H,
            "The question asks to write code, and no code is in the answer to compare with.",
        ),
        (
            "S010",
            "question about code that is not shown",
            _H,
            "The question asks about `this code` or `the output`, and the front of the card shows none, because all below a "
            "heading is its answer. Put <!-- answer --> below the code, or <!-- card: output --> below the heading where an "
            "`output` fence follows the code.",
        ),
        (
            "S011",
            "many blanks in one text",
            _H,
            "Each blank is a card with the same text, and with more than 3 of them (`blanks` below `[advice]` in deck.toml; a "
            "group counts once) you learn the text, not what it says. Blank the words that matter.",
        ),
        (
            "S012",
            "blank without a text around it",
            _H,
            "Fewer than 4 words (`blank_words` below `[advice]` in deck.toml) stand around the blanks, those of the heading "
            "included: nothing says what is asked for.",
        ),
        (
            "S013",
            "blank in the spelling of Anki",
            _H,
            "`{{c1::words}}` is how Anki spells a blank. In these notes it is text. Write ==words==, and "
            "<!-- card: cloze --> below the heading.",
        ),
        (
            "S014",
            "acronym that is never spelt out",
            _H,
            "Cards come alone, years later. A topic spells an acronym out once, as in `Global Interpreter Lock (GIL)`; words "
            "with its letters will do. Those that everybody knows (API, JSON, …) need not be, nor those in `acronyms` below "
            "`[advice]` in deck.toml.",
        ),
        (
            "S015",
            "question that leaves open what is asked",
            _H,
            "To `explain`, `describe`, `discuss` or `list all`, any answer is right and none is complete, so you can't grade "
            "yours. Ask for one thing.",
        ),
        (
            "S016",
            "words that point to another card",
            _H,
            "Cards come in any order and alone: what was mentioned above, or stands on the previous card, is not there.",
        ),
        (
            "S017",
            "claim without a date",
            _H,
            "What is new today is not when you are asked. Words such as `nowadays`, `recently` or `latest version` need a "
            "version number or a year on the card.",
        ),
        (
            "S018",
            "answer that is only a link",
            _H,
            "While you study you read no other page. Write the answer down; where it is from goes into <!-- source: … -->.",
        ),
        (
            "S019",
            "question that is asked twice",
            _H,
            "Another card of the deck asks the same, apart from case, plural and punctuation, and shows the same code. You would "
            "study it twice, and an edit of one leaves the other as it was. (Below the same headings it is an I001.)",
        ),
        (
            "S020",
            "question that is nearly another one",
            _H,
            "Two questions share 70 % of their words or more (`likeness` below `[advice]` in deck.toml; common words do not "
            "count), and what code they show is as much alike. Cards that are alike are taken for each other. Where each names "
            "something in code, or a number, that the other does not, they are two questions and nothing is said.",
        ),
        (
            "W001",
            "unknown word",
            _H,
            "Neither the dictionary of the language nor the deck's own words have it. Asked for by `[spelling]` in deck.toml. "
            "Write it right; or add it to words.txt in the notes folder, a word a line (in lower case it holds however it is "
            "written, with capitals only so); or put it in backticks if it is code. Code, formulas, addresses, names with "
            "dots, digits or underscores, acronyms and words of another script are not looked up.",
        ),
        (
            "W002",
            "spelling that can't be checked",
            _W,
            "`[spelling]` in deck.toml asks for unknown words, and the dictionary of the language or the file with the deck's "
            "own words is not there or can't be read. American English, Russian and Swedish are built in. For other languages "
            "put the two files of a dictionary of LibreOffice (`.aff` and `.dic`) into the notes folder, or install it where "
            "your system keeps them (`apt-get install hunspell-de-de`).",
        ),
        (
            "C001",
            "deck.toml that can't be read",
            _E,
            "deck.toml is not valid TOML, has an unknown key or a value of the wrong type, or names a tag, a topic or a "
            "font file that the notes don't have. Nothing is guessed.",
        ),
        (
            "C002",
            "file that can't be read",
            _E,
            "Notes are UTF-8 text. A file in another encoding would lose or garble letters, so nothing is built until "
            "it is converted, or named in `exclude` in deck.toml.",
        ),
        (
            "C003",
            "nothing to build",
            _E,
            "No note was found, or no heading in the notes has text below it.",
        ),
        (
            "C004",
            "files that are left out",
            _H,
            "README, CHANGELOG, CONTRIBUTING and LICENSE are no notes, nor is what `exclude` in deck.toml names. Nor is a link "
            "that leads out of the notes folder, nowhere, or to another note, nor a named pipe or a device.",
        ),
        (
            "C005",
            "name that is another's elsewhere",
            _W,
            "Only capitals, or how its letters are put together in Unicode, tell the name of this note from that of another. "
            "macOS and Windows keep one of the two files, and a deck of that machine retires the cards of the other.",
        ),
        (
            "P001",
            "character without a glyph",
            _W,
            "None of the sheet's fonts has this character. Write it in words, or put it in a picture.",
        ),
        (
            "P002",
            "remark of the page layout",
            _W,
            "The layout engine could not do what the note asks; what it said stands in the message.",
        ),
        (
            "P003",
            "formula that can't be set",
            _W,
            "The sheet knows much of TeX's maths, not all that MathJax knows on the cards, and refuses what it would print "
            "wrong; the formula stands on the sheet as it is written. A formula that is too wide for its column is set "
            "smaller; one that has to be smaller than 60 % of the text is named too. Write it in other TeX, break it into "
            "lines with `\\begin{aligned}`, or put it in backticks.",
        ),
        (
            "P004",
            "code line wider than its column",
            _H,
            "The line is wrapped on the sheet, with a ↩ where it goes on. A shorter line reads better; so do fewer columns or "
            "a smaller `size` in deck.toml. On flashcards text gets smaller before a line is wrapped, down to 7.5 points.",
        ),
        (
            "P005",
            "sheet that fits on no such number of pages",
            _W,
            "`pages` in deck.toml asks for fewer pages than the notes take in the smallest type that can be read, 5 points. "
            "The sheet is printed in that size, on as many pages as it needs.",
        ),
        (
            "P006",
            "card that fits on no flashcard",
            _W,
            "Text on flashcards gets smaller until it fits, down to 5 points. This card does not fit even so, and nothing of "
            "it is left out: it goes on over several flashcards, with 1/2 and 2/2 behind its number. Split the card: a "
            "sub-heading with its text is a card of its own. Or have larger ones, with a smaller `per_page` in deck.toml.",
        ),
        (
            "P007",
            "font of this system",
            _H,
            "The sheet's own fonts lack a character, and a font that is installed on this system has it. The sheet of "
            "another machine may look otherwise there. Write the name of the font into `fonts` below `[sheet]` in "
            "deck.toml, or put a font file into the notes folder and name that: then every machine prints the same.",
        ),
        (
            "P008",
            "font that can't be used",
            _W,
            "deck.toml names a font that is not installed, can't be read, has no outlines in one color, or may not be "
            "embedded in a document. The sheet does without it, and takes what its characters need from another one.",
        ),
        (
            "P009",
            "table too large for paper",
            _W,
            "The tables of a topic may have 10,000 cells together on the sheet, rows by columns; `colspan` and `rowspan` count "
            "as what they cover; and each cell 10,000 characters. What has more is printed row by row, with a bar in front of "
            "each cell, and nothing of it is left out; cards show it as it is. Make several topics of it, or several cells.",
        ),
    )
}


def ignorable(code: str) -> bool:
    """Whether a comment may silence a code: an error stops the build for a reason; one of an example stops none."""
    return CODES[code].severity is not Severity.ERROR or code[0] == "E"


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """All of them once, by path, place, code and words: the order in which they leave the process."""
    return tuple(sorted(set(diagnostics), key=lambda d: (d.span, d.code, d.message, d.hint)))


def shortened(words: str, most: int = 80) -> str:
    """Words of the notes as messages name them: in quotation marks, in one line of at most so many characters."""
    line = " ".join(words.split())
    return repr(line if len(line) <= most else line[: most - 1] + "…")
