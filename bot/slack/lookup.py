"""Looks up what stands in Slack since a moment, so that nothing is posted twice.

Slack has no way to repeat a post safely, so it is looked for first. It cannot have been made before
it was meant: only what was written since is asked for, and that to its end. Where there is too much
of it nobody knows whether the post is there, and that is what is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.slack.calls import Calls
from frontdesk import PostUnknown

PAGE = 200
MOST_PAGES = 20
MARGIN = timedelta(hours=1)
"""By how much the desk's clock may be ahead of Slack's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is posted; `root` is empty outside of threads."""

    team: str
    channel: str
    root: str = ""

    @property
    def where(self) -> dict[str, Any]:
        """As arguments of a call that posts."""
        return {"channel": self.channel, "thread_ts": self.root or None}


async def messages_since(
    calls: Calls, place: Place, meant: datetime | None
) -> list[dict[str, Any]]:
    """What was written there since something was meant to be posted; from the start if None.

    Raises:
        Refused: Slack does not let it be looked at.
        PostUnknown: it is too much, or Slack did not answer.
    """
    found: list[dict[str, Any]] = []
    oldest, cursor = _oldest(meant), ""
    for _ in range(MOST_PAGES):
        page = await _page(calls, place, limit=PAGE, oldest=oldest, cursor=cursor or None)
        found += page.get("messages", ())
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return found
    raise PostUnknown(f"more than {MOST_PAGES * PAGE:,} messages were written there since")


async def posted_as(calls: Calls, place: Place, key: str, meant: datetime | None) -> str:
    """The timestamp of what was posted with a key in its metadata; empty if it is not there.

    Raises:
        Refused: Slack does not let it be looked at.
        PostUnknown: nobody knows.
    """
    there = await messages_since(calls, place, meant)
    return next((str(one["ts"]) for one in there if key_of(one) == key), "")


def key_of(message: Mapping[str, Any]) -> str:
    """The key in a message's metadata, empty if there is none."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("key") or "")


async def message_at(calls: Calls, place: Place, ts: str) -> dict[str, Any] | None:
    """One message of a thread, or None.

    Raises:
        Refused: Slack does not let it be looked at.
        PostUnknown: Slack did not answer.
    """
    page = await _page(calls, place, limit=1, oldest=ts, latest=ts, inclusive=True)
    return next((one for one in page.get("messages", ()) if one.get("ts") == ts), None)


def _oldest(meant: datetime | None) -> str:
    """From when on to look. A time to come means that a clock was set back: then from the start."""
    if meant is None or meant > datetime.now(UTC):
        return "0"
    return f"{(meant - MARGIN).timestamp():.6f}"


async def _page(calls: Calls, place: Place, **wanted: Any) -> dict[str, Any]:
    method = "conversations_replies" if place.root else "conversations_history"
    thread = {"ts": place.root} if place.root else {}
    return await calls(
        place.team, method, channel=place.channel, include_all_metadata=True, **thread, **wanted
    )
