"""Changes that tools proposed: what waits for a person, what may run, what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from router.change_facts import ChangeBegun, ChangeEnded, Ran
from router.outbox import DESK
from router.ticket_life import DONE
from storage import again, conversations, state
from storage.change_tables import CHANGE, ChangeState
from storage.changes_done import Change, read
from storage.human_state import NotPossible
from storage.ledger.append import Appender
from storage.store import SqlStore
from storage.tables import TICKET


class Changes:
    """The proposed changes of one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def of_message(self, message: str) -> Sequence[Change]:
        """What was proposed in the turn about a message, in order."""
        return await self._changes(CHANGE.c.message_id == message)

    async def find(self, proposal: str) -> Change | None:
        """The change that was proposed with this entry, or None."""
        found = await self._changes(CHANGE.c.proposal == proposal)
        return found[0] if found else None

    async def waiting(self) -> Sequence[Change]:
        """What was confirmed and has not ended, oldest first."""
        return await self._changes(CHANGE.c.state.in_((ChangeState.CONFIRMED, ChangeState.BEGUN)))

    async def begin(self, change: Change) -> bool:
        """Be the one who runs it; False if somebody else is.

        Raises:
            StoreError: it could not be recorded: do not run it.
        """
        begun = ChangeBegun(
            ticket=change.ticket,
            message=change.message,
            actor=DESK,
            proposal=change.proposal,
            tool=change.tool,
        )
        try:
            await self._store.record(begun)
        except NotPossible:
            return False
        return True

    async def ended(self, change: Change, ran: Ran, result: str, took_us: int) -> str | None:
        """Put on record what came of it; give the message of the turn that goes on with it.

        The specialist is asked again, now with the result, where it was done and the desk still
        has the ticket; else None.

        Raises:
            StoreError: it could not be recorded.
        """

        def job(connection: Connection, appender: Appender) -> str | None:
            goes_on = ran is Ran.DONE and _with_the_desk(connection, change.ticket)
            # Only where it goes on: what was written may have been erased since.
            text = {"text": self._asked(connection, change)} if goes_on else {}
            new = again.name(appender) if goes_on else change.message
            ended = ChangeEnded(
                ticket=change.ticket,
                message=new,
                actor=f"plugin:{change.specialist}",
                proposal=change.proposal,
                tool=change.tool,
                ran=ran,
                duration_us=took_us,
                goes_on=goes_on,
                texts={"result": result} | text,
            )
            (entry,) = state.record(connection, appender, (ended,))
            if not goes_on:
                return None
            again.ask(connection, change.message, entry, change.specialist)
            return new

        return await self._store.write(job)

    def _asked(self, connection: Connection, change: Change) -> str:
        keys = self._store.keys
        return conversations.conversation(connection, keys, change.message).message.text

    async def _changes(self, which: ColumnElement[bool]) -> Sequence[Change]:
        keys = self._store.keys
        query = select(CHANGE).where(which).order_by(CHANGE.c.proposal)
        return await self._store.read(
            lambda db: [read(db, keys, row) for row in db.execute(query).all()]
        )


def _with_the_desk(connection: Connection, ticket: str) -> bool:
    row = connection.execute(select(TICKET).where(TICKET.c.id == ticket)).one()
    return not row.owned_by_human and row.status not in DONE
