"""Notices are announced once, with what they are about, and taken by one process at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from router.notice_facts import Audience
from storage.ledger.append import Appender
from storage.ledger.tables import INDEX
from storage.notices import Notice, Notices, announce
from storage.store import SqlStore
from tests.storage import desk
from tests.storage.conftest import Database

LATE = Notice(key="late:T-1:1", audience=Audience.STAFF, workspace="W1")


def _board(store: SqlStore, me: str = "one", gone: bool = False) -> Notices:
    return Notices(store, me, lambda process: gone)


async def _announce(store: SqlStore, notice: Notice, text: str = "*Late*") -> bool:
    said = {"notice": text}
    return await store.write(lambda db, appender: announce(db, appender, notice, said))


async def _kinds(store: SqlStore) -> list[str]:
    wanted = select(INDEX.c.kind).where(INDEX.c.kind.startswith("notice:")).order_by(INDEX.c.rec_us)
    return list(await store.read(lambda db: db.execute(wanted).scalars().all()))


async def test_a_key_is_announced_once(store: SqlStore) -> None:
    assert await _announce(store, LATE)
    assert not await _announce(store, LATE, "something else")
    assert await _board(store).waiting() == [LATE.key]
    due = await _board(store).take(LATE.key)
    assert due is not None
    assert (due.text, due.begun, due.ticket) == ("*Late*", False, None)
    assert await _kinds(store) == ["notice:intended"]


async def test_what_it_is_about_and_the_notice_are_one_transaction(store: SqlStore) -> None:
    def job(db: Connection, appender: Appender) -> None:
        announce(db, appender, LATE, {"notice": "Late"})
        raise RuntimeError("the other half failed")

    with pytest.raises(RuntimeError):
        await store.write(job)
    assert await _board(store).waiting() == []
    assert await _kinds(store) == []


async def test_one_process_is_at_it_until_it_is_gone(store: SqlStore) -> None:
    await _announce(store, LATE)
    assert await _board(store, "one").take(LATE.key)
    assert await _board(store, "two").take(LATE.key) is None
    taken = await _board(store, "two", gone=True).take(LATE.key)
    assert taken is not None
    assert taken.begun


async def test_posted_is_over_and_the_same_fault_is_recorded_once(store: SqlStore) -> None:
    await _announce(store, LATE)
    board = _board(store)
    due = await board.take(LATE.key)
    assert due is not None
    await board.failed(LATE.key, "channel_not_found")
    await board.failed(LATE.key, "channel_not_found")
    due = await board.take(LATE.key)
    assert due is not None
    await board.posted(due, "C1:1.0", found=False)
    assert await board.take(LATE.key) is None
    assert await board.waiting() == []
    assert await _kinds(store) == ["notice:intended", "notice:failed", "notice:posted"]


async def test_given_up_is_over(store: SqlStore) -> None:
    await _announce(store, LATE)
    await _board(store).failed(LATE.key, "too_old", given_up=True)
    assert await _board(store).waiting() == []


async def test_requester_of_another_door_is_not_told_in_slack(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1", source="api"))
    theirs = Notice("nudge", Audience.REQUESTER, "", ticket=receipt.ticket)
    await _announce(store, theirs)
    assert await _board(store).waiting() == []
    ours = await store.receive(
        desk.delivery("d2", source="slack", workspace="W1", conversation="C1:1.0")
    )
    await _announce(store, Notice("nudge2", Audience.REQUESTER, "W1", ticket=ours.ticket))
    assert await _board(store).waiting() == ["nudge2"]
    due = await _board(store).take("nudge2")
    assert due is not None
    assert due.conversation == "C1:1.0"


async def test_a_person_is_kept_by_reference_only(store: SqlStore) -> None:
    await _announce(store, Notice("dm", Audience.PERSON, "W1", person="U123456"))
    due = await _board(store).take("dm")
    assert due is not None
    assert due.person == "U123456"


@pytest.mark.parametrize(
    "notice",
    [Notice("k", Audience.REQUESTER, "W1"), Notice("k", Audience.PERSON, "W1")],
)
async def test_a_notice_for_nobody_is_refused(sqlite: Database, notice: Notice) -> None:
    opened = sqlite.open()
    with pytest.raises(ValueError, match="names n"):
        await _announce(opened, notice)
    await opened.close()
