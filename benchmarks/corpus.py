"""A number to that many sections of notes, each different, as people keep them: to measure and to test with.

    python benchmarks/corpus.py SECTIONS FOLDER

writes them into a folder. Equal arguments give equal notes, on every machine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

_NOUNS = """
    account adapter address alias allocator anchor archive argument array assertion attribute backend balance barrier
    batch binding bitmap block boundary branch breakpoint broker bucket buffer bundle bytecode cache callback caller
    catalog channel checkpoint checksum chunk clause client clock closure cluster codec collection column command
    comparison compiler component connection constant consumer container context contract conversion coroutine counter
    cursor daemon database deadline decorator default delegate delimiter dependency descriptor dictionary digest
    directive directory dispatcher document domain driver element encoder endpoint entry enumeration environment epoch
    error evaluation event exception executor expression extension factory fallback field filter finalizer fixture flag
    folder formatter fraction frame function future garbage gateway generator global graph guard handle handler hash
    header heap hierarchy hook identifier identity import index inheritance initializer input instance instruction
    integer interface interpreter interval invariant iterable iterator journal kernel key keyword lambda latch latency
    layer leaf ledger library lifetime limit listener literal loader lock log loop machine manager mapping margin marker
    mask member memory message metaclass method migration mirror mixin module monitor mutation name namespace network
    node number object observer offset operand operator option order outcome override owner package packet page
    parameter parent parser partition path pattern payload permission pipeline pivot placeholder plugin pointer policy
    pool port precedence predicate prefix priority process producer profile projection promise property protocol proxy
    quantile query queue quota record recursion reducer reference register registry release renderer replica request
    reservation resolver resource response result retry revision rollback root router row rule runtime sample scanner
    schedule schema scheduler scope script search segment selector semaphore sentinel sequence serializer server session
    shard signal signature singleton slice slot snapshot socket source stack statement state step storage stream string
    structure subclass subscription suffix suite summary symbol syntax table tag target task template tenant thread
    threshold throttle ticket timeout token trace transaction transform traversal tree trigger tuple type union unit
    update validator value variable vector version view visitor volume wait warning watcher weight wheel window worker
    wrapper writer yield zone
""".split()  # noqa: SIM905
_VERBS = """
    accepts allocates announces answers appends applies assigns attaches awaits blocks builds calls catches checks
    clears closes collects combines compares compiles computes consumes converts copies counts creates decodes defers
    delays deletes detaches discards doubles drains drops emits enters evaluates exits expands exposes fetches fills
    flattens flushes follows forgets formats forwards freezes gathers guards halves handles hides holds imports indexes
    inherits inserts invokes iterates joins keeps launches limits links loads locks maps marks matches measures merges
    mirrors moves names narrows notifies opens orders overrides owns parses pauses picks polls postpones prepares
    preserves prints promotes protects publishes pushes raises reads rebinds receives records releases removes renames
    repeats replaces reports rescues resets resolves restores resumes retries returns reuses reverses rotates samples
    saves scans schedules seals selects sends shadows shares shifts signals skips sorts splits starts stops stores
    strips swaps switches tags tests throws traces transfers traverses trims unpacks updates validates visits waits
    wakes walks widens wraps writes yields
""".split()  # noqa: SIM905
_ADJECTIVES = """
    abstract ambiguous anonymous asynchronous atomic automatic available balanced bounded broken cached cheap circular
    clean closed cold complete concrete concurrent consistent constant copied cyclic dangling deep default deferred
    dense detached direct dirty distinct dynamic eager early empty equal exact exclusive expensive explicit external
    fair fast final finite flat foreign forgotten fragile fresh frozen full generic greedy hashable hidden idle
    immutable implicit inherited inner internal invalid isolated large late lazy linear live local locked long loose
    mutable naive narrow native nested neutral numeric obsolete opaque open optional ordered outer parallel partial
    passive pending persistent plain portable positional private public pure qualified random raw reachable read-only
    recent recursive redundant relative reliable remote repeated reserved reusable robust safe scalar separate shallow
    shared short silent simple single slow small sorted sparse stable stale static strict strong stuck surrogate
    symbolic synchronous temporary thin transient transparent truthy typed unbound unique unsafe untouched valid
    variadic verbose virtual visible volatile weak whole wide
