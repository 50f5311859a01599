"""Who acts, and what they are told where they may not, or came too late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.slack.card_look import person
from bot.slack.people import Standing
from router.human_facts import Role

WHY: Mapping[str, str] = {
    "unknown": "I do not know this card any more.",
    "not_staff": "Only our staff can do that.",
    "not_yours": "Only whoever asked, or our staff, can do that.",
    "own_request": "This is your own question: somebody else has to approve the answer.",
    "expired": "This card is too old to let its draft out. Take the ticket over, or send it on.",
    "taken_over": "{by} has taken this over already.",
    "with_the_desk": "The desk has this already.",
    "resolved": "This is resolved already.",
    "not_resolved": "This is not resolved.",
    "another_open": "There is another open ticket in the same thread.",
    "approved": "{by} has let this draft out already.",
    "rerouted": "{by} has sent this on already.",
    "decided": "{by} has decided about this already.",
    "no_draft": "There is no draft for this.",
    "sent_around_too_often": "This was sent around too often; somebody should take it over.",
    "incident_decided": "{by} has decided about this already.",
    "unknown_specialist": "There is no such specialist any more.",
    "not_a_person": "I can only take what a person wrote.",
    "not_your_message": "Only our staff can make somebody else's message a ticket.",
    "not_in_channel": "I am not in that channel. Invite me there, or write me a direct message.",
    "nothing_kept": "I keep nothing that you wrote here.",
    "assignee_not_staff": "A ticket can only be assigned to our staff.",
    "in_queue": "This is in our staff's queue already.",
}


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """Somebody may not do this, or it is too late; `why` is a key of `WHY`."""

    def __init__(self, why: str, by: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.by = by

    @property
    def text(self) -> str:
        """What the person is told."""
        return WHY.get(self.why, WHY["unknown"]).format(by=person(self.by))


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever clicks: where, as Slack knows them, as the record knows them, and their standing."""

    team: str
    user: str
    ref: str
    standing: Standing

    @property
    def staff(self) -> bool:
        """Whether they act for the desk's owner."""
        return self.standing is Standing.STAFF

    def role(self, requester: str) -> Role:
        """In which part they act on a ticket of `requester`."""
        if self.ref == requester:
            return Role.REQUESTER
        return Role.STAFF if self.staff else Role.OTHER
