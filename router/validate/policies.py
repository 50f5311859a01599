"""The rules that a specialist brings along, as patterns that replies must or must not match.

Patterns come with plugins, so one may be wrong or take for ever: each has a time limit (which only
the `regex` package offers), and one that cannot be used lets nothing through.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from frontdesk import Policy
from router.records import CheckResult, Objection
from router.validate.check import result
from router.validate.draft import Draft
from router.validate.hidden import straight, visible

SECONDS = 0.25
"""The longest that one pattern may take over one draft, once it was not done at once."""

AT_ONCE = 0.002
"""Seconds in which nearly every pattern is done, and nobody else needs to be let in between."""


class Policies:
    """The draft keeps the policies of its specialist; what is required, only replies must have."""

    id = "policies"
    version = 1

    def check(self, draft: Draft) -> CheckResult:
        """Object to each policy that is not kept, or cannot be checked."""
        text = straight(visible(draft.text))
        reply = draft.kind == "reply"
        objections = (o for policy in draft.policies for o in _objections(policy, text, reply))
        return result(self, objections)


def _objections(policy: Policy, text: str, reply: bool) -> Iterator[Objection]:
    try:
        if any(_matches(pattern, text) for pattern in policy.forbid):
            yield Objection("policy.forbidden", f"Policy {policy.id!r} is broken: {policy.text}")
        if reply and not all(_matches(pattern, text) for pattern in policy.require):
            yield Objection("policy.required", f"Policy {policy.id!r} is not met: {policy.text}")
    except regex.error:
        message = f"Policy {policy.id!r} has a pattern that is no regular expression. Correct it."
        yield Objection("check.policy_pattern", message)
    except TimeoutError:
        message = f"Policy {policy.id!r} has a pattern that takes too long. Simplify it."
        yield Objection("check.policy_slow", message)


def _matches(pattern: str, text: str) -> bool:
    compiled = _compiled(pattern)
    try:
        return compiled.search(text, timeout=AT_ONCE, concurrent=False) is not None
    except TimeoutError:
        # The interpreter is released meanwhile, so a slow pattern does not hold up other tickets.
        return compiled.search(text, timeout=SECONDS, concurrent=True) is not None


@lru_cache(1_024)
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE)
