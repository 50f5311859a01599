"""Conversations and matters for tests of the agents."""

from __future__ import annotations

from datetime import UTC, datetime

from frontdesk import Author
from router.records import Band, Conversation, DecidedBy, Decision, Matter, ThreadMessage

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def said(text: str, author: Author = Author.REQUESTER, number: int = 0) -> ThreadMessage:
    """A message in a thread."""
    return ThreadMessage(f"M{number}", author, "U1", text, NOW)


def conversation(
    text: str,
    *,
    author: Author = Author.REQUESTER,
    thread: tuple[ThreadMessage, ...] = (),
    questions: int = 0,
) -> Conversation:
    """A ticket with one new message."""
    return Conversation(
        ticket="T1",
        source="test",
        workspace="W",
        channel="C",
        conversation="c",
        message=said(text, author, 99),
        thread=thread,
        questions=questions,
    )


def decided(band: Band, specialist: str | None = None) -> Decision:
    """An embedded decision."""
    return Decision(band, specialist, 4_000, DecidedBy.EMBEDDED, "Not sure.", novelty_bp=700)


def doubtful(text: str) -> Matter:
    """A matter that the embedded model is not sure of."""
    return Matter(text, decided(Band.ASK))
