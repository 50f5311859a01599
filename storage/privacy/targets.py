"""Which texts go when a person is erased.

Their own words, wherever they are. In tickets that they opened, everything but the words of others
who joined. In tickets of others, from their first word on, what the desk made out of what it read:
drafts, notes, questions may repeat what they wrote. What other people wrote stays theirs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from storage.facts import MessageReceived
from storage.ledger.tables import ENTRY, INDEX, PAYLOAD
from storage.privacy.facts import ErasedTexts
from storage.tables import TICKET

_MANY = 400
_OWN = INDEX.c.kind != MessageReceived.kind


@dataclass(frozen=True, slots=True)
class Targets:
    """Fields to erase by entry, by chain; `owned` are the tickets that the person opened."""

    by_ticket: Mapping[str, Mapping[str, tuple[str, ...]]]
    owned: tuple[str, ...] = ()
    fields: Mapping[str, int] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """How many entries lose texts."""
        return sum(len(entries) for entries in self.by_ticket.values())

    @property
    def texts(self) -> int:
        """How many texts go."""
        return sum(self.fields.values())

    @property
    def tickets(self) -> tuple[str, ...]:
        """All tickets that are concerned."""
        return tuple(sorted({*self.owned, *self.by_ticket}))


def of_person(connection: Connection, ref: str) -> Targets:
    """What goes when this person is erased."""
    theirs = or_(PAYLOAD.c.subject_ref == ref, PAYLOAD.c.author_ref == ref)
    owned = connection.execute(select(TICKET.c.id).where(TICKET.c.subject_ref == ref)).scalars()
    tickets = tuple(owned.all())
    found = list(connection.execute(_texts(theirs)))
    for some in chunks(tickets):
        found += connection.execute(
            _texts(and_(INDEX.c.ticket_id.in_(some), or_(_OWN, PAYLOAD.c.subject_ref == ref)))
        )
    for ticket, first in _joined(connection, theirs, ref):
        found += connection.execute(
            _texts(
                and_(
                    INDEX.c.ticket_id == ticket,
                    INDEX.c.ticket_seq >= first,
                    INDEX.c.actor_type != "human",
                    PAYLOAD.c.author_ref.is_(None),
                )
            )
        )
    return gathered(found, tickets)


def gathered(rows: Iterable[Any], owned: tuple[str, ...] = ()) -> Targets:
    """Rows of ticket, place in it, entry and field, put together."""
    by_ticket: dict[str, dict[str, list[str]]] = {}
    fields: dict[str, int] = {}
    for ticket, _, entry, name in sorted(set(map(tuple, rows))):
        by_ticket.setdefault(ticket, {}).setdefault(entry, []).append(name)
        fields[name] = fields.get(name, 0) + 1
    return Targets(
        {
            ticket: {entry: tuple(names) for entry, names in entries.items()}
            for ticket, entries in by_ticket.items()
        },
        owned,
        fields,
    )


def erased(
    connection: Connection, entries: Mapping[str, tuple[str, ...]], at_once: int
) -> Iterator[tuple[ErasedTexts, ...]]:
    """What an entry says about texts that go, with their commitments; some entries at a time."""
    names = list(entries)
    for start in range(0, len(names), at_once):
        some = names[start : start + at_once]
        wanted = select(ENTRY.c.id, ENTRY.c.leaf).where(ENTRY.c.id.in_(some))
        leaves = {row.id: row.leaf for row in connection.execute(wanted)}
        yield tuple(
            ErasedTexts(entry=name, commit=_commits(leaves[name], entries[name])) for name in some
        )


def _commits(leaf: str, fields: tuple[str, ...]) -> dict[str, str]:
    commit = json.loads(leaf)["commit"]
    return {name: commit[name] for name in fields}


def _texts(which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(INDEX.c.ticket_id, INDEX.c.ticket_seq, INDEX.c.entry_id, PAYLOAD.c.field)
        .join(PAYLOAD, PAYLOAD.c.entry_id == INDEX.c.entry_id)
        .where(which)
    )


def _joined(connection: Connection, theirs: ColumnElement[bool], ref: str) -> list[tuple[str, int]]:
    """Tickets of others in which the person wrote, and the place of their first word there."""
    query = (
        select(INDEX.c.ticket_id, func.min(INDEX.c.ticket_seq))
        .join(PAYLOAD, PAYLOAD.c.entry_id == INDEX.c.entry_id)
        .join(TICKET, TICKET.c.id == INDEX.c.ticket_id)
        .where(theirs, TICKET.c.subject_ref != ref)
        .group_by(INDEX.c.ticket_id)
    )
    return [(str(ticket), int(first)) for ticket, first in connection.execute(query)]


def chunks(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Names, as many at a time as a statement takes."""
    for start in range(0, len(names), _MANY):
        yield names[start : start + _MANY]
