"""Erasures as privacy officers meet them: asked for, approved by somebody else, carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from frontdesk.errors import StoreError
from storage.conversations import moment
from storage.facts import AUDIT
from storage.ledger.append import Appender
from storage.notice_tables import NOTICE
from storage.privacy import certificate, erasing, leftovers, people, targets
from storage.privacy.certificate import Certificate
from storage.privacy.facts import Basis, ErasureApproved, ErasureFiled
from storage.privacy.holds import holding
from storage.privacy.state import under_way
from storage.privacy.tables import ERASURE, ErasureState
from storage.reading import need
from storage.store import SqlStore

BACKUP_DAYS = 30
_UNDECIDED = (ErasureState.REQUESTED, ErasureState.HELD)
_ON_THE_WAY = (ErasureState.APPROVED, ErasureState.ERASED)


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do: texts by field, entries, tickets, and the holds that forbid it."""

    person: str
    texts: Mapping[str, int]
    entries: int
    tickets: tuple[str, ...]
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErasureCase:
    """An erasure. `person` is a reference, `known_as` who that is, empty once erased."""

    id: str
    state: ErasureState
    basis: Basis
    person: str
    known_as: str
    ticket: str | None
    requested_by: str
    requested: datetime
    decided_by: str | None
    decided: datetime | None
    done: datetime | None
    texts: int
    entries: int
    tickets: int


