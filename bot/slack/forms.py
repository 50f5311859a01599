"""Submitted forms. Who submits one is checked again; submitting twice is submitting once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import modals, notices
from bot.slack.acting import Actor, Refusal
from bot.slack.actions import vote_for
from bot.slack.aftermath import Aftermath
from bot.slack.listening import Ack, actor_of, in_time, key_of
from bot.slack.office import Office
from bot.slack.places import Thread
from bot.slack.tickets import Tickets
from router import human_facts
from router.human_facts import Vote
from storage.cases import Case

Body = dict[str, Any]
Submit = Callable[[Actor, Body], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Forms:
    """All forms."""

    office: Office
    aftermath: Aftermath
    tickets: Tickets

    def register(self, app: AsyncApp) -> None:
        """Listen for them."""
        forms: dict[str, tuple[Submit, str]] = {
            modals.TICKET: (self.ticket, modals.SUBJECT),
            modals.EDIT: (self.edit, modals.WORDS),
            modals.REPLY: (self.reply, modals.WORDS),
            modals.REROUTE: (self.reroute, modals.TEAM),
            modals.REASON: (self.reason, modals.WHY),
            modals.ERASE: (self.erase, ""),
        }
        for callback, (submit, field) in forms.items():
            app.view(callback)(self._listener(submit, field))

    async def ticket(self, actor: Actor, body: Body) -> None:
        """A structured ticket."""
        view = body["view"]
        subject, details = (modals.entered(view, b) for b in (modals.SUBJECT, modals.DETAILS))
        team = modals.entered(view, modals.TEAM)
        receipt = await self.tickets.from_form(
            actor, f"{subject}\n\n{details}".strip(), key_of(body)
        )
        if receipt.new and team in self.office.titles:
            await self.office.humans.choose(receipt.message, team)
        self.office.later(self.tickets.place_all())

    async def edit(self, actor: Actor, body: Body) -> None:
        """A draft in staff's words."""
        view = body["view"]
        words = [modals.entered(view, modals.WORDS), modals.entered(view, modals.MORE)]
        text = "\n\n".join(word for word in words if word)
        await self.office.approve(actor, modals.about(view), key_of(body), text)
        self.office.later(self.aftermath.soon())

    async def reply(self, actor: Actor, body: Body) -> None:
        """What staff says through the desk."""
        text = modals.entered(body["view"], modals.WORDS)

        def make(case: Case) -> human_facts.HumanReplied:
            return human_facts.HumanReplied(
                ticket=case.ticket,
                message=case.message,
                actor=human_facts.human(actor.ref),
                asks=text.rstrip().endswith("?"),
                texts={"reply": text},
            )

        card = modals.about(body["view"])
        await self.office.staff_act(actor, card, "reply", key_of(body), make)
        self.office.later(self.aftermath.soon())

    async def reroute(self, actor: Actor, body: Body) -> None:
        """Another specialist, or a person, is to answer."""
        message, target = modals.about(body["view"]), modals.entered(body["view"], modals.TEAM)
        if target == modals.A_PERSON:
            await self._to_a_person(actor, message, key_of(body), "They say it was the wrong team.")
            return
        await self.office.reroute(actor, message, target, key_of(body))
        about = await self.office.asked(actor, message)
        thread = Thread.named(about.workspace, about.line.conversation)
        notice = notices.rerouted(actor.user, self.office.titles[target])
        self.office.later(self.aftermath.say_once(thread, key_of(body), notice))
        self.office.later(self.aftermath.soon())

    async def reason(self, actor: Actor, body: Body) -> None:
        """What was wrong with an answer, and whether a person is wanted."""
        view, message = body["view"], modals.about(body["view"])
        why = modals.REASONS.get(modals.entered(view, modals.WHY), "")
        reason = f"{why}\n{modals.entered(view, modals.DETAILS)}".strip()
        vote = Vote.UNHELPFUL
        await vote_for(self.office, actor, message, key_of(body), vote=vote, reason=reason)
        if modals.entered(view, modals.HUMAN) == modals.A_PERSON:
            await self._to_a_person(actor, message, f"{key_of(body)}:human", reason)

    async def erase(self, actor: Actor, body: Body) -> None:
        """Somebody wants to be forgotten; staff carries it out."""
        await self.office.request_erasure(actor, key_of(body))

    async def _to_a_person(self, actor: Actor, message: str, key: str, note: str) -> None:
        about = await self.office.ask_for_human(actor, message, key, note)
        thread = Thread.named(about.workspace, about.line.conversation)
        self.office.later(self.aftermath.say_once(thread, f"human:{message}", notices.in_queue()))
        self.office.later(self.aftermath.soon())

    def _listener(self, submit: Submit, field: str) -> Callable[[Ack, Body], Awaitable[None]]:
        """Carry a form out and close it, or say beside a field why not."""

        async def listener(ack: Ack, body: Body) -> None:
            async def whole() -> None:
                await submit(await actor_of(self.office, body), body)

            try:
                await in_time(whole)
            except Refusal as refusal:
                if field:
                    await ack(response_action="errors", errors={field: refusal.text})
                    return
            await ack()

        return listener
