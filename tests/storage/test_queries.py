from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from router.records import OutcomeKind, Receipt
from storage.queries import NotFound, Queries
from storage.store import SqlStore
from storage.tables import TicketStatus
from tests.storage import desk


async def _three(store: SqlStore) -> list[Receipt]:
    receipts = [await store.receive(desk.delivery(f"d{number}")) for number in range(3)]
    await desk.answer(store, receipts[0])
    await store.record(desk.escalated(receipts[1]))
    await store.sequence()
    return receipts


async def test_tickets_are_listed_newest_first_and_page_by_page(store: SqlStore) -> None:
    receipts = await _three(store)
    newest_first = [receipt.ticket for receipt in reversed(receipts)]
    queries = Queries(store)
    page = await queries.tickets(limit=2)
    rest = await queries.tickets(limit=2, after=page[-1].id)
    assert [row.id for row in (*page, *rest)] == newest_first
    assert {row.status for row in page} == {TicketStatus.NEW, TicketStatus.WAITING_FOR_STAFF}


async def test_tickets_are_filtered(store: SqlStore) -> None:
    receipts = await _three(store)
    queries = Queries(store)
    assert [row.id for row in await queries.tickets(status=TicketStatus.WAITING_FOR_STAFF)] == [
        receipts[1].ticket
    ]
    assert [row.id for row in await queries.tickets(specialist="billing")] == [receipts[0].ticket]
    assert await queries.tickets(specialist="nobody") == ()


async def test_ticket_in_full_has_what_was_said_and_every_entry(store: SqlStore) -> None:
    (first, *_) = await _three(store)
    view = await Queries(store).ticket(first.ticket)
    assert [message.text for message in view.messages] == ["I was charged twice", "It is refunded."]
    assert [entry.row.seq for entry in view.entries] == list(range(1, 10))
    assert view.entries[0].row.log_index is not None
    draft = next(entry for entry in view.entries if entry.row.kind == "answer:drafted")
    assert draft.texts == {"draft": "It is refunded.", "quote:0": "Refunds take a day."}
    assert draft.leaf["body"]["plugin"]["specialist"] == "billing"
    assert draft.row.actor == "plugin:billing"


async def test_entries_are_filtered_and_paged_both_ways(store: SqlStore) -> None:
    receipts = await _three(store)
    queries = Queries(store)
    everything = await queries.entries(limit=100, oldest_first=True)
    assert [row.id for row in everything] == sorted(row.id for row in everything)
    assert await queries.entries(limit=100) == everything[::-1]
    page = await queries.entries(limit=4, oldest_first=True, after=everything[3].id)
    assert page == everything[4:8]
    assert [row.kind for row in await queries.entries(kind="post")] == [
        "post:done",
        "post:intended",
    ]
    assert len(await queries.entries(kind="message:received")) == 3
    assert {row.ticket for row in await queries.entries(ticket=receipts[2].ticket)} == {
        receipts[2].ticket
    }
    assert (await queries.entries(specialist="billing"))[0].kind == "turn:ended"
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert await queries.entries(since=later) == ()
    assert len(await queries.entries(since=later - timedelta(hours=1))) == len(everything[:50])


async def test_ids_may_be_given_by_any_end_that_fits_only_one(store: SqlStore) -> None:
    receipts = await _three(store)
    queries = Queries(store)
    ticket = receipts[1].ticket
    for name in (ticket, ticket.lower(), ticket[-6:], f"  {ticket.removeprefix('T-')} "):
        assert (await queries.ticket(name)).row.id == ticket
    entry = (await queries.entries())[0].id
    assert (await queries.entry(entry[-9:].upper())).row.id == entry


async def test_name_that_fits_nothing_or_several_is_explained(store: SqlStore) -> None:
    receipts = await _three(store)
    queries = Queries(store)
    with pytest.raises(NotFound, match="no ticket 'nowhere'"):
        await queries.ticket("nowhere")
    with pytest.raises(NotFound, match="fits more than one ticket") as several:
        await queries.ticket("T-")
    assert receipts[0].ticket in str(several.value)
    for name in ("", "%", "_"):
        with pytest.raises(NotFound):
            await queries.ticket(name)
        with pytest.raises(NotFound):
            await queries.entry(name)


async def test_question_shows_on_the_ticket(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    question = desk.outcome(receipt, OutcomeKind.ASKED, "Which?")
    await store.record(desk.intended(question, "a", "b"), desk.posted(question))
    await store.record(desk.ended(question))
    (row,) = await Queries(store).tickets(status=TicketStatus.WAITING_FOR_REQUESTER)
    assert row.questions == 1
