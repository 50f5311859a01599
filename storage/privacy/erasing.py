"""Carrying out an erasure, in steps of which each can be done again after a crash.

1. One transaction: entries that say what goes, and it goes; what the texts were needed for ends.
2. The person's key is destroyed: what other copies of the database hold cannot be read any more.
3. One transaction: whatever was written meanwhile goes too, and the certificate is put on record.
4. The files of the database are written anew, and the person is told.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from frontdesk.errors import StoreError
from router.notice_facts import Audience
from storage import state
from storage.doors.tables import CALLBACK, DOOR_TICKET
from storage.facts import AUDIT
from storage.human_tables import FEEDBACK, PERSON_SETTING
from storage.ledger.append import Appender
from storage.notice_tables import NOTICE
from storage.notices import Notice, announce
from storage.people.tables import ACCOUNT, ACCOUNT_LINK, SAVED_SEARCH, WEB_SESSION
from storage.privacy import certificate, targets
from storage.privacy.facts import (
    Basis,
    ErasureDone,
    ErasureRefused,
    PayloadErased,
    TicketForgotten,
)
from storage.privacy.holds import holding
from storage.privacy.tables import ERASURE, ErasureState
from storage.step_tables import TURN_MEMO
from storage.store import SqlStore
from storage.tables import MESSAGE, TICKET, TicketStatus, TurnState

AT_ONCE = 200
"""Entries whose texts one entry of an erasure names."""

PATIENCE_US = 600 * 1_000_000
"""How long an erasure waits for turns that are on their way; then they are ended."""

TOLD = (
    "What you wrote to this desk, and what it answered, has been erased from its record, as you "
    "asked. What stands in Slack itself you can delete there."
)
_FORGOTTEN = (FEEDBACK, PERSON_SETTING, ACCOUNT, ACCOUNT_LINK, WEB_SESSION, SAVED_SEARCH)


class Held(StoreError):  # noqa: N818 - it names a state, as in the glossary
    """A legal hold keeps the texts; the refusal is on record."""


class NotYet(StoreError):  # noqa: N818 - it names a state, as in the glossary
    """A turn of the person is on its way; the erasure is carried out once it has ended."""


async def carry_out(
    store: SqlStore, erasure: str, *, backup_days: int, tidy: bool = True
) -> certificate.Certificate:
    """Carry out an approved erasure, from wherever it stopped.

    `backup_days` is how long backups of the key folder are kept. Without `tidy` the files of the
    database are left for the caller to write anew.

    Raises:
        Held: a hold keeps the texts.
        NotYet: a turn is on its way.
        StoreError: it is not approved, or could not be written.
    """
    found = await store.write(lambda db, appender: _texts_go(db, appender, erasure))
    if isinstance(found, tuple):
        raise Held(
            f"nothing was erased: the person is held by {', '.join(found)}. Release the hold, then "
            "approve the erasure again"
        )
    keys = store.keys
    assert keys is not None  # noqa: S101 - writing needs them
    await asyncio.to_thread(keys.subjects.destroy, found.subject_ref, found.told_ref)
    done = await store.write(lambda db, appender: _end(db, appender, erasure, backup_days))
    if tidy:
        await store.tidy()
    return done


def _texts_go(
    connection: Connection, appender: Appender, erasure: str
) -> Row[Any] | tuple[str, ...]:
    """The erasure's row once the texts are gone; or the holds that keep them."""
    row = _row(connection, erasure)
    if row.state in (ErasureState.ERASED, ErasureState.DONE):
        return row
    if row.state != ErasureState.APPROVED:
        raise StoreError(f"the erasure {erasure} is {row.state}, not approved")
    found = targets.of_person(connection, row.subject_ref)
    if holds := holding(connection, row.subject_ref, found.tickets):
        refuse(connection, appender, row, "held", holds)
        return holds
    _wait_for_turns(connection, appender, found.tickets)
    erase(connection, appender, found, erasure, Basis(row.basis))
    told = secrets.token_hex(16) if row.ticket_id else None
    change(
        connection,
        erasure,
        state=ErasureState.ERASED,
        told_ref=told,
        texts=found.texts,
        entries=found.entries,
        tickets=len(found.tickets),
    )
    return _row(connection, erasure)


def refuse(
    connection: Connection, appender: Appender, row: Row[Any], why: str, holds: tuple[str, ...] = ()
) -> None:
    """Put on record that an erasure is not carried out, for now or for good."""
    fact = ErasureRefused(
        ticket=AUDIT,
        actor="system:desk" if holds else str(row.decided_by),
        erasure=row.id,
        person=row.subject_ref,
        why=why,
        holds=holds,
    )
    appender.append(connection, (fact,))
    change(connection, row.id, state=ErasureState.HELD if holds else ErasureState.REFUSED)


