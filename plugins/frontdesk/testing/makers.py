"""Tickets, passages and articles for tests: all filled in that a test does not care about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

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


def make_message(text: str, *, author: Author = Author.REQUESTER) -> Message:
    """A message in a thread."""
    return Message(author, text, MOMENT)


def make_article(
    folder: Path,
    text: str,
    *,
    title: str = "An article",
    source: str = "https://help.example.com/article",
) -> Path:
    """An article in a knowledge folder, which is made if need be; give its file."""
    folder.mkdir(parents=True, exist_ok=True)
    name = "-".join(re.findall(r"[a-z0-9]+", title.lower())) or "article"
    file = folder / f"{name}.md"
    front = f"title: {title}\nsource: {source}\nupdated: {MOMENT.date()}"
    file.write_text(f"---\n{front}\n---\n\n{text}\n", "utf-8")
    return file
