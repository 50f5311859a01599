"""A ticket's life as people in Slack make it: thanks end it, a new question goes on with it."""

from __future__ import annotations

import asyncio

from router.ticket_life import TicketStatus
from storage.queries import Queries, TicketRow
from tests.bot.slack.desks import Bench


async def ticket(desk: Bench, status: TicketStatus) -> TicketRow:
    """The only ticket, once it stands there."""
    async with asyncio.timeout(10):
        while True:
            rows = await Queries(desk.app.store).tickets()
            if rows and rows[0].status is status:
                (row,) = rows
                return row
            await asyncio.sleep(0.05)


async def test_thanks_end_a_ticket_and_a_new_question_goes_on_with_it(desk: Bench) -> None:
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my bill?")
    await desk.answer(asked)
    first = await ticket(desk, TicketStatus.ANSWERED)
    await desk.slack.post("ana", "help", "thanks!", thread=asked.ts)
    await ticket(desk, TicketStatus.RESOLVED)
    again = await desk.slack.post("ana", "help", "@frontdesk and the one of May?", thread=asked.ts)
    await desk.answer(again)
    assert (await ticket(desk, TicketStatus.ANSWERED)).id == first.id
    kinds = [kind for kind in await desk.kinds() if kind.startswith("ticket:")]
    assert kinds == ["ticket:opened", "ticket:resolved", "ticket:reopened"]