def erase(
    connection: Connection, appender: Appender, found: targets.Targets, run: str, basis: Basis
) -> None:
    """Put on record what goes, and let it go."""
    facts: list[PayloadErased | TicketForgotten] = [
        PayloadErased(ticket=ticket, actor="system:desk", run=run, basis=basis, erased=some)
        for ticket, entries in found.by_ticket.items()
        for some in targets.erased(connection, entries, AT_ONCE)
    ]
    facts += [
        TicketForgotten(ticket=ticket, actor="system:desk", run=run)
        for ticket in _to_close(connection, found.owned)
    ]
    if facts:
        state.record(connection, appender, facts)


def _end(
    connection: Connection, appender: Appender, erasure: str, backup_days: int
) -> certificate.Certificate:
    row = _row(connection, erasure)
    if row.state == ErasureState.DONE:  # another process was at it, too
        return certificate.read(row.certificate)
    erase(
        connection,
        appender,
        targets.of_person(connection, row.subject_ref),
        erasure,
        Basis(row.basis),
    )
    wrote = select(MESSAGE.c.id).where(MESSAGE.c.subject_ref == row.subject_ref)
    connection.execute(delete(TURN_MEMO).where(TURN_MEMO.c.message_id.in_(wrote)))
    # Also in tickets of others: there is nothing left that could be answered.
    waits = (MESSAGE.c.subject_ref == row.subject_ref) & (MESSAGE.c.turn_state != TurnState.ENDED)
    connection.execute(update(MESSAGE).where(waits).values(turn_state=TurnState.ENDED))
    # An address to call back may name somebody, too.
    theirs = select(TICKET.c.id).where(TICKET.c.subject_ref == row.subject_ref)
    called = update(DOOR_TICKET).where(DOOR_TICKET.c.ticket_id.in_(theirs))
    connection.execute(called.values(callback=""))
    connection.execute(delete(CALLBACK).where(CALLBACK.c.ticket_id.in_(theirs)))
    for table in _FORGOTTEN:
        connection.execute(delete(table).where(table.c.person_ref == row.subject_ref))
    made = certificate.made(connection, row, appender.now_us(), backup_days)
    digest = hashlib.sha256(made.json.encode()).hexdigest()
    fact = ErasureDone(
        ticket=AUDIT,
        actor="system:desk",
        erasure=erasure,
        person=row.subject_ref,
        erased=row.texts,
        entries=row.entries,
        tickets=row.tickets,
        effective_us=made.effective_us,
        certificate=digest,
    )
    (entry,) = appender.append(connection, (fact,))
    _tell(connection, appender, row)
    values = {"state": ErasureState.DONE, "done_us": entry.rec_us, "certificate": made.json}
    change(connection, erasure, **values)
    return made


def _tell(connection: Connection, appender: Appender, row: Row[Any]) -> None:
    """Announce to the person that it is done, where they asked in Slack."""
    who = appender.keys.subjects.who(row.told_ref) if row.told_ref else None
    if who is None or who[0] != "slack":
        return
    notice = Notice(
        key=f"erasure:{row.id}", audience=Audience.PERSON, workspace=who[1], person=who[2]
    )
    announce(connection, appender, notice, {"notice": TOLD})


def _wait_for_turns(connection: Connection, appender: Appender, tickets: tuple[str, ...]) -> None:
    """Let turns end that would write on about somebody who is not there any more."""
    since = appender.now_us() - PATIENCE_US
    query = select(MESSAGE.c.ticket_id).where(
        MESSAGE.c.turn_state != TurnState.ENDED, MESSAGE.c.received_us > since
    )
    waiting = set(connection.execute(query).scalars()) & set(tickets)
    if waiting:
        raise NotYet(
            f"the desk is still at work on {', '.join(sorted(waiting))}: the erasure is approved "
            "and is carried out once that has ended"
        )


def _to_close(connection: Connection, owned: tuple[str, ...]) -> list[str]:
    """Tickets of the person that are not closed yet."""
    open_: list[str] = []
    for some in targets.chunks(owned):
        query = select(TICKET.c.id).where(TICKET.c.id.in_(some))
        query = query.where(TICKET.c.status != TicketStatus.CLOSED)
        open_ += connection.execute(query).scalars()
    return sorted(open_)


def _row(connection: Connection, erasure: str) -> Row[Any]:
    """The erasure's row, which nobody else changes meanwhile."""
    query = select(ERASURE).where(ERASURE.c.id == erasure).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise StoreError(f"there is no erasure {erasure!r}")
    return row


def change(connection: Connection, erasure: str, **values: object) -> None:
    """Change what stands of an erasure."""
    connection.execute(update(ERASURE).where(ERASURE.c.id == erasure).values(values))


def forget_told(connection: Connection, appender: Appender, refs: list[str]) -> list[str]:
    """Which new references of people who were told can go: nothing else is kept by them."""
    posted = select(NOTICE.c.person_ref).where(NOTICE.c.state != "waiting")
    told = set(connection.execute(posted).scalars()) & set(refs)
    kept = select(TICKET.c.subject_ref).where(TICKET.c.subject_ref.in_(refs))
    wrote = select(MESSAGE.c.subject_ref).where(MESSAGE.c.subject_ref.in_(refs))
    return sorted(told - set(connection.execute(kept.union(wrote)).scalars()))
