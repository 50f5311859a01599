"""Where an entry stands in the log, and what the desk was made of when it was written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from storage.ledger.tables import CHECKPOINT, ENTRY, INDEX, LEAF
from storage.store import SqlStore

_LAST = "~"
"""Comes after every entry's id."""


@dataclass(frozen=True, slots=True)
class InPlace:
    """An entry's place. `signed_at` is the size of the first checkpoint that covers it.

    `version` and `config_digest` are those of the desk that was started last before it.
    """

    leaf_hash: str
    log_index: int | None
    signed_at: int | None
    seq: int
    version: str
    config_digest: str
    started_entry: str


@dataclass(frozen=True, slots=True)
class Started:
    """What the desk was made of when it was started last; plugins' digests by specialist."""

    entry: str
    version: str
    config_digest: str
    plugins: dict[str, str]


async def latest_start(store: SqlStore) -> Started | None:
    """The desk's latest start; None if it never was."""
    entry, body = await store.read(lambda connection: _started(connection, _LAST))
    if not entry:
        return None
    plugins = {one["specialist"]: one["digest"] for one in body.get("plugins", ())}
    return Started(entry, body.get("version", ""), body.get("config_digest", ""), plugins)


async def in_place(store: SqlStore, entry: str) -> InPlace:
    """Where an entry stands."""

    def job(connection: Connection) -> InPlace:
        row = connection.execute(
            select(ENTRY.c.leaf_hash, ENTRY.c.ticket_seq, LEAF.c.log_index)
            .outerjoin(LEAF, LEAF.c.entry_id == ENTRY.c.id)
            .where(ENTRY.c.id == entry)
        ).one()
        started, body = _started(connection, entry)
        return InPlace(
            leaf_hash=row.leaf_hash.hex(),
            log_index=row.log_index,
            signed_at=_covered(connection, row.log_index),
            seq=row.ticket_seq,
            version=body.get("version", ""),
            config_digest=body.get("config_digest", ""),
            started_entry=started,
        )

    return await store.read(job)


def _covered(connection: Connection, log_index: int | None) -> int | None:
    if log_index is None:
        return None
    query = (
        select(CHECKPOINT.c.size)
        .where(CHECKPOINT.c.size > log_index)
        .order_by(CHECKPOINT.c.size)
        .limit(1)
    )
    size = connection.execute(query).scalar()
    return None if size is None else int(size)


def _started(connection: Connection, entry: str) -> tuple[str, dict[str, Any]]:
    query = (
        select(INDEX.c.entry_id, ENTRY.c.leaf)
        .join(ENTRY, ENTRY.c.id == INDEX.c.entry_id)
        .where(INDEX.c.kind == "desk:started", INDEX.c.entry_id <= entry)
        .order_by(INDEX.c.entry_id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return ("", {}) if row is None else (row.entry_id, json.loads(row.leaf)["body"])
