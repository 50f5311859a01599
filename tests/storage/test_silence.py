"""Silent tickets are reminded, resolved and closed, each once and with a word about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import select

from bot.clock.silence import Silence
from bot.settings import Settings
from router.facts import MessageGated
from router.human_facts import human
from router.records import OutcomeKind, Receipt
from router.ticket_life import ResolutionReason, TicketStatus
from storage.ledger.tables import INDEX
from storage.notice_tables import NOTICE
from storage.store import SqlStore
from storage.tables import TICKET
from storage.tickets import Tickets
from tests.storage import desk
from tests.storage.conftest import Database

MONDAY = "2026-11-23T10:00:00Z"
SETTINGS = Settings(nudge_days=2, give_up_days=3, settle_days=4, close_days=7)


@pytest.fixture
def time() -> Any:
    with freeze_time(MONDAY, ignore=["asyncio"]) as frozen:
        yield frozen


@pytest.fixture
async def store(sqlite: Database, time: FrozenDateTimeFactory) -> AsyncIterator[SqlStore]:
    opened = sqlite.open()
    yield opened
    await opened.close()


async def at(time: FrozenDateTimeFactory, moment: str, store: SqlStore) -> None:
    time.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    await Silence(store, SETTINGS).tick()


async def asked(store: SqlStore) -> Receipt:
    receipt = await store.receive(desk.delivery("d1", source="slack", workspace="T1"))
    question = desk.outcome(receipt, OutcomeKind.ASKED, "Which one?")
    await store.record(desk.gated(receipt), desk.routed(receipt))
    await store.record(desk.ended(question))
    return receipt


async def answered(store: SqlStore) -> Receipt:
    receipt = await store.receive(desk.delivery("d1", source="slack", workspace="T1"))
    await desk.answer(store, receipt)
    return receipt


async def ticket(store: SqlStore, receipt: Receipt) -> Any:
    wanted = select(TICKET).where(TICKET.c.id == receipt.ticket)
    return await store.read(lambda db: db.execute(wanted).one())


async def said(store: SqlStore) -> list[str]:
    wanted = select(NOTICE.c.key).order_by(NOTICE.c.at_us)
    keys = await store.read(lambda db: db.execute(wanted).scalars().all())
    return [key.partition(":")[0] for key in keys]


async def kinds(store: SqlStore, prefix: str = "ticket:") -> list[str]:
    wanted = select(INDEX.c.kind).where(INDEX.c.kind.startswith(prefix)).order_by(INDEX.c.entry_id)
    return list(await store.read(lambda db: db.execute(wanted).scalars().all()))


async def test_requester_is_reminded_then_given_up_then_the_ticket_is_closed(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await asked(store)
    assert (await ticket(store, receipt)).status == TicketStatus.WAITING_FOR_REQUESTER
    await at(time, "2026-11-25T09:59:00", store)
    assert await said(store) == []
    for _ in range(3):
        await at(time, "2026-11-25T10:00:00", store)
    assert await said(store) == ["nudge"]
    await at(time, "2026-11-28T09:00:00", store)
    assert (await ticket(store, receipt)).status == TicketStatus.WAITING_FOR_REQUESTER
    await at(time, "2026-11-28T10:00:00", store)
    found = await ticket(store, receipt)
    assert (found.status, found.resolution) == (
        TicketStatus.RESOLVED,
        ResolutionReason.NO_REPLY,
    )
    await at(time, "2026-12-05T10:00:00", store)
    assert (await ticket(store, receipt)).status == TicketStatus.CLOSED
    assert await said(store) == ["nudge", "given-up", "closed"]
    assert await kinds(store) == ["ticket:opened", "ticket:resolved", "ticket:closed"]


async def test_nobody_is_reminded_at_night(store: SqlStore, time: FrozenDateTimeFactory) -> None:
    time.move_to(datetime(2026, 11, 23, 20, tzinfo=UTC))
    await asked(store)
    await at(time, "2026-11-25T21:00:00", store)
    assert await said(store) == []
    await at(time, "2026-11-26T09:00:00", store)
    assert await said(store) == ["nudge"]


async def test_answer_of_the_requester_ends_the_silence(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    await asked(store)
    time.move_to(datetime(2026, 11, 24, 10, tzinfo=UTC))
    again = await store.receive(
        desk.delivery("d2", source="slack", workspace="T1", conversation="thread of d1")
    )
    await store.record(desk.gated(again), desk.routed(again))
    await at(time, "2026-11-26T10:00:00", store)
    assert await said(store) == []


async def test_thanks_resolves_and_a_new_question_reopens(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await answered(store)
    thanks = await store.receive(
        desk.delivery("d2", "thanks!", source="slack", workspace="T1", conversation="thread of d1")
    )
    await store.record(
        MessageGated(
            ticket=thanks.ticket,
            message=thanks.message,
            actor="system:desk",
            admitted=False,
            rule="thanks",
        )
    )
    found = await ticket(store, receipt)
    assert (found.status, found.resolution) == (TicketStatus.RESOLVED, ResolutionReason.THANKED)
    question = await store.receive(
        desk.delivery("d3", source="slack", workspace="T1", conversation="thread of d1")
    )
    assert question.ticket == receipt.ticket
    await store.record(desk.gated(question))
    assert (await ticket(store, receipt)).status == TicketStatus.REOPENED
    await store.record(desk.routed(question))
    found = await ticket(store, receipt)
    assert (found.status, found.reopened) == (TicketStatus.ROUTED, 1)
    by = select(INDEX.c.actor_id).where(INDEX.c.kind.in_(["ticket:resolved", "ticket:reopened"]))
    actors = await store.read(lambda db: db.execute(by).scalars().all())
    assert set(actors) == {found.subject_ref}


async def test_question_in_a_closed_thread_opens_another_ticket(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await answered(store)
    await at(time, "2026-11-27T10:00:00", store)
    found = await ticket(store, receipt)
    assert (found.status, found.resolution) == (TicketStatus.RESOLVED, ResolutionReason.ANSWERED)
    assert await said(store) == []
    await at(time, "2026-12-04T10:00:00", store)
    assert (await ticket(store, receipt)).status == TicketStatus.CLOSED
    question = await store.receive(
        desk.delivery("d3", source="slack", workspace="T1", conversation="thread of d1")
    )
    assert question.ticket != receipt.ticket


async def test_what_waits_for_staff_is_never_given_up(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await store.receive(desk.delivery("d1", source="slack", workspace="T1"))
    await store.record(desk.escalated(receipt))
    await at(time, "2027-11-23T10:00:00", store)
    assert (await ticket(store, receipt)).status == TicketStatus.WAITING_FOR_STAFF


async def test_taken_back_first_message_leaves_nothing_open(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1", source="slack", workspace="T1"))
    await store.record(
        MessageGated(
            ticket=receipt.ticket,
            message=receipt.message,
            actor="system:desk",
            admitted=False,
            rule="retracted",
        )
    )
    found = await ticket(store, receipt)
    assert (found.status, found.resolution) == (TicketStatus.RESOLVED, ResolutionReason.WITHDRAWN)


async def test_reopening_beside_an_open_ticket_is_refused(
    store: SqlStore, time: FrozenDateTimeFactory
) -> None:
    receipt = await answered(store)
    await at(time, "2026-11-27T10:00:00", store)
    await at(time, "2026-12-04T10:00:00", store)
    other = await store.receive(
        desk.delivery("d3", source="slack", workspace="T1", conversation="thread of d1")
    )
    with pytest.raises(Exception, match=f"{other.ticket} is open in the same thread"):
        await Tickets(store).reopen(receipt.ticket, by=human("S1"))
