"""Many workspaces: each installs the desk by itself, and its token is renewed by one process only.

The install page and its return are two plain requests. Slack's answer is kept encrypted; a
workspace that removes the app is forgotten. Installing for a whole Enterprise organisation at once
is refused: its workspaces install one by one.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.manifest import REDIRECT_PATH, Variant, scopes
from bot.slack.translate import Me, team_of
from bot.slack.workspaces import web_client
from frontdesk import SettingsError
from router.ports import Clock
from storage.installations import Installations, Installed

log = logging.getLogger("frontdesk.slack.oauth")

COOKIE = "frontdesk_install"
COOKIE_SECONDS = 600
AUTHORIZE = "https://slack.com/oauth/v2/authorize"
EARLY = timedelta(hours=2)
"""How long before its end a token is renewed; until then the old one still works."""

FRESH = 30.0
"""Seconds for which an installation is believed to stand."""

MOST = 5_000
WAIT = 0.2
MOST_WAITS = 25

DONE = "Frontdesk is installed. Open Slack and mention it in a channel, or write to it."
REFUSED = {
    "access_denied": "The installation was not allowed. Nothing was changed.",
    "state": "This installation was begun in another browser, or too long ago. Begin again.",
    "enterprise": "Install Frontdesk in each workspace; for a whole organisation it cannot be.",
    "slack": "Slack did not finish the installation. Begin again.",
}


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser gets."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppKeys:
    """What proves to Slack that the desk is the app; `api_url` is where Slack is."""

    client: str
    secret: str = field(repr=False)
    api_url: str = "https://slack.com/api/"
    redirect: str = ""
    variant: Variant = Variant()  # noqa: RUF009 - it is frozen


class ManyWorkspaces:
    """The workspaces that installed the desk; see `bot.slack.workspaces.Workspaces`."""

    def __init__(
        self,
        installations: Installations,
        keys: AppKeys,
        session: aiohttp.ClientSession,
        clock: Clock,
    ) -> None:
        self._installations = installations
        self._keys = keys
        self._session = session
        self._clock = clock
        self._known: dict[str, tuple[float, Installed | None]] = {}

    async def client(self, team: str) -> AsyncWebClient | None:
        """The Web API with that workspace's token; None where the app is not installed."""
        installed = await self._current(team)
        return self.web(installed.token) if installed else None

    async def me(self, team: str) -> Me | None:
        """Who the desk is there; None where the app is not installed."""
        installed = await self._current(team)
        if installed is None:
            return None
        facts = installed.facts
        return Me(facts.get("user", ""), facts.get("bot", ""), facts.get("app", ""))

    async def teams(self) -> tuple[str, ...]:
        """All workspaces in which the app is installed."""
        return await self._installations.teams()

    def web(self, token: str = "") -> AsyncWebClient:
        """A client of the Web API."""
        return web_client(token, self._keys.api_url, self._session)

    async def add(self, answer: Mapping[str, Any]) -> Installed:
        """Keep what Slack answered to an installation.

        Raises:
            SlackApiError: the token does not work.
        """
        token = str(answer["access_token"])
        who = await self.web(token).auth_test()
        facts = {
            "user": str(who["user_id"]),
            "bot": str(who.get("bot_id") or ""),
            "app": str(answer.get("app_id") or ""),
            "name": str((answer.get("team") or {}).get("name") or ""),
            "scopes": str(answer.get("scope") or ""),
        }
        installed = self._with_tokens(
            Installed(
                client=self._keys.client,
                team=str(answer["team"]["id"]),
                token=token,
                enterprise=str((answer.get("enterprise") or {}).get("id") or ""),
                facts=facts,
            ),
            answer,
        )
        await self._installations.save(installed)
        self._remember(installed.team, installed)
        log.info("installed in workspace %s", installed.team)
        return installed

    async def removed(self, body: Mapping[str, Any]) -> None:
        """A workspace removed the app, or revoked its token: forget it.

        Raises:
            StoreError: it could not be forgotten; the event has to come again.
        """
        event = body["event"]
        bots = (event.get("tokens") or {}).get("bot") or ()
        if event.get("type") == "tokens_revoked" and not bots:
            return
        team = team_of(body)
        await self._installations.remove(team)
        self._remember(team, None)
        log.info("no longer installed in workspace %s", team)

    async def _current(self, team: str) -> Installed | None:
        until, installed = self._known.get(team, (0.0, None))
        if until <= asyncio.get_running_loop().time():
            installed = await self._installations.find(team)
            self._remember(team, installed)
        if installed is None or not self._is_old(installed):
            return installed
        return await self._renewed(installed)

    async def _renewed(self, installed: Installed) -> Installed | None:
        """The installation with a new token, or with the old one while it still works."""
        team = installed.team
        for _ in range(MOST_WAITS):
            if await self._installations.may_rotate(team):
                return await self._rotated(team)
            if installed.expires and installed.expires > self._clock.now():
                return installed
            await asyncio.sleep(WAIT)
            found = await self._installations.find(team)
            if found is None or not self._is_old(found):
                self._remember(team, found)
                return found
        return installed

    async def _rotated(self, team: str) -> Installed | None:
        """Exchange the refresh token; whoever calls this is the only one at that moment."""
        installed = await self._installations.find(team)
        if installed is None or not self._is_old(installed):
            self._remember(team, installed)
            return installed
        try:
            answer = await self.web().oauth_v2_access(
                client_id=self._keys.client,
                client_secret=self._keys.secret,
                grant_type="refresh_token",
                refresh_token=installed.refresh,
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("the token of workspace %s was not renewed: %s", team, type(error).__name__)
            return installed
        renewed = self._with_tokens(installed, _data(answer))
        await self._installations.save(renewed)
        self._remember(team, renewed)
        return renewed

    def _is_old(self, installed: Installed) -> bool:
        expires = installed.expires
        return bool(installed.refresh and expires and expires - self._clock.now() < EARLY)

    def _with_tokens(self, installed: Installed, answer: Mapping[str, Any]) -> Installed:
        seconds = answer.get("expires_in")
        return replace(
            installed,
            token=str(answer["access_token"]),
            refresh=str(answer.get("refresh_token") or ""),
            expires=self._clock.now() + timedelta(seconds=int(seconds)) if seconds else None,
        )

    def _remember(self, team: str, installed: Installed | None) -> None:
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[team] = (asyncio.get_running_loop().time() + FRESH, installed)


@dataclass(frozen=True, slots=True)
class InstallPages:
    """The two requests of an installation."""

    installations: Installations
    workspaces: ManyWorkspaces
    keys: AppKeys

    async def install(self) -> Page:
        """Send the browser to Slack, with a secret word that it has to bring back."""
        word = await self.installations.begin()
        query = {
            "client_id": self.keys.client,
            "scope": ",".join(scopes(self.keys.variant)),
            "user_scope": "",
            "state": word,
        }
        if self.keys.redirect:
            query["redirect_uri"] = self.keys.redirect
        cookie = (
            f"{COOKIE}={word}; Path={REDIRECT_PATH}; Max-Age={COOKIE_SECONDS}; "
            "Secure; HttpOnly; SameSite=Lax"
        )
        headers = {"Location": f"{AUTHORIZE}?{urlencode(query)}", "Set-Cookie": cookie}
        return Page(302, headers=headers)

    async def redirected(self, query: Mapping[str, str], cookies: Mapping[str, str]) -> Page:
        """Take the browser back from Slack, and keep the installation."""
        if "error" in query:
            return Page(200, REFUSED["access_denied"])
        word = query.get("state", "")
        same = hmac.compare_digest(word.encode(), cookies.get(COOKIE, "").encode())
        if not word or not same or not await self.installations.consume(word):
            return Page(400, REFUSED["state"])
        try:
            answer = await self._exchanged(query.get("code", ""))
            if answer.get("is_enterprise_install"):
                return Page(400, REFUSED["enterprise"])
            await self.workspaces.add(answer)
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("an installation failed: %s", type(error).__name__)
            return Page(502, REFUSED["slack"])
        headers = {"Set-Cookie": f"{COOKIE}=; Path={REDIRECT_PATH}; Max-Age=0"}
        return Page(200, DONE, headers)

    async def _exchanged(self, code: str) -> dict[str, Any]:
        answer = await self.workspaces.web().oauth_v2_access(
            client_id=self.keys.client,
            client_secret=self.keys.secret,
            code=code,
            redirect_uri=self.keys.redirect or None,
        )
        return _data(answer)


def _data(answer: AsyncSlackResponse) -> dict[str, Any]:
    return answer.data if isinstance(answer.data, dict) else {}


def app_keys(
    client: str | None, secret: str | None, api_url: str, host: str, variant: Variant
) -> AppKeys:
    """What belongs together, or a clear error.

    Raises:
        SettingsError: one of the two is missing.
    """
    if not client or not secret:
        raise SettingsError("set both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, or neither")
    redirect = host.rstrip("/") + REDIRECT_PATH if host else ""
    return AppKeys(client, secret, api_url, redirect, variant)
