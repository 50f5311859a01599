"""Menus on a card: staff says how soon a ticket has to be seen to, and who does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import assigning_look
from bot.slack.acting import Actor, Refusal
from bot.slack.aftermath import Aftermath
from bot.slack.card_look import option_value
from bot.slack.listening import Ack, attempt, key_of
from bot.slack.office import Office
from bot.slack.people import Standing
from router.human_facts import human
from router.ticket_facts import Priority, TicketAssigned, TicketPrioritised

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Assigning:
    """Who is to see to a ticket, and how soon."""

    office: Office
    aftermath: Aftermath

    def register(self, app: AsyncApp) -> None:
        """Listen for the menus."""
        app.action(assigning_look.PRIORITY)(self.prioritise)
        app.action(assigning_look.ASSIGN)(self.assign)

    async def prioritise(self, ack: Ack, body: Body) -> None:
        """It has to be seen to sooner, or later."""
        chosen = option_value(body)

        async def act(actor: Actor) -> None:
            if chosen not in set(Priority):
                raise Refusal("unknown")
            case = await self.office.case(actor, _card(body), "prioritise")
            fact = TicketPrioritised(
                ticket=case.ticket,
                message=case.message,
                actor=human(actor.ref),
                priority=Priority(chosen),
            )
            await self.office.carry_out(actor, "prioritise", key_of(body), fact)

        if await attempt(self.office, ack, body, act):
            self.office.later(self.aftermath.soon())

    async def assign(self, ack: Ack, body: Body) -> None:
        """Somebody of the staff is to see to it."""
        user = str(body["actions"][0].get("selected_user") or "")

        async def act(actor: Actor) -> None:
            case = await self.office.case(actor, _card(body), "assign")
            chosen = await self.office.actor(actor.team, user)
            if chosen.standing is not Standing.STAFF:
                where = {"ticket": case.ticket, "message": case.message}
                await self.office.refused(actor, "assign", "assignee_not_staff", **where)
            fact = TicketAssigned(
                ticket=case.ticket,
                message=case.message,
                actor=human(actor.ref),
                person=chosen.ref,
            )
            await self.office.carry_out(actor, "assign", key_of(body), fact)

        if await attempt(self.office, ack, body, act):
            self.office.later(self.aftermath.soon())


def _card(body: Body) -> str:
    """The card in whose menu something was chosen."""
    return str(body["actions"][0].get("block_id") or "").removeprefix(assigning_look.BLOCK)
