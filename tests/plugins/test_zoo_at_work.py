"""Plugins that misbehave when they are asked.

For each: what the requester sees, what is on record, and that everybody else is served meanwhile.
The specialists come in through the real loader.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.plugins.admission import as_written
from bot.plugins.loader import load_plugins
from bot.plugins.sources import named_plugin
from frontdesk import (
    Answer,
    Citation,
    Context,
    EscalationReason,
    HttpReply,
    Passage,
    Reply,
    Specialist,
    Ticket,
)
from frontdesk.testing import check_specialist
from router import wording
from router.answer.breaker import BreakerLimits
from router.answer.permit import Manifest, Permit
from router.answer.run import Installed, RunLimits, SpecialistRunner
from router.flow import Desk
from router.outbox import Outbox
from router.plugin_facts import PluginBlocked
from router.records import Outcome, OutcomeKind, PluginRef
from router.validate import ValidationSettings, Validator, default_checks
from tests.router.fakes import Board, MemoryStore, Sends, conversation

ZOO = Path(__file__).parents[1] / "zoo_at_work"
LIMITS = RunLimits(seconds=0.2, block_seconds=0.1, breaker=BreakerLimits(faults=3, seconds=60))
PASSAGE = Passage(
    "billing/invoices#0",
    "Find your invoices",
    "https://help.quillon.example/billing/invoices",
    "You find all invoices under Settings, Billing, Invoices.",
)
FAULTS = {
    "raises": "raised LookupError",
    "exits": "raised SystemExit",
    "cancels": "raised CancelledError",
    "junk": "returned dict, which is no answer",
    "half-junk": "returned citations that are none, or more than 100",
    "hangs": "no answer within 0.2 seconds",
    "clings": "no answer within 0.2 seconds",
    "floods": "returned no text, or more than 100000 characters",
    "cites": "returned citations that are none, or more than 100",
    "runs-out": "raised MemoryError",
}
LIARS = ("invents", "misquotes", "links")
REFUSED = {"tick": "loop", "itself": "loop", "nobody": "unknown_specialist"}
REACHING = {
    "other-host": "may not reach https://evil.example.net:443",
    "other-secret": "may not use the secret 'acme-orders-token'",
    "other-source": "may not cite https://evil.example.net/prices",
}
SECRET = "my salary is 4,812 and my boss is Quentin"


class Good(Specialist):
    """Serves the others."""

    name = "good"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        (passage, *_) = await context.search(ticket.text)
        return Reply(passage.text, (Citation.of(passage),))


class OnePassage:
    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        return [PASSAGE]


class NeverAsked:
    async def answer(self, specialist: Specialist, ticket: Ticket, context: Context) -> Answer:
        raise AssertionError("the zoo answers by itself")


def permit_of(specialist: Specialist) -> Permit:
    """All that it asks for, and that it may hand over: the zoo is to go as far as it can."""
    return replace(Permit.granted(Manifest.of(specialist)), handoff=True)


class Outside:
    """A world outside that would say yes to everything."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def request(self, method: str, url: str, **more: object) -> HttpReply:
        self.urls.append(url)
        return HttpReply(200, "thank you")

    def secret(self, name: str) -> str:
        return "open sesame"


@pytest.fixture(scope="module")
def zoo() -> Iterator[Mapping[str, Specialist]]:
    before = list(sys.path)
    registry = load_plugins(candidates=named_plugin(str(ZOO)))
    sys.path[:] = before
    assert not registry.quarantined
    yield {name: one.specialist for name, one in registry.specialists.items()}


class Runner:
    """All of the zoo and a good specialist in one runner; each turn has a desk of its own."""

    def __init__(self, zoo: Mapping[str, Specialist], limits: RunLimits = LIMITS) -> None:
        self.now = 0.0
        specialists = [*zoo.values(), Good()]
        installed = {
            one.name: Installed(
                one, PluginRef(one.name, "zoo", "1", "0" * 64), OnePassage(), permit_of(one)
            )
            for one in specialists
        }
        self.outside = Outside()
        self.runner = SpecialistRunner(
            installed,
            NeverAsked(),
            outside=self.outside,
            limits=limits,
            clock=lambda: self.now,
        )

    async def turn(self, name: str, text: str = "Where are my invoices?") -> Turn:
        store, board = MemoryStore(conversation(text)), Board()
        desk = Desk(
            store=store,
            router=Sends((name,)),
            specialists=self.runner,
            validator=Validator(default_checks(ValidationSettings(), None)),
            messenger=board,
            outbox=Outbox(store, board),
        )
        return Turn(await desk.turn("m1"), store, board)


class Turn:
    """How one turn ended, what is on record of it, what was posted."""

    def __init__(self, outcome: Outcome, store: MemoryStore, board: Board) -> None:
        self.outcome, self.store, self.board = outcome, store, board

    @property
    def faults(self) -> list[str]:
        return [getattr(fact, "fault", "") for fact in self.store.facts if hasattr(fact, "fault")]


@pytest.fixture
def runner(zoo: Mapping[str, Specialist]) -> Runner:
    return Runner(zoo)


