"""The report card: every check by name, passed or with what was found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from frontdesk.checks import unmet
from frontdesk.contract import Finding, Ticket
from frontdesk.testing.conformance import check_specialist

CHECKS: dict[str, tuple[str, frozenset[str]]] = {
    "contract": (
        "It has all that the contract asks for, in the right types",
        frozenset(
            {
                "not_an_object",
                "no_name",
                "bad_name",
                "no_handles",
                "bad_type",
                "too_many",
                "bad_policy",
                "bad_answer",
                "no_knowledge",
                "bad_permission",
            }
        ),
    ),
    "tools": ("Its tools have names and typed arguments", frozenset({"bad_tool"})),
    "description": (
        "It tells its field from others, with enough examples",
        frozenset(["thin_description", "few_examples", "repeated_example", "contradiction"]),
    ),
    "articles": ("Its articles are sound", frozenset({"no_articles", "bad_article"})),
    "answers": (
        "It always gives an answer, also on an outage",
        frozenset(["raised", "no_answer", "empty", "bad_escalation"]),
    ),
    "citations": (
        "It cites, and only what it was given",
        frozenset(["no_citation", "unknown_citation", "false_quote"]),
    ),
    "handoffs": ("It hands over to specialists that exist", frozenset({"bad_handoff"})),
    "time": ("It keeps the time limit", frozenset({"too_slow"})),
    "cancellation": ("It lets go when it is cancelled", frozenset({"not_cancelled"})),
    "event loop": ("It never blocks the event loop", frozenset({"blocks"})),
    "bounded": ("What it says has an end", frozenset({"too_long"})),
    "separation": (
        "It keeps nothing of one requester for the next",
        frozenset({"keeps_state", "leaks"}),
    ),
    "injection": (
        "It obeys nothing that a requester or an article says",
        frozenset({"obeys", "instructs"}),
    ),
}
"""Each check by its name: what it promises, and the codes of its findings."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of a report card. `skipped`: the contract was unmet, so it could not be made."""

    name: str
    promise: str
    findings: tuple[Finding, ...] = ()
    skipped: bool = False

    @property
    def passed(self) -> bool:
        """Whether it was made and nothing was found."""
        return not self.skipped and not self.findings


def report_card(
    specialist: object,
    *,
    tickets: Sequence[Ticket | str] = (),
    seconds: float = 5.0,
    colleagues: Collection[str] | None = None,
) -> tuple[Checked, ...]:
    """All that `check_specialist` checks, check by check; it takes the same arguments."""
    refused = unmet(specialist)
    findings = refused or check_specialist(
        specialist, tickets=tickets, seconds=seconds, colleagues=colleagues
    )
    return tuple(
        _checked(name, promise, [one for one in findings if one.code in codes], bool(refused))
        for name, (promise, codes) in CHECKS.items()
    )


def _checked(name: str, promise: str, findings: list[Finding], refused: bool) -> Checked:
    made = not refused or name in {"contract", "tools"}
    return Checked(name, promise, tuple(findings), skipped=not made)
