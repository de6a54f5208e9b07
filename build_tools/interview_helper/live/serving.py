"""What a `Showing` shows, to browsers of this machine; the only module with a server.

Nobody reads it but whoever has the address, and no page of another origin: the address holds a secret, the server listens
on loopback alone and answers only requests that name it by its own address (a name that an attacker points here is
refused) and that do not come from another site. There is nothing to write to, and no file is served by its path: what
there is comes from memory. Policies (CSP) keep what stands in the notes from running or fetching anything.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from importlib.resources import files
from threading import Event, Thread

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn import Config, Server

from interview_helper.files import Refusal
from interview_helper.live import pages
from interview_helper.live.showing import Showing
from interview_helper.outputs import anki

_LOST = "There is nothing here. interview-helper preview says the address."
_LOOPBACK = "127.0.0.1"
_PULSE = 15  # seconds without news after which a browser is asked whether it is still there
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; "
_POLICIES = {
    "index.html": _NOTHING
    + "script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; frame-ancestors 'none'",
    # What stands in the notes is shown in this one, where no script runs.
    "card.html": _NOTHING.replace("base-uri 'none'", "base-uri 'self'")
    + "style-src 'self'; img-src 'self'; frame-ancestors 'self'",
}
_ELSE = _NOTHING + "style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"  # a drawing may have styles of its own


class Serving:
    """A server that runs until it is stopped. Raises Refusal where a port is taken."""

    def __init__(self, showing: Showing, port: int = 0) -> None:
        self._showing = showing
        self._listener = _listener(port)
        self.origin = f"http://{_LOOPBACK}:{self._listener.getsockname()[1]}"
        self._secret = secrets.token_urlsafe(32)
        self._once = secrets.token_urlsafe(32)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: set[asyncio.Event] = set()
        self._ready = Event()
        self._over = False
        config = Config(
            _Guard(self._routes(), self._secret, {self.origin, self.origin.replace(_LOOPBACK, "localhost")}),
            log_config=None,
            access_log=False,
            ws="none",
            http="h11",
            lifespan="off",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server = Server(config)
        self._thread = Thread(target=self._run, name="serving", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def address(self) -> str:
        """Where the page is; whoever knows it reads the notes."""
        return f"{self.origin}/{self._secret}/"

    @property
    def opening(self) -> str:
        """An address that leads to the page once: the command that opens a browser is seen by all users of a system."""
        return f"{self.origin}/{self._once}"

    def tell(self) -> None:
        """Have every page show what is shown now."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it is over
                self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """End it, and what every page is connected by."""
        self._over = True
        self.tell()
        self._server.should_exit = True
        self._thread.join(5)
        self._listener.close()

    def _run(self) -> None:
        async def served() -> None:
            self._loop = asyncio.get_running_loop()
            self._ready.set()
            await self._server.serve(sockets=[self._listener])

        asyncio.run(served())

    def _wake(self) -> None:
        for news in self._news:
            news.set()

    def _routes(self) -> Starlette:
        root = "/{secret}"
        return Starlette(
            routes=[
                Route("/{once}", self._open),
                Route(f"{root}/", _page("index.html")),
                Route(f"{root}/card.html", _page("card.html")),
                *(Route(f"{root}/{name}", _page(name)) for name in ("page.css", "page.js", "card.css", "icon.svg")),
                Route(f"{root}/anki.css", _style),
                Route(f"{root}/events", self._events),
                Route(f"{root}/media/{{name}}", self._media),
                Route(f"{root}/papers/{{version}}/{{name}}.pdf", self._pdf),
                Route(f"{root}/papers/{{version}}/{{name}}/{{number:int}}.png", self._picture),
            ]
        )

    async def _open(self, request: Request) -> Response:
        if not secrets.compare_digest(request.path_params["once"].encode(), self._once.encode()):
            return _lost()
        self._once = secrets.token_urlsafe(32)
        return RedirectResponse(self.address, 303)

    async def _events(self, request: Request) -> Response:
        known = request.headers.get("last-event-id", "")
        stream = self._told(int(known) if known.isascii() and known.isdigit() else 0)
        return StreamingResponse(stream, media_type="text/event-stream")

    async def _told(self, version: int) -> AsyncIterator[str]:
        """What the page does not know yet, whenever there is something."""
        self._news.add(news := asyncio.Event())
        try:
            while not self._over:
                news.clear()
                shown = self._showing.now
                if shown.version > version:
                    data = json.dumps(shown.since(version), ensure_ascii=False, separators=(",", ":"))
                    version = shown.version
                    yield f"id: {version}\ndata: {data}\n\n"
                try:
                    await asyncio.wait_for(news.wait(), _PULSE)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._news.discard(news)

    async def _media(self, request: Request) -> Response:
        media = self._showing.now.media.get(request.path_params["name"])
        return Response(media.data, media_type=media.type) if media else _lost()

    async def _pdf(self, request: Request) -> Response:
        paper = self._showing.now.papers.get(request.path_params["name"])
        if paper is None or paper.version != request.path_params["version"]:
            return _lost()
        return Response(paper.pdf, media_type="application/pdf")

    async def _picture(self, request: Request) -> Response:
        paper = self._showing.now.papers.get(request.path_params["name"])
        if paper is None or paper.version != request.path_params["version"]:
            return _lost()
        try:
            data = await run_in_threadpool(pages.picture, paper.pdf, request.path_params["number"])
        except IndexError:
            return _lost()
        return Response(data, media_type="image/png")


