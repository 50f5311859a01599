"""A message becomes a ticket by shortcut or emoji; a shortcut opens the form."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack.acting import Actor, Refusal
from bot.slack.listening import Ack, attempt, open_form, tell
from bot.slack.manifest import TICKET_FROM_MESSAGE, TICKET_NEW
from bot.slack.office import Office
from bot.slack.tickets import Tickets
from bot.slack.translate import team_of

log = logging.getLogger("frontdesk.slack.shortcuts")

Body = dict[str, Any]
ALREADY = "This is ticket {ticket} already."
MADE = "This is ticket {ticket} now; the answer comes in its thread."


@dataclass(frozen=True, slots=True)
class Shortcuts:
    """Both shortcuts, and the reaction named `emoji`."""

    office: Office
    tickets: Tickets
    emoji: str = "ticket"

    def register(self, app: AsyncApp) -> None:
        """Listen for the shortcuts; `reacted` is for whoever hears events."""
        app.message_shortcut(TICKET_FROM_MESSAGE)(self.message)
        app.global_shortcut(TICKET_NEW)(self.form)

    async def message(self, ack: Ack, body: Body) -> None:
        """Make the message a ticket."""
        said: list[str] = []

        async def act(actor: Actor) -> None:
            channel, message = str(body["channel"]["id"]), body["message"]
            await self.tickets.look_up(actor.team, channel, str(message["ts"]))
            receipt = await self.tickets.from_message(actor, channel, message)
            said.append((MADE if receipt.new else ALREADY).format(ticket=receipt.ticket))

        if await attempt(self.office, ack, body, act):
            self.office.later(tell(self.office, body, said[0]))

    async def form(self, ack: Ack, body: Body) -> None:
        """Open the form for a new ticket."""
        await open_form(self.office, ack, body)

    async def reacted(self, body: Mapping[str, Any]) -> None:
        """Make a message with the ticket emoji a ticket, if whoever put it there may.

        Raises:
            PostError: Slack did not say what the message is; the event has to come again.
            StoreError: it could not be kept; the event has to come again.
        """
        event = body["event"]
        item = event.get("item") or {}
        name = str(event.get("reaction") or "").partition("::")[0]
        if name != self.emoji or item.get("type") != "message":
            return
        actor = await self.office.actor(team_of(body), str(event["user"]))
        channel = str(item["channel"])
        try:
            message = await self.tickets.look_up(actor.team, channel, str(item["ts"]))
            await self.tickets.from_message(actor, channel, message)
        except Refusal as refusal:
            log.info("a reaction made no ticket: %s", refusal.why)
