"""A batch of tickets through the desk, several at once, in order, and never one twice.

A ticket's delivery is named by the batch, the row's id and its text, so that a batch that was cut
off goes on where it stopped: what has ended is only read back from the record. One process at a
time works on a batch; another would take its turns for ones that were cut off.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.engine import processes
from bot.engine.claiming import at_work
from bot.triage.reading import BadLine, Row
from frontdesk import FrontdeskError, PostError, StoreError
from router.flow import Desk
from router.ports import Store
from router.records import Delivery, Outcome
from storage.claims import Claims
from storage.store import SqlStore

SOURCE = "triage"


class BatchTakenError(FrontdeskError):
    """Another process is working on the batch."""


@dataclass(frozen=True, slots=True)
class Done:
    """A row and how its turn ended. `before`: it had ended in an earlier run."""

    row: Row
    outcome: Outcome
    before: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """A row whose turn could not be ended; running the batch again goes on with it."""

    row: Row
    problem: str


async def run_batch(
    rows: Iterable[Row | BadLine], *, desk: Desk, store: SqlStore, batch: str, jobs: int
) -> AsyncGenerator[Done | Failed | BadLine, None]:
    """Put rows through the desk, `jobs` at once, and give their ends in the rows' order.

    Raises:
        BatchTakenError: another process has the batch; nothing was done.
        StoreError: the batch could not be claimed, or let go of.
    """
    claims = Claims(store, processes.name(), processes.is_gone)
    async with at_work(claims), claims.errand(f"batch:{batch}") as mine:
        if not mine:
            raise BatchTakenError(
                f"another process is working on the batch {batch!r}: wait until it is done, or "
                "give this one a name of its own with --batch"
            )
        async with aclosing(_ends(rows, desk=desk, store=store, batch=batch, jobs=jobs)) as ends:
            async for end in ends:
                yield end


async def _ends(
    rows: Iterable[Row | BadLine], *, desk: Desk, store: Store, batch: str, jobs: int
) -> AsyncGenerator[Done | Failed | BadLine, None]:
    ends: asyncio.Queue[asyncio.Task[Done | Failed] | BadLine | None] = asyncio.Queue(2 * jobs)
    running: set[asyncio.Task[Done | Failed]] = set()
    places = asyncio.Semaphore(jobs)

    async def one(row: Row) -> Done | Failed:
        try:
            return await _turn(row, desk=desk, store=store, batch=batch)
        except (StoreError, PostError) as error:
            return Failed(row, str(error))
        finally:
            places.release()

    async def feed() -> None:
        for row in rows:
            if isinstance(row, BadLine):
                await ends.put(row)
                continue
            await places.acquire()
            turn = asyncio.create_task(one(row))
            running.add(turn)
            turn.add_done_callback(running.discard)
            await ends.put(turn)
        await ends.put(None)

    feeder = asyncio.create_task(feed())
    try:
        while (item := await ends.get()) is not None:
            yield item if isinstance(item, BadLine) else await item
        await feeder
    finally:
        feeder.cancel()
        for turn in running:
            turn.cancel()
        await asyncio.gather(feeder, *running, return_exceptions=True)


async def _turn(row: Row, *, desk: Desk, store: Store, batch: str) -> Done | Failed:
    receipt = await store.receive(_delivery(row, batch))
    if not receipt.new and (ended := await store.outcome(receipt.message)):
        return Done(row, ended, before=True)
    outcome = await (desk.turn if receipt.new else desk.resume)(receipt.message)
    # As it stands on record, with the entries that led to it.
    return Done(row, await store.outcome(receipt.message) or outcome, before=False)


def _delivery(row: Row, batch: str) -> Delivery:
    digest = hashlib.sha256(row.text.encode()).hexdigest()[:16]
    name = f"{batch}/{row.id}/{digest}"
    return Delivery(
        id=name,
        source=SOURCE,
        text=row.text,
        at=datetime.now(UTC),
        author_id=f"{batch}/{row.id}",
        conversation=name,
        channel=batch,
    )
