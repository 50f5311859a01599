"""Comments on entries. The record itself cannot be changed; what people think of it is added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from router.review_facts import CommentAdded
from storage.conversations import moment
from storage.human_state import NotPossible
from storage.ledger.append import Appender
from storage.ledger.keys import Keys
from storage.reviews.records import append, by, exists, said
from storage.reviews.tables import ANNOTATION


@dataclass(frozen=True, slots=True)
class Annotation:
    """A comment on an entry; empty once the person whom it was about is forgotten."""

    entry: str
    about: str
    person: str
    at: datetime
    comment: str


def annotate(
    connection: Connection, appender: Appender, person: str, about: str, comment: str
) -> str:
    """Comment on the entry `about`; give the entry of the comment.

    Raises:
        NotPossible: there is no such entry, or nothing was said.
    """
    if not comment.strip():
        raise NotPossible("no_statement")
    exists(connection, about)
    fact = CommentAdded(**by(person), entry=about, texts={"comment": comment.strip()})
    entry = append(connection, appender, fact, about=about)
    row = {"entry_id": entry.id, "about": about, "by_ref": person, "at_us": entry.rec_us}
    connection.execute(insert(ANNOTATION), row)
    return entry.id


def comments_on(connection: Connection, keys: Keys | None, about: str) -> tuple[Annotation, ...]:
    """All comments on an entry, oldest first."""
    query = select(ANNOTATION).where(ANNOTATION.c.about == about).order_by(ANNOTATION.c.entry_id)
    return tuple(
        Annotation(
            row.entry_id,
            row.about,
            row.by_ref,
            moment(row.at_us),
            said(connection, keys, row.entry_id, "comment"),
        )
        for row in connection.execute(query).all()
    )
