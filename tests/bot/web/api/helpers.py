"""An API on a real store and turn, with one specialist that says what it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
from fastapi import FastAPI

from bot.app import App
from bot.doors.messenger import ByDoor
from bot.doors.turns import door_turns
from bot.messengers import RecordOnly
from bot.settings import Settings
from bot.web.api.room import join_api
from router.door_facts import Scope
from storage.doors.tokens import Made, Tokens
from tests.bot.slack.desks import Helper, quick_app


@dataclass
class Program:
    """Something that uses the API with one token."""

    app: App
    site: FastAPI
    http: httpx.AsyncClient
    made: Made
    helper: Helper

    def headers(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.made.token}"} | more

    async def post(self, path: str, body: Any, **more: str) -> httpx.Response:
        return await self.http.post(f"/api{path}", json=body, headers=self.headers(**more))

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers=self.headers())

    async def opened(self, text: str = "Where is my bill?", **more: Any) -> str:
        answer = await self.post("/tickets", {"text": text, **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["ticket"])

    async def answered(self, ticket: str, messages: int = 2) -> dict[str, Any]:
        """The ticket, once so much was said and no turn runs."""
        async with asyncio.timeout(10):
            while True:
                shown: dict[str, Any] = (await self.get(f"/api/tickets/{ticket}")).json()
                if len(shown["messages"]) >= messages and not await self.app.store.unfinished():
                    return shown
                await asyncio.sleep(0.05)

    async def token(self, **given: Any) -> Made:
        wanted = {"scopes": list(Scope), "expires": None} | given
        return await Tokens(self.app.store).create("other", **wanted)


@asynccontextmanager
async def program(folder: Path, *, callback: str = "", **given: Any) -> AsyncIterator[Program]:
    """Serve an API, with nobody who runs turns."""
    settings = Settings(database_url=f"sqlite:///{folder / 'desk.db'}", **given)
    helper = Helper()
    async with quick_app(settings, ByDoor(RecordOnly()), helper) as app:  # type: ignore[arg-type]
        site = FastAPI()
        join_api(site, app)
        made = await Tokens(app.store).create("tests", list(Scope), expires=None, callback=callback)
        transport = httpx.ASGITransport(app=site)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as http:
            yield Program(app, site, http, made, helper)


@asynccontextmanager
async def working(folder: Path, **given: Any) -> AsyncIterator[Program]:
    """Serve an API with somebody who runs turns."""
    async with program(folder, **given) as made, door_turns(made.app):
        yield made
