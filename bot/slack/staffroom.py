"""All that people do besides writing, joined to a desk in Slack for as long as it serves."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import ticking
from bot.jobs import Job
from bot.slack.actions import Actions
from bot.slack.aftermath import Aftermath
from bot.slack.cards import CardWall
from bot.slack.commands import Commands
from bot.slack.desk import SlackDesk
from bot.slack.forms import Forms
from bot.slack.home import About, Home
from bot.slack.office import Office
from bot.slack.per_team import PerTeam
from bot.slack.places import Thread
from bot.slack.shortcuts import Shortcuts
from bot.slack.tickets import Tickets
from bot.worker import Waiting
from storage.cases import About as TicketAbout
from storage.cases import Cases
from storage.database import SystemClock
from storage.humans import Humans

log = logging.getLogger("frontdesk.slack.staffroom")

HOUR = 3600.0
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
    await room.tickets.place_all()
    await room.aftermath.tick()
    jobs = (
        Job("slack-cards", SECONDS, room.aftermath.tick),
        Job("slack-places", 5 * SECONDS, room.tickets.place_all),
        Job("slack-acts", HOUR, room.office.humans.forget_acts),
    )
    with ticking(jobs):
        yield room
    await room.office.close()


def furnish(desk: SlackDesk) -> StaffRoom:
    """Make all parts and have them listen."""
    app, settings = desk.app, desk.app.settings
    humans, cases = Humans(app.store), Cases(app.store)
    wall = CardWall(desk.calls, cases, PerTeam.parse(settings.slack_triage_channel))

    def wake(about: TicketAbout) -> None:
        place = (about.workspace, about.line.conversation)
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
    aftermath = Aftermath(app.store, humans, cases, outbox, wall, desk.messenger, desk.calls)
    tickets = Tickets(
        app.store, humans, cases, desk.intake, desk.calls, desk.workspaces, office.clock, wake
    )
    shortcuts = Shortcuts(office, tickets, settings.slack_emoji)
    home = Home(office, _about(desk))
    for part in (
        Actions(office, aftermath),
        Forms(office, aftermath, tickets),
        Commands(office, aftermath, tickets),
        shortcuts,
        home,
    ):
        part.register(desk.bolt)
    desk.ingest.on("reaction_added", shortcuts.reacted)
    desk.ingest.after("app_home_opened", home.opened)
    return StaffRoom(office, aftermath, tickets, home)


def _about(desk: SlackDesk) -> About:
    settings = desk.app.settings
    models = (settings.router_model, settings.validator_model, settings.specialist_model)
    used = tuple(dict.fromkeys(models)) if settings.anthropic_api_key else ()
    return About(used, contact=settings.contact)
