"""Entries in the order of their chains: bytes, MAC, columns, chain, projection, payload."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, select

from frontdesk.errors import StoreError
from storage.ledger import index, payload
from storage.ledger.keys import Keys
from storage.ledger.leaf import NO_HASH, VERSION
from storage.ledger.merkle import leaf_hash
from storage.ledger.tables import ENTRY, INDEX, LEAF, PAYLOAD, PENDING
from storage.ledger.verify.report import Findings
from storage.ledger.verify.snapshot import STREAM
from storage.ledger.verify.turns import Turns

_COLUMNS = [column for column in INDEX.c if column is not INDEX.c.entry_id]
_STREAM = (
    select(
        ENTRY,
        LEAF.c.log_index,
        LEAF.c.leaf_hash.label("logged_hash"),
        PENDING.c.entry_id.label("pending_id"),
        PENDING.c.rec_us.label("pending_rec_us"),
        PENDING.c.leaf_hash.label("pending_hash"),
        PENDING.c.mac.label("pending_mac"),
        INDEX.c.entry_id.label("index_id"),
        *(column.label(f"index_{column.name}") for column in _COLUMNS),
        PAYLOAD.c.field,
        PAYLOAD.c.subject_ref,
        PAYLOAD.c.nonce,
        PAYLOAD.c.ciphertext,
    )
    .select_from(
        ENTRY.outerjoin(LEAF, LEAF.c.entry_id == ENTRY.c.id)
        .outerjoin(PENDING, PENDING.c.entry_id == ENTRY.c.id)
        .outerjoin(INDEX, INDEX.c.entry_id == ENTRY.c.id)
        .outerjoin(PAYLOAD, PAYLOAD.c.entry_id == ENTRY.c.id)
    )
    .order_by(ENTRY.c.ticket_id, ENTRY.c.ticket_seq, ENTRY.c.id)
)
_NAMES = [column.name for column in _COLUMNS]
_START = list(_STREAM.selected_columns.keys()).index(f"index_{_NAMES[0]}")
_PROJECTED = slice(_START, _START + len(_NAMES))


@dataclass(slots=True)
class _Chain:
    """How far a ticket's chain has been followed."""

    ticket: str
    seq: int = 0
    head: bytes = NO_HASH
    rec_us: int = 0
    turns: Turns = field(default_factory=Turns)


