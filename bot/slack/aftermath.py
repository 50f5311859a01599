"""What follows from people's acts: approved drafts and staff's replies are posted, cards drawn.

All of it is read off the record, so doing it again does no harm and a crash loses nothing. `tick`
does whatever is left to do. The clock calls it every second in one process of all; `soon` calls it
after an act, if this process is that one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.slack import notices
from bot.slack.blocks import Piece
from bot.slack.cards import CardWall
from bot.slack.messenger import SlackMessenger
from bot.slack.patience import Patience
from bot.slack.places import Thread
from bot.slack.translate import SOURCE
from frontdesk import PostError, StoreError
from router.outbox import Outbox
from storage.cases import Cases
from storage.claims import Claims
from storage.doors.places import is_door
from storage.human_tables import CardState
from storage.humans import Humans, StaffReply
from storage.store import SqlStore

log = logging.getLogger("frontdesk.slack.aftermath")


@dataclass(slots=True)
class Aftermath:
    """Makes visible what people decided."""

    store: SqlStore
    humans: Humans
    cases: Cases
    outbox: Outbox
    wall: CardWall
    messenger: SlackMessenger
    claims: Claims
    nudge: Callable[[], Awaitable[None]] | None = None
    _patience: Patience = field(default_factory=Patience)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def soon(self) -> None:
        """Do what is left to do at once, or leave it to the process that does it within a second.

        Two processes that post the same at the same moment could not know of each other.
        """
        await (self.nudge or self.tick)()

    async def tick(self) -> None:
        """Do what is left to do; what fails is left for the next time."""
        try:
            async with self._lock:
                await self._send_drafts()
                await self._send_replies()
                await self._tell_of_drafts()
        except StoreError as error:
            log.warning("what staff decided could not be read: %s", error)
        await self.wall.refresh()

    async def say_once(self, thread: Thread, key: str, piece: Piece) -> None:
        """Say something in a thread, at most once; it is left out if Slack does not take it.

        There is no thread where a ticket came by another door; whoever brought it gets callbacks.
        """
        if is_door(thread.channel):
            return
        if not await self.humans.act(f"say:{key}"):
            return
        try:
            await self.messenger.say(thread, key, piece)
        except PostError as error:
            log.warning("a notice was left out in %s: %s", thread.conversation, error)

    async def _tell_of_drafts(self) -> None:
        """Tell requesters that a draft waits with staff."""
        for case in await self.cases.to_show(SOURCE):
            if case.draft and case.state is CardState.OPEN and not case.place:
                thread = Thread.named(case.workspace, case.conversation)
                await self.say_once(thread, f"held:{case.message}", notices.held())

    async def _send_drafts(self) -> None:
        for message in filter(self._patience.ready, await self.humans.drafts_to_send()):
            try:
                async with self.claims.errand(f"draft:{message}") as mine:
                    if mine:
                        await self._send_draft(message)
            except (PostError, StoreError) as error:
                log.warning("the draft for message %s is not posted yet: %s", message, error)
                self._patience.failed(message)

    async def _send_draft(self, message: str) -> None:
        conversation = await self.store.conversation(message)
        outcome = await self.humans.approved(message)
        await self.outbox.post(conversation, outcome)

    async def _send_replies(self) -> None:
        for reply in await self.humans.replies_to_post():
            if not self._patience.ready(reply.entry):
                continue
            try:
                async with self.claims.errand(f"reply:{reply.entry}") as mine:
                    if mine and await self.humans.waits(reply.entry):
                        await self._send(reply)
            except (PostError, StoreError) as error:
                log.warning("a reply of the staff is not posted yet: %s", error)
                self._patience.failed(reply.entry)

    async def _send(self, reply: StaffReply) -> None:
        thread = Thread.named(reply.workspace, reply.conversation)
        ts = await self.messenger.said(thread, reply.entry)
        if not ts:
            piece = notices.staff_says(reply.person, reply.text)
            ts = await self.messenger.say(thread, reply.entry, piece)
        await self.humans.reply_posted(reply.entry, f"{thread.channel}:{ts}")
