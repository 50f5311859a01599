"""Copies of texts that the desk itself still has when somebody is erased: its exports."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import select, update

from storage.privacy.tables import EXPORT_RUN, ExportState
from storage.store import SqlStore


async def delete_exports(store: SqlStore, folder: Path) -> int:
    """Delete exports with texts from the desk's folder; give how many there were.

    All of them: which people's texts are in one is not kept, and they can be made again. One that
    is being written fails by that; what a crash left of one goes too.
    """
    begun = EXPORT_RUN.c.state.in_((ExportState.RUNNING, ExportState.DONE))
    query = select(EXPORT_RUN.c.id, EXPORT_RUN.c.file).where(EXPORT_RUN.c.with_texts == 1, begun)
    made = await store.read(lambda db: db.execute(query).all())
    gone = [row.id for row in made if await asyncio.to_thread(_deleted, folder, row.file)]
    if gone:
        state = update(EXPORT_RUN).where(EXPORT_RUN.c.id.in_(gone))
        await store.write(lambda db, _: db.execute(state.values(state=ExportState.DELETED)))
    return len(gone)


def _deleted(folder: Path, name: str | None) -> bool:
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
