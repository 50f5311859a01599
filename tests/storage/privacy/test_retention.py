"""Texts go when their time is over; entries, and what is held, stay."""

from __future__ import annotations

import pytest
from freezegun import freeze_time
from sqlalchemy import Connection, func, select, update

from storage.database import open_store
from storage.ledger.tables import INDEX, PAYLOAD
from storage.ledger.verify import verify
from storage.looking import operator
from storage.privacy import retention
from storage.privacy.erasures import Erasures
from storage.privacy.holds import Holds
from storage.privacy.retention import FLOOR_DAYS, apply, days_of, plan, text_class
from storage.store import SqlStore
from storage.tables import TICKET, TicketStatus
from tests.storage.conftest import Database
from tests.storage.privacy.test_erasure import answered

DAYS = days_of(200, {"answers": 400})


async def texts_left(store: SqlStore) -> int:
    count = select(func.count()).select_from(PAYLOAD)
    return int(await store.read(lambda db: db.execute(count).scalar_one()))


async def test_texts_past_their_time_go_class_by_class(database: Database) -> None:
    with freeze_time("2026-01-01"):
        store = open_store(database.url, database.keys)
        await answered(store, "d1", "U1")
        await store.close()
    with freeze_time("2026-10-01") as clock:
        store = open_store(database.url, database.keys)
        await answered(store, "d2", "U2")
        now = int(clock().timestamp() * 1_000_000)
        assert (await plan(store, now, DAYS)).due == {"messages": 1}
        assert await texts_left(store) == 14
        assert (await apply(store, DAYS)).due == {"messages": 1}
        assert await texts_left(store) == 13
        assert (await apply(store, DAYS)).due == {}
        clock.move_to("2027-03-01")
        assert (await apply(store, DAYS)).due == {"answers": 6}
        kinds = await store.read(
            lambda db: list(db.execute(select(INDEX.c.kind).distinct()).scalars())
        )
        assert "retention:applied" in kinds
        await store.close()
    report = verify(database.url, database.keys)
    assert report.findings == ()


async def test_what_is_held_is_kept_and_counted(store: SqlStore) -> None:
    with freeze_time("2024-01-01"):
        await answered(store, "d1", "U1")
        await answered(store, "d2", "U2")
    person = await Erasures(store).person("slack:U1")
    await Holds(store).place(operator("ann"), "a dispute", person=person)
    done = await apply(store, DAYS)
    assert (sum(done.due.values()), done.held) == (7, 7)
    assert await texts_left(store) == 7 + 1  # and the reason of the hold


async def test_person_of_whom_nothing_is_left_is_forgotten(store: SqlStore) -> None:
    with freeze_time("2024-01-01"):
        await answered(store, "d1", "U1")
    closed = update(TICKET).values(status=TicketStatus.CLOSED)
    await store.write(lambda db, _: db.execute(closed))
    person = await Erasures(store).person("slack:U1")
    await apply(store, DAYS)
    assert store.keys is not None
    assert store.keys.subjects.knows(person) is False


async def test_many_texts_go_in_steps(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 3)
    with freeze_time("2024-01-01"):
        for number in range(3):
            await answered(store, f"d{number}", f"U{number}")
    assert sum((await apply(store, DAYS)).due.values()) == 21
    assert await texts_left(store) == 0


def test_no_time_is_shorter_than_the_law_asks_for() -> None:
    with pytest.raises(ValueError, match=str(FLOOR_DAYS)):
        days_of(396, {"notices": FLOOR_DAYS - 1})
    with pytest.raises(ValueError, match="no class"):
        days_of(396, {"gossip": 200})
    assert days_of(396, {"reviews": 2190})["reviews"] == 2190


def test_every_text_has_a_class() -> None:
    assert text_class("message:received", "human") == "messages"
    assert text_class("answer:drafted", "plugin") == "answers"
    assert text_class("notice:intended", "system") == "notices"
    assert text_class("review:judged", "human") == "reviews"
    assert text_class("audit:searched", "operator") == "log"


async def test_who_comes_while_nobodies_are_forgotten_keeps_their_key(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with freeze_time("2024-01-01"):
        await answered(store, "d1", "U1")
    asked = retention._needed

    def meanwhile(connection: Connection) -> set[str]:
        found = asked(connection)
        assert store.keys is not None
        store.keys.subjects.ref("slack", "T1", "U9")  # whose first message is on its way
        return found

    monkeypatch.setattr(retention, "_needed", meanwhile)
    await apply(store, DAYS)
    assert store.keys is not None
    assert store.keys.subjects.find("slack", "T1", "U9") is not None
