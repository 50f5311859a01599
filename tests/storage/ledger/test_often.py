"""Statements that go to the driver as they are."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.ledger import often
from storage.ledger.append import Appender
from storage.ledger.tables import PENDING
from storage.store import SqlStore
from tests.storage import desk

_MINE = {"rec_us": -1, "leaf_hash": b"\0\xff", "mac": b""}
_ONE = select(PENDING.c.mac, PENDING.c.rec_us, PENDING.c.leaf_hash).where(
    PENDING.c.entry_id == bindparam("entry")
)
_CHANGE = update(PENDING).where(PENDING.c.entry_id == bindparam("entry"))


async def test_values_go_in_and_come_out_unchanged_whatever_their_order(store: SqlStore) -> None:
    await store.receive(desk.delivery("d1"))

    def job(connection: Connection, appender: Appender) -> list[object]:
        rows = [{"entry_id": "one", **_MINE}, {**_MINE, "entry_id": "two"}]
        often.run(connection, insert(PENDING), rows)
        often.run(connection, _CHANGE.values(mac=bindparam("new")), [{"new": b"n", "entry": "two"}])
        found = [often.first(connection, _ONE, {"entry": name}) for name in ("one", "two", "three")]
        return [row and tuple(row) for row in found]

    assert await store.write(job) == [(b"", -1, b"\0\xff"), (b"n", -1, b"\0\xff"), None]
