"""All that is kept of one person, for the person: their right of access (GDPR, Article 15)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select

from storage import reading
from storage.conversations import moment
from storage.facts import AUDIT
from storage.human_tables import FEEDBACK, PERSON_SETTING
from storage.ledger.append import Appender
from storage.ledger.keys import Keys
from storage.ledger.tables import INDEX, PAYLOAD
from storage.privacy.facts import SubjectExported
from storage.privacy.retention import CLASSES, text_class
from storage.store import SqlStore
from storage.tables import TICKET

PURPOSE = (
    "To answer what people ask in the support channels, and to be able to show afterwards how each "
    "answer came about."
)
RECIPIENTS = (
    "the workspace's support staff and reviewers",
    "the provider of the language model, where one is set",
    "Slack, which carries the conversation",
)


@dataclass(frozen=True, slots=True)
class SubjectFile:
    """What is given out: JSON as bytes, and how many texts are in it."""

    content: bytes
    texts: int


async def export(
    store: SqlStore, person: str, by: str, *, days: dict[str, int], typed_by: str = ""
) -> SubjectFile:
    """Gather all that is kept of a person (a reference), and put on record that it was given out.

    Raises:
        StoreError: it could not be recorded, so it is not given out.
    """
    keys = reading.need(store.keys)
    given = await store.read(lambda db: _content(db, keys, person, days))
    content = json.dumps(given, ensure_ascii=False, indent=2).encode()
    texts = sum(len(entry["texts"]) for entry in given["entries"])
    fact = SubjectExported(
        ticket=AUDIT,
        actor=by,
        person=person,
        given=texts,
        sha256=hashlib.sha256(content).hexdigest(),
        typed_by=typed_by,
    )

    def job(connection: Connection, appender: Appender) -> None:
        appender.append(connection, (fact,))

    await store.write(job)
    return SubjectFile(content, texts)


def _content(
    connection: Connection, keys: Keys, person: str, days: dict[str, int]
) -> dict[str, Any]:
    who = keys.subjects.who(person)
    return {
        "person": {
            "reference": person,
            "source": who[0] if who else "",
            "workspace": who[1] if who else "",
            "name_there": who[2] if who else "",
        },
        "purpose": PURPOSE,
        "recipients": list(RECIPIENTS),
        "kept_for_days": {name: {"days": days[name], "what": CLASSES[name]} for name in days},
        "settings": _rows(connection, PERSON_SETTING, person),
        "opinions": _rows(connection, FEEDBACK, person),
        "tickets": [
            {
                "ticket": row.id,
                "status": row.status,
                "channel": row.channel,
                "conversation": row.conversation,
                "answered_by": row.specialist,
                "opened": _time(row.opened_us),
            }
            for row in connection.execute(
                select(TICKET).where(TICKET.c.subject_ref == person).order_by(TICKET.c.id)
            )
        ],
        "entries": list(_entries(connection, keys, person)),
    }


def _entries(connection: Connection, keys: Keys, person: str) -> Iterator[dict[str, Any]]:
    """Entries with texts that concern the person, or that they wrote; and their acts."""
    texts = select(PAYLOAD.c.entry_id).where(
        or_(PAYLOAD.c.subject_ref == person, PAYLOAD.c.author_ref == person)
    )
    acts = (INDEX.c.actor_type == "human") & (INDEX.c.actor_id == person)
    query = select(INDEX).where(or_(INDEX.c.entry_id.in_(texts), acts)).order_by(INDEX.c.entry_id)
    for row in connection.execute(query).all():
        yield {
            "entry": row.entry_id,
            "at": _time(row.at_us),
            "kind": row.kind,
            "by": row.actor_type,
            "ticket": row.ticket_id,
            "class": text_class(row.kind, row.actor_type),
            "automated": row.actor_type != "human",
            "specialist": row.specialist,
            "confidence_bp": row.confidence_bp,
            "outcome": row.outcome,
            "texts": reading.texts(connection, keys, row.entry_id),
        }


def _rows(connection: Connection, table: Any, person: str) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).where(table.c.person_ref == person))
    return [{k: v for k, v in row._asdict().items() if k != "person_ref"} for row in rows]


def _time(microseconds: int) -> str:
    return f"{moment(microseconds):%Y-%m-%dT%H:%M:%S.%fZ}"
