"""Artifacts: what a digest stands for is there, unchanged, and an entry explains it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, select

from router.facts import DeskStarted
from storage.facts import ArtifactKept
from storage.ledger.artifacts import named
from storage.ledger.facts import ConfigChanged
from storage.ledger.tables import ARTIFACT, ENTRY, INDEX
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import raw

_KEPT = (
    select(ENTRY.c.id, ENTRY.c.ticket_id, ENTRY.c.leaf)
    .select_from(INDEX.join(ENTRY, ENTRY.c.id == INDEX.c.entry_id))
    .where(INDEX.c.kind == ArtifactKept.kind)
)
_NAMING = (
    select(ENTRY.c.leaf)
    .select_from(INDEX.join(ENTRY, ENTRY.c.id == INDEX.c.entry_id))
    .where(INDEX.c.kind.in_((DeskStarted.kind, ConfigChanged.kind)))
)
_CONTENTS = select(ARTIFACT.c.sha256, ARTIFACT.c.kind, ARTIFACT.c.content)


@dataclass(slots=True)
class ArtifactCheck:
    """Checks the artifacts against the entries that put them away.

    `unresolved` counts digests of what was in force at a start that nothing is put away for, as
    versions did that put less away.
    """

    findings: Findings
    unresolved: int = 0
    _there: dict[bytes, str] = field(default_factory=dict)

    def run(self, connection: Connection) -> None:
        """Check all of them."""
        for digest, kind, content in raw(connection, _CONTENTS):
            sound = hashlib.sha256(content).digest() == digest
            self._there[digest] = kind if sound else ""
        explained = set(self._kept(connection))
        for digest in sorted(self._there.keys() - explained):
            self.findings.add("artifact-drift", f"no entry explains the artifact {digest.hex()}")
        there = {digest.hex() for digest in self._there}
        told = {one for (leaf,) in raw(connection, _NAMING) for one in _named(leaf)}
        self.unresolved = len(told - there)

    def _kept(self, connection: Connection) -> Iterator[bytes]:
        for entry, ticket, leaf in raw(connection, _KEPT):
            body = _body(leaf)
            if body is None:
                continue  # the entry itself is a finding already
            digest, kind = body
            yield digest
            found = self._there.get(digest)
            if found != kind:
                problem = "is gone" if found is None else "was changed"
                self.findings.add(
                    "artifact-drift",
                    f"the artifact {digest.hex()} that this entry put away {problem}",
                    entry=entry,
                    ticket=ticket,
                )


def _named(leaf: str) -> Iterator[str]:
    try:
        yield from named(from_json(leaf)["body"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return  # the entry itself is a finding already


def _body(leaf: str) -> tuple[bytes, str] | None:
    try:
        body: Any = from_json(leaf)["body"]
        return bytes.fromhex(body["sha256"]), str(body["artifact"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
