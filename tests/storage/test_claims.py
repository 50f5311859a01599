"""Who works on what: one process at a time, taken over when it is silent, fenced when it wakes."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from storage.claims import Claims, Hold, Overtaken
from storage.guard import elapsed, may_speak
from storage.steps import About, begin
from storage.store import SqlStore
from tests.storage import desk
from tests.storage.conftest import Database


@pytest.fixture
async def other(database: Database, store: SqlStore) -> AsyncIterator[SqlStore]:
    """The same database, opened by another process as it were."""
    opened = database.open()
    yield opened
    await opened.close()


def claims(
    store: SqlStore,
    name: str,
    seconds: float = 9.0,
    gone: Callable[[str], bool] = lambda holder: False,
    **more: int,
) -> Claims:
    return Claims(store, name, gone, seconds, **more)


async def fenced(store: SqlStore, hold: Hold, receipt: desk.Receipt) -> None:
    """Record something as part of a turn."""
    turn = await begin(store, About(hold, subject_of(store, receipt), receipt.message))
    await turn.record(desk.gated(receipt))


def subject_of(store: SqlStore, receipt: desk.Receipt) -> str:
    assert store.keys is not None
    return store.keys.subjects.ref("test", "local", "U1")


async def test_ticket_is_one_process_at_a_time(store: SqlStore, other: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    first, second = claims(store, "first"), claims(other, "second")
    taken = await first.take(receipt.ticket)
    assert taken is not None
    assert taken.waiting == [(receipt.message, False)]
    assert await second.take(receipt.ticket) is None
    await first.release(taken.hold)
    assert await second.take(receipt.ticket) is not None


async def test_silent_process_is_overtaken_and_what_it_writes_then_is_refused(
    store: SqlStore, other: SqlStore
) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    first, second = claims(store, "first", 0.3), claims(other, "second", 0.3)
    slow = await first.take(receipt.ticket)
    assert slow is not None
    await asyncio.sleep(0.4)
    quick = await second.take(receipt.ticket)
    assert quick is not None
    with pytest.raises(Overtaken):
        await fenced(store, slow.hold, receipt)
    await first.release(slow.hold)
    await fenced(other, quick.hold, receipt)


async def test_process_that_beats_is_not_overtaken(store: SqlStore, other: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    first, second = claims(store, "first", 0.6), claims(other, "second", 0.6)
    taken = await first.take(receipt.ticket)
    for _ in range(5):
        await asyncio.sleep(0.2)
        await first.beat()
        assert await second.take(receipt.ticket) is None
    assert taken is not None
    await fenced(store, taken.hold, receipt)


async def test_process_that_is_known_to_be_gone_is_overtaken_at_once(
    store: SqlStore, other: SqlStore
) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    await claims(store, "first").take(receipt.ticket)
    second = claims(other, "second", gone=lambda holder: holder == "first")
    assert await second.take(receipt.ticket) is not None


async def test_process_that_ended_leaves_what_it_held(store: SqlStore, other: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    first = claims(store, "first")
    await first.take(receipt.ticket)
    await first.end()
    assert await claims(other, "second").take(receipt.ticket) is not None


async def test_nobody_is_judged_right_after_a_gap_that_all_had(
    store: SqlStore, other: SqlStore
) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    first, second = claims(store, "first", 0.3), claims(other, "second", 0.3)
    await second.beat()
    await first.take(receipt.ticket)
    await asyncio.sleep(0.5)  # as if the database had been away
    await second.beat()
    assert await second.take(receipt.ticket) is None
    await asyncio.sleep(0.4)
    assert await second.take(receipt.ticket) is not None


async def test_process_that_was_held_up_may_not_speak(store: SqlStore) -> None:
    mine = claims(store, "first", 0.4)
    async with mine.errand("draft:m1") as held:
        assert held
        assert may_speak()
        await asyncio.sleep(0.3)
        assert not may_speak()
        await mine.beat()
        assert not may_speak()
    await mine.beat()
    assert mine.alive_since(elapsed())


async def test_errand_is_done_by_one(store: SqlStore, other: SqlStore) -> None:
    first, second = claims(store, "first"), claims(other, "second")
    async with first.errand("draft:m1") as mine, second.errand("draft:m1") as theirs:
        assert (mine, theirs) == (True, False)
    async with second.errand("draft:m1") as theirs:
        assert theirs


async def test_no_more_tickets_are_worked_on_than_all_together_may(
    store: SqlStore, other: SqlStore
) -> None:
    names = [(await store.receive(desk.delivery(f"d{n}"))).ticket for n in range(3)]
    first, second = claims(store, "first", most=2), claims(other, "second", most=2)
    held = [await first.take(names[0]), await second.take(names[1])]
    assert all(held)
    assert await first.take(names[2]) is None
    assert held[0] is not None
    await first.release(held[0].hold)
    assert await second.take(names[2]) is not None


async def test_racing_processes_never_both_get_a_ticket(store: SqlStore, other: SqlStore) -> None:
    first, second = claims(store, "first"), claims(other, "second")
    for number in range(20):
        receipt = await store.receive(desk.delivery(f"d{number}"))
        both = await asyncio.gather(first.take(receipt.ticket), second.take(receipt.ticket))
        assert len([one for one in both if one]) == 1


async def test_stop_is_wished_for_only_where_something_waits(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    mine = claims(store, "first")
    assert await mine.wish_stop(receipt.ticket, "human:requester")
    assert await mine.wish_stop(receipt.ticket, "human:requester")
    await store.record(desk.ended(desk.outcome(receipt, desk.OutcomeKind.QUIET)))
    assert not await mine.wish_stop(receipt.ticket, "human:requester")
