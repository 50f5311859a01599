"""The clock of tickets under a frozen time: deadlines, reminders, pauses, and who is told when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from bot.clock.deadlines import DeadlineKeeper
from bot.clock.silence import Silence
from bot.settings import Settings
from bot.settings.sla import SlaSettings
from frontdesk import Author
from router import human_facts
from router.human_facts import human
from router.records import Receipt
from router.ticket_facts import Priority, Target
from router.ticket_life import ResolutionReason
from storage.database import open_store
from storage.ledger.tables import ENTRY, INDEX
from storage.notice_tables import NOTICE
from storage.store import SqlStore
from storage.ticket_tables import CLOCK
from storage.tickets import Tickets
from tests.storage import desk
from tests.storage.conftest import Database

RULES = SlaSettings.model_validate(
    {
        "zone": "Europe/Berlin",
        "country": "DE",
        "first_response": {"normal": "2h", "urgent": "30m"},
        "resolution": {"normal": "16h", "urgent": "4h"},
        "ladder": ["50% assignee", "100% channel", "150% U0LEAD"],
    }
)
MONDAY = "2026-11-23T08:00:00Z"  # 9 o'clock in Berlin
FIRST = Target.FIRST_RESPONSE


@pytest.fixture
async def store(sqlite: Database) -> AsyncIterator[SqlStore]:
    with freeze_time(MONDAY, ignore=["asyncio"]):
        opened = sqlite.open()
        yield opened
        await opened.close()


@pytest.fixture
def time() -> Any:
    with freeze_time(MONDAY, ignore=["asyncio"]) as frozen:
        yield frozen


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def tick(store: SqlStore) -> None:
    await DeadlineKeeper(store, RULES).tick()


async def at(time: FrozenDateTimeFactory, moment: str, store: SqlStore) -> None:
    time.move_to(utc(moment))
    await tick(store)


async def escalated(store: SqlStore, name: str = "d1") -> Receipt:
    receipt = await store.receive(desk.delivery(name, source="slack", workspace="T1"))
    await store.record(desk.escalated(receipt))
    await tick(store)
    return receipt


async def clock(store: SqlStore, receipt: Receipt, target: Target = FIRST) -> Any:
    wanted = select(CLOCK).where(CLOCK.c.ticket_id == receipt.ticket, CLOCK.c.target == target)
    return await store.read(lambda db: db.execute(wanted).one())


async def due(store: SqlStore, receipt: Receipt, target: Target = FIRST) -> datetime | None:
    found = (await clock(store, receipt, target)).due_us
    return None if found is None else datetime.fromtimestamp(found / 1e6, UTC)


async def told(store: SqlStore) -> list[str]:
    """Who was told, about which target and rung."""
    wanted = select(NOTICE.c.key, NOTICE.c.audience).order_by(NOTICE.c.at_us, NOTICE.c.key)
    rows = await store.read(lambda db: db.execute(wanted).all())
    return [f"{':'.join(row.key.split(':')[2:])} {row.audience}" for row in rows]


async def breaches(store: SqlStore) -> list[dict[str, Any]]:
    wanted = (
        select(ENTRY.c.leaf)
        .join(INDEX, INDEX.c.entry_id == ENTRY.c.id)
        .where(INDEX.c.kind == "sla:breached")
        .order_by(ENTRY.c.id)
    )
    leaves = await store.read(lambda db: db.execute(wanted).scalars().all())
    return [json.loads(leaf)["body"] for leaf in leaves]


async def test_each_rung_is_climbed_once_and_the_breach_is_on_record(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await escalated(store)
    assert await due(store, receipt) == utc("2026-11-23T10:00:00")
    await at(time, "2026-11-23T08:59:00", store)
    assert await told(store) == []
    for _ in range(3):
        await at(time, "2026-11-23T09:00:00", store)
    assert await told(store) == ["first_response:0:0 staff"]  # nobody has it: so the channel
    await at(time, "2026-11-23T10:00:05", store)
    assert await told(store) == ["first_response:0:0 staff", "first_response:0:1 staff"]
    await at(time, "2026-11-23T11:00:05", store)
    assert (await told(store))[-1] == "first_response:0:2 person"
    await at(time, "2026-11-23T14:00:00", store)
    assert len(await told(store)) == 3
    (breach,) = await breaches(store)
    assert breach["target"] == "first_response"
    assert breach["due_us"] == int(utc("2026-11-23T10:00:00").timestamp()) * 1_000_000
    assert breach["with_staff"] is True


async def test_assignee_is_told_first(store: SqlStore, time: FrozenDateTimeFactory) -> None:
    receipt = await escalated(store)
    await Tickets(store).assign(receipt.ticket, by="human:operator", person="U7")
    await at(time, "2026-11-23T09:00:01", store)
    assert await told(store) == ["first_response:0:0 person"]


async def test_answer_of_the_desk_is_no_humans_first_response(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await store.receive(desk.delivery("d1", source="slack", workspace="T1"))
    time.tick(timedelta(minutes=10))
    await desk.answer(store, receipt)
    await tick(store)
    assert await due(store, receipt) is None  # it stands while nobody waits
    assert (await clock(store, receipt)).ended_us is None
    time.move_to(utc("2026-11-23T12:00:00"))
    await store.record(desk.escalated(receipt))
    await tick(store)
    assert await due(store, receipt) == utc("2026-11-23T13:50:00")
    await store.record(
        human_facts.HumanReplied(
            ticket=receipt.ticket,
            message=receipt.message,
            actor=human("S1"),
            texts={"reply": "Here I am."},
        )
    )
    await tick(store)
    found = await clock(store, receipt)
    assert found.ended_us == int(utc("2026-11-23T12:00:00").timestamp() * 1_000_000)
    assert found.used_us == 10 * 60 * 1_000_000


async def test_words_of_staff_in_the_thread_are_a_first_response(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await escalated(store)
    time.tick(timedelta(minutes=30))
    await store.receive(
        desk.delivery(
            "d2",
            source="slack",
            workspace="T1",
            conversation="thread of d1",
            author=Author.STAFF,
            author_id="S1",
        )
    )
    await tick(store)
    assert (await clock(store, receipt)).used_us == 30 * 60 * 1_000_000
    assert (await clock(store, receipt)).ended_us is not None
    assert (await clock(store, receipt, Target.RESOLUTION)).ended_us is None


async def test_clock_stands_while_the_requester_is_waited_for(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await escalated(store)
    time.tick(timedelta(hours=1))
    asks = human_facts.HumanReplied(
        ticket=receipt.ticket,
        message=receipt.message,
        actor=human("S1"),
        asks=True,
        texts={"reply": "Which invoice?"},
    )
    await store.record(asks)
    await at(time, "2026-11-24T08:00:00", store)
    resolution = Target.RESOLUTION
    assert await due(store, receipt, resolution) is None
    assert (await clock(store, receipt, resolution)).remind_us is None
    answer = await store.receive(
        desk.delivery("d2", source="slack", workspace="T1", conversation="thread of d1")
    )
    gated = desk.gated(answer)
    await store.record(
        type(gated)(
            ticket=gated.ticket,
            message=gated.message,
            actor=gated.actor,
            admitted=False,
            rule="owned_by_human",
        )
    )
    await tick(store)
    assert await due(store, receipt, resolution) == utc("2026-11-25T15:00:00")


async def test_change_of_priority_keeps_the_time_used(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await escalated(store)
    await at(time, "2026-11-23T11:00:00", store)  # three hours, of four that are left then
    await Tickets(store).prioritise(receipt.ticket, Priority.URGENT, by="human:operator")
    await tick(store)
    assert await due(store, receipt, Target.RESOLUTION) == utc("2026-11-23T12:00:00")
    await Tickets(store).prioritise(receipt.ticket, Priority.NORMAL, by="human:operator")
    await tick(store)
    assert await due(store, receipt, Target.RESOLUTION) == utc("2026-11-24T16:00:00")


async def test_out_of_hours_counts_nothing_and_tells_nobody(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    time.move_to(utc("2026-11-27T21:00:00"))  # Friday night
    receipt = await escalated(store)
    assert await due(store, receipt) == utc("2026-11-30T10:00:00")
    for moment in ("2026-11-28T12:00:00", "2026-11-29T12:00:00", "2026-11-30T07:59:00"):
        await at(time, moment, store)
    assert await told(store) == []
    await at(time, "2026-11-30T09:00:00", store)
    assert await told(store) == ["first_response:0:0 staff"]


async def test_machine_asleep_for_a_weekend_tells_on_monday_and_loses_nothing(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    time.move_to(utc("2026-11-27T13:30:00"))  # Friday, two and a half hours before its end
    receipt = await escalated(store)
    assert await due(store, receipt) == utc("2026-11-27T15:30:00")
    await at(time, "2026-11-29T10:00:00", store)  # awake on Sunday
    assert await told(store) == []
    (breach,) = await breaches(store)
    assert breach["due_us"] == int(utc("2026-11-27T15:30:00").timestamp()) * 1_000_000
    for minute in range(3):
        await at(time, f"2026-11-30T08:0{minute}:00", store)
    assert await told(store) == ["first_response:0:0 staff", "first_response:0:1 staff"]
    await at(time, "2026-11-30T09:00:00", store)
    assert (await told(store))[-1] == "first_response:0:2 person"


async def test_a_holiday_is_no_working_day(store: SqlStore, time: FrozenDateTimeFactory) -> None:
    time.move_to(utc("2026-12-24T15:00:00"))  # 16 o'clock; Friday is Christmas
    receipt = await escalated(store)
    assert await due(store, receipt) == utc("2026-12-28T09:00:00")
    await at(time, "2026-12-25T10:00:00", store)
    assert await told(store) == []


@pytest.mark.parametrize(
    ("friday", "monday"),
    [
        ("2026-03-27T15:00:00", "2026-03-30T08:00:00"),  # clocks go forward on Sunday
        ("2026-10-23T14:00:00", "2026-10-26T09:00:00"),  # and back
    ],
)
async def test_office_hours_stay_local_over_a_change_of_clocks(
    store: SqlStore, time: FrozenDateTimeFactory, friday: str, monday: str
) -> None:
    time.move_to(utc(friday))  # 16 o'clock in Berlin, both times
    receipt = await escalated(store)
    assert await due(store, receipt) == utc(monday)


async def test_late_answer_is_a_breach_even_if_nobody_looked_before(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await escalated(store)
    time.move_to(utc("2026-11-23T13:00:00"))
    await Tickets(store).resolve(receipt.ticket, ResolutionReason.OTHER, by="human:S1")
    await tick(store)
    (breach,) = await breaches(store)
    assert breach["target"] == "first_response"
    assert await told(store) == []


async def test_reopening_is_another_round(store: SqlStore, time: FrozenDateTimeFactory) -> None:
    receipt = await escalated(store)
    await at(time, "2026-11-23T10:00:00", store)
    await at(time, "2026-11-23T10:00:10", store)
    await Tickets(store).resolve(receipt.ticket, ResolutionReason.OTHER, by="human:S1")
    await Tickets(store).reopen(receipt.ticket, by="human:S1")
    await tick(store)
    assert (await clock(store, receipt)).breaches == 1
    assert await due(store, receipt) == utc("2026-11-23T12:00:10")
    await at(time, "2026-11-23T11:00:10", store)
    assert (await told(store))[-1] == "first_response:1:0 staff"


async def test_other_rules_are_gone_by_at_once(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await escalated(store)
    other = RULES.model_copy(update={"zone": "UTC"})
    await DeadlineKeeper(store, other).tick()
    assert await due(store, receipt) == utc("2026-11-23T11:00:00")


class HoursAgo:
    def now(self) -> datetime:
        return datetime.now(UTC) - timedelta(hours=4)


async def test_deadlines_are_kept_on_both_databases(database: Database) -> None:
    always = RULES.model_copy(update={"hours": {"mon-sun": "00:00-24:00"}, "country": ""})
    earlier = open_store(database.url, database.keys, clock=HoursAgo())
    receipt = await earlier.receive(desk.delivery("d1", source="slack", workspace="T1"))
    await earlier.record(desk.escalated(receipt))
    await earlier.close()
    store = database.open()
    one, other = DeadlineKeeper(store, always), DeadlineKeeper(store, always)
    for _ in range(3):
        await asyncio.gather(one.tick(), other.tick())
    assert await told(store) == [
        "first_response:0:0 staff",
        "first_response:0:1 staff",
        "first_response:0:2 person",
    ]
    assert len(await breaches(store)) == 1
    assert await Silence(store, Settings()).tick() == 0
    await store.close()


async def test_clocks_that_are_switched_off_tell_nobody(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    await escalated(store)
    time.move_to(utc("2026-11-24T12:00:00"))
    await DeadlineKeeper(store, RULES.model_copy(update={"on": False})).tick()
    assert await told(store) == []
    assert await breaches(store) == []


async def test_terminal_has_no_clock(store: SqlStore, time: FrozenDateTimeFactory) -> None:
    receipt = await store.receive(desk.delivery("d1", source="chat"))
    wanted = select(CLOCK).where(CLOCK.c.ticket_id == receipt.ticket)
    assert await store.read(lambda db: db.execute(wanted).all()) == []
