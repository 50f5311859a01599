"""Killed and frozen at every boundary, the desk answers each message exactly once."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from frontdesk import StoreError
from router.records import Delivery
from storage.store import SqlStore
from tests.databases import Database
from tests.faults import machine
from tests.faults.machine import Machine, Ran, delivered
from tests.faults.servers import Server, own_server
from tests.faults.verdict import judge, sound
from tests.faults.victim import SOURCE, Plan

pytestmark = pytest.mark.timeout(180)


def plan_for(database: Database, folder: Path, seed: int, **more: float) -> Plan:
    """A plan on a database."""
    return Plan(
        url=database.url,
        keys=database.keys,
        board=folder / "board.db",
        struck=folder / "struck",
        seed=seed,
        **more,  # type: ignore[arg-type]
    )


async def survive(
    made: Machine, store: SqlStore, *, messages: int, threads: int, within: float = 120.0
) -> Ran:
    """Run, and judge what was left."""
    ran = await machine.run(made, store, messages=messages, threads=threads, within=within)
    await judge(store, ran.receipts, made.plan.board)
    await store.sequence()
    sound(made.plan.url, made.plan.keys)
    return ran


@pytest.mark.parametrize("seed", [1, 2])
async def test_sqlite_desk_that_is_killed_again_and_again_says_everything_once(
    sqlite: Database, tmp_path: Path, seed: int
) -> None:
    store = sqlite.open()
    plan = plan_for(sqlite, tmp_path, seed, kill=0.02, lost=0.05, told=True)
    ran = await survive(Machine(plan), store, messages=26, threads=12)
    await store.close()
    assert ran.kills > 3


@pytest.mark.parametrize("seed", [3, 4])
async def test_workers_that_die_and_freeze_take_over_from_each_other(
    on_postgres: Database, tmp_path: Path, seed: int
) -> None:
    store = on_postgres.open()
    plan = plan_for(on_postgres, tmp_path, seed, kill=0.01, freeze=0.01, lost=0.05)
    ran = await survive(Machine(plan, workers=2), store, messages=26, threads=12)
    await store.close()
    assert ran.kills + ran.freezes > 3


async def test_database_that_stops_in_the_middle_loses_nothing_that_was_acknowledged(
    tmp_path: Path,
) -> None:
    with own_server() as server:
        database = server.database("desk")
        store = database.open()
        plan = plan_for(database, tmp_path, 5, lost=0.02, step_seconds=0.3)
        stopping = asyncio.create_task(_stop_in_the_middle(server, store))
        await survive(Machine(plan, workers=2), store, messages=80, threads=30)
        refused, acknowledged = await stopping
        await store.close()
        assert refused
        assert acknowledged


async def _stop_in_the_middle(server: Server, store: SqlStore) -> tuple[bool, bool]:
    """Stop the server while messages come; whether one is refused meanwhile, and kept after."""
    late = Delivery("late", SOURCE, "And this?", datetime.now(UTC), "U1", "thread 1")
    await asyncio.sleep(1.5)
    await asyncio.to_thread(server.stop)
    try:
        await store.receive(late)
        refused = False
    except StoreError:
        refused = True
    await asyncio.sleep(1.0)
    await asyncio.to_thread(server.start)
    return refused, (await delivered(store, late)).new
