"""What the database says is visible in Slack, and in which threads to look for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from router.facts import PostDone
from router.notice_facts import NoticePosted
from storage.human_tables import CARD, HUMAN_REPLY
from storage.ledger.tables import ANCHOR, ENTRY, INDEX
from storage.tables import TICKET

SLACK = "slack"
_PLACE = re.compile(r"([CDG][A-Z0-9]+):(?:[^:]*:)?(\d{9,}\.\d{6})")
_TOLD = (
    select(ENTRY.c.leaf)
    .select_from(INDEX.join(ENTRY, ENTRY.c.id == INDEX.c.entry_id))
    .where(or_(INDEX.c.kind == PostDone.kind, INDEX.c.kind == NoticePosted.kind))
)


@dataclass(frozen=True, slots=True)
class Posted:
    """What is told of messages, each by channel and time stamp.

    `told` are those that an entry names; `known` also cards, what staff said and first messages of
    threads, which have their place beside the ticket. `threads` are those of the tickets.
    """

    told: frozenset[tuple[str, str]]
    known: frozenset[tuple[str, str]]
    threads: tuple[tuple[str, str], ...]


def posted(connection: Connection, since_us: int) -> Posted:
    """What was posted since then, and the threads of tickets that something happened in."""
    leaves = connection.execute(_TOLD.where(INDEX.c.rec_us >= since_us)).scalars()
    told = {place for leaf in leaves for place in _places(json.loads(leaf)["body"]["external"])}
    threads = connection.execute(
        select(TICKET.c.conversation)
        .where(TICKET.c.source == SLACK, TICKET.c.updated_us >= since_us)
        .order_by(TICKET.c.id)
    )
    roots = [place for name in threads.scalars() for place in _places(name)]
    beside = set(_beside(connection)) | set(_anchored(connection))
    return Posted(frozenset(told), frozenset(told | beside | set(roots)), tuple(roots))


def _beside(connection: Connection) -> Iterator[tuple[str, str]]:
    for table in (CARD, HUMAN_REPLY):
        query = select(table.c.place).where(table.c.place.is_not(None))
        for place in connection.execute(query).scalars():
            yield from _places(place)


def _anchored(connection: Connection) -> Iterator[tuple[str, str]]:
    query = select(ANCHOR.c.name, ANCHOR.c.receipt).where(ANCHOR.c.kind == SLACK)
    for channel, receipt in connection.execute(query):
        yield channel, receipt.decode(errors="replace")


def _places(text: str) -> Iterator[tuple[str, str]]:
    """Channel and time stamp within what a messenger names a place by."""
    match = _PLACE.fullmatch(text)
    if match is not None:
        yield match[1], match[2]
