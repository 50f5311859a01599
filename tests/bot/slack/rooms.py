"""Desks with a staff room: two specialists, drafts on request, and what people do with them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app import App
from bot.doors.messenger import ByDoor
from bot.plugins.moding import rules_of
from bot.sandbox import Sandbox
from bot.sandbox.records import Message
from bot.slack.messenger import SlackMessenger
from bot.slack.service import serving
from bot.slack.staffroom import StaffRoom, furnish, staffroom
from frontdesk import Answer, Context, Escalation, EscalationReason, Reply, Ticket
from router.answer.run import Installed, RunLimits, SpecialistRunner
from router.flow import Desk
from router.modes import Modes
from router.outbox import Outbox
from router.records import PluginRef
from router.validate import Validator
from storage.database import open_store
from tests.bot.slack.desks import (
    ALERT,
    BRISK,
    Approves,
    Bench,
    Helper,
    connected,
    settings_for,
)
from tests.router.fakes import Sends

__all__ = ["Room", "furnish", "room"]

HUMAN = "human"
"""A question with this word is one that the specialist leaves to a human."""


class Speaker(Helper):
    """A helper that remembers in which language it was to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.languages: list[str] = []

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        self.languages.append(ticket.language)
        return await super().answer(ticket, context)


@dataclass
class Room(Bench):
    """A served desk with its staff room."""

    parts: list[StaffRoom] = field(default_factory=list)
    helper: Speaker
    technical: Speaker = field(default_factory=Speaker)

    @property
    def room(self) -> StaffRoom:
        return self.parts[0]

    async def escalated(self, user: str = "ana", text: str = "I need a human") -> Message:
        """Somebody asks something that goes to a human."""
        asked = await self.slack.post(user, "help", f"@frontdesk {text}")
        await self.card(self.cards_now + 1)
        return asked

    @property
    def cards_now(self) -> int:
        return len(self.slack.answers("triage"))

    async def card(self, number: int = 1, within: float = 8.0) -> Message:
        """The card with this number, once it is there."""
        cards = await self.slack.wait_for(
            lambda: self.slack.answers("triage")[number - 1 : number], within
        )
        return cards[0]

    async def shows(self, text: str, number: int = 1) -> Message:
        """The card, once it says something."""
        card = await self.card(number)
        await self.slack.wait_for(lambda: text in str(card.blocks), 8.0)
        return card

    async def says(self, asked: Message, text: str) -> Message:
        """What stands in the thread of `asked`, once it says something."""

        def found() -> list[Message]:
            return [one for one in self.answers(asked) if text in f"{one.text}{one.blocks}"]

        return (await self.slack.wait_for(found, 8.0))[-1]

    def buttons(self, message: Message) -> list[str]:
        """The ids of what can be pressed or chosen in a message."""
        return [
            element["action_id"]
            for block in message.blocks
            for element in block.get("elements", [])
            if "action_id" in element
        ]

    def told(self, user: str) -> list[str]:
        """What only this person was shown."""
        return [one.text for one in self.slack.ephemerals(user)]

    async def is_told(self, user: str, text: str) -> None:
        """Wait until somebody is told something."""
        await self.slack.wait_for(lambda: any(text in one for one in self.told(user)), 8.0)

    async def entries(self, kind: str) -> list[Any]:
        """The entries of a kind on record, with the author in `actor_id`."""
        from sqlalchemy import select  # noqa: PLC0415

        from storage.ledger.tables import INDEX  # noqa: PLC0415

        wanted = select(INDEX).where(INDEX.c.kind == kind).order_by(INDEX.c.rec_us)
        return list(await self.app.store.read(lambda db: db.execute(wanted).all()))

    async def ref(self, user: str) -> str:
        """How the record knows somebody."""
        team = self.slack.workspace.team_id
        return await self.room.office.humans.ref("slack", team, self.slack.workspace.user(user).id)


def _helper(name: str) -> Speaker:
    helper = Speaker()
    helper.name, helper.title = name, name.capitalize()
    helper.says = lambda text: (
        Escalation(EscalationReason.OUT_OF_SCOPE, "Nothing about this in the articles.")
        if HUMAN in text
        else Reply(f"{helper.title} says: {text}")
    )
    return helper


@asynccontextmanager
async def room(
    slack: Sandbox, folder: Path, *, transport: str = "http", **given: Any
) -> AsyncIterator[Room]:
    """Serve a sandbox with a staff room."""
    messenger = SlackMessenger()
    settings = settings_for(slack, folder, transport, **given)
    helpers = [_helper("billing"), _helper("technical")]
    installed = {
        one.name: Installed(one, PluginRef(one.name, "tests", "1", "0" * 64)) for one in helpers
    }
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    desk = Desk(
        store=store,
        router=Sends(),
        specialists=SpecialistRunner(
            installed,
            answerer=None,  # type: ignore[arg-type]
            limits=RunLimits(seconds=30),
        ),
        validator=Validator([Approves()]),
        messenger=ByDoor(messenger),
        outbox=Outbox(store, ByDoor(messenger)),
        modes=Modes(rules_of(settings)),
    )
    app = App(settings, store, desk, None)  # type: ignore[arg-type]
    parts: list[StaffRoom] = []

    @asynccontextmanager
    async def extension(made: Any) -> AsyncIterator[None]:
        async with staffroom(made) as built:
            parts.append(built)
            yield

    try:
        async with serving(
            app, messenger, extensions=[extension], pace=BRISK, watch=ALERT
        ) as served:
            await connected(slack, served, transport)
            yield Room(
                slack=slack,
                app=app,
                served=served,
                helper=helpers[0],
                messenger=messenger,
                parts=parts,
                technical=helpers[1],
            )
    finally:
        slack.request_url = None
        await store.close()
