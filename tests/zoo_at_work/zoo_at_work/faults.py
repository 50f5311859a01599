"""They raise, try to leave the process, or return what is no answer."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from frontdesk import Answer, Citation, Context, Reply, Specialist, Ticket


class Raises(Specialist):
    """Raises an error of its own, with the requester's words in it."""

    name = "raises"
    handles = "errors"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        raise LookupError(f"no record of {ticket.text}")


class Exits(Specialist):
    """Leaves the process."""

    name = "exits"
    handles = "leaving"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        sys.exit("the zoo closes")


class Cancels(Specialist):
    """Acts as if the turn had been cancelled."""

    name = "cancels"
    handles = "cancelling"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        raise asyncio.CancelledError


class Junk(Specialist):
    """Returns a dictionary."""

    name = "junk"
    handles = "junk"

    async def answer(self, ticket: Ticket, context: Context) -> Any:
        return {"text": "hello"}


class HalfJunk(Specialist):
    """Returns a reply whose inside is junk."""

    name = "half-junk"
    handles = "half of what is junk"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        return Reply("Certainly.", citations=(Citation("p", "t", "s", 7), None))  # type: ignore[arg-type]


KINDS = (Raises, Exits, Cancels, Junk, HalfJunk)
