"""Who does a job of the clock."""

import asyncio

from storage.slots import NEVER, Slots
from storage.store import SqlStore

MINUTE_US = 60_000_000


def slots(store: SqlStore, holder: str, seconds: float = 15.0) -> Slots:
    return Slots(store, holder, lambda name: name == "gone", seconds)


async def test_one_of_many_holds_a_job(store: SqlStore) -> None:
    asked = [slots(store, f"process-{n}").hold("job", MINUTE_US) for n in range(20)]
    held = [one for one in await asyncio.gather(*asked) if one]

    assert len(held) == 1
    assert held[0].done == NEVER


async def test_holder_goes_on_holding_and_what_it_did_is_remembered(store: SqlStore) -> None:
    mine = slots(store, "one")
    first = await mine.hold("job", MINUTE_US)
    assert first is not None
    slot = first.now_us // MINUTE_US

    again = await mine.hold("job", MINUTE_US, done=slot)

    assert again is not None
    assert again.done == slot
    assert await slots(store, "two").hold("job", MINUTE_US) is None


async def test_hold_runs_out(store: SqlStore) -> None:
    await slots(store, "one", seconds=0.2).hold("job", MINUTE_US)
    assert await slots(store, "two").hold("job", MINUTE_US) is None
    await asyncio.sleep(0.25)

    assert await slots(store, "two").hold("job", MINUTE_US) is not None


async def test_holder_that_was_replaced_does_not_hold_any_more(store: SqlStore) -> None:
    late = slots(store, "late", seconds=0.05)
    await late.hold("job", MINUTE_US)
    await asyncio.sleep(0.1)
    await slots(store, "two").hold("job", MINUTE_US)

    assert await late.hold("job", MINUTE_US, done=10**15) is None


async def test_process_that_is_gone_holds_nothing(store: SqlStore) -> None:
    await slots(store, "gone").hold("job", MINUTE_US)

    assert await slots(store, "two").hold("job", MINUTE_US) is not None


async def test_job_that_was_let_go_is_free_and_its_slot_done(store: SqlStore) -> None:
    mine = slots(store, "one")
    first = await mine.hold("job", MINUTE_US)
    assert first is not None
    slot = first.now_us // MINUTE_US
    await mine.let_go("job", slot)

    taken = await slots(store, "two").hold("job", MINUTE_US)

    assert taken is not None
    assert taken.done == slot


async def test_letting_go_of_what_another_holds_changes_nothing(store: SqlStore) -> None:
    await slots(store, "one").hold("job", MINUTE_US)
    await slots(store, "two").let_go("job", 1)

    assert await slots(store, "two").hold("job", MINUTE_US) is None
