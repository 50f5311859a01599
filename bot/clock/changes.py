"""Running what people confirmed: each change once, on record before it begins and after it ended.

Who puts the beginning on record runs it. A change that was begun and not ended when its process
died may have happened: it is not run again, and staff is told to look.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from frontdesk import StoreError
from router.answer.brief import Brief
from router.answer.tools import SECONDS, Confirmed
from router.change_facts import Ran
from router.endings import undecided
from storage.change_tables import ChangeState
from storage.changes import Changes
from storage.changes_done import Change
from storage.conversations import microseconds
from storage.database import SystemClock

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("frontdesk.changes")

LOST_US = int(3 * SECONDS * 1_000_000)
"""A change that was begun so long ago has no process any more that runs it."""
ERASED = "what it would have run with was erased since"
LOST = "the desk was stopped while it ran, or could not record how it ended"


@dataclass(slots=True)
class ChangeRunner:
    """Runs confirmed changes for an open desk."""

    app: App

    async def tick(self) -> None:
        """Run what was confirmed, and give up what was begun and lost."""
        changes = Changes(self.app.store)
        now = microseconds(SystemClock().now())
        for change in await changes.waiting():
            try:
                if change.state is not ChangeState.BEGUN:
                    await self._once(changes, change)
                elif now - change.changed_us > LOST_US:
                    await changes.ended(change, Ran.UNCLEAR, LOST, 0)
            except StoreError as error:  # the others go on; this one is taken for lost in the end
                log.warning("how the change %s ended is not on record: %s", change.proposal, error)

    async def _once(self, changes: Changes, change: Change) -> None:
        if not await changes.begin(change):
            return
        started = time.perf_counter_ns()
        ended = await self._run(change)
        took = (time.perf_counter_ns() - started) // 1000
        await changes.ended(change, ended.ran, ended.text, took)

    async def _run(self, change: Change) -> Confirmed:
        if change.is_erased:
            return Confirmed(Ran.FAILED, ERASED)
        talk = await self.app.store.conversation(change.message)
        # The tool's key for its own effects is the proposal: it stays the same, and is no other's.
        about = replace(talk, message=replace(talk.message, id=change.proposal))
        brief = Brief(about, 0, undecided(about), path=(change.specialist,))
        return await self.app.desk.specialists.change(brief, change.tool, change.arguments)
