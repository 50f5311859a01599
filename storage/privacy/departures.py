"""Workspaces that removed the desk: what their people wrote is erased after a month of grace."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage.facts import AUDIT
from storage.ledger.append import Appender
from storage.privacy import erasing
from storage.privacy.facts import Basis, ErasureApproved, ErasureFiled, WorkspaceLeft
from storage.privacy.facts import WorkspaceReturned as Returned
from storage.privacy.state import under_way
from storage.privacy.tables import DEPARTURE, ERASURE, ErasureState
from storage.reading import need
from storage.store import SqlStore

GRACE_US = 30 * 86_400_000_000
"""How long a workspace may change its mind."""

_ASKED, _ALLOWED = "system:uninstalled", "system:policy"


def left(connection: Connection, appender: Appender, source: str, workspace: str) -> None:
    """A workspace removed the desk, in the transaction that forgets its tokens."""
    returned(connection, appender, source, workspace, silently=True)
    now = appender.now_us()
    due = now + GRACE_US
    fact = WorkspaceLeft(ticket=AUDIT, actor="system:desk", workspace=workspace, due_us=due)
    appender.append(connection, (fact,))
    row = {"source": source, "workspace": workspace, "left_us": now, "due_us": due}
    connection.execute(insert(DEPARTURE), row)


def returned(
    connection: Connection,
    appender: Appender,
    source: str,
    workspace: str,
    *,
    silently: bool = False,
) -> None:
    """A workspace installed the desk, perhaps again."""
    which = (DEPARTURE.c.source == source) & (DEPARTURE.c.workspace == workspace)
    there = connection.execute(select(DEPARTURE.c.done_us).where(which)).one_or_none()
    connection.execute(delete(DEPARTURE).where(which))
    if there is not None and there.done_us is None and not silently:
        fact = Returned(ticket=AUDIT, actor="system:desk", workspace=workspace)
        appender.append(connection, (fact,))


async def erase_due(store: SqlStore, *, backup_days: int) -> int:
    """Erase everybody of the workspaces whose time is over; give how many people that were.

    Who is held stays, and is tried again each time.
    """
    due = await store.write(lambda db, appender: _due(db, appender.now_us()))
    erased = 0
    for source, workspace in due:
        people = await asyncio.to_thread(_people, store, source, workspace)
        kept = 0
        for ref in people:
            name = await store.write(partial(_approved, ref=ref))
            try:
                await erasing.carry_out(store, name, backup_days=backup_days, tidy=False)
                erased += 1
            except (erasing.Held, erasing.NotYet):
                kept += 1
        if not kept:
            await store.write(partial(_done, source=source, workspace=workspace))
    if erased:
        await store.tidy()
    return erased


def _due(connection: Connection, now_us: int) -> list[tuple[str, str]]:
    query = select(DEPARTURE.c.source, DEPARTURE.c.workspace).where(
        DEPARTURE.c.due_us <= now_us, DEPARTURE.c.done_us.is_(None)
    )
    return [(row.source, row.workspace) for row in connection.execute(query)]


def _done(connection: Connection, appender: Appender, *, source: str, workspace: str) -> None:
    which = (DEPARTURE.c.source == source) & (DEPARTURE.c.workspace == workspace)
    connection.execute(update(DEPARTURE).where(which).values(done_us=appender.now_us()))


def _people(store: SqlStore, source: str, workspace: str) -> list[str]:
    everybody = need(store.keys).subjects.everybody()
    return [ref for ref, who in everybody if who[:2] == (source, workspace)]


def _approved(connection: Connection, appender: Appender, *, ref: str) -> str:
    """An erasure that nobody has to approve: it was announced when the desk was removed."""
    known = under_way(connection, ref)
    name = known or appender.names.short("E", appender.now_us())
    about: dict[str, Any] = {"ticket": AUDIT, "erasure": name, "person": ref}
    filed = ErasureFiled(actor=_ASKED, basis=Basis.UNINSTALLED, **about)
    approved = ErasureApproved(actor=_ALLOWED, basis=Basis.UNINSTALLED, **about)
    entries = appender.append(connection, (filed, approved))
    decided = {
        "state": ErasureState.APPROVED,
        "basis": Basis.UNINSTALLED,
        "decided_by": _ALLOWED,
        "decided_us": entries[1].rec_us,
    }
    if known:
        connection.execute(update(ERASURE).where(ERASURE.c.id == known).values(decided))
        return known
    asked = {"id": name, "subject_ref": ref, "requested_by": _ASKED}
    counts = {"requested_us": entries[0].rec_us, "texts": 0, "entries": 0, "tickets": 0}
    connection.execute(insert(ERASURE), {**asked, **counts, **decided})
    return name
