"""The page on which a restoration is reviewed, served to this machine and to one browser alone.

Any page that the browser shows can send requests to any port of this machine, and a name of
another site can be made to lead here. So what is asked has to know the token in the address,
which is new for each review, has to name this machine as its host, and may not come from another
page.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable
from importlib import resources
from secrets import compare_digest, token_urlsafe
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from restore.files import InputError
from restore.model import Place
from restore.reviews.review import MOST_FOUND, Review, StaleError
from restore.reviews.spots import Images, spot

HOST = "127.0.0.1"
LARGEST = 1_000_000  # bytes of what is asked; a line takes a few hundred
FILES = {
    "review.html": "text/html",
    "line.css": "text/css",
    "review.css": "text/css",
    "line.js": "text/javascript",
    "review.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
Answer = Callable[[Request], Awaitable[Response]]


class Guard:
    """Lets through only what the page itself asks."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app = app
        self.token = token
        self.host = f"{HOST}:{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what does not come from the page with the reason, all else with the page."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] != "http":
            return
        reason = self.refused(scope["method"], scope["path"], Headers(scope=scope))
        answer = self.app if reason is None else PlainTextResponse(*reason)
        await answer(scope, receive, guarded)

    def refused(self, method: str, path: str, headers: Headers) -> tuple[str, int] | None:
        """Why something is not answered, and the status that says so."""
        if headers.getlist("host") != [self.host]:
            return f"this is {self.host} and no other host", 421
        token = path.split("/")[1] if path.startswith("/") else ""
        if not compare_digest(token.encode(), self.token.encode()):
            return "the address has not the token that restore review printed", 404
        origins = headers.getlist("origin")
        asks_only = method in ("GET", "HEAD")
        if origins != [f"http://{self.host}"] and (origins or not asks_only):
            return "this comes from another page", 403
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return "this comes from another site", 403
        if not asks_only and headers.get("content-type") != "application/json":
            return "this is no JSON", 415
        return None


