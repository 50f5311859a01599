"""Serving many workspaces: joins the install pages and the installations to a desk.

many = installing(settings, host)
await run(settings, installed=many.workspaces, extensions=[many.watch, ...], web=site)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from fastapi import FastAPI, Request, Response

from bot.app import App
from bot.settings import Settings
from bot.slack.desk import SlackDesk
from bot.slack.manifest import REDIRECT_PATH, Variant
from bot.slack.oauth import AppKeys, InstallPages, ManyWorkspaces, Page, app_keys
from frontdesk import SettingsError
from storage.database import SystemClock
from storage.installations import Installations

INSTALL_PATH = "/slack/install"


@dataclass(slots=True)
class Installing:
    """What a desk for many workspaces needs besides others."""

    keys: AppKeys
    _pages: InstallPages | None = field(default=None)

    async def workspaces(self, app: App, session: aiohttp.ClientSession) -> ManyWorkspaces:
        """The workspaces that installed the desk.

        Raises:
            SettingsError: the key folder is missing.
        """
        clock = SystemClock()
        installations = Installations(app.store, self.keys.client, clock)
        many = ManyWorkspaces(installations, self.keys, session, clock)
        self._pages = InstallPages(installations, many, self.keys)
        return many

    @asynccontextmanager
    async def watch(self, desk: SlackDesk) -> AsyncIterator[None]:
        """Forget a workspace that removes the app or revokes its token."""
        many = self._ready().workspaces
        for event in ("app_uninstalled", "tokens_revoked"):
            desk.ingest.on(event, many.removed)
        yield

    def add_pages(self, site: FastAPI) -> None:
        """Let a site take people to Slack and back."""

        @site.get(INSTALL_PATH, include_in_schema=False)
        async def install() -> Response:
            return _response(await self._ready().install())

        @site.get(REDIRECT_PATH, include_in_schema=False)
        async def redirected(request: Request) -> Response:
            pages = self._ready()
            return _response(await pages.redirected(request.query_params, request.cookies))

    def _ready(self) -> InstallPages:
        if self._pages is None:
            raise SettingsError("the desk is not open yet: make its workspaces first")
        return self._pages


def installing(settings: Settings, host: str = "") -> Installing | None:
    """What serves many workspaces, or None where the settings say that there is one.

    `host` is where browsers reach the desk; without it Slack takes the address of its settings.

    Raises:
        SettingsError: half of the app's credentials is missing.
    """
    secret = settings.slack_client_secret
    if settings.slack_client_id is None and secret is None:
        return None
    variant = Variant(host, staff_group=bool(settings.slack_staff_group))
    known = secret.get_secret_value() if secret else None
    return Installing(
        app_keys(settings.slack_client_id, known, settings.slack_api_url, host, variant)
    )


def _response(page: Page) -> Response:
    headers = dict(page.headers) | {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(page.text, page.status, headers, media_type="text/plain; charset=utf-8")
