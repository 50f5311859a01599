"""Verifying by the clock: what is new every few minutes, and everything once a night."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.app import App
from bot.clock.verifying import Verifying, latest
from bot.settings import Settings
from storage.ledger.verify import run
from storage.overview.verifying import results
from storage.store import SqlStore
from tests.databases import Database
from tests.storage.desk import answer, delivery

EVENING = "2026-11-21 22:00:00"
BEFORE = "2026-11-22 02:55:00"
NIGHT = "2026-11-22 03:00:00"
SOON_AFTER = "2026-11-22 03:05:00"
NOON = "2026-11-22 12:00:00"
NEXT_NIGHT = "2026-11-23 03:01:00"


@pytest.fixture
async def store(sqlite: Database) -> AsyncIterator[SqlStore]:
    opened = sqlite.open()
    with freeze_time("2026-11-21 21:00:00", real_asyncio=True):
        await _answered(opened, "first")
    yield opened
    await opened.close()


@pytest.fixture
def long_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """However short the log is, what was verified before is not looked at again."""
    monkeypatch.setattr(run, "ALL_BELOW", 0)


async def _answered(store: SqlStore, name: str) -> None:
    await answer(store, await store.receive(delivery(name)))
    await store.sequence()


def _clock(store: SqlStore, sqlite: Database, **given: Any) -> Verifying:
    settings = Settings(database_url=sqlite.url, keys=sqlite.keys, **given)
    return Verifying(App(settings, store, None, None))  # type: ignore[arg-type]


async def _ticked(clock: Verifying, *moments: str) -> None:
    for moment in moments:
        with freeze_time(moment, real_asyncio=True):
            await clock.tick()


async def _whole(store: SqlStore) -> list[bool]:
    """Of each verification, oldest first, whether it looked at everything."""
    return [one.whole for one in reversed(await results(store))]


async def test_everything_is_verified_once_a_night(store: SqlStore, sqlite: Database) -> None:
    clock = _clock(store, sqlite)
    await _ticked(clock, EVENING, BEFORE, NIGHT, SOON_AFTER, NOON, NEXT_NIGHT)
    assert await _whole(store) == [True, False, True, False, False, True]


async def test_night_that_was_slept_through_is_made_up_for(
    store: SqlStore, sqlite: Database
) -> None:
    await _ticked(_clock(store, sqlite), EVENING)
    await _ticked(_clock(store, sqlite), NOON, "2026-11-22 12:05:00")
    assert await _whole(store) == [True, True, False]


async def test_who_verifies_everything_by_hand_spares_the_clock_the_night(
    store: SqlStore, sqlite: Database
) -> None:
    clock = _clock(store, sqlite)
    with freeze_time(NIGHT, real_asyncio=True):
        await clock.run(whole=True, by="human:lead")
    await _ticked(clock, SOON_AFTER)
    assert await _whole(store) == [True, False]


async def test_hour_can_be_set_and_nights_can_be_off(store: SqlStore, sqlite: Database) -> None:
    await _ticked(_clock(store, sqlite, verify_nightly=False), EVENING, NIGHT)
    assert await _whole(store) == [False, False]
    await _ticked(_clock(store, sqlite, verify_hour=12), SOON_AFTER, "2026-11-22 11:59:00", NOON)
    assert (await _whole(store))[2:] == [True, False, True]


@pytest.mark.parametrize("hour", [-1, 24])
def test_hour_that_no_day_has_is_refused(hour: int) -> None:
    with pytest.raises(ValidationError):
        Settings(verify_hour=hour)


@pytest.mark.usefixtures("long_log")
async def test_only_what_is_new_is_looked_at_by_day(store: SqlStore, sqlite: Database) -> None:
    clock = _clock(store, sqlite)
    await _ticked(clock, EVENING)
    with freeze_time(BEFORE, real_asyncio=True):
        await _answered(store, "second")
    await _ticked(clock, BEFORE)
    first, second = reversed(await results(store))
    assert second.size > first.size
    assert second.checked < second.size


@pytest.mark.usefixtures("long_log")
async def test_old_entry_that_was_changed_raises_the_alarm_at_night(
    store: SqlStore, sqlite: Database, caplog: pytest.LogCaptureFixture
) -> None:
    clock = _clock(store, sqlite)
    await _ticked(clock, EVENING)
    file = sqlite.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as somebody:
        somebody.execute("UPDATE audit_index SET outcome = 'x' WHERE kind = 'route:decided'")
        somebody.commit()
    with caplog.at_level(logging.ERROR, "frontdesk.verifying"):
        await _ticked(clock, BEFORE)
        assert caplog.text == ""
        await _ticked(clock, NIGHT)
    (found, *_) = await results(store)
    assert found.whole
    assert [one.code for one in found.findings] == ["index-drift"]
    assert "the audit trail was altered" in caplog.text


@given(
    hour=st.integers(0, 23),
    now=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
)
def test_latest_hour_was_within_a_day(hour: int, now: datetime) -> None:
    moment = latest(hour, now)
    assert (moment.hour, moment.minute, moment.second) == (hour, 0, 0)
    assert timedelta() <= now - moment < timedelta(days=1)
