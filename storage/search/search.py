"""Pages of what was found, newest first; and words that somebody remembers.

Words are looked for in the decrypted texts of the newest entries that fit everything else, within
bounds: no second copy of what people wrote is kept for that. A page says how far it has looked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Select, func, select, union_all

from frontdesk.errors import StoreError
from storage import reading
from storage.conversations import moment
from storage.ledger import payload
from storage.ledger.keys import Keys
from storage.ledger.tables import INDEX, PAYLOAD
from storage.queries import EntryRow, chain_named, entry_row, indexed
from storage.search.filters import Filter, kinds, narrowed
from storage.store import SqlStore

LOOKED_THROUGH = 2000
"""Entries with texts that one search for words decrypts."""

COUNTED = 10_000
"""Entries that are counted; beyond, it is said that there are more."""

_AT_A_TIME = 500
_DOUBLE = "outcome"
"""The field that says the post again, as JSON for the desk itself."""


@dataclass(frozen=True, slots=True)
class Page:
    """Entries that were found, newest first. `after` gives the next page; None at the end.

    `looked_through` says how many entries were searched for words, `back_to` how far back in time;
    both are empty where no words were asked for.
    """

    rows: tuple[EntryRow, ...]
    after: str | None
    looked_through: int = 0
    back_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """So many entries, or more than so many."""

    number: int
    more: bool


class Search:
    """Searches one store."""

    def __init__(self, store: SqlStore, looked_through: int = LOOKED_THROUGH) -> None:
        self._store = store
        self._looked_through = looked_through

    async def page(self, wanted: Filter, *, limit: int = 50, after: str | None = None) -> Page:
        """One page, after the entry that the page before ended with.

        Raises:
            NotFound: no ticket, or more than one, goes by the name that was given.
            SettingsError: words were asked for, and the keys are missing.
        """

        def job(connection: Connection) -> Page:
            _plan_each(connection, newest_first=True)
            named = _named(connection, wanted)
            if named.words.split():
                keys = reading.need(self._store.keys)
                most = self._looked_through
                return _with_words(connection, keys, named, limit=limit, after=after, most=most)
            rows = connection.execute(_newest(indexed(), named, after, limit + 1)).all()
            found = tuple(map(entry_row, rows[:limit]))
            return Page(found, found[-1].id if len(rows) > limit else None)

        return await self._store.read(job)

    async def count(self, wanted: Filter, most: int = COUNTED) -> Counted:
        """How many entries fit, without regard to words; counting ends at `most`."""

        def job(connection: Connection) -> Counted:
            _plan_each(connection)
            some = narrowed(select(INDEX.c.entry_id), _named(connection, wanted)).limit(most + 1)
            number = int(
                connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
            )
            return Counted(min(number, most), number > most)

        return await self._store.read(job)


_CUSTOM = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"
_IN_ORDER = f"{_CUSTOM}, set_config('enable_bitmapscan', 'off', true)"


def _plan_each(connection: Connection, *, newest_first: bool = False) -> None:
    """Have PostgreSQL plan for what is asked now: what suits a rare value takes ages for another.

    After some rounds it would keep one plan for all values of a prepared statement. And it takes
    the filters for independent, so that it expects nearly nothing and gathers all that fits before
    it sorts; the newest are there at once in the order of an index.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_IN_ORDER if newest_first else _CUSTOM)


def _named(connection: Connection, wanted: Filter) -> Filter:
    if wanted.ticket is None:
        return wanted
    return replace(wanted, ticket=chain_named(connection, wanted.ticket))


def _newest(
    query: Select[Any], wanted: Filter, after: str | None, limit: int, *, written: bool = False
) -> Select[Any]:
    """The newest that fit, with `written` only entries with texts.

    Where several kinds fit, the newest of each are put together.
    Each kind is in the order of time in its index; all of them together would have to be sorted.
    """
    several = kinds(wanted.kind) if wanted.kind is not None else ()
    if len(several) <= 1:
        return _after(_written(narrowed(query, wanted), written), after).limit(limit)
    id_ = select(INDEX.c.entry_id)
    each = [_written(narrowed(id_, replace(wanted, kind=kind)), written) for kind in several]
    parts = [_after(one, after).limit(limit).subquery() for one in each]
    ids = union_all(*(select(part.c.entry_id) for part in parts))
    return _after(query.where(INDEX.c.entry_id.in_(ids)), None).limit(limit)


def _written(query: Select[Any], only: bool) -> Select[Any]:
    """Leave out entries without texts, if `only` those with some are wanted."""
    texts = select(PAYLOAD.c.entry_id).where(PAYLOAD.c.entry_id == INDEX.c.entry_id)
    return query.where(texts.exists()) if only else query


def _after(query: Select[Any], after: str | None) -> Select[Any]:
    """Newest first, after the entry that was the last one before."""
    if after is not None:
        query = query.where(INDEX.c.entry_id < after)
    return query.order_by(INDEX.c.entry_id.desc())


def _with_words(
    connection: Connection, keys: Keys, wanted: Filter, *, limit: int, after: str | None, most: int
) -> Page:
    reader = _Reader(connection, keys, tuple(wanted.words.casefold().split()))
    times = select(INDEX.c.entry_id, INDEX.c.rec_us)
    found: list[str] = []
    looked, last, back_us, more = 0, after, 0, True
    while more and looked < most and len(found) < limit:
        step = min(_AT_A_TIME, most - looked)
        rows = connection.execute(_newest(times, wanted, last, step, written=True)).all()
        more = len(rows) == step
        fits = reader.fitting([row.entry_id for row in rows])
        for row in rows:
            looked, last, back_us = looked + 1, row.entry_id, row.rec_us
            if row.entry_id in fits:
                found.append(row.entry_id)
                if len(found) == limit:
                    more = True
                    break
    shown = connection.execute(_after(indexed().where(INDEX.c.entry_id.in_(found)), None)).all()
    back_to = moment(back_us) if looked else None
    return Page(tuple(map(entry_row, shown)), last if more else None, looked, back_to)


@dataclass(slots=True)
class _Reader:
    """Decrypts texts and looks for words in them; each person's key is asked for once."""

    connection: Connection
    keys: Keys
    words: tuple[str, ...]
    _known: dict[tuple[str, str | None], AESGCM | None] = field(default_factory=dict)

    def fitting(self, entries: list[str]) -> set[str]:
        """Which of these entries have all words in one of their texts."""
        wanted = select(
            *(PAYLOAD.c.entry_id, PAYLOAD.c.field, PAYLOAD.c.subject_ref, PAYLOAD.c.author_ref),
            *(PAYLOAD.c.nonce, PAYLOAD.c.ciphertext),
        ).where(PAYLOAD.c.entry_id.in_(entries), PAYLOAD.c.field != _DOUBLE)
        return {row.entry_id for row in self.connection.execute(wanted) if self._fits(row)}

    def _fits(self, row: Any) -> bool:
        key = self._key(row.subject_ref, row.author_ref)
        if key is None:
            return False
        try:
            text = payload.unsealed(row.entry_id, row.field, row.nonce, row.ciphertext, key)[1]
        except ValueError:  # tampered with: verify tells
            return False
        folded = text.casefold()
        return all(word in folded for word in self.words)

    def _key(self, subject: str, author: str | None) -> AESGCM | None:
        """The key of a text; None if its person was erased at this moment."""
        if (subject, author) not in self._known:
            try:
                self._known[subject, author] = self.keys.subjects.key(subject, author)
            except StoreError:
                self._known[subject, author] = None
        return self._known[subject, author]
