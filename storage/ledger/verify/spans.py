"""What is to be verified, cut into parts: all chains for a full verification, else the new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic_core import from_json
from sqlalchemy import Connection, bindparam, func, select

from storage.ledger.leaf import NO_HASH
from storage.ledger.tables import CHAIN, ENTRY, LEAF, PENDING
from storage.ledger.verify.rows import Head, Span, raw
from storage.tables import TICKET

PARTS = 32
"""Many enough that at the end no processor waits long for another one."""

_SIZE = select(func.coalesce(func.max(LEAF.c.log_index) + 1, 0))
_CHAINS = select(CHAIN.c.ticket_id, CHAIN.c.seq).order_by(CHAIN.c.ticket_id)
_NEW = (ENTRY.c.ticket_id, ENTRY.c.ticket_seq, TICKET.c.id.label("known"), ENTRY.c.id)
_LOGGED = select(*_NEW).select_from(
    LEAF.join(ENTRY, ENTRY.c.id == LEAF.c.entry_id).outerjoin(
        TICKET, TICKET.c.id == ENTRY.c.ticket_id
    )
)
_WAITING = select(*_NEW).select_from(
    PENDING.join(ENTRY, ENTRY.c.id == PENDING.c.entry_id).outerjoin(
        TICKET, TICKET.c.id == ENTRY.c.ticket_id
    )
)
_BEFORE = select(ENTRY.c.leaf_hash, ENTRY.c.leaf).where(
    ENTRY.c.ticket_id == bindparam("ticket"), ENTRY.c.ticket_seq == bindparam("seq")
)


@dataclass(frozen=True, slots=True)
class Recent:
    """What came after a verification: chains from where they are new, and the oldest new entry."""

    heads: dict[str, Head]
    entry: str


def log_size(connection: Connection) -> int:
    """How many places of the log are taken, as far as that can be told at a glance."""
    return int(connection.execute(_SIZE).scalar_one())


def spans(connection: Connection, entries: int) -> Iterator[Span]:
    """All chains, in parts of about equally many entries; no chain is in two."""
    first: str | None = None
    seen, each = 0, max(entries // PARTS, 1)
    for ticket, seq in raw(connection, _CHAINS):
        if seen >= each:
            yield Span(first, ticket)
            first, seen = ticket, 0
        seen += max(seq, 0)
    yield Span(first, None)


def recent(connection: Connection, since: int) -> Recent:
    """The chains with an entry from place `since` of the log on, or with one that waits.

    A ticket is looked at from its beginning, because what may happen depends on all that did. The
    chains that belong to no ticket have no such rules and never end: only their new part is.
    """
    first: dict[str, tuple[int, bool]] = {}
    oldest = ""
    for query in (_LOGGED.where(LEAF.c.log_index >= since), _WAITING):
        for ticket, seq, known, entry in raw(connection, query):
            seen = first.get(ticket)
            if seen is None or seq < seen[0]:
                first[ticket] = (seq, known is not None)
            oldest = min(oldest, entry) if oldest else entry
    heads = {
        ticket: Head(0, NO_HASH, 0) if known or seq <= 1 else _head(connection, ticket, seq - 1)
        for ticket, (seq, known) in first.items()
    }
    return Recent(heads, oldest)


def _head(connection: Connection, ticket: str, seq: int) -> Head:
    row = connection.execute(_BEFORE, {"ticket": ticket, "seq": seq}).one_or_none()
    if row is None:
        return Head(0, NO_HASH, 0)
    try:
        rec_us = from_json(row.leaf)["rec"]
    except (ValueError, KeyError, TypeError, RecursionError):
        rec_us = 0
    return Head(seq, row.leaf_hash, rec_us if isinstance(rec_us, int) else 0)
