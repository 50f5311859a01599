"""What each fact does to tickets, messages and posts; one function a kind of fact.

A fact without a function here changes nothing but the audit trail.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import singledispatch

from sqlalchemy import Connection, bindparam, insert, select, update

from frontdesk.errors import StoreError
from router import facts
from router.records import OutcomeKind, Superseded
from storage import bursts, cards, lifecycle
from storage.human_tables import CARD
from storage.ledger import often
from storage.ledger.append import Appender, Entry
from storage.tables import MESSAGE, POST, TICKET, PostState, TurnState

_POST = (
    select(POST.c.state, POST.c.asked, POST.c.outcome, POST.c.entry_id, TICKET.c.questions)
    .join(TICKET, TICKET.c.id == POST.c.ticket_id)
    .where(POST.c.key == bindparam("key"))
)
_NEW_POST = insert(POST)
_CARD = select(CARD.c.id).where(CARD.c.message_id == bindparam("message"))

FOLLOWERS: list[Callable[[Entry, Connection], None]] = []
"""What else follows from an entry, after its own effect and in the same transaction."""


def record(
    connection: Connection, appender: Appender, happened: Sequence[facts.Fact]
) -> list[Entry]:
    """Append facts and change the state as they say, in the caller's transaction.

    What people do is in `human_state.py`, and where a ticket stands after all in `lifecycle.py`.
    """
    entries = appender.append(connection, happened)
    for entry in entries:
        effect(entry.fact, entry, connection)
        if more := lifecycle.follow(entry, connection):
            record(connection, appender, more)
        for follow in FOLLOWERS:
            follow(entry, connection)
    return entries


@singledispatch
def effect(fact: facts.Fact, entry: Entry, connection: Connection) -> None:
    """What one fact does; most explain and change nothing."""


@effect.register
def _(fact: facts.MessageGated, entry: Entry, connection: Connection) -> None:
    """The turn has begun."""
    _set_turn(connection, fact, turn_state=TurnState.BEGUN)
    if fact.rule == "grouped":
        bursts.group(connection, str(fact.message))


@effect.register
def _(fact: facts.ReplyWithheld, entry: Entry, connection: Connection) -> None:
    """What nobody got to read is answered with the message that overtook it."""
    if fact.why == Superseded.NEWER_MESSAGE:
        bursts.group(connection, str(fact.message))


@effect.register
def _(fact: facts.MessageRetracted, entry: Entry, connection: Connection) -> None:
    """It counts no more."""
    bursts.retract(connection, str(fact.message))


@effect.register
def _(fact: facts.ThreadQuieted, entry: Entry, connection: Connection) -> None:
    """The desk listens for being addressed only, or to everything again."""
    _set_ticket(connection, fact, entry, quiet=int(fact.quiet))


@effect.register
def _(fact: facts.TicketEscalated, entry: Entry, connection: Connection) -> None:
    """A human is needed; later replies to other matters do not change that."""
    _set_ticket(connection, fact, entry)
    cards.open_card(connection, entry, fact.reason)


@effect.register
def _(fact: facts.PostIntended, entry: Entry, connection: Connection) -> None:
    """The desk is about to say something. Intending it again replaces what was meant before."""
    row = {
        "ticket_seq": entry.seq,
        "entry_id": entry.id,
        "state": PostState.INTENDED,
        "outcome": fact.outcome,
        "asked": json.dumps(fact.asked),
        "at_us": entry.rec_us,
    }
    known = often.first(connection, _POST, {"key": fact.key})
    if known is None:
        names = {"key": fact.key, "message_id": fact.message, "ticket_id": fact.ticket}
        often.run(connection, _NEW_POST, [{**names, **row}])
    elif known[0] == PostState.DONE:
        raise StoreError(f"nothing was recorded: the post {fact.key} is visible already")
    else:
        often.change(connection, POST, {"key": fact.key}, row)


@effect.register
def _(fact: facts.PostDone, entry: Entry, connection: Connection) -> None:
    """It is visible. A question counts from now on: one that nobody saw was never asked."""
    post = often.first(connection, _POST, {"key": fact.key})
    if post is None:
        raise StoreError(f"nothing was recorded: no post {fact.key} was intended")
    state, asked, outcome, intent, questions = post
    if state == PostState.DONE:
        return
    shown = {"state": PostState.DONE, "external": fact.external, "at_us": entry.rec_us}
    often.change(connection, POST, {"key": fact.key}, shown)
    if often.first(connection, _CARD, {"message": fact.message}) is not None:
        cards.change(connection, entry, CARD.c.message_id == fact.message)
    asks = asked != "[]"
    _set_ticket(
        connection,
        fact,
        entry,
        questions=questions + int(asks or outcome == OutcomeKind.ASKED),
        asked=asked,
        asked_entry=intent if asks else None,
    )


@effect.register
def _(fact: facts.PostFailed, entry: Entry, connection: Connection) -> None:
    """It did not become visible."""
    connection.execute(
        update(POST)
        .where(POST.c.key == fact.key, POST.c.state != PostState.DONE)
        .values(state=PostState.FAILED)
    )


@effect.register
def _(fact: facts.TurnEnded, entry: Entry, connection: Connection) -> None:
    """The turn is over. The thread stays with whoever answered."""
    _set_turn(connection, fact, turn_state=TurnState.ENDED, ended_entry=entry.id)
    changes = {"specialist": fact.specialist} if fact.specialist else {}
    _set_ticket(connection, fact, entry, **changes)


def _set_turn(connection: Connection, fact: facts.Fact, **values: object) -> None:
    mine = {"id": fact.message, "ticket_id": fact.ticket}
    missing = f"nothing was recorded: {fact.ticket} has no message {fact.message!r}"
    often.change_one(connection, MESSAGE, mine, values, lambda: StoreError(missing))


def _set_ticket(connection: Connection, fact: facts.Fact, entry: Entry, **values: object) -> None:
    values = {"updated_us": entry.rec_us, **values}
    often.change(connection, TICKET, {"id": fact.ticket}, values)
