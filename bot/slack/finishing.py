"""Ending a stream of steps with the answer in the same message.

A stream dies after some minutes, when somebody stops it, or with the process that began it. It is
then finished by an update, which shows the same thing however often it is repeated.
"""

from __future__ import annotations

from typing import Any

from slack_sdk.models.messages.chunk import MarkdownTextChunk

from bot.slack.blocks import Piece
from bot.slack.calls import Calls, Refused
from bot.slack.places import Thread
from bot.slack.streams import Stream
from frontdesk import PostUnknown

MOST_UPDATE = 3_900
"""Characters of the text of an update."""

STILL_LIVE = "streaming_state_conflict"
MESSAGE_GONE = frozenset({"message_not_found", "cant_update_message"})
TRIES = 2


async def finish_stream(
    calls: Calls, thread: Thread, stream: Stream, piece: Piece, tag: dict[str, Any]
) -> str | None:
    """Put the answer into the stream's message; None if that message is gone.

    Raises:
        PostError: it is not there; run it again.
        PostUnknown: it may be.
    """
    for _ in range(TRIES):
        if stream.live and await _stopped(calls, thread, stream, piece, tag):
            return stream.ts
        try:
            await _updated(calls, thread, stream, piece, tag)
        except Refused as error:
            if error.code in MESSAGE_GONE:
                return None
            if error.code != STILL_LIVE:
                raise
            stream.live = True
        else:
            return stream.ts
    raise PostUnknown("the stream takes neither its end nor an update")


async def end_stream(calls: Calls, thread: Thread, stream: Stream, piece: Piece) -> None:
    """End a stream whose turn came to nothing.

    Raises:
        PostError: it could not be ended.
    """
    await finish_stream(calls, thread, stream, piece, {})


async def _stopped(
    calls: Calls, thread: Thread, stream: Stream, piece: Piece, tag: dict[str, Any]
) -> bool:
    """End it with the answer; false if it was over already, or nobody knows."""
    try:
        await calls(
            thread.team,
            "chat_stopStream",
            channel=thread.channel,
            ts=stream.ts,
            chunks=[*stream.last, MarkdownTextChunk(text=piece.text).to_dict()],
            blocks=piece.blocks[1:] or None,
            metadata=tag or None,
            session_status="active",
        )
    except (Refused, PostUnknown):
        stream.live = False
        return False
    return True


async def _updated(
    calls: Calls, thread: Thread, stream: Stream, piece: Piece, tag: dict[str, Any]
) -> None:
    await calls(
        thread.team,
        "chat_update",
        channel=thread.channel,
        ts=stream.ts,
        text=piece.text[:MOST_UPDATE],
        blocks=piece.blocks,
        metadata=tag or None,
    )
