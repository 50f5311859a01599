"""They hand the matter round, to each other, to themselves, to nobody."""

from __future__ import annotations

from frontdesk import Answer, Context, Handoff, Specialist, Ticket


class Tick(Specialist):
    """Hands over to tock."""

    name = "tick"
    handles = "ticking"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        return Handoff("tock", "it is theirs", "the clock")


class Tock(Specialist):
    """Hands over to tick."""

    name = "tock"
    handles = "tocking"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        return Handoff("tick", "it is theirs", "the clock")


class Itself(Specialist):
    """Hands over to itself."""

    name = "itself"
    handles = "itself"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        return Handoff("itself", "it is mine")


class Nobody(Specialist):
    """Hands over to a name that nobody has."""

    name = "nobody"
    handles = "nobody"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        return Handoff("admin", "they may do it", "a summary")


KINDS = (Tick, Tock, Itself, Nobody)
