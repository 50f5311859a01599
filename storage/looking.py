"""Who looked at the log, and at what: on record like everything else.

What was searched for is said by fixed names and values; free words that somebody typed are a text
of the entry, sealed with the key of whoever typed them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from storage.facts import AUDIT
from storage.ledger.append import Appender
from storage.privacy.facts import AuditSearched, AuditViewed, LogRead
from storage.store import SqlStore

OPERATOR = "operator"


class Look(StrEnum):
    """What somebody did to the log besides writing it."""

    SEARCHED = "searched"
    VIEWED = "viewed"


_FACTS: Mapping[Look, type[LogRead]] = {Look.SEARCHED: AuditSearched, Look.VIEWED: AuditViewed}


def operator(name: str) -> str:
    """The actor of what somebody does at the machine itself."""
    return f"{OPERATOR}:{name}"


def ids_digest(ids: Iterable[str]) -> str:
    """SHA-256 over ids, one a line, sorted: the same for the same entries in any order."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(ids)).encode()).hexdigest()


def person_of(appender: Appender, actor: str) -> str:
    """The reference of who acts, by whose key what they typed is sealed."""
    kind, _, name = actor.partition(":")
    known = kind == "human" and appender.keys.subjects.knows(name)
    return name if known else appender.keys.subjects.ref(kind, "", name)


async def looked(
    store: SqlStore,
    who: str,
    what: Look,
    filter: Mapping[str, Any],  # noqa: A002 - it is what the entry calls it
    *,
    count: int,
    digest: str,
    words: str = "",
) -> None:
    """Put on record that `who` (`human:REF` or `operator:NAME`) looked at the log.

    `filter` are the names and values that were asked for, without free words; `count` and
    `digest` (see `ids_digest`) say what was seen.

    Raises:
        StoreError: it could not be recorded: do not show what was found.
    """
    fact = _FACTS[what](
        ticket=AUDIT,
        actor=who,
        filter={name: str(value) for name, value in filter.items() if value not in (None, "")},
        count=count,
        digest=digest,
        texts={"words": words} if words else {},
    )

    def job(connection: Connection, appender: Appender) -> None:
        subject = person_of(appender, who) if words else None
        appender.append(connection, (fact,), subject=subject)

    await store.write(job)
