"""A decision in brief: what was asked, what was decided and why, what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from router.facts import (
    PostIntended,
    ReplyApproved,
    ReplyRejected,
    RouteDecided,
    TicketEscalated,
    TurnEnded,
)
from router.human_facts import DraftApproved, FeedbackGiven, HumanTookOver, TicketRerouted
from storage.conversations import moment
from storage.facts import MessageReceived
from storage.human_state import NotPossible
from storage.ledger.keys import Keys
from storage.ledger.tables import ENTRY, INDEX
from storage.reading import texts

_SAYS = {MessageReceived.kind: "text", PostIntended.kind: "post", TicketEscalated.kind: "note"}
_STAFF = {DraftApproved.kind, HumanTookOver.kind, TicketRerouted.kind}


@dataclass(slots=True)
class Brief:
    """A decision in brief. Texts are empty where nobody wrote any, or they were erased.

    `decision` is as the entry has it. `staff` and `votes` are kinds and votes in their order.
    """

    entry: str
    ticket: str
    message: str | None
    decided: datetime
    decision: Mapping[str, Any]
    asked: str = ""
    answer: str = ""
    outcome: str = ""
    rejections: int = 0
    approved: bool = False
    objections: list[str] = field(default_factory=list)
    escalations: list[tuple[str, str]] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)
    votes: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)


def brief(connection: Connection, keys: Keys | None, entry: str) -> Brief:
    """The decision of `entry` and all that belongs to its message.

    Raises:
        NotPossible: there is no such entry, or it is no decision.
    """
    row = connection.execute(
        select(INDEX.c.ticket_id, INDEX.c.message_id, INDEX.c.rec_us, ENTRY.c.leaf)
        .join(ENTRY, ENTRY.c.id == INDEX.c.entry_id)
        .where(INDEX.c.entry_id == entry, INDEX.c.kind == RouteDecided.kind)
    ).one_or_none()
    if row is None:
        raise NotPossible("no_such_entry")
    decision = json.loads(row.leaf)["body"]["decision"]
    found = Brief(entry, row.ticket_id, row.message_id, moment(row.rec_us), decision)
    around = (
        select(INDEX.c.entry_id, INDEX.c.kind, ENTRY.c.leaf)
        .join(ENTRY, ENTRY.c.id == INDEX.c.entry_id)
        .where(INDEX.c.message_id == row.message_id)
        .order_by(INDEX.c.ticket_seq)
    )
    for one in connection.execute(around).all():
        said = texts(connection, keys, one.entry_id) if one.kind in _SAYS else {}
        _add(found, one.kind, json.loads(one.leaf)["body"], said.get(_SAYS.get(one.kind, ""), ""))
        found.seen.append(one.entry_id)
    return found


def _add(found: Brief, kind: str, body: Mapping[str, Any], said: str) -> None:
    if kind == MessageReceived.kind:
        found.asked = said
    elif kind == PostIntended.kind:
        found.answer = said
    elif kind == TurnEnded.kind:
        found.outcome = body["outcome"]
    elif kind == TicketEscalated.kind:
        found.escalations.append((body["reason"], said))
    elif kind in (ReplyApproved.kind, ReplyRejected.kind):
        _judged(found, kind, body["verdict"])
    elif kind == FeedbackGiven.kind:
        found.votes.append(body["vote"])
    elif kind in _STAFF:
        found.staff.append(kind)


def _judged(found: Brief, kind: str, verdict: Mapping[str, Any]) -> None:
    found.approved = kind == ReplyApproved.kind
    found.rejections += kind == ReplyRejected.kind
    for check in verdict["checks"]:
        found.objections += [one["message"] for one in check["objections"]]
