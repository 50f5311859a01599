"""What digests stand for, and when each was put away."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from storage.conversations import moment
from storage.ledger.tables import ARTIFACT, ENTRY, INDEX
from storage.store import SqlStore

MOST_VERSIONS = 200
_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Version:
    """One artifact: what it is, and when it was put away first."""

    digest: str
    kind: str
    size: int
    kept: datetime


async def versions(store: SqlStore, kind: str | None = None) -> list[Version]:
    """All that was put away, or what is of one kind, the latest first, as the record says it."""
    query = (
        select(ENTRY.c.leaf, INDEX.c.rec_us)
        .join(INDEX, INDEX.c.entry_id == ENTRY.c.id)
        .where(INDEX.c.kind == "artifact:kept")
        .order_by(INDEX.c.entry_id.desc())
        .limit(MOST_VERSIONS)
    )

    def job(connection: Connection) -> list[Version]:
        found = []
        for row in connection.execute(query):
            body = json.loads(row.leaf)["body"]
            if kind in (None, body["artifact"]):
                kept = moment(row.rec_us)
                found.append(Version(body["sha256"], body["artifact"], body["size"], kept))
        return found

    return await store.read(job)


async def known_digests(store: SqlStore, digests: Iterable[str]) -> frozenset[str]:
    """Those of the digests that something is kept for."""
    wanted = [bytes.fromhex(one) for one in digests if is_digest(one)]
    query = select(ARTIFACT.c.sha256).where(ARTIFACT.c.sha256.in_(wanted))
    found = await store.read(lambda db: db.execute(query).scalars().all())
    return frozenset(one.hex() for one in found)


async def content(store: SqlStore, digest: str) -> tuple[str, bytes] | None:
    """What kind of thing a digest stands for, and the thing itself; None if it is not kept."""
    if not is_digest(digest):
        return None
    query = select(ARTIFACT.c.kind, ARTIFACT.c.content).where(
        ARTIFACT.c.sha256 == bytes.fromhex(digest)
    )
    row = await store.read(lambda db: db.execute(query).one_or_none())
    return None if row is None else (str(row.kind), bytes(row.content))


def is_digest(text: str) -> bool:
    """Whether it is a SHA-256 in hex."""
    return len(text) == _DIGITS and set(text) <= set("0123456789abcdef")
