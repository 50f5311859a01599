"""What a verification says: findings by code and entry, and what could not be checked."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_FINDINGS = 1000
"""Findings that are kept, the first ones in the order of the log; all are counted."""

_NOWHERE = 2**62


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Something that is not as it was written. `code` is stable, `message` is for people."""

    code: str
    message: str
    entry: str | None = None
    ticket: str | None = None
    log_index: int | None = None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the log; what is not in the log comes after it, by time."""
        index = _NOWHERE if self.log_index is None else self.log_index
        return (index + (self.entry is None and self.log_index is None), self.entry or "~")


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """The result. `checked` counts entries, `size` and `root` are those of the last checkpoint.

    `findings` are ordered by the log, so the first one names the first bad entry; `found` counts
    also those beyond the ones that are kept. `skipped` says in plain words what was not checked.
    `since` is the size of the log that was verified before and taken as it was found then.
    """

    ok: bool
    checked: int
    findings: tuple[AuditFinding, ...]
    found: int
    skipped: tuple[str, ...]
    size: int
    root: str
    since: int = 0


@dataclass(slots=True)
class Findings:
    """Collects findings in bounded memory."""

    count: int = 0
    _kept: list[AuditFinding] = field(default_factory=list)

    def add(
        self,
        code: str,
        message: str,
        *,
        entry: str | None = None,
        ticket: str | None = None,
        log_index: int | None = None,
    ) -> None:
        """Put a finding down."""
        self.count += 1
        self._kept.append(AuditFinding(code, message, entry, ticket, log_index))
        if len(self._kept) > 2 * MOST_FINDINGS:
            self._kept = list(self.sorted())

    def extend(self, others: Findings) -> None:
        """Put down what was found elsewhere."""
        self.count += others.count
        self._kept += others._kept
        self._kept = list(self.sorted())

    def sorted(self) -> tuple[AuditFinding, ...]:
        """The first findings in the order of the log."""
        return tuple(sorted(self._kept, key=lambda finding: finding.place)[:MOST_FINDINGS])
