"""A console on a desk that decided many matters, with people who may sign in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from bot.app import App
from bot.settings import Settings
from bot.web.site import make_site
from frontdesk import EscalationReason
from router import facts
from router.answer.run import Installed, RunLimits, SpecialistRunner
from router.considered import Alternative
from router.flow import Desk
from router.human_facts import FeedbackGiven, Role, Vote
from router.outbox import Outbox
from router.records import Band, DecidedBy, Decision, OutcomeKind, PluginRef, Receipt
from router.validate import Validator
from storage.database import open_store
from storage.people.accounts import LOCAL, OPERATOR, Accounts
from storage.people.roles import Role as Part
from storage.privacy.erasures import Erasures
from storage.reviews.service import Reviews
from storage.store import SqlStore
from tests.bot.slack.desks import Approves
from tests.router.fakes import Sends
from tests.storage import desk as acts

ASKED = (
    ("I was charged twice this month, please give me the second charge back.", "billing", 9120),
    ("The desktop app crashes as soon as I open the export dialog.", "technical", 8740),
    ("Does the team plan include single sign-on?", "product", 7710),
    ("My invoice shows the wrong company address, can you correct it?", "billing", 8950),
    ("Password reset mails do not arrive any more.", "technical", 6480),
    ("How many seats are in the starter plan?", "product", 8210),
    ("I want to cancel, and I want my money back at once!", "billing", 5310),
)
ANSWERS = {
    "billing": "We found both charges. The second one goes back to your card within five days.",
    "technical": "Please install version 4.2.1: it fixes this. Your settings stay as they are.",
    "product": "Yes, it is part of the team plan. You find it under Settings, Sign-in.",
}


DUE = datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class House:
    """The site, at `url`, and its desk."""

    url: str
    app: App
    people: dict[str, str]

    async def link(self, name: str) -> str:
        """An address that signs this person in once."""
        word = await Accounts(self.app.store).new_link(self.people[name], by=OPERATOR)
        return f"{self.url}/sign-in/link/{word}"


@asynccontextmanager
async def opened_house(folder: Path, decisions: int = 62, url: str = "") -> AsyncIterator[House]:
    """Serve the console of a desk that has decided so many matters, on a database or a new one."""
    url = url or f"sqlite:///{folder / 'desk.db'}"
    store = await asyncio.to_thread(open_store, url, folder / "keys")
    try:
        await decide(store, decisions)
        await store.sequence()
        await Reviews(store).catch_up()
        people = await let_in(store)
        app = _app(store, folder)
        async with served(app) as address:
            yield House(address, app, people)
    finally:
        await store.close()


async def decide(store: SqlStore, count: int) -> None:
    """Decide matters of some people, well and badly."""
    for at in range(count):
        text, specialist, confidence = ASKED[at % len(ASKED)]
        given = {"source": "slack", "workspace": "T1", "channel": "C1"}
        person = f"U{at % 9}"
        receipt = await store.receive(acts.delivery(f"d{at}", text, author_id=person, **given))
        await store.record(*_turn(at, receipt, specialist, confidence))


def erasures_of(house: House) -> Erasures:
    """The erasures of the desk."""
    return Erasures(house.app.store)


async def let_in(store: SqlStore) -> dict[str, str]:
    """Accounts for people with different roles; their references by name."""
    accounts, people = Accounts(store), {}
    parts: dict[str, Sequence[Part]] = {
        "Ann": (Part.LEAD, Part.PRIVACY),
        "Ben": (Part.REVIEWER, Part.PRIVACY),
        "Cleo": (Part.REVIEWER,),
        "Dan": (Part.ADMIN,),
    }
    for name, roles in parts.items():
        ref = accounts.ref(LOCAL, "", name)
        await accounts.grant(ref, LOCAL, name, roles, by=OPERATOR)
        people[name] = ref
    return people


@asynccontextmanager
async def served(app: App) -> AsyncIterator[str]:
    """The site on a free port; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    site = make_site(app, dict)
    server = uvicorn.Server(uvicorn.Config(site, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


def _turn(at: int, receipt: Receipt, specialist: str, confidence: int) -> list[facts.Fact]:
    about: Any = {"ticket": receipt.ticket, "message": receipt.message}
    result = acts.outcome(receipt, OutcomeKind.REPLIED, ANSWERS[specialist])
    steps: list[facts.Fact] = [acts.gated(receipt), _routed(about, specialist, confidence)]
    if at % 6 == 0:
        steps.append(_called(about))
    if at % 10 == 3:
        return [*steps, *_escalated(about, receipt)]
    if at % 8 == 5:
        steps += [acts.drafted(receipt), acts.rejected(receipt)]
    steps.append(acts.drafted(receipt, text=ANSWERS[specialist]))
    steps += [acts.approved(receipt), acts.intended(result)]
    steps += [acts.posted(result), acts.ended(result, specialist)]
    if at % 12 == 6:
        opinion: Any = {"actor": "human:requester", "vote": Vote.UNHELPFUL}
        steps.append(FeedbackGiven(**about, **opinion, role=Role.REQUESTER))
    return steps


def _routed(about: Any, specialist: str, confidence: int) -> facts.RouteDecided:
    others = [name for name in ("billing", "technical", "product") if name != specialist]
    shares = (confidence, (10_000 - confidence) * 2 // 3, (10_000 - confidence) // 3)
    alternatives = tuple(
        Alternative(name, share, share, 4_500, "" if at == 0 else f"{specialist} is likelier")
        for at, (name, share) in enumerate(zip([specialist, *others], shares, strict=True))
    )
    decision = Decision(
        Band.GO,
        specialist,
        confidence,
        DecidedBy.EMBEDDED,
        f"It is closest to {specialist}'s examples.",
        threshold_bp=4_500,
        margin_bp=confidence - shares[1],
        alternatives=alternatives,
        model="all-MiniLM-L6-v2",
        model_digest="ab" * 32,
    )
    return facts.RouteDecided(**about, actor="system:router", part=0, parts=1, decision=decision)


def _escalated(about: Any, receipt: Receipt) -> list[facts.Fact]:
    text = "A person will look at this and answer here."
    result = acts.outcome(receipt, OutcomeKind.ESCALATED, text)
    note = {"note": "The person asks for a decision that only staff can take."}
    reason = EscalationReason.UNSURE
    return [
        facts.TicketEscalated(**about, actor="system:desk", part=0, reason=reason, texts=note),
        acts.intended(result),
        acts.posted(result),
        acts.ended(result),
    ]


def _called(about: Any) -> facts.ModelCalled:
    digests: Any = {"prompt_digest": "cd" * 32, "params_digest": "ef" * 32}
    tokens: Any = {"cache_read_tokens": 1200, "cache_write_tokens": 0}
    return facts.ModelCalled(
        **about,
        **digests,
        **tokens,
        actor="agent:router",
        role="router",
        requested="claude-sonnet",
        returned="claude-sonnet-20260101",
        prompt="router@3",
        request_id="r1",
        stop_reason="end_turn",
        input_tokens=900,
        output_tokens=60,
        cost_microusd=3_700,
        latency_us=850_000,
        attempts=1,
    )


def _app(store: SqlStore, folder: Path) -> App:
    installed = {
        name: Installed(None, PluginRef(name, "tests", "1", "0" * 64))  # type: ignore[arg-type]
        for name in ANSWERS
    }
    runner = SpecialistRunner(installed, None, limits=RunLimits(seconds=1))  # type: ignore[arg-type]
    settings = Settings(
        database_url=f"sqlite:///{folder / 'desk.db'}",
        keys=folder / "keys",
        exports=folder / "exports",
        console_sign_ins=1_000,
    )
    messenger: Any = None
    desk = Desk(
        store, Sends(), runner, Validator([Approves()]), messenger, Outbox(store, messenger)
    )
    return App(settings, store, desk, None)  # type: ignore[arg-type]
