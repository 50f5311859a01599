"""The workspaces the desk serves: which token speaks to which, and who the desk is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.translate import Me
from frontdesk import SettingsError

SECONDS = 15.0
"""How long one call may take; the SDK does not limit calls through a session of one's own."""


class Workspaces(Protocol):
    """Gives what is needed to speak in a workspace."""

    async def client(self, team: str) -> AsyncWebClient | None:
        """The Web API with that workspace's token; None where the app is not installed."""

    async def me(self, team: str) -> Me | None:
        """Who the desk is there; None where the app is not installed."""

    async def teams(self) -> tuple[str, ...]:
        """All workspaces in which the app is installed."""


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """A single workspace, whose token is a setting."""

    team: str
    name: str
    web: AsyncWebClient
    identity: Me

    async def client(self, team: str) -> AsyncWebClient | None:
        """The one client; another workspace is none of ours."""
        return self.web if team == self.team else None

    async def me(self, team: str) -> Me | None:
        """The one identity."""
        return self.identity if team == self.team else None

    async def teams(self) -> tuple[str, ...]:
        """The one workspace."""
        return (self.team,)


@asynccontextmanager
async def web_session() -> AsyncIterator[aiohttp.ClientSession]:
    """One session for all calls, with the time limit that every call needs."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session


def web_client(token: str, url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client that repeats nothing by itself: a repeated post is a second post."""
    return AsyncWebClient(
        token=token, base_url=url.rstrip("/") + "/", session=session, retry_handlers=[]
    )


async def one_workspace(web: AsyncWebClient) -> OneWorkspace:
    """Find out which workspace a token is for, and who the desk is there.

    Raises:
        SettingsError: the token or the address does not work.
    """
    answer: dict[str, Any] = await _asked(web, "SLACK_BOT_TOKEN", "auth.test")
    me = Me(str(answer["user_id"]), str(answer.get("bot_id") or ""))
    return OneWorkspace(str(answer["team_id"]), str(answer.get("team") or ""), web, me)


async def check_app_token(web: AsyncWebClient, app_token: str) -> None:
    """See that Socket Mode will work: its client would try a bad token for ever.

    Raises:
        SettingsError: it does not work.
    """
    await _asked(web, "SLACK_APP_TOKEN", "apps.connections.open", app_token)


async def _asked(
    web: AsyncWebClient, setting: str, method: str, token: str | None = None
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = await web.api_call(method, headers=headers)
    except SlackApiError as error:
        code = error.response.get("error") if hasattr(error.response, "get") else error
        raise SettingsError(
            f"Slack refuses {setting} ({code}): copy it again from the app's settings"
        ) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise SettingsError(
            f"Slack cannot be reached at {web.base_url} ({type(error).__name__}): check the "
            "network, and SLACK_API_URL if it is set"
        ) from error
    data = answer.data
    return data if isinstance(data, dict) else {}
