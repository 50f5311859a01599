"""Entries in the order of their chains: bytes, MAC, columns, chain, projection, payload.

This runs for every entry of the log, so rows come as plain tuples from the driver, and the leaf is
parsed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic_core import from_json
from sqlalchemy import Connection

from frontdesk.errors import StoreError
from storage.ledger import index, payload
from storage.ledger.keys import Keys
from storage.ledger.leaf import NO_HASH, VERSION
from storage.ledger.merkle import leaf_hash
from storage.ledger.verify.erasures import Erasures
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import EntryRow, PayloadRow, Span, entries
from storage.ledger.verify.turns import Turns
from storage.ledger.verify.words import READ
from storage.privacy.facts import PayloadErased

_MOST_PEOPLE = 4096


@dataclass(slots=True)
class _Chain:
    """How far a ticket's chain has been followed."""

    ticket: str
    seq: int = 0
    head: bytes = NO_HASH
    rec_us: int = 0
    turns: Turns = field(default_factory=Turns)
    erasures: Erasures = field(default_factory=Erasures)


@dataclass(slots=True)
class EntryCheck:
    """Checks every entry. `overdue_before_us`: one that waits since before then is a finding."""

    findings: Findings
    origins: Sequence[str]
    keys: Keys | None
    overdue_before_us: int | None = None
    checked: int = 0
    _foreign: bool = False
    _people: dict[tuple[str, str | None], AESGCM] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)

    def run(self, connection: Connection, span: Span) -> None:
        """Check those of a span, from the first entry of each of its chains on."""
        chain = _Chain("")
        for row, texts in entries(connection, span):
            if row.ticket_id != chain.ticket:
                self._ended(chain)
                chain = _begun(row, span)
            self._entry(row, texts, chain)
            self.checked += 1
        self._ended(chain)

    def _entry(self, row: EntryRow, texts: Sequence[PayloadRow], chain: _Chain) -> None:
        data = row.leaf.encode("utf-8", "surrogateescape")
        computed = leaf_hash(data)
        self._bytes(row, computed)
        content = _content(data) if computed == row.leaf_hash else None
        self._link(row, content, chain)
        if content is None:
            return
        try:
            self._meaning(row, texts, content, chain)
        except (KeyError, TypeError, AttributeError):
            self._found(row, "entry-hash", "the entry does not have the shape of a leaf")

    def _ended(self, chain: _Chain) -> None:
        for row, code, message in chain.erasures.end():
            self._found(row, code, message)

    def _bytes(self, row: EntryRow, computed: bytes) -> None:
        if computed != row.leaf_hash:
            self._found(row, "entry-hash", "the entry is not what was hashed when it was written")
        if self.keys is not None:
            known = row.mac_kid in self.keys.macs
            if not known or self.keys.mac(computed, row.mac_kid) != row.mac:
                says = "the entry was not written by this desk, or was changed"
                self._found(row, "origin-mac", says)
        if row.log_index is None:
            self._waiting(row)
            return
        if row.logged_hash != row.leaf_hash:
            self._found(row, "leaf-hash", "the log has another hash for this entry")
        if row.waiting is not None:
            says = "the entry has its place in the log and still waits for one"
            self._found(row, "pending-drift", says)

    def _waiting(self, row: EntryRow) -> None:
        """An entry waits for its place in the log, or has it: never both, never neither."""
        if row.waiting is None:
            says = "the entry has no place in the log and does not wait for one"
            self._found(row, "unsequenced", says)
            return
        since_us, hashed, mac = row.waiting
        if hashed != row.leaf_hash or mac != row.mac:
            self._found(row, "pending-drift", "another hash waits to be logged for this entry")
        elif self.overdue_before_us is not None and since_us < self.overdue_before_us:
            says = "the entry waits too long for its place in the log"
            self._found(row, "unsequenced-overdue", says)

    def _link(self, row: EntryRow, content: dict[str, Any] | None, chain: _Chain) -> None:
        """Follow the chain; what is wrong is told once, then it goes on from here."""
        rec_us = chain.rec_us if content is None else _time(content)
        if row.ticket_seq != chain.seq + 1:
            says = f"entry {row.ticket_seq} of the ticket follows entry {chain.seq}"
            self._found(row, "ticket-chain", says)
        elif content is not None and content.get("prev") != chain.head.hex():
            says = "the entry does not follow the one that stands before it"
            self._found(row, "ticket-chain", says)
        elif rec_us < chain.rec_us:
            self._found(row, "ticket-chain", "the entry is older than the one before it")
        chain.seq, chain.head, chain.rec_us = row.ticket_seq, row.leaf_hash, rec_us

    def _meaning(
        self, row: EntryRow, texts: Sequence[PayloadRow], content: dict[str, Any], chain: _Chain
    ) -> None:
        self._columns(row, content)
        self._projection(row, content)
        self._texts.clear()
        if texts or content["payload"]:
            self._payloads(row, texts, content, chain)
        kind = content["type"]
        if kind == PayloadErased.kind:
            for other, code, message in chain.erasures.entry(content):
                self._found(other, code, message)
        if content["message"] is not None:
            text = self._texts.get(READ.get(kind, ""))
            for objection in chain.turns.objections(content, text):
                self._found(row, "state-machine", objection)

    def _columns(self, row: EntryRow, content: dict[str, Any]) -> None:
        written = (content["v"], content["id"], content["ticket"], content["tseq"])
        if written != (VERSION, row.id, row.ticket_id, row.ticket_seq):
            says = "the columns beside the entry say something else than the entry"
            self._found(row, "column-drift", says)
        if content["mac_kid"] != row.mac_kid:
            self._found(row, "column-drift", "the entry names another MAC key")
        if row.waiting is not None and row.waiting[0] != content["rec"]:
            self._found(row, "pending-drift", "another time waits to be logged for this entry")
        if content["log"] not in self.origins and not self._foreign:
            self._foreign = True
            self._found(row, "log-identity", f"the entry belongs to the log {content['log']}")

    def _projection(self, row: EntryRow, content: dict[str, Any]) -> None:
        if row.projected is None:
            self._found(row, "index-drift", "the entry is missing in the search index")
            return
        expected = index.columns(content)
        if row.projected == expected:
            return
        pairs = zip(index.COLUMNS, row.projected, expected, strict=True)
        different = [name for name, found, wanted in pairs if found != wanted]
        says = f"the search index says something else: {', '.join(different)}"
        self._found(row, "index-drift", says)

    def _payloads(
        self, row: EntryRow, texts: Sequence[PayloadRow], content: dict[str, Any], chain: _Chain
    ) -> None:
        chain.erasures.texts(row, [text.field for text in texts], content["commit"])
        for text in sorted(texts):
            if problem := self._payload(row.id, text, content):
                self._found(row, "payload-mismatch", problem)

    def _payload(self, entry: str, text: PayloadRow, content: dict[str, Any]) -> str:
        name = text.field
        if name not in content["payload"]:
            return f"the entry has no text {name!r}"
        if payload.digest(text.nonce, text.ciphertext) != content["payload"][name]:
            return f"the text {name!r} was changed"
        if (text.subject_ref, text.author_ref) != (content["subject"], content.get("author")):
            return f"the text {name!r} is said to be another person's"
        return "" if self.keys is None else self._opened(entry, text, content, self.keys)

    def _opened(self, entry: str, text: PayloadRow, content: dict[str, Any], keys: Keys) -> str:
        name = text.field
        try:
            key = self._key(keys, text.subject_ref, text.author_ref)
            opened = payload.unseal(entry, name, text.nonce, text.ciphertext, key)
        except (StoreError, ValueError):
            return f"the text {name!r} cannot be decrypted"
        if opened[1] != content["commit"][name]:
            return f"the text {name!r} is another one"
        self._texts[name] = opened[0]
        return ""

    def _key(self, keys: Keys, subject: str, author: str | None) -> AESGCM:
        found = self._people.get((subject, author))
        if found is None:
            if len(self._people) > _MOST_PEOPLE:
                self._people.clear()
            found = self._people[subject, author] = keys.subjects.key(subject, author)
        return found

    def _found(self, row: EntryRow, code: str, message: str) -> None:
        self.findings.add(
            code, message, entry=row.id, ticket=row.ticket_id, log_index=row.log_index
        )


def _begun(row: EntryRow, span: Span) -> _Chain:
    """A chain whose first entry this is; one that is followed from the middle on says from where.

    What stands before was verified earlier, and is no part of the span.
    """
    before = span.heads.get(row.ticket_id) if span.heads else None
    if before is None:
        return _Chain(row.ticket_id)
    return _Chain(row.ticket_id, before.seq, before.head, before.rec_us)


def _content(leaf: bytes) -> dict[str, Any]:
    try:
        content = from_json(leaf, cache_strings="all")
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _time(content: dict[str, Any]) -> int:
    written = content.get("rec", 0)
    return written if isinstance(written, int) else 0
