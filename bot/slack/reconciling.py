"""What Slack may not have delivered: looked for where the desk is, taken in once, marked late.

Slack's events can get lost, a whole backlog of them too. So every few minutes, and at the start,
each channel is read from where the last comparison ended, and each open thread. What is known is
left alone, by the same ids as ever; what addresses the desk and is not known is taken in like any
message. Edits and deletions that got lost are not found this way.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.calls import Calls
from bot.slack.intake import Intake
from bot.slack.places import Thread
from bot.slack.translate import Ignored, Me, Wrote, hear, place, team_of
from bot.slack.workspaces import Workspaces
from frontdesk import PostError, StoreError
from storage.doors.seen import Seen
from storage.slack import SlackMemory

log = logging.getLogger("frontdesk.slack.reconciling")

PAGE = 200
MOST_PAGES = 20
OVERLAP_SECONDS = 60.0
"""What is younger may still be on its way: it is looked at the next time."""

Message = Mapping[str, Any]


@dataclass(slots=True)
class Reconciler:
    """Compares what Slack has with what was received. `back` is how far at first, in seconds.

    `intake` is one that marks what it takes in as late.
    """

    calls: Calls
    workspaces: Workspaces
    memory: SlackMemory
    seen: Seen
    intake: Intake
    back: float = 86_400.0
    page: int = PAGE
    overlap: float = OVERLAP_SECONDS
    _known: frozenset[tuple[str, str]] = frozenset()

    async def noticed(self, body: Message) -> None:
        """An event came from a channel: the desk is in it."""
        event = body["event"]
        where = (team_of(body), str(event.get("channel") or ""))
        if where[1] and where not in self._known:
            await self.seen.noticed(*where, str(event.get("ts") or _now(0)))
            self._known |= {where}

    async def tick(self) -> int:
        """Compare everything; give how many messages were taken in."""
        taken = 0
        for team in await self.workspaces.teams():
            me = await self.workspaces.me(team)
            for channel, ts in (await self.seen.channels(team)).items():
                if me is None:
                    continue
                try:
                    taken += await self._compare(team, channel, ts or _now(self.back), me)
                except (PostError, StoreError) as error:
                    log.warning("%s could not be compared with Slack: %s", channel, error)
        return taken

    async def _compare(self, team: str, channel: str, since: str, me: Me) -> int:
        until = _now(self.overlap)
        if float(since) >= float(until):
            return 0
        threads = {Thread.named(team, one) for one in await self.seen.threads(team, channel)}
        missed: dict[str, Message] = {}
        async for message in self._history(team, channel, since, until):
            missed[str(message["ts"])] = message
            if float(message.get("latest_reply") or 0) > float(since):
                threads.add(Thread(team, channel, str(message["ts"])))
        for thread in threads:
            async for message in self._replies(thread, since, until):
                missed[str(message["ts"])] = message
        taken = 0
        for ts in sorted(missed, key=float):
            taken += await self._take(team, channel, missed[ts], me)
        await self.seen.compared(team, channel, until)
        return taken

    async def _take(self, team: str, channel: str, message: Message, me: Me) -> bool:
        """Take a message in, if the desk does not know it and is concerned."""
        if await self.memory.known(place(team, channel, str(message["ts"]))) is not None:
            return False
        kind = "im" if channel.startswith("D") else "channel"
        event = {**message, "type": "message", "channel": channel, "channel_type": kind}
        heard = hear({"team_id": team, "event": event}, me)
        if isinstance(heard, Ignored) or not isinstance(heard, Wrote):
            return False
        receipt = await self.intake.wrote(heard)
        if receipt is None or not receipt.new:
            return False
        log.warning("Slack had not delivered message %s; it is taken in now", receipt.message)
        return True

    async def _history(
        self, team: str, channel: str, oldest: str, latest: str
    ) -> AsyncIterator[Message]:
        span = {"oldest": oldest, "latest": latest}
        async for message in self._pages(team, "conversations_history", channel=channel, **span):
            yield message

    async def _replies(self, thread: Thread, oldest: str, latest: str) -> AsyncIterator[Message]:
        where = {"channel": thread.channel, "ts": thread.root}
        span = {"oldest": oldest, "latest": latest}
        async for message in self._pages(thread.team, "conversations_replies", **where, **span):
            if float(oldest) < float(message["ts"]) < float(latest):
                yield message

    async def _pages(self, team: str, method: str, **arguments: Any) -> AsyncIterator[Message]:
        """All pages of a list; rate limits are the calls' business.

        Raises:
            PostError: Slack does not say.
        """
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self.calls(
                team, method, limit=self.page, cursor=cursor or None, **arguments
            )
            for message in page.get("messages", ()):
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        log.warning("%s has more than %d pages: the rest is looked at no more", method, MOST_PAGES)


def _now(before: float) -> str:
    """The timestamp of Slack for so many seconds ago."""
    return f"{time.time() - before:.6f}"