""".split()  # noqa: SIM905
_PLACES = ("behind", "before", "after", "inside", "beside", "without", "below", "for", "through", "instead of")
_TITLES = """
    A tour of {p}|{N} and {m}|The {a} {n}|{P} under load|Working with {p}|{P}, {q} and the {m}|Notes on {a} {p}
    |Inside the {n}|{N} internals|{P} in practice|From {n} to {m}|{A} {p}
""".replace("\n", "")
_QUESTIONS = """
    What does `{f}()` return for a {a} {n}?|Why is the {n} {a} after the {m}?|When would you choose a {n} over a {m}?
    |How does a {a} {n} differ from a {b} one?|Which {n} owns the {m}?|What happens to a {n} when its {m} is {a}?
    |Name three ways to make a {n} {a}|Is a {a} {n} also {b}?|What is the cost of `{f}` on a {a} {n}?
    |How do you test a {n} that {v} a {m}?|Who {v} the {n}?|Why does `{C}` need a {n}?|What goes wrong with a {a} {n}?
    |{N} or {m}: which one {v} the {k}?|How many {p} can a {m} hold?|What does `{g}` do before the {n} {v} it?
""".replace("\n", "")
_SENTENCES = """
    A {a} {n} {v} the {m}, and the {k} stays {b}.|`{f}()` {v} the {n} {o} the {m}.
    |The {n} is **{a}**: nothing {v} it {o} the {m}.|When the {n} is {a}, the {m} {v} first.
    |Unlike a {m}, a {n} never {v} its {k}.|Only a {a} {n} {v} every {m}, so keep the {k} {b}.
    |*{A}* means that the {n} {v} once for each {m}.|The {n} {v} `{f}`, which the {m} {v} {o} a {b} {k}.
    |It is **not** the {n} but the {m} that {v} a {a} {k}.|Each {n} {v} one {m}; the {a} ones wait {o} the {k}.
    |Pass `{g}={d}` and the {a} {n} {v} {d} {p} at a time.|`{C}.{f}` {v} the {n}; `{C}.{g}` only {v} a {a} copy.
    |Most {p} are {a}, some are {b}, and a few {p} are both.|A {n} that {v} itself is {a}, whatever the {m} says.
    |After {d} {p} the {n} {v} the {m} — {o} that it is {a}.
""".replace("\n", "")
_ITEMS = """
    a {a} {n} {v} the {m}|`{f}()` and `{g}()`|**{n}**: {a}, {b}|{p} {o} the {m}|the {m} {v}, then the {n} {v}
    |`{C}` {o} a {a} {n}|no {n} is {a} {o} its {m}|{a} {p} cost {d} times as much as {b} ones
    |what the {n} {v}, in the order of the {p}, unless a {a} {m} {v} it before the {k} does
""".replace("\n", "")
_STATEMENTS = """
    {f} = {g}[{d}:]|{f}.append({g})|{f}, *{g} = sorted({h})|{g} = {f} or {h}|self.{f} = {g}|{h}.{f}({g}, {h}={d})
    |{f} = [{g} for {g} in {h} if {g}]|{f} = {{{g}: {d} for {g} in {h}}}|assert {f} != {g}, "{a} {n}"
    |{f} += {d}  # the {n} {v}|{f} = "{a} {n}".split()|print(f"{{{f}}} of {{{g}}}")|{f} = lambda {g}: {g} * {d}
    |del {f}[{d}]|{f} = {C}({g}, {h})|# the {m} is {a} here|{f} = {g} if {h} else None
""".replace("\n", "")
_HEADS = """def {f}({g}, {h}=None):|class {C}({n}.{C}):|for {f} in {g}({h}):|with {f}({h}) as {g}:|if {f} is not {g}:
    |@{f}({d})\ndef {g}(*{p}, **{q}):|async def {f}(self, {g}: int = {d}) -> list[str]:|while {f} < len({g}):
"""
_LONG = """
    {f} = [{g}.{h}({f}_{n}, {d}) for {g} in {h}_{p} if {g} is not None and {g}.{a0} > {d}]  # {a} {p} are left out
    |raise ValueError(f"the {a} {n} {{{f}!r}} of {{{g}!r}} {v} no {m}: expected {d} {p}, found {{len({h})}} {b} {q}")
    |{f}_{n}, {g}_{m} = {h}.{f}_{p}({g}, {f}=({d}, {d}), {h}="{a} {n} {o} {m}", {n}_{m}=None), {{"{n}": {d}, "{m}": [{d}]}}
    |return self.{f}_{n}.{g}(self.{h}_{m}, *[each.{n}_{k} for each in self.{p}], **self.{q}).{h}(lambda {n}0: {n}0 or {d})
