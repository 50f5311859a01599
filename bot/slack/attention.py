"""From what came in to what is shown and run: wakes the worker, shows and ends the progress."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.engine.lanes import Waiting
from bot.engine.worker import Worker
from bot.slack.blocks import Piece, as_json, context
from bot.slack.calls import Calls
from bot.slack.finishing import end_stream
from bot.slack.messenger import SlackMessenger
from bot.slack.places import Thread
from bot.slack.translate import team_of
from frontdesk import PostError, StoreError
from router.records import Delivery, Receipt
from storage.slack import SlackMemory

log = logging.getLogger("frontdesk.slack.attention")

STOPPED = "I stopped here, without an answer."
QUIET = "I stay quiet in this thread now that a person is here. Mention me when you want me back."
MOST_TITLE = 60
MOST_PROMPTS = 4
MOST_PROMPT_TITLE = 75

Later = Callable[[Awaitable[None]], None]


class SlackWatcher:
    """Shows how far a turn is, and sees to it that no status outlives it."""

    def __init__(self, messenger: SlackMessenger, people: Callable[[str], str | None]) -> None:
        """`people` tells who somebody is by their reference."""
        self._messenger = messenger
        self._people = people

    async def began(self, item: Waiting) -> None:
        """Show that the desk is at it."""
        if person := await self._asker(item):
            thread = Thread.named(item.workspace, item.conversation)
            showing = self._messenger.showing
            (showing.take_over if item.found else showing.begin)(thread, item.message, person)

    async def in_line(self, item: Waiting, number: int) -> None:
        """Show which number somebody is."""
        if person := await self._asker(item):
            thread = Thread.named(item.workspace, item.conversation)
            self._messenger.showing.in_line(thread, item.message, person, number)

    async def left(self, item: Waiting) -> None:
        """Leave the showing to another process."""
        thread = Thread.named(item.workspace, item.conversation)
        await self._messenger.showing.leave(thread, item.message)

    async def ended(self, item: Waiting) -> None:
        """End what is shown about a turn."""
        thread = Thread.named(item.workspace, item.conversation)
        progress = self._messenger.showing
        try:
            if item.found or progress.is_last(thread, item.message):
                await end_left_over(self._messenger, thread)
            await progress.end(thread, item.message, unknown=item.found)
        except (PostError, StoreError) as error:
            log.warning("what is shown in a thread could not be ended: %s", error)

    async def _asker(self, item: Waiting) -> str:
        """Who waits for the answer; empty if nobody does, or nobody knows."""
        found = await asyncio.to_thread(self._people, item.asker) if item.asker else None
        return found or ""


async def end_left_over(messenger: SlackMessenger, thread: Thread) -> None:
    """End a thread's stream, if it has one that no answer went into."""
    stream = await messenger.showing.take_stream(thread)
    if stream is not None:
        if not await messenger.holds_reply(thread, stream.ts):
            await end_stream(messenger.calls, thread, stream, notice(STOPPED))
        await messenger.showing.forget_stream(thread)


class SlackAttention:
    """Gets to know of messages. `later` runs what nobody waits for."""

    def __init__(self, messenger: SlackMessenger, worker: Worker, memory: SlackMemory) -> None:
        self._messenger = messenger
        self._worker = worker
        self._memory = memory
        self.later: Later | None = None

    def noticed(self, receipt: Receipt, delivery: Delivery, *, asks: bool) -> None:
        """Let its turn run, and say at once that it was seen."""
        place = (delivery.workspace, delivery.conversation)
        if asks:
            thread = Thread.named(*place)
            title = " ".join(delivery.text.split())[:MOST_TITLE] if thread.direct else ""
            self._messenger.showing.begin(thread, receipt.message, delivery.author_id, title)
        self._worker.wake(Waiting(receipt.message, receipt.ticket, *place))

    def quieted(self, thread: Thread, ticket: str, by: str) -> None:
        """Say so in the thread."""
        if self.later is not None:
            self.later(self._say_quiet(thread, ticket))

    def withdrawn(self) -> None:
        """Look for what asks again; a turn that runs finds out by itself before it posts."""
        self._worker.look()

    async def stopped(self, body: Mapping[str, Any]) -> None:
        """Somebody pressed the stop button."""
        event = body["event"]
        conversation = Thread("", str(event["channel"]), str(event["thread_ts"])).conversation
        thread = await self._memory.thread(team_of(body), conversation)
        if thread is not None:
            role = "requester" if event.get("user") == thread.opener else "other"
            await self._worker.stop(thread.ticket, f"human:{role}")

    async def _say_quiet(self, thread: Thread, ticket: str) -> None:
        await self._messenger.say(thread, f"quiet:{ticket}", notice(QUIET))


class Prompts:
    """Suggests questions where somebody opens a conversation with the desk."""

    def __init__(self, calls: Calls, examples: Sequence[str]) -> None:
        self._calls = calls
        self._prompts = [
            {"title": text[:MOST_PROMPT_TITLE], "message": text} for text in examples[:MOST_PROMPTS]
        ]

    async def opened(self, body: Mapping[str, Any]) -> None:
        """Show them in the Messages tab."""
        event = body["event"]
        if event.get("tab") == "messages" and self._prompts:
            await self._calls.at_once(
                team_of(body),
                "assistant_threads_setSuggestedPrompts",
                channel_id=str(event["channel"]),
                title="What can I help you with?",
                prompts=self._prompts,
            )


def notice(text: str) -> Piece:
    """A small remark of the desk's own."""
    return Piece(text, as_json([context(text)]))
