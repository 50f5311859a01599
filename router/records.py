"""What the core says: decisions, verdicts, outcomes.

Records hold whole numbers only (basis points, microseconds, micro-dollars) and no text that
somebody wrote: they go into the audit trail as they are. Texts travel beside them (see `facts.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypedDict

from frontdesk import Author, EscalationReason, Passage
from router.considered import Alternative, Neighbour

BASIS_POINTS = 10_000


def basis_points(share: float) -> int:
    """A share in 0..1 (or a score around it) as whole basis points."""
    return round(share * BASIS_POINTS)


class Band(StrEnum):
    """What a confidence leads to."""

    GO = "go"
    ASK = "ask"
    HUMAN = "human"


class DecidedBy(StrEnum):
    """Which way of deciding had the last word, cheapest first."""

    RULE = "rule"
    REPLY_TO_QUESTION = "reply_to_question"
    STICKY = "sticky"
    EMBEDDED = "embedded"
    AGENT = "agent"
    HANDOFF = "handoff"
    HUMAN = "human"


class OutcomeKind(StrEnum):
    """How a turn ended. What is held is a reply that waits for staff to let it out."""

    REPLIED = "replied"
    ASKED = "asked"
    ESCALATED = "escalated"
    QUIET = "quiet"
    HELD = "held"


class Addressee(StrEnum):
    """Whom a message is meant for, as far as its source can tell."""

    DESK = "desk"
    THREAD = "thread"
    OTHERS = "others"


class Superseded(StrEnum):
    """What has overtaken a message, so that a reply to it would come too late."""

    NO = ""
    NEWER_MESSAGE = "newer_message"
    STAFF = "staff"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Decision:
    """The router agent's choice for one matter, with everything that was considered.

    `margin_bp` is the distance to the runner-up, `novelty_bp` how unlike all known examples the
    message is (the predictive variance, 0..10,000). `model` names the encoder or language model,
    `model_digest` and `examples_digest` are SHA-256 of what it decided from. `reason` is one plain
    sentence without anything the requester wrote. `candidates` are the specialists that a
    clarifying question names.
    """

    band: Band
    specialist: str | None
    confidence_bp: int
    decided_by: DecidedBy
    reason: str
    escalation: EscalationReason | None = None
    threshold_bp: int = 0
    margin_bp: int = 0
    novelty_bp: int = 0
    candidates: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    rules: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    model: str = ""
    model_digest: str = ""
    examples_digest: str = ""
    language: str = "en"
    urgency: str = "normal"
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of a message: its text and who should answer it."""

    text: str
    decision: Decision


class VerdictKind(StrEnum):
    """What the validator agent says of a draft."""

    APPROVE = "approve"
    REVISE = "revise"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Objection:
    """One finding of a check: `code` is stable, `message` tells the specialist what to change.

    The message names places ("sentence 2"), it never repeats the draft.
    """

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of a draft. `score_bp` where the check measures something."""

    check: str
    version: int
    passed: bool
    objections: tuple[Objection, ...] = ()
    score_bp: int | None = None
    duration_us: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all checks together say. Only `approve` lets a draft out."""

    kind: VerdictKind
    checks: tuple[CheckResult, ...]
    reason: EscalationReason | None = None

    @property
    def objections(self) -> tuple[Objection, ...]:
        """Every objection of every check, in order."""
        return tuple(objection for check in self.checks for objection in check.objections)


@dataclass(frozen=True, slots=True)
class PluginRef:
    """Which plugin made something: distribution, version and SHA-256 of its code and knowledge."""

    specialist: str
    distribution: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something somebody wrote, as it arrived; `id` is unique within `source`.

    `conversation` names the thread it belongs to: deliveries with the same source, workspace and
    conversation continue one ticket. `author_id` is whoever the source says wrote it.
    """

    id: str
    source: str
    text: str
    at: datetime
    author_id: str
    conversation: str
    workspace: str = "local"
    channel: str = ""
    author: Author = Author.REQUESTER
    addressee: Addressee = Addressee.DESK


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `Store.receive` did with a delivery. `new` is false for a repeat."""

    message: str
    ticket: str
    new: bool


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread, in the core's shape."""

    id: str
    author: Author
    person: str
    text: str
    at: datetime


class Where(TypedDict):
    """Which turn a fact belongs to."""

    ticket: str
    message: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that a turn knows of its ticket.

    `message` is what this turn is about, `thread` what came before it, oldest first and bounded.
    `specialist` is who the thread stays with; `questions` counts clarifying questions so far and
    `asked` names the candidates of the one that waits for an answer, `asked_text` the matter it was
    asked about. `owned_by_human` mutes the desk. A `quiet` thread wakes it by addressing it alone.
    `grouped` earlier messages of the same person are part of `message`: its text is theirs and its
    own, line by line. `sent_to` is the specialist that a person chose for this message, `done` what
    was changed for it since, `language` in which the requester wants to be answered, if they said.
    """

    ticket: str
    source: str
    workspace: str
    channel: str
    conversation: str
    message: ThreadMessage
    thread: tuple[ThreadMessage, ...] = ()
    specialist: str | None = None
    questions: int = 0
    asked: tuple[str, ...] = ()
    asked_text: str = ""
    owned_by_human: bool = False
    superseded: Superseded = Superseded.NO
    addressee: Addressee = Addressee.DESK
    quiet: bool = False
    grouped: int = 0
    sent_to: str | None = None
    language: str = ""
    done: tuple[Passage, ...] = ()

    @property
    def where(self) -> Where:
        """This turn, as the first fields of a fact."""
        return {"ticket": self.ticket, "message": self.message.id}


@dataclass(frozen=True, slots=True)
class Source:
    """A cited article as a reader sees it."""

    title: str
    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class Part:
    """One matter's end: by whom, what was said, how sure the router was, why a human if so.

    `matter` is its text, as the requester wrote it.
    """

    kind: OutcomeKind
    decision: Decision
    specialist: str | None
    text: str
    sources: tuple[Source, ...] = ()
    escalation: EscalationReason | None = None
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn ended, as it was made visible. `entries`, its own, come with what was recorded.

    `staff` says what people did to it before it went out.
    """

    kind: OutcomeKind
    ticket: str
    message: str
    text: str
    parts: tuple[Part, ...] = ()
    entries: tuple[str, ...] = ()
    staff: Literal["", "approved", "edited"] = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """What a turn meant to make visible. `done` once it is known to be, as `external`."""

    outcome: Outcome
    done: bool
    external: str = ""
