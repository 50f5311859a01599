"""Posting to Slack, once: each message carries a key by which it is found again.

Slack has no way to repeat a post safely. So a post whose answer got lost is looked for in its
thread, by the key in its metadata, before anybody repeats it. Metadata can be read by everybody in
the workspace: it holds nothing but ids.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from bot.slack.blocks import Look, Piece
from bot.slack.calls import Calls, Refused
from bot.slack.finishing import finish_stream
from bot.slack.lookup import Place, message_at, messages_since, posted_as
from bot.slack.places import Thread
from bot.slack.progress import Progress
from bot.slack.surplus import surplus
from frontdesk import PostUnknown
from router.records import Conversation, Outcome
from storage.ids import made_at

log = logging.getLogger("frontdesk.slack.messenger")

EVENT_TYPE = "frontdesk_reply"
MOST_REMEMBERED = 4_096
GONE = frozenset({"thread_not_found", "message_not_found"})
"""There is no such thread: then nothing stands in it."""


class SlackMessenger:
    """Makes results visible in Slack. The desk is made with it, then it is `introduced`."""

    def __init__(self, calls: Calls | None = None, progress: Progress | None = None) -> None:
        self._calls = calls or Calls()
        self._progress = progress or Progress(self._calls)
        self._look = Look({})
        self._posted: OrderedDict[tuple[str, int], str] = OrderedDict()

    @property
    def calls(self) -> Calls:
        """The calls that it makes."""
        return self._calls

    @property
    def showing(self) -> Progress:
        """What it shows of turns that run."""
        return self._progress

    def introduce(self, titles: Mapping[str, str], hosts: frozenset[str] = frozenset()) -> None:
        """Say what the specialists are called, and which hosts replies may link to."""
        self._look = Look(titles, hosts)

    def title(self, specialist: str) -> str:
        """What people see of a specialist's name."""
        return self._look.titles.get(specialist, specialist)

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        """Post the outcome into its thread; what of it is there already is not posted again."""
        thread = Thread.of(conversation)
        pieces = self._look.pieces(outcome)
        ts = ""
        for number, piece in enumerate(pieces):
            ts = self._posted.get((key, number), "")
            if not ts:
                tag = metadata(key, number, len(pieces))
                ts = await self._post(thread, piece, tag, into_stream=number == 0)
                self._remember(key, number, ts)
        log.info("posted as %s", ts)
        return f"{thread.channel}:{ts}"

    async def find(self, conversation: Conversation, key: str) -> str | None:
        """Look in the thread for all pieces of the post; those that are there are remembered."""
        thread = Thread.of(conversation)
        pieces, last = 0, ""
        # The message came in before its answer can have been posted.
        for message in await self._since(thread, made_at(key)):
            about = message.get("metadata") or {}
            payload = about.get("event_payload") or {}
            if about.get("event_type") == EVENT_TYPE and payload.get("key") == key:
                pieces, last = int(payload["of"]), str(message["ts"])
                self._remember(key, int(payload["piece"]), last)
        there = [self._posted.get((key, number)) for number in range(pieces)]
        if not pieces or not all(there):
            return None
        await self._progress.finished_stream(thread, str(there[0]))
        return f"{thread.channel}:{there[-1]}"

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        """Delete what of a post stands in its thread twice; see `Messenger.withdraw`."""
        thread = Thread.of(conversation)
        there = await self._since(thread, made_at(key))
        again = surplus(there, EVENT_TYPE, key, kept.rpartition(":")[2])
        for ts in again:
            await self._calls(thread.team, "chat_delete", channel=thread.channel, ts=ts)
        return [f"{thread.channel}:{ts}" for ts in again]

    async def holds_reply(self, thread: Thread, ts: str) -> bool:
        """Whether a message of the thread holds an answer."""
        with _seen():
            found = await message_at(self._calls, _place(thread), ts)
            return ((found or {}).get("metadata") or {}).get("event_type") == EVENT_TYPE
        return False

    async def said(self, thread: Thread, key: str) -> str:
        """Where something stands in a thread that was said with this key; empty if it does not.

        Raises:
            PostUnknown: the thread cannot be looked at.
        """
        with _seen():
            return await posted_as(self._calls, _place(thread), key, made_at(key))
        return ""

    async def progress(self, conversation: Conversation, step: str) -> None:
        """Show a step; returns at once."""
        self._progress.step(Thread.of(conversation), step, self.title)

    async def say(self, thread: Thread, key: str, piece: Piece) -> str:
        """Post something that is no turn's outcome, such as a notice; give its timestamp."""
        return await self._send(thread, piece, metadata(key, 0, 1))

    async def _post(
        self, thread: Thread, piece: Piece, tag: dict[str, Any], *, into_stream: bool
    ) -> str:
        if into_stream and (stream := await self._progress.take_stream(thread)):
            ts = await finish_stream(self._calls, thread, stream, piece, tag)
            await self._progress.forget_stream(thread)
            if ts:
                return ts
        return await self._send(thread, piece, tag)

    async def _send(self, thread: Thread, piece: Piece, tag: dict[str, Any]) -> str:
        answer = await self._calls(
            thread.team,
            "chat_postMessage",
            channel=thread.channel,
            thread_ts=thread.root,
            text=piece.text,
            blocks=piece.blocks,
            metadata=tag,
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
            link_names=False,
        )
        return str(answer["ts"])

    async def _since(self, thread: Thread, meant: datetime | None) -> list[dict[str, Any]]:
        """What was written since then; nothing in a thread that is not there."""
        with _seen():
            return await messages_since(self._calls, _place(thread), meant)
        return []

    def _remember(self, key: str, number: int, ts: str) -> None:
        self._posted[key, number] = ts
        if len(self._posted) > MOST_REMEMBERED:
            self._posted.popitem(last=False)


def _place(thread: Thread) -> Place:
    return Place(thread.team, thread.channel, thread.root)


@contextmanager
def _seen() -> Iterator[None]:
    """Look at a thread: nothing stands in one that is not there.

    Raises:
        PostUnknown: it cannot be looked at.
    """
    try:
        yield
    except Refused as error:
        if error.code not in GONE:
            raise PostUnknown(f"the thread cannot be looked at: {error}") from error


def metadata(key: str, piece: int, of: int) -> dict[str, Any]:
    """What a message carries to be found by: opaque ids only."""
    payload = {"key": key, "piece": piece, "of": of}
    return {"event_type": EVENT_TYPE, "event_payload": payload}
