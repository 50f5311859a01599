"""Erasing a person: all that they wrote is gone, and the log still proves itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from frontdesk import Author
from frontdesk.errors import StoreError
from router.human_facts import ErasureRequested, HumanReplied, human
from router.notice_facts import Audience
from router.records import Receipt
from storage import reading
from storage.cases import Cases
from storage.doors.tables import DOOR_TICKET
from storage.export.pdf import certificate_pdf
from storage.export.runs import Exports, Form
from storage.ledger.tables import INDEX, PAYLOAD
from storage.ledger.verify import verify
from storage.looking import operator
from storage.notice_tables import NOTICE
from storage.notices import Notices
from storage.privacy import erasing
from storage.privacy.certificate import Certificate
from storage.privacy.erasing import Held, NotYet
from storage.privacy.erasures import Erasures
from storage.privacy.facts import Basis
from storage.privacy.holds import Holds
from storage.privacy.tables import ERASURE, ErasureState
from storage.search.filters import Filter
from storage.store import SqlStore
from storage.tables import TICKET
from tests.storage import desk
from tests.storage.conftest import Database

ANN, BOB = operator("ann"), operator("bob")
SECRET = "zebra-4711 charged me twice"


async def answered(store: SqlStore, name: str, person: str, text: str = SECRET) -> Receipt:
    """A ticket of somebody in Slack, answered."""
    receipt = await store.receive(
        desk.delivery(name, text, author_id=person, source="slack", workspace="T1", channel="C1")
    )
    await desk.answer(store, receipt, f"About {text}")
    return receipt


async def erased(store: SqlStore, person: str) -> str:
    erasures = Erasures(store)
    ref = await erasures.person(person)
    name = await erasures.file(ref, Basis.CONSENT_WITHDRAWN, ANN)
    await erasures.approve(name, BOB)
    return name


async def texts(store: SqlStore, receipt: Receipt) -> dict[str, str]:
    """What is left of a ticket, by kind and field."""
    return await store.read(lambda db: dict(_texts(db, store, receipt)))


def _texts(connection: Connection, store: SqlStore, receipt: Receipt) -> Iterator[tuple[str, str]]:
    query = select(INDEX.c.entry_id, INDEX.c.kind).where(INDEX.c.ticket_id == receipt.ticket)
    for row in connection.execute(query).all():
        for field, text in reading.texts(connection, store.keys, row.entry_id).items():
            yield f"{row.kind}/{field}", text


async def count(store: SqlStore, person: str) -> int:
    query = select(func.count()).select_from(PAYLOAD).where(PAYLOAD.c.subject_ref == person)
    return int(await store.read(lambda db: db.execute(query).scalar_one()))


async def test_erased_person_is_gone_and_everybody_else_is_not(
    store: SqlStore, database: Database
) -> None:
    gone, kept = await answered(store, "d1", "U1"), await answered(store, "d2", "U2")
    ref = await Erasures(store).person("slack:U1")
    await erased(store, "slack:U1")
    assert await texts(store, gone) == {}
    assert len(await texts(store, kept)) == 7
    assert await count(store, ref) == 0
    assert store.keys is not None
    assert store.keys.subjects.person(ref) is None
    with pytest.raises(StoreError, match="nothing is kept"):
        await Erasures(store).person("slack:U1")
    await store.sequence()
    assert verify(database.url, database.keys).findings == ()


async def test_nobody_is_called_back_about_a_person_who_was_erased(store: SqlStore) -> None:
    gone, kept = await answered(store, "d1", "U1"), await answered(store, "d2", "U2")
    rows = [
        {"ticket_id": one.ticket, "token_id": "k", "callback": f"https://a.example/{one.ticket}"}
        for one in (gone, kept)
    ]
    await store.write(lambda db, _: db.execute(insert(DOOR_TICKET), rows))
    await erased(store, "slack:U1")
    query = select(DOOR_TICKET.c.ticket_id, DOOR_TICKET.c.callback)
    found = {
        row.ticket_id: row.callback for row in await store.read(lambda db: db.execute(query).all())
    }
    assert found == {gone.ticket: "", kept.ticket: f"https://a.example/{kept.ticket}"}


async def test_ciphertexts_and_key_are_in_no_file_any_more(sqlite: Database) -> None:
    store = sqlite.open()
    await answered(store, "d1", "U1")
    rows = await store.read(lambda db: db.execute(select(PAYLOAD)).all())
    path = Path(sqlite.url.removeprefix("sqlite:///"))
    key_file = next(sqlite.keys.glob("*/subjects.db"))
    folder = [*path.parent.rglob("*")]
    before = b"".join(file.read_bytes() for file in folder if file.is_file())
    assert all(row.ciphertext in before for row in rows)
    with closing(sqlite3.connect(key_file)) as keys:
        wrapped = [one for (one,) in keys.execute("SELECT dek FROM audit_subject")]
    assert all(one in key_file.read_bytes() for one in wrapped)
    await erased(store, "slack:U1")
    after = [file for file in path.parent.rglob("*") if file.is_file()]
    for file in after:
        content = file.read_bytes()
        assert SECRET.encode() not in content
        assert not [row for row in rows if row.ciphertext in content], file
    assert not [one for one in wrapped if one in key_file.read_bytes()]
    await store.close()


async def test_ciphertexts_that_a_backup_brings_back_cannot_be_read(on_postgres: Database) -> None:
    store = on_postgres.open()
    await answered(store, "d1", "U1")
    rows = await store.read(lambda db: db.execute(select(PAYLOAD)).all())
    await erased(store, "slack:U1")
    assert store.keys is not None
    for row in rows:
        with pytest.raises(StoreError, match="no key"):
            reading.opened(store.keys, row)
    await store.close()


async def test_who_asks_cannot_approve(store: SqlStore) -> None:
    await answered(store, "d1", "U1")
    erasures = Erasures(store)
    name = await erasures.file(await erasures.person("slack:U1"), Basis.CCPA, ANN)
    with pytest.raises(StoreError, match="somebody else"):
        await erasures.approve(name, ANN)
    past = update(ERASURE).values(decided_by=ANN, state=ErasureState.APPROVED)
    with pytest.raises(StoreError, match="four_eyes") as refused:
        await store.write(lambda db, _: db.execute(past))
    assert isinstance(refused.value.__cause__, IntegrityError)


async def test_declined_erasure_erases_nothing(store: SqlStore) -> None:
    receipt = await answered(store, "d1", "U1")
    erasures = Erasures(store)
    name = await erasures.file(await erasures.person("slack:U1"), Basis.CCPA, ANN)
    await erasures.decline(name, BOB)
    assert len(await texts(store, receipt)) == 7
    with pytest.raises(StoreError, match="refused already"):
        await erasures.approve(name, BOB)


async def test_held_person_is_not_erased_until_the_hold_is_released_by_two(
    store: SqlStore, database: Database
) -> None:
    receipt = await answered(store, "d1", "U1")
    erasures, holds = Erasures(store), Holds(store)
    ref = await erasures.person("slack:U1")
    hold = await holds.place(ANN, "a dispute", ticket=receipt.ticket)
    name = await erasures.file(ref, Basis.CCPA, ANN)
    with pytest.raises(Held, match=hold):
        await erasures.approve(name, BOB)
    (case,) = await erasures.all()
    assert case.state is ErasureState.HELD
    assert len(await texts(store, receipt)) == 7
    await holds.ask_release(hold, ANN)
    with pytest.raises(StoreError, match="somebody else"):
        await holds.release(hold, ANN)
    await holds.release(hold, BOB)
    await erasures.approve(name, BOB)
    assert await texts(store, receipt) == {}
    await store.sequence()
    assert verify(database.url, database.keys).ok


async def test_words_of_staff_go_with_the_requester_and_alone_with_their_author(
    store: SqlStore, database: Database
) -> None:
    first, second = await answered(store, "d1", "U1"), await answered(store, "d2", "U2")
    assert store.keys is not None
    staff = store.keys.subjects.ref("slack", "T1", "S1")
    for receipt in (first, second):
        said = HumanReplied(
            ticket=receipt.ticket,
            message=receipt.message,
            actor=human(staff),
            texts={"reply": "I am on it"},
        )
        await store.record(said)
    await erased(store, "slack:U1")
    assert await texts(store, first) == {}
    assert (await texts(store, second))["human:replied/reply"] == "I am on it"
    await erased(store, "slack:S1")
    left = await texts(store, second)
    assert "human:replied/reply" not in left
    assert left["message:received/text"] == SECRET
    await store.sequence()
    assert verify(database.url, database.keys).findings == ()


async def test_who_joined_a_thread_is_erased_without_the_words_of_others(
    store: SqlStore,
) -> None:
    first = await answered(store, "d1", "U1", "my own words")
    joined = await store.receive(
        desk.delivery(
            "d2",
            SECRET,
            author_id="U2",
            source="slack",
            workspace="T1",
            conversation="thread of d1",
        )
    )
    assert joined.ticket == first.ticket
    await desk.answer(store, joined, f"About {SECRET}")
    await erased(store, "slack:U2")
    left = await texts(store, first)
    assert left["message:received/text"] == "my own words"
    assert left["post:intended/post"] == "About my own words"
    assert not [text for text in left.values() if SECRET in text]


async def test_other_process_forgets_the_key_that_was_destroyed(database: Database) -> None:
    desk_store, office = database.open(), database.open()
    receipt = await answered(desk_store, "d1", "U1")
    assert desk_store.keys is not None
    before = desk_store.keys.subjects.ref("slack", "T1", "U1")
    await erased(office, "slack:U1")
    again = await desk_store.receive(
        desk.delivery(
            "d2",
            "hello again",
            author_id="U1",
            source="slack",
            workspace="T1",
            conversation="thread of d1",
        )
    )
    assert again.ticket != receipt.ticket
    assert desk_store.keys.subjects.ref("slack", "T1", "U1") != before
    assert (await texts(desk_store, again))["message:received/text"] == "hello again"
    await desk_store.close()
    await office.close()


async def test_running_turn_ends_before_its_person_is_erased(store: SqlStore) -> None:
    receipt = await store.receive(
        desk.delivery("d1", author_id="U1", source="slack", workspace="T1")
    )
    erasures = Erasures(store)
    name = await erasures.file(await erasures.person("slack:U1"), Basis.CCPA, ANN)
    with pytest.raises(NotYet, match=receipt.ticket):
        await erasures.approve(name, BOB)
    assert await erasures.tick() == 0
    await desk.answer(store, receipt)
    assert await erasures.tick() == 1
    assert await texts(store, receipt) == {}


async def test_erasure_that_a_crash_cut_off_is_finished(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await answered(store, "d1", "U1")
    erasures = Erasures(store)
    ref = await erasures.person("slack:U1")
    name = await erasures.file(ref, Basis.CCPA, ANN)
    assert store.keys is not None

    def crash(*_: object) -> bool:
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr(type(store.keys.subjects), "destroy", crash)
        with pytest.raises(OSError, match="disk"):
            await erasures.approve(name, BOB)
    assert [case.state for case in await erasures.all()] == [ErasureState.ERASED]
    assert await erasures.tick() == 1
    assert store.keys.subjects.knows(ref) is False
    assert (await erasures.certificate(name)).content["texts"] == 7


async def test_erasure_that_fails_holds_up_no_others(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasures, carry_out = Erasures(store), erasing.carry_out
    for number in (1, 2, 3):
        await answered(store, f"d{number}", f"U{number}")
        ref = await erasures.person(f"slack:U{number}")
        name = await erasures.file(ref, Basis.CCPA, ANN)
        state = {"state": ErasureState.APPROVED, "decided_by": BOB, "decided_us": 1}
        which = update(ERASURE).where(ERASURE.c.id == name).values(state)
        await store.write(lambda db, _, which=which: db.execute(which))
    (second,) = [one.id for one in await erasures.all() if one.known_as == "U2"]

    async def broken(store: SqlStore, erasure: str, **how: Any) -> Certificate:
        if erasure == second:
            raise StoreError("a page of it is broken")
        return await carry_out(store, erasure, **how)

    monkeypatch.setattr(erasing, "carry_out", broken)
    with pytest.raises(StoreError, match=f"1 of 3 .*{second}: a page"):
        await erasures.tick()
    assert [one.id for one in await erasures.all(ErasureState.APPROVED)] == [second]
    assert len(await erasures.all(ErasureState.DONE)) == 2


async def test_requester_who_asked_in_slack_is_told_and_then_forgotten(store: SqlStore) -> None:
    receipt = await answered(store, "d1", "U1")
    erasures = Erasures(store)
    ref = await erasures.person("slack:U1")
    await store.record(
        ErasureRequested(ticket=receipt.ticket, message=receipt.message, actor=human(ref))
    )
    (case,) = await erasures.all(ErasureState.REQUESTED)
    assert await erasures.one(case.id) == case
    assert await erasures.one("E-NONE") is None
    assert (case.person, case.known_as, case.ticket) == (ref, "U1", receipt.ticket)
    await erasures.approve(case.id, BOB)
    notices = Notices(store, "me", lambda _: False)
    (key,) = await notices.waiting()
    due = await notices.take(key)
    assert due is not None
    assert (due.audience, due.person) == (Audience.PERSON, "U1")
    assert "erased" in due.text
    await notices.posted(due, "D1/1.2", found=False)
    await erasures.tick()
    with pytest.raises(StoreError, match="nothing is kept"):
        await erasures.person("slack:U1")
    kept = await store.read(lambda db: db.execute(select(NOTICE.c.person_ref)).scalars().all())
    assert list(kept) == [None]


async def test_certificate_says_what_was_done_and_what_lies_outside(store: SqlStore) -> None:
    await answered(store, "d1", "U1")
    name = await erased(store, "slack:U1")
    made = await Erasures(store).certificate(name)
    of = made.content
    assert (of["texts"], of["entries"], of["tickets"]) == (7, 5, 1)
    assert (of["requested_by"], of["approved_by"]) == (ANN, BOB)
    assert of["effective_us"] - of["done_us"] == 30 * 86_400_000_000
    assert len(of["said_by"]) == 1
    assert "Slack" in made.markdown
    assert SECRET not in made.json


async def test_closed_tickets_and_no_work_are_left_behind(store: SqlStore) -> None:
    receipt = await answered(store, "d1", "U1")
    await store.record(desk.escalated(receipt))
    await erased(store, "slack:U1")
    status = await store.read(lambda db: db.execute(select(TICKET.c.status)).scalars().all())
    assert list(status) == ["closed"]
    assert list(await store.unfinished()) == []


async def test_what_waits_of_who_joined_a_thread_is_not_answered_any_more(store: SqlStore) -> None:
    with freeze_time(datetime.now(UTC) - timedelta(hours=1)):  # its turn failed again and again
        await answered(store, "d1", "U1", "mine")
        joined = await store.receive(
            desk.delivery(
                "d2",
                SECRET,
                author_id="U2",
                source="slack",
                workspace="T1",
                conversation="thread of d1",
            )
        )
    assert list(await store.unfinished()) == [joined.message]
    await erased(store, "slack:U2")
    assert list(await store.unfinished()) == []


async def test_author_of_a_bystander_is_not_a_requester(store: SqlStore) -> None:
    """Whoever only joined has no ticket of their own, which an erasure would close."""
    await answered(store, "d1", "U1", "mine")
    await store.receive(
        desk.delivery(
            "d2",
            "me too",
            author=Author.BYSTANDER,
            author_id="U2",
            source="slack",
            workspace="T1",
            conversation="thread of d1",
        )
    )
    plan = await Erasures(store).plan(await Erasures(store).person("slack:U2"))
    assert plan.texts == {"text": 1}


async def test_exports_with_texts_that_the_desk_still_has_are_deleted(
    sqlite: Database, tmp_path: Path
) -> None:
    store, folder = sqlite.open(), tmp_path / "exports"
    folder.mkdir()
    await answered(store, "d1", "U1")
    exports = Exports(store)
    for name, texts_too in (("with.jsonl", True), ("without.jsonl", False)):
        asked = await exports.ask(Form.JSONL, Filter(), ANN, with_texts=texts_too)
        if texts_too:
            await exports.approve(asked, BOB)
        await exports.run(asked, folder / name)
    erasures = Erasures(store, exports=folder)
    asked = await erasures.file(await erasures.person("slack:U1"), Basis.CCPA, ANN)
    await erasures.approve(asked, BOB)
    assert [file.name for file in folder.iterdir()] == ["without.jsonl"]
    assert {job.state for job in await exports.all()} == {"deleted", "done"}
    await store.close()


async def test_export_that_a_crash_left_half_written_is_deleted_too(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, folder = sqlite.open(), tmp_path / "exports"
    folder.mkdir()
    await answered(store, "d1", "U1")
    exports = Exports(store)
    asked = await exports.ask(Form.JSONL, Filter(), ANN, with_texts=True)
    await exports.approve(asked, BOB)

    async def erased(*_: object) -> tuple[int, str]:
        (folder / "with.jsonl").write_text("what U1 wrote")
        erasures = Erasures(store, exports=folder)
        name = await erasures.file(await erasures.person("slack:U1"), Basis.CCPA, ANN)
        await erasures.approve(name, BOB)
        assert list(folder.iterdir()) == []
        raise FileNotFoundError

    monkeypatch.setattr(exports, "_write", erased)
    with pytest.raises(FileNotFoundError):
        await exports.run(asked, folder / "with.jsonl")
    assert [job.state for job in await exports.all()] == ["failed"]
    await store.close()


async def test_cards_before_staff_show_nothing_of_who_was_erased(store: SqlStore) -> None:
    receipt = await answered(store, "d1", "U1")
    await store.record(desk.escalated(receipt))
    (before,) = await Cases(store).to_show("slack")
    assert (before.question, before.requester) == (SECRET, "U1")
    await Cases(store).shown(before, "C1/1.1")
    await erased(store, "slack:U1")
    (after,) = await Cases(store).to_show("slack")
    assert (after.question, after.requester, after.notes, after.draft) == ("", "", (), "")


async def test_certificate_of_a_large_erasure_fits_on_paper(store: SqlStore) -> None:
    await answered(store, "d1", "U1")
    made = await Erasures(store).certificate(await erased(store, "slack:U1"))
    many = [f"{number:08x}-0000-7000-8000-000000000000" for number in range(3000)]
    large = Certificate({**made.content, "said_by": many})
    assert certificate_pdf(large).startswith(b"%PDF")
    assert "and 2990 more" in large.markdown
    assert many[-1] in large.json


async def test_two_processes_at_one_erasure_carry_it_out_once(database: Database) -> None:
    one, other = database.open(), database.open()
    await answered(one, "d1", "U1")
    erasures = Erasures(one)
    name = await erasures.file(await erasures.person("slack:U1"), Basis.CCPA, ANN)
    approved = {"state": ErasureState.APPROVED, "decided_by": BOB, "decided_us": 1}
    await one.write(lambda db, _: db.execute(update(ERASURE).values(approved)))
    made = await asyncio.gather(
        *(erasing.carry_out(store, name, backup_days=30) for store in (one, other))
    )
    assert made[0].json == made[1].json
    query = select(INDEX.c.kind).where(INDEX.c.kind.in_(("erasure:done", "payload:erased")))
    kinds = await one.read(lambda db: sorted(db.execute(query).scalars()))
    assert kinds == ["erasure:done", "payload:erased"]
    await one.close()
    await other.close()
