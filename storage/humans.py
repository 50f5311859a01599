"""What people do, carried out once, and what they are shown of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select, update

from router import human_facts
from router.facts import Fact
from router.human_facts import Role
from router.records import Outcome
from storage import again, conversations, reading, state
from storage.doors.places import DOORS
from storage.human_state import NotPossible
from storage.human_tables import CARD, FEEDBACK, HUMAN_ACT, HUMAN_REPLY, PERSON_SETTING, CardState
from storage.ledger.append import Appender
from storage.store import SqlStore
from storage.tables import MESSAGE, POST, TICKET, PostState

_OUTCOME = TypeAdapter(Outcome)
KEPT_US = 90 * 24 * 3_600_000_000
"""How long the key of an act is kept: far longer than any button of it can be pressed."""

MAX_REROUTES = 3
"""How often a ticket may be sent to another specialist by hand; then a person answers it."""


@dataclass(frozen=True, slots=True)
class StaffReply:
    """What somebody of the staff says through the desk in a thread; `entry` names it."""

    entry: str
    workspace: str
    conversation: str
    person: str
    text: str


class Humans:
    """The acts of people on one store. `key` names an act: the same key again changes nothing."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def ref(self, source: str, workspace: str, person: str) -> str:
        """The reference of a person, by which the record knows them.

        Raises:
            SettingsError: the keys are missing.
        """
        keys = reading.need(self._store.keys)
        return await asyncio.to_thread(keys.subjects.ref, source, workspace, person)

    async def act(self, key: str, *facts: Fact) -> bool:
        """Carry out an act; False if it was before.

        Raises:
            NotPossible: somebody was quicker, or it does not apply any more.
            StoreError: nothing was recorded.
        """

        def job(connection: Connection, appender: Appender) -> bool:
            if not _first(connection, appender, key):
                return False
            if facts:
                state.record(connection, appender, facts)
            return True

        return await self._store.write(job)

    async def forget_acts(self) -> None:
        """Forget the keys of acts that nobody can repeat any more."""

        def job(connection: Connection, appender: Appender) -> None:
            old = HUMAN_ACT.c.at_us < appender.now_us() - KEPT_US
            connection.execute(delete(HUMAN_ACT).where(old))

        await self._store.write(job)

    async def reroute(
        self, key: str, message: str, target: str, *, by: str, role: Role
    ) -> str | None:
        """Ask `target` the question of `message` again; give the new turn's message.

        None if this was done before.

        Raises:
            NotPossible: the ticket is closed, or was sent around too often.
        """

        def job(connection: Connection, appender: Appender) -> str | None:
            if not _first(connection, appender, key):
                return None
            how = {"target": target, "role": role.value, "actor": human_facts.human(by)}
            text = self._text(connection, message)
            return _rerouted(connection, appender, text, message, how)

        return await self._store.write(job)

    async def drafts_to_send(self, *, doors: bool = False) -> Sequence[str]:
        """Messages whose draft was approved and is not known to be visible, oldest first.

        Those of the other doors than Slack are left out, or are the only ones with `doors`.
        """
        other = TICKET.c.source.in_(DOORS)
        waiting = (
            select(CARD.c.message_id)
            .join(TICKET, TICKET.c.id == CARD.c.ticket_id)
            .outerjoin(POST, POST.c.message_id == CARD.c.message_id)
            .where(other if doors else ~other)
            .where(CARD.c.state == CardState.APPROVED)
            .where((POST.c.state.is_(None)) | (POST.c.state != PostState.DONE))
            .order_by(CARD.c.changed_us)
        )
        return await self._store.read(lambda db: db.execute(waiting).scalars().all())

    async def approved(self, message: str) -> Outcome:
        """What staff lets out for a message, with their own words where they changed it.

        Raises:
            NotPossible: nobody approved anything.
        """

        def job(connection: Connection) -> Outcome:
            card = connection.execute(select(CARD).where(CARD.c.message_id == message)).one()
            if card.state != CardState.APPROVED:
                raise NotPossible(str(card.state))
            kept = reading.text(connection, self._store.keys, card.draft_entry, "outcome")
            outcome = _OUTCOME.validate_json(kept)
            if card.edit_entry is None:
                return replace(outcome, staff="approved")
            text = reading.text(connection, self._store.keys, card.edit_entry, "draft")
            return replace(outcome, text=text, staff="edited")

        return await self._store.read(job)

    async def replies_to_post(self) -> Sequence[StaffReply]:
        """What staff said through the desk and is not known to be visible, oldest first."""
        waiting = (
            select(HUMAN_REPLY, TICKET.c.workspace, TICKET.c.conversation)
            .join(TICKET, TICKET.c.id == HUMAN_REPLY.c.ticket_id)
            .where(HUMAN_REPLY.c.place.is_(None))
            .order_by(HUMAN_REPLY.c.entry_id)
        )

        def job(connection: Connection) -> Sequence[StaffReply]:
            return [
                StaffReply(
                    row.entry_id,
                    row.workspace,
                    row.conversation,
                    keys.subjects.person(row.by_ref) or "",
                    reading.text(connection, keys, row.entry_id, "reply"),
                )
                for row in connection.execute(waiting)
            ]

        keys = reading.need(self._store.keys)
        return await self._store.read(job)

    async def waits(self, entry: str) -> bool:
        """Whether a reply of the staff is still not known to be visible."""
        place = select(HUMAN_REPLY.c.entry_id).where(
            HUMAN_REPLY.c.entry_id == entry, HUMAN_REPLY.c.place.is_(None)
        )
        return await self._store.read(lambda db: db.execute(place).first() is not None)

    async def reply_posted(self, entry: str, place: str) -> None:
        """A reply is visible at `place`."""
        done = update(HUMAN_REPLY).where(HUMAN_REPLY.c.entry_id == entry).values(place=place)
        await self._store.write(lambda connection, _: connection.execute(done))

    async def choose(self, message: str, specialist: str) -> None:
        """Let a specialist answer a message that somebody sent to it themselves."""
        chosen = update(MESSAGE).where(MESSAGE.c.id == message).values(sent_to=specialist)
        await self._store.write(lambda connection, _: connection.execute(chosen))

    async def vote(self, message: str, person: str) -> str:
        """What somebody thinks of the answer to a message; empty if they did not say."""
        wanted = select(FEEDBACK.c.vote).where(
            FEEDBACK.c.message_id == message, FEEDBACK.c.person_ref == person
        )
        return await self._store.read(lambda db: db.execute(wanted).scalar() or "")

    async def setting(self, person: str, name: str) -> str:
        """What somebody set; empty if nothing."""
        wanted = select(PERSON_SETTING.c.value).where(
            PERSON_SETTING.c.person_ref == person, PERSON_SETTING.c.name == name
        )
        return await self._store.read(lambda db: db.execute(wanted).scalar() or "")

    async def set(self, person: str, name: str, value: str) -> None:
        """Keep what somebody set."""
        table = PERSON_SETTING
        old = delete(table).where(table.c.person_ref == person, table.c.name == name)

        def job(connection: Connection, appender: Appender) -> None:
            connection.execute(old)
            connection.execute(insert(table), {"person_ref": person, "name": name, "value": value})

        await self._store.write(job)

    def _text(self, connection: Connection, message: str) -> str:
        """All that a message's turn was about, bursts included."""
        return conversations.conversation(connection, self._store.keys, message).message.text


