"""Taking in what comes by another door: once for each key, whoever repeats it and however often.

The request, its ticket and its message are one transaction. So the same key gives the same answer
even if the first one got lost, and the same key for something else is refused.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from frontdesk import Author, StoreError
from router.notice_facts import Audience
from router.records import Delivery, Receipt
from storage import intake, reading
from storage.doors.places import LOCAL, place
from storage.doors.tables import API_REQUEST, DOOR_TICKET
from storage.ledger.append import Appender
from storage.ledger.keys import Keys
from storage.notices import Notice, announce
from storage.store import SqlStore
from storage.tables import TICKET

SHOWN = 32
"""Characters of a blinded name: 128 bits."""
KEPT_US = 7 * 24 * 3_600_000_000
"""How long a request's key is kept."""

MOST_QUOTED = 3_000

_ONCE = {
    "sqlite": sqlite.insert(API_REQUEST).on_conflict_do_nothing().returning(API_REQUEST.c.key),
    "postgresql": postgresql.insert(API_REQUEST)
    .on_conflict_do_nothing()
    .returning(API_REQUEST.c.key),
}


class KeyUsed(StoreError):  # noqa: N818 - it names a state
    """The same key was used for something else before; nothing was done."""


class Gone(StoreError):  # noqa: N818 - it names a state
    """The ticket cannot be continued: whoever asked was forgotten."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came in. `reference` is what the caller calls the matter, empty for a new one each.

    `key` tells repeats: empty for none. `body` is a digest of all that was sent. `owner` is the
    token or webhook that brought it, `callback` where answers go.
    """

    source: str
    owner: str
    text: str
    requester: str
    reference: str
    key: str
    body: str
    workspace: str = LOCAL
    channel: str = ""
    token: str = ""
    callback: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it. `new` is false for a repeat."""

    ticket: str
    message: str
    new: bool


class DoorIntake:
    """Takes in, on one store."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def take(self, came: Came) -> Taken:
        """Open a ticket, or continue the one of the same reference.

        Raises:
            KeyUsed: the key stands for something else.
            StoreError: it could not be kept; try again.
        """

        def job(connection: Connection, appender: Appender) -> Taken:
            name = came.key or f"once/{appender.names.uuid7(appender.now_us())}"
            if before := _before(connection, appender, came):
                return before
            conversation = place(came.source, came.owner, _matter(appender.keys, name, came))
            return self._keep(connection, appender, came, name, conversation)

        return await self._store.write(job)

    async def say(self, ticket: str, came: Came) -> Taken:
        """Continue a ticket as whoever opened it.

        Raises:
            KeyUsed: the key stands for something else.
            Gone: whoever opened it was forgotten.
            StoreError: it could not be kept; try again.
        """
        keys = reading.need(self._store.keys)

        def job(connection: Connection, appender: Appender) -> Taken:
            name = came.key or f"once/{appender.names.uuid7(appender.now_us())}"
            if before := _before(connection, appender, came):
                return before
            row = connection.execute(select(TICKET).where(TICKET.c.id == ticket)).one()
            person = keys.subjects.person(row.subject_ref)
            if person is None:
                raise Gone(f"whoever opened {ticket} was forgotten: open a new ticket")
            own = connection.execute(
                select(DOOR_TICKET).where(DOOR_TICKET.c.ticket_id == ticket)
            ).one()
            same = Came(
                source=row.source,
                owner=came.owner,
                text=came.text,
                requester=person,
                reference="",
                key=came.key,
                body=came.body,
                workspace=row.workspace,
                channel=row.channel,
                token=own.token_id,
                callback=own.callback,
            )
            return self._keep(connection, appender, same, name, row.conversation)

        return await self._store.write(job)

    async def forget(self) -> None:
        """Forget the keys of requests that nobody repeats any more."""

        def job(connection: Connection, appender: Appender) -> None:
            old = API_REQUEST.c.at_us < appender.now_us() - KEPT_US
            connection.execute(delete(API_REQUEST).where(old))

        await self._store.write(job)

    def _keep(
        self, connection: Connection, appender: Appender, came: Came, name: str, conversation: str
    ) -> Taken:
        delivery = Delivery(
            id=f"{came.owner}/{_request_of(appender.keys, name, came)}",
            source=came.source,
            text=came.text,
            at=datetime.now(UTC),
            author_id=came.requester or conversation,
            conversation=conversation,
            workspace=came.workspace,
            channel=came.channel,
            author=Author.REQUESTER,
        )
        receipt = intake.receive(connection, appender, delivery)
        _belongs(connection, receipt.ticket, came)
        if receipt.new:
            _tell_owner(connection, appender, receipt, came.text)
        if came.key:
            _remember(connection, came, receipt.ticket, receipt.message)
        return Taken(receipt.ticket, receipt.message, receipt.new)


def _before(connection: Connection, appender: Appender, came: Came) -> Taken | None:
    """What the same key led to before; None if this is the first time.

    On PostgreSQL a second request with the key waits here for the first one's end.
    """
    if not came.key:
        return None
    row = {
        "key": _request(came),
        "body": came.body,
        "ticket_id": "",
        "message_id": "",
        "at_us": appender.now_us(),
    }
    if connection.execute(_ONCE[connection.dialect.name], row).first() is not None:
        return None
    known = connection.execute(select(API_REQUEST).where(API_REQUEST.c.key == _request(came))).one()
    if known.body != came.body:
        raise KeyUsed("the key was used for another request before: use a new key for each")
    return Taken(known.ticket_id, known.message_id, new=False)


def _remember(connection: Connection, came: Came, ticket: str, message: str) -> None:
    values = {"ticket_id": ticket, "message_id": message}
    which = API_REQUEST.c.key == _request(came)
    connection.execute(API_REQUEST.update().where(which).values(values))


def _belongs(connection: Connection, ticket: str, came: Came) -> None:
    known = select(DOOR_TICKET.c.ticket_id).where(DOOR_TICKET.c.ticket_id == ticket)
    if connection.execute(known).scalar() is None:
        row = {"ticket_id": ticket, "token_id": came.token, "callback": came.callback}
        connection.execute(insert(DOOR_TICKET), row)


def _tell_owner(connection: Connection, appender: Appender, receipt: Receipt, text: str) -> None:
    """Let the person who has the ticket read on: they have no thread in which it would appear."""
    ticket = connection.execute(select(TICKET).where(TICKET.c.id == receipt.ticket)).one()
    if not ticket.owned_by_human:
        return
    quote = "\n".join(f"> {line}" for line in text[:MOST_QUOTED].splitlines())
    local = ticket.workspace == LOCAL or not ticket.owned_by
    notice = Notice(
        f"more:{receipt.message}",
        Audience.STAFF,
        ticket.workspace,
        ticket.id,
        person=None if local else appender.keys.subjects.person(ticket.owned_by),
    )
    words = f"Ticket {ticket.id} goes on; reply from its card:\n{quote}"
    announce(connection, appender, notice, {"notice": words})


def _matter(keys: Keys, name: str, came: Came) -> str:
    """A caller's reference may be an address of mail: it stands in the record blinded."""
    if came.reference:
        return keys.blinded(came.reference)[:SHOWN]
    return _request_of(keys, name, came)


def _request_of(keys: Keys, name: str, came: Came) -> str:
    """A request by its key and what was sent: with a key forgotten since, another one is new."""
    return keys.blinded(f"{name}\n{came.body}")[:SHOWN]


def _request(came: Came) -> str:
    """Where a key is remembered, for a week, outside of the record."""
    named = f"{came.source}\n{came.owner}\n{came.key}"
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:SHOWN]
