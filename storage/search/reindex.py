"""The search columns, made anew from the entries: rows that are missing, wrong or too many."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from storage.ledger import index
from storage.ledger.append import Appender
from storage.ledger.tables import ENTRY, INDEX
from storage.store import SqlStore

_AT_A_TIME = 2000


@dataclass(frozen=True, slots=True)
class _Step:
    """A part of the entries: the last one, how many, and how many rows did not fit."""

    last: str | None
    entries: int
    different: int


async def reindex(store: SqlStore, *, check: bool = False) -> tuple[int, int]:
    """Compare, and unless it is only a `check` mend; give how many differed, of how many entries.

    Entries that are not what was written are not mended: they are a matter of `verify`.

    Raises:
        StoreError: it could not be read or written.
    """
    last: str | None = ""
    different = entries = 0
    while last is not None:
        job = partial(_step, after=last, mend=not check)
        step = await (store.read(job) if check else store.write(_unwatched(job)))
        last, different, entries = step.last, different + step.different, entries + step.entries
    strays = await (store.read(_strays) if check else store.write(_unwatched(_without)))
    return different + strays, entries


def _unwatched(job: Any) -> Any:
    def run(connection: Connection, _: Appender) -> Any:
        return job(connection)

    return run


def _step(connection: Connection, after: str, mend: bool) -> _Step:
    leaves = connection.execute(
        select(ENTRY.c.id, ENTRY.c.leaf)
        .where(ENTRY.c.id > after)
        .order_by(ENTRY.c.id)
        .limit(_AT_A_TIME)
    ).all()
    if not leaves:
        return _Step(None, 0, 0)
    ids = [row.id for row in leaves]
    between = INDEX.c.entry_id.between(ids[0], ids[-1])
    there = {row.entry_id: row for row in connection.execute(select(INDEX).where(between))}
    wrong = _wrong(leaves, there)
    if mend and wrong:
        names = [row["entry_id"] for row in wrong]
        connection.execute(delete(INDEX).where(INDEX.c.entry_id.in_(names)))
        connection.execute(insert(INDEX), wrong)
    return _Step(ids[-1], len(ids), len(wrong))


def _wrong(leaves: Sequence[Any], there: dict[str, Any]) -> list[dict[str, Any]]:
    """What the rows should be that are not."""
    wrong = []
    for row in leaves:
        try:
            made = index.project(json.loads(row.leaf))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        known = there.get(row.id)
        if known is None or known._asdict() != made:
            wrong.append(made)
    return wrong


def _stray() -> Any:
    return INDEX.c.entry_id.not_in(select(ENTRY.c.id))


def _strays(connection: Connection) -> int:
    query = select(func.count()).select_from(INDEX).where(_stray())
    return int(connection.execute(query).scalar_one())


def _without(connection: Connection) -> int:
    return connection.execute(delete(INDEX).where(_stray())).rowcount
