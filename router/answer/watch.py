"""Who has the event loop: so that a specialist that blocks it can be named.

A plugin's coroutine is driven one step at a time, and each step is timed. While a step runs, its
specialist stands in `current`, where another thread can read it: when the loop stands still,
nothing on the loop can tell any more. Tasks that a plugin starts beside its answer are not seen.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Spell:
    """A specialist's time on the loop, since a moment of `time.monotonic`."""

    specialist: str
    since: float

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return time.monotonic() - self.since


class LoopWatch:
    """`current` is who runs on the event loop now. It may be read from any thread."""

    def __init__(self) -> None:
        self.current: Spell | None = None


class Watched(Generic[T]):
    """Awaits `work` for `specialist`; `longest` is its longest time on the loop, in seconds."""

    def __init__(self, watch: LoopWatch, specialist: str, work: Awaitable[T]) -> None:
        self.longest = 0.0
        self._watch = watch
        self._specialist = specialist
        self._work = work

    def __await__(self) -> Generator[Any, Any, T]:
        """Drive the work, step by step, as `yield from` would."""
        steps: Any = self._work.__await__()
        sent: Any = None
        thrown: BaseException | None = None
        while True:
            spell = self._watch.current = Spell(self._specialist, time.monotonic())
            try:
                waits_for = steps.send(sent) if thrown is None else steps.throw(thrown)
            except StopIteration as stop:
                result: T = stop.value
                return result
            finally:
                self._watch.current = None
                self.longest = max(self.longest, spell.seconds)
            sent = thrown = None
            try:
                sent = yield waits_for
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as error:  # above all the cancellation: it is the work's to see
                thrown = error
