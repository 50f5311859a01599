"""Moves tickets from state to state, as their entries say, and keeps their clocks with it.

There is one way for a ticket to change its state: an entry that has it as its consequence, in the
transaction of that entry. What is not possible is refused, and then nothing was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select

from frontdesk.errors import StoreError
from router.facts import Fact, MessageGated, PostDone, RouteDecided
from router.human_facts import Role, TicketResolved, actor_name, human
from router.outbox import DESK
from router.records import OutcomeKind
from router.ticket_facts import Priority, TicketReopened
from router.ticket_life import (
    AT_WORK,
    DEMANDS,
    DONE,
    FOLLOWS,
    ImpossibleChange,
    ReopenReason,
    ResolutionReason,
    TicketStatus,
    after,
)
from storage import clocks
from storage.ledger import often
from storage.ledger.append import Entry
from storage.tables import MESSAGE, POST, TICKET, TurnState

_NOT_FOR_US = {
    "retracted": ResolutionReason.WITHDRAWN,
    "addressed_to_others": ResolutionReason.NOT_A_REQUEST,
}
"""First messages that are none, by the rule that says so."""

_A_PERSON_ANSWERED = frozenset({"human:replied", "draft:approved"})
_TAKES = frozenset({"ticket:taken-over", "human:replied"})
"""Whoever does this to a ticket that nobody has, has it."""

_SILENT = frozenset(
    {TicketStatus.WAITING_FOR_REQUESTER, TicketStatus.ANSWERED, TicketStatus.RESOLVED}
)
_HEEDED = frozenset(FOLLOWS) | frozenset(DEMANDS) | {PostDone.kind}
_TICKET = select(
    TICKET.c.id,
    TICKET.c.status,
    TICKET.c.subject_ref,
    TICKET.c.urgency,
    TICKET.c.priority_by,
    TICKET.c.assignee_ref,
    TICKET.c.reopened,
    TICKET.c.first_answer_us,
    TICKET.c.first_human_us,
).where(TICKET.c.id == bindparam("ticket"))
_OUTCOME = select(POST.c.outcome).where(POST.c.key == bindparam("key"))
_OTHERS = select(MESSAGE.c.id).where(
    MESSAGE.c.ticket_id == bindparam("ticket"),
    MESSAGE.c.id != bindparam("message"),
    MESSAGE.c.turn_state != TurnState.ENDED,
)


class _Ticket(NamedTuple):
    """What the next state of a ticket hangs on."""

    id: str
    status: str
    subject_ref: str
    urgency: str
    priority_by: str
    assignee_ref: str | None
    reopened: int
    first_answer_us: int | None
    first_human_us: int | None


class NotPossible(StoreError):  # noqa: N818 - it names a state, as in the glossary
    """The act is not possible any more; `why` says so in a word, `by` is who was quicker."""

    def __init__(self, why: str, by: str | None = None, told: str = "") -> None:
        super().__init__(told or f"nothing was recorded: {why}")
        self.why = why
        self.by = by


def follow(entry: Entry, connection: Connection) -> tuple[Fact, ...]:
    """Move the ticket of an entry to where the entry leads; give the facts that follow from it.

    Raises:
        NotPossible: somebody wants what is not possible from where the ticket stands.
    """
    if entry.fact.kind not in _HEEDED:
        return ()
    row = often.first(connection, _TICKET, {"ticket": entry.fact.ticket})
    if row is None:
        return ()
    ticket = _Ticket(*row)
    status = TicketStatus(ticket.status)
    values = dict(_noted(connection, ticket, entry))
    to = _after(status, entry.fact)
    if to is not status:
        values |= _moved(ticket, entry, to)
    if values:
        often.change(connection, TICKET, {"id": ticket.id}, values)
        _keep_clocks(connection, ticket, entry.rec_us, values)
    return _consequences(connection, ticket, entry)


def _after(status: TicketStatus, fact: Fact) -> TicketStatus:
    try:
        return after(status, fact.kind, vars(fact))
    except ImpossibleChange as error:
        why = "resolved" if status in DONE else "not_resolved"
        raise NotPossible(why, told=str(error)) from error


def _moved(ticket: _Ticket, entry: Entry, to: TicketStatus) -> Mapping[str, Any]:
    values: dict[str, Any] = {
        "status": to.value,
        "updated_us": entry.rec_us,
        "silent_us": entry.rec_us if to in _SILENT else None,
        "nudges": 0,
    }
    if isinstance(entry.fact, TicketResolved):
        values |= {"resolution": entry.fact.reason.value, "resolved_us": entry.rec_us}
    if to is TicketStatus.REOPENED:
        values |= {
            "resolution": None,
            "resolved_us": None,
            "reopened": ticket.reopened + 1,
        }
    return values


def _noted(connection: Connection, ticket: _Ticket, entry: Entry) -> Mapping[str, Any]:
    """What is kept about a ticket besides its state: first answers, and how urgent it is."""
    fact = entry.fact
    if isinstance(fact, RouteDecided):
        return _urgency(ticket, fact)
    if isinstance(fact, PostDone):
        first = not ticket.first_answer_us and _is_an_answer(connection, fact)
        return {"first_answer_us": entry.rec_us} if first else {}
    values: dict[str, Any] = {}
    if _is_a_persons_answer(fact) and not ticket.first_human_us:
        values["first_human_us"] = entry.rec_us
    if fact.kind in _TAKES and not ticket.assignee_ref:
        values["assignee_ref"] = actor_name(fact.actor)
    return values


def _is_an_answer(connection: Connection, fact: PostDone) -> bool:
    """Whether it says more than that a person will."""
    row = often.first(connection, _OUTCOME, {"key": fact.key})
    return row is not None and row[0] in {OutcomeKind.REPLIED, OutcomeKind.ASKED}


def _is_a_persons_answer(fact: Fact) -> bool:
    """A human's response, which an answer of the desk is not."""
    return fact.kind in _A_PERSON_ANSWERED or getattr(fact, "author", "") == "staff"


