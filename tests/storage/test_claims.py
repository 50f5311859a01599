"""A ticket belongs to one process at a time, and to none for ever."""

from storage.claims import Claims
from storage.store import SqlStore


def claims(store: SqlStore, holder: str, *gone: str, seconds: float = 30.0) -> Claims:
    return Claims(store, holder, lambda name: name in gone, seconds)


async def test_claimed_ticket_is_not_given_to_another(store: SqlStore) -> None:
    first, second = claims(store, "one"), claims(store, "two")
    assert await first.claim("T-1")
    assert await first.claim("T-1")
    assert not await second.claim("T-1")
    assert await second.claim("T-2")


async def test_released_ticket_is_free(store: SqlStore) -> None:
    first, second = claims(store, "one"), claims(store, "two")
    await first.claim("T-1")
    await second.release("T-1")
    assert not await second.claim("T-1")
    await first.release("T-1")
    assert await second.claim("T-1")


async def test_ticket_of_a_process_that_is_gone_is_free(store: SqlStore) -> None:
    await claims(store, "one").claim("T-1")
    assert await claims(store, "two", "one").claim("T-1")


async def test_claim_that_ran_out_is_free(store: SqlStore) -> None:
    await claims(store, "one", seconds=0.0).claim("T-1")
    assert await claims(store, "two").claim("T-1")
