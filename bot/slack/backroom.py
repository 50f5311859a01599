"""What the desk does about all tickets: asks for scores, tells of the day, sees what was missed.

Joined to a desk in Slack for as long as it serves, like the staff room, whose office it uses.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import time
from zoneinfo import ZoneInfo

from bot.clock.clockwork import ticking
from bot.clock.jobs import Job
from bot.doors.digest import Telling, tell
from bot.parts import Part
from bot.slack import scores
from bot.slack.desk import SlackDesk
from bot.slack.incident_watch import MINUTE_US, IncidentWatch
from bot.slack.incidents import IncidentDesk
from bot.slack.ingest import MESSAGES
from bot.slack.office import Office
from bot.slack.per_team import PerTeam
from bot.slack.reconciling import Reconciler
from bot.slack.scores import Scores
from bot.slack.translate import SOURCE
from router.incidents import CrowdRule
from router.ports import Clock
from storage.database import SystemClock
from storage.doors.asking import SatisfactionAsker
from storage.doors.cases import Home
from storage.doors.incident_reading import IncidentReading
from storage.doors.incidents import Incidents
from storage.doors.places import LOCAL
from storage.doors.satisfaction import Ratings
from storage.doors.seen import LateStore, Seen

ASK_SECONDS = 30.0
DIGEST_SECONDS = 60.0
INCIDENT_SECONDS = 20.0
START_SECONDS = 20.0
MINUTE, HOUR = 60.0, 3_600.0

log = logging.getLogger("frontdesk.slack.backroom")


@asynccontextmanager
async def backroom(desk: SlackDesk, office: Office, home: Home) -> AsyncIterator[None]:
    """Listen to its buttons, and do what is due."""
    store = desk.app.store
    Scores(office, Ratings(store)).register(desk.bolt)
    incidents = Incidents(store), IncidentReading(store)
    IncidentDesk(office, *incidents, desk.app.desk.validator, home).register(desk.bolt)
    due = _jobs(desk, home) if Part.CLOCK in desk.parts else ()
    looking = reconciler(desk)
    for event in MESSAGES:
        desk.ingest.after(event, looking.noticed)
    async with ticking(desk.app.store, due), _at_the_start(desk, looking):
        yield


def reconciler(desk: SlackDesk) -> Reconciler:
    """Who compares what Slack has with what was received."""
    store, settings = desk.app.store, desk.app.settings
    return Reconciler(
        calls=desk.calls,
        workspaces=desk.workspaces,
        memory=desk.memory,
        seen=Seen(store),
        intake=desk.intake.kept_by(LateStore(store)),
        back=settings.reconcile_hours * HOUR,
        page=settings.reconcile_page,
    )


@asynccontextmanager
async def _at_the_start(desk: SlackDesk, looking: Reconciler) -> AsyncIterator[None]:
    """Look once soon after the start: most gets lost while nobody is there to take it."""
    wanted = Part.CLOCK in desk.parts and desk.app.settings.reconcile_minutes

    async def look() -> None:
        await asyncio.sleep(START_SECONDS)
        await looking.tick()

    task = asyncio.create_task(look(), name="slack-reconciling") if wanted else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            for failed in await asyncio.gather(task, return_exceptions=True):
                if isinstance(failed, Exception):
                    log.warning("what Slack had not delivered was not looked for: %s", failed)


class Morning:
    """Tells the staff of every workspace of the day before."""

    def __init__(self, desk: SlackDesk, home: Home, clock: Clock | None = None) -> None:
        settings = desk.app.settings
        self._desk = desk
        self._home = home
        self._clock = clock or SystemClock()
        self._triage = PerTeam.parse(settings.slack_triage_channel)
        at = time.fromisoformat(settings.digest_at)
        titles = desk.app.desk.specialists.titles
        self._telling = Telling(at, ZoneInfo(settings.sla.zone), titles)

    async def tick(self) -> None:
        """Announce what is due."""
        home = await self._home()
        for team in await self._desk.workspaces.teams():
            if self._triage.of(team):
                of = (team, LOCAL) if team == home else (team,)
                now = self._clock.now()
                await tell(self._desk.app.store, self._telling, now, team, of)


def _jobs(desk: SlackDesk, home: Home) -> tuple[Job, ...]:
    store, settings = desk.app.store, desk.app.settings
    jobs: list[Job] = []
    if settings.digest_at:
        jobs.append(Job("digest", DIGEST_SECONDS, Morning(desk, home).tick))
    if settings.incident_people and desk.app.thinking is not None:
        rule = CrowdRule(settings.incident_similar, settings.incident_people)
        window = round(settings.incident_minutes * MINUTE_US)
        watch = IncidentWatch(store, desk.app.thinking.encoder, rule, window, home)
        jobs.append(Job("incidents", INCIDENT_SECONDS, watch.tick))
    if settings.reconcile_minutes:
        minutes = settings.reconcile_minutes * MINUTE
        jobs.append(Job("reconciling", minutes, reconciler(desk).tick))
    if settings.satisfaction:
        asker = SatisfactionAsker(store, SOURCE, scores.question)
        jobs.append(Job("satisfaction", ASK_SECONDS, asker.tick))
    return tuple(jobs)
