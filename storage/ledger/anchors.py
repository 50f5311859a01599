"""Anchors: checkpoints that are kept elsewhere, each on record with what the other place gave.

Whoever has the database and all keys can write another history; the checkpoints outside are what
that history would have to agree with.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from storage.conversations import moment
from storage.facts import AUDIT
from storage.ledger import merkle, tiles
from storage.ledger.append import Appender
from storage.ledger.facts import CheckpointAnchored, ClockSkewed
from storage.ledger.tables import ANCHOR, CHECKPOINT

SKEW_US = 1_000_000
"""From which difference to another clock on it is put on record."""

ACTOR = "system:anchors"


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it was signed."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a place gave for a checkpoint.

    `at_us` is when, by its clock, and `within_us` how far that may be off, because of the way.
    """

    data: bytes
    at_us: int | None = None
    within_us: int = 0


@dataclass(frozen=True, slots=True)
class Anchored:
    """The newest checkpoint that a place keeps."""

    kind: str
    name: str
    size: int
    external_us: int | None


def newest(connection: Connection) -> Signed | None:
    """The last checkpoint; None while nothing is logged."""
    query = select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Signed(row.size, row.root, row.note)


def last_size(connection: Connection, kind: str, name: str) -> int:
    """The size of the newest checkpoint that a place keeps, 0 if none."""
    query = select(func.max(ANCHOR.c.size)).where(ANCHOR.c.kind == kind, ANCHOR.c.name == name)
    return int(connection.execute(query).scalar() or 0)


def standing(connection: Connection) -> list[Anchored]:
    """Of every place the newest checkpoint that it keeps."""
    query = select(
        ANCHOR.c.kind, ANCHOR.c.name, func.max(ANCHOR.c.size), func.max(ANCHOR.c.external_us)
    ).group_by(ANCHOR.c.kind, ANCHOR.c.name)
    return [Anchored(*row) for row in connection.execute(query.order_by("kind", "name"))]


def consistency(connection: Connection, old: int, new: int) -> list[bytes]:
    """The proof that the log of `new` entries begins with that of `old` ones; empty from 0 on."""
    if old in (0, new):
        return []
    return merkle.consistency_proof(old, new, tiles.reader(connection))


def record(
    connection: Connection, appender: Appender, place: tuple[str, str], kept: Signed, got: Receipt
) -> None:
    """Put on record that a place (its kind and name) keeps a checkpoint."""
    kind, name = place
    if last_size(connection, kind, name) >= kept.size:
        return
    fact = CheckpointAnchored(
        ticket=AUDIT,
        actor=ACTOR,
        place=kind,
        name=name,
        size=kept.size,
        root=kept.root.hex(),
        receipt_sha256=hashlib.sha256(got.data).hexdigest(),
        external_us=got.at_us,
    )
    skew = _skew(got, appender.now_us())
    skewed = ClockSkewed(ticket=AUDIT, actor=ACTOR, source=kind, skew_us=skew)
    entry, *_ = appender.append(connection, (fact, skewed) if skew else (fact,))
    row = {"kind": kind, "name": name, "size": kept.size, "root": kept.root, "receipt": got.data}
    connection.execute(insert(ANCHOR), {**row, "external_us": got.at_us, "entry_id": entry.id})


def _skew(got: Receipt, now_us: int) -> int:
    """How far our clock is ahead of the other place's, 0 if that is within what can be told."""
    if got.at_us is None:
        return 0
    ahead = now_us - got.at_us
    return ahead if abs(ahead) > max(SKEW_US, got.within_us) else 0


def told(anchor: Anchored) -> str:
    """An anchor in a line."""
    when = "" if anchor.external_us is None else f", {moment(anchor.external_us):%Y-%m-%d %H:%M:%S}"
    return f"{anchor.kind} {anchor.name}: {anchor.size} entries{when}"
