"""What keeps the log honest to the outside: heartbeats, anchors, and a look at the clock."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from bot.anchors.places import Checkpoint, NotKept, Place
from storage.facts import AUDIT
from storage.ledger import anchors, cosign, heartbeat
from storage.ledger.anchors import Receipt, Signed
from storage.ledger.facts import ClockSkewed
from storage.store import SqlStore

log = logging.getLogger("frontdesk.anchors")


@dataclass(slots=True)
class Anchoring:
    """Keeps the newest checkpoint in every place; `problems` are those that did not take it."""

    store: SqlStore
    places: Sequence[Place]
    problems: dict[str, str] = field(default_factory=dict)

    async def tick(self) -> int:
        """Keep it where it is not yet; how many places took it."""
        if not self.places or self.store.keys is None:
            return 0
        await self.store.sequence()
        signed = await self.store.read(anchors.newest)
        if signed is None:
            return 0
        whole = await asyncio.to_thread(with_pq, self.store, signed)
        took = await asyncio.gather(*(self._keep(place, whole) for place in self.places))
        return sum(took)

    async def _keep(self, place: Place, signed: Signed) -> bool:
        last = await self.store.read(
            lambda connection: anchors.last_size(connection, place.kind, place.name)
        )
        if last >= signed.size:
            return False
        proof = partial(_proof, self.store, signed.size, asyncio.get_running_loop())
        name = f"{place.kind} {place.name}"
        try:
            got = await place.keep(Checkpoint(signed, last, proof))
        except NotKept as error:
            if name not in self.problems:
                log.warning("a checkpoint was not kept elsewhere: %s", error)
            self.problems[name] = str(error)
            return False
        self.problems.pop(name, None)
        await self._record(place, signed, got)
        return True

    async def _record(self, place: Place, signed: Signed, got: Receipt) -> None:
        await self.store.write(
            lambda connection, appender: anchors.record(
                connection, appender, (place.kind, place.name), signed, got
            )
        )


@dataclass(slots=True)
class Heart:
    """Beats when nothing happens, and sees when the clock jumps."""

    store: SqlStore
    _apart: float | None = None

    async def tick(self) -> None:
        """Beat if it is time, and put on record by how much the clock has jumped."""
        apart = time.time() - time.monotonic()
        if self._apart is not None and abs(apart - self._apart) * 1_000_000 > anchors.SKEW_US:
            jumped = round((apart - self._apart) * 1_000_000)
            await self.store.record(
                ClockSkewed(ticket=AUDIT, actor="system:clock", source="monotonic", skew_us=jumped)
            )
        self._apart = apart
        await self.store.write(heartbeat.beat)


def with_pq(store: SqlStore, signed: Signed) -> Signed:
    """The checkpoint with a second signature that also stands against quantum computers."""
    keys = store.keys
    seed = keys.seed_pq() if keys is not None else None
    if keys is None or seed is None:
        return signed
    note = cosign.opened(signed.note)
    line = cosign.sign_pq(keys.origin, seed, note.checkpoint, int(time.time())).line
    return Signed(signed.size, signed.root, signed.note + line)


def _proof(store: SqlStore, size: int, loop: asyncio.AbstractEventLoop, old: int) -> list[bytes]:
    asked = store.read(lambda connection: anchors.consistency(connection, old, size))
    return asyncio.run_coroutine_threadsafe(asked, loop).result()
