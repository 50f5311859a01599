"""Checkpoints and anchors as they are kept, for people who compare them with their own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.conversations import moment
from storage.ledger.tables import ANCHOR, CHECKPOINT, INDEX, LEAF, newest_log
from storage.store import SqlStore


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed checkpoint; `at` is when its last entry was recorded."""

    size: int
    seq: int
    root: str
    note: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """A checkpoint that is kept elsewhere."""

    kind: str
    name: str
    size: int
    root: str
    at: datetime | None
    entry: str
    receipt_sha256: str


async def checkpoints(store: SqlStore, limit: int = 20) -> Sequence[Checkpoint]:
    """The latest checkpoints, newest first."""
    query = (
        select(CHECKPOINT, INDEX.c.rec_us)
        .outerjoin(LEAF, LEAF.c.log_index == CHECKPOINT.c.size - 1)
        .outerjoin(INDEX, INDEX.c.entry_id == LEAF.c.entry_id)
        .order_by(CHECKPOINT.c.size.desc())
        .limit(limit)
    )

    def job(connection: Connection) -> list[Checkpoint]:
        return [
            Checkpoint(
                row.size,
                row.seq,
                row.root.hex(),
                row.note,
                None if row.rec_us is None else moment(row.rec_us),
            )
            for row in connection.execute(query)
        ]

    return await store.read(job)


async def anchors(store: SqlStore, limit: int = 50) -> Sequence[AnchorRow]:
    """The latest anchors, newest first."""
    query = select(ANCHOR).order_by(ANCHOR.c.entry_id.desc()).limit(limit)

    def job(connection: Connection) -> list[AnchorRow]:
        return [
            AnchorRow(
                row.kind,
                row.name,
                row.size,
                row.root.hex(),
                None if row.external_us is None else moment(row.external_us),
                row.entry_id,
                hashlib.sha256(row.receipt).hexdigest(),
            )
            for row in connection.execute(query)
        ]

    return await store.read(job)


async def public_key(store: SqlStore) -> str:
    """The public key that checkpoints are signed with, as reviewers hand it around."""
    return await store.read(lambda db: str(db.execute(newest_log()).one().vkey))