def _urgency(ticket: _Ticket, fact: RouteDecided) -> Mapping[str, Any]:
    """What the router makes of it: a first word counts, later ones only if they are graver."""
    found, known = Priority(fact.decision.urgency), Priority(ticket.urgency)
    if found is known or (ticket.status != TicketStatus.NEW and found.rank < known.rank):
        return {}
    values: dict[str, Any] = {"urgency": found.value}
    if ticket.priority_by == "router":
        values["priority"] = found.value
    return values


def _keep_clocks(
    connection: Connection, ticket: _Ticket, now: int, values: Mapping[str, Any]
) -> None:
    before = TicketStatus(ticket.status)
    to = TicketStatus(values.get("status", before))
    if "first_human_us" in values:
        clocks.end_response(connection, ticket.id, now)
    if before in AT_WORK and to not in AT_WORK:
        clocks.pause(connection, ticket.id, now)
    if to in DONE and before not in DONE:
        clocks.end(connection, ticket.id, now)
    if to is TicketStatus.REOPENED and to is not before:
        responded = bool(ticket.first_human_us)
        clocks.begin_again(connection, ticket.id, now, responded=responded)
    elif to in AT_WORK and before not in AT_WORK:
        clocks.resume(connection, ticket.id, now)
    if "priority" in values:
        clocks.reckon_anew(connection, ticket.id)


def _consequences(connection: Connection, ticket: _Ticket, entry: Entry) -> tuple[Fact, ...]:
    """What a message does to a ticket that is answered, done, or was none from the beginning."""
    fact = entry.fact
    if not isinstance(fact, MessageGated):
        return ()
    where: dict[str, Any] = {"ticket": ticket.id, "message": fact.message}
    requester = human(ticket.subject_ref)
    if fact.admitted and ticket.status == TicketStatus.RESOLVED:
        reason = ReopenReason.NEW_QUESTION
        return (TicketReopened(**where, actor=requester, reason=reason, role=Role.REQUESTER),)
    if fact.rule == "thanks" and ticket.status == TicketStatus.ANSWERED:
        thanked = ResolutionReason.THANKED
        return (TicketResolved(**where, actor=requester, role=Role.REQUESTER, reason=thanked),)
    if ticket.status == TicketStatus.NEW and (why := _NOT_FOR_US.get(fact.rule)):
        others = connection.execute(_OTHERS, where).first()
        return () if others else (TicketResolved(**where, actor=DESK, role=Role.OTHER, reason=why),)
    return ()
