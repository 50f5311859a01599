"""Facts about what became of people's texts; those about no ticket are in the log's own chain.

People are named by their random references, which mean nothing once the key store has forgotten
them. `erasure` and `hold` are short names that the facts of one matter share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from router.facts import Fact


class Basis(StrEnum):
    """Why texts are erased: the ground in law, or what the desk promises by itself."""

    NOT_NEEDED = "gdpr-17-1-a"
    CONSENT_WITHDRAWN = "gdpr-17-1-b"
    OBJECTION = "gdpr-17-1-c"
    UNLAWFUL = "gdpr-17-1-d"
    LEGAL_DUTY = "gdpr-17-1-e"
    CHILD = "gdpr-17-1-f"
    CCPA = "ccpa-1798-105"
    UNINSTALLED = "uninstalled"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedTexts:
    """The texts of one entry that were erased, with the commitments the entry holds to them."""

    entry: str
    commit: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class PayloadErased(Fact):
    """Texts of a ticket are gone for good. `run` names the erasure or the run of the retention."""

    kind: ClassVar[str] = "payload:erased"
    run: str
    basis: Basis
    erased: tuple[ErasedTexts, ...]


@dataclass(frozen=True, kw_only=True)
class TicketForgotten(Fact):
    """The requester was erased: the ticket is closed, and nothing of it goes out any more."""

    kind: ClassVar[str] = "ticket:forgotten"
    run: str


@dataclass(frozen=True, kw_only=True)
class ErasureFiled(Fact):
    """Somebody of the staff filed the wish, or the duty, to erase a person."""

    kind: ClassVar[str] = "erasure:filed"
    erasure: str
    person: str
    basis: Basis
    typed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class ErasureApproved(Fact):
    """Somebody else than who asked for it approved an erasure."""

    kind: ClassVar[str] = "erasure:approved"
    erasure: str
    person: str
    basis: Basis
    typed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class ErasureRefused(Fact):
    """An erasure will not be carried out. `why` is `declined` or `held`, then by these holds."""

    kind: ClassVar[str] = "erasure:refused"
    erasure: str
    person: str
    why: str
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ErasureDone(Fact):
    """A person was erased and their key destroyed: so many texts. `certificate` is its SHA-256.

    `effective_us`: from then on no backup of the key store can bring the texts back.
    """

    kind: ClassVar[str] = "erasure:done"
    erasure: str
    person: str
    erased: int
    entries: int
    tickets: int
    effective_us: int
    certificate: str


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(Fact):
    """What is held may not be erased. Exactly one of the three says what it is. Texts: `reason`."""

    kind: ClassVar[str] = "hold:placed"
    hold: str
    person: str | None = None
    on_ticket: str | None = None
    workspace: str | None = None
    typed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class HoldReleaseAsked(Fact):
    """Somebody wants a hold released; somebody else has to agree."""

    kind: ClassVar[str] = "hold:release-asked"
    hold: str
    typed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class HoldReleased(Fact):
    """A second person agreed: what was held may be erased again."""

    kind: ClassVar[str] = "hold:released"
    hold: str
    typed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class RetentionApplied(Fact):
    """Texts past their time were erased, class by class; `held` were past it and are held."""

    kind: ClassVar[str] = "retention:applied"
    run: str
    days: Mapping[str, int]
    erased: Mapping[str, int]
    held: int = 0
    more: bool = False


@dataclass(frozen=True, kw_only=True)
class WorkspaceLeft(Fact):
    """A workspace removed the desk: its texts are erased at `due_us` unless it comes back."""

    kind: ClassVar[str] = "workspace:left"
    workspace: str
    due_us: int


@dataclass(frozen=True, kw_only=True)
class WorkspaceReturned(Fact):
    """A workspace that had left installed the desk again in time."""

    kind: ClassVar[str] = "workspace:returned"
    workspace: str


@dataclass(frozen=True, kw_only=True)
class SubjectExported(Fact):
    """All that is kept of a person was given out: so many texts, a file with this SHA-256."""

    kind: ClassVar[str] = "subject:exported"
    person: str
    given: int
    sha256: str
    typed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class LogRead(Fact):
    """Somebody looked at the log. `digest` is the SHA-256 of the ids they saw, one a line, sorted.

    `filter` has no free words: those are its text `words`.
    """

    filter: Mapping[str, str] = field(default_factory=dict)
    count: int = 0
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class AuditSearched(LogRead):
    """Somebody searched the log. Texts: `words`, if they looked for some."""

    kind: ClassVar[str] = "audit:searched"


@dataclass(frozen=True, kw_only=True)
class AuditViewed(LogRead):
    """Somebody looked at a ticket or an entry with all that it holds."""

    kind: ClassVar[str] = "audit:viewed"


@dataclass(frozen=True, kw_only=True)
class AuditExported(LogRead):
    """Somebody took a part of the log away, as a file in this form with this SHA-256."""

    kind: ClassVar[str] = "audit:exported"
    form: str
    sha256: str
    with_texts: bool = False
    approved_by: str = ""


@dataclass(frozen=True, kw_only=True)
class ExportAsked(Fact):
    """Somebody wants to export texts; somebody else has to agree."""

    kind: ClassVar[str] = "export:asked"
    export: str
    form: str
    filter: Mapping[str, str] = field(default_factory=dict)
    typed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class ExportApproved(Fact):
    """A second person agreed to an export of texts; it may be made once."""

    kind: ClassVar[str] = "export:approved"
    export: str
    typed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class ExportExpired(Fact):
    """The file of an export with texts was deleted from the desk's folder: its time was over."""

    kind: ClassVar[str] = "export:expired"
    export: str
