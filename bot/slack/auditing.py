"""Holding the log against what Slack really shows: what no database can prove about itself.

An honest desk puts every message on record; one that was taken over could post and stay silent, or
say that it posted what nobody ever saw. Slack's own history knows better.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from frontdesk import FrontdeskError
from storage.conversations import microseconds
from storage.posted import Posted, posted
from storage.store import SqlStore

UNDERWAY_SECONDS = 120.0
"""What Slack shows of a turn that is still going on is not on record yet."""

PAGE = 200
GONE = ("thread_not_found", "message_not_found", "channel_not_found", "not_in_channel")


class SlackUnreadable(FrontdeskError):  # noqa: N818 - it names what happened
    """Slack's history could not be read."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of it; messages by channel and time stamp.

    `unexplained` are shown and not on record, `missing` are on record and not shown.
    """

    channels: tuple[str, ...]
    messages: int
    unexplained: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """Whether the log and Slack agree."""
        return not self.unexplained and not self.missing


async def reconcile(store: SqlStore, client: AsyncWebClient, since: datetime) -> Reconciled:
    """Hold every message of the desk since then against the log, both ways.

    Raises:
        SlackUnreadable: Slack does not let the history be read.
    """
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=5))
    from_us = microseconds(since)
    try:
        me = (await client.auth_test())["user_id"]
        before = await store.read(lambda connection: posted(connection, from_us))
        shown = [one async for one in _shown(client, me, before, f"{since.timestamp():.6f}")]
    except SlackApiError as error:
        raise SlackUnreadable(
            f"Slack's history cannot be read: {error.response['error']}"
        ) from error
    # What was posted while Slack was read is on record by now.
    after = await store.read(lambda connection: posted(connection, from_us))
    return _compared(before, after, shown)


def _compared(before: Posted, after: Posted, shown: list[tuple[str, dict[str, Any]]]) -> Reconciled:
    there = {(channel, str(message["ts"])) for channel, message in shown}
    explained = {
        _key(message) for channel, message in shown if (channel, message["ts"]) in after.known
    }
    recently = time.time() - UNDERWAY_SECONDS
    unexplained = {
        (channel, str(message["ts"]))
        for channel, message in shown
        if (channel, message["ts"]) not in after.known
        and (not _key(message) or _key(message) not in explained)
        and float(message["ts"]) < recently
    }
    channels = {channel for channel, _ in before.threads}
    missing = {place for place in before.told if place[0] in channels} - there
    return Reconciled(
        tuple(sorted(channels)), len(there), tuple(sorted(unexplained)), tuple(sorted(missing))
    )


def _key(message: dict[str, Any]) -> str:
    """What a message of several pieces is known by: the log names the last of them."""
    about = message.get("metadata") or {}
    return str((about.get("event_payload") or {}).get("key", ""))


async def _shown(
    client: AsyncWebClient, me: str, known: Posted, oldest: str
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Our messages in the channels of tickets, and in their threads, each once."""
    seen: set[tuple[str, str]] = set()
    places = [(channel, "") for channel in sorted({channel for channel, _ in known.threads})]
    for channel, root in (*places, *known.threads):
        async for message in _history(client, channel, root, oldest):
            name = (channel, str(message["ts"]))
            if message.get("user") == me and float(name[1]) >= float(oldest) and name not in seen:
                seen.add(name)
                yield channel, message


async def _history(
    client: AsyncWebClient, channel: str, root: str, oldest: str
) -> AsyncIterator[dict[str, Any]]:
    asked: dict[str, Any] = {"channel": channel, "limit": PAGE, "include_all_metadata": True}
    call = client.conversations_replies if root else client.conversations_history
    asked |= {"ts": root} if root else {"oldest": oldest}
    cursor = ""
    while True:
        try:
            page = await call(**asked, cursor=cursor or None)
        except SlackApiError as error:
            if error.response["error"] in GONE:
                return
            raise
        for message in page.get("messages") or ():
            yield message
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return
