"""Requests with characters that no text has, NUL and lone surrogates, are told so before anything.

PostgreSQL keeps neither, and neither can be part of anything that the desk has named or been told.
What is looked at is what pages are given: the address, the query, the fields of forms. Bodies of
other kinds are looked at by whoever reads them.
"""

from __future__ import annotations

from collections.abc import Iterator

from starlette.datastructures import QueryParams, UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.api.problems import answer
from bot.web.characters import WHY, is_text

BAD_REQUEST = 400
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
RAW = ("/plugins/", "/slack/")
"""Where bodies are read by somebody else: they may be anything."""


class Readable:
    """Middleware that lets through what can be read as text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what cannot be read; the body has to come in one piece."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not all(map(is_text, _address(scope))):
            await _refusal(scope, "The address")(scope, receive, send)
            return
        if not _is_form(scope):
            await self._app(scope, receive, send)
            return
        first = await receive()
        if not all(map(is_text, await _fields(scope, first))):
            await _refusal(scope, "The form")(scope, receive, send)
            return
        await self._app(scope, _again(first, receive), send)


def _address(scope: Scope) -> Iterator[str]:
    yield scope["path"]
    for pair in QueryParams(scope["query_string"]).multi_items():
        yield from pair


def _is_form(scope: Scope) -> bool:
    if scope["path"].startswith(RAW):
        return False
    kinds = (value for name, value in scope["headers"] if name == b"content-type")
    return any(kind.decode("latin-1").strip().lower().startswith(FORMS) for kind in kinds)


async def _fields(scope: Scope, body: Message) -> list[str]:
    """All names and texts of a form; none where it is no form, which the page says by itself."""
    apart = {key: value for key, value in scope.items() if key != "app"}
    try:
        form = await Request(apart, _again(body, None)).form()
    except MultiPartException:
        return []
    found = []
    for name, value in form.multi_items():
        found += [name, (value.filename or "") if isinstance(value, UploadFile) else value]
    return found


def _again(first: Message, receive: Receive | None) -> Receive:
    """Give a message once more, and then whatever follows it."""
    given = False

    async def next_one() -> Message:
        nonlocal given
        if given and receive is not None:
            return await receive()
        given = True
        return first

    return next_one


def _refusal(scope: Scope, what: str) -> Response:
    if scope["path"].startswith("/api/"):
        return answer(BAD_REQUEST, f"{what} {WHY}")
    return PlainTextResponse(f"{what} {WHY}", BAD_REQUEST)
