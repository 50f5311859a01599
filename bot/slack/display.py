"""Calls that only show something: nobody waits for them, and nothing depends on them."""

from __future__ import annotations

import logging
import time
from typing import Any

from bot.slack.calls import Calls, Refused
from bot.slack.places import Thread
from frontdesk import PostError

log = logging.getLogger("frontdesk.slack.display")

OFF = frozenset({"unknown_method", "feature_disabled", "not_agent_app", "missing_scope"})
"""Errors that will not go away by trying again soon."""

OFF_SECONDS = 3600.0

ENDINGS = ("", "active")
"""Statuses that say that nothing is being done any more."""


class Display:
    """Shows the status of a thread and of its session, where Slack lets it."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._off: dict[tuple[str, str], float] = {}

    async def status(self, thread: Thread, status: str) -> None:
        """Show a line below a thread; an empty one takes it away."""
        await self._quietly(
            thread.team,
            "assistant_threads_setStatus",
            channel_id=thread.channel,
            thread_ts=thread.root,
            status=status,
        )

    async def session(self, thread: Thread, **more: Any) -> None:
        """Say whether the desk is at work on a thread, which shows or hides the stop button."""
        await self._quietly(
            thread.team,
            "agents_sessions_setStatus",
            channel_id=thread.channel,
            thread_ts=thread.root,
            **more,
        )

    async def busy(self, thread: Thread, status: str, person: str, title: str | None) -> None:
        """Show that the desk is at work for somebody, with the stop button."""
        await self.status(thread, status)
        await self.session(thread, status="processing", initiator_user_id=person, title=title)

    async def clear(self, thread: Thread) -> None:
        """Show that the desk is not at work any more."""
        await self.status(thread, "")
        await self.session(thread, status="active")

    def may(self, team: str, method: str) -> bool:
        """Whether there is any sense in calling a method now."""
        return self._off.get((team, method), 0.0) <= time.monotonic()

    def refused(self, team: str, method: str, error: Refused) -> None:
        """Remember what Slack does not offer here."""
        log.info("not shown: %s", error)
        if error.code in OFF:
            self._off[team, method] = time.monotonic() + OFF_SECONDS

    async def _quietly(self, team: str, method: str, **arguments: Any) -> None:
        """Call a method, not minding if it fails; what ends a display waits for its turn."""
        if not self.may(team, method):
            return
        ends = arguments.get("status") in ENDINGS
        try:
            await (self._calls if ends else self._calls.at_once)(team, method, **arguments)
        except Refused as error:
            self.refused(team, method, error)
        except PostError as error:
            log.info("not shown: %s", error)
