"""A whole desk on language models: a local server, a real database, and all that is on record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app import App, open_app
from bot.messengers import RecordOnly
from bot.settings import Settings
from frontdesk import Specialist
from router.records import Outcome
from storage.queries import EntryView, Queries
from tests.messages_api import Answer, Fault, FaultScript, MessagesServer, RuleBrain
from tests.messages_api.brain import Line, Request
from tests.people import Person

SURE = "I was charged twice this month, how do I get the second charge back?"
UNSURE = "It is about the thing from last week, can somebody look at it?"
TWO = (
    "I was charged twice this month, how do I get the second charge back? "
    "Also, the desktop app crashes whenever I open it."
)


@dataclass
class Play:
    """A brain with lines for each role; where it has none left it goes by the rules."""

    lines: dict[str, Sequence[Line]] = field(default_factory=dict)
    rules: RuleBrain = field(default_factory=RuleBrain)
    said: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def answer(self, request: Request) -> Answer:
        """The role's next line."""
        role = role_of(request)
        lines, at = self.lines.get(role, ()), self.said[role]
        self.said[role] += 1
        if at >= len(lines):
            return self.rules.answer(request)
        line = lines[at]
        return line if isinstance(line, Answer) else line(request)


@dataclass
class Stage:
    """The desk and its server. Every test plays its own piece on it."""

    app: App
    server: MessagesServer

    def plays(self, faults: Sequence[Fault | None] = (), **lines: Sequence[Line]) -> None:
        """What the server says from now on: faults call by call, lines role by role."""
        self.server.brain = Play(lines)
        self.server.faults = FaultScript(faults)
        self.server.calls.clear()

    async def hears(self, text: str) -> Story:
        """Somebody new writes this."""
        return await self.story(await Person("ana", self.app).says(text))

    async def story(self, outcome: Outcome) -> Story:
        """What came of it, on record."""
        assert self.server.errors == []
        view = await Queries(self.app.store).ticket(outcome.ticket)
        requests = [call.request for call in self.server.calls]
        return Story(outcome, view.entries, requests, view.row.status)

    def specialist(self, name: str) -> Specialist:
        """An installed specialist."""
        return self.app.thinking.specialists.installed[name].specialist


@asynccontextmanager
async def staged(folder: Path, cache: Path) -> AsyncIterator[Stage]:
    """A desk in a folder, with a server of its own."""
    async with MessagesServer(RuleBrain(), shortest_cached=64) as server:
        settings = Settings(
            database_url=f"sqlite:///{folder / 'frontdesk.db'}",
            cache=cache,
            anthropic_base_url=server.url,
            anthropic_api_key="local",
        )
        async with open_app(settings, RecordOnly()) as app:
            yield Stage(app, server)


@dataclass(frozen=True)
class Story:
    """A turn: its outcome, its ticket's entries in order, and what the models were asked."""

    outcome: Outcome
    entries: Sequence[EntryView]
    requests: Sequence[Request]
    status: str

    @property
    def kinds(self) -> list[str]:
        """What happened."""
        return [entry.row.kind for entry in self.entries]

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        """The facts of one kind."""
        return [dict(entry.leaf["body"]) for entry in self.entries if entry.row.kind == kind]

    def texts(self, kind: str) -> list[dict[str, str]]:
        """The texts that facts of one kind commit to."""
        return [dict(entry.texts) for entry in self.entries if entry.row.kind == kind]

    @property
    def calls(self) -> list[tuple[str, str, int, tuple[str, ...], str]]:
        """Each recorded call: role, model, attempts, what was retried, and its fault."""
        return [
            (b["role"], b["requested"], b["attempts"], tuple(b["retried"]), b["fault"])
            for b in self.bodies("model:called")
        ]


def role_of(request: Request) -> str:
    """Whose work a request is."""
    form = json.dumps(request.get("output_config", {}).get("format", {}))
    names = {"matters": "router", "claims": "validator"}
    return next((role for name, role in names.items() if f'"{name}"' in form), "specialist")