""".replace("\n", "")


def notes(sections: int, seed: int = 0) -> dict[str, str]:
    """Notes with so many headings of the second level, by their paths: a topic a note, about six sections a topic."""
    plans = _plans(sections, seed)
    return {plan.path: _Note(Random(f"{seed} {plan.path} text"), plan, plans).text() for plan in plans}


@dataclass(frozen=True, slots=True)
class _Plan:
    """A note before it has a text: its path, its title, its questions."""

    path: str
    title: str
    questions: tuple[str, ...]


def _plans(sections: int, seed: int) -> tuple[_Plan, ...]:
    plans: list[_Plan] = []
    titles: set[str] = set()
    while sections:
        draw = Random(f"{seed} {len(plans)} plan")
        count = min(sections, draw.randint(4, 8))
        title = _new(draw, _TITLES, titles)
        slug = re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
        asked: set[str] = set()
        questions = tuple(_new(draw, _QUESTIONS, asked) for _ in range(count))
        plans.append(_Plan(f"{(len(plans) + 1) * 10:05}-{slug}.md", title, questions))
        sections -= count
    return tuple(plans)


def _new(draw: Random, patterns: str, taken: set[str]) -> str:
    """Words that are not yet `taken`, and now are."""
    while (words := _filled(draw, patterns)) in taken:
        pass
    taken.add(words)
    return words


def _filled(draw: Random, patterns: str) -> str:
    """One of the patterns with words in its places."""
    n, m, k, x, y, z = draw.sample(_NOUNS, 6)
    a, b = draw.sample(_ADJECTIVES, 2)
    names = {
        "n": n,
        "N": n.capitalize(),
        "m": m,
        "k": k,
        "p": _plural(x),
        "P": _plural(x).capitalize(),
        "q": _plural(y),
        "a": a,
        "A": a.capitalize(),
        "b": b,
        "a0": a.replace("-", "_"),
        "o": draw.choice(_PLACES),
        "f": f"{x}_{n}" if draw.random() < 0.5 else _plural(x),
        "g": f"{y}_{draw.choice('abcxyz')}",
        "h": f"__{z}__" if draw.random() < 0.1 else f"{z}_{m}",
        "C": x.capitalize() + y.capitalize(),
        "d": str(draw.randint(2, 999)),
    }
    pattern = draw.choice(patterns.split("|"))
    # Each verb is drawn for itself: one sentence may have three.
    words = re.sub(
        r"\{(\w+)\}|\{\{|\}\}",
        lambda m: m[0][0] if m[1] is None else draw.choice(_VERBS) if m[1] == "v" else names[m[1]],
        pattern.strip(),
    )
    return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", words)


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


class _Note:
    """The text of one note, block by block."""

    def __init__(self, draw: Random, plan: _Plan, plans: tuple[_Plan, ...]) -> None:
        self.draw = draw
        self.plan = plan
        self.plans = plans

    def text(self) -> str:
        parts = [f"# {self.plan.title}", self.prose(self.draw.randint(1, 3))]
        for question in self.plan.questions:
            parts += [f"## {question}", *self.answer()]
            if self.draw.random() < 0.15:
                asked = {question}
                for _ in range(self.draw.randint(1, 3)):
                    parts += [f"### {_new(self.draw, _QUESTIONS, asked)}", self.block()]
        return "\n\n".join(parts) + "\n"

    def answer(self) -> list[str]:
        more = self.draw.choice((0, 0, 1, 1, 1, 2))
        return [self.prose(self.draw.randint(1, 3)), *(self.block() for _ in range(more))]

    def block(self) -> str:
        kinds: list[tuple[Callable[[], str], int]] = [
            (lambda: self.prose(self.draw.randint(1, 5)), 16),
            (self.bullets, 16),
            (self.steps, 6),
            (self.code, 30),
            (self.session, 8),
            (self.output, 5),
            (self.table, 10),
            (self.callout, 6),
            (self.link, 8),
            (self.code_in_a_list, 3),
        ]
        return self.draw.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]()

    def sentence(self) -> str:
        return _filled(self.draw, _SENTENCES)

    def item(self) -> str:
        return _filled(self.draw, _ITEMS)

    def prose(self, sentences: int) -> str:
        return " ".join(self.sentence() for _ in range(sentences))

    def bullets(self) -> str:
        lines = []
        for _ in range(self.draw.randint(2, 6)):
            lines.append(f"- {self.item()}")
            if self.draw.random() < 0.12:
                lines += [f"  - {self.item()}" for _ in range(self.draw.randint(1, 3))]
        return "\n".join(lines)

    def steps(self) -> str:
        first = self.draw.choice((1, 1, 1, 1, 4, 97))
        return "\n".join(f"{first + n}. {self.item()}" for n in range(self.draw.randint(2, 5)))

    def code(self) -> str:
        return f"```python\n{self.program()}\n```"

    def program(self) -> str:
        """A few lines, seldom many, and seldom one that is longer than a column is wide."""
        lines: list[str] = []
        for _ in range(self.draw.choice((1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 8))):
            if lines:
                lines.append("")
            lines += self.definition() if self.draw.random() < 0.6 else self.statements(self.draw.randint(1, 5))
        if self.draw.random() < 0.15:
            lines.insert(self.draw.randrange(len(lines) + 1), _filled(self.draw, _LONG))
        return "\n".join(lines)

    def definition(self) -> list[str]:
        indented = [f"    {line}" for line in self.statements(self.draw.randint(1, 6))]
        return [*_filled(self.draw, _HEADS).split("\n"), *indented]

    def statements(self, count: int) -> list[str]:
        return [_filled(self.draw, _STATEMENTS) for _ in range(count)]

    def session(self) -> str:
        lines = []
        for _ in range(self.draw.randint(1, 4)):
            lines += [
                _filled(self.draw, ">>> {f} = {g}({d})|>>> {f}.{h}[{d}]|>>> len({f}), {g}"),
                _filled(self.draw, "({d}, {d})|'{a} {n}'|<{C} object of {n}>|[{d}, '{m}', None]"),
            ]
        return "```pycon\n" + "\n".join(lines) + "\n```"

    def output(self) -> str:
        shown = "\n".join(_filled(self.draw, "{a} {n}|{d} {p}|['{n}', '{m}']") for _ in range(self.draw.randint(1, 4)))
        return f"{self.code()}\n\n```output\n{shown}\n```"

    def table(self) -> str:
        columns = self.draw.randint(2, 4)
        heads = " | ".join(_filled(self.draw, "{n}|{a} {n}|`{f}`") for _ in range(columns))
        rules = "|".join(self.draw.choice(("---", ":---", "---:", ":-:")) for _ in range(columns))
        cells = "`{f}`|{a}|{d}|a {a} {n} {v}|O(n log n)|**{n}**|{a} {p} and {q} {o} the {m}|`{C}.{g}`"
        rows = (" | ".join(_filled(self.draw, cells) for _ in range(columns)) for _ in range(self.draw.randint(2, 6)))
        return "\n".join((f"| {heads} |", f"|{rules}|", *(f"| {row} |" for row in rows)))

    def callout(self) -> str:
        kind = self.draw.choice(("NOTE", "TIP", "WARNING"))
        return f"> [!{kind}]\n> {self.prose(self.draw.randint(1, 2))}"

    def link(self) -> str:
        """Prose that leads to another topic, to the title or to one of the questions."""
        plan = self.draw.choice(self.plans)
        words, place = plan.title, plan.path
        if self.draw.random() < 0.5:
            words = self.draw.choice(plan.questions)
            slug = re.sub(r"[^\w -]", "", words.lower().replace("`", "")).replace(" ", "-")
            place = f"{plan.path}#{slug}"
        return f"{self.sentence()} See [{words.replace('`', '')}]({place}). {self.sentence()}"

    def code_in_a_list(self) -> str:
        parts = []
        for _ in range(self.draw.randint(1, 3)):
            inner = "\n".join(f"  {line}".rstrip() for line in self.code().split("\n"))
            parts.append(f"- {self.item()}\n\n{inner}")
        return "\n\n".join(parts)


def written(sections: int, folder: Path) -> Path:
    """The folder, made where it is not there, with so many sections of notes in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in notes(sections).items():
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    return folder


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit("python benchmarks/corpus.py SECTIONS FOLDER")
    written(int(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
