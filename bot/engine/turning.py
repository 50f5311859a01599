"""Making a worker for an open desk: its turns are durable, and shared among processes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.app import App
from bot.engine import processes
from bot.engine.claiming import Turn
from bot.engine.lanes import Look, Waiting
from bot.engine.second_look import SecondLook
from bot.engine.watching import Watcher
from bot.engine.worker import Pace, Worker
from bot.parts import ALL, Part, Parts
from bot.seeing.watch import WatchedTurn
from storage import steps
from storage.backlog import Backlog, Unended
from storage.bell import bell_of
from storage.claims import Claims, Taken
from storage.doubts import Doubts
from storage.durable import durable


class StoreQueue:
    """What waits in the database, of some sources."""

    def __init__(self, backlog: Backlog, sources: Sequence[str]) -> None:
        self._backlog = backlog
        self._sources = sources

    async def look(self, most: int) -> Look:
        """The oldest messages whose turn has not ended, and the tickets to be stopped."""
        found = await self._backlog.look(self._sources, most)
        return Look(tuple(map(_waiting, found.waiting)), found.stops)


def make_claims(app: App, parts: Parts = ALL) -> Claims:
    """What this process claims for itself."""
    lease, most = app.settings.worker_lease_seconds, app.settings.turns_in_all
    does = " ".join(sorted(parts))
    return Claims(app.store, processes.name(), processes.is_gone, lease, parts=does, most=most)


def make_worker(
    app: App,
    sources: Sequence[str],
    watcher: Watcher | None = None,
    pace: Pace | None = None,
    *,
    parts: Parts = ALL,
    claims: Claims | None = None,
) -> Worker:
    """A worker for the turns of all messages from `sources`.

    Where `parts` have no turns it sleeps: it can be told to stop a turn that runs elsewhere, and
    leaves everything else to other processes.
    """
    store, mine = app.store, claims or make_claims(app, parts)
    backlog = Backlog(store, processes.name(), processes.is_gone, mine.seconds)

    async def begin(taken: Taken, message: str, begun: bool) -> Turn:
        about = steps.About(taken.hold, taken.subject, message)
        turn = await steps.begin(store, about, mine.alive_since, begun=begun)
        return WatchedTurn(turn, app.watch, message, taken.hold.name)

    desk = durable(app.desk, store)
    second = SecondLook(desk, Doubts(store, sources, mine.seconds), mine)
    return Worker(
        desk,
        StoreQueue(backlog, sources),
        watcher,
        pace,
        mine,
        begin=begin,
        bell=bell_of(app.settings.database_url),
        beside=(second.run,),
        asleep=Part.TURNS not in parts,
    )


def _waiting(one: Unended) -> Waiting:
    return Waiting(
        message=one.message,
        ticket=one.ticket,
        workspace=one.workspace,
        conversation=one.conversation,
        begun=one.begun,
        found=True,
        asker=one.asker,
    )
