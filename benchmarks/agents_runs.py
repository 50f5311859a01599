"""One run: many tickets through a desk against a model server, and what it took.

Each run has a process of its own, so that none warms up or burdens another.
"""

from __future__ import annotations

import asyncio
import csv
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from benchmarks.agents_desks import SOURCE, Shown, batch, worker
from benchmarks.agents_floor import KNOWLEDGE, Floor, bare_client
from benchmarks.agents_server import Serving, model_server
from benchmarks.agents_turns import Turn, my_turn
from bot.app import App, open_app
from bot.settings import Settings
from bot.settling import settle
from router.records import Delivery, OutcomeKind
from storage.queries import Queries

TICKETS = Path(__file__).parent.parent / "examples" / "tickets.csv"
SECONDS = 2.0
"""Time limit of an attempt: what hangs is given up after it."""
_WORDS = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?=[.?!](?:\s|$))")


@dataclass(frozen=True)
class Plan:
    """What to run. `desk` is `ours`, `ours-batch`, `floor` or `floor-aiohttp`.

    The tickets come in so many `rounds`; between them others may have their turn.
    """

    desk: str
    serving: Serving
    tickets: int = 256
    at_once: int = 64
    rounds: int = 1


@dataclass
class Measured:
    """What a run took, a ticket on average where that makes sense.

    Times are in milliseconds; `fresh` are the input tokens that no cache had; `right` are replies
    word for word as their source, `routed` calls of the router and `routing` their input tokens.
    """

    tickets: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    p50: float = 0.0
    calls: float = 0.0
    tokens: float = 0.0
    fresh: float = 0.0
    right: int = 0
    wrong: int = 0
    human: int = 0
    asked: int = 0
    lost: int = 0
    routed: float = 0.0
    routing: float = 0.0
    took: list[float] = field(default_factory=list)


def run(plan: Plan) -> Measured:
    """Run a plan in a process of its own."""
    (measured,) = beside([plan])
    return measured


def beside(plans: Sequence[Plan]) -> list[Measured]:
    """Run plans of as many rounds in turns, a round of each, so that all have the same weather.

    A shared machine may be half as fast for a minute. Each plan has a process of its own, whose CPU
    counts while it is its turn.
    """
    if any(plan.rounds != plans[0].rounds or plan.tickets % plan.rounds for plan in plans):
        raise ValueError("all plans need as many rounds, and each round as many tickets")
    spawn = get_context("spawn")
    with ExitStack() as stack:
        running = []
        for plan in plans:
            turn = Turn.of(spawn)
            url = stack.enter_context(model_server(plan.serving))
            process = ProcessPoolExecutor(1, spawn, initializer=turn.take_part)
            running.append((turn, stack.enter_context(process).submit(_run, plan, url)))
            stack.callback(turn.stop)
        for turn, ends in running:
            turn.until_it_waits(ends)
        for _ in range(plans[0].rounds):
            for turn, ends in running:
                turn.give(ends)
        for turn, _ in running:
            turn.go.release()
        return [ends.result() for _, ends in running]


def texts(number: int) -> Iterator[str]:
    """So many tickets that nothing was fitted to, of which no two share a sentence.

    Else vectors that are remembered would make it look cheaper than it is.
    """
    with TICKETS.open(encoding="utf-8", newline="") as file:
        known = [row["text"] for row in csv.DictReader(file)]
    for n in range(number):
        yield _SENTENCE_END.sub(f" ({n})", known[n % len(known)])


def _run(plan: Plan, url: str) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        ours = plan.desk.startswith("ours")
        return asyncio.run((_ours if ours else _floor)(plan, url, Path(folder)))


