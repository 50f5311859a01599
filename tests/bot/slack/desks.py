"""Desks for Slack's tests: the real turn, store and Slack side, with a specialist on a string."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.app import App
from bot.engine.worker import Pace
from bot.sandbox import Sandbox, Timing
from bot.sandbox.records import Message
from bot.settings import Settings
from bot.slack.calls import Calls
from bot.slack.messenger import SlackMessenger
from bot.slack.progress import Progress
from bot.slack.service import Serving, Site, serving
from bot.slack.sockets import Watch
from frontdesk import Answer, Citation, Context, Reply, Specialist, Ticket
from frontdesk import Message as Heard
from router.answer.run import Installed, RunLimits, SpecialistRunner
from router.flow import Desk
from router.outbox import Outbox
from router.records import CheckResult, PluginRef
from router.validate import Draft, Validator
from storage.database import open_store
from storage.ledger.tables import INDEX
from tests.router.fakes import Sends

QUICK = Timing(ack=2.0, retries=(0.1, 0.2, 0.4))
BRISK = Pace(
    settle=0.4,
    longest_settle=2.0,
    tries=4,
    first_pause=0.05,
    longest_pause=0.2,
    look=0.3,
    grace=2.0,
)
ALERT = Watch(sockets=2, look=0.1, first=0.05, new_address=0.3, replace=3.0, ping=0.3)
TRANSPORTS = ("http", "socket")

for noisy in ("frontdesk.slack.socket", "slack_sdk", "slack_bolt"):
    logging.getLogger(noisy).setLevel(logging.CRITICAL)


class Helper(Specialist):
    """Answers with what it was asked, when it is let; `says` may say something else."""

    def __init__(self) -> None:
        super().__init__(
            name="billing", title="Billing", handles="Everything.", examples=("Where is my bill?",)
        )
        self.asked: list[str] = []
        self.threads: list[tuple[Heard, ...]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.says: Callable[[str], Answer] = lambda text: Reply(f"About {text}: it is done.")

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        self.asked.append(ticket.text)
        self.threads.append(ticket.thread)
        await self.free.wait()
        return self.says(ticket.text)


class Approves:
    """A check that lets everything out: what is tested here is the way, not the words."""

    id = "approves"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        return CheckResult(self.id, self.version, passed=True)


@dataclass
class Bench:
    """A served desk and the Slack that it serves."""

    slack: Sandbox
    app: App
    served: Serving
    helper: Helper
    messenger: SlackMessenger

    def answers(self, asked: Message) -> list[Message]:
        """What the desk said in a message's thread."""
        root = asked.thread_ts or asked.ts
        return [one for one in self.slack.answers(asked.channel, thread=root) if not one.is_live]

    async def answer(self, asked: Message, within: float = 20.0) -> Message:
        """The desk's answer to a message, once it is there."""
        before = float(asked.ts)

        def newer() -> list[Message]:
            return [one for one in self.answers(asked) if float(one.ts) > before]

        return (await self.slack.wait_for(newer, within))[-1]

    async def settled(self, within: float = 20.0) -> None:
        """Wait until nothing is on its way and no turn runs."""
        await self.slack.wait_until_settled(within)
        async with asyncio.timeout(within):
            # There is no event for it: what is waited for is that nothing happens.
            while self.served.desk.worker.busy or await self.app.store.unfinished():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)

    async def kinds(self) -> list[str]:
        """The kinds of all entries on record, in order."""
        wanted = select(INDEX.c.kind).order_by(INDEX.c.rec_us, INDEX.c.ticket_seq)
        return list(await self.app.store.read(lambda db: db.execute(wanted).scalars().all()))


def settings_for(slack: Sandbox, folder: Path, transport: str, **given: Any) -> Settings:
    """Settings with which a desk finds a sandbox: addresses and secrets only."""
    found: dict[str, Any] = {
        "database_url": f"sqlite:///{folder / 'frontdesk.db'}",
        "slack_bot_token": slack.bot_token,
        "slack_api_url": slack.api_url,
        "slack_triage_channel": slack.workspace.channel("triage").id,
    }
    if transport == "socket":
        found |= {"slack_app_token": slack.app_token}
    else:
        found |= {"slack_signing_secret": slack.signing_secret, "port": 0}
    return Settings(**{**found, **given})


@asynccontextmanager
async def quick_app(
    settings: Settings, messenger: SlackMessenger, helper: Helper
) -> AsyncIterator[App]:
    """A desk whose store and turn are real, with one specialist and nothing to think about."""
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    plugin = PluginRef("billing", "tests", "1", "0" * 64)
    runner = SpecialistRunner(
        {"billing": Installed(helper, plugin)},
        answerer=None,
        limits=RunLimits(seconds=30),  # type: ignore[arg-type]
    )
    desk = Desk(
        store=store,
        router=Sends(),
        specialists=runner,
        validator=Validator([Approves()]),
        messenger=messenger,
        outbox=Outbox(store, messenger),
    )
    try:
        yield App(settings, store, desk, None)  # type: ignore[arg-type]
    finally:
        await store.close()


@asynccontextmanager
async def bench(
    slack: Sandbox,
    folder: Path,
    transport: str = "http",
    *,
    helper: Helper | None = None,
    pace: Pace = BRISK,
    watch: Watch = ALERT,
    stream_after: float = 3.0,
    web: Site | None = None,
    **given: Any,
) -> AsyncIterator[Bench]:
    """Serve a sandbox over one transport; with `web` the site that it gives as well."""
    helper, calls = helper or Helper(), Calls()
    messenger = SlackMessenger(calls, Progress(calls, stream_after))
    async with quick_app(settings_for(slack, folder, transport, **given), messenger, helper) as app:
        async with serving(app, messenger, pace=pace, watch=watch, web=web) as served:
            await connected(slack, served, transport)
            yield Bench(slack, app, served, helper, messenger)
        slack.request_url = None


async def connected(slack: Sandbox, served: Serving, transport: str) -> None:
    """Let the sandbox know where to deliver."""
    if transport == "http":
        slack.request_url = f"http://127.0.0.1:{served.port}/slack/events"
    else:
        await slack.wait_for(lambda: slack.core.sockets.open)


def citing(text: str, title: str, source: str) -> Reply:
    """A reply with one source."""
    return Reply(text, (Citation("p1", title, source, text),))


def slower(pace: Pace, **given: float) -> Pace:
    """A pace with some figures changed."""
    return replace(pace, **given)  # type: ignore[arg-type]
