from __future__ import annotations

import asyncio
import random
from datetime import datetime

import pytest
from sqlalchemy import Connection, func, select

from frontdesk import Author
from frontdesk.errors import SettingsError, StoreError
from router import facts
from router.ports import Store
from router.records import OutcomeKind, PluginRef
from storage.conversations import THREAD
from storage.database import open_store
from storage.ledger import often
from storage.ledger.verify import verify
from storage.queries import Queries
from storage.store import SqlStore
from storage.tables import MESSAGE, TicketStatus
from tests.storage import desk
from tests.storage.conftest import Database


async def test_repeated_delivery_changes_nothing(store: SqlStore) -> None:
    first = await store.receive(desk.delivery("d1"))
    again = await store.receive(desk.delivery("d1", "another text"))
    assert first.new
    assert not again.new
    assert (first.message, first.ticket) == (again.message, again.ticket)
    assert await store.unfinished() == [first.message]
    assert len(await Queries(store).entries()) == 2


async def test_same_id_from_another_source_is_another_delivery(store: SqlStore) -> None:
    first = await store.receive(desk.delivery("d1"))
    other = await store.receive(desk.delivery("d1", source="mail"))
    assert other.new
    assert other.ticket != first.ticket


async def test_same_conversation_continues_its_ticket(store: SqlStore) -> None:
    first = await store.receive(desk.delivery("d1", "one", conversation="c"))
    second = await store.receive(desk.delivery("d2", "two", conversation="c", author_id="U2"))
    elsewhere = await store.receive(desk.delivery("d3", conversation="c", workspace="other"))
    assert second.ticket == first.ticket != elsewhere.ticket
    about = await store.conversation(second.message)
    assert about.message.text == "two"
    assert about.message.person == "U2"
    assert [(said.text, said.person) for said in about.thread] == [("one", "U1")]
    assert await store.unfinished() == [first.message, second.message, elsewhere.message]


async def test_deliveries_at_once_open_one_ticket_and_none_is_lost(store: SqlStore) -> None:
    receipts = await asyncio.gather(
        *(store.receive(desk.delivery(f"d{n % 50}", conversation="c")) for n in range(100))
    )
    assert len({receipt.ticket for receipt in receipts}) == 1
    assert len({receipt.message for receipt in receipts}) == 50
    assert sum(receipt.new for receipt in receipts) == 50
    ticket = await Queries(store).ticket(receipts[0].ticket)
    assert [entry.row.seq for entry in ticket.entries] == list(range(1, 52))
    assert len(ticket.messages) == 50


