"""The check-up of a desk at work: who runs, what waits, whether clocks and keys are right."""

from __future__ import annotations

import asyncio
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from bot.doctor import Finding, Health
from bot.parts import Part
from bot.settings import Settings
from frontdesk import FrontdeskError
from storage import engines
from storage.database import default_keys, open_store
from storage.depths import Depths, depths
from storage.inspection import inspect_database
from storage.store import SqlStore
from storage.stuck import Process, Stuck, stuck, working

SKEW_SECONDS = 2.0
"""From where on two clocks disagree so much that times in the record puzzle people."""
SILENT_SECONDS = 60.0
OTHERS = stat.S_IRWXG | stat.S_IRWXO


async def check_up(settings: Settings) -> list[Finding]:
    """Look at the database of the desk and at who works on it; nothing if there is none yet."""
    try:
        folder = settings.keys or default_keys(engines.parsed(settings.database_url))
        found = list(_rights(folder))
        if await asyncio.to_thread(_is_there, settings):
            found += await _of_the_desk(settings)
    except (FrontdeskError, OSError) as error:
        return [Finding("desk", Health.BAD, str(error), "mend what the message names")]
    return found


def _is_there(settings: Settings) -> bool:
    """Whether there is a database that can be opened without making or changing it."""
    file = engines.sqlite_file(engines.parsed(settings.database_url))
    if file is not None and not file.exists():
        return False
    return inspect_database(settings.database_url, settings.keys).good


async def _of_the_desk(settings: Settings) -> list[Finding]:
    store = await asyncio.to_thread(open_store, settings.database_url, settings.keys)
    try:
        return await _asked(store, settings)
    finally:
        await store.close()


async def _asked(store: SqlStore, settings: Settings) -> list[Finding]:
    now_us = time.time_ns() // 1000
    waits = await depths(store, now_us)
    late = await stuck(store, now_us, settings.stuck_seconds)
    processes = await working(store, now_us)
    return [
        *_skew(waits),
        *_processes([one for one in processes if one.alive], waits),
        _late(late),
    ]


def _rights(folder: Path) -> Iterator[Finding]:
    """Whether only the desk's own user can read the keys."""
    if not folder.is_dir():
        return
    paths = (folder, *folder.rglob("*"))
    open_to_others = [path for path in paths if path.stat().st_mode & OTHERS]
    if open_to_others:
        found = f"other users of this machine may use {open_to_others[0]}"
        yield Finding("keys", Health.ADVICE, found, f"chmod -R go-rwx {folder}")
    else:
        yield Finding("keys", Health.GOOD, f"{folder} is for this user alone")


def _skew(waits: Depths) -> Iterator[Finding]:
    if abs(waits.clock_skew) > SKEW_SECONDS:
        found = f"the database's clock differs from this machine's by {waits.clock_skew:.1f} s"
        yield Finding("clock", Health.ADVICE, found, "let both keep time by NTP")


def _processes(alive: list[Process], waits: Depths) -> Iterator[Finding]:
    workers = [one for one in alive if Part.TURNS in one.parts.split()]
    if workers:
        yield Finding("workers", Health.GOOD, f"{len(workers)} at work")
        if waits.clock_silent is None or waits.clock_silent > SILENT_SECONDS:
            advice = "start `frontdesk clock`: without it staff see no cards and nothing falls due"
            yield Finding("clock", Health.BAD, "no process runs the clock", advice)
    elif waits.turns:
        found = f"none at work, and {waits.turns} messages wait"
        yield Finding("workers", Health.BAD, found, "start `frontdesk worker`, or `frontdesk run`")
    else:
        yield Finding("workers", Health.GOOD, "none at work, and nothing waits")


def _late(late: list[Stuck]) -> Finding:
    if late:
        found = f"{len(late)} waiting for too long, the first: {late[0].kind} {late[0].name}"
        return Finding("stuck", Health.BAD, found, "`frontdesk tickets stuck` says what to do")
    return Finding("stuck", Health.GOOD, "nothing has waited for too long")
