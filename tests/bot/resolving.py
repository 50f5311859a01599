"""Which digests on record nothing is put away for."""

from __future__ import annotations

import json
from collections import Counter

from sqlalchemy import select

from storage.ledger.artifacts import named
from storage.ledger.tables import ARTIFACT, ENTRY
from storage.store import SqlStore


async def digests(store: SqlStore) -> tuple[Counter[str], set[str]]:
    """Every digest that entries name, by how often; and those of them that do not resolve."""
    leaves = await store.read(lambda db: db.execute(select(ENTRY.c.leaf)).scalars().all())
    kept = await store.read(lambda db: db.execute(select(ARTIFACT.c.sha256)).scalars().all())
    found = Counter(one for leaf in leaves for one in named(json.loads(leaf)["body"]))
    return found, set(found) - {one.hex() for one in kept}
