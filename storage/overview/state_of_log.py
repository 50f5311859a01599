"""How the log is doing, in one quick look: what waits, what is signed, what is kept elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.conversations import moment
from storage.ledger.tables import ANCHOR, CHECKPOINT, INDEX, LEAF, PENDING, newest_log
from storage.overview.verifying import VerifyResult, last_result


@dataclass(frozen=True, slots=True)
class Anchored:
    """A checkpoint that is kept elsewhere. `lag` is how many entries the log has grown since."""

    kind: str
    name: str
    size: int
    lag: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LogState:
    """The log at one moment. `checkpoint_at` is when the last entry under it was recorded."""

    origin: str
    size: int
    checkpoints: int
    root: str
    checkpoint_at: datetime | None
    pending: int
    pending_since: datetime | None
    anchors: tuple[Anchored, ...]
    verified: VerifyResult | None


def log_state(connection: Connection) -> LogState:
    """Look at the log. A handful of small reads, whatever its size."""
    last = connection.execute(
        select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)
    ).one_or_none()
    waiting = connection.execute(select(func.count(), func.min(PENDING.c.rec_us))).one()
    size = last.size if last is not None else 0
    return LogState(
        origin=connection.execute(newest_log()).one().origin,
        size=size,
        checkpoints=last.seq if last is not None else 0,
        root=last.root.hex() if last is not None else "",
        checkpoint_at=_recorded(connection, size),
        pending=waiting[0],
        pending_since=None if waiting[1] is None else moment(waiting[1]),
        anchors=_anchors(connection, size),
        verified=last_result(connection),
    )


def _recorded(connection: Connection, size: int) -> datetime | None:
    query = (
        select(INDEX.c.rec_us)
        .join(LEAF, LEAF.c.entry_id == INDEX.c.entry_id)
        .where(LEAF.c.log_index == size - 1)
    )
    at_us = connection.execute(query).scalar()
    return None if at_us is None else moment(at_us)


def _anchors(connection: Connection, size: int) -> tuple[Anchored, ...]:
    """The latest of each place."""
    latest = (
        select(ANCHOR.c.kind, ANCHOR.c.name, func.max(ANCHOR.c.size).label("size"))
        .group_by(ANCHOR.c.kind, ANCHOR.c.name)
        .subquery()
    )
    same = (
        (ANCHOR.c.kind == latest.c.kind)
        & (ANCHOR.c.name == latest.c.name)
        & (ANCHOR.c.size == latest.c.size)
    )
    query = select(ANCHOR.c.kind, ANCHOR.c.name, ANCHOR.c.size, ANCHOR.c.external_us).join(
        latest, same
    )
    return tuple(
        Anchored(
            row.kind,
            row.name,
            row.size,
            size - row.size,
            None if row.external_us is None else moment(row.external_us),
        )
        for row in connection.execute(query.order_by(ANCHOR.c.kind, ANCHOR.c.name))
    )
