"""The line on top of every page: whether the record is as it was written, as far as is known."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.app import App
from bot.web.console.formats import ago, number
from frontdesk import StoreError
from storage.overview.state_of_log import Anchored, LogState, log_state

FRESH_SECONDS = 2.0
OVERDUE = timedelta(seconds=30)
"""How long an entry may wait for its place in the log before somebody should look."""

LATE = 4
"""How many times the period of verification may pass without one."""


@dataclass(frozen=True, slots=True)
class Banner:
    """What the line says: `tone` is good, warn or bad; `sentence` first, then `facts`."""

    tone: str
    sentence: str
    facts: tuple[str, ...]


class Banners:
    """Makes the banner, and looks at the log at most every few seconds."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._until = 0.0
        self._state: LogState | None = None
        self._problem = ""

    @property
    def state(self) -> LogState | None:
        """The log as it was seen last."""
        return self._state

    async def refresh(self, *, now: bool = False) -> None:
        """Look at the log again, if it was some time ago or must be `now`."""
        time = asyncio.get_running_loop().time()
        if time < self._until and not now:
            return
        self._until = time + FRESH_SECONDS
        try:
            self._state, self._problem = await self._app.store.read(log_state), ""
        except StoreError as error:
            self._problem = str(error)

    def now(self) -> Banner:
        """The banner of this moment."""
        if self._state is None or self._problem:
            return Banner("bad", "The record cannot be read.", (self._problem,))
        minutes = self._app.settings.console_verify_minutes
        every = timedelta(seconds=self._app.settings.anchor_seconds)
        return banner(self._state, timedelta(minutes=minutes), every)


def banner(state: LogState, period: timedelta, anchored: timedelta) -> Banner:
    """What to say of the log; the worst comes first.

    `period` is how often it is verified, `anchored` how often a checkpoint is kept elsewhere.
    """
    now, verified = datetime.now(UTC), state.verified
    facts = _facts(state)
    if verified is not None and not verified.ok:
        many = f"{number(verified.found)} findings" if verified.found > 1 else "one finding"
        return Banner("bad", f"The record was altered: {many}.", facts)
    if state.pending_since is not None and now - state.pending_since > OVERDUE:
        waits = f"{number(state.pending)} entries wait for their place in the log"
        return Banner("bad", f"{waits}, the oldest since {ago(state.pending_since)}.", facts)
    if verified is None:
        return Banner("warn", "The record has not been verified yet.", facts)
    if now - verified.at > LATE * period:
        return Banner("warn", "The last verification is too long ago.", facts)
    late = [one for one in state.anchors if _is_late(one, now - LATE * anchored)]
    if late:
        behind = f"{late[0].kind} has got no checkpoint since {ago(late[0].at)}"
        return Banner("warn", f"{behind}.", facts)
    return Banner("good", "The record is unaltered.", facts)


def _is_late(one: Anchored, since: datetime) -> bool:
    return one.lag > 0 and one.at is not None and one.at < since


def _facts(state: LogState) -> tuple[str, ...]:
    facts = []
    if state.verified is not None:
        facts.append(f"verified {ago(state.verified.at)}")
    if state.checkpoint_at is not None:
        facts.append(f"checkpoint of {number(state.size)} entries, {ago(state.checkpoint_at)}")
    facts.append(f"{number(state.pending)} waiting")
    facts += [f"{one.kind} {_behind(one.lag)}" for one in state.anchors]
    return tuple(facts)


def _behind(lag: int) -> str:
    return f"{number(lag)} behind" if lag else "up to date"
