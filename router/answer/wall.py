"""The wall around one answer: whatever a stranger's code does there, its ticket alone suffers.

The answer runs in a task of its own. One that does not end in time is cancelled, and one that does
not even end then is left behind, so it can hold neither the turn nor its place among the others.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from frontdesk import Answer, Escalation, EscalationReason, Passage
from frontdesk.errors import BudgetExceeded, ModelUnavailable, NotGranted
from router.answer.answered import Answered, failed
from router.answer.malformed import malformed
from router.answer.watch import LoopWatch, Watched
from router.records import PluginRef

log = logging.getLogger("frontdesk.specialist")
GRACE_SECONDS = 0.5
"""How long an answer that was cancelled may take to end before it is left behind."""


class FaultError(Exception):
    """A plugin took too long, or raised what would end more than its answer (`SystemExit`)."""


@dataclass(frozen=True, slots=True)
class Wall:
    """The wall around the answers of one plugin's specialist."""

    plugin: PluginRef
    watch: LoopWatch
    seconds: float

    async def answered(
        self,
        ask: Callable[[], Awaitable[Answer]],
        retrieved: Mapping[str, Passage],
        block_seconds: float,
    ) -> Answered:
        """What came of `ask`; `retrieved` is what it was given to read. Raises nothing of it."""
        started = time.perf_counter_ns()
        watched = Watched(self.watch, self.plugin.specialist, _contained(ask))
        answered = await self._outcome(watched)
        return replace(
            answered,
            passages=() if answered.fault else tuple(retrieved.values()),
            duration_us=(time.perf_counter_ns() - started) // 1000,
            blocked_us=round(watched.longest * 1e6) if watched.longest >= block_seconds else 0,
        )

    async def _outcome(self, watched: Watched[Answer]) -> Answered:
        try:
            answer = await self._in_time(watched)
        except BudgetExceeded as error:
            return Answered(Escalation(EscalationReason.BUDGET, str(error)), self.plugin)
        except ModelUnavailable as error:
            return Answered(Escalation(EscalationReason.MODEL_UNAVAILABLE, str(error)), self.plugin)
        except NotGranted as error:
            return Answered(Escalation(EscalationReason.PERMISSION, str(error)), self.plugin)
        except FaultError as error:
            return failed(self.plugin, str(error))
        # A stranger's code may raise anything; its ticket goes to a human, the desk goes on.
        except Exception as error:
            log.info("the specialist %s failed", self.plugin.specialist, exc_info=error)
            return failed(self.plugin, f"raised {type(error).__name__}")
        fault = malformed(answer)
        return failed(self.plugin, fault) if fault else Answered(answer, self.plugin)

    async def _in_time(self, watched: Watched[Answer]) -> Answer:
        task = asyncio.ensure_future(_awaited(watched))
        try:
            done, _ = await asyncio.wait({task}, timeout=self.seconds)
        except asyncio.CancelledError:
            await self._end(task)
            raise
        if not done:
            await self._end(task)
            raise FaultError(f"no answer within {self.seconds:g} seconds")
        if task.cancelled():
            raise FaultError("raised CancelledError")
        return task.result()

    async def _end(self, task: asyncio.Task[Answer]) -> None:
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=GRACE_SECONDS)
        task.add_done_callback(_look_away)
        if not done:
            log.error("an answer of %s cannot be stopped; left behind", self.plugin.specialist)


async def _awaited(watched: Watched[Answer]) -> Answer:
    return await watched


async def _contained(ask: Callable[[], Awaitable[Any]]) -> Answer:
    """The answer; nothing that a plugin raises may end the event loop or the turn."""
    try:
        answer: Answer = await ask()
    except (Exception, asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException as error:
        raise FaultError(f"raised {type(error).__name__}") from error
    return answer


def _look_away(task: asyncio.Task[Answer]) -> None:
    """What an answer raises that nobody waits for any more is not worth a warning."""
    if not task.cancelled():
        task.exception()
