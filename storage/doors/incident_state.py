"""What happens to incidents and their tickets; one function a kind of fact, as in `state.py`.

One clock: while an incident is open the clocks of all its tickets stand still but the first one's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from router import incident_facts as facts
from router.human_facts import actor_name
from storage import clocks
from storage.doors.tables import INCIDENT, INCIDENT_TICKET
from storage.ledger.append import Entry
from storage.lifecycle import NotPossible
from storage.state import effect
from storage.tables import TICKET


class IncidentState(StrEnum):
    """Where an incident stands."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    OPEN = "open"
    CLOSED = "closed"


@effect.register
def _(fact: facts.IncidentProposed, entry: Entry, connection: Connection) -> None:
    """Staff is asked."""
    query = select(TICKET.c.workspace).where(TICKET.c.id == fact.ticket)
    row = {
        "id": fact.incident,
        "workspace": connection.execute(query).scalar_one(),
        "state": IncidentState.PROPOSED,
        "ticket_id": fact.ticket,
        "proposed_us": entry.rec_us,
        "changed_us": entry.rec_us,
    }
    connection.execute(insert(INCIDENT), row)


@effect.register
def _(fact: facts.IncidentJoined, entry: Entry, connection: Connection) -> None:
    """It is one of its tickets; a ticket belongs to one incident at most."""
    known = select(INCIDENT_TICKET.c.incident_id).where(INCIDENT_TICKET.c.ticket_id == fact.ticket)
    if connection.execute(known).scalar() is not None:
        raise NotPossible("in_an_incident", told=f"{fact.ticket} belongs to an incident already")
    row = {
        "ticket_id": fact.ticket,
        "incident_id": fact.incident,
        "similarity_bp": fact.similarity_bp,
    }
    connection.execute(insert(INCIDENT_TICKET), row)
    incident = _incident(connection, fact)
    if incident.state == IncidentState.OPEN and incident.ticket_id != fact.ticket:
        clocks.pause(connection, fact.ticket, entry.rec_us)


@effect.register
def _(fact: facts.IncidentOpened, entry: Entry, connection: Connection) -> None:
    """From here on there is one clock."""
    _move(connection, fact, entry, IncidentState.PROPOSED, IncidentState.OPEN)
    query = select(INCIDENT_TICKET.c.ticket_id).where(
        INCIDENT_TICKET.c.incident_id == fact.incident, INCIDENT_TICKET.c.ticket_id != fact.ticket
    )
    for ticket in connection.execute(query).scalars().all():
        clocks.pause(connection, ticket, entry.rec_us)


@effect.register
def _(fact: facts.IncidentDeclined, entry: Entry, connection: Connection) -> None:
    """Each ticket goes on by itself."""
    _move(connection, fact, entry, IncidentState.PROPOSED, IncidentState.DECLINED)


@effect.register
def _(fact: facts.IncidentAnswered, entry: Entry, connection: Connection) -> None:
    """Every ticket gets this answer from here on."""
    _move(connection, fact, entry, IncidentState.OPEN, IncidentState.OPEN)
    which = INCIDENT.c.id == fact.incident
    connection.execute(update(INCIDENT).where(which).values(answer_entry=entry.id))


@effect.register
def _(fact: facts.IncidentClosed, entry: Entry, connection: Connection) -> None:
    """It is over. The facts that resolve its tickets come after this one."""
    _move(connection, fact, entry, IncidentState.OPEN, IncidentState.CLOSED)


def _move(
    connection: Connection, fact: Any, entry: Entry, source: IncidentState, target: IncidentState
) -> None:
    incident = _incident(connection, fact)
    if incident.state != source:
        told = f"the incident {fact.incident} is {incident.state}"
        raise NotPossible(f"incident_{incident.state}", incident.by_ref, told=told)
    values = {"state": target, "changed_us": entry.rec_us, "by_ref": actor_name(fact.actor)}
    connection.execute(update(INCIDENT).where(INCIDENT.c.id == fact.incident).values(values))


def _incident(connection: Connection, fact: Any) -> Row[Any]:
    query = select(INCIDENT).where(INCIDENT.c.id == fact.incident)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise NotPossible("unknown", told=f"there is no incident {fact.incident}")
    return found
