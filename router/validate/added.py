"""Checks that plugins add: each sees a copy of the draft, and can only add a no.

Its findings become objections under its own name, so none of them can pass for one of the desk's.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Sequence
from typing import Any

from frontdesk import DraftReply, Finding, ReplyCheck
from router.records import CheckResult, Objection
from router.validate.check import Check, result
from router.validate.draft import Draft

MOST_FINDINGS = 20
MOST_CHARACTERS = 500


class _Added:
    """One check of a plugin, in the shape of the validator's own."""

    def __init__(self, check: ReplyCheck) -> None:
        self.id = f"plugin:{check.name}"
        self.version = int(getattr(check, "version", 1))
        self._check = check

    def objections(self, findings: object) -> CheckResult:
        """What it found, bounded.

        Raises:
            TypeError: it gave something else than findings, which counts as a no.
        """
        if not isinstance(findings, Sequence) or isinstance(findings, str):
            raise TypeError(f"{self.id} gave {type(findings).__name__} instead of findings")
        return result(self, [self._objection(one) for one in findings[:MOST_FINDINGS]])  # type: ignore[arg-type]

    def _objection(self, finding: object) -> Objection:
        if not isinstance(finding, Finding):
            raise TypeError(f"{self.id} gave {type(finding).__name__} instead of a finding")
        code = f"plugin.{self._check.name}.{finding.code}"
        return Objection(code, str(finding.message)[:MOST_CHARACTERS])


class AddedCheck(_Added):
    """A check that computes; it runs in a thread."""

    def check(self, draft: Draft) -> CheckResult:
        """Ask the plugin."""
        return self.objections(self._check.check(seen(draft)))


class AddedWaitingCheck(_Added):
    """A check that is `async`."""

    async def check(self, draft: Draft) -> CheckResult:
        """Ask the plugin."""
        found: Any = self._check.check(seen(draft))
        return self.objections(await found if isinstance(found, Awaitable) else found)


def added(check: ReplyCheck) -> Check:
    """A plugin's check for the validator."""
    waits = inspect.iscoroutinefunction(check.check)
    made: Check = AddedWaitingCheck(check) if waits else AddedCheck(check)
    return made


def seen(draft: Draft) -> DraftReply:
    """What a plugin's check gets to see of a draft."""
    return DraftReply(draft.text, draft.question, draft.kind, draft.specialist, draft.citations)
