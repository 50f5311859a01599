"""Whatever a specialist does when it is asked, the runner gives an answer and goes on."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from frontdesk import (
    Answer,
    Citation,
    Context,
    Escalation,
    EscalationReason,
    Handoff,
    ModelUnavailable,
    Question,
    Reply,
    Specialist,
    Ticket,
)
from router.answer.breaker import BreakerLimits, Turned
from router.answer.brief import Brief
from router.answer.run import Installed, RunLimits, SpecialistRunner
from router.records import Matter, PluginRef
from tests.router.fakes import conversation, decision

LIMITS = RunLimits(seconds=0.1, in_flight=2, block_seconds=0.05, breaker=BreakerLimits(2, 60, 2))
GOOD = Question("Which invoice do you mean?")
CITED = Citation("p", "t", "s", "q")
Act = Callable[[], Awaitable[Any]]


class Acts(Specialist):
    """Does what the test says."""

    def __init__(self, name: str, act: Act) -> None:
        super().__init__(name=name)
        self.act = act

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        said: Answer = await self.act()
        return said


class NeverAsked:
    async def answer(self, specialist: Specialist, ticket: Ticket, context: Context) -> Answer:
        raise AssertionError("these specialists answer by themselves")


class Bench:
    """A runner with a good specialist and one that acts as told, and a clock."""

    def __init__(self, act: Act) -> None:
        self.now = 0.0
        specialists = (Acts("good", well), Acts("odd", act))
        installed = {
            one.name: Installed(one, PluginRef(one.name, "test", "1", "0" * 64))
            for one in specialists
        }
        self.runner = SpecialistRunner(
            installed, NeverAsked(), limits=LIMITS, clock=lambda: self.now
        )

    async def ask(self, name: str = "odd") -> Any:
        return await self.runner.answer(brief(name))


def brief(name: str) -> Brief:
    return Brief(conversation(), 0, Matter("help", decision(name)))


async def well() -> Answer:
    return GOOD


def gives(answer: object) -> Act:
    async def act() -> object:
        return answer

    return act


def raises(error: BaseException) -> Act:
    async def act() -> object:
        raise error

    return act


@pytest.mark.parametrize(
    "error",
    [LookupError(), SystemExit(), asyncio.CancelledError(), MemoryError(), BaseException()],
    ids=lambda error: type(error).__name__,
)
async def test_whatever_it_raises_is_a_fault(error: BaseException) -> None:
    answered = await Bench(raises(error)).ask()
    assert answered.fault == f"raised {type(error).__name__}"
    assert answered.answer.reason is EscalationReason.SPECIALIST_FAILED


@pytest.mark.parametrize(
    "junk",
    [
        None,
        {"text": "hello"},
        Reply(text=5),  # type: ignore[arg-type]
        Reply("x", citations="p"),  # type: ignore[arg-type]
        Reply("x", citations=("p",)),  # type: ignore[arg-type]
        Reply("x", citations=(CITED,) * 101),
        Reply("x", citations=(Citation("p", "t", "s", b"q"),)),  # type: ignore[arg-type]
        Reply("half a \ud83d"),
        Question("a\0b"),
        Question("why " * 26_000),
        Handoff("No Name", "why"),
        Handoff("good", "why", summary="x" * 100_001),
        Escalation("bored"),  # type: ignore[arg-type]
        Escalation(EscalationReason.UNSURE, note=None),  # type: ignore[arg-type]
    ],
    ids=range(14),
)
async def test_junk_is_a_fault(junk: object) -> None:
    answered = await Bench(gives(junk)).ask()
    assert answered.fault
    assert answered.answer.reason is EscalationReason.SPECIALIST_FAILED


@pytest.mark.parametrize(
    "answer",
    [GOOD, Reply("x", (CITED,)), Handoff("good", "why"), Escalation(EscalationReason.UNSURE)],
)
async def test_an_answer_comes_through_as_it_is(answer: Answer) -> None:
    answered = await Bench(gives(answer)).ask()
    assert (answered.answer, answered.fault) == (answer, "")


async def test_one_that_hangs_is_given_up_at_its_time_limit() -> None:
    answered = await Bench(asyncio.Event().wait).ask()
    assert answered.fault == "no answer within 0.1 seconds"


async def test_one_that_will_not_be_cancelled_is_left_behind() -> None:
    released = asyncio.Event()

    async def clings() -> Answer:
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(10)
            await asyncio.sleep(0.01)
        return GOOD

    bench = Bench(clings)
    started = time.monotonic()
    answered = await bench.ask()
    assert answered.fault == "no answer within 0.1 seconds"
    assert time.monotonic() - started < 2
    assert (await bench.ask("good")).answer == GOOD
    released.set()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
        await asyncio.wait({task}, timeout=1)


async def test_a_turn_that_is_stopped_stops_the_answer() -> None:
    ended: list[str] = []

    async def waits() -> Answer:
        try:
            await asyncio.sleep(10)
        finally:
            ended.append("stopped")
        return GOOD

    task = asyncio.create_task(Bench(waits).ask())
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["stopped"]


async def test_one_that_blocks_the_loop_is_on_record_with_how_long() -> None:
    async def blocks() -> Answer:
        time.sleep(0.08)  # noqa: ASYNC251 - that is the fault
        return GOOD

    answered = await Bench(blocks).ask()
    assert answered.answer == GOOD
    facts = answered.on_record(brief("odd"))
    assert [fact.kind for fact in facts] == ["answer:drafted", "plugin:blocked"]
    assert facts[1].duration_us >= 80_000  # type: ignore[attr-defined]


async def test_repeated_faults_rest_try_and_quarantine_and_nobody_else_notices() -> None:
    bench = Bench(raises(LookupError()))
    turned = [(await bench.ask()).turned for _ in range(2)]
    assert turned == [Turned.NOT, Turned.RESTED]

    refused = await bench.ask()
    assert refused.fault.startswith("not asked: it rests for 60 more seconds")
    assert refused.answer.reason is EscalationReason.SPECIALIST_FAILED
    assert (await bench.ask("good")).answer == GOOD

    bench.now += 60
    trial = await bench.ask()
    assert trial.turned is Turned.QUARANTINED
    kinds = [fact.kind for fact in trial.on_record(brief("odd"))]
    assert kinds == ["answer:failed", "plugin:quarantined"]
    assert bench.runner.quarantined == {"odd"}
    assert "quarantine" in (await bench.ask()).fault
    assert (await bench.ask("good")).answer == GOOD


async def test_a_model_that_is_away_is_not_the_specialists_fault() -> None:
    bench = Bench(raises(ModelUnavailable("the model is away")))
    for _ in range(5):
        answered = await bench.ask()
        assert answered.answer.reason is EscalationReason.MODEL_UNAVAILABLE
        assert not answered.turned


async def test_no_more_answers_of_one_are_in_flight_than_its_share() -> None:
    running = most = 0

    async def counts() -> Answer:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return GOOD

    bench = Bench(counts)
    await asyncio.gather(*(bench.ask() for _ in range(8)))
    assert most == 2


async def test_one_that_waits_forever_holds_up_nobody_else() -> None:
    bench = Bench(asyncio.Event().wait)
    hanging = [asyncio.create_task(bench.ask()) for _ in range(2)]
    await asyncio.sleep(0.01)
    started = time.monotonic()
    assert (await bench.ask("good")).answer == GOOD
    assert time.monotonic() - started < 0.05
    await asyncio.gather(*hanging)


async def test_recursion_is_a_fault_and_no_more() -> None:
    async def deeper() -> Answer:
        return await deeper()

    limit = sys.getrecursionlimit()
    answered = await Bench(deeper).ask()
    assert answered.fault == "raised RecursionError"
    assert sys.getrecursionlimit() == limit
