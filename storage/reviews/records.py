"""What every part of the reviews does with the record: append one fact, read a text back."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Connection, select

from frontdesk.errors import StoreError
from router.facts import Fact
from router.human_facts import actor_name, human
from storage import reading
from storage.facts import AUDIT
from storage.human_state import NotPossible
from storage.ledger.append import Appender, Entry
from storage.ledger.keys import Keys
from storage.ledger.tables import INDEX

CHAIN = AUDIT
"""Reviews stand on the chain of what the record says about itself."""


class Who(TypedDict):
    """Whose act it is, and where it stands on record."""

    ticket: str
    actor: str


_SUBJECT = select(INDEX.c.subject_ref)


def append(
    connection: Connection, appender: Appender, fact: Fact, *, about: str | None = None
) -> Entry:
    """Put a reviewer's act on record.

    Texts belong to the person whom the entry `about` is about, so that forgetting them takes along
    what was said of them; where there is nobody, they belong to whoever wrote them.
    """
    subject = None
    if fact.texts:
        subject = _person(connection, appender.keys, about) or actor_name(fact.actor)
    (entry,) = appender.append(connection, (fact,), subject=subject)
    return entry


def by(person: str) -> Who:
    """The first fields of a reviewer's fact."""
    return {"ticket": CHAIN, "actor": human(person)}


def said(connection: Connection, keys: Keys | None, entry: str | None, field: str) -> str:
    """A text of an entry; empty if there is none, or none any more."""
    if entry is None:
        return ""
    return reading.texts(connection, keys, entry).get(field, "")


def exists(connection: Connection, entry: str) -> None:
    """Refuse what names no entry.

    Raises:
        NotPossible: there is no such entry.
    """
    if connection.execute(_SUBJECT.where(INDEX.c.entry_id == entry)).one_or_none() is None:
        raise NotPossible("no_such_entry")


def _person(connection: Connection, keys: Keys, about: str | None) -> str | None:
    if about is None:
        return None
    person = connection.execute(_SUBJECT.where(INDEX.c.entry_id == about)).scalar()
    if person is None:
        return None
    try:
        keys.subjects.key(person)
    except StoreError:
        return None  # erased: what is written now belongs to its writer
    return str(person)
