"""What a push says where Anki is not as it needs it: a message each, with a remedy, and nothing is changed."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import typer
from interview_helper import ankiconnect, cli
from interview_helper.outputs.anki import CLOZE, QUESTION

from push.test_push import whole

NOTES = "# A\n\n## What is a list?\n\nMutable.\n\n## Blanks\n<!-- card: cloze -->\n\nThe ==GIL==.\n"


@dataclass
class Row:
    """What is wrong, what is typed, and what is said: the message, how the hint begins, the exit code."""

    wrong: Callable[[Any], object]
    says: str
    hint: str
    options: tuple[str, ...] = ()
    code: int = 3


def lacking_field(desk: Any) -> None:
    models = desk.anki.collection.models
    model = desk.anki.note_type(QUESTION.id)
    models.remove_field(model, model["flds"][7])
    models.update_dict(model)


def own_field(desk: Any) -> None:
    models = desk.anki.collection.models
    model = desk.anki.note_type(QUESTION.id)
    models.add_field(model, models.new_field("Mine"))
    models.update_dict(model)


def own_template(desk: Any) -> None:
    models = desk.anki.collection.models
    model = desk.anki.note_type(QUESTION.id)
    template = models.new_template("Mine")
    template["qfmt"] = "{{Answer}}"
    models.add_template(model, template)
    models.update_dict(model)


def other_order(desk: Any) -> None:
    models = desk.anki.collection.models
    model = desk.anki.note_type(QUESTION.id)
    models.reposition_field(model, model["flds"][4], 2)
    models.update_dict(model)


def own_type(desk: Any) -> None:
    """One of our notes is made a Basic one, as Anki's dialog does it: question and answer are kept, the rest is not."""
    collection = desk.anki.collection
    basic = collection.models.by_name("Basic")
    note = desk.anki.note(desk.id("What is a list?"))
    collection.models.change(note.note_type(), [note.id], basic, {0: 0, 1: 1}, {0: 0})


def other_type(desk: Any) -> None:
    """One of our notes is made a cloze of ours: its fields are kept by their names."""
    collection = desk.anki.collection
    note = desk.anki.note(desk.id("What is a list?"))
    names = [name for _, name in CLOZE.fields]
    kept = {i: names.index(name) if name in names else None for i, (_, name) in enumerate(QUESTION.fields)}
    cloze = desk.anki.note_type(CLOZE.id)
    request = collection.models.change_notetype_info(old_notetype_id=QUESTION.id, new_notetype_id=CLOZE.id).input
    request.note_ids.append(note.id)
    request.new_fields[:] = [next((i for i, k in kept.items() if k == new), -1) for new in range(len(cloze["flds"]))]
    collection.models.change_notetype_of_notes(request)


def set_(**values: object) -> Callable[[Any], None]:
    def wrong(desk: Any) -> None:
        for name, value in values.items():
            setattr(desk.connect, name, value)

    return wrong


SHAPE = "make it in Anki as it was, or --merge"
ROWS = {
    "wrong version": Row(
        set_(speaks=5), "AnkiConnect at {url} speaks version 5, and not 6", "in Anki: Tools > Add-ons >"
    ),
    "an action is lacking": Row(
        set_(lacks={"getActiveProfile"}), "AnkiConnect is too old: it has no getActiveProfile", "in Anki: Tools"
    ),
    "a key is wanted": Row(set_(key="secret"), "AnkiConnect wants its apiKey", "export ANKI_CONNECT_KEY="),
    "another profile": Row(
        set_(profile="Kids"),
        "the profile that is open in Anki is 'Kids', and not 'User 1'",
        "in Anki, open the profile: File > Switch Profile",
        ("--profile", "User 1"),
    ),
    "no profile": Row(
        set_(is_open=False), "Anki has no profile open, or is about to sync", "in Anki, open the profile"
    ),
    "another machine": Row(
        set_(media="/no/such/Anki2/User 1/collection.media"),
        "Anki has its files in /no/such/Anki2/User 1/collection.media, which is not on this machine: it can't see the deck either",
        "build the deck, take it to where Anki is",
    ),
    "another program": Row(set_(banner=b"<html>"), "what answers at {url} is not AnkiConnect", "--url takes"),
    "another program, in JSON": Row(set_(banner=b"[1]"), "what answers at {url} is not AnkiConnect", "--url takes"),
    "a refusal": Row(set_(status=403), "AnkiConnect at {url} refuses us", "look at webCorsOriginList"),
    "a question fails": Row(
        set_(fails="findNotes"), "Anki fails at findNotes: it is stuck", "look at what Anki shows on its screen"
    ),
    "a field is lacking": Row(
        lacking_field, "in Anki, the note type 'Interview Helper Question' lacks the field Reserved1", SHAPE
    ),
    "a field of one's own": Row(
        own_field, "in Anki, the note type 'Interview Helper Question' has the field Mine of your own", SHAPE
    ),
    "a template of one's own": Row(
        own_template, "in Anki, the note type 'Interview Helper Question' has the template Mine of your own", SHAPE
    ),
    "another order": Row(
        other_order, "in Anki, the note type 'Interview Helper Question' has its fields in another order", SHAPE
    ),
    "another note type": Row(
        own_type,
        "1 note with this deck's tags has a note type of your own (tag:deck::* finds it), and a card of the deck is not there",
        "if it is that card, --merge makes it ours again",
    ),
    "the other note type of ours": Row(
        other_type, "1 of this deck's cards have another note type in Anki (Id: ", SHAPE
    ),
    "no address": Row(lambda _: None, "ftp://x is no address of AnkiConnect", "--url http://", ("--url", "ftp://x"), 2),
    "no port": Row(lambda _: None, "http://x:y is no address of AnkiConnect", "--url http", ("--url", "http://x:y"), 2),
}


