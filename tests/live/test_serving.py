"""Who reads the preview, and who does not; that it serves nothing but what it shows."""

from __future__ import annotations

import http.client
import json
import re
import socket
from io import BytesIO

import pytest

pytest.importorskip("starlette", reason="the extra `live` is not installed")
pytest.importorskip("uvicorn", reason="the extra `live` is not installed")

from anki_import.folder import picture
from interview_helper.files import Refusal
from interview_helper.live.rounds import Rounds
from interview_helper.live.serving import Serving
from interview_helper.live.sheets import Printed
from interview_helper.live.showing import Showing
from interview_helper.project import Outcome

NOTE = "# T\n\n## What is A?\n\n![a](p.png) ![d](d.svg)\n\nSECRET <script>alert(1)</script>\n"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


class Preview:
    """A preview of a folder, and what a client gets of it."""

    def __init__(self, folder):
        self.folder = folder
        self.rounds = Rounds(folder)
        self.showing = Showing(lambda span: f"vscode://file/{span.path}:{span.line}")
        self.showing.round(self.rounds.taken(0))
        self.serving = Serving(self.showing)
        self.secret = self.serving.address.removeprefix(self.serving.origin)
        self.port = int(self.serving.origin.rpartition(":")[2])

    def save(self, text):
        (self.folder / "a.md").write_text(text)
        self.showing.round(self.rounds.taken(1))
        self.serving.tell()

    def asked(self, path, *, method="GET", host=None, **headers):
        """The answer to a request: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host=True)
        for each in [f"127.0.0.1:{self.port}"] if host is None else host:
            connection.putheader("Host", each)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        body = b"" if answer.headers.get_content_type() == "text/event-stream" else answer.read()
        answer.close()
        connection.close()
        return answer.status, answer.headers, body

    def get(self, name, **headers):
        return self.asked(self.secret + name, **headers)

    def events(self, last=None):
        """What `events` tells, one after the other."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", self.secret + "events", headers={"Last-Event-ID": last} if last else {})
        answer = connection.getresponse()
        assert answer.headers.get_content_type() == "text/event-stream"
        try:
            while line := answer.readline():
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        finally:
            answer.close()
            connection.close()

    def first(self, last=None):
        """What `events` tells first."""
        events = self.events(last)
        try:
            return next(events)
        finally:
            events.close()


