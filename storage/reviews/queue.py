"""The review queue: decisions that a rule is about and that nobody judged yet, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from router.facts import RouteDecided
from storage.conversations import moment
from storage.ledger.keys import Keys
from storage.ledger.tables import INDEX
from storage.reading import texts_of
from storage.reviews.rules import RULES
from storage.reviews.tables import FLAG, ITEM
from storage.tables import MESSAGE

MOST_COUNTED = 1_000
"""Beyond that the queue says "more than"."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A decision that waits for a look. `entry` is the decision, `hit` what made the rule hold.

    `asked` is what the requester wrote, empty once it is erased. `after` names
    this row's place, for the next page.
    """

    rule: str
    message: str
    ticket: str
    entry: str
    hit: str
    at: datetime
    asked: str
    specialist: str | None
    confidence_bp: int | None
    after: str


def queue(
    connection: Connection, keys: Keys | None, rule: str, *, limit: int = 50, after: str = ""
) -> tuple[QueueRow, ...]:
    """What waits under a rule, newest first, in pages by the last row's `after`."""
    query = _waiting(rule).order_by(FLAG.c.at_us.desc(), FLAG.c.message_id.desc()).limit(limit)
    if after:
        time, _, message = after.partition(".")
        older = FLAG.c.at_us < int(time)
        query = query.where(older | ((FLAG.c.at_us == int(time)) & (FLAG.c.message_id < message)))
    rows = connection.execute(query).all()
    messages = [row.message_id for row in rows]
    decisions, asked = _decisions(connection, messages), _asked(connection, keys, messages)
    return tuple(
        _row(row, decisions.get(row.message_id), asked.get(row.message_id, "")) for row in rows
    )


def counts(connection: Connection) -> dict[str, int]:
    """How many wait under each rule; `MOST_COUNTED` means that many or more."""
    return {
        rule.name: connection.execute(
            select(func.count()).select_from(_waiting(rule.name).limit(MOST_COUNTED).subquery())
        ).scalar_one()
        for rule in RULES
    }


def _waiting(rule: str) -> Select[Any]:
    judged = exists().where(ITEM.c.message_id == FLAG.c.message_id, ITEM.c.first.is_not(None))
    return select(FLAG).where(FLAG.c.rule == rule, ~judged)


def _decisions(connection: Connection, messages: list[str]) -> dict[str, Any]:
    """The first decision about each message.

    The kind is looked at here: asked for it too, SQLite would read every decision there is.
    """
    query = (
        select(INDEX).where(INDEX.c.message_id.in_(messages)).order_by(INDEX.c.ticket_seq.desc())
    )
    rows = connection.execute(query)
    return {row.message_id: row for row in rows if row.kind == RouteDecided.kind}


def _asked(connection: Connection, keys: Keys | None, messages: list[str]) -> dict[str, str]:
    query = select(MESSAGE.c.id, MESSAGE.c.entry_id).where(MESSAGE.c.id.in_(messages))
    entries = {row.entry_id: row.id for row in connection.execute(query)}
    said = texts_of(connection, keys, entries, "text")
    return {entries[entry]: text for entry, text in said.items()}


def _row(flag: Any, decision: Any, asked: str) -> QueueRow:
    return QueueRow(
        rule=flag.rule,
        message=flag.message_id,
        ticket=flag.ticket_id,
        entry=flag.entry_id if decision is None else decision.entry_id,
        hit=flag.entry_id,
        at=moment(flag.at_us),
        asked=asked,
        specialist=None if decision is None else decision.specialist,
        confidence_bp=None if decision is None else decision.confidence_bp,
        after=f"{flag.at_us}.{flag.message_id}",
    )
