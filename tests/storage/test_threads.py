"""Bursts, edits and quiet threads, as a turn gets to see them; on each database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from frontdesk import Author
from router import facts
from router.records import Addressee, Delivery, Receipt, Superseded
from storage.slack import SlackMemory
from storage.store import SqlStore

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DESK = "system:desk"


def said(number: int, text: str = "", **given: object) -> Delivery:
    made = Delivery(
        id=f"T1:C1:{number}.0",
        source="slack",
        text=text or f"line {number}",
        at=NOON + timedelta(seconds=number),
        author_id="ana",
        conversation="C1:1.0",
        workspace="T1",
        channel="C1",
    )
    return replace(made, **given)  # type: ignore[arg-type]


async def withheld(store: SqlStore, receipt: Receipt) -> None:
    where = {"ticket": receipt.ticket, "message": receipt.message, "actor": DESK}
    await store.record(facts.ReplyWithheld(**where, why="newer_message"))


async def test_newer_message_of_the_same_person_supersedes_and_joins(store: SqlStore) -> None:
    first = await store.receive(said(1))
    assert (await store.conversation(first.message)).superseded is Superseded.NO
    second = await store.receive(said(2, addressee=Addressee.THREAD))
    assert (await store.conversation(first.message)).superseded is Superseded.NEWER_MESSAGE
    await withheld(store, first)
    whole = await store.conversation(second.message)
    assert whole.message.text == "line 1\nline 2"
    assert whole.addressee is Addressee.DESK
    assert whole.grouped == 1
    assert whole.thread == ()


async def test_burst_is_read_in_the_order_it_was_written(store: SqlStore) -> None:
    later = await store.receive(said(2))
    earlier = await store.receive(said(1))
    where = {"ticket": later.ticket, "message": later.message, "actor": DESK}
    await store.record(facts.MessageGated(**where, admitted=False, rule="grouped"))
    assert (await store.conversation(earlier.message)).message.text == "line 1\nline 2"


async def test_other_people_do_not_supersede_but_staff_does(store: SqlStore) -> None:
    first = await store.receive(said(1))
    await store.receive(said(2, author_id="ben"))
    await store.receive(said(3, author_id="kim", author=Author.BYSTANDER))
    await store.receive(said(4, addressee=Addressee.OTHERS))
    assert (await store.conversation(first.message)).superseded is Superseded.NO
    await store.receive(said(5, author_id="sam", author=Author.STAFF))
    assert (await store.conversation(first.message)).superseded is Superseded.STAFF


async def test_retracted_message_is_no_part_of_the_thread(store: SqlStore) -> None:
    first = await store.receive(said(1))
    second = await store.receive(said(2))
    gone = facts.MessageRetracted(
        ticket=first.ticket, message=first.message, actor="human:requester", why="deleted"
    )
    await store.record(gone)
    assert (await store.conversation(first.message)).superseded is Superseded.RETRACTED
    assert (await store.conversation(second.message)).thread == ()


async def test_first_of_a_burst_asks_again_when_the_last_is_deleted(store: SqlStore) -> None:
    first = await store.receive(said(1))
    second = await store.receive(said(2))
    await withheld(store, first)
    end = {"ticket": first.ticket, "actor": DESK}
    await store.record(
        facts.MessageRetracted(**end, message=second.message, why="deleted"),
    )
    assert first.message in await store.unfinished()
    again = await store.conversation(first.message)
    assert again.superseded is Superseded.NO
    assert again.message.text == "line 1"


async def test_quiet_thread_is_known_as_such(store: SqlStore) -> None:
    first, memory = await store.receive(said(1)), SlackMemory(store)
    for quiet in (True, False):
        await store.record(
            facts.ThreadQuieted(ticket=first.ticket, actor=DESK, quiet=quiet, why="staff_wrote")
        )
        assert (await store.conversation(first.message)).quiet is quiet
        thread = await memory.thread("T1", "C1:1.0")
        assert thread is not None
        assert (thread.quiet, thread.opener) == (quiet, "ana")
    assert await memory.thread("T2", "C1:1.0") is None


async def test_latest_edit_of_a_delivery_is_found(store: SqlStore) -> None:
    memory = SlackMemory(store)
    assert await memory.latest_version("T1:C1:1.0") is None
    first = await store.receive(said(1))
    await store.receive(said(10))
    edit = await store.receive(said(2, id="T1:C1:1.0:2.0"))
    found = await memory.latest_version("T1:C1:1.0")
    assert found is not None
    assert found.message == edit.message
    older = await memory.latest_version("T1:C1:1.0", besides="T1:C1:1.0:2.0")
    assert older is not None
    assert older.message == first.message


async def test_what_waits_is_told_with_its_thread(store: SqlStore) -> None:
    memory = SlackMemory(store)
    first = await store.receive(said(1))
    await store.receive(said(2, source="chat"))
    (waiting,) = await memory.waiting()
    assert (waiting.message, waiting.begun) == (first.message, False)
    assert (waiting.workspace, waiting.conversation) == ("T1", "C1:1.0")
    assert await memory.burst("T1", "C1", 0) == "C1:1.0"
    where = {"ticket": first.ticket, "message": first.message, "actor": DESK}
    await store.record(facts.MessageGated(**where, admitted=True, rule="requester"))
    assert (await memory.waiting())[0].begun
    assert await memory.burst("T1", "C1", 0) is None


async def test_events_and_streams_are_remembered(store: SqlStore) -> None:
    memory = SlackMemory(store)
    assert not await memory.had_effect("Ev1")
    await memory.keep_event("Ev1")
    await memory.keep_event("Ev1")
    assert await memory.had_effect("Ev1")
    assert await memory.stream("T1", "C1:1.0") is None
    for ts in ("", "5.0"):
        await memory.open_stream("T1", "C1:1.0", ts)
        assert await memory.stream("T1", "C1:1.0") == ts
    assert await memory.streams() == [("T1", "C1:1.0")]
    await memory.close_stream("T1", "C1:1.0")
    assert await memory.streams() == []
