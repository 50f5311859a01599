"""Buttons under a change that a tool proposed: staff lets it run, or does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import change_look
from bot.slack.acting import Actor, Refusal
from bot.slack.aftermath import Aftermath
from bot.slack.listening import Ack, attempt, key_of, value_of
from bot.slack.office import Office
from router.change_facts import ChangeConfirmed, ChangeDeclined, ChangeFact
from router.human_facts import human
from storage.changes import Changes

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changing:
    """What staff decides about proposed changes."""

    office: Office
    aftermath: Aftermath
    changes: Changes

    def register(self, app: AsyncApp) -> None:
        """Listen for the buttons."""
        app.action(change_look.RUN)(self.run)
        app.action(change_look.DECLINE)(self.decline)

    async def run(self, ack: Ack, body: Body) -> None:
        """It may run."""
        await self._decide(ack, body, "change_run", ChangeConfirmed)

    async def decline(self, ack: Ack, body: Body) -> None:
        """It never runs."""
        await self._decide(ack, body, "change_decline", ChangeDeclined)

    async def _decide(self, ack: Ack, body: Body, act: str, kind: type[ChangeFact]) -> None:
        async def decided(actor: Actor) -> None:
            change = await self.changes.find(value_of(body))
            case = change and await self.office.cases.of_message(change.message)
            if not change or not case:
                raise Refusal("unknown")
            case = await self.office.may_approve(actor, case.card, act)
            fact = kind(
                ticket=case.ticket,
                message=case.message,
                actor=human(actor.ref),
                proposal=change.proposal,
                tool=change.tool,
            )
            await self.office.carry_out(actor, act, key_of(body), fact)

        if await attempt(self.office, ack, body, decided):
            self.office.later(self.aftermath.soon())
