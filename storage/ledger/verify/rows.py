"""Reading what is verified: entry by entry with all that belongs to it, straight from the driver.

What SQLAlchemy makes of each row costs more than all that is computed about it, and nothing here
needs it: texts, numbers and bytes come out as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, select, text

from storage.ledger import index
from storage.ledger.tables import ENTRY, INDEX, LEAF, PAYLOAD, PENDING

AT_A_TIME = 1000
"""Rows that are in memory at a time."""

_CHAINS = 500
"""Chains that are asked for at a time."""

_CURSORS = count()

_LOOK_UP = (
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "max_parallel_workers_per_gather = 0",
    "jit = off",
)


class EntryRow(NamedTuple):
    """An entry, its place in the log, its place in the queue, and its row in the search index."""

    id: str
    ticket_id: str
    ticket_seq: int
    leaf: str
    leaf_hash: bytes
    mac: bytes
    mac_kid: int
    log_index: int | None
    logged_hash: bytes
    pending_id: str | None
    pending_rec_us: int
    pending_hash: bytes
    pending_mac: bytes
    index_id: str | None
    projected: tuple[Any, ...]


class PayloadRow(NamedTuple):
    """An encrypted text of an entry."""

    field: str
    subject_ref: str
    author_ref: str | None
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The end of what is known already of a chain."""

    seq: int
    head: bytes
    rec_us: int


@dataclass(frozen=True, slots=True)
class Span:
    """Which entries: of the chains from `first` up to before `end`; None means no bound.

    With `heads` only of the chains named there, each from what is known of it on.
    """

    first: str | None = None
    end: str | None = None
    heads: Mapping[str, Head] | None = None


_INDEX_AT = len(EntryRow._fields) - 1
_PAYLOAD_AT = _INDEX_AT + len(index.COLUMNS)

_ENTRIES = (
    select(
        *(ENTRY.c.id, ENTRY.c.ticket_id, ENTRY.c.ticket_seq, ENTRY.c.leaf, ENTRY.c.leaf_hash),
        *(ENTRY.c.mac, ENTRY.c.mac_kid, LEAF.c.log_index, LEAF.c.leaf_hash.label("logged_hash")),
        PENDING.c.entry_id.label("pending_id"),
        PENDING.c.rec_us.label("pending_rec_us"),
        PENDING.c.leaf_hash.label("pending_hash"),
        PENDING.c.mac.label("pending_mac"),
        INDEX.c.entry_id.label("index_id"),
        *(INDEX.c[name].label(f"index_{name}") for name in index.COLUMNS),
        PAYLOAD.c.field,
        PAYLOAD.c.subject_ref.label("payload_subject"),
        PAYLOAD.c.author_ref.label("payload_author"),
        PAYLOAD.c.nonce,
        PAYLOAD.c.ciphertext,
    )
    .select_from(
        ENTRY.outerjoin(LEAF, LEAF.c.entry_id == ENTRY.c.id)
        .outerjoin(PENDING, PENDING.c.entry_id == ENTRY.c.id)
        .outerjoin(INDEX, INDEX.c.entry_id == ENTRY.c.id)
        .outerjoin(PAYLOAD, PAYLOAD.c.entry_id == ENTRY.c.id)
    )
    .order_by(ENTRY.c.ticket_id, ENTRY.c.ticket_seq, ENTRY.c.id)
)


def entries(connection: Connection, span: Span) -> Iterator[tuple[EntryRow, list[PayloadRow]]]:
    """The entries of a span with their texts, chain by chain."""
    if span.heads is None:
        yield from _grouped(raw(connection, _between(span)))
        return
    whole = sorted(ticket for ticket, head in span.heads.items() if head.seq == 0)
    for at in range(0, len(whole), _CHAINS):
        some = ENTRY.c.ticket_id.in_(whole[at : at + _CHAINS])
        yield from _grouped(raw(connection, _ENTRIES.where(some)))
    for ticket, head in span.heads.items():
        if head.seq:
            rest = and_(ENTRY.c.ticket_id == ticket, ENTRY.c.ticket_seq > head.seq)
            yield from _grouped(raw(connection, _ENTRIES.where(rest)))


def look_up(connection: Connection) -> None:
    """Have PostgreSQL look up what belongs to an entry, row by row, in this transaction.

    Its planner would rather read whole tables and sort them, for every part of the log anew.
    """
    if connection.dialect.name == "postgresql":
        for setting in _LOOK_UP:
            connection.execute(text(f"SET LOCAL {setting}"))


def raw(connection: Connection, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as the driver gives them, a bounded number of them in memory."""
    made = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    given: Any = made.params
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        cursor = driver.cursor()
        given = [given[name] for name in made.positiontup or ()]
    else:
        cursor = driver.cursor(f"frontdesk_verify_{next(_CURSORS)}", binary=True)
    try:
        cursor.execute(str(made), given)
        while found := cursor.fetchmany(AT_A_TIME):
            yield from found
    finally:
        cursor.close()


def _between(span: Span) -> Select[Any]:
    query = _ENTRIES
    if span.first is not None:
        query = query.where(ENTRY.c.ticket_id >= span.first)
    if span.end is not None:
        query = query.where(ENTRY.c.ticket_id < span.end)
    return query


def _grouped(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[EntryRow, list[PayloadRow]]]:
    """Rows of one entry, which differ in their texts, put together."""
    current: EntryRow | None = None
    texts: list[PayloadRow] = []
    for row in rows:
        if current is None or row[0] != current.id:
            if current is not None:
                yield current, texts
                texts = []
            current = EntryRow._make((*row[:_INDEX_AT], row[_INDEX_AT:_PAYLOAD_AT]))
        if row[_PAYLOAD_AT] is not None:
            texts.append(PayloadRow._make(row[_PAYLOAD_AT:]))
    if current is not None:
        yield current, texts
