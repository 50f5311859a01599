"""The daily digest: right figures for a local day, said once however many clocks run."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from bot.doors.digest import Telling, rendered, tell
from bot.doors.digest_text import lasting
from router import human_facts
from router.human_facts import Role, Vote
from router.records import OutcomeKind
from storage.database import open_store
from storage.doors.digest import Digests, bounds
from storage.doors.satisfaction import Ratings
from storage.ledger.tables import ARTIFACT
from storage.notice_tables import NOTICE
from storage.store import SqlStore
from tests.storage.desk import answer, delivery, ended, escalated, gated, outcome

BERLIN = ZoneInfo("Europe/Berlin")
TELLING = Telling(time(9), BERLIN, {"billing": "Billing"})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    yield opened
    await opened.close()


async def a_day(store: SqlStore, at: datetime) -> None:
    """Three tickets: one answered, one for a person, one without an answer."""
    with freeze_time(at, real_asyncio=True):
        first = await store.receive(delivery("one", workspace="T1"))
        second = await store.receive(delivery("two", workspace="T1", author_id="U2"))
        await store.receive(delivery("three", workspace="T1", author_id="U3"))
        await store.record(gated(second), escalated(second))
        await store.record(ended(outcome(second, OutcomeKind.ESCALATED)))
    with freeze_time(at + timedelta(minutes=5), real_asyncio=True):
        await answer(store, first)
        await store.record(
            human_facts.FeedbackGiven(
                ticket=first.ticket,
                message=first.message,
                actor="human:x",
                vote=Vote.UNHELPFUL,
                role=Role.REQUESTER,
            )
        )
        await Ratings(store).by_requester(first.ticket, 2)


async def test_the_figures_are_of_the_local_day_and_of_the_workspace(store: SqlStore) -> None:
    await a_day(store, datetime(2026, 6, 1, 22, 30, tzinfo=UTC))  # half past midnight in Berlin

    second = await Digests(store).day(date(2026, 6, 2), BERLIN)
    first = await Digests(store).day(date(2026, 6, 1), BERLIN)
    elsewhere = await Digests(store).day(date(2026, 6, 2), BERLIN, ["T2"])

    assert (first.opened, elsewhere.opened) == (0, 0)
    assert first.quiet
    assert (second.opened, second.hours[0]) == (3, 3)
    assert (second.alone, second.with_people, second.unanswered) == (1, 1, 2)
    assert [(one.specialist, one.answered, one.escalated) for one in second.fields] == [
        ("billing", 1, 0),
        ("", 0, 1),
    ]
    assert [one.seconds for one in second.slowest] == [300]
    assert (second.unhelpful, second.scores) == (1, (2,))


async def test_a_day_is_told_once_by_any_number_of_clocks(store: SqlStore) -> None:
    await a_day(store, datetime(2026, 6, 1, 12, tzinfo=UTC))
    now = datetime(2026, 6, 2, 7, 0, 5, tzinfo=UTC)

    told = await asyncio.gather(*(tell(store, TELLING, now, "T1", ("T1",)) for _ in range(4)))
    again = await tell(store, TELLING, now + timedelta(hours=20), "T1", ("T1",))
    rows = await store.read(lambda db: db.execute(select(NOTICE.c.key, NOTICE.c.picture)).all())

    assert sorted(told) == [False, False, False, True]
    assert not again
    assert [row.key for row in rows] == ["digest:T1:2026-06-01"]
    picture = await store.read(lambda db: db.execute(select(ARTIFACT.c.content)).scalar())
    assert bytes(picture or b"").startswith(b"\x89PNG")


async def test_after_a_pause_the_last_day_is_told_and_no_older_one(store: SqlStore) -> None:
    await a_day(store, datetime(2026, 6, 1, 12, tzinfo=UTC))

    assert await tell(store, TELLING, datetime(2026, 6, 8, 3, tzinfo=UTC), "T1", ("T1",))
    keys = await store.read(lambda db: db.execute(select(NOTICE.c.key)).scalars().all())

    assert keys == ["digest:T1:2026-06-06"]


async def test_a_desk_that_never_had_a_ticket_says_nothing(store: SqlStore) -> None:
    assert not await tell(store, TELLING, datetime(2026, 6, 8, 12, tzinfo=UTC), "T1", ("T1",))


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-06-02T06:59:59+00:00", date(2026, 5, 31)),
        ("2026-06-02T07:00:00+00:00", date(2026, 6, 1)),
        ("2026-01-02T07:59:59+00:00", date(2025, 12, 31)),
        ("2026-01-02T08:00:00+00:00", date(2026, 1, 1)),
    ],
)
def test_the_hour_is_the_local_one_in_summer_and_in_winter(now: str, day: date) -> None:
    assert TELLING.day(datetime.fromisoformat(now)) == day


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_the_clocks_change_is_whole(day: str, hours: int) -> None:
    begins, ends = bounds(date.fromisoformat(day), BERLIN)

    assert ends - begins == hours * 3_600_000_000


async def test_any_day_can_be_looked_at(store: SqlStore) -> None:
    await a_day(store, datetime(2026, 6, 1, 12, tzinfo=UTC))

    _, text, picture = await rendered(store, date(2026, 6, 1), BERLIN, {"billing": "Billing"})

    assert "3 tickets came in" in text
    assert "Answered without a person: 1 (33%). Needed a person: 1." in text
    assert "Without any answer so far: 2." in text
    assert "Billing: 1 answered" in text
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("seconds", "text"), [(5, "5 s"), (300, "5 min"), (5_400, "1 h 30 min"), (90_000, "1 d 1 h")]
)
def test_times_are_told_as_people_tell_them(seconds: int, text: str) -> None:
    assert lasting(seconds) == text