@pytest.mark.parametrize("name", ROWS)
def test_each_has_its_message_and_changes_nothing(desk, name):
    row = ROWS[name]
    desk.write(NOTES)
    desk.push()
    row.wrong(desk)
    desk.write(NOTES.replace("Mutable", "It can change"))
    before, lock, package = (
        whole(desk.anki),
        (desk.folder.notes / "deck.lock").read_bytes(),
        desk.folder.package.read_bytes(),
    )
    result = desk.run(*row.options)
    message, hint = result.stderr.splitlines()
    said = f"error: {row.says.format(url=desk.connect.url)}"
    assert message.startswith(said) if said.endswith("Id: ") else message == said
    assert hint.startswith(f"    hint: {row.hint}")
    assert result.exit_code == row.code
    assert whole(desk.anki) == before
    assert (desk.folder.notes / "deck.lock").read_bytes() == lock
    assert desk.folder.package.read_bytes() == package


def test_where_nothing_listens_anki_is_not_running(desk, monkeypatch, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    desk.write(NOTES)
    arguments = ("push", desk.folder.notes, "-o", desk.folder.output)
    result = desk.folder.run(*arguments, "--url", url)
    assert result.exit_code == 3
    assert result.stderr.startswith(f"error: nothing answers at {url}: ")
    monkeypatch.setattr(ankiconnect, "URL", url)
    monkeypatch.setenv("ANKI_BASE", str(tmp_path))
    assert desk.folder.run(*arguments, "--url", url).stderr.startswith(f"error: Anki is not running: {url}: ")
    (tmp_path / "addons21").mkdir()
    result = desk.folder.run(*arguments, "--url", url)
    assert result.stderr.startswith("error: Anki lacks the add-on AnkiConnect")
    assert "code 2055492159" in result.stderr
    (tmp_path / "addons21" / "2055492159").mkdir()
    assert desk.folder.run(*arguments, "--url", url).stderr.startswith("error: Anki is not running")
    assert not desk.folder.output.exists()


def test_an_anki_that_does_not_answer_is_not_waited_for_for_ever(desk, monkeypatch):
    monkeypatch.setattr(ankiconnect, "_REPLY", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        desk.write(NOTES)
        result = desk.folder.run("push", desk.folder.notes, "-o", desk.folder.output, "--url", url)
    assert result.exit_code == 3
    assert f"Anki at {url} does not answer" in result.stderr


def test_a_package_that_anki_can_t_see_is_told_and_nothing_is_deleted(desk):
    desk.write(NOTES)
    desk.push()
    desk.write("# A\n\n## What is new?\n\nThis.\n")
    before = whole(desk.anki)
    desk.connect.fails = "importPackage"
    result = desk.run("--retired", "delete", "--yes")
    assert result.exit_code == 3
    assert f"error: Anki can't import {desk.folder.package.absolute()}: it is stuck" in result.stderr
    assert "hint: where Anki runs, try ls -l" in result.stderr
    assert whole(desk.anki) == before


def test_what_fails_behind_the_import_is_told(desk):
    desk.write(NOTES)
    desk.push()
    desk.write("# A\n\n## What is new?\n\nThis.\n")
    desk.connect.fails = "suspend"
    result = desk.run()
    assert result.exit_code == 3
    assert "error: the deck is imported, but Anki fails to move or suspend cards: it is stuck" in result.stderr
    desk.connect.fails = ""
    assert "2 suspended" in desk.push()


@pytest.mark.parametrize("answer", [True, False])
def test_on_a_terminal_it_is_asked_before_cards_are_deleted(desk, monkeypatch, answer):
    desk.write(NOTES)
    desk.push()
    desk.write("# A\n\n## What is new?\n\nThis.\n")
    asked: list[str] = []
    monkeypatch.setattr(cli, "_is_terminal", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda words, **_: asked.append(words) or answer)
    before = whole(desk.anki)
    result = desk.run("--retired", "delete")
    assert asked == ["Delete 2 retired cards in the profile User 1, with all reviews?"]
    assert ("2 deleted" in result.stdout) is answer
    assert result.exit_code == (0 if answer else 2)
    assert ("error: nothing was pushed" in result.stderr) is not answer
    assert (whole(desk.anki) == before) is not answer


def test_with_its_key_the_add_on_obeys(desk, monkeypatch):
    desk.connect.key = "secret"
    monkeypatch.setenv("ANKI_CONNECT_KEY", "wrong")
    desk.write(NOTES)
    assert "wants its apiKey, and another one than ANKI_CONNECT_KEY has" in desk.run().stderr
    monkeypatch.setenv("ANKI_CONNECT_KEY", "secret")
    assert "2 new" in desk.push()


def test_merge_lets_anki_merge_and_cards_keep_their_reviews(desk):
    desk.write(NOTES)
    desk.push()
    desk.anki.study("Deck")
    reviews = desk.anki.state()["reviews"]
    own_field(desk)
    desk.write(NOTES.replace("Mutable", "It can change"))
    desk.push("--merge")
    assert desk.anki.state()["reviews"] == reviews
    assert desk.anki.note_types() == {"Interview Helper Question", "Interview Helper Cloze"}


def test_no_proxy_is_asked(desk, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    desk.write(NOTES)
    assert "2 new" in desk.push()


def test_an_error_in_the_notes_asks_nothing_of_anki(desk):
    desk.write(NOTES, "colour = 1\n")
    result = desk.run()
    assert result.exit_code == 2
    assert desk.connect.asked == []
