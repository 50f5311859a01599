"""Hard limits on what models may use up for one ticket: calls, tokens, money, seconds.

They hold over all turns of a ticket, whichever processes run them. What a ticket has spent is asked
of the record when a turn begins; what the turn spends itself is counted here.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from frontdesk import BudgetExceeded
from router.human_facts import actor_name
from router.model import (
    Model,
    ModelFailed,
    ModelReply,
    ModelRequest,
    Parsed,
    Schema,
    Usage,
)

Answered = TypeVar("Answered", ModelReply, Parsed)  # type: ignore[type-arg]
MOST_TICKETS = 10_000
"""How many tickets are kept in mind; one that comes back after that is asked of the record."""

_NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """What one ticket may use up. `seconds` are those spent waiting for models."""

    calls: int = 40
    tokens: int = 200_000
    microusd: int = 1_000_000
    seconds: float = 600.0


@dataclass(slots=True)
class Spent:
    """What a ticket used up so far; `by_actor` is the money alone."""

    calls: int = 0
    tokens: int = 0
    microusd: int = 0
    seconds: float = 0.0
    by_actor: dict[str, int] = field(default_factory=dict)

    def over(self, limits: BudgetLimits) -> str:
        """Which limit is reached, empty if none is."""
        reached = {
            "calls": self.calls >= limits.calls,
            "tokens": self.tokens >= limits.tokens,
            "money": self.microusd >= limits.microusd,
            "seconds": self.seconds >= limits.seconds,
        }
        return next((name for name, is_reached in reached.items() if is_reached), "")

    def add(self, actor: str, usage: Usage, seconds: float) -> None:
        """Count a call that ended; that it was made is counted when it begins."""
        self.by_actor[actor] = self.by_actor.get(actor, 0) + usage.cost_microusd
        self.tokens += usage.tokens
        self.microusd += usage.cost_microusd
        self.seconds += seconds


Spending = Callable[[str], Awaitable[Spent]]
"""What a ticket spent according to the record."""


Purse = Callable[[str], int | None]
"""What an actor may spend on one ticket, in micro-dollars; None: the ticket's limits alone."""


def no_purse(_actor: str) -> None:
    """Where nobody has a limit of their own."""


async def nothing(_ticket: str) -> Spent:
    """Where nothing was recorded before this process began."""
    return Spent()


class BudgetedModel:
    """A model with a budget for each ticket. Implements `router.model.Model`.

    Raises:
        BudgetExceeded: from both methods, before anything is asked.
    """

    def __init__(
        self,
        model: Model,
        limits: BudgetLimits | None = None,
        spending: Spending = nothing,
        purse: Purse = no_purse,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._limits = limits or BudgetLimits()
        self._spending = spending
        self._purse = purse
        self._clock = clock
        self._spent: OrderedDict[str, tuple[str | None, Spent]] = OrderedDict()

    async def parse(self, request: ModelRequest, schema: type[Schema]) -> Parsed[Schema]:
        """Ask for a value, within the ticket's limits."""
        return await self._within(request, lambda: self._model.parse(request, schema))

    async def converse(self, request: ModelRequest) -> ModelReply:
        """Ask for text or for tools, within the ticket's limits."""
        return await self._within(request, lambda: self._model.converse(request))

    async def _within(
        self, request: ModelRequest, call: Callable[[], Awaitable[Answered]]
    ) -> Answered:
        spent = await self._of(request.ticket, request.message)
        self._check_purse(request.actor, spent)
        limit = spent.over(self._limits)
        if limit:
            raise BudgetExceeded(f"this ticket's limit of {limit} for language models is reached")
        spent.calls += 1
        started = self._clock()
        used = Usage()
        try:
            answered = await call()
            used = answered.usage
        except ModelFailed as failed:
            used = failed.usage
            raise
        finally:
            spent.add(request.actor, used, self._clock() - started)
        return answered

    def _check_purse(self, actor: str, spent: Spent) -> None:
        most = self._purse(actor)
        if most is not None and spent.by_actor.get(actor, 0) >= most:
            who = actor_name(actor)
            raise BudgetExceeded(f"what {who} may spend on models for one ticket is used up")

    async def _of(self, ticket: str, message: str | None) -> Spent:
        """What a ticket has spent, on which the turn about `message` goes on counting."""
        if self._turn_of(ticket) != message:
            # In a task of its own: a slow database must not count as a specialist that blocks.
            recorded = await asyncio.ensure_future(self._spending(ticket))
            # Another part of the same message may have asked in the meantime.
            if self._turn_of(ticket) != message:
                _, known = self._spent.get(ticket, (message, recorded))
                more = max(known, recorded, key=lambda spent: spent.calls)
                self._spent[ticket] = message, more
        self._spent.move_to_end(ticket)
        while len(self._spent) > MOST_TICKETS:
            self._spent.popitem(last=False)
        return self._spent[ticket][1]

    def _turn_of(self, ticket: str) -> str | None:
        """The message whose turn asked last, or nobody's; a call of no turn is about None."""
        return self._spent[ticket][0] if ticket in self._spent else _NOBODY
