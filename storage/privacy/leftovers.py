"""Copies of texts that the desk itself still has: the exports in its folder.

They go when somebody is erased, whose texts may be in them, and otherwise when their time is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, func, select, update

from router.outbox import DESK
from storage.facts import AUDIT
from storage.ledger.append import Appender
from storage.privacy.facts import ExportExpired
from storage.privacy.tables import EXPORT_RUN, ExportState
from storage.store import SqlStore

_SECOND = 1_000_000
_ENDED = func.coalesce(EXPORT_RUN.c.done_us, EXPORT_RUN.c.asked_us)
"""When an export was written; where a crash left half of one, when it was asked for."""


async def delete_exports(store: SqlStore, folder: Path) -> int:
    """Delete exports with texts from the desk's folder; give how many there were.

    All of them: which people's texts are in one is not kept, and they can be made again. One that
    is being written fails by that; what a crash left of one goes too.
    """
    gone = await _deleted(store, folder, EXPORT_RUN.c.id.is_not(None))
    if gone:
        await store.write(lambda db, _: _now(db, gone, ExportState.DELETED))
    return len(gone)


async def expire_exports(store: SqlStore, folder: Path, kept: timedelta) -> int:
    """Delete exports with texts that lie in the folder for longer than that; give how many.

    That they are gone is on record, each by itself.
    """
    before = await store.write(lambda _, appender: appender.now_us()) - _microseconds(kept)
    gone = await _deleted(store, folder, before > _ENDED)

    def job(connection: Connection, appender: Appender) -> None:
        facts = [ExportExpired(ticket=AUDIT, actor=DESK, export=one) for one in gone]
        appender.append(connection, facts)
        _now(connection, gone, ExportState.EXPIRED)

    if gone:
        await store.write(job)
    return len(gone)


async def _deleted(store: SqlStore, folder: Path, which: ColumnElement[bool]) -> Sequence[str]:
    """Delete the files of exports with texts; give the names of those that were there."""
    begun = EXPORT_RUN.c.state.in_((ExportState.RUNNING, ExportState.DONE))
    query = select(EXPORT_RUN.c.id, EXPORT_RUN.c.file).where(EXPORT_RUN.c.with_texts == 1, begun)
    made = await store.read(lambda db: db.execute(query.where(which)).all())
    return [row.id for row in made if await asyncio.to_thread(_is_deleted, folder, row.file)]


def _now(connection: Connection, exports: Sequence[str], state: ExportState) -> None:
    which = EXPORT_RUN.c.id.in_(exports)
    connection.execute(update(EXPORT_RUN).where(which).values(state=state))


def _microseconds(span: timedelta) -> int:
    return int(span.total_seconds()) * _SECOND


def _is_deleted(folder: Path, name: str | None) -> bool:
    """Overwrite a file and take it away; False if it is not there."""
    file = folder / Path(name).name if name else folder
    if not file.is_file():
        return False
    with file.open("r+b") as content:
        size = content.seek(0, 2)
        content.seek(0)
        for _ in range(0, size, 1 << 20):
            content.write(bytes(min(1 << 20, size - content.tell())))
        content.flush()
    file.unlink()
    return True
