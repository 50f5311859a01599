"""Calls to Slack's Web API, with its limits kept and every failure told apart.

Either a call was refused, so that it is certain that nothing happened, or nobody knows. Nothing is
repeated here except what Slack turned away because of its rate limits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.limits import POSTS, TIERS, Buckets, Rate
from bot.slack.workspaces import Workspaces
from frontdesk import PostError, PostUnknown
from storage.guard import may_speak

log = logging.getLogger("frontdesk.slack")

RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
UNSURE = frozenset(
    {
        "fatal_error",
        "internal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
"""Errors after which Slack itself does not know whether something happened."""

MOST_WAITS = 8
LONGEST_WAIT = 120.0
"""Seconds to wait at once, whatever Slack asks for: then it is asked again."""
TOO_MANY_REQUESTS = 429

METHODS: Mapping[str, Rate] = {
    "chat_postMessage": POSTS,
    "chat_update": TIERS[3],
    "chat_delete": TIERS[3],
    "chat_startStream": TIERS[2],
    "chat_appendStream": TIERS[4],
    "chat_stopStream": TIERS[2],
    "conversations_history": TIERS[3],
    "conversations_replies": TIERS[3],
    "conversations_members": TIERS[4],
    "usergroups_users_list": TIERS[2],
    "assistant_threads_setSuggestedPrompts": TIERS[4],
    "agents_sessions_setStatus": TIERS[3],
    "assistant_threads_setStatus": Rate(10, 50),
}
OTHERS = TIERS[4]


VISIBLE = frozenset({"chat_postMessage", "chat_startStream", "chat_stopStream", "chat_update"})
"""What people see at once."""

HELD_UP = "held_up"
"""This process was held up for so long that another may have done it meanwhile."""


class Refused(PostError):  # noqa: N818 - named for what happened, like its siblings
    """Slack refused a call; `code` is Slack's word for why. Nothing happened."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"Slack refused {method}: {code}")
        self.code = code


class Calls:
    """Makes calls in any workspace."""

    def __init__(
        self, workspaces: Workspaces | None = None, buckets: Buckets | None = None
    ) -> None:
        self._workspaces = workspaces
        self._buckets = buckets or Buckets()
        self.counted: Callable[[str, str], None] = lambda method, result: None
        """Gets to know of each call: its method, and `ok` or why it failed."""

    def serve(self, workspaces: Workspaces) -> None:
        """Say which workspaces there are; before that every call is refused."""
        self._workspaces = workspaces

    async def __call__(self, team: str, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method, in its turn; wait and repeat where Slack says so.

        Raises:
            Refused: it is certain that nothing happened.
            PostUnknown: it may have happened.
        """
        rate, key = _line(team, method, arguments)
        for _ in range(MOST_WAITS):
            await self._buckets.take(rate, *key)
            try:
                return await self._once(team, method, arguments)
            except _Wait as wait:
                self._buckets.close(min(wait.seconds, LONGEST_WAIT), rate, *key)
        raise Refused(method, "ratelimited")

    async def at_once(self, team: str, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method now or not at all.

        Raises:
            Refused: there is no room now, or Slack refused.
            PostUnknown: it may have happened.
        """
        rate, key = _line(team, method, arguments)
        if not self._buckets.try_take(rate, *key):
            raise Refused(method, "no_room")
        try:
            return await self._once(team, method, arguments)
        except _Wait as wait:
            self._buckets.close(min(wait.seconds, LONGEST_WAIT), rate, *key)
            raise Refused(method, "ratelimited") from wait

    async def _once(self, team: str, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        client = await self._workspaces.client(team) if self._workspaces else None
        if client is None:
            raise Refused(method, "not_installed")
        if method in VISIBLE and not may_speak():
            raise Refused(method, HELD_UP)
        try:
            answer = await getattr(client, method)(**arguments)
        except SlackApiError as error:
            meaning = _meaning(method, error)
            self.counted(method, _RESULTS[type(meaning)])
            raise meaning from error
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            self.counted(method, "unreachable")
            raise Refused(method, f"unreachable: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.counted(method, "unanswered")
            raise PostUnknown(f"Slack did not answer {method}: {type(error).__name__}") from error
        self.counted(method, "ok")
        return dict(answer.data)


class _Wait(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


_RESULTS: Mapping[type[Exception], str] = {
    _Wait: "rate_limited",
    Refused: "refused",
    PostUnknown: "unsure",
}


def _line(team: str, method: str, arguments: Mapping[str, Any]) -> tuple[Rate, tuple[str, ...]]:
    """The queue a call stands in: of its channel for posts, of its method for the rest."""
    rate = METHODS.get(method, OTHERS)
    key = (team, method, str(arguments["channel"])) if rate is POSTS else (team, method)
    return rate, key


def _meaning(method: str, error: SlackApiError) -> Exception:
    response: Any = error.response
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    status = getattr(response, "status_code", getattr(response, "status", 0))
    if code in RATE_LIMITED or status == TOO_MANY_REQUESTS:
        headers = getattr(response, "headers", {})
        return _Wait(float(headers.get("Retry-After") or headers.get("retry-after") or 1))
    if code is None or code in UNSURE:
        return PostUnknown(f"Slack answered {method} with status {status} and {code or 'no JSON'}")
    return Refused(method, str(code))
