"""What people do to tickets from outside of their threads: from the command line, a card, the API.

`by` is the actor as it is put on record, `human:` and a reference or a word for who it was.
Whatever is not possible is refused with `NotPossible`, which says why and what to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from sqlalchemy import select

from router.facts import Fact
from router.human_facts import Role, TicketResolved
from router.ticket_facts import (
    Link,
    Priority,
    TicketAssigned,
    TicketLinked,
    TicketPrioritised,
    TicketReopened,
    TicketTagged,
    word,
)
from router.ticket_life import ReopenReason, ResolutionReason
from storage import reading
from storage.store import SqlStore
from storage.tables import TICKET

SLACK = "slack"


class Tickets:
    """The acts on one store. `ticket` is always the whole id: see `Queries.ticket` for names."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def assign(
        self, ticket: str, *, by: str, person: str = "", group: str = ""
    ) -> TicketAssigned:
        """Give a ticket to a Slack user, to a group, to a user of a group, or to nobody.

        Raises:
            NotPossible: it is resolved.
            ValueError: the group is no name.
        """
        ref = await self._person(ticket, person) if person else None
        named = word(group) if group else None
        fact = TicketAssigned(ticket=ticket, actor=by, person=ref, group=named)
        await self._store.record(fact)
        return fact

    async def prioritise(
        self, ticket: str, priority: Priority, *, by: str, urgency: Priority | None = None
    ) -> None:
        """Say how soon it has to be seen to; the urgency stays as it is unless given.

        Raises:
            NotPossible: it is resolved.
        """
        await self._store.record(
            TicketPrioritised(ticket=ticket, actor=by, priority=priority, urgency=urgency)
        )

    async def tag(
        self, ticket: str, *, by: str, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> None:
        """Add and take away tags.

        Raises:
            ValueError: one is no tag.
        """
        added, removed = tuple(map(word, add)), tuple(map(word, remove))
        await self._store.record(
            TicketTagged(ticket=ticket, actor=by, added=added, removed=removed)
        )

    async def link(
        self, ticket: str, link: Link, other: str, *, by: str, remove: bool = False
    ) -> None:
        """Say what a ticket has to do with another one.

        Raises:
            NotPossible: there is no other such ticket.
        """
        await self._store.record(
            TicketLinked(ticket=ticket, actor=by, other=other, link=link, removed=remove)
        )

    async def resolve(
        self,
        ticket: str,
        reason: ResolutionReason,
        *,
        by: str,
        role: Role = Role.STAFF,
    ) -> None:
        """The matter is done.

        Raises:
            NotPossible: it was done before.
        """
        await self._store.record(TicketResolved(ticket=ticket, actor=by, role=role, reason=reason))

    async def reopen(self, ticket: str, *, by: str, role: Role = Role.STAFF) -> None:
        """It is not done after all; staff sees it in the queue.

        Raises:
            NotPossible: it is open, or its thread has another open ticket.
        """
        why = ReopenReason.BY_STAFF if role is Role.STAFF else ReopenReason.NEW_QUESTION
        fact: Fact = TicketReopened(ticket=ticket, actor=by, reason=why, role=role)
        await self._store.record(fact)

    async def _person(self, ticket: str, person: str) -> str:
        """The reference of a Slack user of the ticket's workspace."""
        wanted = select(TICKET.c.workspace).where(TICKET.c.id == ticket)
        workspace = await self._store.read(lambda db: str(db.execute(wanted).scalar_one()))
        keys = reading.need(self._store.keys)
        return await asyncio.to_thread(keys.subjects.ref, SLACK, workspace, person)
