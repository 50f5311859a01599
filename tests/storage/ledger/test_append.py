"""Appending: whose texts they are, whatever else is appended at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from storage.ledger.tables import PAYLOAD
from storage.store import SqlStore
from tests.storage.desk import delivery, drafted, routed


def _all_of(query: Select[Any]) -> Callable[[Connection], Sequence[Row[Any]]]:
    return lambda connection: connection.execute(query).all()


async def test_texts_of_one_append_belong_to_who_wrote_each_message(store: SqlStore) -> None:
    """One look at the chain brings one of the writers; the other is asked for."""
    first = await store.receive(delivery("m1", author_id="U1", conversation="one thread"))
    second = await store.receive(delivery("m2", author_id="U2", conversation="one thread"))
    elsewhere = await store.receive(delivery("m3", author_id="U3"))
    assert first.ticket == second.ticket
    entries = await store.record(
        routed(first), drafted(second), routed(elsewhere), drafted(first), routed(second)
    )
    rows = select(PAYLOAD.c.entry_id, PAYLOAD.c.subject_ref).distinct()
    mine = rows.where(PAYLOAD.c.entry_id.in_(entries))
    whose = {row.entry_id: row.subject_ref for row in await store.read(_all_of(mine))}
    assert store.keys is not None
    people = store.keys.subjects
    assert [people.person(whose[entry]) for entry in entries] == ["U1", "U2", "U3", "U1", "U2"]
