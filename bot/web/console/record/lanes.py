"""The lanes of a ticket's timeline: who did what, side by side, in the order in which it happened.

A kind that nobody named a lane for stands in the desk's, so that nothing is ever left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from bot.cli.story import Told, told
from storage.queries import EntryView


class Lane(IntEnum):
    """Who acts, from left to right."""

    REQUESTER = 0
    ROUTER = 1
    SPECIALIST = 2
    VALIDATOR = 3
    STAFF = 4
    SLACK = 5


TITLES = {
    Lane.REQUESTER: "Requester",
    Lane.ROUTER: "Router",
    Lane.SPECIALIST: "Specialist",
    Lane.VALIDATOR: "Validator",
    Lane.STAFF: "Staff",
    Lane.SLACK: "Posted",
}

_BY_KIND = {
    "message:received": Lane.REQUESTER,
    "message:retracted": Lane.REQUESTER,
    "draft:held": Lane.STAFF,
    "ticket:escalated": Lane.STAFF,
    "ticket:opened": Lane.ROUTER,
}
_BY_SUBJECT = {
    "answer": Lane.SPECIALIST,
    "tool": Lane.SPECIALIST,
    "change": Lane.SPECIALIST,
    "handoff": Lane.SPECIALIST,
    "reply": Lane.VALIDATOR,
    "notice": Lane.VALIDATOR,
    "post": Lane.SLACK,
    "human": Lane.STAFF,
    "draft": Lane.STAFF,
    "act": Lane.STAFF,
}
_BY_ROLE = {"router": Lane.ROUTER, "specialist": Lane.SPECIALIST, "validator": Lane.VALIDATOR}
TONES = {
    "answer:failed": "bad",
    "reply:approved": "good",
    "reply:rejected": "bad",
    "notice:rejected": "bad",
    "reply:withheld": "warn",
    "ticket:escalated": "warn",
    "post:failed": "bad",
    "post:withdrawn": "warn",
    "post:done": "good",
    "act:refused": "bad",
    "ticket:rerouted": "warn",
}
"""What a reviewer should not overlook."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry on the timeline. `before` is the lane of the step before it."""

    entry: EntryView
    lane: Lane
    before: Lane | None
    tale: Told
    tone: str
    after: timedelta
    new_day: bool

    @property
    def x(self) -> str:
        """Where its lane is, as a length of SVG."""
        return _middle(self.lane)

    @property
    def from_x(self) -> str:
        """Where the lane before it is."""
        return _middle(self.lane if self.before is None else self.before)


def lane_of(view: EntryView) -> Lane:
    """In which lane an entry stands."""
    kind, body = view.row.kind, view.leaf.get("body", {})
    if kind == "model:called":
        return _BY_ROLE.get(str(body.get("role")), Lane.ROUTER)
    if kind == "message:received" and body.get("author") == "staff":
        return Lane.STAFF
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    by_subject = _BY_SUBJECT.get(kind.partition(":")[0])
    if by_subject is not None:
        return by_subject
    if view.row.actor.startswith("human:"):
        return Lane.REQUESTER if body.get("role") == "requester" else Lane.STAFF
    return Lane.ROUTER


def steps(entries: Sequence[EntryView]) -> Iterator[Step]:
    """The entries of a ticket as steps of its timeline."""
    before: Lane | None = None
    day, quoted = None, set[str]()
    for view in entries:
        lane, tale = lane_of(view), told(view)
        if tale.quoted and tale.quoted in quoted:
            tale = Told(tale.sentence.rstrip(":") + " (the same text).", "", tale.notes)
        quoted.add(tale.quoted)
        yield Step(
            entry=view,
            lane=lane,
            before=before,
            tale=tale,
            tone=TONES.get(view.row.kind, ""),
            after=view.row.recorded - entries[0].row.recorded,
            new_day=view.row.at.date() != day,
        )
        before, day = lane, view.row.at.date()


def _middle(lane: Lane) -> str:
    return f"{(lane + 0.5) / len(Lane) * 100:.2f}%"
