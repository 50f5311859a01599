"""Tickets and passages for tests, with everything filled in that a test does not care about."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from frontdesk.contract import Author, Message, Passage, Ticket

MOMENT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def make_ticket(
    text: str,
    *,
    thread: Sequence[Message | str] = (),
    language: str = "en",
    objections: Sequence[str] = (),
    packet: str | None = None,
    id: str = "ticket-1",  # noqa: A002 - it is the ticket's own word for it
) -> Ticket:
    """A ticket about `text`. A plain text in `thread` is a message of the requester."""
    messages = tuple(
        Message(Author.REQUESTER, one, MOMENT) if isinstance(one, str) else one for one in thread
    )
    return Ticket(id, text, messages, language, tuple(objections), packet)


def make_passage(
    text: str,
    *,
    title: str = "An article",
    source: str = "https://help.example.com/article",
    score: float = 0.9,
    id: str = "",  # noqa: A002 - it is the passage's own word for it
) -> Passage:
    """A passage that says `text`; its `id` follows from the text unless it is given."""
    own = id or hashlib.sha256(f"{source} {text}".encode()).hexdigest()[:12]
    return Passage(own, title, source, text, MOMENT.date(), score)
