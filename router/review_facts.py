"""What reviewers do: cases, verdicts, findings, sign-offs, and comments on entries.

`actor` is `human:` and the reviewer's reference, `ticket` the chain of what the record says about
itself. `case` names a case, `item` the audit entry of the decision that is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from router.facts import Fact


class Judgement(StrEnum):
    """What a reviewer says of one decision; all but the first count as a failure."""

    CORRECT = "correct"
    WRONG_ROUTE = "wrong_route"
    SHOULD_ESCALATE = "should_escalate"
    POLICY_BREACH = "policy_breach"
    PRIVACY = "privacy"


BREACHES = frozenset({Judgement.POLICY_BREACH, Judgement.PRIVACY})
"""What is never left to one reviewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which decisions a case is about, from leaves alone, so that anybody can repeat it.

    Times are microseconds since 1970, the first included and the last not; confidence in basis
    points, below. `rule` names a rule of the queue for a case that works it off: what it
    is about and nobody had judged by then.
    """

    since_us: int = 0
    until_us: int | None = None
    specialist: str | None = None
    below_bp: int | None = None
    rule: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Fact):
    """A case was opened on a query, before anybody could know its sample."""

    kind: ClassVar[str] = "review:opened"
    case: str
    query: CaseQuery
    wanted: int


@dataclass(frozen=True, kw_only=True)
class CaseDrawn(Fact):
    """A case's items, drawn with the root of the first checkpoint that holds its opening.

    `population_digest` is the SHA-256 of the ids of all entries that the query finds among the
    first `size` of the log, `sample_digest` that of the ids drawn, one a line, in their order.
    `lot_digest` is the SHA-256 of what the second reviewers' share is drawn from.
    """

    kind: ClassVar[str] = "review:drawn"
    case: str
    checkpoint_seq: int
    size: int
    root: str
    seed: str
    population: int
    population_digest: str
    drawn: int
    sample_digest: str
    lot_digest: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemJudged(Fact):
    """A reviewer's verdict on one item. Texts: `comment`, if there is one.

    Where a second reviewer is asked, `judgement` is empty and `sealed` a commitment to it: the
    SHA-256 over a salt, a colon and the judgement, all as text. `seconds` is the time it took.
    """

    kind: ClassVar[str] = "review:judged"
    case: str
    item: str
    judgement: Judgement | None
    sealed: str = ""
    opinion: int = 1
    seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class ItemCompared(Fact):
    """Both opinions on an item are there; the first one's seal is opened by its `salt`."""

    kind: ClassVar[str] = "review:compared"
    case: str
    item: str
    first: Judgement
    salt: str
    second: Judgement


@dataclass(frozen=True, kw_only=True)
class CaseSigned(Fact):
    """A case was signed off, on the log as it stood. Texts: `statement`.

    `reviewers` are references; `bound_bp` is the upper bound of the share of failures in basis
    points, at a confidence of `confidence_bp`. `lot` is what the second reviewers' share was drawn
    from; it was secret until now.
    """

    kind: ClassVar[str] = "review:signed"
    case: str
    reviewers: tuple[str, ...]
    reviewed: int
    population: int
    failures: int
    bound_bp: int
    confidence_bp: int
    kappa_bp: int | None
    checkpoint_seq: int
    size: int
    root: str
    sample_root: str
    lot: str = ""


@dataclass(frozen=True, kw_only=True)
class FindingOpened(Fact):
    """Something has to be put right. `due_us` is when. Texts: `what`, `action`."""

    kind: ClassVar[str] = "finding:opened"
    finding: str
    owner: str
    due_us: int
    case: str | None = None
    item: str | None = None


@dataclass(frozen=True, kw_only=True)
class FindingChanged(Fact):
    """It has another owner or another day. Texts: `action`, if that was changed too."""

    kind: ClassVar[str] = "finding:changed"
    finding: str
    owner: str
    due_us: int


@dataclass(frozen=True, kw_only=True)
class FindingClosed(Fact):
    """Somebody else than its owner saw that it is put right. Texts: `resolution`.

    `change` is the entry of the change of configuration that did it, if one did.
    """

    kind: ClassVar[str] = "finding:closed"
    finding: str
    change: str | None = None


@dataclass(frozen=True, kw_only=True)
class CommentAdded(Fact):
    """Somebody commented on an entry. Texts: `comment`."""

    kind: ClassVar[str] = "comment:added"
    entry: str
