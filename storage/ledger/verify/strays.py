"""What is there without its other half: rows that no entry explains, entries without their row."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, and_, inspect, or_, select, text

from storage.facts import AUDIT, DESK, ArtifactKept, MessageReceived
from storage.ledger import guards
from storage.ledger.keys import Keys
from storage.ledger.tables import ARTIFACT, AUDIT_TABLES, CHAIN, ENTRY, INDEX, PAYLOAD, PENDING
from storage.ledger.verify.report import Findings
from storage.ledger.verify.snapshot import STREAM
from storage.tables import MESSAGE, TICKET

_ENDS = select(
    CHAIN, ENTRY.c.id, ENTRY.c.leaf, ENTRY.c.leaf_hash, TICKET.c.id.label("known")
).select_from(
    CHAIN.outerjoin(
        ENTRY, and_(ENTRY.c.ticket_id == CHAIN.c.ticket_id, ENTRY.c.ticket_seq == CHAIN.c.seq)
    ).outerjoin(TICKET, TICKET.c.id == CHAIN.c.ticket_id)
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
_KEPT = (
    select(ENTRY.c.id, ENTRY.c.ticket_id, ENTRY.c.leaf)
    .select_from(INDEX.join(ENTRY, ENTRY.c.id == INDEX.c.entry_id))
    .where(INDEX.c.kind == ArtifactKept.kind)
)
_GUARDS = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'trigger'"),
    "postgresql": text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'"),
}


def missing_tables(connection: Connection) -> list[str]:
    """Tables of the audit trail, and of what it explains, that are gone."""
    there = set(inspect(connection).get_table_names())
    return [table.name for table in (*AUDIT_TABLES, TICKET, MESSAGE) if table.name not in there]


@dataclass(slots=True)
class StrayCheck:
    """Checks what set against what must be the same set."""

    findings: Findings
    keys: Keys | None

    def run(self, connection: Connection) -> None:
        """Check all of it."""
        for table in (PENDING, INDEX, PAYLOAD):
            self._without_entry(connection, table)
        self._stream(connection, _BEYOND, "ticket-chain", "the entry is beyond its chain's end")
        self._stream(connection, _RECEIVED, "state-drift", "the message of this entry is gone")
        for row in connection.execute(_TICKETS, execution_options=STREAM):
            self.findings.add("ticket-chain", "the ticket has no chain of entries", ticket=row.id)
        for row in connection.execute(_ENDS, execution_options=STREAM):
            self._end(row)
        self._artifacts(connection)
        self._guards(connection)

    def _without_entry(self, connection: Connection, table: Table) -> None:
        stray = (
            select(table.c.entry_id)
            .select_from(table.outerjoin(ENTRY, ENTRY.c.id == table.c.entry_id))
            .where(ENTRY.c.id.is_(None))
            .distinct()
        )
        for row in connection.execute(stray, execution_options=STREAM):
            self.findings.add(
                "entry-missing", f"{table.name} has this entry, but it is gone", entry=row.entry_id
            )

    def _stream(self, connection: Connection, query: Select[Any], code: str, says: str) -> None:
        for entry, ticket in connection.execute(query, execution_options=STREAM):
            self.findings.add(code, says, entry=entry, ticket=ticket)

    def _end(self, row: Row[Any]) -> None:
        """A chain's row must say where the chain ends."""
        problem = ""
        if row.id is None:
            problem = f"the ticket's last entry, number {row.seq}, is gone"
        elif row.head != row.leaf_hash or row.rec_us != _written(row.leaf):
            problem = "the row of the chain's end does not fit its last entry"
        elif self.keys is not None and not hmac.compare_digest(
            self.keys.chain_mac(row.ticket_id, row.seq, row.head, row.rec_us), row.mac
        ):
            problem = "the row of the chain's end was not written by this desk, or was changed"
        elif row.known is None and row.ticket_id not in (DESK, AUDIT):
            problem = "the ticket is gone, its entries are there"
        if problem:
            self.findings.add("ticket-chain", problem, entry=row.id, ticket=row.ticket_id)

    def _artifacts(self, connection: Connection) -> None:
        listed: dict[str, str] = {}
        for row in connection.execute(_KEPT, execution_options=STREAM):
            self._kept(connection, row, listed)
        for row in connection.execute(select(ARTIFACT.c.sha256), execution_options=STREAM):
            if row.sha256.hex() not in listed:
                self.findings.add(
                    "artifact-drift", f"no entry explains the artifact {row.sha256.hex()}"
                )

    def _kept(self, connection: Connection, row: Any, listed: dict[str, str]) -> None:
        try:
            body = json.loads(row.leaf)["body"]
            digest, kind = bytes.fromhex(body["sha256"]), body["artifact"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return  # the entry itself is a finding already
        listed[digest.hex()] = kind
        found = connection.execute(
            select(ARTIFACT.c.kind, ARTIFACT.c.content).where(ARTIFACT.c.sha256 == digest)
        ).one_or_none()
        if found is None:
            problem = "is gone"
        elif found.kind != kind or hashlib.sha256(found.content).digest() != digest:
            problem = "was changed"
        else:
            return
        self.findings.add(
            "artifact-drift",
            f"the artifact {digest.hex()} that this entry put away {problem}",
            entry=row.id,
            ticket=row.ticket_id,
        )

    def _guards(self, connection: Connection) -> None:
        dialect = connection.dialect.name
        there = set(connection.execute(_GUARDS[dialect]).scalars())
        for name in sorted(guards.names(dialect) - there):
            self.findings.add("guard-missing", f"the database has lost its guard {name}")


def _written(leaf: str) -> int | None:
    try:
        written = json.loads(leaf)["rec"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return written if isinstance(written, int) else None
