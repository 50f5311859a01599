"""The validator agent: checks and a second model, of which every single one must say yes.

It fails closed. A check that raises, takes too long or gives something that is no result counts
as a no, and as one that no revision can cure: the draft goes to a human. Checks that are not
`async` run in a thread, so that a slow one never holds up other tickets. A thread that hangs
cannot be ended, therefore a check with too many of them is not started again until they are gone.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from frontdesk import EscalationReason
from frontdesk.errors import BudgetExceeded, ModelUnavailable
from router.records import CheckResult, Objection, Verdict, VerdictKind
from router.validate.check import Check, ValidatorAgent, severity
from router.validate.draft import Draft
from router.validate.threads import Ran, Row

log = logging.getLogger("frontdesk.validate")

MOST_HANGING = 4
"""So many threads of one check may hang before it is refused without a try."""

_FAULTS = {
    "malformed": "gave something that is no result",
    "timeout": "took too long",
    "raised": "failed; the log has the details",
    "budget": "reached the limits of this ticket",
    "unavailable": "could not reach its model",
}


class Validator:
    """Judges drafts. Only its well-formed approval lets one out.

    `timeout` is the longest that a check may take, `agent_timeout` the longest for the second
    model, both in seconds. The second model is asked only about drafts that pass all checks.

    Raises:
        ValueError: there is no check, which would approve everything, or two share an id.
    """

    def __init__(
        self,
        checks: Sequence[Check],
        *,
        agent: ValidatorAgent | None = None,
        timeout: float = 2.0,
        agent_timeout: float = 60.0,
    ) -> None:
        ids = [check.id for check in checks]
        if not ids or len(set(ids)) < len(ids):
            raise ValueError(f"the validator needs checks, each with its own id; it got {ids}")
        self.checks = tuple(checks)
        self.agent = agent
        self.timeout = timeout
        self.agent_timeout = agent_timeout
        self._waiting = [check for check in checks if inspect.iscoroutinefunction(check.check)]
        self._working = [check for check in checks if check not in self._waiting]
        self._hanging: Counter[str] = Counter()

    async def judge(self, draft: Draft) -> Verdict:
        """Say whether the draft may go out. Never raises; a cancelled one gives no verdict."""
        worked, waited = await asyncio.gather(
            self._work(draft),
            asyncio.gather(*(self._wait(check, draft, self.timeout) for check in self._waiting)),
        )
        by_id = worked | {result.check: result for result in waited}
        results = [by_id[check.id] for check in self.checks]
        if self.agent is not None and all(result.passed for result in results):
            results.append(await self._wait(self.agent, draft, self.agent_timeout))
        return verdict(results)

    async def _work(self, draft: Draft) -> dict[str, CheckResult]:
        """Run the checks that need a thread, all in one, or in one more for each that hangs."""
        left = [check for check in self._working if self._hanging[check.id] < MOST_HANGING]
        results: dict[str, CheckResult] = {}
        while left:
            row = _HangingRow(self._hanging)
            ran = await row.run(left, draft, self.timeout)
            results |= {c.id: _judged(c, r) for c, r in zip(left, ran, strict=False)}
            left = left[len(ran) + 1 :]
        late = (check for check in self._working if check.id not in results)
        return results | {check.id: _failed(check, "timeout") for check in late}

    async def _wait(self, check: Check | ValidatorAgent, draft: Draft, limit: float) -> CheckResult:
        """Run an `async` check behind a wall."""
        started = time.perf_counter_ns()
        value, error = None, None
        try:
            async with asyncio.timeout(limit):
                value = await check.check(draft)  # type: ignore[misc]
        # A check may be anybody's code and raise anything: that is a no, never a crash.
        except Exception as raised:
            error = raised
        return _judged(check, Ran(value, error, (time.perf_counter_ns() - started) // 1000))


class _HangingRow:
    """A row of checks that counts, by check, how many threads hang."""

    def __init__(self, hanging: Counter[str]) -> None:
        self._hanging = hanging
        self._stuck = ""
        self._over = False

    async def run(self, checks: Sequence[Check], draft: Draft, seconds: float) -> list[Ran]:
        """What the checks gave that were done in time; the next one is counted as hanging."""
        ran = await Row([partial(check.check, draft) for check in checks], self._ended).run(seconds)
        if len(ran) < len(checks) and not self._over:
            self._stuck = checks[len(ran)].id
            self._hanging[self._stuck] += 1
        return ran

    def _ended(self) -> None:
        self._over = True
        if self._stuck:
            self._hanging[self._stuck] -= 1


def verdict(results: Sequence[CheckResult]) -> Verdict:
    """What all results together say: approved by all, curable, or for a human."""
    checks = tuple(results)
    objections = [objection for result in checks for objection in result.objections]
    reasons = [reason for objection in objections if (reason := severity(objection))]
    if reasons:
        return Verdict(VerdictKind.ESCALATE, checks, reasons[0])
    if checks and all(result.passed for result in checks):
        return Verdict(VerdictKind.APPROVE, checks)
    return Verdict(VerdictKind.REVISE, checks, EscalationReason.REJECTED)


def _judged(check: Check | ValidatorAgent, ran: Ran) -> CheckResult:
    """The result that a check gave, or the no that its fault amounts to."""
    if ran.error is not None:
        result = _failed(check, _fault(ran.error))
        if result.objections[0].code == "check.raised":
            log.error("check %s failed", check.id, exc_info=ran.error)
    elif _well_formed(ran.value, check):
        result = ran.value
    else:
        result = _failed(check, "malformed")
    return replace(result, duration_us=ran.duration_us)


def _fault(error: BaseException) -> str:
    match error:
        case TimeoutError():
            return "timeout"
        case BudgetExceeded():
            return "budget"
        case ModelUnavailable():
            return "unavailable"
        case _:
            return "raised"


def _well_formed(given: object, check: Check | ValidatorAgent) -> bool:
    """A result is the check's own, and it objects exactly if it does not pass."""
    return (
        isinstance(given, CheckResult)
        and given.check == check.id
        and isinstance(given.passed, bool)
        and isinstance(given.objections, tuple)
        and all(isinstance(objection, Objection) for objection in given.objections)
        and given.passed == (not given.objections)
    )


def _failed(check: Check | ValidatorAgent, fault: str) -> CheckResult:
    message = f"The check {check.id!r} {_FAULTS[fault]}. No draft goes out without it."
    objection = Objection(f"check.{fault}", message)
    return CheckResult(check.id, check.version, False, (objection,))
