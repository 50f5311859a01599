"""The log lives: it beats when nothing happens, and says what its clock and its sequencer did."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.anchors.due import Sequencing
from bot.anchors.job import Heart
from frontdesk.errors import StoreError
from storage.database import open_store
from storage.ledger import heartbeat
from storage.ledger.tables import ENTRY, INDEX
from storage.store import SqlStore
from tests.storage import desk


class Standing:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 5, 4, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


async def _bodies(store: SqlStore, kind: str) -> list[dict[str, Any]]:
    query = (
        select(ENTRY.c.leaf)
        .select_from(INDEX.join(ENTRY, ENTRY.c.id == INDEX.c.entry_id))
        .where(INDEX.c.kind == kind)
        .order_by(INDEX.c.entry_id)
    )
    leaves = await store.read(lambda connection: connection.execute(query).scalars().all())
    return [json.loads(leaf)["body"] for leaf in leaves]


async def test_log_beats_when_nothing_happened_for_a_minute(tmp_path: Path) -> None:
    clock = Standing()
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}", clock=clock)
    await desk.answer(store, await store.receive(desk.delivery("d1")))
    assert not await store.write(heartbeat.beat)  # entries wait for their place
    await store.sequence()
    await store.write(heartbeat.beat)
    await store.sequence()
    clock.at += timedelta(seconds=59)
    assert not await store.write(heartbeat.beat)
    clock.at += timedelta(seconds=2)
    assert await store.write(heartbeat.beat)
    assert (await store.sequence()).entries == 1
    assert not await store.write(heartbeat.beat)
    assert (await _bodies(store, "log:beat"))[-1] == {"idle_us": 61_000_000}
    await store.close()


async def test_clock_that_jumps_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    heart = Heart(store)
    await heart.tick()
    really = time.time
    monkeypatch.setattr("bot.anchors.job.time.time", lambda: really() + 5)
    await heart.tick()
    monkeypatch.undo()
    (told,) = await _bodies(store, "clock:skewed")
    assert told["source"] == "monotonic"
    assert 4_000_000 < told["skew_us"] < 6_000_000
    await store.close()


async def test_sequencer_that_failed_says_so_once_it_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    job = Sequencing(store)

    async def fails(self: SqlStore) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(SqlStore, "sequence", fails)
    for _ in range(2):
        with pytest.raises(StoreError, match="disk is full"):
            await job.tick()
    monkeypatch.undo()
    await job.tick()
    await job.tick()
    (told,) = await _bodies(store, "log:failing")
    assert told["fault"] == "StoreError"
    await store.close()