class Server:
    """Answers what the page asks about some reviews, each with the images of its pages."""

    def __init__(self, reviews: list[tuple[Review, Images | None]]) -> None:
        self.reviews = reviews
        self.files = {
            name: resources.files("restore").joinpath("web", name).read_bytes() for name in FILES
        }

    def application(self, token: str, port: int) -> ASGIApp:
        """All that is answered below the token."""
        routes = [
            Route("/", self.page),
            Route("/review", self.review),
            Route("/{number:int}/sheets/{sheet:int}", self.sheet),
            Route("/{number:int}/lines", self.found),
            Route("/{number:int}/lines/{page:int}/{line:int}", self.line),
            Route("/{number:int}/pages/{page:int}.png", self.image),
            Route("/{number:int}/spots/{page:int}/{line:int}", self.spot),
            Route("/{number:int}/decide", self.decide, methods=["POST"]),
            Route("/{number:int}/edit", self.edit, methods=["POST"]),
            Route("/{number:int}/undo", self.undo, methods=["POST"]),
            Route("/{name}", self.file),
        ]
        app = Starlette(
            routes=[Mount("/{token}", routes=routes)],  # which the guard has looked at
            exception_handlers={StaleError: _stale, InputError: _failed},
        )
        return Guard(app, token, port)

    async def page(self, request: Request) -> Response:
        """The page itself."""
        return Response(self.files["review.html"], media_type=FILES["review.html"])

    async def file(self, request: Request) -> Response:
        """A script or style of the page."""
        name = request.path_params["name"]
        if name not in FILES:
            raise HTTPException(404)
        return Response(self.files[name], media_type=FILES[name])

    async def review(self, request: Request) -> Response:
        """The documents with all that can be decided."""
        return JSONResponse(
            [
                {
                    "name": review.name,
                    "kept": review.decisions.path.name,
                    "language": review.recorded.original.language,
                    "direction": review.direction,
                    "sheets": review.told_sheets(),
                    "images": images.count if images else 0,
                    "items": review.items(),
                }
                for review, images in self.reviews
            ]
        )

    async def sheet(self, request: Request) -> Response:
        """The lines of a sheet."""
        review = self._review(request)
        try:
            return JSONResponse(review.sheet(request.path_params["sheet"]))
        except IndexError:
            raise HTTPException(404) from None

    async def line(self, request: Request) -> Response:
        """The text of a line after the decisions about it."""
        review = self._review(request)
        place = Place(request.path_params["page"], request.path_params["line"])
        if not review.recorded.original.has(place):
            raise HTTPException(404)
        return JSONResponse({"text": review.now(place).line.text})

    async def found(self, request: Request) -> Response:
        """The lines in which a text stands, and whether there are more than are given."""
        places: list[dict[str, Any]] = []
        for (page, line), sheet, text in self._review(request).found(request.query_params["text"]):
            places.append({"page": page, "line": line, "sheet": sheet, "text": text})
            if len(places) > MOST_FOUND:
                break
        more = len(places) > MOST_FOUND
        return JSONResponse({"lines": places[:MOST_FOUND], "more": more})

    def image(self, request: Request) -> Response:
        """A page of the PDF."""
        _, images = self._both(request)
        if images is None:
            raise HTTPException(404)
        try:
            return Response(images.image(request.path_params["page"]), media_type="image/png")
        except ValueError as error:
            raise HTTPException(404, str(error)) from None

    def spot(self, request: Request) -> Response:
        """The image on which a line stands, and its edges there; nothing if it is not found."""
        review, images = self._both(request)
        place = Place(request.path_params["page"], request.path_params["line"])
        if images is None or not review.recorded.original.has(place):
            raise HTTPException(404)
        found = spot(review, images, place)
        return JSONResponse({} if found is None else {"image": found[0], "edges": found[1]})

    async def decide(self, request: Request) -> Response:
        """Accept or refuse a change or a doubt."""
        review, asked = self._review(request), await _asked(request, id=str, accepted=bool)
        try:
            place = review.decide(asked["id"], asked["accepted"])
        except KeyError:
            raise HTTPException(404, "there is no such change") from None
        return self._settled(review, place)

    async def edit(self, request: Request) -> Response:
        """Give a line another text."""
        review = self._review(request)
        asked = await _asked(request, page=int, line=int, text=str, seen=str)
        place = Place(asked["page"], asked["line"])
        try:
            review.edit(place, asked["text"], asked["seen"])
        except (ValueError, IndexError) as error:
            raise HTTPException(400, str(error)) from None
        return self._settled(review, place)

    async def undo(self, request: Request) -> Response:
        """Take the last decision back."""
        await _asked(request)
        review = self._review(request)
        taken = review.take_back()
        if taken is None:
            return JSONResponse({})
        for number, (one, _) in enumerate(self.reviews):
            if (one.decisions, one.number) == (review.decisions, taken.document):
                return self._settled(one, taken.place, id=taken.id, document=number)
        return JSONResponse({"id": taken.id})

    def _settled(self, review: Review, place: Place, **more: object) -> Response:
        """What the page draws anew after a decision about a line."""
        sheet = review.sheet_of(place)
        told = {"sheet": sheet, "views": review.sheet(sheet), "place": place}
        return JSONResponse({**told, "items": review.items(place), **more})

    def _both(self, request: Request) -> tuple[Review, Images | None]:
        number: int = request.path_params["number"]
        if number >= len(self.reviews):
            raise HTTPException(404)
        return self.reviews[number]

    def _review(self, request: Request) -> Review:
        return self._both(request)[0]


async def _stale(request: Request, error: Exception) -> Response:
    return PlainTextResponse("the line is not as it was shown any more", 409)


async def _failed(request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), 500)


async def _asked(request: Request, **kinds: type) -> dict[str, Any]:
    """The JSON object that was sent, whose values are of the ``kinds`` that are named."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > LARGEST:
            raise HTTPException(413)
    try:
        asked = json.loads(data)
    except ValueError:
        raise HTTPException(400, "this is no JSON") from None
    if not isinstance(asked, dict) or any(
        type(asked.get(name)) is not kind for name, kind in kinds.items()
    ):
        raise HTTPException(400, f"wanted is an object with {', '.join(kinds) or 'nothing'}")
    return asked


def serve(reviews: list[tuple[Review, Images | None]], ready: Callable[[str], object]) -> None:
    """Serve until interrupted; ``ready`` is told the address."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        port, token = listener.getsockname()[1], token_urlsafe()
        config = uvicorn.Config(
            Server(reviews).application(token, port),
            access_log=False,
            date_header=False,
            lifespan="off",
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,  # seconds; all that was decided is on the disk
            ws="none",
        )
        ready(f"http://{HOST}:{port}/{token}/")
        uvicorn.Server(config).run(sockets=[listener])
