"""What the clock does: every job of a desk, in one list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.app import App

SEQUENCE_SECONDS = 0.5
"""How often entries get their place in the log, with a checkpoint that is signed."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every `seconds`. It asks the tables what is due and remembers nothing.

    `once`: of several processes only one does it in each slot of time.
    """

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]
    once: bool = True


def jobs(app: App) -> tuple[Job, ...]:
    """All jobs of an open desk."""
    return (Job("sequence", SEQUENCE_SECONDS, app.store.sequence, once=False),)
