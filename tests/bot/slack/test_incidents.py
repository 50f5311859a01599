"""Many of the same: proposed to staff, linked, answered once each, one clock, closed together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from bot.sandbox import Sandbox
from bot.slack import incident_look
from bot.slack.incident_watch import MINUTE_US, IncidentWatch
from bot.slack.noticeboard import noticeboard
from bot.slack.staffroom import _home
from router.incidents import CrowdRule
from router.ports import Vectors
from router.records import CheckResult, Objection
from storage.doors.incidents import Incidents
from storage.doors.intake import Came, DoorIntake
from storage.doors.places import API
from storage.doors.tables import CALLBACK, INCIDENT, INCIDENT_TICKET
from storage.human_state import NotPossible
from storage.store import SqlStore
from storage.tables import TICKET
from storage.ticket_tables import CLOCK, LINK
from tests.bot.slack.rooms import Room, room
from tests.bot.slack.test_commands import in_dm

DOWN = "The sign-in page shows an error, I need a human"


class Words:
    """An encoder for which the first word is the meaning."""

    name, digest = "words", "00"

    def encode(self, texts: Sequence[str]) -> Vectors:
        made = np.zeros((len(texts), 64), np.float32)
        for row, text in zip(made, texts, strict=True):
            row[sum(text.split()[:2][-1].encode()) % 64] = 1.0
        return made


@pytest.fixture
async def desk(slack: Sandbox, tmp_path: Path) -> AsyncIterator[Room]:
    async with room(slack, tmp_path) as served, noticeboard(served.served.desk):
        yield served


def watch(desk: Room, people: int = 4) -> IncidentWatch:
    home = partial(_home, desk.served.desk)
    return IncidentWatch(desk.app.store, Words(), CrowdRule(0.9, people), 30 * MINUTE_US, home)


async def opened(store: SqlStore, number: int, text: str = DOWN, callback: str = "") -> str:
    """A ticket of the API by a person of its own."""
    came = Came(
        source=API,
        owner="K1",
        text=f"{text} ({number})",
        requester=f"customer {number}",
        reference="",
        key=f"key {text} {number}",
        body="",
        token="K1",
        callback=callback,
    )
    return (await DoorIntake(store).take(came)).ticket


async def proposed(desk: Room, watching: IncidentWatch) -> tuple[str, list[str]]:
    """An incident of four tickets that staff is asked about; its message and tickets."""
    tickets = [await opened(desk.app.store, number) for number in range(4)]
    await opened(desk.app.store, 9, "My invoice is wrong")
    await watching.tick()
    cards = await desk.slack.wait_for(
        lambda: [one for one in desk.slack.answers("triage") if "Many ask" in one.text], 10.0
    )
    return cards[0].ts, tickets


async def shows(desk: Room, ts: str, text: str) -> None:
    await desk.slack.wait_for(
        lambda: [
            one for one in desk.slack.answers("triage") if one.ts == ts and text in str(one.blocks)
        ],
        10.0,
    )


async def test_many_of_the_same_are_proposed_once_and_a_single_person_is_no_crowd(
    desk: Room,
) -> None:
    watching = watch(desk)
    for number in range(6):
        await desk.slack.post("ana", "help", f"@frontdesk {DOWN} {number}")
    await desk.settled()
    await watching.tick()
    assert await desk.entries("incident:proposed") == []

    _, tickets = await proposed(desk, watching)
    await watching.tick()
    joined = await desk.entries("incident:joined")

    assert len(await desk.entries("incident:proposed")) == 1
    assert set(tickets) <= {entry.ticket_id for entry in joined}


async def test_staff_opens_answers_all_once_and_closes_them_together(desk: Room) -> None:
    watching, store = watch(desk), desk.app.store
    ts, tickets = await proposed(desk, watching)
    await desk.slack.press("sam", "triage", ts, incident_look.OPEN)
    await shows(desk, ts, "Opened or answered last by")
    await desk.slack.press("kim", "triage", ts, incident_look.ANSWER)
    assert await desk.slack.submit("kim", {"words": "It is repaired: please try again."}) == {}
    await shows(desk, ts, "All were told")
    late = await opened(store, 7)
    for _ in range(3):
        await watching.tick()
    (joined,) = [one for one in await desk.entries("incident:joined") if one.ticket_id == late]

    notices = await desk.entries("notice:intended")
    told = [one.ticket_id for one in notices if one.ticket_id in {*tickets, late}]
    center = (await desk.entries("incident:opened"))[0].ticket_id
    assert joined
    assert sorted(told) == sorted([*tickets, late, center])  # the first one's is the proposal
    links = await store.read(lambda db: db.execute(select(LINK)).all())
    assert {(one.ticket_id, one.other_id) for one in links} == {
        (ticket, center) for ticket in {*tickets, late} - {center}
    }
    running = await store.read(
        lambda db: {
            row.ticket_id
            for row in db.execute(select(CLOCK))
            if "null" in row.spans and row.ticket_id in {*tickets, late}
        }
    )
    assert running == {center}

    await desk.slack.press("sam", "triage", ts, incident_look.CLOSE)
    await shows(desk, ts, "all its tickets are resolved")
    query = select(TICKET.c.status).where(TICKET.c.id.in_([*tickets, late]))
    statuses = await store.read(lambda db: db.execute(query).scalars().all())
    assert set(statuses) == {"resolved"}


async def test_what_staff_declines_is_not_proposed_again(desk: Room) -> None:
    watching = watch(desk)
    ts, _ = await proposed(desk, watching)
    await desk.slack.press("ana", "triage", ts, incident_look.OPEN)
    await desk.slack.press("sam", "triage", ts, incident_look.DECLINE)
    await shows(desk, ts, "different matters")
    incident = await desk.app.store.read(lambda db: db.execute(select(INCIDENT.c.id)).scalar())
    with pytest.raises(NotPossible, match="declined"):
        await Incidents(desk.app.store).open("too late", str(incident), "human:kim")
    for number in range(20, 26):
        await opened(desk.app.store, number)
    await watching.tick()

    assert len(await desk.entries("incident:proposed")) == 1
    assert await desk.entries("incident:opened") == []


class Ponders:
    """A second model that takes longer than Slack waits, and then says no."""

    id, version = "ponders", 1

    async def check(self, draft: object) -> CheckResult:
        await asyncio.sleep(3)
        return CheckResult(self.id, 1, False, (Objection("tone", "Sentence 1 is curt."),))


async def test_checks_that_take_long_are_waited_for_after_the_form_is_closed(desk: Room) -> None:
    watching = watch(desk)
    ts, _ = await proposed(desk, watching)
    await desk.slack.press("sam", "triage", ts, incident_look.OPEN)
    await shows(desk, ts, "Opened or answered last by")
    desk.app.desk.validator.agent = Ponders()
    await desk.slack.press("sam", "triage", ts, incident_look.ANSWER)

    assert await desk.slack.submit("sam", {"words": "Done."}) == {}
    await in_dm(desk, "sam", "Sentence 1 is curt.")
    assert await desk.entries("incident:answered") == []


class Objects:
    """A check that lets nothing out."""

    id, version = "objects", 1

    def check(self, draft: object) -> CheckResult:
        return CheckResult(self.id, 1, False, (Objection("promise", "Sentence 1 promises."),))


async def test_an_answer_to_all_goes_through_the_checks(desk: Room) -> None:
    watching = watch(desk)
    ts, _ = await proposed(desk, watching)
    await desk.slack.press("sam", "triage", ts, incident_look.OPEN)
    await shows(desk, ts, "Opened or answered last by")
    desk.app.desk.validator._working.append(Objects())
    desk.app.desk.validator.checks = (*desk.app.desk.validator.checks, Objects())
    await desk.slack.press("sam", "triage", ts, incident_look.ANSWER)
    answer = await desk.slack.submit("sam", {"words": "You all get a refund."})
    await watching.tick()
    told = await desk.app.store.read(
        lambda db: db.execute(select(INCIDENT_TICKET.c.told)).scalars().all()
    )

    assert "Sentence 1 promises." in str(answer)
    assert set(told) == {None}
    rejected = await desk.entries("notice:rejected")
    assert len([one for one in rejected if one.message_id is None]) == 1
    assert await desk.app.store.read(lambda db: db.execute(select(CALLBACK)).all()) == []
