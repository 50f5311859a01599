"""What the clock does: every job of a desk, in one list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.anchors.due import Sequencing, log_jobs
from bot.clock.changes import ChangeRunner
from bot.clock.deadlines import SECONDS as DEADLINE_SECONDS
from bot.clock.deadlines import DeadlineKeeper
from bot.clock.privacy import ERASURES_SECONDS, LETTING_GO_SECONDS, finish_erasures, let_go
from bot.clock.silence import SECONDS as SILENCE_SECONDS
from bot.clock.silence import Silence
from bot.clock.verifying import Verifying
from bot.doors.due import door_jobs
from bot.plugins.fetching import SECONDS as FETCH_SECONDS
from bot.plugins.fetching import Fetching
from bot.plugins.observing import SECONDS as OBSERVE_SECONDS
from bot.plugins.observing import Observing
from bot.plugins.renewing import SECONDS as RENEW_SECONDS
from bot.plugins.renewing import Renewing
from storage.people.tidying import forget_over
from storage.reviews.service import Reviews
from storage.steps import forget_ended

if TYPE_CHECKING:
    from bot.app import App

SEQUENCE_SECONDS = 0.5
"""How often entries get their place in the log, with a checkpoint that is signed."""

REVIEWS_SECONDS = 5.0
"""How often the log is read on for the review queue and the charts."""

SESSIONS_SECONDS = 600.0
"""How often sessions at the console that are over are forgotten."""

CHANGES_SECONDS = 1.0
"""How soon a change that somebody confirmed runs; who begins it on record is the one who does."""


LONG = 6 * 3600.0
"""Seconds that work on the whole record may take."""

MEMOS_SECONDS = 3600.0
"""How often what is kept of turns is forgotten that have ended by another way."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every `seconds`. It asks the tables what is due and remembers nothing.

    `once`: of several processes only one does it in each slot of time. It may take `limit` seconds,
    then it is ended and tried again.
    """

    name: str
    seconds: float
    run: Callable[[], Awaitable[object]]
    once: bool = True
    limit: float = 300.0


def jobs(app: App) -> tuple[Job, ...]:
    """All jobs of an open desk."""
    return (
        Job("sequence", SEQUENCE_SECONDS, Sequencing(app.store).tick, once=False),
        *(Job(*due) for due in log_jobs(app)),
        Job("reviews", REVIEWS_SECONDS, Reviews(app.store).catch_up),
        Job("observers", OBSERVE_SECONDS, Observing(app).tick),
        Job("knowledge", FETCH_SECONDS, Fetching(app).tick, once=False),
        Job("plugins", RENEW_SECONDS, Renewing(app).tick, once=False),
        Job("sessions", SESSIONS_SECONDS, partial(forget_over, app.store, _idle(app))),
        Job("verify", app.settings.console_verify_minutes * 60, Verifying(app).tick, limit=LONG),
        *(Job(*due) for due in door_jobs(app)),
        Job("erasures", ERASURES_SECONDS, partial(finish_erasures, app), limit=LONG),
        Job("memos", MEMOS_SECONDS, partial(forget_ended, app.store)),
        Job("retention", LETTING_GO_SECONDS, partial(let_go, app), limit=LONG),
        Job("deadlines", DEADLINE_SECONDS, DeadlineKeeper(app.store, app.settings.sla).tick),
        Job("silence", SILENCE_SECONDS, Silence(app.store, app.settings).tick),
        Job("tool-changes", CHANGES_SECONDS, ChangeRunner(app).tick, once=False),
    )


def _idle(app: App) -> timedelta:
    return timedelta(minutes=app.settings.console_idle_minutes)
