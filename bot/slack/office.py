"""The office: what people may do to a ticket, checked, recorded with its author, done once.

Everything is decided in one transaction, before Slack is told that the click arrived. What then
has to be seen (cards, notices, posts) follows from what is on record, so it also follows after a
crash. Slack does not repeat a click: one that could not be recorded is not acknowledged, and
whoever clicked sees that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn

from bot.slack.acting import Actor, Refusal
from bot.slack.calls import Calls
from bot.slack.cards import CardWall
from bot.slack.messenger import SlackMessenger
from bot.slack.people import People
from bot.slack.translate import SOURCE
from frontdesk import EscalationReason
from router import human_facts
from router.facts import Fact, TicketEscalated
from router.human_facts import ActRefused, Role
from router.ports import Clock
from router.ticket_life import DONE
from storage.cases import About, Case, Cases
from storage.human_state import NotPossible
from storage.humans import Humans
from storage.store import SqlStore
from storage.tables import TicketStatus

log = logging.getLogger("frontdesk.slack.office")

Wake = Callable[[About], None]
"""Starts the turn of a message."""

ERASURE = "They ask that everything they wrote to the desk be erased."


@dataclass(slots=True)
class Office:
    """The parts, and the acts they make possible. `wake` starts a turn, `redraw` draws a Home."""

    store: SqlStore
    humans: Humans
    cases: Cases
    people: People
    calls: Calls
    messenger: SlackMessenger
    wall: CardWall
    clock: Clock
    wake: Wake
    lifetime: timedelta = timedelta(hours=72)
    titles: Mapping[str, str] = field(default_factory=dict)
    redraw: Callable[[Actor], Coroutine[Any, Any, None]] | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def introduce(self, titles: Mapping[str, str]) -> None:
        """Say what the specialists are called, by name."""
        self.titles = titles
        self.wall.introduce(titles)

    async def actor(self, team: str, user: str) -> Actor:
        """Who somebody is."""
        standing, ref = await asyncio.gather(
            self.people.standing(team, user), self.humans.ref(SOURCE, team, user)
        )
        return Actor(team, user, ref, standing)

    async def case(self, actor: Actor, card: str, act: str) -> Case:
        """The case of a card, for staff of its workspace.

        Raises:
            Refusal: it is none of theirs.
        """
        case = await self.cases.of_card(card)
        if case is None or case.workspace != actor.team:
            raise Refusal("unknown")
        if not actor.staff:
            await self.refused(actor, act, "not_staff", ticket=case.ticket, message=case.message)
        return case

    async def asked(self, actor: Actor, message: str) -> About:
        """The ticket of an answer on which somebody pressed a button.

        Raises:
            Refusal: it is of another workspace, or there is none.
        """
        about = await self.cases.about(message)
        if about is None or about.workspace != actor.team:
            raise Refusal("unknown")
        return about

    async def staff_act(
        self, actor: Actor, card: str, act: str, key: str, make: Callable[[Case], Fact]
    ) -> Case:
        """Let staff do something to a case.

        Raises:
            Refusal: they may not, or it is not possible any more.
        """
        case = await self.case(actor, card, act)
        await self.carry_out(actor, act, key, make(case))
        return case

    async def carry_out(self, actor: Actor, act: str, key: str, fact: Fact) -> bool:
        """Put an act on record with what it changes; False if it was before.

        Raises:
            Refusal: it is not possible any more.
        """
        try:
            return await self.humans.act(key, fact)
        except NotPossible as error:
            by = await self.known_as(error.by)
            await self.refused(
                actor, act, error.why, ticket=fact.ticket, message=fact.message, by=by
            )

    async def approve(self, actor: Actor, card: str, key: str, words: str | None = None) -> Case:
        """Let a draft out, in other `words` if they are given.

        Raises:
            Refusal: they may not, or it is not possible any more.
        """
        act = "approve" if words is None else "edit"
        case = await self.may_approve(actor, card, act)
        fact = human_facts.DraftApproved(
            ticket=case.ticket,
            message=case.message,
            actor=human_facts.human(actor.ref),
            edited=words is not None,
            texts={} if words is None else {"draft": words},
        )
        await self.carry_out(actor, act, key, fact)
        return case

    async def may_approve(self, actor: Actor, card: str, act: str) -> Case:
        """The case of a draft that somebody may let out.

        Raises:
            Refusal: they may not.
        """
        case = await self.case(actor, card, act)
        if case.requester_ref == actor.ref:
            await self.refused(actor, act, "own_request", ticket=case.ticket, message=case.message)
        if self.clock.now() - case.opened > self.lifetime:
            await self.refused(actor, act, "expired", ticket=case.ticket, message=case.message)
        return case

    async def reroute(self, actor: Actor, message: str, target: str, key: str) -> None:
        """Send a question to another specialist.

        Raises:
            Refusal: they may not, or it is not possible any more.
        """
        about = await self.asked(actor, message)
        role = actor.role(about.requester_ref)
        ticket = about.line.ticket
        if role is Role.OTHER:
            await self.refused(actor, "reroute", "not_yours", ticket=ticket, message=message)
        if target not in self.titles:
            await self.refused(
                actor, "reroute", "unknown_specialist", ticket=ticket, message=message
            )
        try:
            new = await self.humans.reroute(key, message, target, by=actor.ref, role=role)
        except NotPossible as error:
            by = await self.known_as(error.by)
            await self.refused(actor, "reroute", error.why, ticket=ticket, message=message, by=by)
        else:
            if new is not None:
                self.wake(about.now(new))

    async def ask_for_human(self, actor: Actor, message: str, key: str, note: str = "") -> About:
        """Put a ticket into the humans' queue on somebody's wish.

        Raises:
            Refusal: they may not, or it is there already.
        """
        about = await self.asked(actor, message)
        ticket = about.line.ticket
        if actor.role(about.requester_ref) is Role.OTHER:
            await self.refused(actor, "human", "not_yours", ticket=ticket, message=message)
        if about.line.status in DONE:
            await self.refused(actor, "human", "resolved", ticket=ticket, message=message)
        case = await self.cases.of_message(message)
        waits = case and EscalationReason.ASKED_FOR_HUMAN in case.reasons
        if about.line.status is TicketStatus.WAITING_FOR_STAFF and waits:
            await self.refused(actor, "human", "in_queue", ticket=ticket, message=message)
        fact = TicketEscalated(
            ticket=ticket,
            message=message,
            actor=human_facts.human(actor.ref),
            part=0,
            reason=EscalationReason.ASKED_FOR_HUMAN,
            specialist=about.line.specialist,
            texts={"note": note} if note else {},
        )
        await self.carry_out(actor, "human", key, fact)
        return about

    async def request_erasure(self, actor: Actor, key: str) -> None:
        """Put before staff that somebody wants to be forgotten.

        Raises:
            Refusal: there is nothing of theirs.
        """
        lines = await self.cases.mine(actor.ref, actor.team)
        about = lines and await self.cases.latest(actor.ref, actor.team, lines[0].ticket)
        if not about:
            raise Refusal("nothing_kept")
        fact = human_facts.ErasureRequested(
            ticket=about.line.ticket,
            message=about.message,
            actor=human_facts.human(actor.ref),
            texts={"note": ERASURE},
        )
        await self.carry_out(actor, "erase", key, fact)

    async def refused(
        self,
        actor: Actor,
        act: str,
        why: str,
        *,
        ticket: str,
        message: str | None = None,
        by: str = "",
    ) -> NoReturn:
        """Put a refused act on record with its author, and refuse it.

        Raises:
            Refusal: always.
        """
        who = human_facts.human(actor.ref)
        await self.store.record(
            ActRefused(ticket=ticket, message=message, actor=who, act=act, why=why)
        )
        raise Refusal(why, by)

    async def known_as(self, ref: str | None) -> str:
        """How Slack knows a person of the record; empty if nobody does."""
        keys = self.store.keys
        if not ref or keys is None:
            return ""
        return await asyncio.to_thread(keys.subjects.person, ref) or ""

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what has to be seen after an act; a failure is in the log and mended by `tick`."""
        task = asyncio.create_task(self._quietly(work), name="frontdesk-office")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for what was begun."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _quietly(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        # It follows from the record, so it is done again at the next tick.
        except Exception:
            log.exception("what follows from somebody's act could not be shown yet")
