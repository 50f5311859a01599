"""The life of a ticket: its states, and what moves it from one to another.

    new ──► routed ──► answered | waiting_for_requester | waiting_for_staff ──► resolved ──► closed
                       (from each of the open states to each other one)            │           │
                                  as if routed ◄── reopened ◄──────────────────────┴───────────┘

Each move is caused by one entry of the audit trail, and by its kind and fields alone: so whoever
reads a ticket's entries can tell every state it was in, who moved it there, and why. What happens
in a turn moves a ticket where that makes sense and leaves it alone elsewhere (an answer to another
matter takes nothing out of the staff's queue); what somebody does on purpose is refused where it
is not possible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from frontdesk.errors import FrontdeskError

Body = Mapping[str, Any]


class TicketStatus(StrEnum):
    """Where a ticket stands. `closed` alone ends it; a later message opens another."""

    NEW = "new"
    ROUTED = "routed"
    WAITING_FOR_REQUESTER = "waiting_for_requester"
    WAITING_FOR_STAFF = "waiting_for_staff"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"


class ResolutionReason(StrEnum):
    """Why a matter is done."""

    ANSWERED = "answered"
    THANKED = "thanked"
    NO_REPLY = "no_reply"
    DUPLICATE = "duplicate"
    INCIDENT = "incident"
    NOT_A_REQUEST = "not_a_request"
    WITHDRAWN = "withdrawn"
    WILL_NOT_DO = "will_not_do"
    OTHER = "other"


class ReopenReason(StrEnum):
    """Why a matter is not done after all."""

    NEW_QUESTION = "new_question"
    BY_STAFF = "by_staff"


class ImpossibleChange(FrontdeskError):  # noqa: N818 - it names what it is, as its siblings do
    """A ticket cannot go from where it stands to where somebody wants it."""

    def __init__(self, kind: str, status: TicketStatus) -> None:
        hint = HINTS.get(status, "only what is resolved can be")
        what = kind.partition(":")[2].replace("-", " ")
        super().__init__(f"the ticket cannot be {what}: it is {status.replace('_', ' ')}; {hint}")
        self.status = status


S = TicketStatus
AT_WORK = frozenset({S.NEW, S.ROUTED, S.REOPENED, S.WAITING_FOR_STAFF})
"""The desk or its staff owes something: here the clocks run."""

DONE = frozenset({S.RESOLVED, S.CLOSED})
"""Nobody owes anything."""

OPEN = frozenset(TicketStatus) - DONE
_BY_THE_DESK = OPEN - {S.WAITING_FOR_STAFF}

HINTS = {
    S.RESOLVED: "reopen it first, or write in its thread",
    S.CLOSED: "reopen it first, or open another one",
}

MOVES: Mapping[TicketStatus, frozenset[TicketStatus]] = {
    S.NEW: OPEN - {S.NEW, S.REOPENED} | {S.RESOLVED},
    S.ROUTED: OPEN - {S.NEW, S.ROUTED, S.REOPENED} | {S.RESOLVED},
    S.WAITING_FOR_REQUESTER: OPEN - {S.NEW, S.WAITING_FOR_REQUESTER, S.REOPENED} | {S.RESOLVED},
    S.WAITING_FOR_STAFF: OPEN - {S.NEW, S.WAITING_FOR_STAFF, S.REOPENED} | {S.RESOLVED},
    S.ANSWERED: OPEN - {S.NEW, S.ANSWERED, S.REOPENED} | {S.RESOLVED},
    S.REOPENED: OPEN - {S.NEW, S.REOPENED} | {S.RESOLVED},
    S.RESOLVED: frozenset({S.CLOSED, S.REOPENED}),
    S.CLOSED: frozenset({S.REOPENED}),
}
"""Where a ticket can go from each state. Everything else is refused."""

_OUTCOMES = {
    "replied": S.ANSWERED,
    "asked": S.WAITING_FOR_REQUESTER,
    "escalated": S.WAITING_FOR_STAFF,
    "held": S.WAITING_FOR_STAFF,
}


def after(status: TicketStatus, kind: str, body: Body) -> TicketStatus:
    """Where a ticket stands after an entry of this kind with these fields.

    Raises:
        ImpossibleChange: somebody wants what is not possible from here.
    """
    if kind in DEMANDS:
        wanted = DEMANDS[kind](body)
        if wanted not in MOVES[status] and not (wanted is status and kind in REPEATED):
            raise ImpossibleChange(kind, status)
        return wanted
    mover = FOLLOWS.get(kind)
    return mover(status, body) if mover else status


def _from(states: frozenset[TicketStatus], to: TicketStatus) -> Callable[[S, Body], TicketStatus]:
    """From any of these states to another one, and from nowhere else."""
    return lambda status, body: to if status in states else status


def _received(status: TicketStatus, body: Body) -> TicketStatus:
    """What staff writes in a thread is an answer."""
    return S.ANSWERED if body["author"] == "staff" and status in OPEN else status


def _gated(status: TicketStatus, body: Body) -> TicketStatus:
    """Whoever writes where a person has the ticket waits for that person."""
    waits = body["rule"] == "owned_by_human" and status in OPEN
    return S.WAITING_FOR_STAFF if waits else status


def _ended(status: TicketStatus, body: Body) -> TicketStatus:
    """A turn is over; what waits for staff goes on waiting for them."""
    return _OUTCOMES.get(body["outcome"], status) if status in _BY_THE_DESK else status


def _goes_on(status: TicketStatus, body: Body) -> TicketStatus:
    """A change was made that staff had confirmed, and its specialist goes on."""
    return S.ROUTED if body.get("goes_on") and status in OPEN else status


def _replied(body: Body) -> TicketStatus:
    return S.WAITING_FOR_REQUESTER if body.get("asks") else S.ANSWERED


FOLLOWS: Mapping[str, Callable[[TicketStatus, Body], TicketStatus]] = {
    "message:received": _received,
    "message:gated": _gated,
    "route:decided": _from(_BY_THE_DESK, S.ROUTED),
    "ticket:escalated": _from(OPEN, S.WAITING_FOR_STAFF),
    "draft:held": _from(OPEN, S.WAITING_FOR_STAFF),
    "turn:ended": _ended,
    "tool:ended": _goes_on,
    "ticket:forgotten": _from(frozenset(TicketStatus), S.CLOSED),
    "ticket:handed-back": _from(frozenset({S.WAITING_FOR_STAFF}), S.ROUTED),
}
"""What follows from a turn, by the kind of its entry. Whoever is forgotten leaves it closed."""

DEMANDS: Mapping[str, Callable[[Body], TicketStatus]] = {
    "draft:approved": lambda body: S.ANSWERED,
    "human:replied": _replied,
    "ticket:taken-over": lambda body: S.WAITING_FOR_STAFF,
    "ticket:rerouted": lambda body: S.ROUTED,
    "ticket:resolved": lambda body: S.RESOLVED,
    "ticket:reopened": lambda body: S.REOPENED,
    "ticket:closed": lambda body: S.CLOSED,
}
"""What somebody does on purpose, by the kind of its entry, and where it leads."""

REPEATED = frozenset({"draft:approved", "human:replied", "ticket:taken-over", "ticket:rerouted"})
"""Of these what may be done again where the ticket stands there already."""
