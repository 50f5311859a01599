"""A receiver of callbacks that checks signatures as receivers do, and fails when told to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.doors import signing


@dataclass
class Receiver:
    """What came, and the statuses to answer with, the last one for ever.

    `waits`: nothing is answered until it is set.
    """

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    waits: asyncio.Event | None = None

    @property
    def ids(self) -> list[str]:
        return [headers[signing.ID] for headers, _ in self.came]

    @property
    def contents(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.came]

    def is_genuine(self, secret: str) -> bool:
        """Whether all that came was signed with the secret."""
        return bool(self.came) and all(
            signing.is_genuine(
                secret,
                headers[signing.SIGNATURE],
                headers[signing.ID],
                int(headers[signing.TIMESTAMP]),
                body,
            )
            for headers, body in self.came
        )

    async def until(self, number: int, within: float = 10.0) -> None:
        """Wait until so much came."""
        await until(lambda: len(self.came) >= number, within)

    async def _take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.came.append((headers, await request.read()))
        if self.waits is not None:
            await self.waits.wait()
        status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status)


async def until(done: Callable[[], bool], within: float = 10.0) -> None:
    """Wait for something that has no event."""
    async with asyncio.timeout(within):
        while not done():  # noqa: ASYNC110 - it is what is tested
            await asyncio.sleep(0.02)


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that listens at an address of this machine."""
    made = Receiver()
    site = web.Application()
    site.router.add_post("/hook", made._take)
    runner = web.AppRunner(site)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    port = runner.addresses[0][1]
    made.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield made
    finally:
        await runner.cleanup()
