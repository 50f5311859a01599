"""What is there without its other half: rows that no entry explains, entries without their row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, inspect, or_, select

from storage.facts import AUDIT, DESK, MessageReceived
from storage.ledger.keys import Keys
from storage.ledger.tables import AUDIT_TABLES, CHAIN, ENTRY, INDEX, PAYLOAD, PENDING
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import raw
from storage.tables import MESSAGE, TICKET

_ENDS = select(
    *(CHAIN.c.ticket_id, CHAIN.c.seq, CHAIN.c.head, CHAIN.c.rec_us, CHAIN.c.mac),
    *(ENTRY.c.id, ENTRY.c.leaf_hash, INDEX.c.rec_us.label("written_us")),
    TICKET.c.id.label("known"),
).select_from(
    CHAIN.outerjoin(
        ENTRY, and_(ENTRY.c.ticket_id == CHAIN.c.ticket_id, ENTRY.c.ticket_seq == CHAIN.c.seq)
    )
    .outerjoin(INDEX, INDEX.c.entry_id == ENTRY.c.id)
    .outerjoin(TICKET, TICKET.c.id == CHAIN.c.ticket_id)
)
_BEYOND = (
    select(ENTRY.c.id, ENTRY.c.ticket_id)
    .select_from(ENTRY.outerjoin(CHAIN, CHAIN.c.ticket_id == ENTRY.c.ticket_id))
    .where(or_(CHAIN.c.seq.is_(None), CHAIN.c.seq < ENTRY.c.ticket_seq))
)
_TICKETS = (
    select(TICKET.c.id)
    .select_from(TICKET.outerjoin(CHAIN, CHAIN.c.ticket_id == TICKET.c.id))
    .where(CHAIN.c.ticket_id.is_(None))
)
_RECEIVED = (
    select(INDEX.c.entry_id, INDEX.c.ticket_id)
    .select_from(
        INDEX.outerjoin(
            MESSAGE,
            and_(MESSAGE.c.entry_id == INDEX.c.entry_id, MESSAGE.c.ticket_id == INDEX.c.ticket_id),
        )
    )
    .where(INDEX.c.kind == MessageReceived.kind, MESSAGE.c.id.is_(None))
)
_CHAINS = 500


def missing_tables(connection: Connection) -> list[str]:
    """Tables of the audit trail, and of what it explains, that are gone."""
    there = set(inspect(connection).get_table_names())
    return [table.name for table in (*AUDIT_TABLES, TICKET, MESSAGE) if table.name not in there]


@dataclass(slots=True)
class StrayCheck:
    """Checks what set against what must be the same set.

    With `tickets` and `entry` only the chains of those tickets, and rows from that entry on: what
    came later than a verification that was done before.
    """

    findings: Findings
    keys: Keys | None
    tickets: Sequence[str] | None = None
    entry: str = ""

    def run(self, connection: Connection) -> None:
        """Check all of it."""
        for table in (PENDING, INDEX, PAYLOAD):
            self._without_entry(connection, table)
        gone = _RECEIVED.where(INDEX.c.entry_id >= self.entry) if self.entry else _RECEIVED
        for entry, ticket in raw(connection, gone):
            self.findings.add(
                "state-drift", "the message of this entry is gone", entry=entry, ticket=ticket
            )
        for row in self._of_chains(connection, _ENDS, CHAIN):
            self._end(row)
        for entry, ticket in self._of_chains(connection, _BEYOND, ENTRY):
            says = "the entry is beyond its chain's end"
            self.findings.add("ticket-chain", says, entry=entry, ticket=ticket)
        if self.tickets is None:
            for (ticket,) in raw(connection, _TICKETS):
                says = "the ticket has no chain of entries"
                self.findings.add("ticket-chain", says, ticket=ticket)

    def _of_chains(
        self, connection: Connection, query: Select[Any], table: Table
    ) -> Iterator[tuple[Any, ...]]:
        if self.tickets is None:
            yield from raw(connection, query)
            return
        for at in range(0, len(self.tickets), _CHAINS):
            some = table.c.ticket_id.in_(self.tickets[at : at + _CHAINS])
            yield from raw(connection, query.where(some))

    def _without_entry(self, connection: Connection, table: Table) -> None:
        stray = (
            select(table.c.entry_id)
            .select_from(table.outerjoin(ENTRY, ENTRY.c.id == table.c.entry_id))
            .where(ENTRY.c.id.is_(None))
            .distinct()
        )
        if self.entry and table is not PENDING:
            stray = stray.where(table.c.entry_id >= self.entry)
        for (entry,) in raw(connection, stray):
            says = f"{table.name} has this entry, but it is gone"
            self.findings.add("entry-missing", says, entry=entry)

    def _end(self, row: tuple[Any, ...]) -> None:
        """A chain's row must say where the chain ends."""
        ticket, seq, head, rec_us, mac, entry, leaf_hash, written_us, known = row
        problem = ""
        if entry is None:
            problem = f"the ticket's last entry, number {seq}, is gone"
        elif head != leaf_hash or rec_us != written_us:
            problem = "the row of the chain's end does not fit its last entry"
        elif self.keys is not None and self.keys.chain_mac(ticket, seq, head, rec_us) != mac:
            problem = "the row of the chain's end was not written by this desk, or was changed"
        elif known is None and ticket not in (DESK, AUDIT):
            problem = "the ticket is gone, its entries are there"
        if problem:
            self.findings.add("ticket-chain", problem, entry=entry, ticket=ticket)