def _listener(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.bind((_LOOPBACK, port))
        listener.listen()  # who asks before the server runs is answered then
    except OSError as error:
        listener.close()
        raise Refusal(f"port {port} can't be had: {error.strerror or error}", "leave --port away") from error
    return listener


def _page(name: str) -> Callable[[Request], Awaitable[Response]]:
    """What answers with a file of the page."""

    async def answer(_: Request) -> Response:
        data = files(__package__).joinpath("page", name).read_bytes()
        policy = {"content-security-policy": _POLICIES[name]} if name in _POLICIES else {}
        return Response(data, media_type=_TYPES[name.rpartition(".")[2]], headers=policy)

    return answer


async def _style(_: Request) -> Response:
    return Response(anki.style(), media_type="text/css")


def _lost() -> Response:
    return PlainTextResponse(_LOST, 404)


class _Guard:
    """Lets through what knows the secret, names this server by its own address, and comes from no other site."""

    def __init__(self, app: ASGIApp, secret: str, origins: set[str]) -> None:
        self._app = app
        self._secret = secret.encode()
        self._origins = origins
        self._hosts = {origin.partition("//")[2] for origin in origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", _ELSE)
                headers["cache-control"] = "no-store"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["cross-origin-resource-policy"] = "same-origin"
                headers["referrer-policy"] = "no-referrer"
                headers["x-content-type-options"] = "nosniff"
            await send(message)

        wrong = self._wrong(scope["method"], scope["path"], Headers(scope=scope))
        app = PlainTextResponse(wrong[1], wrong[0]) if wrong else self._app
        await app(scope, receive, guarded)

    def _wrong(self, method: str, path: str, headers: Headers) -> tuple[int, str] | None:
        """What is wrong with a request: status and words."""
        if headers.getlist("host") not in [[host] for host in self._hosts]:
            return 421, "This server has another name."
        if any(origin not in self._origins for origin in headers.getlist("origin")):
            return 403, "This is for no other site."
        if any(site not in ("same-origin", "none") for site in headers.getlist("sec-fetch-site")):
            return 403, "This is for no other site."
        if method != "GET":
            return 405, "There is nothing to write to."
        known, _, below = path.removeprefix("/").partition("/")
        if (below or path.endswith("/")) and not secrets.compare_digest(known.encode(), self._secret):
            return 404, _LOST
        return None
