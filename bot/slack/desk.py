"""The desk in Slack: its parts, joined once. Listeners get this and find all they need in it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import App
from bot.doors.turns import SlackOnly
from bot.engine.turning import make_claims, make_worker
from bot.engine.worker import Pace, Worker
from bot.parts import ALL, Part, Parts
from bot.slack.attention import Prompts, SlackAttention, SlackWatcher
from bot.slack.calls import Calls
from bot.slack.door import Door
from bot.slack.earlier import Earlier
from bot.slack.ingest import Ingest
from bot.slack.intake import Intake
from bot.slack.messenger import SlackMessenger
from bot.slack.outsiders import Outsiders, Policy
from bot.slack.people import People
from bot.slack.per_team import PerTeam
from bot.slack.translate import SOURCE
from bot.slack.workspaces import Workspaces, web_client
from storage.claims import Claims
from storage.doors.places import DOORS
from storage.humans import Humans
from storage.reading import need
from storage.slack import SlackMemory

BOLT_LOG = "frontdesk.slack.bolt"


@dataclass(frozen=True, slots=True)
class SlackDesk:
    """Everything that serves Slack. `web` has no token; `calls` find the right one.

    `parts` are those that this process does.
    """

    app: App
    workspaces: Workspaces
    calls: Calls
    messenger: SlackMessenger
    memory: SlackMemory
    people: People
    worker: Worker
    intake: Intake
    ingest: Ingest
    bolt: AsyncApp
    door: Door
    web: AsyncWebClient
    claims: Claims
    parts: Parts = ALL


def make_desk(  # noqa: PLR0917 - each is another part
    app: App,
    messenger: SlackMessenger,
    workspaces: Workspaces,
    session: aiohttp.ClientSession,
    pace: Pace | None = None,
    parts: Parts = ALL,
) -> SlackDesk:
    """Join all parts for one desk."""
    settings, memory = app.settings, SlackMemory(app.store)
    calls = messenger.calls
    calls.serve(workspaces)
    calls.counted = lambda method, result: app.watch.meters.slack.labels(method, result).inc()
    messenger.introduce(app.desk.specialists.titles, frozenset(settings.allowed_hosts))
    messenger.showing.remember_in(memory)
    people = People(
        calls,
        group=PerTeam.parse(settings.slack_staff_group),
        channel=PerTeam.parse(settings.slack_triage_channel),
    )
    watcher = SlackOnly(SlackWatcher(messenger, need(app.store.keys).subjects.person))
    claims = make_claims(app, parts)
    worker = make_worker(
        app, (SOURCE, *DOORS), watcher, pace or _pace(app), parts=parts, claims=claims
    )
    if Part.TURNS not in parts:
        messenger.showing.leave_to_others()
    attention = SlackAttention(messenger, worker, memory)
    policy = Policy(settings.slack_outsiders)
    outsiders = Outsiders(policy, people, Humans(app.store))
    intake = Intake(
        app.store,
        memory,
        people,
        attention=attention,
        earlier=Earlier(calls, workspaces),
        outsiders=outsiders,
    )
    ingest = Ingest(workspaces, memory, intake)
    attention.later = ingest.in_background
    ingest.on("agent_session_stopped", attention.stopped)
    ingest.after("app_home_opened", Prompts(calls, _examples(app)).opened)
    web = web_client("", settings.slack_api_url, session)
    bolt = _bolt(web, workspaces, ingest)
    secret = settings.slack_signing_secret
    door = Door(bolt, secret.get_secret_value() if secret else "")
    return SlackDesk(
        app,
        workspaces,
        calls,
        messenger,
        memory,
        people,
        worker,
        intake,
        ingest,
        bolt,
        door,
        web,
        claims,
        parts,
    )


def _pace(app: App) -> Pace:
    settings = app.settings
    return Pace(
        settle=settings.slack_settle_seconds,
        in_flight=settings.turns_in_flight,
        tries=settings.turn_tries,
        look=settings.worker_look_seconds,
        grace=settings.shutdown_seconds,
    )


def _examples(app: App) -> list[str]:
    """The first example of each specialist."""
    installed = app.desk.specialists.installed.values()
    return [one.specialist.examples[0] for one in installed if one.specialist.examples]


def _bolt(web: AsyncWebClient, workspaces: Workspaces, ingest: Ingest) -> AsyncApp:
    """Bolt as a router of interactions: what proves and parses requests is the door."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        client = await workspaces.client(team_id or "")
        me = await workspaces.me(team_id or "")
        if client is None or me is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=client.token,
            bot_id=me.bot,
            bot_user_id=me.user,
        )

    # Bolt warns of environment variables that it reads and that mean nothing here.
    logging.getLogger(BOLT_LOG).setLevel(logging.ERROR)
    return AsyncApp(
        name=BOLT_LOG,  # Bolt sets the level of the logger with this name
        logger=logging.getLogger(BOLT_LOG),
        client=web,
        authorize=authorize,  # type: ignore[arg-type]
        before_authorize=ingest,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
