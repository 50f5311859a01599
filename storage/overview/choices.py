"""What there is to choose from in a search, out of the indexes, however long the record is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, func, select

from storage.ledger.tables import INDEX
from storage.store import SqlStore

COLUMNS = ("kind", "specialist", "outcome", "model")
MOST = 200


async def choices(store: SqlStore) -> dict[str, list[str]]:
    """The different values of each column that people choose from."""
    return await store.read(
        lambda connection: {name: _different(connection, INDEX.c[name]) for name in COLUMNS}
    )


def _different(connection: Connection, column: Column[Any]) -> list[str]:
    """Each value once: the index is asked for the next one, so only as many steps as values."""
    found: list[str] = []
    value = connection.execute(select(func.min(column))).scalar()
    while value is not None and len(found) < MOST:
        found.append(str(value))
        value = connection.execute(select(func.min(column)).where(column > value)).scalar()
    return found
