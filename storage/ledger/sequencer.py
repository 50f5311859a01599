"""The sequencer: gives waiting entries their place in the log and has a checkpoint signed.

It reads a table of what waits, never "ids above the last one": transactions do not commit in the
order of their ids, and such a cursor loses entries.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, text

from storage.facts import AUDIT, CheckpointListed
from storage.ledger import merkle, signer, tiles
from storage.ledger.append import Appender
from storage.ledger.tables import CHECKPOINT, ENTRY, LEAF, PENDING

BATCH = 1024
"""Entries in one transaction: what other writers wait for at most."""

_LOCK = text("SELECT pg_advisory_xact_lock(7310868735461728115)")
_WAITING = (
    select(PENDING, ENTRY.c.leaf, ENTRY.c.mac_kid)
    .select_from(PENDING.outerjoin(ENTRY, ENTRY.c.id == PENDING.c.entry_id))
    .order_by(PENDING.c.rec_us, PENDING.c.entry_id)
    .limit(BATCH)
)
_LAST = select(CHECKPOINT).order_by(CHECKPOINT.c.size.desc()).limit(1)
_SIZE = select(func.coalesce(func.max(LEAF.c.log_index) + 1, 0))
_DONE = delete(PENDING).where(PENDING.c.entry_id == bindparam("entry"))


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step did: so many entries, and the checkpoint that it led to.

    `refused` are entries that wait but are not what was written; they stay where they are, for
    `verify` to find. `more`: others may be waiting still.
    """

    entries: int
    refused: tuple[str, ...] = ()
    more: bool = False
    memory: signer.Memory | None = None


def step(connection: Connection, appender: Appender) -> Batch:
    """Sequence one batch in the caller's transaction.

    After the commit the caller lets the signer remember the batch: remembering before it would
    raise a false alarm after a crash.

    Raises:
        LogRefused: the signer refuses; nothing was sequenced.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    rows = connection.execute(_WAITING).all()
    waiting = [row for row in rows if _intact(row, appender)]
    refused = tuple(sorted({row.entry_id for row in rows} - {row.entry_id for row in waiting}))
    if not waiting:
        return Batch(0, refused)
    old = int(connection.execute(_SIZE).scalar_one())
    last = connection.execute(_LAST).one_or_none()
    hashes = [(row.entry_id, row.leaf_hash) for row in waiting]
    if last is not None:
        hashes.insert(0, _listed(connection, appender, last))
    connection.execute(
        insert(LEAF),
        [
            {"log_index": old + at, "entry_id": entry, "leaf_hash": leaf_hash}
            for at, (entry, leaf_hash) in enumerate(hashes)
        ],
    )
    connection.execute(_DONE, [{"entry": row.entry_id} for row in waiting])
    tiles.write(connection, old, old + len(hashes))
    memory = _checkpoint(connection, appender, old + len(hashes), last)
    return Batch(len(waiting), refused, len(rows) == BATCH, memory)


def _intact(row: Row[Any], appender: Appender) -> bool:
    """Whether an entry that waits is what this desk wrote."""
    if row.leaf is None or row.mac_kid not in appender.keys.macs:
        return False
    expected = merkle.leaf_hash(row.leaf.encode())
    mac = appender.keys.mac(expected, row.mac_kid)
    return bool(expected == row.leaf_hash and hmac.compare_digest(mac, row.mac))


def _listed(connection: Connection, appender: Appender, last: Row[Any]) -> tuple[str, bytes]:
    """List the previous checkpoint in the log itself."""
    fact = CheckpointListed(
        ticket=AUDIT,
        actor="system:sequencer",
        seq=last.seq,
        size=last.size,
        root=last.root.hex(),
        note_sha256=last.note_sha256.hex(),
    )
    facts: Sequence[CheckpointListed] = (fact,)
    (entry,) = appender.append(connection, facts, pending=False)
    return entry.id, entry.hash


def _checkpoint(
    connection: Connection, appender: Appender, size: int, last: Row[Any] | None
) -> signer.Memory:
    checkpoint, signed = signer.signed(appender.keys, size, tiles.reader(connection))
    connection.execute(
        insert(CHECKPOINT),
        {
            "size": size,
            "seq": 1 if last is None else last.seq + 1,
            "root": checkpoint.root,
            "note": signed,
            "note_sha256": hashlib.sha256(signed.encode()).digest(),
        },
    )
    return signer.Memory(size, checkpoint.root)
