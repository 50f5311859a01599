"""Reading what is verified: entry by entry with all that belongs to it, straight from the driver.

What SQLAlchemy makes of each row costs more than all that is computed about it, and nothing here
needs it: texts, numbers and bytes come out as they are. What belongs to entries is asked for by
their ids, some hundred at a time. As one query that joins five tables PostgreSQL would walk down
four trees for every single entry, which costs it more than all the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, select, text

from storage.ledger import index
from storage.ledger.tables import ENTRY, INDEX, LEAF, PAYLOAD, PENDING

AT_A_TIME = 1000
"""Rows that are in memory at a time."""

TOGETHER = 250
"""Entries that are looked at together; with all that is theirs they fit a processor's cache."""

_CHAINS = 500
"""Chains that are asked for at a time."""

_CURSORS = count()

_LOOK_UP = (
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "enable_seqscan = off",
    "max_parallel_workers_per_gather = 0",
    "jit = off",
)


class EntryRow(NamedTuple):
    """An entry, its place in the log, its place in the queue, and its row in the search index.

    `waiting` is its time, hash and MAC in the queue, `projected` what stands in `index.COLUMNS`;
    None where it is not there.
    """

    id: str
    ticket_id: str
    ticket_seq: int
    leaf: str
    leaf_hash: bytes
    mac: bytes
    mac_kid: int
    log_index: int | None
    logged_hash: bytes | None
    waiting: tuple[int, bytes, bytes] | None
    projected: tuple[Any, ...] | None


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


_ENTRIES = select(
    *(ENTRY.c.id, ENTRY.c.ticket_id, ENTRY.c.ticket_seq, ENTRY.c.leaf, ENTRY.c.leaf_hash),
    *(ENTRY.c.mac, ENTRY.c.mac_kid),
).order_by(ENTRY.c.ticket_id, ENTRY.c.ticket_seq, ENTRY.c.id)
_PLACES = (LEAF.name, ("log_index", "leaf_hash"))
_WAITING = (PENDING.name, ("rec_us", "leaf_hash", "mac"))
_PROJECTED = (INDEX.name, index.COLUMNS)
_TEXTS = (PAYLOAD.name, PayloadRow._fields)
_NOWHERE = (None, None)
_PLAIN = re.compile(r"[0-9a-f-]+(,[0-9a-f-]+)*")


def entries(connection: Connection, span: Span) -> Iterator[tuple[EntryRow, Sequence[PayloadRow]]]:
    """The entries of a span with their texts, chain by chain."""
    for query in _queries(span):
        for found in _fetched(connection, query, TOGETHER):
            yield from _with_all(connection, found)


def _queries(span: Span) -> Iterator[Select[Any]]:
    if span.heads is None:
        yield _between(span)
        return
    whole = sorted(ticket for ticket, head in span.heads.items() if head.seq == 0)
    for at in range(0, len(whole), _CHAINS):
        yield _ENTRIES.where(ENTRY.c.ticket_id.in_(whole[at : at + _CHAINS]))
    for ticket, head in span.heads.items():
        if head.seq:
            yield _ENTRIES.where(and_(ENTRY.c.ticket_id == ticket, ENTRY.c.ticket_seq > head.seq))


def _between(span: Span) -> Select[Any]:
    query = _ENTRIES
    if span.first is not None:
        query = query.where(ENTRY.c.ticket_id >= span.first)
    if span.end is not None:
        query = query.where(ENTRY.c.ticket_id < span.end)
    return query


def _with_all(
    connection: Connection, found: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[EntryRow, Sequence[PayloadRow]]]:
    """Entries with the rows of the other tables that belong to them."""
    ids = _listed(connection, [row[0] for row in found])
    places = _one_each(_belonging(connection, _PLACES, ids)).get
    waiting = _one_each(_belonging(connection, _WAITING, ids)).get
    projected = _one_each(_belonging(connection, _PROJECTED, ids)).get
    texts: dict[str, list[PayloadRow]] = {}
    for row in _belonging(connection, _TEXTS, ids):
        texts.setdefault(row[0], []).append(PayloadRow._make(row[1:]))
    for row in found:
        entry = row[0]
        beside = (waiting(entry), projected(entry))
        yield EntryRow._make(row + places(entry, _NOWHERE) + beside), texts.get(entry, ())


def _one_each(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    return {row[0]: row[1:] for row in rows}


def look_up(connection: Connection) -> None:
    """Have PostgreSQL look up what belongs to entries by their ids, in this transaction.

    Its planner would rather read whole tables and sort them, for every part of the log anew.
    """
    if connection.dialect.name == "postgresql":
        for setting in _LOOK_UP:
            connection.execute(text(f"SET LOCAL {setting}"))


def raw(connection: Connection, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query as the driver gives them, a bounded number of them in memory."""
    for found in _fetched(connection, query, AT_A_TIME):
        yield from found


def _fetched(
    connection: Connection, query: Select[Any], most: int
) -> Iterator[Sequence[tuple[Any, ...]]]:
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
        while found := cursor.fetchmany(most):
            yield found
    finally:
        cursor.close()


def _belonging(
    connection: Connection, what: tuple[str, tuple[str, ...]], ids: str | Sequence[str]
) -> Sequence[tuple[Any, ...]]:
    """The rows of a table that belong to entries, each after its entry's id."""
    driver: Any = connection.connection.driver_connection
    asked = _asked(*what, connection.dialect.name)
    found: Sequence[tuple[Any, ...]]
    if connection.dialect.name == "sqlite":
        found = driver.execute(asked, (ids,)).fetchall()
    else:
        with driver.cursor(binary=True) as cursor:
            found = cursor.execute(asked, (ids,), prepare=True).fetchall()
    return found


@lru_cache
def _asked(table: str, columns: tuple[str, ...], dialect: str) -> str:
    names = ", ".join(f"x.{name}" for name in ("entry_id", *columns))
    if dialect == "sqlite":  # what json_each gives comes first, or it would read the whole table
        among = f"json_each(?) AS j CROSS JOIN {table} AS x ON x.entry_id = j.value"
        return f"SELECT {names} FROM {among}"  # noqa: S608 - our own names
    return f"SELECT {names} FROM {table} AS x WHERE x.entry_id = ANY(%s::text[])"  # noqa: S608 - ours


def _listed(connection: Connection, ids: Sequence[str]) -> str | Sequence[str]:
    """Ids as the database reads a list.

    PostgreSQL's driver takes longer to write one than the server to answer, and ids that nobody has
    tampered with need no quotes; others are left to the driver.
    """
    if connection.dialect.name == "sqlite":
        return json.dumps(ids)
    joined = ",".join(ids)
    plain = _PLAIN.fullmatch(joined) and joined.count(",") == len(ids) - 1
    return f"{{{joined}}}" if plain else ids
