"""The search columns can be made anew from the entries."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from storage.ledger.tables import INDEX
from storage.ledger.verify import verify
from storage.search.reindex import reindex
from storage.store import SqlStore
from tests.storage.conftest import Database
from tests.storage.privacy.test_erasure import answered


async def test_rows_that_are_wrong_missing_or_too_many_are_put_right(
    store: SqlStore, database: Database
) -> None:
    await answered(store, "d1", "U1")
    rows = await store.read(lambda db: db.execute(select(INDEX)).all())
    first, second = rows[0].entry_id, rows[1].entry_id
    stray = {**rows[2]._asdict(), "entry_id": "00000000-0000-7000-8000-000000000000"}

    def spoil(db: Connection, _: object) -> None:
        db.execute(update(INDEX).where(INDEX.c.entry_id == first).values(channel_id="C9"))
        db.execute(delete(INDEX).where(INDEX.c.entry_id == second))
        db.execute(insert(INDEX), stray)

    assert await reindex(store, check=True) == (0, 9)
    await store.write(spoil)
    assert await reindex(store, check=True) == (3, 9)
    assert await reindex(store) == (3, 9)
    assert await reindex(store, check=True) == (0, 9)
    await store.sequence()
    assert verify(database.url, database.keys).ok
