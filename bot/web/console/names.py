"""Who somebody is, for people who read the record: the record itself knows random references."""

from __future__ import annotations

import asyncio

from storage.people.accounts import Accounts
from storage.store import SqlStore

SHORT = 6
FRESH_SECONDS = 30.0

KNOWN = {
    "system:desk": "the desk",
    "system:console": "somebody not signed in",
    "human:operator": "the operator",
}


class PersonNames:
    """Names of accounts by reference; others stay references, which say nothing of them."""

    def __init__(self, accounts: Accounts, store: SqlStore) -> None:
        self._accounts = accounts
        self._store = store
        self._names: dict[str, str] = {}
        self._until = 0.0

    async def refresh(self) -> None:
        """Learn the names of accounts, if it was some time ago."""
        now = asyncio.get_running_loop().time()
        if now >= self._until:
            self._names = {one.ref: one.name for one in await self._accounts.all()}
            self._until = now + FRESH_SECONDS

    def of(self, actor: str, reveal: bool = False) -> str:
        """An actor or a reference as people call it.

        With `reveal` also who somebody of Slack is, by Slack's id, while the record still knows.
        """
        if actor in KNOWN:
            return KNOWN[actor]
        kind, _, name = actor.rpartition(":")
        if name in self._names:
            return self._names[name]
        if kind in ("human", ""):
            known = self._accounts.known_as(name) if reveal else None
            return known or f"person {name[:SHORT]}"
        return actor.split(":", 1)[1].replace(":", " ").replace("_", " ")