def _first(connection: Connection, appender: Appender, key: str) -> bool:
    """Whether the act is carried out for the first time; from now on it was."""
    if connection.execute(select(HUMAN_ACT).where(HUMAN_ACT.c.key == key)).one_or_none():
        return False
    connection.execute(insert(HUMAN_ACT), {"key": key, "at_us": appender.now_us()})
    return True


def _rerouted(
    connection: Connection, appender: Appender, text: str, message: str, how: dict[str, str]
) -> str:
    old = connection.execute(select(MESSAGE).where(MESSAGE.c.id == message)).one()
    ticket = connection.execute(select(TICKET).where(TICKET.c.id == old.ticket_id)).one()
    sent = select(MESSAGE.c.id).where(
        MESSAGE.c.ticket_id == ticket.id, MESSAGE.c.sent_to.is_not(None)
    )
    if len(connection.execute(sent).all()) >= MAX_REROUTES:
        raise NotPossible("sent_around_too_often")
    new = again.name(appender)
    fact = human_facts.TicketRerouted(
        ticket=ticket.id,
        message=new,
        again=message,
        source=ticket.specialist,
        target=how["target"],
        role=Role(how["role"]),
        actor=how["actor"],
        texts={"text": text},
    )
    (entry,) = state.record(connection, appender, (fact,))
    again.ask(connection, message, entry, how["target"])
    return new
