"""The guard: it stands before every route, so that a forgotten check opens nothing.

It finds out who asks, sends those who have not signed in to where they can, and gives every answer
the headers that keep a browser from being used against its owner.
"""

from __future__ import annotations

import logging
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.access.cookies import session_word
from bot.web.access.office import AccessOffice
from bot.web.access.public import SIGN_IN, is_open
from bot.web.access.visitor import SAFE_METHODS, Refusal, is_same_site
from frontdesk import FrontdeskError

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000; includeSubDomains"
log = logging.getLogger("frontdesk.access")


class Guard:
    """Middleware around the whole site."""

    def __init__(self, site: ASGIApp, office: AccessOffice, areas: frozenset[str]) -> None:
        """Stand before a site; `areas` are the first parts of its addresses, for the record."""
        self._site = site
        self._office = office
        self._areas = areas

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self._site(scope, receive, send)
            return
        request = Request(scope, receive)
        secure = self._office.is_secure(request)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), secure=secure)
            await send(message)

        if is_open(scope["path"]):
            await self._site(scope, receive, with_headers)
            return
        answer = await self._refused(request)
        await (answer or self._site)(scope, receive, with_headers)

    async def _refused(self, request: Request) -> Response | None:
        """The answer to somebody who may not come in; None for those who may."""
        word = session_word(request, self._office)
        try:
            visitor = await self._office.visitor(word) if word else None
        except FrontdeskError:
            log.exception("nobody can be let in")
            return PlainTextResponse("The desk cannot let anybody in just now.", 503)
        if visitor is None:
            refusal = Refusal("not_signed_in", "Please sign in first.", status=401)
            await self._office.deny(request, refusal, None, self._area(request))
            return _to_sign_in(request, over=bool(word))
        if request.method not in SAFE_METHODS and not is_same_site(request):
            refusal = Refusal("cross_site", "Another site sent this; nothing was done.")
            await self._office.deny(request, refusal, visitor, self._area(request))
            return PlainTextResponse(refusal.text, refusal.status)
        request.scope.setdefault("state", {})["visitor"] = visitor
        return None

    def _area(self, request: Request) -> str:
        """Which part of the site is asked for; what somebody made up is not recorded."""
        first = "/" + request.url.path.lstrip("/").partition("/")[0]
        return first if first in self._areas else "(unknown)"


def _to_sign_in(request: Request, *, over: bool) -> Response:
    if request.method not in ("GET", "HEAD") or not _wants_page(request):
        return PlainTextResponse("Please sign in first.", 401)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    over_too = "&over=1" if over else ""
    return RedirectResponse(f"{SIGN_IN}?next={quote(here, safe='')}{over_too}", 303)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _add_headers(headers: MutableHeaders, *, secure: bool) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if secure:
        headers.setdefault("Strict-Transport-Security", HSTS)
