"""What happens to proposed changes; one function a kind of fact, as in `state.py`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from router import change_facts as facts
from router.facts import ToolProposed
from router.human_facts import actor_name
from storage import cards
from storage.change_tables import CHANGE, ChangeState
from storage.human_state import NotPossible
from storage.human_tables import CARD, CardState
from storage.ledger.append import Entry
from storage.state import effect

_AFTER = {
    facts.Ran.DONE: ChangeState.DONE,
    facts.Ran.FAILED: ChangeState.FAILED,
    facts.Ran.UNCLEAR: ChangeState.UNCLEAR,
}


@effect.register
def _(fact: ToolProposed, entry: Entry, connection: Connection) -> None:
    """It waits for a person."""
    row = {
        "proposal": entry.id,
        "ticket_id": fact.ticket,
        "message_id": fact.message,
        "specialist": actor_name(fact.actor),
        "tool": fact.tool,
        "state": ChangeState.PROPOSED,
        "changed_us": entry.rec_us,
    }
    connection.execute(insert(CHANGE), row)
    cards.change(connection, entry, CARD.c.message_id == fact.message)


@effect.register
def _(fact: facts.ChangeConfirmed, entry: Entry, connection: Connection) -> None:
    """It may run, once."""
    _decided(connection, fact, entry, ChangeState.CONFIRMED)


@effect.register
def _(fact: facts.ChangeDeclined, entry: Entry, connection: Connection) -> None:
    """It never runs."""
    _decided(connection, fact, entry, ChangeState.DECLINED)


@effect.register
def _(fact: facts.ChangeBegun, entry: Entry, connection: Connection) -> None:
    """Whoever puts this on record is the one who runs it."""
    if _change(connection, fact).state != ChangeState.CONFIRMED:
        raise NotPossible("begun")
    _set(connection, fact, entry, state=ChangeState.BEGUN)


@effect.register
def _(fact: facts.ChangeEnded, entry: Entry, connection: Connection) -> None:
    """It ran, or nobody knows."""
    known = _change(connection, fact)
    if known.state != ChangeState.BEGUN:
        raise NotPossible("ended")
    _set(connection, fact, entry, state=_AFTER[fact.ran], result_entry=entry.id)
    if fact.message != known.message_id:
        _with_the_desk(connection, fact, entry, known)


def _with_the_desk(
    connection: Connection, fact: facts.ChangeEnded, entry: Entry, known: Row[Any]
) -> None:
    """The specialist goes on: nobody has to answer for it."""
    which = (CARD.c.message_id == known.message_id) & (CARD.c.state == CardState.OPEN)
    cards.change(connection, entry, which, state=CardState.WITH_DESK, by_ref=known.by_ref)


def _decided(
    connection: Connection, fact: facts.ChangeFact, entry: Entry, state: ChangeState
) -> None:
    known = _change(connection, fact)
    if known.state != ChangeState.PROPOSED:
        raise NotPossible("decided", known.by_ref)
    _set(connection, fact, entry, state=state, by_ref=actor_name(fact.actor))


def _change(connection: Connection, fact: facts.ChangeFact) -> Row[Any]:
    wanted = (
        select(CHANGE)
        .where(CHANGE.c.proposal == fact.proposal, CHANGE.c.ticket_id == fact.ticket)
        .with_for_update()
    )
    found = connection.execute(wanted).one_or_none()
    if found is None:
        raise NotPossible("unknown")
    return found


def _set(connection: Connection, fact: facts.ChangeFact, entry: Entry, **values: object) -> None:
    mine = CHANGE.c.proposal == fact.proposal
    connection.execute(update(CHANGE).where(mine).values(changed_us=entry.rec_us, **values))
    message = select(CHANGE.c.message_id).where(mine).scalar_subquery()
    cards.change(connection, entry, CARD.c.message_id == message)
