"""What a check is, and how its result is made."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import Protocol

from frontdesk import EscalationReason
from router.records import CheckResult, Objection
from router.validate.draft import Draft


class Check(Protocol):
    """One deterministic check of a draft. `version` changes with what it finds.

    A check without `async` runs in a thread, and must not keep state between drafts.
    """

    @property
    def id(self) -> str:
        """Its stable name."""

    @property
    def version(self) -> int:
        """Counts up whenever its findings may change."""

    def check(self, draft: Draft) -> CheckResult | Awaitable[CheckResult]:
        """Judge the draft. Raising, or giving anything else, counts as a no."""


class ValidatorAgent(Protocol):
    """A second model that judges what the deterministic checks have passed."""

    @property
    def id(self) -> str:
        """Its stable name."""

    @property
    def version(self) -> int:
        """Counts up with its prompt."""

    async def check(self, draft: Draft) -> CheckResult:
        """Judge the draft. Raising, or giving anything else, counts as a no."""


SEVERE: dict[str, EscalationReason] = {
    "check.budget": EscalationReason.BUDGET,
    "check.unavailable": EscalationReason.MODEL_UNAVAILABLE,
    "check": EscalationReason.REJECTED,
    "secret": EscalationReason.POLICY,
    "personal_data": EscalationReason.POLICY,
    "injection": EscalationReason.POLICY,
}
"""Objections that no revision may follow, by their code or by the part of it before the dot:
whoever wrote such a draft has got hold of something, or is led by somebody, or could not be
checked, and a human should know."""


def severity(objection: Objection) -> EscalationReason | None:
    """Why this objection needs a human; None if the specialist may try again."""
    return SEVERE.get(objection.code) or SEVERE.get(objection.code.partition(".")[0])


def result(
    check: Check, objections: Iterable[Objection] = (), score_bp: int | None = None
) -> CheckResult:
    """What `check` found: it passes without objections. Equal objections count once."""
    found = tuple(dict.fromkeys(objections))
    return CheckResult(check.id, check.version, not found, found, score_bp)
