"""A process that writes until it is killed, and says what was acknowledged: run by test_crash.py.

Usage: python -m tests.storage.writing_process URL KEYS PREFIX
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from storage.database import open_store
from tests.storage import desk


async def write(url: str, keys: str, prefix: str) -> None:
    store = open_store(url, Path(keys))

    async def one(worker: int) -> None:
        for number in range(10_000):
            name = f"{prefix}-{worker}-{number}"
            receipt = await store.receive(desk.delivery(name, author_id=name))
            print("received", receipt.message, flush=True)
            await desk.answer(store, receipt)
            print("ended", receipt.message, flush=True)

    async def sequence() -> None:
        while True:
            await store.sequence()
            await asyncio.sleep(0.01)

    await asyncio.gather(sequence(), *(one(worker) for worker in range(4)))


if __name__ == "__main__":
    asyncio.run(write(*sys.argv[1:4]))
