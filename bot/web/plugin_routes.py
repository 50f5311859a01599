"""Addresses that plugins answer at: `/plugins/NAME/…`, behind a wall, only while granted.

What they answer is shown without rights of its own: it can neither run scripts in the console's
name nor see its cookies, which are not passed on either.
"""

from __future__ import annotations

import asyncio
import logging

from fastapi import FastAPI, Request, Response

from bot.app import App
from bot.plugins.door_context import GrantedContext, context_of
from bot.plugins.doors import METHODS, Door, DoorKind
from bot.web.bodies import bounded
from frontdesk import WebReply, WebRequest
from storage.plugins import plugin_standing

log = logging.getLogger("frontdesk.plugins.routes")
SECONDS = 15.0
MOST_BYTES = 1_000_000
NOT_PASSED_ON = frozenset({"cookie"})
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def plugin_routes(site: FastAPI, app: App) -> None:
    """Let granted routes of plugins answer."""

    @site.api_route("/plugins/{name}/{rest:path}", methods=sorted(METHODS), include_in_schema=False)
    @site.api_route("/plugins/{name}", methods=sorted(METHODS), include_in_schema=False)
    async def answer(request: Request, name: str, rest: str = "") -> Response:
        door = app.thinking.registry.doors.get(name)
        context = await _context(app, door)
        if door is None or context is None:
            return _plain(404, "There is no such address.")
        if request.method not in door.offered.methods:
            return _plain(405, "This address is not asked that way.")
        body = await bounded(request, MOST_BYTES)
        if body is None:
            return _plain(413, f"More than {MOST_BYTES} bytes.")
        asked = WebRequest(
            method=request.method,
            path=rest,
            query=dict(request.query_params),
            headers={k: v for k, v in request.headers.items() if k not in NOT_PASSED_ON},
            body=body,
        )
        return await _answered(door, asked, context)


async def _context(app: App, door: Door | None) -> GrantedContext | None:
    if door is None or door.kind is not DoorKind.ROUTE:
        return None
    return context_of(door, await plugin_standing(app.store), app.desk.specialists.outside)


async def _answered(door: Door, asked: WebRequest, context: GrantedContext) -> Response:
    try:
        async with asyncio.timeout(SECONDS):
            return _shown(door, await door.offered.handler(asked, context))
    except TimeoutError:
        log.warning("the route %s gave nothing within %g seconds", door.name, SECONDS)
        return _plain(504, "The plugin behind this address did not answer in time.")
    # A stranger's code may raise anything; whoever asked learns that it did, and not what.
    except Exception:
        log.exception("the route %s failed", door.name)
        return _plain(500, "The plugin behind this address failed; the log has the details.")


def _shown(door: Door, reply: object) -> Response:
    if not isinstance(reply, WebReply):
        raise TypeError(f"{door.name} gave {type(reply).__name__} instead of a WebReply")
    return Response(
        str(reply.text)[:MOST_BYTES], reply.status, HEADERS, media_type=reply.content_type
    )


def _plain(status: int, text: str) -> Response:
    return Response(text + "\n", status, HEADERS, media_type="text/plain; charset=utf-8")
