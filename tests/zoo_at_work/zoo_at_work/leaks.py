"""It keeps what one requester wrote and tells the next one."""

from __future__ import annotations

from frontdesk import Answer, Citation, Context, Reply, Specialist, Ticket


class Leaks(Specialist):
    """Remembers the last ticket on `self`."""

    name = "leaks"
    handles = "gossip"
    last = "nothing yet"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        before, self.last = self.last, ticket.text
        found = [Citation.of(passage) for passage in await context.search(ticket.text)]
        return Reply(f"The one before you wrote: {before}", tuple(found))


KINDS = (Leaks,)
