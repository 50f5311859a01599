"""A desk whose turns are durable: all that they put on record goes through the turn that runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from router.facts import Fact
from router.flow import Desk
from storage.steps import current
from storage.store import SqlStore

IN_FLIGHT_SECONDS = 1.0
"""How long a post of another process, or a lost one, may still be on its way to being visible."""


def recording(store: SqlStore) -> Callable[..., Awaitable[tuple[str, ...]]]:
    """What puts facts on record: with the turn that runs, or straight where none does."""

    async def record(*happened: Fact) -> tuple[str, ...]:
        turn = current()
        return await (turn.record(*happened) if turn else store.record(*happened))

    return record


def durable(desk: Desk, store: SqlStore) -> Desk:
    """The desk, with what its turns record and remember in one transaction."""
    joined: Any = _Joined(store)
    outbox = replace(desk.outbox, store=joined, aside=store, patience=IN_FLIGHT_SECONDS)
    return replace(desk, store=joined, outbox=outbox)


class _Joined:
    """The store, with `record` joined to the turn that runs."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.record = recording(store)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
