"""Findings: what has to be put right, by whom and until when, and who saw that it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from router.review_facts import FindingChanged, FindingClosed, FindingOpened
from storage.conversations import microseconds, moment
from storage.human_state import NotPossible
from storage.ids import typed
from storage.ledger.append import Appender
from storage.ledger.keys import Keys
from storage.reviews.records import append, by, exists, said
from storage.reviews.tables import FINDING


@dataclass(frozen=True, slots=True)
class NewFinding:
    """What somebody found. `owner` is a reference; `item` the entry that it is about."""

    what: str
    action: str
    owner: str
    due: datetime
    case: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it stands; `change` is the entry of the change that put it right."""

    id: str
    entry: str
    what: str
    action: str
    owner: str
    due: datetime
    case: str | None
    item: str | None
    opened_by: str
    opened: datetime
    closed_by: str | None
    closed: datetime | None
    resolution: str
    change: str | None

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been put right by now."""
        return self.closed is None and self.due < now


def open_finding(connection: Connection, appender: Appender, person: str, found: NewFinding) -> str:
    """Put a finding on record; give its name.

    Raises:
        NotPossible: it says nothing, or is about an entry that does not exist.
    """
    if not (found.what.strip() and found.owner):
        raise NotPossible("no_statement")
    if found.item is not None:
        exists(connection, found.item)
    name = appender.names.short("F", appender.now_us())
    due = microseconds(found.due)
    fact = FindingOpened(
        **by(person),
        finding=name,
        owner=found.owner,
        due_us=due,
        case=found.case,
        item=found.item,
        texts={"what": found.what.strip(), "action": found.action.strip()},
    )
    entry = append(connection, appender, fact)
    row = {"id": name, "entry_id": entry.id, "action_entry": entry.id, "case_id": found.case}
    row |= {"item": found.item, "owner": found.owner, "opened_by": person}
    connection.execute(insert(FINDING), {**row, "due_us": due, "opened_us": entry.rec_us})
    return name


def change(
    connection: Connection,
    appender: Appender,
    person: str,
    name: str,
    *,
    owner: str | None = None,
    due: datetime | None = None,
    action: str = "",
) -> None:
    """Give a finding another owner, day or corrective action.

    Raises:
        NotPossible: there is none of that name, or it is closed.
    """
    row = _open(connection, name)
    due_us = row.due_us if due is None else microseconds(due)
    texts = {"action": action.strip()} if action.strip() else {}
    fact = FindingChanged(
        **by(person), finding=row.id, owner=owner or row.owner, due_us=due_us, texts=texts
    )
    entry = append(connection, appender, fact)
    values: dict[str, Any] = {"owner": owner or row.owner, "due_us": due_us}
    if texts:
        values["action_entry"] = entry.id
    connection.execute(update(FINDING).where(FINDING.c.id == row.id).values(values))


def close(
    connection: Connection,
    appender: Appender,
    person: str,
    name: str,
    resolution: str,
    *,
    changed_by: str | None = None,
) -> None:
    """Close a finding: `changed_by` is the entry of the change that put it right.

    Raises:
        NotPossible: it is closed, it is `person`'s own, or the resolution says nothing.
    """
    row = _open(connection, name)
    if row.owner == person:
        raise NotPossible("owner_cannot_close", person)
    if not resolution.strip():
        raise NotPossible("no_statement")
    if changed_by is not None:
        exists(connection, changed_by)
    texts = {"resolution": resolution.strip()}
    fact = FindingClosed(**by(person), finding=row.id, change=changed_by, texts=texts)
    entry = append(connection, appender, fact)
    values = {"closed_by": person, "closed_us": entry.rec_us, "closed_entry": entry.id}
    connection.execute(
        update(FINDING).where(FINDING.c.id == row.id).values(**values, change=changed_by)
    )


def findings(
    connection: Connection, keys: Keys | None, *, closed: bool = False, limit: int = 200
) -> tuple[FindingRow, ...]:
    """The open findings, the most urgent first; or the closed ones, the latest first."""
    query = select(FINDING).where(FINDING.c.closed_us.is_(None)).order_by(FINDING.c.due_us)
    if closed:
        query = select(FINDING).where(FINDING.c.closed_us.is_not(None))
        query = query.order_by(FINDING.c.closed_us.desc())
    rows = connection.execute(query.limit(limit)).all()
    return tuple(_row(connection, keys, row) for row in rows)


def one_finding(connection: Connection, keys: Keys | None, name: str) -> FindingRow:
    """One finding by its name.

    Raises:
        NotPossible: there is none.
    """
    return _row(connection, keys, _named(connection, name))


def _named(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(FINDING).where(FINDING.c.id == typed(name))).one_or_none()
    if row is None:
        raise NotPossible("no_such_finding")
    return row


def _open(connection: Connection, name: str) -> Row[Any]:
    row = _named(connection, name)
    if row.closed_us is not None:
        raise NotPossible("closed", row.closed_by)
    return row


def _row(connection: Connection, keys: Keys | None, row: Row[Any]) -> FindingRow:
    return FindingRow(
        id=row.id,
        entry=row.entry_id,
        what=said(connection, keys, row.entry_id, "what"),
        action=said(connection, keys, row.action_entry, "action"),
        owner=row.owner,
        due=moment(row.due_us),
        case=row.case_id,
        item=row.item,
        opened_by=row.opened_by,
        opened=moment(row.opened_us),
        closed_by=row.closed_by,
        closed=None if row.closed_us is None else moment(row.closed_us),
        resolution=said(connection, keys, row.closed_entry, "resolution"),
        change=row.change,
    )
