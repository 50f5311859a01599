"""The clock: interval jobs that do what is due. The tables say what that is, so none is remembered.

A job that comes late is run once, not for every time it missed.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger("frontdesk.clock")
SEQUENCE_SECONDS = 0.5
"""How often entries get their place in the log, with a checkpoint that is signed."""
MISFIRE_SECONDS = 60
"""A job that is later than this waits for its next turn."""

Job = Callable[[], Awaitable[object]]


@contextmanager
def ticking(*jobs: tuple[str, float, Job]) -> Iterator[AsyncIOScheduler]:
    """Run each job, given as its name, its seconds and itself, for as long as the context lasts."""
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_SECONDS}
    scheduler = AsyncIOScheduler(job_defaults=defaults)
    for name, seconds, job in jobs:
        scheduler.add_job(_reported(name, job), "interval", seconds=seconds, id=name)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=False)


def _reported(name: str, job: Job) -> Job:
    @wraps(job)
    async def run() -> None:
        try:
            await job()
        except Exception:  # the next tick tries again; the log tells what went wrong
            log.exception("the job %s failed", name)

    return run
