"""The other doors on both databases: what comes in once, goes out once, and is summed up."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from frontdesk import SettingsError, StoreError
from router.door_facts import Scope
from router.human_facts import HumanReplied, TicketResolved
from router.notice_facts import Audience
from router.records import OutcomeKind
from storage.database import open_store
from storage.doors.asking import SatisfactionAsker
from storage.doors.callbacks import EACH, Callbacks
from storage.doors.digest import Digests
from storage.doors.incident_reading import IncidentReading
from storage.doors.incident_state import IncidentState
from storage.doors.incidents import Incidents, Proposal
from storage.doors.intake import Came, DoorIntake, Gone, KeyUsed, Taken
from storage.doors.places import API, is_door, place
from storage.doors.reading import DoorReading
from storage.doors.satisfaction import Ratings
from storage.doors.seen import LateStore, Seen
from storage.doors.tables import CALLBACK
from storage.doors.tokens import PREFIX, Tokens
from storage.human_state import NotPossible
from storage.notice_tables import NOTICE
from storage.notices import Notice, announce
from storage.store import SqlStore
from storage.tables import MESSAGE, TICKET
from tests.databases import Database
from tests.storage.desk import answer, delivery, ended, gated, intended, outcome, posted


def came(key: str, text: str = "Where is it?", **given: str) -> Came:
    wanted = {
        "source": API,
        "owner": "K1",
        "text": text,
        "requester": "customer 1",
        "reference": "",
        "key": key,
        "body": text,
        "token": "K1",
        "callback": "https://example.com/hook",
    }
    return Came(**wanted | given)


async def replied(store: SqlStore, taken: Taken) -> None:
    """The desk answers what came in."""
    result = outcome(taken, OutcomeKind.REPLIED)  # type: ignore[arg-type]
    await store.record(gated(taken), intended(result))  # type: ignore[arg-type]
    await store.record(posted(result))
    await store.record(ended(result, "billing"))


async def test_the_same_key_at_the_same_moment_opens_one_ticket(store: SqlStore) -> None:
    intake = DoorIntake(store)
    taken = await asyncio.gather(*(intake.take(came("one")) for _ in range(10)))

    assert len({(one.ticket, one.message) for one in taken}) == 1
    assert sum(one.new for one in taken) == 1
    with pytest.raises(KeyUsed):
        await intake.take(came("one", "Something else"))
    other = await intake.take(came("one", owner="K2"))
    assert other.ticket != taken[0].ticket


async def test_without_a_key_each_request_is_its_own(store: SqlStore) -> None:
    intake = DoorIntake(store)
    tickets = {(await intake.take(came(""))).ticket for _ in range(3)}

    assert len(tickets) == 3


async def test_keys_are_forgotten_but_never_lead_to_a_second_message(store: SqlStore) -> None:
    intake = DoorIntake(store)
    taken = await intake.take(came("one"))
    await intake.forget()

    assert await intake.take(came("one")) == Taken(taken.ticket, taken.message, new=False)
    count = select(MESSAGE.c.id)
    assert len(await store.read(lambda db: db.execute(count).all())) == 1


async def test_whoever_was_forgotten_says_nothing_more(store: SqlStore) -> None:
    intake = DoorIntake(store)
    taken = await intake.take(came("one"))
    query = select(TICKET.c.subject_ref)
    person = await store.read(lambda db: db.execute(query).scalar_one())
    assert store.keys is not None
    store.keys.subjects.destroy(person)

    with pytest.raises(Gone):
        await intake.say(taken.ticket, came("two"))


async def test_two_senders_never_have_the_same_callback(store: SqlStore) -> None:
    for number in range(6):
        await replied(store, await DoorIntake(store).take(came(f"key {number}")))
    senders = [Callbacks(store), Callbacks(store)]
    found = await asyncio.gather(*(one.take(4) for one in senders))
    ids = [due.id for due_ones in found for due in due_ones]

    assert len(ids) == len(set(ids)) == 6
    assert {due.text for due_ones in found for due in due_ones} == {"It is refunded."}


async def test_a_callback_stands_in_the_same_transaction_as_what_it_tells(store: SqlStore) -> None:
    taken = await DoorIntake(store).take(came("one"))
    await replied(store, taken)
    reply = HumanReplied(ticket=taken.ticket, actor="human:x", texts={"reply": "Hello"})
    with pytest.raises(StoreError):
        await store.record(reply, HumanReplied(ticket="T-NOWHERE", actor="human:x"))
    events = select(CALLBACK.c.event)

    assert await store.read(lambda db: db.execute(events).scalars().all()) == ["ticket.answered"]


async def test_what_has_no_callback_leaves_none(store: SqlStore) -> None:
    await replied(store, await DoorIntake(store).take(came("one", callback="")))
    await answer(store, await store.receive(delivery("in slack", source="slack")))

    assert await store.read(lambda db: db.execute(select(CALLBACK)).all()) == []


async def test_a_notice_to_a_requester_becomes_a_callback_once(store: SqlStore) -> None:
    taken = await DoorIntake(store).take(came("one"))
    notice = Notice("nudge:1", Audience.REQUESTER, "local", taken.ticket)
    await store.write(lambda db, appender: announce(db, appender, notice, {"notice": "Hello?"}))
    both = await asyncio.gather(*(Callbacks(store).follow_notices() for _ in range(2)))
    (due,) = await Callbacks(store).take()

    assert sum(both) == 1
    assert (due.event, due.text) == ("ticket.notice", "Hello?")


async def test_whoever_was_answered_is_asked_once_when_it_is_resolved(store: SqlStore) -> None:
    receipt = await store.receive(delivery("one", source="slack", workspace="T1"))
    await answer(store, receipt)
    asker = SatisfactionAsker(store, "slack", lambda ticket, text: "[]")
    before = await asker.tick()
    await store.record(TicketResolved(ticket=receipt.ticket, actor="human:x"))
    asked = [await asker.tick() for _ in range(2)]

    assert (before, asked) == (0, [1, 0])


async def test_a_token_is_found_by_itself_only_and_kept_as_a_digest(store: SqlStore) -> None:
    tokens = Tokens(store)
    made = await tokens.create("website", [Scope.READ], expires=None)
    found = await tokens.find(made.token)

    assert made.token.startswith(PREFIX)
    assert found == made.about
    assert await tokens.find(made.token + "x") is None
    assert await tokens.secret(made.about.id) == made.secret
    assert (await tokens.revoke("website")).refusal(datetime.now(UTC)) == "revoked"
    with pytest.raises(StoreError, match="revoked already"):
        await tokens.revoke(made.about.id)
    with pytest.raises(StoreError, match="no token"):
        await tokens.revoke("other")
    shown = str(await store.read(lambda db: db.exec_driver_sql("SELECT * FROM api_token").all()))
    assert made.token not in shown
    assert made.secret not in shown


async def test_scores_are_summed_up_by_specialist_and_version(store: SqlStore) -> None:
    ratings = Ratings(store)
    for number, score in enumerate((5, 4, 1)):
        receipt = await store.receive(delivery(f"d{number}"))
        await answer(store, receipt)
        await ratings.by_requester(receipt.ticket, score)
    unanswered = await store.receive(delivery("nobody"))
    await ratings.by_requester(unanswered.ticket, 2)
    with pytest.raises(StoreError):
        await ratings.by_requester(unanswered.ticket, 6)
    found = await ratings.summary()
    later = await ratings.summary(datetime.now(UTC) + timedelta(hours=1))

    assert [(one.specialist, one.version, one.rated) for one in found] == [
        ("billing", "1", 3),
        (None, None, 1),
    ]
    assert (found[0].mean, found[0].satisfied) == (3.33, 0.6667)
    assert later == []


async def test_an_incident_is_proposed_once_answered_once_in_each_ticket_and_closed(
    store: SqlStore,
) -> None:
    incidents, reading = Incidents(store), IncidentReading(store)
    tickets = [
        (await store.receive(delivery(f"d{number}", author_id=f"U{number}"))).ticket
        for number in range(3)
    ]
    proposal = Proposal(tuple((one, 9_000) for one in tickets), 3, 6_000, 1, "words")
    said = {"notice": "Many ask the same"}
    both = await asyncio.gather(
        *(incidents.propose(proposal, "T1", lambda _: said) for _ in range(2)),
    )
    (incident,) = [one for one in both if one]
    with pytest.raises(NotPossible):
        await incidents.answer("too early", incident, "human:x", "It is repaired.")
    assert await incidents.open("open", incident, "human:x")
    assert not await incidents.open("open", incident, "human:x")
    await incidents.answer("answer", incident, "human:x", "It is repaired.")
    late = (await store.receive(delivery("late", author_id="U9"))).ticket
    await incidents.join(incident, late, 8_000)
    told = [await incidents.tell() for _ in range(3)]
    await incidents.close("close", incident, "human:x")
    view = await reading.view(incident)
    keys = select(NOTICE.c.ticket_id).where(NOTICE.c.audience == "requester")

    assert told == [4, 0, 0]
    assert view is not None
    assert (view.state, view.told, len(view.tickets)) == (IncidentState.CLOSED, 4, 4)
    assert sorted(await store.read(lambda db: db.execute(keys).scalars().all())) == sorted(
        [*tickets, late]
    )
    statuses = select(TICKET.c.status).distinct()
    assert await store.read(lambda db: db.execute(statuses).scalars().all()) == ["resolved"]


async def test_a_day_has_its_figures_on_both_databases(store: SqlStore) -> None:
    await answer(store, await store.receive(delivery("one")))
    figures = await Digests(store).day(datetime.now(UTC).date(), ZoneInfo("UTC"))
    before = await Digests(store).day(date(2020, 1, 1), ZoneInfo("UTC"))

    assert (figures.opened, figures.alone, before.quiet) == (1, 1, True)


async def test_channels_are_compared_forwards_only(store: SqlStore) -> None:
    seen = Seen(store)
    await seen.noticed("T1", "C1", "100.0")
    await seen.noticed("T1", "C1", "50.0")
    await seen.compared("T1", "C1", "200.0")
    await seen.compared("T1", "C1", "150.0")
    await store.receive(delivery("x", source="slack", workspace="T1", channel="C2"))

    assert await seen.channels("T1") == {"C1": "200.0", "C2": ""}


async def test_what_was_found_late_says_so_and_a_repeat_does_not(store: SqlStore) -> None:
    late = LateStore(store)
    first = await late.receive(delivery("one"))
    again = await late.receive(delivery("one"))
    kinds = await store.read(
        lambda db: (
            db.exec_driver_sql("SELECT kind FROM audit_index ORDER BY ticket_seq").scalars().all()
        )
    )

    assert (first.new, again.new) == (True, False)
    assert list(kinds).count("message:late") == 1


def test_places_of_other_doors_are_told_from_slacks() -> None:
    assert is_door(place(API, "K1", "abc"))
    assert not is_door("C0HELP:1700000000.000100")
    assert not is_door("api")


async def test_something_else_with_a_key_forgotten_since_is_not_lost(store: SqlStore) -> None:
    intake = DoorIntake(store)
    with freeze_time("2026-01-01"):
        first = await intake.take(came("one"))
    await intake.forget()
    other = await intake.take(came("one", "Something else."))

    assert other.new
    assert other.ticket != first.ticket


async def test_whose_ticket_it_is_can_be_told_without_the_keys(
    database: Database, tmp_path: Path
) -> None:
    store = database.open()
    taken = await DoorIntake(store).take(came("one"))
    (other,) = [await store.receive(delivery("d1"))]
    await store.close()
    closed = open_store(database.url, tmp_path / "elsewhere")
    reading = DoorReading(closed)

    assert await reading.token(taken.ticket) == "K1"
    assert await reading.token(other.ticket) is None
    with pytest.raises(SettingsError):
        await reading.ticket(taken.ticket)
    await closed.close()


async def test_callbacks_are_taken_some_of_each_receiver_and_none_of_those_at_it(
    store: SqlStore,
) -> None:
    slow, quick, other = (f"https://{name}.example" for name in ("slow", "quick", "quick.other"))
    for number in range(EACH + 1):
        taken = await DoorIntake(store).take(came(f"s{number}", callback=f"{slow}/{number}?a=b"))
        await replied(store, taken)
    for number, url in enumerate((quick, f"{other}/hook")):
        await replied(store, await DoorIntake(store).take(came(f"q{number}", callback=url)))
    callbacks = Callbacks(store)

    (first, *_) = await callbacks.take(receivers=1)
    assert first.receiver == slow
    later = await callbacks.take(but={slow})
    assert [one.receiver for one in later] == [quick, other]
    assert len(await callbacks.take()) == 1
    assert await callbacks.take() == []
