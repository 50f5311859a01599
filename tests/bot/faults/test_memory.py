"""Memory at its bound: what is too large is refused, however it comes."""

from collections.abc import AsyncIterator

import aiohttp

from bot.slack.service import MOST_BYTES
from tests.bot.faults.test_database import desk
from tests.bot.slack.desks import Bench

__all__ = ["desk"]

PIECE = b"x" * 65_536


async def endless(pieces: int) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield PIECE


async def test_body_that_does_not_say_how_long_it_is_is_cut_off_at_the_limit(desk: Bench) -> None:
    url = f"http://127.0.0.1:{desk.served.port}/slack/events"
    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(url, data=endless(2 * MOST_BYTES // len(PIECE))) as answer:
                assert answer.status == 413
        except aiohttp.ClientOSError:
            pass  # it closed the door on what was still being sent
        async with session.get(url.replace("/slack/events", "/healthz")) as answer:
            assert answer.status == 200

    asked = await desk.slack.post("ana", "help", "@frontdesk where is my bill?")
    await desk.answer(asked)
