"""Letting specialists in: what a plugin offered becomes `Specialist` objects, or is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.plugins.registry import Reason, Rejected
from frontdesk import Answer, Context, Specialist, Ticket
from frontdesk.checks import fact, unmet


class _Admitted(Specialist):
    """A specialist as it was when it was let in, with defaults for all that it leaves out.

    Its facts are read this once, inside the wall around loading; an attribute that raises, or says
    something else the next time, can do no harm later. It answers as its author wrote it.
    """

    def __init__(self, offered: object) -> None:
        super().__init__(**{name: _read(offered, name) for name in Specialist.__annotations__})
        self._offered = offered

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        """Answer as the offered object does; in the desk's own way if it has none."""
        own = getattr(self._offered, "answer", super().answer)
        answer: Answer = await own(ticket, context)
        return answer


def _read(offered: object, name: str) -> Any:
    value = fact(offered, name)
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def admitted(offered: list[object]) -> list[Specialist]:
    """Each object as a specialist; objects of any class will do.

    Raises:
        Rejected: one of them does not meet the contract; the message names every unmet condition.
    """
    for one in offered:
        findings = unmet(one)
        if findings:
            who = str(getattr(one, "name", "") or type(one).__name__)
            message = f"{who}: " + "; ".join(finding.message for finding in findings)
            advice = "its author sees the same with frontdesk.testing.check_specialist"
            raise Rejected(Reason.BAD_SPECIALIST, message, advice)
    return [_Admitted(one) for one in offered]


def as_written(specialist: Specialist) -> object:
    """The object that the plugin offered, for checks that show its author what they find."""
    return specialist._offered if isinstance(specialist, _Admitted) else specialist
