"""What is known of proposed changes, and what was done for a ticket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from frontdesk import Passage
from storage import reading
from storage.change_tables import CHANGE, ChangeState
from storage.ledger.keys import Keys

SHOWN = 5
"""Changes of a ticket that a later turn gets to know of, latest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """A proposed change. `arguments` is the exact JSON; `by` who decided, as the source knows them.

    `result` is what the tool gave; empty until it ran.
    """

    proposal: str
    ticket: str
    message: str
    specialist: str
    tool: str
    arguments: str
    digest: str
    state: ChangeState
    by: str
    result: str
    changed_us: int

    @property
    def is_erased(self) -> bool:
        """Whether what would run is not known any more: then nothing may."""
        return not self.digest


def done_for(connection: Connection, keys: Keys | None, ticket: str) -> tuple[Passage, ...]:
    """What was changed for a ticket, as passages that its next reply can cite."""
    query = (
        select(CHANGE)
        .where(CHANGE.c.ticket_id == ticket, CHANGE.c.state == ChangeState.DONE)
        .order_by(CHANGE.c.proposal.desc())
        .limit(SHOWN)
    )
    rows = connection.execute(query).all()
    return tuple(_passage(read(connection, keys, row)) for row in rows)


def _passage(change: Change) -> Passage:
    named = ", ".join(f"{name} {value}" for name, value in json.loads(change.arguments).items())
    return Passage(
        id=f"change:{change.digest}",
        title=f"Done for this ticket: {change.tool}",
        source=f"ticket {change.ticket}",
        text=f"{change.tool} was run with {named or 'no arguments'} and gave {change.result}",
        score=1.0,
    )


def read(connection: Connection, keys: Keys | None, row: Row[Any]) -> Change:
    """A row with its texts."""
    proposed = reading.texts(connection, keys, row.proposal)
    result = reading.texts(connection, keys, row.result_entry) if row.result_entry else {}
    return Change(
        proposal=row.proposal,
        ticket=row.ticket_id,
        message=row.message_id,
        specialist=row.specialist,
        tool=row.tool,
        arguments=proposed.get("arguments", "{}"),
        digest=proposed.get("digest", ""),
        state=ChangeState(row.state),
        by=_person(keys, row.by_ref),
        result=result.get("result", ""),
        changed_us=row.changed_us,
    )


def _person(keys: Keys | None, ref: str | None) -> str:
    return (reading.need(keys).subjects.person(ref) or "") if ref else ""
