"""A running Anki, through its add-on AnkiConnect: what it holds of a deck, and what it is told to do.

The only module that speaks HTTP, and only `push` comes here. It speaks to the address it is given and to no other: by no
proxy, following no redirection.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from interview_helper import disk
from interview_helper.files import Refusal, quoted, typed
from interview_helper.outputs.anki import CLOZE, QUESTION, Shipped
from interview_helper.pushing import Collection, Effect, Known, Shape

URL = "http://127.0.0.1:8765"
_VERSION = 6  # of the protocol
_ADD_ON = "2055492159"  # on AnkiWeb
_GET_IT = f"in Anki: Tools > Add-ons > Get Add-ons…, code {_ADD_ON}; then start Anki again"
_UPDATE = "in Anki: Tools > Add-ons > Check for Updates; then start Anki again"
_OPEN = "in Anki, open the profile: File > Switch Profile"
_REACH, _REPLY, _IMPORT = 5, 60, 1800  # seconds
_LARGEST = 500_000_000  # bytes of a reply
_AT_ONCE = 500  # notes in a question: the add-on reads a kilobyte at a time

Action = tuple[str, Mapping[str, object]]


class Failed(Exception):
    """Anki answers that it can't do that, in its own words."""


class Anki:
    """The Anki at an address, `key` being what its owner has set as AnkiConnect's apiKey."""

    def __init__(self, url: str = URL, key: str = "") -> None:
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = -1
        if parts.scheme != "http" or not parts.hostname or port == -1:
            raise Refusal(f"{url} is no address of AnkiConnect", f"--url {URL}", 2)
        self.url, self._key = url, key
        self._host, self._port, self._path = parts.hostname, port or 80, parts.path or "/"

    # --- what it holds --------------------------------------------------------------------------------------------

    def checked(self, profile: str = "") -> str:
        """The name of the open profile. Raises Refusal where Anki can't be spoken to, or it is not the profile wanted."""
        version = self._asked("version")
        if not isinstance(version, int) or version < _VERSION:
            raise Refusal(f"AnkiConnect at {self.url} speaks version {version}, and not {_VERSION}", _UPDATE)
        name = str(self._asked("getActiveProfile") or "")
        if profile and name != profile:
            raise Refusal(f"the profile that is open in Anki is {name!r}, and not {profile!r}", _OPEN)
        media = str(self._asked("getMediaDirPath"))
        if not disk.is_folder(Path(media)):
            raise Refusal(
                f"Anki has its files in {media}, which is not on this machine: it can't see the deck either",
                "build the deck, take it to where Anki is, and there File > Import",
            )
        return name

    def collection(self, profile: str, notes: Sequence[Shipped], slug: str, *, with_decks: bool) -> Collection:
        """What Anki holds of these notes; the decks of their cards only where they are asked for."""
        shapes = self._shapes()
        known = self._notes(notes, shapes) if shapes else {}
        cards = [card for note in known.values() for card in note.cards]
        mine = " OR ".join(f"mid:{shape.id}" for shape in shapes)
        decks: dict[int, str] = {}
        if with_decks:
            for name, there in self._asked("getDecks", cards=cards).items() if cards else ():
                decks |= dict.fromkeys(there, name)
        states = [frozenset[int](), frozenset[int]()]
        if cards:
            wanted = set(cards)
            states = [
                frozenset(wanted.intersection(self._asked("findCards", query=f"{state} ({mine})")))
                for state in ("is:suspended", "deck:filtered")
            ]
        others = " ".join(f"-mid:{note_type.id}" for note_type in (QUESTION, CLOZE))
        strays = len(self._asked("findNotes", query=f'"tag:{_literally(slug)}::*" {others}'))
        return Collection(profile, known, decks, states[0], states[1], tuple(shapes), strays)

    def _shapes(self) -> list[Shape]:
        names = {int(number): name for name, number in self._asked("modelNamesAndIds").items()}
        shapes = []
        for number in (QUESTION.id, CLOZE.id):
            if name := names.get(number):
                fields, templates, look = self._all(
                    [(action, {"modelName": name}) for action in ("modelFieldNames", "modelTemplates", "modelStyling")]
                )
                sides = {each: (both["Front"], both["Back"]) for each, both in templates.items()}
                shapes.append(Shape(number, name, tuple(fields), sides, look["css"]))
        return shapes

    def _notes(self, notes: Sequence[Shipped], shapes: Iterable[Shape]) -> dict[str, Known]:
        """The notes of ours that have cards, by their field `Id`: a copy that somebody has made of one is not it."""
        rows = {note.guid: note.row for note in notes}
        mine = " OR ".join(f"mid:{shape.id}" for shape in shapes)
        # `notesInfo` fails for a note without a card, such as our tombstones: a property of cards leaves them out.
        found = sorted(self._asked("findNotes", query=f"({mine}) prop:reps>=0"))
        known: dict[str, Known] = {}
        for start in range(0, len(found), _AT_ONCE):
            for each in self._asked("notesInfo", notes=found[start : start + _AT_ONCE]):
                fields = {name: str(field["value"]) for name, field in each.get("fields", {}).items()}
                guid = fields.get("Id", "")
                if guid in rows and (guid not in known or each["noteId"] == rows[guid]):
                    tags, cards = tuple(each["tags"]), tuple(each["cards"])
                    known[guid] = Known(each["noteId"], each["modelName"], tags, fields, cards, each.get("mod"))
        return known

    # --- what it is told ------------------------------------------------------------------------------------------

    def take(self, package: Path, push: Effect) -> None:
        """Import the package where that changes something, and give notes the tags again that the import takes away.

        It is one request: whoever stops us in between loses no tag. Raises Refusal where Anki can't import it.
        """
        if not push.needs_import:
            return
        path = str(package.absolute())
        actions: list[Action] = [("importPackage", {"path": path})]
        actions += [("addTags", {"notes": list(notes), "tags": tags}) for tags, notes in push.own_tags.items()]
        try:
            self._all(actions, _IMPORT)
        except Failed as error:
            hint = f"where Anki runs, try ls -l {quoted(path)}; an Anki in a container sees files of its own alone"
            raise Refusal(f"Anki can't import {path}: {error}", hint) from error

    def finish(self, push: Effect, deleted: Sequence[int]) -> None:
        """Delete the notes that may be, move, suspend and unsuspend cards, give our note types their look."""
        left = push.rest
        if deleted:
            self._asked("deleteNotes", notes=list(deleted))
        actions: list[Action] = [
            ("changeDeck", {"cards": list(cards), "deck": deck}) for deck, cards in left.moved.items()
        ]
        if left.suspended:
            actions.append(("suspend", {"cards": list(left.suspended)}))
        if left.unsuspended:
            actions.append(("unsuspend", {"cards": list(left.unsuspended)}))
        for shape in left.looks:
            templates = {name: {"Front": front, "Back": back} for name, (front, back) in shape.templates.items()}
            actions.append(("updateModelTemplates", {"model": {"name": shape.name, "templates": templates}}))
            actions.append(("updateModelStyling", {"model": {"name": shape.name, "css": shape.css}}))
        # Apart, because the add-on goes on after a failure: what is marked is not suspended again.
        marks: list[Action] = [("addTags", {"notes": list(each), "tags": mark}) for mark, each in left.marked.items()]
        for each in filter(None, (actions, marks)):
            try:
                self._all(each, _IMPORT)
            except Failed as error:
                raise Refusal(
                    f"the deck is imported, but Anki fails to move or suspend cards: {error}", "push once more"
                ) from error

    # --- the protocol ---------------------------------------------------------------------------------------------

    def _asked(self, action: str, **given: object) -> Any:
        """What an action gives. Raises Refusal where it can't be had."""
        try:
            return self._result(action, self._replied(self._request(action, given), _REPLY))
        except Failed as error:
            raise Refusal(f"Anki fails at {action}: {error}", "look at what Anki shows on its screen") from error

    def _all(self, actions: Sequence[Action], patience: float = _REPLY) -> list[Any]:
        """What each of some actions gives, all of them done by the add-on at once. Raises Failed for the first that fails."""
        requests = [self._request(action, given) for action, given in actions]
        replies = self._result("multi", self._replied(self._request("multi", {"actions": requests}), patience))
        if not isinstance(replies, list) or len(replies) != len(actions):
            raise self._no_anki()
        return [self._result(action, reply) for (action, _), reply in zip(actions, replies, strict=True)]

    def _request(self, action: str, given: Mapping[str, object]) -> dict[str, object]:
        request: dict[str, object] = {"action": action, "version": _VERSION, "params": dict(given)}
        return request | {"key": self._key} if self._key else request

    def _result(self, action: str, reply: Any) -> Any:
        if not isinstance(reply, dict) or not {"result", "error"} <= reply.keys():
            raise self._no_anki()
        error = reply["error"]
        if error is None:
            return reply["result"]
        if error == "unsupported action":
            raise Refusal(f"AnkiConnect is too old: it has no {action}", _UPDATE)
        if error == "valid api key must be provided":
            other = ", and another one than ANKI_CONNECT_KEY has" if self._key else ""
            raise Refusal(
                f"AnkiConnect wants its apiKey{other}",
                "export ANKI_CONNECT_KEY=…, as in Tools > Add-ons > AnkiConnect > Config",
            )
        if error == "collection is not available":
            raise Refusal("Anki has no profile open, or is about to sync", _OPEN)
        raise Failed(str(error))

    def _replied(self, request: Mapping[str, object], patience: float) -> Any:
        body = json.dumps(request).encode()
        connection = HTTPConnection(self._host, self._port, timeout=_REACH)
        try:
            connection.connect()
            connection.sock.settimeout(patience)
            connection.request("POST", self._path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            data = response.read(_LARGEST)
        except TimeoutError as error:
            raise Refusal(
                f"Anki at {self.url} does not answer", "close the windows that Anki waits for, and try again"
            ) from error
        except HTTPException as error:
            raise self._no_anki() from error
        except OSError as error:
            raise self._unreachable(error) from error
        finally:
            connection.close()
        if response.status == 403:
            raise Refusal(f"AnkiConnect at {self.url} refuses us", "look at webCorsOriginList in its config")
        try:
            return json.loads(data)
        except ValueError as error:
            raise self._no_anki() from error

    def _no_anki(self) -> Refusal:
        return Refusal(f"what answers at {self.url} is not AnkiConnect", "--url takes the address of it")

    def _unreachable(self, error: OSError) -> Refusal:
        why = error.strerror or str(error)
        if self.url == URL:
            add_ons = _add_ons()
            if add_ons and disk.is_folder(add_ons) and not disk.is_folder(add_ons / _ADD_ON):
                return Refusal(f"Anki lacks the add-on AnkiConnect (none is in {typed(add_ons)})", _GET_IT)
            hint = f"start Anki; where it runs, it lacks the add-on AnkiConnect: code {_ADD_ON}"
            return Refusal(f"Anki is not running: {self.url}: {why}", hint)
        return Refusal(f"nothing answers at {self.url}: {why}", "start Anki there, or give another --url")


def _add_ons() -> Path | None:
    """Where Anki keeps its add-ons, if that can be known."""
    if base := os.environ.get("ANKI_BASE"):
        return Path(base) / "addons21"
    home = os.path.expanduser("~")  # noqa: PTH111  # Path.home raises where there is none
    places = {"darwin": f"{home}/Library/Application Support", "win32": os.environ.get("APPDATA", "")}
    data = places.get(sys.platform, os.environ.get("XDG_DATA_HOME") or f"{home}/.local/share")
    return Path(data) / "Anki2" / "addons21" if data else None


def _literally(slug: str) -> str:
    r"""A slug in a search, where `_` would be any letter and `\` an escape."""
    return re.sub(r'[\\_*"]', r"\\\g<0>", slug)