async def _floor(plan: Plan, url: str, folder: Path) -> Measured:
    handles = {name: _handles(name) for name in ("billing", "product", "technical")}
    database = sqlite3.connect(folder / "floor.db")
    measured = Measured()
    async with bare_client(url, aiohttp=plan.desk != "floor", seconds=SECONDS) as client:
        floor = Floor(client, database, handles)

        async def one(number: int, text: str) -> None:
            try:
                ended = await floor.ticket(str(number), text)
            # The hand-written desk has no net: whatever goes wrong loses the ticket.
            except Exception:
                measured.lost += 1
                return
            measured.human += ended.escalated
            _judge(measured, ended.reply)

        await _timed(plan, one, measured, partial(asyncio.sleep, 0))
    measured.calls = floor.calls / plan.tickets
    measured.tokens = measured.fresh = floor.tokens / plan.tickets
    database.close()
    return measured


def _handles(name: str) -> str:
    module = __import__(f"frontdesk_specialists.{name}", fromlist=["HANDLES"])
    return str(module.HANDLES)


async def _ours(plan: Plan, url: str, folder: Path) -> Measured:
    settings = Settings(
        database_url=f"sqlite:///{folder / 'frontdesk.db'}",
        anthropic_api_key="local",
        anthropic_base_url=url,
        model_seconds=SECONDS,
    )
    measured = Measured()
    shown = Shown()
    async with open_app(settings, shown) as app:
        settle()
        async with batch(app) if plan.desk == "ours-batch" else worker(app, shown) as turn:

            async def one(number: int, text: str) -> None:
                name = f"{SOURCE}/{number}"
                now = datetime.now(UTC)
                receipt = await app.store.receive(Delivery(name, SOURCE, text, now, name, name))
                ended = await turn(receipt)
                if ended is None:
                    measured.lost += 1
                    return
                measured.human += ended.kind is OutcomeKind.ESCALATED
                measured.asked += ended.kind is OutcomeKind.ASKED
                for part in ended.parts:
                    _judge(measured, part.text if part.kind is OutcomeKind.REPLIED else "")

            await _timed(plan, one, measured, app.store.sequence)
        await _count_calls(app, plan, measured)
    return measured


async def _count_calls(app: App, plan: Plan, measured: Measured) -> None:
    after: str | None = None
    queries = Queries(app.store)
    while page := await queries.entries(kind="model:called", limit=1000, after=after):
        after = page[-1].id
        for entry in page:
            body = (await queries.entry(entry.id)).leaf["body"]
            cached = body["cache_read_tokens"]
            fresh = body["input_tokens"] + body["cache_write_tokens"]
            measured.calls += body["attempts"] / plan.tickets
            measured.fresh += fresh / plan.tickets
            measured.tokens += (fresh + cached) / plan.tickets
            if body["role"] == "router":
                measured.routed += body["attempts"] / plan.tickets
                measured.routing += (fresh + cached) / plan.tickets


async def _timed(
    plan: Plan,
    one: Callable[[int, str], Awaitable[None]],
    measured: Measured,
    afterwards: Callable[[], Awaitable[object]],
) -> None:
    """`afterwards` is what is left to be done for the tickets of a round."""
    places = asyncio.Semaphore(plan.at_once)

    async def placed(number: int, text: str) -> None:
        async with places:
            began = time.perf_counter()
            await one(number, text)
            measured.took.append((time.perf_counter() - began) * 1000)

    tickets = list(enumerate(texts(plan.tickets)))
    size = -(-len(tickets) // plan.rounds)
    for at in range(0, len(tickets), size):
        await my_turn()
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(placed(*ticket) for ticket in tickets[at : at + size]))
        measured.wall += (time.perf_counter() - wall) * 1000
        await afterwards()
        measured.cpu += (time.process_time() - cpu) * 1000 / plan.tickets
    await my_turn()  # nobody counts or closes anything while another one works
    measured.p50 = statistics.median(measured.took)
    measured.tickets = plan.tickets


def _judge(measured: Measured, reply: str) -> None:
    """The server's rules only quote; so whatever stands in no article is wrong."""
    if reply:
        right = _flat(reply) in _articles()
        measured.right += right
        measured.wrong += not right


_read: list[str] = []


def _articles() -> str:
    if not _read:
        _read.append(
            " ".join(_flat(f.read_text("utf-8")) for f in KNOWLEDGE.glob("*/knowledge/*.md"))
        )
    return _read[0]


def _flat(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))
