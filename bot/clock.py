"""The clock: interval jobs that do what is due. The tables say what that is, so none is remembered.

A job that comes late is run once, not for every time it missed.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.jobs import Job

log = logging.getLogger("frontdesk.clock")
MISFIRE_SECONDS = 60
"""A job that is later than this waits for its next turn."""


@contextmanager
def ticking(jobs: Iterable[Job]) -> Iterator[AsyncIOScheduler]:
    """Run the jobs for as long as the context lasts."""
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_SECONDS}
    scheduler = AsyncIOScheduler(job_defaults=defaults)
    for job in jobs:
        run = _reported(job.name, job.run)
        scheduler.add_job(run, "interval", seconds=job.seconds, id=job.name)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=False)


def _reported(name: str, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
    @wraps(job)
    async def run() -> None:
        try:
            await job()
        except Exception:  # the next tick tries again; the log tells what went wrong
            log.exception("the job %s failed", name)

    return run
