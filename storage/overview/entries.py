"""Several entries in full, in one read."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select

from storage import reading
from storage.ledger.tables import ENTRY
from storage.queries import EntryRow, EntryView
from storage.store import SqlStore


async def in_full(
    store: SqlStore, rows: Sequence[EntryRow], *, with_texts: bool
) -> list[EntryView]:
    """These entries with their leaves, in the same order; with their texts only if wanted.

    Raises:
        SettingsError: the keys that the texts need are missing.
    """
    query = select(ENTRY.c.id, ENTRY.c.leaf).where(ENTRY.c.id.in_([row.id for row in rows]))

    def job(connection: Connection) -> list[EntryView]:
        leaves = {row.id: json.loads(row.leaf) for row in connection.execute(query)}
        views = []
        for row in rows:
            leaf = leaves.get(row.id, {})
            wanted = with_texts and leaf.get("commit")
            texts = reading.texts(connection, store.keys, row.id) if wanted else {}
            views.append(EntryView(row, leaf, texts))
        return views

    return await store.read(job)
