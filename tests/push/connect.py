"""AnkiConnect as `push` meets it: its protocol over HTTP, and what it does, done to a real collection.

Written from how the add-on behaves, mistakes included: `notesInfo` fails for a note without cards, `multi` goes on after
an action that failed, each of its actions has a version and a key of its own.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any, Self

from anki_import.sandbox import Sandbox  # isort: skip  # first: it knows how to import Anki

from anki import importing, lang

# What the add-on takes, in an old Anki and in a new one; by its usual name the new one prints that it is deprecated.
_Importer: Any = getattr(importing, "_LegacyAnkiPackageImporter", None) or importing.AnkiPackageImporter


class Connect:
    """The add-on in an Anki that has a sandbox's profile open. `asked` is all that it was asked for, in order."""

    def __init__(self, anki: Sandbox) -> None:
        lang.set_lang("en")  # as the desktop program does, whose old importer asks for it
        self.anki, self.collection = anki, anki.collection
        self.asked: list[str] = []
        self.paths: list[str] = []
        self.now = 0  # the second in which it does what it does
        self.key: str | None = None
        self.profile = "User 1"
        self.is_open = True
        self.speaks = 6
        self.media = self.collection.media.dir()
        self.lacks: set[str] = set()
        self.tells_mod = True
        self.banner: bytes | None = None  # what another program says at this address
        self.status = 200
        self.fails = ""  # an action that does
        self.breaks_after = ""  # an action after which the connection is gone
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        connect = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = connect.banner or json.dumps(connect.reply(request)).encode()
                if connect.breaks_after and connect.breaks_after in connect.asked:
                    return
                self.send_response(connect.status)
                self.send_header("Content-Type", "text/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the name it has there
                pass

        return Handler

    def reply(self, request: dict[str, Any]) -> Any:
        """What it answers, as values of JSON."""
        action, version = request.get("action", ""), request.get("version", 4)
        done: Callable[..., Any] | None = getattr(self, f"do_{action}", None)
        result: Any = None
        if request.get("key") != self.key:
            error: str | None = "valid api key must be provided"
        elif done is None or action in self.lacks:
            error = "unsupported action"
        elif action == self.fails:
            error = "it is stuck"
        elif not self.is_open and action not in {"version", "getActiveProfile", "multi"}:
            error = "collection is not available"
        else:
            self.asked.append(action)
            try:
                result, error = done(**request.get("params", {})), None
            except Exception as raised:  # noqa: BLE001  # the add-on does so
                error = str(raised)
        return result if version <= 4 and error is None else {"result": result, "error": error}

    def do_version(self) -> int:
        return self.speaks

    def do_getActiveProfile(self) -> str | None:  # noqa: N802  # the name of the action, as all below
        return self.profile if self.is_open else None

    def do_getMediaDirPath(self) -> str:  # noqa: N802
        return self.media

    def do_multi(self, actions: list[dict[str, Any]]) -> list[Any]:
        return [self.reply(each) for each in actions]

    def do_modelNamesAndIds(self) -> dict[str, int]:  # noqa: N802
        return {each.name: each.id for each in self.collection.models.all_names_and_ids()}

    def do_modelFieldNames(self, modelName: str) -> list[str]:  # noqa: N802, N803
        return [field["name"] for field in self._model(modelName)["flds"]]

    def do_modelTemplates(self, modelName: str) -> dict[str, dict[str, str]]:  # noqa: N802, N803
        return {each["name"]: {"Front": each["qfmt"], "Back": each["afmt"]} for each in self._model(modelName)["tmpls"]}

    def do_modelStyling(self, modelName: str) -> dict[str, str]:  # noqa: N802, N803
        return {"css": self._model(modelName)["css"]}

    def do_updateModelTemplates(self, model: dict[str, Any]) -> None:  # noqa: N802
        there = self._model(model["name"])
        for template in there["tmpls"]:
            sides = model["templates"].get(template["name"], {})
            template["qfmt"] = sides.get("Front") or template["qfmt"]
            template["afmt"] = sides.get("Back") or template["afmt"]
        self.collection.models.update_dict(there)

    def do_updateModelStyling(self, model: dict[str, Any]) -> None:  # noqa: N802
        there = self._model(model["name"])
        there["css"] = model["css"]
        self.collection.models.update_dict(there)

    def _model(self, name: str) -> Any:
        self.collection.models._clear_cache()
        model = self.collection.models.by_name(name)
        if model is None:
            raise ValueError(f"model was not found: {name}")
        return model

    def do_findNotes(self, query: str) -> list[int]:  # noqa: N802
        return list(self.collection.find_notes(query))

    def do_findCards(self, query: str) -> list[int]:  # noqa: N802
        return list(self.collection.find_cards(query))

    def do_notesInfo(self, notes: list[int]) -> list[dict[str, Any]]:  # noqa: N802
        self.collection.models._clear_cache()
        return [self._info(number) for number in notes]

    def _info(self, number: int) -> dict[str, Any]:
        note: Any = self.collection.get_note(number)  # type: ignore[arg-type]
        model: Any = note.note_type()
        cards = {number: [card.id for card in note.cards()]} if note.cards() else {}
        told = {
            "noteId": note.id,
            "profile": self.profile,
            "tags": note.tags,
            "fields": {f["name"]: {"value": note.fields[f["ord"]], "order": f["ord"]} for f in model["flds"]},
            "modelName": model["name"],
            "cards": cards[number],  # the mistake: a KeyError
        }
        return told | ({"mod": note.mod} if self.tells_mod else {})

    def do_getDecks(self, cards: list[int]) -> dict[str, list[int]]:  # noqa: N802
        decks: dict[str, list[int]] = {}
        for card in cards:
            name = self.collection.decks.name(self._scalar("select did from cards where id = ?", card))
            decks.setdefault(name, []).append(card)
        return decks

    def do_importPackage(self, path: str) -> bool:  # noqa: N802
        self.paths.append(path)
        _Importer(self.collection, path).run()
        self.collection.models._clear_cache()
        return True

    def do_addTags(self, notes: list[int], tags: str) -> None:  # noqa: N802
        database = self.collection.db
        assert database is not None
        listed = ",".join(map(str, notes))
        before = dict(database.all(f"select id, mod from notes where id in ({listed})"))  # numbers
        database.execute(f"update notes set mod = 0 where id in ({listed})")  # numbers
        self.collection.tags.bulk_add(notes, tags)  # type: ignore[arg-type]
        stamps = [
            (self.now if database.scalar("select mod from notes where id = ?", each) else stamp, each)
            for each, stamp in before.items()
        ]
        database.executemany("update notes set mod = ? where id = ?", stamps)

    def do_changeDeck(self, cards: list[int], deck: str) -> None:  # noqa: N802
        number = self.collection.decks.id(deck)
        rows = [(self.collection.usn(), self.now, number, card) for card in cards]
        assert self.collection.db is not None
        self.collection.db.executemany("update cards set usn = ?, mod = ?, did = ? where id = ?", rows)

    def do_suspend(self, cards: list[int]) -> bool:
        self.collection.sched.suspend_cards(cards)  # type: ignore[arg-type]
        return True

    def do_unsuspend(self, cards: list[int]) -> None:
        self.collection.sched.unsuspend_cards(cards)  # type: ignore[arg-type]

    def do_deleteNotes(self, notes: list[int]) -> None:  # noqa: N802
        self.collection.remove_notes(notes)  # type: ignore[arg-type]

    def _scalar(self, query: str, *given: object) -> Any:
        assert self.collection.db is not None
        return self.collection.db.scalar(query, *given)
