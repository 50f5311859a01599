from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from frontdesk import BudgetExceeded
from router.answer import budget
from router.answer.budget import BudgetedModel, BudgetLimits, Spent
from router.model import (
    Fault,
    ModelFailed,
    ModelReply,
    ModelRequest,
    ModelTurn,
    Parsed,
    Schema,
    Stop,
    Usage,
)
from tests.bot.llm.helpers import request

COST = Usage(input_tokens=80, output_tokens=20, cost_microusd=300)


class Costly:
    """A model of which every call costs the same; it fails where told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.calls = 0
        self.fails = fails

    async def converse(self, request: ModelRequest) -> ModelReply:
        self.calls += 1
        await asyncio.sleep(0)
        if self.fails:
            raise ModelFailed(Fault.REFUSED, "no", COST)
        return ModelReply((), (), Stop.DONE, ModelTurn("m", ()), "m", COST)

    async def parse(self, request: ModelRequest, schema: type[Schema]) -> Parsed[Schema]:
        raise NotImplementedError


class Ticking:
    """A clock that moves by three seconds whenever it is looked at."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 3.0
        return self.now


@pytest.mark.parametrize(
    ("limits", "name", "calls"),
    [
        (BudgetLimits(calls=3), "calls", 3),
        (BudgetLimits(tokens=150), "tokens", 2),
        (BudgetLimits(microusd=900), "money", 3),
        (BudgetLimits(seconds=4.0), "seconds", 2),
    ],
)
async def test_each_limit_is_hard(limits: BudgetLimits, name: str, calls: int) -> None:
    model = Costly()
    budgeted = BudgetedModel(model, limits, clock=Ticking())
    with pytest.raises(BudgetExceeded, match=name):
        for _ in range(10):
            await budgeted.converse(request())
    assert model.calls == calls


async def test_calls_at_the_same_time_do_not_slip_through() -> None:
    model = Costly()
    budgeted = BudgetedModel(model, BudgetLimits(calls=4))
    ended = await asyncio.gather(
        *(budgeted.converse(request()) for _ in range(20)), return_exceptions=True
    )
    assert model.calls == 4
    assert sum(isinstance(end, BudgetExceeded) for end in ended) == 16


async def test_failed_calls_count() -> None:
    budgeted = BudgetedModel(Costly(fails=True), BudgetLimits(microusd=600))
    for _ in range(2):
        with pytest.raises(ModelFailed):
            await budgeted.converse(request())
    with pytest.raises(BudgetExceeded):
        await budgeted.converse(request())


async def test_every_ticket_has_its_own() -> None:
    budgeted = BudgetedModel(Costly(), BudgetLimits(calls=1))
    await budgeted.converse(request(ticket="T1"))
    await budgeted.converse(request(ticket="T2"))
    with pytest.raises(BudgetExceeded):
        await budgeted.converse(request(ticket="T1"))


async def test_what_was_spent_before_is_asked_of_the_record_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "MOST_TICKETS", 1)
    asked = []

    async def recorded(ticket: str) -> Spent:
        asked.append(ticket)
        return Spent(calls=1)

    budgeted = BudgetedModel(Costly(), BudgetLimits(calls=3), recorded)
    await budgeted.converse(request())
    await budgeted.converse(request())
    with pytest.raises(BudgetExceeded):
        await budgeted.converse(request())
    await budgeted.converse(request(ticket="T2"))
    await budgeted.converse(request())
    assert asked == ["T1", "T2", "T1"]


async def test_turns_that_other_processes_ran_count_too() -> None:
    record = Spent()

    async def recorded(_ticket: str) -> Spent:
        return replace(record)

    first, second = (
        BudgetedModel(Costly(), BudgetLimits(calls=3), recorded) for _ in ("one", "another")
    )
    for number, process in enumerate((first, second, first)):
        await process.converse(replace(request(), message=f"M{number}"))
        record.calls += 1
    with pytest.raises(BudgetExceeded, match="calls"):
        await first.converse(replace(request(), message="M3"))


async def test_a_specialist_has_a_purse_of_its_own_within_the_ticket() -> None:
    budgeted = BudgetedModel(Costly(), purse={"plugin:acme": 600}.get)
    acme, other = replace(request(), actor="plugin:acme"), replace(request(), actor="plugin:other")
    await budgeted.converse(acme)
    await budgeted.converse(acme)
    with pytest.raises(BudgetExceeded, match="acme may spend"):
        await budgeted.converse(acme)
    await budgeted.converse(other)


async def test_what_a_specialist_spent_before_this_process_counts() -> None:
    async def recorded(_ticket: str) -> Spent:
        return Spent(calls=2, microusd=600, by_actor={"plugin:acme": 600})

    budgeted = BudgetedModel(Costly(), spending=recorded, purse={"plugin:acme": 600}.get)
    with pytest.raises(BudgetExceeded):
        await budgeted.converse(replace(request(), actor="plugin:acme"))