@dataclass(slots=True)
class EntryCheck:
    """Checks every entry. `overdue_before_us`: one that waits since before then is a finding."""

    findings: Findings
    origin: str
    keys: Keys | None
    overdue_before_us: int | None = None
    checked: int = 0
    _foreign: bool = False

    def run(self, connection: Connection) -> None:
        """Check them all."""
        chain = _Chain("")
        rows = connection.execute(_STREAM, execution_options=STREAM)
        for _, group in groupby(rows, key=lambda row: row.id):
            parts = list(group)
            if parts[0].ticket_id != chain.ticket:
                chain = _Chain(parts[0].ticket_id)
            self._entry(parts, chain)
            self.checked += 1

    def _entry(self, parts: Sequence[Row[Any]], chain: _Chain) -> None:
        row = parts[0]
        computed = leaf_hash(row.leaf.encode("utf-8", "surrogateescape"))
        for code, message in self._bytes(row, computed):
            self._found(row, code, message)
        content = _content(row) if computed == row.leaf_hash else None
        self._link(row, content, chain)
        if content is None:
            return
        for code, message in self._meaning(parts, content, chain):
            self._found(row, code, message)

    def _bytes(self, row: Row[Any], computed: bytes) -> Iterator[tuple[str, str]]:
        if computed != row.leaf_hash:
            yield "entry-hash", "the entry is not what was hashed when it was written"
        if row.log_index is not None and row.logged_hash != row.leaf_hash:
            yield "leaf-hash", "the log has another hash for this entry"
        if self.keys is not None:
            known = row.mac_kid in self.keys.macs
            if not known or not hmac.compare_digest(self.keys.mac(computed, row.mac_kid), row.mac):
                yield "origin-mac", "the entry was not written by this desk, or was changed"
        yield from self._waiting(row)

    def _waiting(self, row: Row[Any]) -> Iterator[tuple[str, str]]:
        """An entry waits for its place in the log, or has it: never both, never neither."""
        waits = row.pending_id is not None
        if row.log_index is not None:
            if waits:
                yield "pending-drift", "the entry has its place in the log and still waits for one"
            return
        if not waits:
            yield "unsequenced", "the entry has no place in the log and does not wait for one"
        elif row.pending_hash != row.leaf_hash or row.pending_mac != row.mac:
            yield "pending-drift", "another hash waits to be logged for this entry"
        elif self.overdue_before_us is not None and row.pending_rec_us < self.overdue_before_us:
            yield "unsequenced-overdue", "the entry waits too long for its place in the log"

    def _link(self, row: Row[Any], content: dict[str, Any] | None, chain: _Chain) -> None:
        """Follow the chain; what is wrong is told once, then it goes on from here."""
        if row.ticket_seq != chain.seq + 1:
            self._found(
                row,
                "ticket-chain",
                f"entry {row.ticket_seq} of the ticket follows entry {chain.seq}",
            )
        elif content is not None and content.get("prev") != chain.head.hex():
            self._found(
                row, "ticket-chain", "the entry does not follow the one that stands before it"
            )
        elif content is not None and content.get("rec", 0) < chain.rec_us:
            self._found(row, "ticket-chain", "the entry is older than the one before it")
        chain.seq, chain.head = row.ticket_seq, row.leaf_hash
        chain.rec_us = content.get("rec", 0) if content else chain.rec_us

    def _meaning(
        self, parts: Sequence[Row[Any]], content: dict[str, Any], chain: _Chain
    ) -> Iterator[tuple[str, str]]:
        row = parts[0]
        try:
            yield from self._columns(row, content)
            yield from _projection(row, content)
            yield from self._payloads(parts, content)
            for objection in chain.turns.objections(content):
                yield "state-machine", objection
        except (KeyError, TypeError, AttributeError):
            yield "entry-hash", "the entry does not have the shape of a leaf"

    def _columns(self, row: Row[Any], content: dict[str, Any]) -> Iterator[tuple[str, str]]:
        written = (content["v"], content["id"], content["ticket"], content["tseq"])
        if written != (VERSION, row.id, row.ticket_id, row.ticket_seq):
            yield "column-drift", "the columns beside the entry say something else than the entry"
        if content["mac_kid"] != row.mac_kid:
            yield "column-drift", "the entry names another MAC key"
        if row.pending_id is not None and row.pending_rec_us != content["rec"]:
            yield "pending-drift", "another time waits to be logged for this entry"
        if content["log"] != self.origin and not self._foreign:
            self._foreign = True
            yield "log-identity", f"the entry belongs to the log {content['log']}"

    def _payloads(
        self, parts: Sequence[Row[Any]], content: dict[str, Any]
    ) -> Iterator[tuple[str, str]]:
        there = {part.field: part for part in parts if part.field is not None}
        for name in sorted(content["payload"].keys() - there.keys()):
            yield "payload-missing", f"the text {name!r} is gone without an erasure"
        for name, part in sorted(there.items()):
            if problem := self._payload(name, part, content):
                yield "payload-mismatch", problem

    def _payload(self, name: str, part: Row[Any], content: dict[str, Any]) -> str:
        if name not in content["payload"]:
            return f"the entry has no text {name!r}"
        if payload.digest(part.nonce, part.ciphertext) != content["payload"][name]:
            return f"the text {name!r} was changed"
        if part.subject_ref != content["subject"]:
            return f"the text {name!r} is said to be another person's"
        if self.keys is None:
            return ""
        try:
            key = self.keys.subjects.key(part.subject_ref)
            opened = payload.unseal(part.id, name, part.nonce, part.ciphertext, key)
        except (StoreError, ValueError):
            return f"the text {name!r} cannot be decrypted"
        return "" if opened[1] == content["commit"][name] else f"the text {name!r} is another one"

    def _found(self, row: Row[Any], code: str, message: str) -> None:
        self.findings.add(
            code, message, entry=row.id, ticket=row.ticket_id, log_index=row.log_index
        )


def _content(row: Row[Any]) -> dict[str, Any] | None:
    try:
        content = json.loads(row.leaf)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _projection(row: Row[Any], content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if row.index_id is None:
        yield "index-drift", "the entry is missing in the search index"
        return
    expected = index.project(content)
    found = row[_PROJECTED]
    if found == tuple(expected[name] for name in _NAMES):
        return
    different = [name for name, value in zip(_NAMES, found, strict=True) if value != expected[name]]
    yield "index-drift", f"the search index says something else: {', '.join(different)}"
