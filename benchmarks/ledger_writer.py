"""Writes until it is killed: `python -m benchmarks.ledger_writer FILE NAME`.

It prints each entry once it was told that the entry is safe.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from router.facts import Fact
from router.records import Delivery
from storage.database import open_store
from storage.ledger.drill.turns import turn
from storage.store import SqlStore

AT_ONCE = 4


async def begun(store: SqlStore, name: str, chance: random.Random) -> Sequence[Fact]:
    """A message that was received, and what an honest turn about it puts on record."""
    receipt = await store.receive(
        Delivery(
            *(name, "bench", "I was charged twice."),
            at=datetime.now(UTC),
            author_id=f"U{chance.randrange(20)}",
            conversation=name,
        )
    )
    return list(turn(receipt.ticket, receipt.message, 0, chance))[2:]


async def write(file: Path, name: str) -> None:
    """Write without an end."""
    store = open_store(f"sqlite:///{file}")
    print("ready", flush=True)
    await asyncio.gather(*(_turns(store, f"{name}-{at}") for at in range(AT_ONCE)))


async def _turns(store: SqlStore, name: str) -> None:
    chance, number = random.Random(name), 0
    while True:
        number += 1
        for step in await begun(store, f"{name}-{number}", chance):
            print(*await store.record(step), sep="\n", flush=True)
        await store.sequence()


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), sys.argv[2]))
