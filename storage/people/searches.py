"""Searches that people keep. What they look for may name somebody, so it is sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from router.human_facts import human
from storage.facts import DESK
from storage.ledger.append import Appender
from storage.people import facts
from storage.people.tables import SAVED_SEARCH
from storage.reading import need
from storage.secret_box import SecretBox
from storage.store import SqlStore

_PLACE = "search:{}"


@dataclass(frozen=True, slots=True)
class Search:
    """A search that somebody kept; `query` is the part of an address after `?`."""

    id: str
    person: str
    name: str
    query: str
    shared: bool


class Searches:
    """The kept searches of one store."""

    def __init__(self, store: SqlStore) -> None:
        """Open them.

        Raises:
            SettingsError: the keys are missing.
        """
        self._store = store
        self._box = SecretBox.of(need(store.keys).folder)

    async def of(self, person: str) -> tuple[Search, ...]:
        """What somebody may use: their own, and those that are for everybody."""
        mine = (SAVED_SEARCH.c.person_ref == person) | (SAVED_SEARCH.c.shared == 1)
        query = select(SAVED_SEARCH).where(mine).order_by(SAVED_SEARCH.c.id)
        rows = await self._store.read(lambda db: db.execute(query).all())
        found = []
        for row in rows:
            kept = json.loads(self._box.unseal(_PLACE.format(row.id), row.sealed))
            shared = bool(row.shared)
            found.append(Search(row.id, row.person_ref, kept["name"], kept["query"], shared))
        return tuple(found)

    async def keep(self, person: str, name: str, query: str, *, shared: bool) -> str:
        """Keep a search; its name in the record."""

        def job(connection: Connection, appender: Appender) -> str:
            search = appender.names.short("Q", appender.now_us())
            fact = facts.SearchSaved(ticket=DESK, actor=human(person), search=search, shared=shared)
            appender.append(connection, (fact,))
            content = json.dumps({"name": name, "query": query})
            row = {
                "id": search,
                "person_ref": person,
                "shared": int(shared),
                "sealed": self._box.seal(_PLACE.format(search), content),
            }
            connection.execute(insert(SAVED_SEARCH), row)
            return search

        return await self._store.write(job)

    async def forget(self, person: str, search: str) -> bool:
        """Remove one of one's own searches; False if there is none."""

        def job(connection: Connection, appender: Appender) -> bool:
            which = (SAVED_SEARCH.c.id == search) & (SAVED_SEARCH.c.person_ref == person)
            if not connection.execute(delete(SAVED_SEARCH).where(which)).rowcount:
                return False
            fact = facts.SearchForgotten(ticket=DESK, actor=human(person), search=search)
            appender.append(connection, (fact,))
            return True

        return await self._store.write(job)
