"""Logs that go on for others: each such step is told by an entry, with what was lost and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, select

from storage.ledger.facts import LogContinues
from storage.ledger.tables import ENTRY, INDEX
from storage.ledger.verify.report import Findings
from storage.ledger.verify.rows import raw

_CONTINUES = (
    select(ENTRY.c.id, ENTRY.c.leaf)
    .select_from(INDEX.join(ENTRY, ENTRY.c.id == INDEX.c.entry_id))
    .where(INDEX.c.kind == LogContinues.kind)
    .order_by(ENTRY.c.id)
)


def check_succession(findings: Findings, connection: Connection, logs: Sequence[Any]) -> list[str]:
    """See that every log after the first is explained; what is lost, in plain words."""
    told = list(_told(connection))
    explained = [(body.get("origin"), body.get("vkey")) for _, body in told]
    expected = [(log.origin, log.vkey) for log in logs[:-1]]
    if explained != expected:
        says = "the log goes on for another one, and no entry explains it as it is"
        findings.add("log-identity", says)
    return [
        f"what the log {body.get('origin')} had from {body.get('kept')} to {body.get('size')} "
        f"entries: it was lost, and entry {entry} says why: {body.get('why')}"
        for entry, body in told
    ]


def _told(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry, leaf in raw(connection, _CONTINUES):
        try:
            body = from_json(leaf)["body"]
        except (ValueError, KeyError, TypeError, RecursionError):
            continue  # the entry itself is a finding already
        if isinstance(body, dict):
            yield entry, body
