"""The witness: tells which facts were committed, whoever recorded them.

Facts reach the record from many places, all of which go through the appender. What counts them must
not count those of a transaction that was rolled back, or of a job that took back its own part.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

from router.facts import Fact
from storage.ledger.append import Appender, Entry

log = logging.getLogger("frontdesk.witness")

Observer = Callable[[Sequence[Fact]], None]
"""Gets the facts of one transaction, in the thread that committed it; must be quick."""

_FACTS = "frontdesk_facts"
_MARKS = "frontdesk_marks"


class Witness:
    """Sees the transactions of one engine."""

    def __init__(self, engine: Engine) -> None:
        self.observers: list[Observer] = []
        event.listen(engine, "begin", _begun)
        event.listen(engine, "rollback", _begun)
        event.listen(engine, "savepoint", _marked)
        event.listen(engine, "release_savepoint", _released)
        event.listen(engine, "rollback_savepoint", _taken_back)
        event.listen(engine, "commit", self._committed)

    def saw(self, connection: Connection, facts: Sequence[Fact]) -> None:
        """Facts were appended in the connection's transaction."""
        connection.info.setdefault(_FACTS, []).extend(facts)

    def _committed(self, connection: Connection) -> None:
        facts: list[Fact] = connection.info.pop(_FACTS, [])
        for observer in self.observers if facts else ():
            try:
                observer(facts)
            # Whoever only looks on must not keep anything from being recorded.
            except Exception:
                log.exception("facts could not be counted")


@dataclass(frozen=True, slots=True)
class WitnessedAppender(Appender):
    """An appender that is looked on."""

    witness: Witness = field(kw_only=True)

    def append(self, connection: Connection, facts: Sequence[Fact], **how: Any) -> list[Entry]:
        """Append one entry a fact; see `Appender.append`."""
        entries = Appender.append(self, connection, facts, **how)
        self.witness.saw(connection, facts)
        return entries


def _begun(connection: Connection) -> None:
    if connection.invalidated:
        return  # what was known of it is gone with the connection
    connection.info.pop(_FACTS, None)
    connection.info.pop(_MARKS, None)


def _marked(connection: Connection, _name: str | None) -> None:
    """A savepoint is set: what is known so far stays, whatever becomes of it."""
    connection.info.setdefault(_MARKS, []).append(len(connection.info.get(_FACTS, ())))


def _released(connection: Connection, _name: str, _context: object) -> None:
    connection.info[_MARKS].pop()


def _taken_back(connection: Connection, _name: str, _context: object) -> None:
    del connection.info.get(_FACTS, [])[connection.info[_MARKS].pop() :]
