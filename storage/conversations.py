"""A turn's view of its ticket: the message, what came before it, and where the ticket stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    func,
    select,
    tuple_,
)

from frontdesk import Author
from frontdesk.errors import StoreError
from router.records import Conversation, ThreadMessage
from storage import bursts, reading
from storage.changes_done import done_for
from storage.human_tables import PERSON_SETTING
from storage.ledger import often
from storage.ledger.keys import Keys
from storage.tables import MESSAGE, POST, TICKET, PostState

THREAD = 20
"""Messages of a thread that a turn gets to see."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ABOUT = (
    select(MESSAGE, *(column.label(f"of_{column.name}") for column in TICKET.c))
    .join(TICKET, TICKET.c.id == MESSAGE.c.ticket_id)
    .where(MESSAGE.c.id == bindparam("message"))
)
"""A message with its ticket, whose columns are named `of_...`."""

_BEFORE = (
    select(MESSAGE)
    .where(
        MESSAGE.c.ticket_id == bindparam("ticket"),
        tuple_(MESSAGE.c.at_us, MESSAGE.c.ticket_seq)
        < tuple_(bindparam("at_us"), bindparam("ticket_seq")),
        MESSAGE.c.retracted == 0,
        func.coalesce(MESSAGE.c.grouped_into, "") != bindparam("message"),
    )
    .order_by(MESSAGE.c.ticket_seq.desc())
    .limit(THREAD)
)
_POSTS = (
    select(POST)
    .where(
        POST.c.ticket_id == bindparam("ticket"),
        POST.c.message_id != bindparam("message"),
        POST.c.state == PostState.DONE,
    )
    .order_by(POST.c.ticket_seq.desc())
    .limit(THREAD)
)
_OWNED = (
    select(MESSAGE, TICKET.c.owned_by_human)
    .join(TICKET, TICKET.c.id == MESSAGE.c.ticket_id)
    .where(MESSAGE.c.id == bindparam("message"))
)

_LANGUAGE = select(PERSON_SETTING.c.value).where(
    PERSON_SETTING.c.person_ref == bindparam("person"), PERSON_SETTING.c.name == "language"
)


def conversation(connection: Connection, keys: Keys | None, message: str) -> Conversation:
    """All that a turn about `message` needs to know.

    What was written before counts as said before, whichever arrived first. Posts that answered
    other messages count too: turns of a thread run in order, so whatever is visible by now was
    there when this message's turn began.

    Raises:
        StoreError: there is no such message.
    """
    own = often.one(connection, _ABOUT, {"message": message})
    if own is None:
        raise StoreError(f"there is no message {message!r}")
    place = {
        "ticket": own.ticket_id,
        "ticket_seq": own.ticket_seq,
        "at_us": own.at_us,
        "message": message,
    }
    burst = bursts.burst(connection, message)
    said = sorted([*burst.earlier, *(() if own.retracted else (own,))], key=lambda row: row.at_us)
    before = often.rows(connection, _BEFORE, place)
    posts = often.rows(connection, _POSTS, {"ticket": own.ticket_id, "message": message})
    entries = [row.entry_id for row in (own, *said, *before)]
    written = reading.texts_of(connection, keys, entries, "text")
    return Conversation(
        ticket=own.ticket_id,
        source=own.of_source,
        workspace=own.of_workspace,
        channel=own.of_channel,
        conversation=own.of_conversation,
        message=ThreadMessage(
            id=message,
            author=Author(own.author),
            person=_person(keys, own.subject_ref),
            text=_joined(written, said or [own]),
            at=moment(own.at_us),
        ),
        thread=_thread(connection, keys, before, posts, written),
        specialist=own.of_specialist,
        questions=own.of_questions,
        asked=tuple(json.loads(own.of_asked)),
        asked_text=_asked_text(connection, keys, own.of_asked_entry),
        owned_by_human=bool(own.of_owned_by_human),
        superseded=bursts.superseded(connection, own, burst),
        addressee=burst.addressee(own.addressee),
        quiet=bool(own.of_quiet),
        grouped=len(burst.earlier),
        sent_to=own.sent_to,
        language=_language(connection, own.subject_ref),
        done=done_for(connection, keys, own.ticket_id) if own.sent_to else (),
    )


def overtaken(connection: Connection, message: str) -> str:
    """`owned_by_human`, how the message is superseded, or nothing.

    Raises:
        StoreError: there is no such message.
    """
    own = often.one(connection, _OWNED, {"message": message})
    if own is None:
        raise StoreError(f"there is no message {message!r}")
    if own.owned_by_human:
        return "owned_by_human"
    return str(bursts.superseded(connection, own, bursts.burst(connection, message)))


def moment(microseconds: int) -> datetime:
    """Microseconds since 1970 as a time."""
    return EPOCH + timedelta(microseconds=microseconds)


def microseconds(at: datetime) -> int:
    """A time as microseconds since 1970.

    Raises:
        StoreError: it has no time zone.
    """
    if at.tzinfo is None:
        raise StoreError(f"the time {at} has no time zone")
    return (at - EPOCH) // timedelta(microseconds=1)


def _thread(
    connection: Connection,
    keys: Keys | None,
    before: Sequence[Any],
    posts: Sequence[Any],
    written: dict[str, str],
) -> tuple[ThreadMessage, ...]:
    said = reading.texts_of(connection, keys, (row.entry_id for row in posts), "post")
    messages = [
        (
            row.ticket_seq,
            ThreadMessage(
                id=row.id,
                author=Author(row.author),
                person=_person(keys, row.subject_ref),
                text=written.get(row.entry_id, ""),
                at=moment(row.at_us),
            ),
        )
        for row in before
    ]
    desk = [
        (
            row.ticket_seq,
            ThreadMessage(
                id=row.entry_id,
                author=Author.DESK,
                person="desk",
                text=said.get(row.entry_id, ""),
                at=moment(row.at_us),
            ),
        )
        for row in posts
    ]
    ordered = sorted([*messages, *desk], key=lambda placed: placed[0])
    return tuple(message for _, message in ordered[-THREAD:])


def _language(connection: Connection, person: str) -> str:
    found = often.first(connection, _LANGUAGE, {"person": person})
    return str(found[0]) if found else ""


def _joined(written: dict[str, str], rows: Sequence[Any]) -> str:
    texts = (written.get(row.entry_id, "") for row in rows)
    return "\n".join(text for text in texts if text)


def _person(keys: Keys | None, subject: str) -> str:
    return reading.need(keys).subjects.person(subject) or ""


def _asked_text(connection: Connection, keys: Keys | None, entry: str | None) -> str:
    if entry is None:
        return ""
    return reading.texts_of(connection, keys, [entry], "asked").get(entry, "")
