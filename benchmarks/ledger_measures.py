"""What is measured of a log that is there: verifying, proofs, search, sequencing."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, select

from benchmarks.ledger_processors import Meter
from storage import engines
from storage.database import open_store
from storage.ledger import merkle, tiles
from storage.ledger.append import Appender
from storage.ledger.drill.turns import PER_TURN, write_turns
from storage.ledger.tables import INDEX, LEAF
from storage.ledger.verify import verify
from storage.ledger.verify.spans import log_size

NEW = 10_000
PROOFS = 200
ASKED = 60
PROCESSORS = 2
"""Those of the machine that the targets were set for: so much CPU may be used to reach them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure and its target, which it must reach, or keep below."""

    name: str
    found: float
    target: float
    most: bool = False

    @property
    def good(self) -> bool:
        """Whether it is met."""
        return self.found <= self.target if self.most else self.found >= self.target


def verifying(name: str, url: str, keys: Path, target: int, meter: Meter) -> Iterator[Measured]:
    """All of it, with the keys: hashes, MACs, chains, texts, columns, tree, signatures."""
    began = time.perf_counter()
    with meter.running() as used:
        report = verify(url, keys)
    took = time.perf_counter() - began
    if not report.ok:
        raise RuntimeError(f"the log is not clean: {report.findings[:3]}")
    yield Measured(f"{name}: verified entries a second", report.checked / took, target)
    cpu_us = 1e6 * (used.seconds + used.server) / report.checked
    yield Measured(f"{name}: CPU for each, µs", cpu_us, PROCESSORS * 1e6 / target, most=True)


def incremental(name: str, url: str, keys: Path) -> Iterator[Measured]:
    """Ten thousand new entries on top, and verifying them alone."""
    size = asyncio.run(_grown(url, keys))
    began = time.perf_counter()
    report = verify(url, keys, since=size)
    took = time.perf_counter() - began
    if not (report.ok and report.since == size):
        raise RuntimeError(f"the new entries are not clean: {report.findings[:3]}")
    yield Measured(f"{name}: verifying {report.checked:,} new entries, s", took, 0.5, most=True)


def proof_seconds(name: str, url: str, keys: Path) -> Measured:
    """The proof of one decision, median, in milliseconds; each with nothing read before."""
    engine = engines.reading(engines.parsed(url))
    chance, times = random.Random(1), []
    with engine.connect() as connection:
        size = log_size(connection)
        for _ in range(PROOFS):
            index = chance.randrange(size)
            began = time.perf_counter()
            perfect = tiles.reader(connection)
            proof = merkle.inclusion_proof(index, size, perfect)
            times.append(time.perf_counter() - began)
            leaf = connection.execute(
                select(LEAF.c.leaf_hash).where(LEAF.c.log_index == index)
            ).scalar_one()
            root = merkle.root(size, perfect)
            if not merkle.verify_inclusion(leaf, index, size, proof, root):
                raise RuntimeError("a proof does not verify")
    engine.dispose()
    return Measured(f"{name}: proof of one decision, ms", 1000 * _share(times, 0.5), 10, most=True)


def search_milliseconds(name: str, url: str, keys: Path) -> Iterator[Measured]:
    """What people ask of the log, 50 rows each: the slowest kind, 95 of 100 within."""
    engine = engines.reading(engines.parsed(url))
    worst = ("", 0.0)
    with engine.connect() as connection:
        for what, ask in _questions(connection).items():
            times = []
            for _ in range(ASKED):
                query = ask()
                began = time.perf_counter()
                connection.execute(query).all()
                times.append(1000 * (time.perf_counter() - began))
            worst = max(worst, (what, _share(times, 0.95)), key=lambda one: one[1])
    engine.dispose()
    yield Measured(f"{name}: slowest search ({worst[0]}), ms", worst[1], 20, most=True)


def sequencing(name: str, url: str, keys: Path) -> Measured:
    """From the commit of an entry to the checkpoint that covers it, at a tick each half second."""
    return Measured(f"{name}: a checkpoint after, s", asyncio.run(_aged(url, keys)), 1.0, most=True)


async def _aged(url: str, keys: Path) -> float:
    store = open_store(url, keys)
    try:
        await store.write(lambda connection, appender: _turns(connection, appender, 256))
        began = time.perf_counter()
        await store.sequence()
        return 0.5 + time.perf_counter() - began
    finally:
        await store.close()


async def _grown(url: str, keys: Path) -> int:
    store = open_store(url, keys)
    try:
        size = await store.read(log_size)
        for _ in range(NEW // PER_TURN // 100):
            await store.write(lambda connection, appender: _turns(connection, appender, 900))
            await store.sequence()
        return size
    finally:
        await store.close()


def _turns(connection: Connection, appender: Appender, entries: int) -> None:
    first = time.time_ns() // 1000
    turns = range(first, first + entries // PER_TURN)
    write_turns(connection, replace(appender), turns, random.Random(first))


def _questions(connection: Connection) -> dict[str, Callable[[], Select[Any]]]:
    """What people ask, each time about something else."""
    chance = random.Random(2)
    some = connection.execute(select(INDEX.c.ticket_id, INDEX.c.entry_id).limit(5000)).all()
    newest = select(INDEX).order_by(INDEX.c.entry_id.desc()).limit(50)

    def any_one() -> Any:
        return chance.choice(some)

    def specialist() -> str:
        return chance.choice(("billing", "technical", "product"))

    return {
        "a ticket": lambda: (
            select(INDEX)
            .where(INDEX.c.ticket_id == any_one().ticket_id)
            .order_by(INDEX.c.ticket_seq)
        ),
        "a kind": lambda: newest.where(INDEX.c.kind == "route:decided"),
        "a specialist": lambda: newest.where(INDEX.c.specialist == specialist()),
        "unsure decisions of a specialist": lambda: newest.where(
            INDEX.c.specialist == specialist(), INDEX.c.confidence_bp < chance.randrange(5200, 8000)
        ),
        "a channel and a kind": lambda: newest.where(
            INDEX.c.channel_id == f"C{chance.randrange(20)}", INDEX.c.kind == "post:done"
        ),
        "a page deep down": lambda: newest.where(INDEX.c.entry_id < any_one().entry_id),
    }


def _share(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]
