"""`/frontdesk`: help, a new ticket, where tickets stand, a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import escape, modals, notices
from bot.slack.acting import Actor, Refusal
from bot.slack.aftermath import Aftermath
from bot.slack.card_look import cut
from bot.slack.listening import NOT_NOW, Ack, actor_of, in_time, key_of, open_view
from bot.slack.manifest import COMMAND
from bot.slack.mentions import plain
from bot.slack.office import Office
from bot.slack.places import Thread
from bot.slack.ticket_lines import described, listed
from bot.slack.tickets import Tickets
from frontdesk import FrontdeskError

Body = dict[str, Any]

HELP = f"""*Frontdesk* answers support questions, with sources, or finds a person who can.
• Mention me in a channel, or write me a direct message.
• `{COMMAND} your question` asks me here; I answer in a direct message.
• `{COMMAND} new` opens a form.
• `{COMMAND} mine` lists your tickets.
• `{COMMAND} status` says where your latest ticket stands; add a ticket's name for another one.
• `{COMMAND} human` puts your latest ticket before a person.
• `{COMMAND} help` shows this.
I am software and can be wrong. *Talk to a human* below each answer brings a person."""

NO_TICKET = f"You have no open ticket. `{COMMAND} new` opens one."
WANTS_PERSON = "I would like to talk to a person."
KEPT = "I have your question (ticket {ticket}) and answer in a direct message."
QUEUED = "Ticket {ticket} is in the queue of our staff now."


@dataclass(frozen=True, slots=True)
class Commands:
    """The command and its words."""

    office: Office
    aftermath: Aftermath
    tickets: Tickets

    def register(self, app: AsyncApp) -> None:
        """Listen for it."""
        app.command(COMMAND)(self.command)

    async def command(self, ack: Ack, body: Body) -> None:
        """Do what the first word says; anything else is a question."""
        text = str(body.get("text") or "").strip()
        word, _, rest = text.partition(" ")
        if word.lower() in ("", "help"):
            await ack(text=HELP)
            return
        known: dict[str, Callable[[Actor, Body, str], Awaitable[str]]] = {
            "new": self._new,
            "mine": self._mine,
            "status": self._status,
            "human": self._human,
        }
        act = known.get(word.lower(), self._ask)
        rest = text if act == self._ask else rest.strip()
        await ack(text=await self._answer(act, body, rest))

    async def _answer(
        self, act: Callable[[Actor, Body, str], Awaitable[str]], body: Body, text: str
    ) -> str:
        async def whole() -> str:
            return await act(await actor_of(self.office, body), body, text)

        try:
            return str(await in_time(whole) or "")
        except Refusal as refusal:
            return refusal.text
        except (FrontdeskError, TimeoutError):
            return NOT_NOW

    async def _new(self, actor: Actor, body: Body, text: str) -> str:
        await open_view(self.office, body, modals.ticket(self.office.titles, plain(text, "")))
        return ""

    async def _ask(self, actor: Actor, body: Body, text: str) -> str:
        receipt = await self.tickets.from_form(actor, plain(text, ""), key_of(body))
        self.office.later(self.tickets.place_all())
        return KEPT.format(ticket=receipt.ticket)

    async def _mine(self, actor: Actor, body: Body, text: str) -> str:
        lines = await self.office.cases.mine(actor.ref, actor.team)
        return listed(lines, self.office.titles) if lines else NO_TICKET

    async def _status(self, actor: Actor, body: Body, text: str) -> str:
        about = await self.office.cases.latest(actor.ref, actor.team, text)
        if about is None or (about.requester_ref != actor.ref and not actor.staff):
            name = escape.escaped(cut(text, 40))
            return f"You have no ticket {name}." if text else NO_TICKET
        return described(about.line, self.office.titles)

    async def _human(self, actor: Actor, body: Body, text: str) -> str:
        about = await self.office.cases.latest(actor.ref, actor.team)
        if about is None:
            receipt = await self.tickets.from_form(actor, WANTS_PERSON, key_of(body))
            self.office.later(self.tickets.place_all())
            return KEPT.format(ticket=receipt.ticket)
        note = plain(text, "")
        await self.office.ask_for_human(actor, about.message, key_of(body), note)
        thread = Thread.named(about.workspace, about.line.conversation)
        key = f"human:{about.message}"
        self.office.later(self.aftermath.say_once(thread, key, notices.in_queue()))
        self.office.later(self.aftermath.soon())
        return QUEUED.format(ticket=about.line.ticket)
