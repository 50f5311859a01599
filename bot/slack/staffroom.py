"""All that people do besides writing, joined to a desk in Slack for as long as it serves."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.clock.clockwork import ticking
from bot.clock.jobs import Job
from bot.engine.worker import Waiting
from bot.parts import Part
from bot.slack.actions import Actions
from bot.slack.aftermath import Aftermath
from bot.slack.assigning import Assigning
from bot.slack.backroom import backroom
from bot.slack.cards import CardWall
from bot.slack.changing import Changing
from bot.slack.commands import Commands
from bot.slack.desk import SlackDesk
from bot.slack.forms import Forms
from bot.slack.home import About, Home
from bot.slack.office import Office
from bot.slack.per_team import PerTeam
from bot.slack.places import Thread
from bot.slack.shortcuts import Shortcuts
from bot.slack.tickets import Tickets
from storage.cases import About as TicketAbout
from storage.changes import Changes
from storage.database import SystemClock
from storage.doors.cases import DoorCases
from storage.doors.places import is_door
from storage.humans import Humans

log = logging.getLogger("frontdesk.slack.staffroom")

HOUR = 3600.0
CARDS = "slack-cards"
SECONDS = 1.0
"""How often cards are brought up to date where nobody pressed anything."""


@dataclass(frozen=True, slots=True)
class StaffRoom:
    """The parts, for whoever wants to look at them."""

    office: Office
    aftermath: Aftermath
    tickets: Tickets
    home: Home


@asynccontextmanager
async def staffroom(desk: SlackDesk) -> AsyncIterator[StaffRoom]:
    """Listen to buttons, forms, commands and shortcuts, and keep cards up to date.

    Enter it before the doors open: what a crash left half done is done first.
    """
    room = furnish(desk)
    if not desk.app.settings.slack_triage_channel:
        log.warning("FRONTDESK_SLACK_TRIAGE_CHANNEL is not set: nobody sees what needs a person")
    jobs = (
        Job("slack-places", 5 * SECONDS, room.tickets.place_all),
        Job(CARDS, SECONDS, room.aftermath.tick),
        Job("slack-acts", HOUR, room.office.humans.forget_acts),
    )
    due = jobs if Part.CLOCK in desk.parts else ()
    async with (
        backroom(desk, room.office, partial(_home, desk)),
        ticking(desk.app.store, due, before=True) as clock,
    ):
        room.aftermath.nudge = partial(clock.nudge, CARDS)
        yield room
    await room.office.close()


def furnish(desk: SlackDesk) -> StaffRoom:
    """Make all parts and have them listen."""
    app, settings = desk.app, desk.app.settings
    humans, cases = Humans(app.store), DoorCases(app.store, partial(_home, desk))
    changes = Changes(app.store)
    triage = PerTeam.parse(settings.slack_triage_channel)
    wall = CardWall(desk.calls, cases, triage, changes, desk.claims)

    def wake(about: TicketAbout) -> None:
        place = (about.workspace, about.line.conversation)
        if is_door(about.line.conversation):
            desk.worker.look()
            return
        desk.messenger.showing.begin(Thread.named(*place), about.message, about.requester)
        desk.worker.wake(Waiting(about.message, about.line.ticket, *place))

    office = Office(
        store=app.store,
        humans=humans,
        cases=cases,
        people=desk.people,
        calls=desk.calls,
        messenger=desk.messenger,
        wall=wall,
        clock=SystemClock(),
        wake=wake,
        lifetime=timedelta(hours=settings.draft_hours),
    )
    office.introduce(app.desk.specialists.titles)
    outbox = app.desk.outbox
    aftermath = Aftermath(app.store, humans, cases, outbox, wall, desk.messenger, desk.claims)
    tickets = Tickets(
        app.store,
        humans,
        cases,
        desk.intake,
        desk.calls,
        desk.workspaces,
        office.clock,
        wake,
        desk.claims,
    )
    shortcuts = Shortcuts(office, tickets, settings.slack_emoji)
    home = Home(office, _about(desk))
    for part in (
        Actions(office, aftermath),
        Changing(office, aftermath, changes),
        Assigning(office, aftermath),
        Forms(office, aftermath, tickets),
        Commands(office, aftermath, tickets),
        shortcuts,
        home,
    ):
        part.register(desk.bolt)
    desk.ingest.on("reaction_added", shortcuts.reacted)
    desk.ingest.after("app_home_opened", home.opened)
    return StaffRoom(office, aftermath, tickets, home)


async def _home(desk: SlackDesk) -> str:
    """The workspace whose staff has the tickets of the other doors; empty if it is not clear."""
    teams = await desk.workspaces.teams()
    wanted = desk.app.settings.api_workspace or (teams[0] if len(teams) == 1 else "")
    return wanted if wanted in teams else ""


def _about(desk: SlackDesk) -> About:
    settings = desk.app.settings
    models = (settings.router_model, settings.validator_model, settings.specialist_model)
    used = tuple(dict.fromkeys(models)) if settings.anthropic_api_key else ()
    return About(used, contact=settings.contact)
