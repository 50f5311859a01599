"""What people see while the desk is at work: a status at once, task cards when it takes longer.

Nothing here may hold up or break a turn, so a task per thread does the showing, and what cannot be
shown is left out. Nothing that a model wrote is shown either: only the desk's own words for steps.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.slack import steps
from bot.slack.calls import Calls, Refused
from bot.slack.display import Display
from bot.slack.places import Thread
from bot.slack.showing import GREETED, GREETING, Showing
from bot.slack.streams import OpenStreams, Stream, Streams
from frontdesk import PostError, StoreError

log = logging.getLogger("frontdesk.slack.progress")

IN_LINE = "will be with you soon: you are number {number} in line…"
REFRESH = 90.0
"""A status vanishes after two minutes unless it is set again."""

STREAM_AFTER = 3.0
"""Seconds from which the steps are shown as task cards: a quick answer needs none."""

CLOSING = 3.0
"""Seconds for taking back what is shown when the process ends."""

START_STREAM = "chat_startStream"


class Progress:
    """Shows progress in all threads."""

    def __init__(self, calls: Calls, stream_after: float = STREAM_AFTER) -> None:
        self._calls = calls
        self._streams: Streams = OpenStreams()
        self._stream_after = stream_after
        self._showing: dict[Thread, Showing] = {}
        self._display = Display(calls)
        self._clearing: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()
        self._elsewhere = False

    def leave_to_others(self) -> None:
        """Only greet from now on: turns run in other processes, which show what comes of them."""
        self._elsewhere = True

    def remember_in(self, streams: Streams) -> None:
        """Remember open streams where they outlive this process."""
        self._streams = streams

    def begin(self, thread: Thread, message: str, person: str, title: str = "") -> None:
        """Show that a message was noticed; `title` names the thread where threads have names."""
        if self._elsewhere:
            self._apart(self._greet(Showing(thread, person, title)))
            return
        showing = self._showing.get(thread)
        if showing is None:
            showing = self._showing[thread] = Showing(thread, person, title)
        showing.pending.add(message)
        self._start(showing)

    def take_over(self, thread: Thread, message: str, person: str) -> None:
        """As `begin`, for a message that another process took in, and may be greeting for now.

        Its greeting has to be over some time later: from then on what this process shows stays.
        """
        showing = self._showing.get(thread)
        if showing is None or message not in showing.pending:
            self.begin(thread, message, person)
            self._showing[thread].greeted_until = time.monotonic() + GREETED

    def in_line(self, thread: Thread, message: str, person: str, number: int) -> None:
        """Show that a message waits for its turn."""
        self.take_over(thread, message, person)
        showing = self._showing[thread]
        showing.status, showing.shown = IN_LINE.format(number=number), ""
        showing.changed.set()

    async def leave(self, thread: Thread, message: str) -> None:
        """Show no more of a message; what is shown is another process's now."""
        showing = self._showing.get(thread)
        if showing is not None:
            showing.pending.discard(message)
            if not showing.pending:
                del self._showing[thread]
                await self._stop(showing)

    def step(self, thread: Thread, name: str, titles: Callable[[str], str]) -> None:
        """Show that a step has begun."""
        showing = self._showing.get(thread)
        if showing is not None:
            showing.status = steps.status(name, titles)
            steps.advance(showing.taken, name, titles)
            showing.changed.set()

    def is_last(self, thread: Thread, message: str) -> bool:
        """Whether this message's turn is the last of those that are shown in its thread."""
        showing = self._showing.get(thread)
        return showing is not None and showing.pending == {message}

    async def take_stream(self, thread: Thread) -> Stream | None:
        """End the showing and give the stream, if one is open, for the answer to go into."""
        showing = self._showing.get(thread)
        if showing is not None:
            await self._stop(showing)
            if showing.stream is not None:
                showing.stream.last = steps.chunks(steps.completed(showing.taken), {})
                return showing.stream
        ts = await self._streams.stream(thread.team, thread.conversation)
        if ts == "":
            ts = await self._lost_stream(thread)
        return Stream(ts) if ts else None

    async def end(self, thread: Thread, message: str, *, unknown: bool = False) -> None:
        """Show that a message's turn is over; a status must never outlive it.

        `unknown`: another process may have shown something.
        """
        showing = self._showing.get(thread)
        if showing is not None:
            showing.pending.discard(message)
            if showing.pending:
                return
            self._showing.pop(thread, None)
            await self._stop(showing)
        if unknown or (showing is not None and showing.shown):
            self._apart(self._display.clear(thread))
        if showing is not None and showing.greeted_until > time.monotonic():
            self._apart(self._clear_later(thread, showing.greeted_until))

    async def forget_stream(self, thread: Thread) -> None:
        """The stream has been finished."""
        if (showing := self._showing.get(thread)) is not None:
            showing.stream = None
        await self._streams.close_stream(thread.team, thread.conversation)

    async def finished_stream(self, thread: Thread, ts: str) -> None:
        """A message of the thread is finished; if it was the open stream, that is open no more."""
        if await self._streams.stream(thread.team, thread.conversation) == ts:
            await self.forget_stream(thread)

    async def close(self) -> None:
        """End all showing; what Slack's limits hold up for too long is left to vanish by itself."""
        self._closing.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await asyncio.gather(*map(self._put_away, list(self._showing.values())))
                await asyncio.gather(*self._clearing)
        self._showing.clear()

    def _apart(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name="slack-showing")
        self._clearing.add(task)
        task.add_done_callback(self._clearing.discard)

    async def _put_away(self, showing: Showing) -> None:
        await self._stop(showing)
        await self._display.clear(showing.thread)

    def _start(self, showing: Showing) -> None:
        if showing.task is None or showing.task.done():
            showing.task = asyncio.create_task(self._show(showing), name="slack-progress")

    async def _stop(self, showing: Showing) -> None:
        """End the task, but let a call that is under way come to its end."""
        task, showing.task = showing.task, None
        if task is not None and not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _show(self, showing: Showing) -> None:
        await self._whole(self._process(showing))
        refresh = time.monotonic() + REFRESH
        while True:
            now = time.monotonic()
            if showing.stream is None and (now >= refresh or 0 < showing.greeted_until <= now):
                showing.shown, showing.greeted_until = "", 0.0
                refresh = now + REFRESH
            showing.changed.clear()
            await self._whole(self._draw(showing))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause(showing, refresh)):
                    await showing.changed.wait()

    async def _greet(self, showing: Showing) -> None:
        """Say that a message was noticed, soon or not at all."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GREETING):
                await self._process(showing)

    async def _process(self, showing: Showing) -> None:
        """Say that the session is busy, which is what shows the stop button."""
        status = showing.status  # another may be wanted by the time that this one is shown
        await self._display.busy(showing.thread, status, showing.person, showing.title or None)
        showing.shown = status

    def _pause(self, showing: Showing, refresh: float) -> float:
        now = time.monotonic()
        stream = showing.began + self._stream_after
        pauses = [refresh - now] if showing.stream is None else [REFRESH]
        if showing.stream is None and showing.greeted_until:
            pauses.append(showing.greeted_until - now)
        if showing.stream is None and showing.may_stream and stream > now:
            pauses.append(stream - now)
        return max(0.05, min(pauses))

    async def _whole(self, work: Awaitable[None]) -> None:
        """Let `work` come to its end even if this task is ended meanwhile."""
        inner = asyncio.ensure_future(work)
        try:
            await asyncio.shield(inner)
        except asyncio.CancelledError:
            await inner
            raise

    async def _draw(self, showing: Showing) -> None:
        late = time.monotonic() - showing.began >= self._stream_after
        if showing.stream is None and late and showing.taken and showing.may_stream:
            await self._open_stream(showing)
        elif showing.stream is not None:
            await self._draw_cards(showing, showing.stream)
        if showing.stream is None and showing.status != showing.shown:
            showing.shown = showing.status
            await self._display.status(showing.thread, showing.status)

    async def _draw_cards(self, showing: Showing, stream: Stream) -> None:
        wanted = {**showing.taken}
        chunks = steps.chunks(wanted, showing.drawn)
        if not chunks or not stream.live:
            return
        thread = showing.thread
        try:
            await self._calls(
                thread.team,
                "chat_appendStream",
                channel=thread.channel,
                ts=stream.ts,
                chunks=chunks,
            )
            showing.drawn = wanted
        except PostError as error:
            stream.live = not isinstance(error, Refused)

    async def _open_stream(self, showing: Showing) -> None:
        """Begin a stream, with its intent remembered first; where that fails there is none."""
        thread, wanted = showing.thread, {**showing.taken}
        if not self._display.may(thread.team, START_STREAM):
            showing.may_stream = False
            return
        try:
            await self._streams.open_stream(thread.team, thread.conversation, "")
            answer = await self._calls.at_once(
                thread.team,
                START_STREAM,
                channel=thread.channel,
                thread_ts=thread.root,
                recipient_team_id=thread.team,
                recipient_user_id=showing.person,
                chunks=steps.chunks(wanted, {}),
            )
            showing.stream, showing.drawn = Stream(str(answer["ts"])), wanted
            await self._streams.open_stream(thread.team, thread.conversation, showing.stream.ts)
        except (PostError, StoreError) as error:
            showing.may_stream = False
            await self._not_opened(thread, error)

    async def _not_opened(self, thread: Thread, error: Exception) -> None:
        """Forget the intent of a stream that certainly was not begun."""
        log.info("the steps are not shown: %s", error)
        if isinstance(error, Refused):
            self._display.refused(thread.team, START_STREAM, error)
            with contextlib.suppress(StoreError):
                await self._streams.close_stream(thread.team, thread.conversation)

    async def _lost_stream(self, thread: Thread) -> str | None:
        """Look in the thread for a stream of which only the intent is known."""
        found = await self._calls(
            thread.team, "conversations_replies", channel=thread.channel, ts=thread.root, limit=100
        )
        ours = [one for one in found.get("messages", ()) if steps.shows_steps(one)]
        return str(ours[-1]["ts"]) if ours else None

    async def _clear_later(self, thread: Thread, at: float) -> None:
        """Take back what another process may have shown too late, unless more is shown by now."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at - time.monotonic()):
                await self._closing.wait()
        if thread not in self._showing:
            await self._display.clear(thread)
