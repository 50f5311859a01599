"""Legal holds: what must not be erased while a dispute or an authority needs it.

One person places a hold; releasing it takes two. What is held is refused by erasures, with an entry
that says so, and left out by the retention.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select, update

from frontdesk.errors import StoreError
from storage import reading
from storage.conversations import moment
from storage.facts import AUDIT
from storage.ledger.append import Appender
from storage.ledger.keys import Keys
from storage.looking import person_of
from storage.privacy.facts import HoldPlaced, HoldReleaseAsked, HoldReleased
from storage.privacy.tables import LEGAL_HOLD
from storage.store import SqlStore
from storage.tables import TICKET

_MANY = 400


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold. Exactly one of person (a reference), ticket and workspace is set."""

    id: str
    person: str | None
    ticket: str | None
    workspace: str | None
    reason: str
    placed_by: str
    placed: datetime
    release_asked_by: str | None
    released_by: str | None
    released: datetime | None


class Holds:
    """The holds of one store. `by` is the actor: `human:REF` or `operator:NAME`."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def all(self, *, released: bool = False) -> Sequence[Hold]:
        """Holds in force, oldest first; with `released` also those that were."""
        query = select(LEGAL_HOLD).order_by(LEGAL_HOLD.c.id)
        if not released:
            query = query.where(LEGAL_HOLD.c.released_us.is_(None))
        return await self._store.read(
            lambda db: [_hold(db, self._store.keys, row) for row in db.execute(query).all()]
        )

    async def place(
        self,
        by: str,
        reason: str,
        *,
        person: str | None = None,
        ticket: str | None = None,
        workspace: str | None = None,
        typed_by: str = "",
    ) -> str:
        """Hold a person's, a ticket's or a workspace's texts; give the hold's name.

        Raises:
            StoreError: not exactly one of them is given, there is no such ticket, or no reason.
        """
        if sum(one is not None for one in (person, ticket, workspace)) != 1 or not reason.strip():
            raise StoreError("a hold needs a reason, and one person, ticket or workspace to hold")

        def job(connection: Connection, appender: Appender) -> str:
            if ticket is not None and not _known(connection, ticket):
                raise StoreError(f"there is no ticket {ticket!r} to hold")
            name = appender.names.short("H", appender.now_us())
            fact = HoldPlaced(
                ticket=AUDIT,
                actor=by,
                hold=name,
                person=person,
                on_ticket=ticket,
                workspace=workspace,
                typed_by=typed_by,
                texts={"reason": reason.strip()},
            )
            whose = person_of(appender, by)
            (entry,) = appender.append(connection, (fact,), subject=whose)
            row = {"id": name, "subject_ref": person, "ticket_id": ticket, "workspace": workspace}
            placed = {"entry_id": entry.id, "placed_by": by, "placed_us": entry.rec_us}
            connection.execute(insert(LEGAL_HOLD), {**row, **placed})
            return name

        return await self._store.write(job)

    async def ask_release(self, hold: str, by: str, *, typed_by: str = "") -> None:
        """Ask for a hold to be released; somebody else has to agree.

        Raises:
            StoreError: there is no such hold in force.
        """

        def job(connection: Connection, appender: Appender) -> None:
            _in_force(connection, hold)
            fact = HoldReleaseAsked(ticket=AUDIT, actor=by, hold=hold, typed_by=typed_by)
            appender.append(connection, (fact,))
            _set(connection, hold, release_asked_by=by)

        await self._store.write(job)

    async def release(self, hold: str, by: str, *, typed_by: str = "") -> None:
        """Agree to the release that somebody else asked for.

        Raises:
            StoreError: nobody asked for it, or the same person did.
        """

        def job(connection: Connection, appender: Appender) -> None:
            row = _in_force(connection, hold)
            if row.release_asked_by is None:
                raise StoreError(f"nobody asked for the hold {hold} to be released: ask first")
            if row.release_asked_by == by:
                raise StoreError(
                    f"{by} asked for the release of {hold}: somebody else has to agree to it"
                )
            fact = HoldReleased(ticket=AUDIT, actor=by, hold=hold, typed_by=typed_by)
            (entry,) = appender.append(connection, (fact,))
            _set(connection, hold, released_by=by, released_us=entry.rec_us)

        await self._store.write(job)


def holding(connection: Connection, person: str, tickets: Iterable[str]) -> tuple[str, ...]:
    """The holds in force that keep a person's texts, or any of these tickets."""
    names = sorted(set(tickets))
    found = set(_in(connection, LEGAL_HOLD.c.subject_ref == person))
    for start in range(0, len(names), _MANY):
        some = names[start : start + _MANY]
        workspaces = select(TICKET.c.workspace).where(TICKET.c.id.in_(some)).distinct()
        which = or_(LEGAL_HOLD.c.ticket_id.in_(some), LEGAL_HOLD.c.workspace.in_(workspaces))
        found |= set(_in(connection, which))
    return tuple(sorted(found))


def _in(connection: Connection, which: ColumnElement[bool]) -> Sequence[str]:
    query = select(LEGAL_HOLD.c.id).where(LEGAL_HOLD.c.released_us.is_(None), which)
    return connection.execute(query).scalars().all()


def _known(connection: Connection, ticket: str) -> bool:
    return connection.execute(select(TICKET.c.id).where(TICKET.c.id == ticket)).scalar() is not None


def _in_force(connection: Connection, hold: str) -> Row[Any]:
    row = connection.execute(select(LEGAL_HOLD).where(LEGAL_HOLD.c.id == hold)).one_or_none()
    if row is None or row.released_us is not None:
        raise StoreError(f"there is no hold {hold!r} in force")
    return row


def _set(connection: Connection, hold: str, **values: object) -> None:
    connection.execute(update(LEGAL_HOLD).where(LEGAL_HOLD.c.id == hold).values(values))


def _hold(connection: Connection, keys: Keys | None, row: Row[Any]) -> Hold:
    reason = reading.texts(connection, keys, row.entry_id).get("reason", "")
    return Hold(
        id=row.id,
        person=row.subject_ref,
        ticket=row.ticket_id,
        workspace=row.workspace,
        reason=reason,
        placed_by=row.placed_by,
        placed=moment(row.placed_us),
        release_asked_by=row.release_asked_by,
        released_by=row.released_by,
        released=moment(row.released_us) if row.released_us is not None else None,
    )
