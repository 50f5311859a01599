"""They take their time: by hanging, by clinging on, by blocking everybody."""

from __future__ import annotations

import asyncio
import contextlib
import time

from frontdesk import Answer, Context, Question, Specialist, Ticket

BLOCK_SECONDS = 0.3
CLING_SECONDS = 3.0


class Hangs(Specialist):
    """Waits for something that never comes."""

    name = "hangs"
    handles = "hanging"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        await asyncio.Event().wait()
        return Question("Are you still there?")


class Clings(Specialist):
    """Swallows its cancellation and goes on."""

    name = "clings"
    handles = "clinging"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        until = time.monotonic() + CLING_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.05)
        return Question("Are you still there?")


class Blocks(Specialist):
    """Sleeps on the event loop."""

    name = "blocks"
    handles = "blocking"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        time.sleep(BLOCK_SECONDS)  # noqa: ASYNC251 - that is the fault
        return Question("Are you still there?")


KINDS = (Hangs, Clings, Blocks)
