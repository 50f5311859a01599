"""Incidents in the triage channel: what staff presses, and the answer to all, checked like any."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import incident_look, modals
from bot.slack.acting import Actor, Refusal
from bot.slack.listening import (
    NOT_NOW,
    Ack,
    actor_of,
    attempt,
    key_of,
    open_view,
    team_of,
    tell,
    value_of,
)
from bot.slack.office import Office
from frontdesk import FrontdeskError
from router import facts, human_facts
from router.records import Verdict, VerdictKind
from router.validate import Draft, Validator
from storage.doors.cases import Home
from storage.doors.incident_reading import IncidentReading, IncidentView
from storage.doors.incidents import Incidents
from storage.doors.places import LOCAL
from storage.human_state import NotPossible

log = logging.getLogger("frontdesk.slack.incidents")

JUDGED_SECONDS = 1.2
"""How long the form waits for the checks; a model may take longer than Slack waits."""

Body = dict[str, Any]
Act = Callable[[str, str, str], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class IncidentDesk:
    """Listens for the buttons and the form of incidents."""

    office: Office
    incidents: Incidents
    reading: IncidentReading
    validator: Validator
    home: Home

    def register(self, app: AsyncApp) -> None:
        """Listen for them."""
        app.action(incident_look.OPEN)(self._deciding("incident_open", self.incidents.open))
        app.action(incident_look.DECLINE)(
            self._deciding("incident_decline", self.incidents.decline)
        )
        app.action(incident_look.CLOSE)(self._deciding("incident_close", self.incidents.close))
        app.action(incident_look.ANSWER)(self.ask_for_words)
        app.view(incident_look.FORM)(self.answer)

    async def ask_for_words(self, ack: Ack, body: Body) -> None:
        """Somebody wants to answer all tickets."""

        async def act(actor: Actor) -> None:
            view = await self._of(actor, value_of(body), "incident_answer")
            form = incident_look.form(view.incident, len(view.tickets))
            await open_view(self.office, body, form)

        await attempt(self.office, ack, body, act)

    async def answer(self, ack: Ack, body: Body) -> None:
        """Tell everybody, if the checks let it out."""
        view, words = body["view"], modals.entered(body["view"], incident_look.WORDS)
        incident = str(view["private_metadata"])

        async def whole() -> None:
            actor = await actor_of(self.office, body)
            await self._tell_all(actor, incident, words, key_of(body))

        judging = asyncio.create_task(whole(), name="frontdesk-incident")
        done, _ = await asyncio.wait({judging}, timeout=JUDGED_SECONDS)
        refusal = judging.exception() if done else None
        if isinstance(refusal, Refusal):
            await ack(response_action="errors", errors={incident_look.WORDS: refusal.text})
            return
        if refusal is not None:
            raise refusal
        await ack()
        self.office.later(self._told(judging, incident, body))

    async def _told(self, judging: asyncio.Task[None], incident: str, body: Body) -> None:
        """Once the checks are done: tell everybody, or say to whoever wrote it why not."""
        try:
            await judging
        except Refusal as refusal:
            await tell(self.office, body, refusal.text)
        except FrontdeskError:
            log.exception("the answer to the incident %s is not on record", incident)
            await tell(self.office, body, NOT_NOW)
        else:
            await self.incidents.tell()
            await self._redraw(incident, team_of(body))

    async def _tell_all(self, actor: Actor, incident: str, words: str, key: str) -> None:
        view = await self._of(actor, incident, "incident_answer")
        verdict = await self.validator.judge(Draft.notice(words, view.question))
        judged = _judged(view, verdict)
        if verdict.kind is not VerdictKind.APPROVE:
            await self.office.store.record(judged)
            raise _Objection(" ".join(one.message for one in verdict.objections))
        who = human_facts.human(actor.ref)
        await self._possible(lambda: self.incidents.answer(key, incident, who, words, judged))

    def _deciding(self, name: str, act: Act) -> Callable[[Ack, Body], Awaitable[None]]:
        async def pressed(ack: Ack, body: Body) -> None:
            incident = value_of(body)

            async def decide(actor: Actor) -> None:
                await self._of(actor, incident, name)
                who = human_facts.human(actor.ref)
                await self._possible(lambda: act(key_of(body), incident, who))

            if await attempt(self.office, ack, body, decide):
                self.office.later(self._redraw(incident, team_of(body)))

        return pressed

    async def _of(self, actor: Actor, incident: str, act: str) -> IncidentView:
        view = await self.reading.view(incident)
        if view is None or actor.team != await self._team(view):
            raise Refusal("unknown")
        if not actor.staff:
            await self.office.refused(actor, act, "not_staff", ticket=view.ticket)
        return view

    async def _team(self, view: IncidentView) -> str:
        return await self.home() if view.workspace == LOCAL else view.workspace

    async def _possible(self, act: Callable[[], Awaitable[bool]]) -> None:
        try:
            await act()
        except NotPossible as error:
            raise Refusal("incident_decided", await self.office.known_as(error.by)) from error

    async def _redraw(self, incident: str, team: str) -> None:
        """Show it as it stands now."""
        view, place = await self.reading.view(incident), await self.reading.place(incident)
        if view is None or not place:
            return
        piece = incident_look.look(view, await self.office.known_as(view.by_ref))
        channel, _, ts = place.partition(":")
        await self.office.calls(
            team, "chat_update", channel=channel, ts=ts, text=piece.text, blocks=piece.blocks
        )


class _Objection(Refusal):
    """The checks do not let an answer out; they say what to change."""

    def __init__(self, told: str) -> None:
        super().__init__("objections")
        self._told = told

    @property
    def text(self) -> str:
        """What whoever wrote it is told."""
        return f"The checks do not let this out: {self._told}"[:1_500]


def _judged(view: IncidentView, verdict: Verdict) -> facts.ReplyJudged:
    approved = verdict.kind is VerdictKind.APPROVE
    kind = facts.NoticeApproved if approved else facts.NoticeRejected
    return kind(ticket=view.ticket, actor="agent:validator", part=0, attempt=1, verdict=verdict)
