"""Appending entries: facts become leaves, chained per ticket, with their texts encrypted.

Everything happens in the caller's transaction. The row of the ticket's chain is locked first, so
two writers of one ticket queue up and writers of different tickets do not meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Insert, Table, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from frontdesk.errors import StoreError
from router.facts import Fact
from router.human_facts import TicketRerouted
from storage.facts import AUDIT, DESK
from storage.ids import Names
from storage.ledger import at_once, index, leaf, often, payload
from storage.ledger.keys import Keys
from storage.ledger.tables import CHAIN, ENTRY, INDEX, PAYLOAD, PENDING
from storage.tables import MESSAGE, TICKET

_HEAD = (
    select(
        CHAIN.c.seq,
        CHAIN.c.head,
        CHAIN.c.rec_us,
        TICKET.c.subject_ref,
        TICKET.c.workspace,
        TICKET.c.channel,
        select(MESSAGE.c.subject_ref).where(MESSAGE.c.id == bindparam("message")).scalar_subquery(),
    )
    .select_from(CHAIN.outerjoin(TICKET, TICKET.c.id == CHAIN.c.ticket_id))
    .where(CHAIN.c.ticket_id == bindparam("ticket"))
    .with_for_update(of=CHAIN)
)
_WRITER = select(MESSAGE.c.subject_ref).where(MESSAGE.c.id == bindparam("message"))
"""Who wrote a message; the first one that is asked for comes with the end of the chain."""

_MOVE = (
    update(CHAIN)
    .where(CHAIN.c.ticket_id == bindparam("ticket"))
    .values({name: bindparam(f"new_{name}") for name in ("seq", "head", "rec_us", "mac")})
)
_INSERT: dict[Table, Insert] = {table: insert(table) for table in (ENTRY, INDEX, PENDING, PAYLOAD)}
_OPEN = {
    "sqlite": sqlite.insert(CHAIN).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(CHAIN).on_conflict_do_nothing(),
}
_WITHOUT_TICKET = (DESK, AUDIT)


@dataclass(slots=True)
class Chain:
    """The end of a ticket's chain, whose ticket it is, and where its thread is.

    `writers` are the people who wrote some of its messages, by message.
    """

    ticket: str
    seq: int
    head: bytes
    rec_us: int
    subject: str | None
    team: str | None
    channel: str | None
    writers: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """An appended entry."""

    id: str
    seq: int
    rec_us: int
    fact: Fact
    hash: bytes


@dataclass(slots=True)
class Rows:
    """Rows to insert, table by table."""

    by_table: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: Table, **row: Any) -> None:
        """Put a row down."""
        self.by_table.setdefault(table, []).append(row)

    def insert(self, connection: Connection) -> None:
        """Insert them all."""
        for table, rows in self.by_table.items():
            often.run(connection, _INSERT[table], rows)


@dataclass(frozen=True, slots=True)
class Appender:
    """Appends to one log."""

    keys: Keys
    names: Names
    now_us: Callable[[], int]

    def open(self, connection: Connection, ticket: str) -> None:
        """Begin a chain; one that stands already is left alone."""
        mac = self.keys.chain_mac(ticket, 0, leaf.NO_HASH, 0)
        row = {"ticket_id": ticket, "seq": 0, "head": leaf.NO_HASH, "rec_us": 0, "mac": mac}
        often.run(connection, _OPEN[connection.dialect.name], [row])

    def append(
        self,
        connection: Connection,
        facts: Sequence[Fact],
        *,
        subject: str | None = None,
        pending: bool = True,
    ) -> list[Entry]:
        """Append one entry a fact.

        Texts concern `subject`, or else who wrote the message that the fact is about, or else the
        ticket's requester: they are encrypted with that person's key, and with the key of whoever
        of the staff wrote them besides. Entries that are not `pending` are given their place in
        the log by the caller.

        Raises:
            StoreError: a fact names no ticket there is, or has something that cannot be recorded.
        """
        about = {} if subject else _messages(facts)
        chains = {name: self._chain(connection, name, about.get(name)) for name in _tickets(facts)}
        rows = Rows()
        try:
            whose = [subject or _writer(connection, fact, chains[fact.ticket]) for fact in facts]
            entries = [
                self._add(fact, chains[fact.ticket], person, rows, pending)
                for fact, person in zip(facts, whose, strict=True)
            ]
        except ValueError as error:
            raise StoreError(f"nothing was recorded: {error}") from error
        moved = [self._moved(chain) for chain in chains.values()]
        if connection.dialect.name == "postgresql" and len(moved) == 1:
            at_once.write(connection, rows.by_table, moved[0])
        else:
            rows.insert(connection)
            often.run(connection, _MOVE, moved)
        return entries

    def _chain(self, connection: Connection, ticket: str, message: str | None) -> Chain:
        asked = {"ticket": ticket, "message": message}
        row = often.first(connection, _HEAD, asked)
        if row is None and ticket in _WITHOUT_TICKET:
            self.open(connection, ticket)
            row = often.first(connection, _HEAD, asked)
        if row is None:
            raise StoreError(f"nothing was recorded: there is no ticket {ticket!r}")
        seq, head, rec_us, subject, team, channel, writer = row
        writers = {} if message is None else {message: writer}
        return Chain(ticket, seq, head, rec_us, subject, team, channel, writers)

    def _add(
        self, fact: Fact, chain: Chain, subject: str | None, rows: Rows, pending: bool
    ) -> Entry:
        rec_us = max(self.now_us(), chain.rec_us)
        entry_id = self.names.uuid7(rec_us)
        place = leaf.Place(
            self.keys.origin,
            entry_id,
            chain.seq + 1,
            chain.head,
            rec_us,
            self.keys.mac_kid,
            chain.team,
            chain.channel,
        )
        texts = self._sealed(fact, entry_id, subject or chain.subject, rows)
        made = leaf.build(fact, place, texts)
        mac = self.keys.mac(made.hash)
        rows.add(
            ENTRY,
            id=entry_id,
            ticket_id=fact.ticket,
            ticket_seq=place.seq,
            leaf=made.text,
            leaf_hash=made.hash,
            mac=mac,
            mac_kid=place.mac_kid,
        )
        rows.add(INDEX, **index.project(made.content))
        if pending:
            rows.add(PENDING, entry_id=entry_id, rec_us=rec_us, leaf_hash=made.hash, mac=mac)
        chain.seq, chain.head, chain.rec_us = place.seq, made.hash, rec_us
        return Entry(entry_id, place.seq, rec_us, fact, made.hash)

    def _sealed(self, fact: Fact, entry: str, subject: str | None, rows: Rows) -> leaf.Texts:
        if not fact.texts:
            return leaf.Texts(subject)
        if subject is None:
            raise ValueError(f"{fact.kind} has texts, but nobody they belong to")
        author = self._author(fact, subject)
        key = self.keys.subjects.key(subject, author)
        sealed = {name: payload.seal(entry, name, text, key) for name, text in fact.texts.items()}
        for name, one in sealed.items():
            rows.add(
                PAYLOAD,
                entry_id=entry,
                field=name,
                subject_ref=subject,
                author_ref=author,
                nonce=one.nonce,
                ciphertext=one.ciphertext,
            )
        return leaf.Texts(
            subject,
            author,
            {name: one.commit for name, one in sealed.items()},
            {name: one.digest for name, one in sealed.items()},
        )

    def _author(self, fact: Fact, subject: str) -> str | None:
        """Who wrote the texts of a fact, if it is somebody else that the record knows."""
        kind, _, person = fact.actor.partition(":")
        somebody = kind == "human" and person != subject
        return person if somebody and self.keys.subjects.knows(person) else None

    def _moved(self, chain: Chain) -> dict[str, Any]:
        return {
            "ticket": chain.ticket,
            "new_seq": chain.seq,
            "new_head": chain.head,
            "new_rec_us": chain.rec_us,
            "new_mac": self.keys.chain_mac(chain.ticket, chain.seq, chain.head, chain.rec_us),
        }


def _writer(connection: Connection, fact: Fact, chain: Chain) -> str | None:
    """Who wrote the message that a fact with texts is about."""
    about = _about(fact)
    if about is None:
        return None
    if about not in chain.writers:
        row = often.first(connection, _WRITER, {"message": about})
        chain.writers[about] = None if row is None else str(row[0])
    return chain.writers[about]


def _about(fact: Fact) -> str | None:
    """The message that a fact with texts is about, or asks again."""
    if not fact.texts:
        return None
    return fact.again if isinstance(fact, TicketRerouted) else fact.message


def _messages(facts: Iterable[Fact]) -> dict[str, str]:
    """By ticket, one message whose writer is asked for; others are when it is their turn."""
    return {fact.ticket: about for fact in facts if (about := _about(fact)) is not None}


def _tickets(facts: Iterable[Fact]) -> list[str]:
    """The tickets concerned, always in one order: two writers never wait for each other."""
    return sorted({fact.ticket for fact in facts})
