"""Buttons and menus: on cards for staff, on answers for whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import card_look, modals, notices
from bot.slack.acting import Actor, Refusal
from bot.slack.aftermath import Aftermath
from bot.slack.blocks import FEEDBACK, GOOD, TALK_TO_HUMAN, WRONG_TEAM, Piece
from bot.slack.listening import Ack, actor_of, attempt, key_of, open_view, value_of
from bot.slack.office import Office
from bot.slack.places import Thread
from router import human_facts
from router.human_facts import Role, Vote
from storage.cases import Case

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Actions:
    """All buttons of cards and answers."""

    office: Office
    aftermath: Aftermath

    def register(self, app: AsyncApp) -> None:
        """Listen for them."""
        listeners = {
            card_look.TAKE_OVER: self.take_over,
            card_look.HAND_BACK: self.hand_back,
            card_look.RESOLVE: self.resolve,
            card_look.APPROVE: self.approve,
            card_look.EDIT: self.edit,
            card_look.REPLY: self.reply,
            card_look.SEND_TO: self.send_to,
            WRONG_TEAM: self.wrong_team,
            TALK_TO_HUMAN: self.talk_to_human,
            FEEDBACK: self.feedback,
        }
        for action, listener in listeners.items():
            app.action(action)(listener)

    async def take_over(self, ack: Ack, body: Body) -> None:
        """Somebody of the staff wants the thread for themselves."""
        await self._change(ack, body, "take_over", human_facts.HumanTookOver, notices.taken_over)

    async def hand_back(self, ack: Ack, body: Body) -> None:
        """The desk is to follow the thread again."""
        await self._change(ack, body, "hand_back", human_facts.HandedBack, notices.handed_back)

    async def resolve(self, ack: Ack, body: Body) -> None:
        """The matter is done."""
        await self._change(ack, body, "resolve", human_facts.TicketResolved, notices.resolved)

    async def approve(self, ack: Ack, body: Body) -> None:
        """The draft may go out as it is."""

        async def act(actor: Actor) -> None:
            await self.office.approve(actor, value_of(body), key_of(body))

        if await attempt(self.office, ack, body, act):
            self.office.later(self.aftermath.soon())

    async def edit(self, ack: Ack, body: Body) -> None:
        """Somebody wants to change the draft before it goes out."""

        async def act(actor: Actor) -> None:
            case = await self.office.may_approve(actor, value_of(body), "edit")
            if not case.draft or case.state != "open":
                raise Refusal(case.state if case.draft else "no_draft", case.by)
            await open_view(self.office, body, modals.edit(case.card, case.draft))

        await attempt(self.office, ack, body, act)

    async def reply(self, ack: Ack, body: Body) -> None:
        """Somebody of the staff wants to answer through the desk."""

        async def act(actor: Actor) -> None:
            case = await self.office.case(actor, value_of(body), "reply")
            await open_view(self.office, body, modals.reply(case.card))

        await attempt(self.office, ack, body, act)

    async def send_to(self, ack: Ack, body: Body) -> None:
        """Somebody of the staff sends the question to another specialist."""
        if body["actions"][0]["type"] == "button":
            await self._choose_where(ack, body)
            return
        card, _, target = card_look.option_value(body).rpartition(":")
        cases: list[Case] = []

        async def act(actor: Actor) -> None:
            case = await self.office.case(actor, card, "reroute")
            await self.office.reroute(actor, case.message, target, key_of(body))
            cases.append(case)

        if await attempt(self.office, ack, body, act):
            title = self.office.titles.get(target, target)
            user = str(body["user"]["id"])
            self._show(cases[0], key_of(body), notices.rerouted(user, title))

    async def _choose_where(self, ack: Ack, body: Body) -> None:
        """There are too many specialists for a card's menu: a form has them."""

        async def act(actor: Actor) -> None:
            case = await self.office.case(actor, value_of(body), "reroute")
            await open_view(self.office, body, modals.reroute(case.message, self.office.titles))

        await attempt(self.office, ack, body, act)

    async def wrong_team(self, ack: Ack, body: Body) -> None:
        """Somebody thinks that another specialist should have answered."""
        message = value_of(body)

        async def act(actor: Actor) -> None:
            about = await self.office.asked(actor, message)
            if actor.role(about.requester_ref) is Role.OTHER:
                ticket = about.line.ticket
                await self.office.refused(
                    actor, "reroute", "not_yours", ticket=ticket, message=message
                )
            others = {
                name: title
                for name, title in self.office.titles.items()
                if name != about.line.specialist
            }
            await open_view(self.office, body, modals.reroute(message, others))

        await attempt(self.office, ack, body, act)

    async def talk_to_human(self, ack: Ack, body: Body) -> None:
        """Somebody wants a person."""
        message = value_of(body)

        async def act(actor: Actor) -> None:
            about = await self.office.ask_for_human(actor, message, key_of(body))
            thread = Thread.named(about.workspace, about.line.conversation)
            key = f"human:{message}"
            self.office.later(self.aftermath.say_once(thread, key, notices.in_queue()))

        if await attempt(self.office, ack, body, act):
            self.office.later(self.aftermath.soon())

    async def feedback(self, ack: Ack, body: Body) -> None:
        """Somebody says what they think of an answer; whoever did not like it is asked why."""
        vote, _, message = value_of(body).partition(":")
        helpful = vote == GOOD

        async def act(actor: Actor) -> None:
            given = Vote.HELPFUL if helpful else Vote.UNHELPFUL
            await vote_for(self.office, actor, message, key_of(body), vote=given)
            if not helpful:
                await open_view(self.office, body, modals.reason(message))

        await attempt(self.office, ack, body, act)

    async def _change(self, ack: Ack, body: Body, act: str, fact: Any, notice: Any) -> None:
        """Let staff change a ticket's state, and say so in its thread."""
        cases: list[Case] = []

        async def change(actor: Actor) -> None:
            def make(case: Case) -> Any:
                who = human_facts.human(actor.ref)
                return fact(ticket=case.ticket, message=case.message, actor=who)

            cases.append(
                await self.office.staff_act(actor, value_of(body), act, key_of(body), make)
            )

        if await attempt(self.office, ack, body, change):
            self._show(cases[0], key_of(body), notice(str(body["user"]["id"])))
            if (body.get("view") or {}).get("type") == "home" and self.office.redraw:
                self.office.later(self.office.redraw(await actor_of(self.office, body)))

    def _show(self, case: Case, key: str, piece: Piece) -> None:
        thread = Thread.named(case.workspace, case.conversation)
        self.office.later(self.aftermath.say_once(thread, key, piece))
        self.office.later(self.aftermath.soon())


async def vote_for(
    office: Office, actor: Actor, message: str, key: str, *, vote: Vote, reason: str = ""
) -> None:
    """Put on record what somebody thinks of an answer; the same opinion again changes nothing.

    Raises:
        Refusal: there is no such answer here.
    """
    about = await office.asked(actor, message)
    if not reason and await office.humans.vote(message, actor.ref) == vote:
        return
    specialist = about.line.specialist
    fact = human_facts.FeedbackGiven(
        ticket=about.line.ticket,
        message=message,
        actor=human_facts.human(actor.ref),
        vote=vote,
        role=actor.role(about.requester_ref),
        specialists=(specialist,) if specialist else (),
        texts={"reason": reason} if reason else {},
    )
    await office.carry_out(actor, "feedback", key, fact)