@pytest.fixture
def preview(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.md").write_text(NOTE)
    (folder / "p.png").write_bytes(picture("#1b667f", (20, 20)))
    (folder / "d.svg").write_text(DRAWING)
    (tmp_path / "outside.md").write_text("OUTSIDE")
    shown = Preview(folder)
    yield shown
    shown.serving.close()


def test_the_page_its_parts_and_the_pictures_are_served(preview):
    for name, kind in {
        "": "text/html",
        "card.html": "text/html",
        "page.css": "text/css",
        "page.js": "text/javascript",
        "anki.css": "text/css",
        "card.css": "text/css",
        "icon.svg": "image/svg+xml",
    }.items():
        status, headers, body = preview.get(name)
        assert (status, headers.get_content_type(), bool(body)) == (200, kind, True), name
    (card,) = preview.first()["cards"].values()
    names = re.findall(r'src="([^"]*)"', card["sides"][0][1])
    assert [preview.get(f"media/{name}")[1].get_content_type() for name in names] == ["image/png", "image/svg+xml"]
    assert b'<base href="media/"' in preview.get("card.html")[2]  # on a card, the name of a picture is its address


def test_a_name_that_somebody_points_to_this_machine_is_refused(preview):
    for host in (
        ["evil.example"],
        [f"evil.example:{preview.port}"],
        ["127.0.0.1"],
        [],
        [f"127.0.0.1:{preview.port}"] * 2,
    ):
        assert preview.get("", host=host)[0] in (400, 421), host
        assert b"SECRET" not in preview.get("events", host=host)[2]
    assert preview.get("", host=[f"localhost:{preview.port}"])[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=str,
)
def test_another_site_is_refused_even_if_it_knew_the_address(preview, headers):
    for name in ("", "events", "page.js", *(f"media/{each}" for each in preview.showing.now.media)):
        status, answered, _ = preview.get(name, **headers)
        assert status == 403, name
        assert answered.get_content_type() == "text/plain"


def test_the_page_itself_may_ask(preview):
    own = {"Origin": preview.serving.origin, "Sec_Fetch_Site": "same-origin"}
    assert preview.get("page.js", **own)[0] == 200
    assert preview.get("", Sec_Fetch_Site="none")[0] == 200


def test_no_answer_lets_another_site_read_it(preview):
    for name in ("", "card.html", "page.js", "events", *(f"media/{each}" for each in preview.showing.now.media)):
        _, headers, _ = preview.get(name)
        assert "access-control-allow-origin" not in headers, name
        assert headers["cross-origin-resource-policy"] == "same-origin", name
        assert headers["x-content-type-options"] == "nosniff", name
        assert headers["referrer-policy"] == "no-referrer", name
        assert headers["cache-control"] == "no-store", name
        assert "default-src 'none'" in headers["content-security-policy"], name


def test_without_the_secret_there_is_nothing(preview):
    for path in (
        "/",
        "/events",
        "/page.js",
        "/x/",
        "/x/events",
        preview.secret[:-2] + "/events",
        preview.secret.rstrip("/"),
    ):
        assert preview.asked(path)[0] == 404, path


def test_the_address_that_a_browser_is_opened_with_leads_there_once(preview):
    opening = preview.serving.opening.removeprefix(preview.serving.origin)
    status, headers, _ = preview.asked(opening)
    assert (status, headers["location"]) == (303, preview.serving.address)
    assert preview.asked(opening)[0] == 404
    assert preview.serving.opening != opening


def test_no_script_runs_where_the_notes_are_shown(preview):
    assert "script-src" not in preview.get("card.html")[1]["content-security-policy"]  # and default-src is 'none'
    page = preview.get("")[1]["content-security-policy"]
    assert re.search(r"script-src 'self';", page)
    assert "unsafe" not in page
    (drawing,) = (name for name, media in preview.showing.now.media.items() if media.type == "image/svg+xml")
    assert "sandbox" in preview.get(f"media/{drawing}")[1]["content-security-policy"]
    (card,) = preview.first()["cards"].values()
    assert "<script" not in card["sides"][0][1]


@pytest.mark.parametrize(
    "name",
    [
        "media/a.md",
        "media/../a.md",
        "media/..%2Fa.md",
        "media/%2Fetc%2Fpasswd",
        "../outside.md",
        "a.md",
        "deck.toml",
        "papers/0/t.pdf",
        "papers/0/../../a.md",
        "page.py",
        "index.html",
        "__init__.py",
    ],
)
def test_no_file_is_served_by_its_path(preview, name):
    status, _, body = preview.get(name)
    assert status == 404
    assert b"SECRET" not in body
    assert b"OUTSIDE" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_there_is_nothing_to_write_to(preview, method):
    assert preview.asked(preview.secret, method=method)[0] == 405


def test_it_listens_on_loopback_alone(preview):
    assert preview.serving._listener.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_a_refusal(preview):
    with pytest.raises(Refusal, match="can't be had"):
        Serving(preview.showing, preview.port)


def test_a_save_is_told_with_what_is_another_alone(preview):
    (preview.folder / "b.md").write_text("# U\n\n## What is U?\n\nA late letter.\n")
    preview.save("# T\n\n## What is A?\n\nOne letter.\n")
    events = preview.events()
    first = next(events)
    assert len(first["cards"]) == 2
    preview.save("# T\n\n## What is A?\n\nAn OTHER letter.\n")
    second = next(events)
    (card,) = second["cards"].values()
    assert "OTHER" in card["sides"][0][1]
    assert second["version"] == first["version"] + 1
    assert "deck" not in second
    assert "problems" not in second
    events.close()
    # Who was away learns what it missed.
    assert list(preview.first(str(first["version"]))["cards"]) == list(second["cards"])


def test_a_page_that_waits_does_not_keep_the_preview_from_ending(preview):
    events = preview.events()
    next(events)
    preview.serving.close()
    assert list(events) == []
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", preview.port), 1)


def test_the_sheet_is_shown_as_pictures_of_its_pages(preview, tmp_path):
    pytest.importorskip("pypdfium2")
    pdf = tmp_path / "t.pdf"
    pdf.write_bytes(two_pages())
    preview.showing.printed(Printed(1, Outcome((pdf,), (pdf,), (), None)), preview.rounds.last)
    (paper,) = preview.first()["papers"]["files"]
    assert paper["pages"] == [[200, 100], [200, 100]]
    at = f"papers/{paper['version']}/t"
    status, headers, body = preview.get(f"{at}/1.png")
    assert (status, headers.get_content_type()) == (200, "image/png")
    assert body.startswith(b"\x89PNG")
    assert preview.get(f"{at}.pdf")[2] == pdf.read_bytes()
    assert preview.get(f"{at}/2.png")[0] == 404
    assert preview.get(f"papers/{'0' * 16}/t/1.png")[0] == 404


def two_pages():
    """A PDF of two pages of 200 by 100 points."""
    import pydyf

    pdf = pydyf.PDF()
    for _ in range(2):
        pdf.add_page(
            pydyf.Dictionary(
                {"Type": "/Page", "Parent": pdf.pages.reference, "MediaBox": pydyf.Array([0, 0, 200, 100])}
            )
        )
    made = BytesIO()
    pdf.write(made)
    return made.getvalue()
