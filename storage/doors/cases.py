"""Cases of the other doors among those of Slack: the staff of one workspace sees and has them.

A ticket of the API belongs to no workspace of Slack unless its token says so. It is shown where the
setting says, or in the only workspace there is; where that is not clear, nowhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from storage.cases import LISTED, About, Case, Cases, TicketLine
from storage.doors.places import DOORS, LOCAL, is_door
from storage.store import SqlStore

Home = Callable[[], Awaitable[str]]
"""Gives the workspace whose staff has the tickets of the other doors; empty if none does."""


class DoorCases(Cases):
    """Reads cards and lists of one store, with those of the other doors at `home`."""

    def __init__(self, store: SqlStore, home: Home) -> None:
        super().__init__(store)
        self._home = home

    async def of_card(self, card: str) -> Case | None:
        """A card, or None if there is no such one."""
        return await self._at_home(await super().of_card(card))

    async def of_message(self, message: str) -> Case | None:
        """The card about a message, or None."""
        return await self._at_home(await super().of_message(message))

    async def of_ticket(self, ticket: str) -> Case | None:
        """The latest card of a ticket, or None."""
        return await self._at_home(await super().of_ticket(ticket))

    async def to_show(self, source: str, limit: int = 50) -> Sequence[Case]:
        """Cards that are not shown as they are now, of all doors."""
        found, home = list(await super().to_show(source, limit)), await self._home()
        for door in DOORS:
            placed = [_placed(case, home) for case in await super().to_show(door, limit)]
            found += [case for case in placed if case.workspace != LOCAL]
        return found

    async def about(self, message: str) -> About | None:
        """The ticket that a message belongs to, or None if there is no such message."""
        about = await super().about(message)
        if about is None or about.workspace != LOCAL or not is_door(about.line.conversation):
            return about
        return replace(about, workspace=await self._home() or LOCAL)

    async def queue(self, workspace: str) -> Sequence[TicketLine]:
        """What waits for staff or is with them in one workspace, latest first."""
        own = await super().queue(workspace)
        if workspace != await self._home():
            return own
        others = [one for one in await super().queue(LOCAL) if is_door(one.conversation)]
        return sorted([*own, *others], key=lambda line: line.ticket, reverse=True)[:LISTED]

    async def _at_home(self, case: Case | None) -> Case | None:
        return case and _placed(case, await self._home())


def _placed(case: Case, home: str) -> Case:
    if case.source in DOORS and case.workspace == LOCAL and home:
        return replace(case, workspace=home)
    return case
