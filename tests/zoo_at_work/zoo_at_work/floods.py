"""They use up memory: a text without an end, citations without an end."""

from __future__ import annotations

from frontdesk import Answer, Citation, Context, Question, Reply, Specialist, Ticket

MEGABYTES = 16


class Floods(Specialist):
    """Asks a question of sixteen megabytes."""

    name = "floods"
    handles = "flooding"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        return Question("why? " * (MEGABYTES * 1024 * 1024 // 5))


class Cites(Specialist):
    """Cites the same passage a hundred thousand times."""

    name = "cites"
    handles = "citing"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        (passage, *_) = await context.search(ticket.text)
        return Reply(passage.text, (Citation.of(passage),) * 100_000)


class RunsOut(Specialist):
    """Meets the end of memory."""

    name = "runs-out"
    handles = "running out"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        raise MemoryError


KINDS = (Floods, Cites, RunsOut)
