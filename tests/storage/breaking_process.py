"""A process that writes on a disk whose writes and syncs fail, each in its turn: see its test.

Usage: python -m tests.storage.breaking_process [STEP]. Each write and sync of some work fails once,
then all fail from each on; with a STEP only every so-manieth. Prints what came of it, or `no
library` where SQLite cannot be reached. Whatever is lost or broken ends it with an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, select

from frontdesk import StoreError
from router.records import OutcomeKind
from storage.database import migrate, open_store
from storage.ledger.tables import ENTRY
from storage.ledger.verify import verify
from storage.store import SqlStore
from storage.tables import MESSAGE
from tests.storage import desk
from tests.storage.failing_disk import Disk, Vfs, library

Breaks = dict[str, Callable[[int], Callable[[int], bool]]]
BREAKS: Breaks = {
    "once": lambda at: lambda number: number == at,
    "from": lambda at: lambda number: number >= at,
}
"""One operation fails, or all from one on."""


async def write(url: str, keys: Path, disk: Disk, broken: Callable[[int], bool]) -> list[str]:
    """Keep messages, answer and sequence; give what was acknowledged, by its entry or message."""
    store, acknowledged = open_store(url, keys), list[str]()
    disk.reset(broken)
    try:
        for number in range(3):
            acknowledged += await one(store, f"d{number}")
    finally:
        with contextlib.suppress(StoreError):  # to sequence what is left, and to tidy up
            await store.close()
        disk.broken = lambda number: False
    return acknowledged


async def one(store: SqlStore, name: str) -> list[str]:
    """What of a message and its turn was acknowledged."""
    acknowledged = []
    try:
        receipt = await store.receive(desk.delivery(name, author_id=name))
        acknowledged.append(receipt.message)
        acknowledged += await store.record(desk.gated(receipt), desk.routed(receipt))
        await store.sequence()
        acknowledged += await store.record(desk.ended(desk.outcome(receipt, OutcomeKind.QUIET)))
    except StoreError:
        pass  # refused: whoever wanted it knows
    return acknowledged


async def missing(url: str, keys: Path, acknowledged: list[str]) -> list[str]:
    """What was acknowledged and is not there; the trail must be whole either way."""
    store = open_store(url, keys)
    await store.sequence()
    there = await store.read(_names)
    await store.close()
    report = verify(url, keys)
    assert report.ok, report.findings
    return [name for name in acknowledged if name not in there]


def _names(connection: Connection) -> set[str]:
    queries = (select(ENTRY.c.id), select(MESSAGE.c.id))
    return {name for query in queries for name in connection.execute(query).scalars()}


def main(step: int) -> None:
    """Let each write and sync of the work fail in its turn, in both ways."""
    path = library()
    if path is None:
        print("no library")
        return
    disk = Disk()
    vfs = Vfs(disk, path)
    for how in BREAKS:
        with tempfile.TemporaryDirectory() as home:
            print(how, *broken(vfs, disk, Path(home), how, step), flush=True)


def broken(vfs: Vfs, disk: Disk, home: Path, how: str, step: int) -> tuple[int, int, int]:
    """The number of runs, of operations that failed, and of runs in which something was refused.

    `vfs` is only here to be kept.
    """
    fresh, failed, refused = home / "fresh", 0, 0
    fresh.mkdir()
    migrate(f"sqlite:///{fresh / 'desk.db'}")
    asyncio.run(open_store(f"sqlite:///{fresh / 'desk.db'}", fresh / "keys").close())

    def run(at: int) -> list[str]:
        folder = home / f"at{at}"
        shutil.copytree(fresh, folder)
        url, keys = f"sqlite:///{folder / 'desk.db'}", folder / "keys"
        acknowledged = asyncio.run(write(url, keys, disk, BREAKS[how](at)))
        done, failures = disk.done, disk.failed
        lost = asyncio.run(missing(url, keys, acknowledged))
        assert not lost, f"{how}: operation {at} failed, and {lost} are lost"
        shutil.rmtree(folder)
        disk.done, disk.failed = done, failures
        return acknowledged

    assert len(run(sys.maxsize)) == WHOLE
    steps = range(1, disk.done + 1, step)
    for at in steps:
        refused += len(run(at)) < WHOLE
        failed += disk.failed
    return len(steps), failed, refused


WHOLE = 3 * 4
"""What is acknowledged where nothing fails: a message and three entries, of each."""


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