class Erasures:
    """The erasures of one store. `by` is the actor: `human:REF` or `operator:NAME`.

    `backup_days` is how long backups of the key folder are kept: so long somebody who has one
    could still read what a backup of the database holds. `exports` is the folder of the exports
    that the desk made: those with texts are deleted when somebody is erased.
    """

    def __init__(
        self, store: SqlStore, backup_days: int = BACKUP_DAYS, exports: Path | None = None
    ) -> None:
        self._store = store
        self._backup_days = backup_days
        self._exports = exports

    async def person(self, name: str) -> str:
        """The reference of `slack:U123`, `slack:U123:T1` or a reference itself.

        Raises:
            UnknownPerson: nobody, or more than one person, goes by it.
        """
        return await asyncio.to_thread(people.found, need(self._store.keys), name)

    async def plan(self, person: str) -> ErasurePlan:
        """What erasing a person (a reference) would do; nothing is changed."""

        def job(connection: Connection) -> ErasurePlan:
            found = targets.of_person(connection, person)
            holds = holding(connection, person, found.tickets)
            return ErasurePlan(person, found.fields, found.entries, found.tickets, holds)

        return await self._store.read(job)

    async def file(self, person: str, basis: Basis, by: str, *, typed_by: str = "") -> str:
        """File the erasure of a person (a reference); give its name. Somebody else approves it.

        One that is under way already is given back as it stands.

        Raises:
            StoreError: nothing was recorded.
        """

        def job(connection: Connection, appender: Appender) -> str:
            if known := under_way(connection, person):
                return known
            if not appender.keys.subjects.knows(person):
                raise StoreError(f"there is no person {person}: nothing is kept of them")
            name = appender.names.short("E", appender.now_us())
            fact = ErasureFiled(
                ticket=AUDIT, actor=by, erasure=name, person=person, basis=basis, typed_by=typed_by
            )
            (entry,) = appender.append(connection, (fact,))
            row = {"id": name, "state": ErasureState.REQUESTED, "basis": basis}
            asked = {"subject_ref": person, "requested_by": by, "requested_us": entry.rec_us}
            counts = {"texts": 0, "entries": 0, "tickets": 0}
            connection.execute(insert(ERASURE), {**row, **asked, **counts})
            return name

        return await self._store.write(job)

    async def approve(
        self, erasure: str, by: str, *, basis: Basis | None = None, typed_by: str = ""
    ) -> Certificate:
        """Approve an erasure that somebody else asked for, and carry it out.

        Raises:
            Held: a hold keeps the texts; that is on record.
            NotYet: it is approved and carried out by the clock, once a turn has ended.
            StoreError: the same person asked for it, or it is not to be decided any more.
        """

        def job(connection: Connection, appender: Appender) -> None:
            row = _undecided(connection, erasure)
            if row.requested_by == by:
                raise StoreError(
                    f"{by} asked for the erasure {erasure}: somebody else has to approve it"
                )
            fact = ErasureApproved(
                ticket=AUDIT,
                actor=by,
                erasure=erasure,
                person=row.subject_ref,
                basis=basis or Basis(row.basis),
                typed_by=typed_by,
            )
            (entry,) = appender.append(connection, (fact,))
            decided = {"decided_by": by, "decided_us": entry.rec_us, "basis": fact.basis}
            erasing.change(connection, erasure, state=ErasureState.APPROVED, **decided)

        await self._store.write(job)
        return await self._carried_out(erasure)

    async def decline(self, erasure: str, by: str) -> None:
        """Refuse an erasure for good; another may be asked for.

        Raises:
            StoreError: it is not to be decided any more.
        """

        def job(connection: Connection, appender: Appender) -> None:
            row = _undecided(connection, erasure)
            state = ErasureState.REFUSED
            erasing.change(
                connection, erasure, state=state, decided_by=by, decided_us=appender.now_us()
            )
            decided = connection.execute(select(ERASURE).where(ERASURE.c.id == row.id)).one()
            erasing.refuse(connection, appender, decided, "declined")

        await self._store.write(job)

    async def all(self, *states: ErasureState) -> Sequence[ErasureCase]:
        """Erasures in these states, or in any, newest first."""
        query = select(ERASURE).order_by(ERASURE.c.requested_us.desc(), ERASURE.c.id)
        if states:
            query = query.where(ERASURE.c.state.in_(states))
        keys = need(self._store.keys)
        return await self._store.read(
            lambda db: [
                _case(row, keys.subjects.person(row.subject_ref) or "") for row in db.execute(query)
            ]
        )

    async def one(self, erasure: str) -> ErasureCase | None:
        """One erasure; None if there is no such."""
        query = select(ERASURE).where(ERASURE.c.id == erasure)
        row = await self._store.read(lambda db: db.execute(query).one_or_none())
        if row is None:
            return None
        return _case(row, need(self._store.keys).subjects.person(row.subject_ref) or "")

    async def certificate(self, erasure: str) -> Certificate:
        """The certificate of an erasure that was carried out.

        Raises:
            StoreError: there is none.
        """
        query = select(ERASURE.c.certificate).where(ERASURE.c.id == erasure)
        found = await self._store.read(lambda db: db.execute(query).scalar())
        if found is None:
            raise StoreError(f"there is no certificate of {erasure!r}: it was not carried out")
        return certificate.read(found)

    async def tick(self) -> int:
        """Carry out what was approved and could not be finished; give how many were.

        Raises:
            StoreError: some could not be carried out; all others were before this is said.
        """
        query = select(ERASURE.c.id).where(ERASURE.c.state.in_(_ON_THE_WAY))
        waiting = await self._store.read(lambda db: db.execute(query).scalars().all())
        done, failed = 0, []
        for one in waiting:
            try:
                await self._carried_out(one)
                done += 1
            except (erasing.NotYet, erasing.Held):
                continue
            except (StoreError, OSError) as error:
                failed.append((one, error))
        await self._forget_who_was_told()
        if failed:
            first, why = failed[0]
            raise StoreError(
                f"{len(failed)} of {len(waiting)} erasures could not be carried out and are tried "
                f"again; the first, {first}: {why}"
            ) from why
        return done

    async def _carried_out(self, erasure: str) -> Certificate:
        made = await erasing.carry_out(self._store, erasure, backup_days=self._backup_days)
        if self._exports is not None:
            await leftovers.delete_exports(self._store, self._exports)
        return made

    async def _forget_who_was_told(self) -> None:
        """Let go of the new references of people who know by now that they were erased."""
        keys = need(self._store.keys)
        query = select(ERASURE.c.told_ref).where(
            ERASURE.c.told_ref.is_not(None), ERASURE.c.state == ErasureState.DONE
        )
        refs = await self._store.read(lambda db: list(db.execute(query).scalars()))
        if not refs:
            return

        def job(connection: Connection, appender: Appender) -> list[str]:
            gone = erasing.forget_told(connection, appender, refs)
            for ref in gone:
                found = targets.of_person(connection, ref)
                erasing.erase(connection, appender, found, "told", Basis.NOT_NEEDED)
            connection.execute(
                update(NOTICE).where(NOTICE.c.person_ref.in_(gone)).values(person_ref=None)
            )
            return gone

        gone = await self._store.write(job)
        for ref in gone:
            await asyncio.to_thread(keys.subjects.destroy, ref)
        cleared = update(ERASURE).where(ERASURE.c.told_ref.in_(gone)).values(told_ref=None)
        await self._store.write(lambda db, _: db.execute(cleared))


def _undecided(connection: Connection, erasure: str) -> Row[Any]:
    row = connection.execute(select(ERASURE).where(ERASURE.c.id == erasure)).one_or_none()
    if row is None:
        raise StoreError(f"there is no erasure {erasure!r}")
    if row.state not in _UNDECIDED:
        raise StoreError(f"the erasure {erasure} is {row.state} already")
    return row


def _case(row: Row[Any], known_as: str) -> ErasureCase:
    return ErasureCase(
        id=row.id,
        state=ErasureState(row.state),
        basis=Basis(row.basis),
        person=row.subject_ref,
        known_as=known_as,
        ticket=row.ticket_id,
        requested_by=row.requested_by,
        requested=moment(row.requested_us),
        decided_by=row.decided_by,
        decided=moment(row.decided_us) if row.decided_us is not None else None,
        done=moment(row.done_us) if row.done_us is not None else None,
        texts=row.texts,
        entries=row.entries,
        tickets=row.tickets,
    )
