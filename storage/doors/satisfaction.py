"""How satisfied requesters are with whole tickets, tied to who answered and in which version."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, Select, delete, func, insert, select

from frontdesk import StoreError
from router import human_facts
from router.door_facts import SatisfactionGiven
from router.human_facts import actor_name
from storage import state
from storage.conversations import microseconds
from storage.doors.tables import SATISFACTION
from storage.human_tables import HUMAN_ACT
from storage.ledger.append import Appender, Entry
from storage.ledger.tables import ENTRY, INDEX
from storage.state import effect
from storage.store import SqlStore
from storage.tables import TICKET

BEST, GOOD = 5, 4
"""The best score, and the lowest that counts as satisfied."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What requesters say of one version of one specialist; both None where no one answered."""

    specialist: str | None
    version: str | None
    rated: int
    mean: float
    satisfied: float


@dataclass(frozen=True, slots=True)
class _Answered:
    decision: str | None
    specialist: str | None
    version: str | None


class Ratings:
    """The scores of one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def by_requester(self, ticket: str, score: int, comment: str = "") -> None:
        """Keep what the requester of a ticket says; the latest score counts.

        Raises:
            StoreError: there is no such ticket, or the score is none.
        """
        await self._store.write(lambda db, appender: _rate(db, appender, ticket, score, comment))

    async def by(self, key: str, ticket: str, person: str, score: int) -> str:
        """Keep what somebody pressed, once for each `key`; give why it does not count, or "".

        Raises:
            StoreError: it could not be kept.
        """

        def job(connection: Connection, appender: Appender) -> str:
            known = select(HUMAN_ACT.c.key).where(HUMAN_ACT.c.key == key)
            if connection.execute(known).scalar():
                return ""
            wanted = select(TICKET.c.subject_ref).where(TICKET.c.id == ticket)
            owner = connection.execute(wanted).scalar()
            if owner is None:
                return "unknown"
            if owner != person:
                return "not_yours"
            connection.execute(insert(HUMAN_ACT), {"key": key, "at_us": appender.now_us()})
            _rate(connection, appender, ticket, score, "")
            return ""

        return await self._store.write(job)

    async def summary(self, since: datetime | None = None) -> Sequence[Summary]:
        """By specialist and version, most rated first."""
        rated = func.count()
        satisfied = func.sum((SATISFACTION.c.score >= GOOD).cast(Integer))
        query = (
            select(
                SATISFACTION.c.specialist,
                SATISFACTION.c.version,
                rated.label("rated"),
                func.sum(SATISFACTION.c.score).label("total"),
                satisfied.label("satisfied"),
            )
            .group_by(SATISFACTION.c.specialist, SATISFACTION.c.version)
            .order_by(rated.desc(), SATISFACTION.c.specialist, SATISFACTION.c.version)
        )
        if since is not None:
            query = query.where(SATISFACTION.c.at_us >= microseconds(since))
        return await self._store.read(
            lambda db: [
                Summary(
                    row.specialist,
                    row.version,
                    row.rated,
                    round(int(row.total) / row.rated, 2),
                    round(int(row.satisfied) / row.rated, 4),
                )
                for row in db.execute(query)
            ]
        )


@effect.register
def _(fact: SatisfactionGiven, entry: Entry, connection: Connection) -> None:
    """The latest score counts; the entries keep them all."""
    which = SATISFACTION.c.ticket_id == fact.ticket
    connection.execute(delete(SATISFACTION).where(which))
    row = {
        "ticket_id": fact.ticket,
        "score": fact.score,
        "person_ref": actor_name(fact.actor),
        "decision": fact.decision,
        "specialist": fact.specialist,
        "version": fact.version,
        "at_us": entry.rec_us,
    }
    connection.execute(insert(SATISFACTION), row)


def _rate(
    connection: Connection, appender: Appender, ticket: str, score: int, comment: str
) -> None:
    if not 1 <= score <= BEST:
        raise StoreError(f"nothing was recorded: {score} is no score from 1 to {BEST}")
    owner = connection.execute(select(TICKET.c.subject_ref).where(TICKET.c.id == ticket)).scalar()
    if owner is None:
        raise StoreError(f"nothing was recorded: there is no ticket {ticket!r}")
    about = _answered(connection, ticket)
    fact = SatisfactionGiven(
        ticket=ticket,
        actor=human_facts.human(owner),
        score=score,
        decision=about.decision,
        specialist=about.specialist,
        version=about.version,
        texts={"comment": comment} if comment else {},
    )
    state.record(connection, appender, (fact,))


def _answered(connection: Connection, ticket: str) -> _Answered:
    """The last decision, and who answered last in which version."""
    decision = connection.execute(_last(ticket, "route:decided")).first()
    drafted = connection.execute(_last(ticket, "answer:drafted")).first()
    plugin = json.loads(drafted.leaf)["body"]["plugin"] if drafted else {}
    return _Answered(
        decision.id if decision else None, plugin.get("specialist"), plugin.get("version")
    )


def _last(ticket: str, kind: str) -> Select[tuple[str, str]]:
    return (
        select(ENTRY.c.id, ENTRY.c.leaf)
        .join(INDEX, INDEX.c.entry_id == ENTRY.c.id)
        .where(INDEX.c.ticket_id == ticket, INDEX.c.kind == kind)
        .order_by(INDEX.c.ticket_seq.desc())
        .limit(1)
    )
