"""The console itself: what every room of pages is given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.app import App
from bot.web.access.office import AccessOffice
from bot.web.access.public import STATIC
from bot.web.access.visitor import Visitor
from bot.web.console.banner import Banners
from bot.web.console.formats import FILTERS
from bot.web.console.names import PersonNames
from bot.web.console.nav import Link, links_for
from bot.web.console.pager import with_query
from storage.looking import Look, ids_digest, looked

TEMPLATES = Path(__file__).parent / "templates"
ASSETS = Path(__file__).parent / "static"
FLASH, FLASH_SECONDS = "frontdesk_flash", 60
THEME = "frontdesk_theme"
THEMES = ("light", "dark")


class NotHere(Exception):  # noqa: N818 - it is an answer, not a fault
    """There is no such thing; the text says so to people."""


@dataclass(frozen=True, slots=True)
class Console:
    """The console on an open desk."""

    app: App
    access: AccessOffice
    links: tuple[Link, ...]
    templates: Environment
    flashes: URLSafeTimedSerializer
    banners: Banners
    names: PersonNames

    def page(
        self, request: Request, visitor: Visitor, template: str, *, status: int = 200, **given: Any
    ) -> Response:
        """A page for somebody who is signed in."""
        around = {
            "visitor": visitor,
            "navigation": links_for(visitor, self.links),
            "banner": self.banners.now(),
            "flash": self._flash(request),
            "csrf": visitor.csrf,
        }
        return self._rendered(request, template, status, {**around, **given})

    def plain(
        self, request: Request, template: str, *, status: int = 200, **given: Any
    ) -> Response:
        """A page for anybody: it shows nothing of the desk."""
        return self._rendered(request, template, status, {"visitor": None, "flash": None, **given})

    def go(self, request: Request, path: str, message: str = "", *, kind: str = "good") -> Response:
        """Lead on after a form, with a message that is shown once; kinds: good, bad, info."""
        answer = RedirectResponse(path, 303)
        if message:
            secure = self.access.is_secure(request)
            value = self.flashes.dumps([kind, message])
            answer.set_cookie(
                FLASH, value, FLASH_SECONDS, httponly=True, secure=secure, samesite="lax"
            )
        return answer

    async def looked(
        self, visitor: Visitor, look: Look, ids: Iterable[str], words: str = "", **asked: object
    ) -> None:
        """Put on record that somebody looks at entries or tickets, before they see them.

        `asked` are the names and values that they asked for; what they typed goes into `words`.

        Raises:
            StoreError: it could not be recorded: do not show what was found.
        """
        seen = list(ids)
        digest = ids_digest(seen)
        store, count = self.app.store, len(seen)
        await looked(store, visitor.actor, look, asked, count=count, digest=digest, words=words)

    def _rendered(
        self, request: Request, template: str, status: int, given: dict[str, Any]
    ) -> Response:
        theme = request.cookies.get(THEME, "")
        text = self.templates.get_template(template).render(
            request=request,
            theme=theme if theme in THEMES else "",
            link=lambda **changes: with_query(request, **changes),
            **given,
        )
        answer = HTMLResponse(text, status)
        if given["flash"]:
            answer.delete_cookie(FLASH)
        return answer

    def _flash(self, request: Request) -> list[str] | None:
        kept = request.cookies.get(FLASH)
        try:
            return self.flashes.loads(kept, max_age=FLASH_SECONDS) if kept else None
        except BadSignature:
            return None


def open_console(app: App, access: AccessOffice, links: tuple[Link, ...]) -> Console:
    """Make the console of a desk."""
    names = PersonNames(access.accounts, app.store)
    return Console(
        app=app,
        access=access,
        links=links,
        templates=_environment(names),
        flashes=URLSafeTimedSerializer(access.secret_for("flash"), salt="flash"),
        banners=Banners(app),
        names=names,
    )


async def console_of(request: Request) -> Console:
    """The console of the site that is asked, with a fresh look at the log and at names."""
    made = cast("Console", request.app.state.console)
    await made.banners.refresh()
    await made.names.refresh()
    return made


Here = Annotated[Console, Depends(console_of)]


def _environment(names: PersonNames) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals["asset"] = asset
    made.globals["name_of"] = names.of
    return made


@cache
def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so browsers may keep it for long."""
    content = (ASSETS / name).read_bytes()
    return f"{STATIC}/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
