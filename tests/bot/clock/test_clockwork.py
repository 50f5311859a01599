"""The clock: each slot once, whoever runs it, whatever happens to the machine."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock.clockwork import Clockwork, Hand, ticking
from bot.clock.jobs import Job
from storage.database import open_store
from storage.slots import Slots
from storage.store import SqlStore
from tests.databases import Database

HOUR = 3600.0


class Work:
    """A job that counts."""

    def __init__(self) -> None:
        self.done = 0
        self.fails = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self) -> None:
        await self.gate.wait()
        if self.fails:
            raise ValueError("it does not work today")
        self.done += 1


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
async def store(sqlite: Database) -> AsyncIterator[SqlStore]:
    opened = sqlite.open()
    yield opened
    await opened.close()


def hand(
    store: SqlStore,
    work: Work,
    seconds: float,
    holder: str = "one",
    gone: Callable[[str], bool] = lambda name: False,
) -> Hand:
    return Hand(Job("work", seconds, work.run), Slots(store, holder, gone))


async def test_each_slot_happens_once_among_many_processes(store: SqlStore, work: Work) -> None:
    hands = [hand(store, work, 10.0, holder=f"process-{n}") for n in range(5)]
    began = datetime(2026, 11, 21, 9, tzinfo=UTC)

    for second in range(0, 120, 2):
        with freeze_time(began + timedelta(seconds=second), real_asyncio=True):
            await asyncio.gather(*(one.tick() for one in hands))

    assert work.done == 12


async def test_each_slot_happens_once_on_postgresql(on_postgres: Database, work: Work) -> None:
    store = on_postgres.open()
    hands = [hand(store, work, HOUR, holder=f"process-{n}") for n in range(8)]

    await asyncio.gather(*(one.tick() for one in hands for _ in range(3)))
    await store.close()

    assert work.done == 1


async def test_killed_process_is_replaced_and_its_slot_is_not_missed(
    store: SqlStore, work: Work
) -> None:
    work.gate.clear()
    killed, other = hand(store, work, HOUR), hand(store, work, HOUR, holder="two")
    with freeze_time("2026-11-21 09:00:00", real_asyncio=True):
        running = asyncio.create_task(killed.tick())
        await asyncio.sleep(0.1)
        running.cancel()  # as if it had been killed: nothing says that it is done
        await running
        work.gate.set()
        await other.tick()
    assert work.done == 0

    with freeze_time("2026-11-21 09:00:16", real_asyncio=True):
        await other.tick()
        await other.tick()

    assert work.done == 1


async def test_process_known_to_be_gone_is_replaced_at_once(store: SqlStore, work: Work) -> None:
    work.gate.clear()
    with freeze_time("2026-11-21 09:00:00", real_asyncio=True):
        running = asyncio.create_task(hand(store, work, HOUR).tick())
        await asyncio.sleep(0.1)
        running.cancel()
        await running
        work.gate.set()
        await hand(store, work, HOUR, holder="two", gone=lambda name: name == "one").tick()

    assert work.done == 1


async def test_process_that_stops_hands_over_without_a_gap_or_a_repeat(
    store: SqlStore, work: Work
) -> None:
    first, second = hand(store, work, 2.0), hand(store, work, 2.0, holder="two")
    with freeze_time("2026-11-21 09:00:00", real_asyncio=True):
        await first.tick()
        await first.close()
        await second.tick()
        assert work.done == 1
    with freeze_time("2026-11-21 09:00:02", real_asyncio=True):
        await second.tick()

    assert work.done == 2


async def test_weekend_asleep_costs_one_run_and_no_more(store: SqlStore, work: Work) -> None:
    one = hand(store, work, 60.0)
    with freeze_time("2026-11-20 18:00:00", real_asyncio=True):
        await one.tick()
    with freeze_time("2026-11-23 08:00:00", real_asyncio=True):
        await one.tick()
        await one.tick()

    assert work.done == 2


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
async def test_changing_to_and_from_summer_time_changes_nothing(
    store: SqlStore, work: Work, day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    one = hand(store, work, HOUR)
    began = datetime.fromisoformat(f"{day}T00:00:00+00:00")

    for half_hour in range(48):
        now = began + timedelta(minutes=30 * half_hour)
        with freeze_time(now, real_asyncio=True):
            await one.tick()

    assert work.done == 24


async def test_clock_that_is_put_back_does_not_stop_the_job(store: SqlStore, work: Work) -> None:
    one = hand(store, work, 60.0)
    with freeze_time("2026-11-21 12:00:00", real_asyncio=True):
        await one.tick()
    with freeze_time("2026-11-21 06:00:00", real_asyncio=True):
        await one.tick()
        other = hand(store, work, 60.0, holder="two")
        await other.tick()

    assert work.done == 2


async def test_failed_job_is_tried_again_in_the_same_slot(
    store: SqlStore, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    one = hand(store, work, HOUR)
    work.fails = True
    with freeze_time("2026-11-21 09:00:00", real_asyncio=True):
        await one.tick()
        work.fails = False
        await one.tick()
        await one.tick()

    assert work.done == 1
    assert "the job work failed" in caplog.text


async def test_job_that_hangs_is_ended(
    store: SqlStore, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    work.gate.clear()
    await Hand(Job("work", 1.0, work.run, once=False, limit=0.05), Slots(store, "one", bool)).tick()

    assert "the job work failed" in caplog.text


async def test_stopping_during_a_job_lets_it_end_and_logs_no_error(
    store: SqlStore, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    work.gate.clear()
    async with ticking(store, [Job("work", 0.05, work.run)]):
        await asyncio.sleep(0.2)
        asyncio.get_running_loop().call_later(0.1, work.gate.set)

    assert work.done == 1
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_job_that_does_not_end_with_the_clock_is_cut_off_quietly(
    store: SqlStore,
    work: Work,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.clock.clockwork.CLOSE_SECONDS", 0.05)
    work.gate.clear()
    async with ticking(store, [Job("work", 0.05, work.run)]):
        await asyncio.sleep(0.2)

    assert work.done == 0
    assert "was still running when the clock stopped" in caplog.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_nudge_is_followed_only_by_the_process_that_does_the_job(
    store: SqlStore, work: Work
) -> None:
    first, second = hand(store, work, HOUR), hand(store, work, HOUR, holder="two")
    await first.tick()
    await Clockwork({"work": first}).nudge("work")
    await Clockwork({"work": second}).nudge("work")
    await Clockwork({}).nudge("work")

    assert work.done == 2


async def test_what_is_due_is_done_before_anything_else_where_that_is_asked_for(
    store: SqlStore, work: Work
) -> None:
    async with ticking(store, [Job("work", HOUR, work.run)], before=True):
        assert work.done == 1


Step = tuple[int, int, bool]
"""Seconds that pass, which process ticks, and whether it is killed after that."""


@given(
    period=st.sampled_from([1.0, 4.0, 20.0, 300.0]),
    steps=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2), st.booleans()), max_size=25),
)
@settings(max_examples=15, deadline=None)
def test_whoever_ticks_and_dies_no_slot_happens_twice(period: float, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        done = asyncio.run(history(Path(folder), period, steps))

    assert len(done) == len(set(done))
    assert done == sorted(done)


async def history(folder: Path, period: float, steps: list[Step]) -> list[int]:
    """The slots in which the job was done."""
    store = open_store(f"sqlite:///{folder / 'desk.db'}")
    now, done = datetime(2026, 11, 21, 9, tzinfo=UTC), []

    async def run() -> None:
        done.append(int(now.timestamp() // period))

    def process(number: int, life: int) -> Hand:
        holder = f"process {number}, life {life}"
        return Hand(Job("work", period, run), Slots(store, holder, lambda name: False))

    hands = {number: process(number, 0) for number in range(3)}
    for life, (seconds, number, killed) in enumerate(steps, 1):
        now += timedelta(seconds=seconds)
        with freeze_time(now, real_asyncio=True):
            await hands[number].tick()
        if killed:
            hands[number] = process(number, life)
    await store.close()
    return done
