"""How many entries a desk can put on record a second, and how long the slowest wait.

One transaction is what a turn does at each step: one entry with a text, its row in the search
index, its place in the queue, the end of its chain, and the rows of the ticket. SQLite has one
writing thread with 32 who wait for it, PostgreSQL eight processes with one connection each.
"""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from router import facts
from router.records import Delivery, Receipt
from storage.database import open_store
from storage.ledger.drill.turns import decision
from storage.store import SqlStore

WAITING = 32
CLIENTS = 8


@dataclass(frozen=True, slots=True)
class _Run:
    """One process: latencies, how long it took and what it used of a processor, all in seconds."""

    latencies: list[float]
    took: float
    busy: float


@dataclass(frozen=True, slots=True)
class Appends:
    """Transactions, how many a second, latencies in milliseconds, clients' CPU in µs for each."""

    count: int
    each_second: float
    cpu_us: float
    p50: float
    p99: float
    slowest: float


def on_sqlite(url: str, keys: Path, seconds: float) -> Appends:
    """Many who wait for one writer."""
    begin = time.time()
    return _summed([asyncio.run(_client(url, keys, "s", WAITING, (begin, seconds)))])


def on_postgresql(url: str, keys: Path, seconds: float) -> Appends:
    """Several processes, each of which waits for its own answer."""
    with ProcessPoolExecutor(CLIENTS, mp_context=get_context("spawn")) as pool:
        begin = time.time() + 4.0
        asked = [
            pool.submit(_process, url, keys, f"p{at}", (begin, seconds)) for at in range(CLIENTS)
        ]
        return _summed([one.result() for one in asked])


def _process(url: str, keys: Path, name: str, when: tuple[float, float]) -> _Run:
    return asyncio.run(_client(url, keys, name, 1, when))


async def _client(url: str, keys: Path, name: str, tasks: int, when: tuple[float, float]) -> _Run:
    store = open_store(url, keys)
    begin, seconds = when
    try:
        receipts = [await _receipt(store, f"{name}-{at}") for at in range(tasks)]
        await asyncio.sleep(max(begin - time.time(), 0))
        began, busy = time.perf_counter(), time.process_time()
        until = began + seconds
        found = await asyncio.gather(*(_appending(store, one, until) for one in receipts))
        took, busy = time.perf_counter() - began, time.process_time() - busy
    finally:
        await store.close()
    return _Run([one for some in found for one in some], took, busy)


async def _receipt(store: SqlStore, name: str) -> Receipt:
    return await store.receive(
        Delivery(
            *(f"{time.time_ns()}-{name}", "bench", "I was charged twice."),
            at=datetime.now(UTC),
            author_id=f"U-{name}",
            conversation=f"{time.time_ns()}-{name}",
        )
    )


async def _appending(store: SqlStore, receipt: Receipt, until: float) -> list[float]:
    about: dict[str, Any] = {
        **{"ticket": receipt.ticket, "message": receipt.message, "actor": "system:desk"}
    }
    text = "They were charged twice for one order and want one payment back. " * 3
    fact = facts.RouteDecided(
        **about,
        part=0,
        parts=1,
        decision=decision("billing", random.Random(1)),
        texts={"matter": text},
    )
    found = []
    while (now := time.perf_counter()) < until:
        await store.record(fact)
        found.append(time.perf_counter() - now)
    return found


def _summed(runs: list[_Run]) -> Appends:
    took = max(run.took for run in runs)
    latencies = sorted(one for run in runs for one in run.latencies)
    return Appends(
        len(latencies),
        len(latencies) / took,
        1e6 * sum(run.busy for run in runs) / len(latencies),
        *(1000 * latencies[int(share * (len(latencies) - 1))] for share in (0.5, 0.99, 1.0)),
    )
