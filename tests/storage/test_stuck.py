"""What waits for too long is found, and nothing else."""

import time

from sqlalchemy import insert

from router.records import OutcomeKind
from storage.depths import depths
from storage.step_tables import DESK_PROCESS, WORK_CLAIM
from storage.store import SqlStore
from storage.stuck import MILLION, Kind, stuck, working
from tests.storage.desk import answer, delivery, ended, escalated, failed, gated, intended, outcome


def now_us() -> int:
    return time.time_ns() // 1000


async def found(store: SqlStore, seconds: float = 0.0) -> dict[Kind, str]:
    return {one.kind: one.name for one in await stuck(store, now_us(), seconds)}


async def test_desk_that_did_all_its_work_has_nothing_stuck(store: SqlStore) -> None:
    await answer(store, await store.receive(delivery("one")))
    await store.sequence()

    assert await found(store) == {}


async def test_turn_that_nobody_began_and_one_that_was_begun_are_stuck(store: SqlStore) -> None:
    first = await store.receive(delivery("one"))
    second = await store.receive(delivery("two"))
    await store.record(gated(second))

    turns = [one for one in await stuck(store, now_us(), 0.0) if one.kind is Kind.TURN]

    assert [(one.name, one.state) for one in turns] == [
        (first.message, "pending"),
        (second.message, "begun"),
    ]
    assert [one for one in await stuck(store, now_us(), 60.0) if one.kind is Kind.TURN] == []


async def test_post_that_never_became_visible_is_stuck(store: SqlStore) -> None:
    receipt = await store.receive(delivery("one"))
    result = outcome(receipt, OutcomeKind.ESCALATED)
    await store.record(gated(receipt), intended(result), failed(result), ended(result))

    assert (await found(store))[Kind.POST] == receipt.message


async def test_card_that_nobody_sees_and_entries_without_checkpoint_are_stuck(
    store: SqlStore,
) -> None:
    receipt = await store.receive(delivery("one"))
    await store.record(escalated(receipt))

    assert {Kind.CARD, Kind.ENTRIES} <= set(await found(store))


async def test_claim_of_a_silent_process_is_stuck_and_the_process_not_alive(
    store: SqlStore,
) -> None:
    def job(connection: object, appender: object) -> None:
        for name, seen in (("silent", now_us() - 3600 * MILLION), ("alive", now_us())):
            row = {"name": name, "parts": "turns", "began_us": 0, "seen_us": seen}
            connection.execute(insert(DESK_PROCESS), row)  # type: ignore[attr-defined]
            claim = {"name": f"T-{name}", "holder": name, "epoch": 1}
            connection.execute(insert(WORK_CLAIM), claim)  # type: ignore[attr-defined]

    await store.write(job)

    assert (await found(store))[Kind.CLAIM] == "T-silent"
    processes = {one.name: one.alive for one in await working(store, now_us())}
    assert processes == {"silent": False, "alive": True}


async def test_depths_count_what_waits(store: SqlStore) -> None:
    receipt = await store.receive(delivery("one"))
    await store.receive(delivery("two"))
    await store.record(gated(receipt), escalated(receipt))

    waits = await depths(store, now_us())

    assert (waits.turns, waits.turns_begun, waits.cards) == (2, 1, 1)
    assert waits.pending > 0
    assert 0 <= waits.oldest_turn < 60
    assert abs(waits.clock_skew) < 5
    assert waits.clock_silent is None
