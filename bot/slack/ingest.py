"""The one way in: what Slack delivers is kept before Slack is told that it arrived.

An exception here means no acknowledgement, so Slack delivers again. That is wanted where the
database is away, and it must not happen for anything else: what does not concern the desk is
acknowledged and ignored.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.seeing.correlation import delivered
from bot.slack.intake import Intake
from bot.slack.translate import Ignored, hear, team_of
from bot.slack.workspaces import Workspaces
from storage.slack import SlackMemory

log = logging.getLogger("frontdesk.slack.ingest")

MESSAGES = frozenset({"message", "app_mention"})

Event = Mapping[str, Any]
Effect = Callable[[Event], Awaitable[None]]


class Ingest:
    """Takes in what Bolt was given, over HTTP and Socket Mode alike."""

    def __init__(self, workspaces: Workspaces, memory: SlackMemory, intake: Intake) -> None:
        self._workspaces = workspaces
        self._memory = memory
        self._intake = intake
        self._effects: dict[str, list[Effect]] = {}
        self._later: dict[str, list[Effect]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def on(self, kind: str, effect: Effect) -> None:
        """Have `effect` happen once for each event of a kind, before it is acknowledged.

        If it raises, Slack delivers the event again. It gets the whole body.
        """
        self._effects.setdefault(kind, []).append(effect)

    def after(self, kind: str, effect: Effect) -> None:
        """Have `effect` happen after an event of a kind is acknowledged; it may be lost."""
        self._later.setdefault(kind, []).append(effect)

    async def __call__(
        self,
        req: AsyncBoltRequest,
        body: dict[str, Any],
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt gives it by this name
    ) -> BoltResponse:
        """Bolt's `before_authorize`: events end here, interactions go on to their listeners."""
        if body.get("type") != "event_callback":
            return await next()
        with delivered(str(body.get("event_id") or "")):
            await self.event(body)
        return BoltResponse(status=200, body="")

    async def event(self, body: Event) -> None:
        """Take in one event.

        Raises:
            StoreError: it could not be kept; it must not be acknowledged.
        """
        kind = str((body.get("event") or {}).get("type") or "")
        if kind in MESSAGES:
            await self._message(body)
        elif kind in self._effects:
            await self._once(body, kind)
        for effect in self._later.get(kind, ()):
            self.in_background(effect(body))

    def in_background(self, work: Awaitable[None]) -> None:
        """Do something that nobody waits for; a failure is logged."""

        async def guarded() -> None:
            try:
                await work
            # Whatever fails here was a nicety.
            except Exception:
                log.exception("something after an event failed")

        made: Coroutine[Any, Any, None] = guarded()
        task = asyncio.create_task(made, name="slack-after")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for what is still being done."""
        await asyncio.gather(*self._tasks)

    async def _once(self, body: Event, kind: str) -> None:
        event = str(body.get("event_id") or "")
        if await self._memory.had_effect(event):
            return
        for effect in self._effects[kind]:
            await effect(body)
        await self._memory.keep_event(event)

    async def _message(self, body: Event) -> None:
        me = await self._workspaces.me(team_of(body))
        if me is None:
            log.warning("an event came from a workspace without installation: %s", team_of(body))
            return
        heard = hear(body, me)
        if isinstance(heard, Ignored):
            log.debug("ignored by rule %s: %s", heard.rule, body.get("event_id"))
            return
        await self._intake.take(heard)
