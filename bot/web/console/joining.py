"""How the console joins the site: guard, pages, static files, and pages for what goes wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot.app import App
from bot.web.access import pages as access_pages
from bot.web.access.denials import Denials
from bot.web.access.guard import Guard
from bot.web.access.office import open_office
from bot.web.access.public import SIGN_IN, STATIC
from bot.web.access.slack import slack_pages
from bot.web.access.visitor import Refusal, visitor_of
from bot.web.console.base import ASSETS, Console, NotHere, open_console
from bot.web.console.rooms import ROOMS
from frontdesk import FrontdeskError
from storage.queries import NotFound

log = logging.getLogger("frontdesk.console")

FAILED = "The desk could not do this just now. Nothing was changed; the desk's log says why."
A_YEAR = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Static files; their addresses change with their content, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file."""
        answer = await super().get_response(path, scope)
        if b"v=" in scope["query_string"]:
            answer.headers["Cache-Control"] = A_YEAR
        return answer


def console(site: FastAPI, app: App) -> None:
    """Let the console join the site."""
    if not app.settings.console:
        return
    access = open_office(app)
    made = open_console(app, access, tuple(link for room in ROOMS for link in room.links))
    site.state.access, site.state.console = access, made
    wrongs = _Wrongs(made)
    for room in ROOMS:
        site.include_router(room.router)
    site.include_router(access_pages.router)
    site.mount(STATIC, Assets(directory=ASSETS), name="static")
    if (slack := slack_pages(app, access, wrongs.refused)) is not None:
        site.mount(SIGN_IN, slack)
    site.add_exception_handler(Refusal, wrongs.refused)
    site.add_exception_handler(NotHere, wrongs.not_here)
    site.add_exception_handler(NotFound, wrongs.not_here)
    site.add_exception_handler(FrontdeskError, wrongs.failed)
    site.router.default = wrongs.no_route
    site.add_middleware(Guard, office=access, areas=_areas())
    site.router.lifespan_context = _closing(site, access.denials)


def _closing(site: FastAPI, denials: Denials) -> Callable[[FastAPI], Any]:
    """The site's life, at the end of which the refusals that were only counted are recorded."""
    before = site.router.lifespan_context

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[Any]:
        async with before(app) as state:
            yield state
            await denials.close()

    return life


def _areas() -> frozenset[str]:
    """The first part of every page's address."""
    paths = [str(getattr(route, "path", "/")) for room in ROOMS for route in room.router.routes]
    paths += [link.path for room in ROOMS for link in room.links]
    return frozenset("/" + path.lstrip("/").partition("/")[0] for path in paths)


class _Wrongs:
    """Pages for what goes wrong."""

    def __init__(self, made: Console) -> None:
        self._console = made

    async def refused(self, request: Request, error: Exception) -> Response:
        """Say no, and put it on record."""
        assert isinstance(error, Refusal)  # noqa: S101 - registered for it alone
        await self._console.access.deny(request, error, visitor_of(request))
        return await self._told(request, error.status, error.text)

    async def not_here(self, request: Request, error: Exception) -> Response:
        """Say that there is no such thing."""
        return await self._told(request, 404, _sentence(str(error)))

    async def failed(self, request: Request, error: Exception) -> Response:
        """Say that it did not work; what went wrong is for the log, not for the page."""
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return self._console.plain(request, "access/wrong.html", status=500, text=FAILED)

    async def no_route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say that there is no such page; where nobody is signed in, as plainly as can be."""
        if scope["type"] != "http":
            raise HTTPException(404)
        request = Request(scope)
        if visitor_of(request) is None:
            answer: Response = PlainTextResponse("Not found.", 404)
        else:
            answer = await self._told(request, 404, "There is no such page.")
        await answer(scope, receive, send)

    async def _told(self, request: Request, status: int, text: str) -> Response:
        visitor = visitor_of(request)
        if visitor is None:
            return self._console.plain(request, "access/wrong.html", status=status, text=text)
        await self._console.banners.refresh()
        return self._console.page(request, visitor, "wrong.html", status=status, text=text)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
