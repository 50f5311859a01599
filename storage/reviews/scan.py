"""Reading the log onwards: flags for the queue and figures for the charts.

Both follow from the leaves alone and can be made again (`rebuild`). A batch and how far it came are
one transaction; the row that says how far is locked first, so that several processes may scan.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from router.facts import RouteDecided
from storage.ledger.tables import ENTRY, INDEX, LEAF
from storage.reviews import rules
from storage.reviews.figures import DAY_US, measures
from storage.reviews.tables import DAY, FLAG, SCAN, SEEN
from storage.tables import MESSAGE

BATCH = 1_000
"""Leaves in one transaction: other writers wait for it, some twenty milliseconds."""


@dataclass(slots=True)
class _Batch:
    """What a batch of leaves comes to."""

    flags: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    days: dict[tuple[int, str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the messages of a batch."""

    specialists: Mapping[str, str]
    received: Mapping[str, int]
    seen: Mapping[tuple[str, str], int]


def scan(connection: Connection) -> bool:
    """Read the next batch of the log; whether there may be more."""
    start = _position(connection)
    rows = _leaves(connection, start)
    if not rows:
        return False
    leaves = [json.loads(row.leaf) for row in rows]
    known = _known(connection, leaves)
    batch = _Batch()
    for row, leaf in zip(rows, leaves, strict=True):
        _read(batch, known, leaf, row.leaf_hash)
    _write(connection, batch)
    connection.execute(update(SCAN).values(position=rows[-1].log_index + 1))
    return len(rows) == BATCH


def rebuild(connection: Connection) -> None:
    """Forget all flags and figures; the next scans make them again."""
    for table in (FLAG, DAY, SEEN, SCAN):
        connection.execute(delete(table))


def _position(connection: Connection) -> int:
    ours = _insert(connection, SCAN).on_conflict_do_nothing()
    connection.execute(ours, {"id": 1, "position": 0})
    return int(connection.execute(select(SCAN.c.position).with_for_update()).scalar_one())


def _leaves(connection: Connection, start: int) -> Sequence[Any]:
    query = (
        select(LEAF.c.log_index, ENTRY.c.leaf, ENTRY.c.leaf_hash)
        .join(ENTRY, ENTRY.c.id == LEAF.c.entry_id)
        .where(LEAF.c.log_index >= start, LEAF.c.log_index < start + BATCH)
        .order_by(LEAF.c.log_index)
    )
    return connection.execute(query).all()


def _known(connection: Connection, leaves: Sequence[rules.Leaf]) -> _Known:
    messages = {name for leaf in leaves if (name := rules.concerned(leaf)) is not None}
    # The kind is looked at below: asked for it too, SQLite would read every decision there is.
    columns = (INDEX.c.message_id, INDEX.c.specialist, INDEX.c.kind)
    decided = select(*columns).where(INDEX.c.message_id.in_(messages))
    received = select(MESSAGE.c.id, MESSAGE.c.received_us).where(MESSAGE.c.id.in_(messages))
    specialists = {
        row.message_id: row.specialist or ""
        for row in connection.execute(decided)
        if row.kind == RouteDecided.kind
    }
    times = {row.id: row.received_us for row in connection.execute(received)}
    seen = {(row.what, row.version): row.times for row in connection.execute(select(SEEN))}
    return _Known(specialists, times, seen)


def _read(batch: _Batch, known: _Known, leaf: rules.Leaf, leaf_hash: bytes) -> None:
    message = rules.concerned(leaf)
    names = list(rules.flags(leaf, leaf_hash))
    for version in rules.versions(leaf):
        batch.seen[version] += 1
        if known.seen.get(version, 0) + batch.seen[version] <= rules.NEW_FOR:
            names.append("new_version")
    if message is not None:
        row = {"entry_id": leaf["id"], "ticket_id": leaf["ticket"], "at_us": leaf["rec"]}
        for name in names:
            batch.flags.setdefault((name, message), row)
    specialist = known.specialists.get(message or "", "")
    for measure, amount in measures(leaf, leaf_hash, known.received.get(message or "")):
        figure = batch.days[leaf["rec"] // DAY_US, specialist, measure]
        figure[0] += 1
        figure[1] += amount


def _write(connection: Connection, batch: _Batch) -> None:
    flags = [
        {"rule": rule, "message_id": message, **row} for (rule, message), row in batch.flags.items()
    ]
    if flags:
        connection.execute(_insert(connection, FLAG).on_conflict_do_nothing(), flags)
    days = [
        {"day": day, "specialist": who, "measure": measure, "times": count, "total": total}
        for (day, who, measure), (count, total) in batch.days.items()
    ]
    _add(connection, DAY, days, ("times", "total"))
    seen = [
        {"what": what, "version": version, "times": count}
        for (what, version), count in batch.seen.items()
    ]
    _add(connection, SEEN, seen, ("times",))


def _add(
    connection: Connection, table: Table, rows: list[dict[str, Any]], sums: tuple[str, ...]
) -> None:
    """Add to rows that are there, and make those that are not."""
    if not rows:
        return
    made = _insert(connection, table)
    more = made.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: table.c[name] + made.excluded[name] for name in sums},
    )
    connection.execute(more, rows)


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Both databases know `ON CONFLICT`, each in its own dialect."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