async def is_served(runner: Runner) -> bool:
    return (await runner.turn("good")).board.said == [PASSAGE.text]


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_ends_with_a_human_and_in_plain_words(runner: Runner, name: str) -> None:
    turn = await runner.turn(name)
    assert turn.outcome.kind is OutcomeKind.ESCALATED
    assert turn.outcome.parts[0].escalation is EscalationReason.SPECIALIST_FAILED
    assert turn.board.said == [wording.escalation_notice(EscalationReason.SPECIALIST_FAILED)]
    assert turn.faults == [FAULTS[name]]
    kinds = turn.store.kinds()
    assert (
        kinds.index("answer:failed") < kinds.index("ticket:escalated") < kinds.index("turn:ended")
    )
    assert await is_served(runner)


async def test_what_a_requester_wrote_is_in_no_fault(runner: Runner) -> None:
    turn = await runner.turn("raises", SECRET)
    assert SECRET not in repr([fact for fact in turn.store.facts if fact.kind == "answer:failed"])
    assert SECRET not in "".join(turn.board.said)


@pytest.mark.parametrize("name", LIARS)
async def test_a_lie_about_sources_is_never_posted(runner: Runner, name: str) -> None:
    turn = await runner.turn(name)
    assert turn.outcome.kind is OutcomeKind.ESCALATED
    said = "".join(turn.board.said)
    assert "500 dollars" not in said
    assert "evil.example.net" not in said
    assert "reply:rejected" in turn.store.kinds()
    assert "reply:approved" not in turn.store.kinds()


@pytest.mark.parametrize("name", REFUSED)
async def test_handing_round_ends_with_a_human(runner: Runner, name: str) -> None:
    turn = await runner.turn(name)
    assert turn.outcome.kind is OutcomeKind.ESCALATED
    refusals = [fact.refused for fact in turn.store.facts if fact.kind == "handoff:made"]  # type: ignore[attr-defined]
    assert refusals[-1] == REFUSED[name]
    assert len(refusals) <= 4
    assert len(turn.board.said) == 1


@pytest.mark.parametrize("name", REACHING)
async def test_reaching_for_what_is_not_its_own_ends_with_a_human(
    runner: Runner, name: str
) -> None:
    turn = await runner.turn(name, SECRET)
    assert turn.outcome.parts[0].escalation is EscalationReason.PERMISSION
    assert turn.board.said == [wording.escalation_notice(EscalationReason.PERMISSION)]
    (escalated,) = [fact for fact in turn.store.facts if fact.kind == "ticket:escalated"]
    assert REACHING[name] in escalated.texts["note"]
    assert runner.outside.urls == []


async def test_gossip_reaches_nobody_and_the_kit_finds_it(
    runner: Runner, zoo: Mapping[str, Specialist]
) -> None:
    await runner.turn("leaks", SECRET)
    turn = await runner.turn("leaks", "Where are my invoices?")
    assert turn.outcome.kind is OutcomeKind.ESCALATED
    assert "Quentin" not in "".join(turn.board.said)
    found = {finding.code for finding in check_specialist(as_written(zoo["leaks"]))}
    assert {"keeps_state", "leaks"} <= found


async def test_one_that_blocks_is_on_record_and_in_the_end_not_asked(runner: Runner) -> None:
    turns = [await runner.turn("blocks") for _ in range(4)]
    (blocked,) = [fact for fact in turns[0].store.facts if isinstance(fact, PluginBlocked)]
    assert blocked.plugin.specialist == "blocks"
    assert blocked.duration_us >= 300_000
    assert "plugin:rested" in turns[2].store.kinds()
    assert turns[3].faults[0].startswith("not asked: it rests")
    assert await is_served(runner)


async def test_repeated_faults_rest_and_quarantine_on_record(runner: Runner) -> None:
    kinds: list[str] = []
    for _ in range(3):
        kinds += (await runner.turn("raises")).store.kinds()
    assert kinds.count("plugin:rested") == 1
    for _ in range(2):
        runner.now += 60
        kinds += (await runner.turn("raises")).store.kinds()
    assert kinds.count("plugin:quarantined") == 1
    assert runner.runner.quarantined == {"raises"}

    runner.now += 1_000_000
    turn = await runner.turn("raises")
    assert turn.faults == ["not asked: it is in quarantine after repeated faults"]
    assert turn.outcome.parts[0].escalation is EscalationReason.SPECIALIST_FAILED
    assert await is_served(runner)


async def test_everybody_else_is_served_at_full_speed_beside_the_zoo(
    zoo: Mapping[str, Specialist],
) -> None:
    runner = Runner(zoo, replace(LIMITS, seconds=30))
    await is_served(runner)
    started = time.monotonic()
    await asyncio.gather(*(is_served(runner) for _ in range(20)))
    alone = time.monotonic() - started

    faulty = ("raises", "exits", "cancels", "junk", "half-junk", "runs-out")
    bad = [asyncio.ensure_future(runner.turn(name)) for name in faulty * 3]
    hanging = [asyncio.ensure_future(runner.turn("hangs")) for _ in range(20)]
    await asyncio.sleep(0.05)
    started = time.monotonic()
    assert all(await asyncio.gather(*(is_served(runner) for _ in range(20))))
    beside = time.monotonic() - started
    assert not any(one.done() for one in hanging)
    assert beside < 3 * alone + 1  # a busy machine alone takes tenths of a second
    await asyncio.gather(*bad)
    for one in hanging:
        one.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_leaving_and_clinging_ones_leave_nothing_behind(runner: Runner) -> None:
    before = len(asyncio.all_tasks())
    for name in ("exits", "cancels", "hangs"):
        await runner.turn(name)
    assert len(asyncio.all_tasks()) == before
