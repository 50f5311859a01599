"""Serves the page's files, and keeps other sites' scripts away from the control API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def page_routes(folder: Path) -> list[web.RouteDef]:
    """Return the routes of the page and its files, which are read once."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in TYPES}

    async def index(request: web.Request) -> web.Response:
        del request
        return _file("index.html", files)

    async def part(request: web.Request) -> web.Response:
        return _file(request.match_info["name"], files)

    return [web.get("/", index), web.get("/page/{name}", part)]


def _file(name: str, files: dict[str, bytes]) -> web.Response:
    if name not in files:
        raise web.HTTPNotFound
    kind = TYPES[Path(name).suffix]
    return web.Response(body=files[name], content_type=kind, charset="utf-8", headers=HEADERS)


@web.middleware
async def secure_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse control calls that another site's page makes through the visitor's browser."""
    origin = request.headers.get("Origin")
    if request.path.startswith("/sandbox/") and origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="the control API answers only its own page")
    return await handler(request)
