"""The story of the desk, told on real parts: real specialists, model, database and record."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import App, open_app
from bot.messengers import RecordOnly
from bot.settings import Settings
from frontdesk import EscalationReason
from router.records import DecidedBy, Outcome, OutcomeKind
from storage.ledger.verify import verify
from storage.queries import Queries
from tests.people import Person


@pytest.fixture
async def desk(tmp_path: Path, settings: Callable[..., Settings]) -> AsyncIterator[App]:
    async with open_app(settings(tmp_path), RecordOnly()) as app:
        yield app


async def kinds(app: App, outcome: Outcome) -> list[str]:
    entries = await Queries(app.store).entries(ticket=outcome.ticket, oldest_first=True)
    return [entry.kind for entry in entries]


async def test_a_question_is_routed_answered_checked_and_recorded_before_it_is_visible(
    desk: App,
) -> None:
    ana = Person("ana", desk)

    reply = await ana.says("I was charged twice this month, how do I get the second charge back?")

    assert reply.kind is OutcomeKind.REPLIED
    (part,) = reply.parts
    assert part.specialist == "billing"
    assert part.sources
    assert all(source.quote in part.text for source in part.sources)
    assert {a.specialist for a in part.decision.alternatives} == {"billing", "product", "technical"}
    assert await kinds(desk, reply) == [
        "ticket:opened",
        "message:received",
        "message:gated",
        "route:decided",
        "answer:drafted",
        "reply:approved",
        "post:intended",
        "post:done",
        "turn:ended",
    ]


async def test_a_thread_stays_with_its_specialist_until_the_topic_changes(desk: App) -> None:
    ana = Person("ana", desk)
    await ana.says("How do I get a refund for the annual plan?")

    follow_up = await ana.says("and how long does that take?")
    new_topic = await ana.says(
        "Our webhooks stopped arriving, the endpoint gets no requests at all"
    )

    assert follow_up.parts[0].decision.decided_by is DecidedBy.STICKY
    assert follow_up.parts[0].decision.specialist == "billing"
    assert new_topic.parts[0].decision.specialist == "technical"
    assert follow_up.ticket == new_topic.ticket


async def test_a_question_that_is_nobodys_is_not_answered_because_the_thread_is_somebodys(
    desk: App,
) -> None:
    ana = Person("ana", desk)
    await ana.says("How do I reset my password?")

    aside = await ana.says("What is a good recipe for sourdough bread?")

    assert aside.kind is OutcomeKind.ESCALATED
    assert aside.parts[0].sources == ()


async def test_what_is_nobodys_field_goes_to_a_human(desk: App) -> None:
    reply = await Person("ben", desk).says("What is a good recipe for lentil soup?")

    assert reply.kind is OutcomeKind.ESCALATED
    assert reply.parts[0].escalation in {EscalationReason.OUT_OF_SCOPE, EscalationReason.UNSURE}
    assert reply.parts[0].sources == ()


async def test_who_asks_for_a_person_gets_one(desk: App) -> None:
    reply = await Person("ben", desk).says("Can I talk to a real person please?")

    assert reply.kind is OutcomeKind.ESCALATED
    assert reply.parts[0].escalation is EscalationReason.ASKED_FOR_HUMAN
    assert "ticket:escalated" in await kinds(desk, reply)


async def test_two_matters_are_each_answered_under_their_specialists_names(desk: App) -> None:
    reply = await Person("ana", desk).says(
        "I need the VAT number added to our invoices. Also the desktop app crashes at start-up."
    )

    assert [part.decision.specialist for part in reply.parts] == ["billing", "technical"]
    assert "Billing" in reply.text
    assert "Technical" in reply.text


async def test_thanks_is_no_new_question(desk: App) -> None:
    ana = Person("ana", desk)
    await ana.says("How do I change the card that we pay with?")

    thanks = await ana.says("thanks a lot!")

    assert thanks.kind is OutcomeKind.QUIET


async def test_the_same_delivery_twice_is_one_turn(desk: App) -> None:
    ana = Person("ana", desk)
    first = await ana.says("Where do I find my invoices?", delivery="d1")

    second = await ana.says("Where do I find my invoices?", delivery="d1")

    assert replace(second, entries=()) == first
    assert (await kinds(desk, first)).count("post:intended") == 1


async def test_the_record_of_it_all_verifies(desk: App, tmp_path: Path) -> None:
    await Person("ana", desk).says("How many guests may we invite on the Team plan?")
    await desk.store.sequence()

    report = verify(desk.settings.database_url, desk.settings.keys)

    assert report.ok, report.findings
