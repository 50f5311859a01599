"""The state machine: what must have happened before what, within one ticket.

It finds what no hash can: an entry that was written honestly about something that must not happen,
such as a reply that nobody approved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from router.facts import (
    MessageGated,
    PostDone,
    PostFailed,
    PostIntended,
    ReplyApproved,
    ReplyWithheld,
    TurnEnded,
)
from router.human_facts import DraftApproved, TicketRerouted
from router.records import OutcomeKind
from storage.facts import MessageReceived
from storage.ledger.verify.words import KINDS, Words

_BEGINS_A_TURN = {MessageReceived.kind, TicketRerouted.kind}
_SAYS_NOTHING = {OutcomeKind.QUIET, OutcomeKind.HELD}


@dataclass(slots=True)
class _Turn:
    seen: set[str] = field(default_factory=set)
    intended: set[str] = field(default_factory=set)
    ended: str = ""
    words: Words = field(default_factory=Words)


@dataclass(slots=True)
class Turns:
    """The turns of one ticket, entry by entry in the order of its chain."""

    _turns: dict[str, _Turn] = field(default_factory=dict)

    def objections(self, leaf: Mapping[str, Any], text: str | None = None) -> Iterator[str]:
        """What is wrong with this entry coming now; `text` is the one that `words.READ` names."""
        message = leaf["message"]
        if message is None:
            return
        kind, body = leaf["type"], leaf["body"]
        turn = self._turns.get(message)
        if turn is None:
            turn = self._turns[message] = _Turn()
        if kind == MessageGated.kind and not _BEGINS_A_TURN & turn.seen:
            yield "a turn about a message that was not received"
        if kind == PostIntended.kind:
            yield from _intended(turn, body)
        elif kind in (PostDone.kind, PostFailed.kind) and body["key"] not in turn.intended:
            yield f"{kind} of a post that was not intended"
        elif kind == TurnEnded.kind:
            yield from _ended(turn, body)
        if kind in KINDS:
            yield from turn.words.objections(kind, body, text)
        turn.seen.add(kind)


def _intended(turn: _Turn, body: Mapping[str, Any]) -> Iterator[str]:
    """After the end only a draft goes out that waited for staff, and that staff let out."""
    turn.intended.add(body["key"])
    let_out = turn.ended == OutcomeKind.HELD and DraftApproved.kind in turn.seen
    if turn.ended and not let_out:
        yield "a post was intended after the turn had ended"
    if body["outcome"] == OutcomeKind.REPLIED and ReplyApproved.kind not in turn.seen:
        yield "a reply was about to be posted that was not approved"


def _ended(turn: _Turn, body: Mapping[str, Any]) -> Iterator[str]:
    turn.ended = body["outcome"]
    if turn.intended and not {PostDone.kind, ReplyWithheld.kind} & turn.seen:
        yield "the turn ended with a post that was intended and not done"
    if not turn.intended and turn.ended not in _SAYS_NOTHING:
        yield f"the turn ended as {turn.ended} and nothing was posted"