async def test_half_a_character_does_not_lose_a_message(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1", "caf\ud800e"))
    assert (await store.conversation(receipt.message)).message.text == "caf?e"


async def test_time_without_zone_is_refused(store: SqlStore) -> None:
    naive = datetime(2026, 1, 1)
    with pytest.raises(StoreError, match="time zone"):
        await store.receive(desk.delivery("d1", at=naive))
    assert await store.unfinished() == []


async def test_turn_is_remembered_from_end_to_end(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1", conversation="c"))
    assert await store.outcome(receipt.message) is None
    assert await store.posting(receipt.message) is None
    result = await desk.answer(store, receipt)
    ended = await store.outcome(receipt.message)
    assert ended is not None
    assert (ended.kind, ended.text) == (OutcomeKind.REPLIED, result.text)
    kinds = [(await Queries(store).entry(entry)).row.kind for entry in ended.entries]
    assert kinds == [
        "ticket:opened",
        "message:received",
        "message:gated",
        "route:decided",
        "answer:drafted",
        "reply:approved",
        "post:intended",
        "post:done",
        "turn:ended",
    ]
    assert await store.unfinished() == []
    second = await store.receive(desk.delivery("d2", "thanks", conversation="c"))
    about = await store.conversation(second.message)
    assert about.specialist == "billing"
    assert [(said.author, said.text) for said in about.thread] == [
        (Author.REQUESTER, "I was charged twice"),
        (Author.DESK, result.text),
    ]


async def test_intended_post_is_known_until_it_is_done(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    result = desk.outcome(receipt, OutcomeKind.ESCALATED)
    await store.record(desk.intended(result))
    posting = await store.posting(receipt.message)
    assert posting is not None
    assert (posting.outcome, posting.done) == (result, False)
    await store.record(desk.failed(result))
    await store.record(desk.intended(result))
    await store.record(desk.posted(result))
    posting = await store.posting(receipt.message)
    assert posting is not None
    assert posting.done
    with pytest.raises(StoreError, match="visible already"):
        await store.record(desk.intended(result))


async def test_standing_is_all_that_a_turn_begins_with_until_it_has_ended(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    about = await store.conversation(receipt.message)
    assert await store.standing(receipt.message) == (about, None)
    result = desk.outcome(receipt, OutcomeKind.ESCALATED)
    await store.record(desk.intended(result))
    posting = await store.posting(receipt.message)
    assert posting is not None
    assert await store.standing(receipt.message) == (about, posting)
    other = await store.receive(desk.delivery("d2", conversation="other"))
    await desk.answer(store, other)
    assert await store.standing(other.message) == await store.outcome(other.message)
    with pytest.raises(StoreError, match="no message"):
        await store.standing("M-none")


async def test_question_counts_once_people_can_see_it(store: SqlStore) -> None:
    first = await store.receive(desk.delivery("d1", conversation="c"))
    question = desk.outcome(first, OutcomeKind.ASKED, "Billing or technical?")
    await store.record(desk.intended(question, "billing", "technical"))
    assert (await store.conversation(first.message)).questions == 0
    await store.record(desk.posted(question), desk.ended(question))
    second = await store.receive(desk.delivery("d2", "billing", conversation="c"))
    about = await store.conversation(second.message)
    assert (about.questions, about.asked) == (1, ("billing", "technical"))
    assert about.asked_text == "charged twice"
    await desk.answer(store, second)
    third = await store.receive(desk.delivery("d3", "thanks", conversation="c"))
    about = await store.conversation(third.message)
    assert (about.questions, about.asked, about.asked_text) == (1, (), "")


async def test_newer_message_of_the_requester_supersedes(store: SqlStore) -> None:
    first = await store.receive(desk.delivery("d1", conversation="c"))
    assert not (await store.conversation(first.message)).superseded
    await store.receive(desk.delivery("d2", conversation="c", author=Author.BYSTANDER))
    assert not (await store.conversation(first.message)).superseded
    await store.receive(desk.delivery("d3", conversation="c"))
    assert (await store.conversation(first.message)).superseded


async def test_thread_is_bounded_to_the_latest(store: SqlStore) -> None:
    for number in range(THREAD + 5):
        last = await store.receive(desk.delivery(f"d{number}", f"{number}", conversation="c"))
    thread = (await store.conversation(last.message)).thread
    assert [said.text for said in thread] == [str(number) for number in range(4, THREAD + 4)]


async def test_escalated_ticket_stays_with_humans(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1", conversation="c"))
    await store.record(desk.escalated(receipt))
    await desk.answer(store, receipt)
    await store.receive(desk.delivery("d2", conversation="c"))
    (ticket,) = await Queries(store).tickets()
    assert ticket.status is TicketStatus.WAITING_FOR_STAFF


async def test_batch_that_cannot_be_recorded_leaves_nothing(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    before = await Queries(store).entries()
    unknown = facts.TurnResumed(ticket="T-NOBODY", actor="system:desk")
    broken = facts.PostDone(
        ticket=receipt.ticket, message=receipt.message, actor="x:y", key="none", external="e"
    )
    lone = facts.HandoffMade(
        ticket=receipt.ticket,
        message=receipt.message,
        actor="x:y",
        part=0,
        source="a",
        target="b",
        texts={"reason": "\ud800"},
    )
    for bad in (unknown, broken, lone):
        with pytest.raises(StoreError, match="nothing was recorded"):
            await store.record(desk.gated(receipt), bad)
    assert await Queries(store).entries() == before


async def test_failing_caller_does_not_fail_those_beside_it(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    bad = facts.TurnResumed(ticket="T-NOBODY", actor="system:desk")
    results = await asyncio.gather(
        *(store.record(bad if n % 3 else desk.gated(receipt)) for n in range(60)),
        return_exceptions=True,
    )
    assert [isinstance(result, StoreError) for result in results] == [n % 3 > 0 for n in range(60)]
    assert len(await Queries(store).entries(kind="message:gated")) == 20


async def test_facts_of_no_ticket_have_a_chain_of_their_own(store: SqlStore) -> None:
    plugin = PluginRef("billing", "frontdesk", "1", "00")
    await store.record(
        facts.DeskStarted(
            ticket="desk", actor="system:desk", version="1", config_digest="", plugins=(plugin,)
        )
    )
    await store.keep("prompt", b"Decide.")
    await store.keep("prompt", b"Decide.")
    rows = await Queries(store).entries(ticket="desk", oldest_first=True)
    assert [row.kind for row in rows] == ["desk:started", "artifact:kept"]


async def test_what_was_kept_is_there_after_reopening(database: Database) -> None:
    store = database.open()
    receipt = await store.receive(desk.delivery("d1"))
    await desk.answer(store, receipt)
    await store.close()
    again = database.open()
    assert await again.outcome(receipt.message) is not None
    assert not (await again.receive(desk.delivery("d1"))).new
    await again.close()


async def test_stores_side_by_side_agree(database: Database) -> None:
    stores = [database.open() for _ in range(3)]
    receipts = await asyncio.gather(
        *(
            stores[n % 3].receive(desk.delivery(f"d{n % 20}", conversation=f"c{n % 4}"))
            for n in range(60)
        )
    )
    await asyncio.gather(*(store.sequence() for store in stores))
    assert sum(receipt.new for receipt in receipts) == 20
    assert len({receipt.ticket for receipt in receipts}) == 4
    for store in stores:
        await store.close()
    report = verify(database.url, database.keys)
    assert report.ok, report.findings
    assert report.size >= 24


async def test_without_keys_nothing_is_written_and_the_error_says_why(
    database: Database, tmp_path: object
) -> None:
    store = database.open()
    receipt = await store.receive(desk.delivery("d1"))
    await store.close()
    blind = open_store(database.url, database.keys / "elsewhere")
    with pytest.raises(SettingsError, match="key folder"):
        await blind.record(desk.gated(receipt))
    with pytest.raises(SettingsError, match="key folder"):
        await blind.conversation(receipt.message)
    assert await blind.unfinished() == [receipt.message]
    await blind.close()


async def test_a_store_that_was_only_read_from_writes_nothing(database: Database) -> None:
    store, reading = database.open(), database.open()
    await store.receive(desk.delivery("d1"))

    assert len(await Queries(reading).tickets()) == 1
    await reading.close()

    assert (await store.sequence()).entries == 2
    await store.close()


async def test_a_read_sees_one_state_also_where_others_write_meanwhile(
    database: Database,
) -> None:
    count = select(func.count()).select_from(MESSAGE)
    store, other = database.open(), database.open()
    loop = asyncio.get_running_loop()

    def twice(connection: Connection) -> tuple[int, int]:
        before = often.first(connection, count, {})
        written = asyncio.run_coroutine_threadsafe(other.receive(desk.delivery("d2")), loop)
        written.result()
        after = often.first(connection, count, {})
        assert before and after
        return before[0], after[0]

    await store.receive(desk.delivery("d1"))
    assert await store.read(twice) == (1, 1)
    assert await store.read(lambda connection: often.first(connection, count, {})) == (2,)
    await store.close()
    await other.close()


async def test_event_loop_stays_free_while_the_store_writes(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0)
            beats += 1

    heart = asyncio.create_task(beat())
    await store.record(*(desk.drafted(receipt) for _ in range(300)))
    heart.cancel()
    assert beats > 10


@pytest.mark.parametrize("seed", range(4))
async def test_honest_history_verifies_clean(database: Database, seed: int) -> None:
    store = database.open()
    await desk.history(store, random.Random(seed), 40)
    before_closing = await asyncio.to_thread(verify, database.url, database.keys)
    await store.close()
    report = verify(database.url, database.keys)
    assert before_closing.ok, before_closing.findings
    assert report.ok, report.findings
    assert report.size == report.checked > 10


def test_it_is_the_port(sqlite: Database) -> None:
    opened: Store = sqlite.open()
    assert isinstance(opened, SqlStore)
    asyncio.run(opened.close())
