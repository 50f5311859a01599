"""Looks for many tickets about the same, and lets later ones join what is known."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.slack.incident_look import look
from frontdesk import StoreError
from router.incidents import Crowd, CrowdRule, closest, crowd
from router.ports import Clock, Encoder, Vectors
from router.records import basis_points
from storage.conversations import microseconds
from storage.database import SystemClock
from storage.doors.cases import Home
from storage.doors.incident_reading import Asked, IncidentReading, IncidentView, Running
from storage.doors.incident_state import IncidentState
from storage.doors.incidents import Incidents, Proposal
from storage.doors.places import LOCAL
from storage.store import SqlStore

log = logging.getLogger("frontdesk.slack.incidents")

MINUTE_US = 60_000_000
USUAL_US = 7 * 24 * 3_600_000_000
"""How far back it is read what is asked anyway."""

QUIET_WINDOWS = 8
"""For so many windows a matter that staff declined is not proposed again."""


@dataclass(slots=True)
class IncidentWatch:
    """Watches one store; `home` is the workspace whose staff has tickets of the other doors."""

    store: SqlStore
    encoder: Encoder
    rule: CrowdRule
    window_us: int
    home: Home
    clock: Clock | None = None

    async def tick(self) -> None:
        """Let tickets join, propose what is new, and tell what was answered."""
        reading, now = IncidentReading(self.store), self._now()
        asked = await reading.asked(now - self.window_us, now + 1)
        running = await reading.running(now - QUIET_WINDOWS * self.window_us)
        if running and asked:
            asked = await self._joined(asked, running)
        if len({one.person for one in asked}) >= self.rule.people:
            usual = await reading.asked(now - USUAL_US, now - self.window_us)
            await self._propose(asked, usual)
        await Incidents(self.store).tell()

    async def _joined(self, asked: Sequence[Asked], running: Sequence[Running]) -> Sequence[Asked]:
        """Let tickets join the incidents that they are about; give the others."""
        left = []
        for one in asked:
            same = [run for run in running if run.workspace == one.workspace and run.text]
            vectors = await self._vectors([one.text, *(run.text for run in same)])
            found = closest(vectors[0], vectors[1:], self.rule.similar)
            if found is None:
                left.append(one)
                continue
            try:
                await Incidents(self.store).join(same[found[0]].incident, one.ticket, found[1])
            except StoreError as error:
                log.info("ticket %s did not join: %s", one.ticket, error)
        return left

    async def _propose(self, asked: Sequence[Asked], usual: Sequence[Asked]) -> None:
        home = await self._home_of()
        for team in {home(one) for one in asked} - {LOCAL}:
            here = [one for one in asked if home(one) == team]
            before = [one for one in usual if home(one) == team]
            vectors = await self._vectors([one.text for one in here])
            known = await self._vectors([one.text for one in before])
            people = [one.person for one in here]
            found = await asyncio.to_thread(crowd, vectors, people, known, self.rule)
            if found is not None:
                await self._put_forward(team, here, found)

    async def _put_forward(self, team: str, asked: Sequence[Asked], found: Crowd) -> None:
        members = tuple((asked[place].ticket, share) for place, share in found.members)
        proposal = Proposal(
            members=members,
            people=found.people,
            threshold_bp=basis_points(self.rule.similar),
            window_us=self.window_us,
            encoder=self.encoder.name,
        )
        question = asked[found.members[0][0]].text

        def say(incident: str) -> Mapping[str, str]:
            tickets = tuple(ticket for ticket, _ in members)
            view = IncidentView(
                incident=incident,
                ticket=tickets[0],
                workspace=team,
                state=IncidentState.PROPOSED,
                question=question,
                tickets=tickets,
                answer="",
                told=0,
                by_ref="",
            )
            piece = look(view)
            return {"notice": piece.text, "blocks": json.dumps(piece.blocks)}

        await Incidents(self.store).propose(proposal, team, say)

    async def _home_of(self) -> Callable[[Asked], str]:
        home = await self.home()
        return lambda one: (home or LOCAL) if one.workspace == LOCAL else one.workspace

    async def _vectors(self, texts: Sequence[str]) -> Vectors:
        return await asyncio.to_thread(self.encoder.encode, texts)

    def _now(self) -> int:
        return microseconds((self.clock or SystemClock()).now())
