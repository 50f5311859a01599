"""Facts: each is one audit entry and, in the same transaction, the change of state it explains.

The core records facts through `Store.record`; how they are kept is storage's business. A fact's
fields go into the audit trail as they are, so they hold no personal data; `texts` are what people
and models wrote: they are kept apart, encrypted and erasable, and only a commitment is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from frontdesk import EscalationReason
from router.records import Decision, OutcomeKind, PluginRef, Verdict


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened in a ticket. `actor` is `kind:name`, e.g. `plugin:billing`."""

    kind: ClassVar[str]
    ticket: str
    actor: str
    message: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TurnResumed(Fact):
    """The turn had begun and not ended, so it starts again."""

    kind: ClassVar[str] = "turn:resumed"


@dataclass(frozen=True, kw_only=True)
class MessageRetracted(Fact):
    """Its author took it back: `why` is `edited` (another message replaces it) or `deleted`."""

    kind: ClassVar[str] = "message:retracted"
    why: str


@dataclass(frozen=True, kw_only=True)
class TurnStopped(Fact):
    """Somebody stopped the desk while it was at work."""

    kind: ClassVar[str] = "turn:stopped"


@dataclass(frozen=True, kw_only=True)
class ThreadQuieted(Fact):
    """The desk stays quiet in the thread until it is addressed, or follows it again.

    `why` names the rule, such as `staff_wrote` or `addressed`.
    """

    kind: ClassVar[str] = "thread:quieted"
    quiet: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class MessageGated(Fact):
    """Whether the message starts a turn, and by which rule."""

    kind: ClassVar[str] = "message:gated"
    admitted: bool
    rule: str


@dataclass(frozen=True, kw_only=True)
class RouteDecided(Fact):
    """Who should answer one matter, and everything considered. Texts: `matter`."""

    kind: ClassVar[str] = "route:decided"
    part: int
    parts: int
    decision: Decision


@dataclass(frozen=True, kw_only=True)
class HandoffMade(Fact):
    """A specialist passed the matter on. Texts: `reason`, `packet`."""

    kind: ClassVar[str] = "handoff:made"
    part: int
    source: str
    target: str
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerDrafted(Fact):
    """A specialist's answer before its check. Texts: `draft`, `quote:0` and so on."""

    kind: ClassVar[str] = "answer:drafted"
    part: int
    attempt: int
    answer: str
    plugin: PluginRef
    passages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    duration_us: int = 0


@dataclass(frozen=True, kw_only=True)
class SpecialistFailed(Fact):
    """A specialist raised, ran out of time or returned something that is no answer."""

    kind: ClassVar[str] = "answer:failed"
    part: int
    plugin: PluginRef
    fault: str
    duration_us: int = 0


@dataclass(frozen=True, kw_only=True)
class ModelCalled(Fact):
    """One call to a language model. Costs in micro-dollars, times in microseconds.

    `fault` says why it gave nothing, `retried` what was wrong with the attempts before the last.
    """

    kind: ClassVar[str] = "model:called"
    role: str
    requested: str
    returned: str
    prompt: str
    prompt_digest: str
    params_digest: str
    request_id: str
    stop_reason: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    cost_microusd: int
    latency_us: int
    attempts: int
    fault: str = ""
    retried: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ToolCalled(Fact):
    """A tool ran, or could not. Texts: `arguments` as JSON, `result` as the model got it."""

    kind: ClassVar[str] = "tool:called"
    part: int
    attempt: int
    tool: str
    failed: bool
    duration_us: int


@dataclass(frozen=True, kw_only=True)
class ToolProposed(Fact):
    """A tool that changes something waits for a person. Nothing was run.

    Texts: `arguments`, the exact JSON, and `digest`, the SHA-256 over tool and arguments that a
    confirmation has to name. Both only as texts: the digest of a few words can be guessed.
    """

    kind: ClassVar[str] = "tool:proposed"
    part: int
    attempt: int
    tool: str


@dataclass(frozen=True, kw_only=True)
class ReplyJudged(Fact):
    """The validator's verdict on one draft; see the two kinds of it."""

    part: int
    attempt: int
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class ReplyApproved(ReplyJudged):
    """The draft may go out."""

    kind: ClassVar[str] = "reply:approved"


@dataclass(frozen=True, kw_only=True)
class ReplyRejected(ReplyJudged):
    """The draft may not go out; the verdict says why."""

    kind: ClassVar[str] = "reply:rejected"


@dataclass(frozen=True, kw_only=True)
class NoticeApproved(ReplyJudged):
    """What the desk itself says, or made of several parts, may go out."""

    kind: ClassVar[str] = "notice:approved"


@dataclass(frozen=True, kw_only=True)
class NoticeRejected(ReplyJudged):
    """What the desk itself says, or made of several parts, may not go out."""

    kind: ClassVar[str] = "notice:rejected"


@dataclass(frozen=True, kw_only=True)
class ReplyWithheld(Fact):
    """An approved draft was not posted because the thread had moved on."""

    kind: ClassVar[str] = "reply:withheld"
    why: str


@dataclass(frozen=True, kw_only=True)
class TicketEscalated(Fact):
    """One matter goes to a human. Texts: `note`, what was found so far."""

    kind: ClassVar[str] = "ticket:escalated"
    part: int
    reason: EscalationReason
    specialist: str | None = None


@dataclass(frozen=True, kw_only=True)
class PostIntended(Fact):
    """What is about to become visible. `key` finds it again. Texts: `post`, `outcome` as JSON.

    `asked` are the candidates that a clarifying question names. Texts then have `asked` too: the
    matter it was asked about.
    """

    kind: ClassVar[str] = "post:intended"
    key: str
    outcome: OutcomeKind
    specialists: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PostDone(Fact):
    """It is visible, under the name that the messenger gave it."""

    kind: ClassVar[str] = "post:done"
    key: str
    external: str
    found: bool = False


@dataclass(frozen=True, kw_only=True)
class PostFailed(Fact):
    """It did not become visible; the turn is tried again later."""

    kind: ClassVar[str] = "post:failed"
    key: str
    fault: str


@dataclass(frozen=True, kw_only=True)
class PostWithdrawn(Fact):
    """It stood there twice, because a process that was held up posted it too; this one went."""

    kind: ClassVar[str] = "post:withdrawn"
    key: str
    external: str


@dataclass(frozen=True, kw_only=True)
class TurnEnded(Fact):
    """The turn is over; nothing of it will happen again. Texts: `outcome`, the whole as JSON."""

    kind: ClassVar[str] = "turn:ended"
    outcome: OutcomeKind
    specialist: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeskStarted(Fact):
    """A process began to work: what is in force, each by digest. Its ticket is `desk`."""

    kind: ClassVar[str] = "desk:started"
    version: str
    config_digest: str
    plugins: tuple[PluginRef, ...] = ()
    quarantined: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeskStopped(Fact):
    """A process ended in good order."""

    kind: ClassVar[str] = "desk:stopped"
