"""Notices: announced in the transaction that gives the reason for them, posted later, once each.

Whoever announces a notice has it on record with whatever it is about, or neither. Posting is
somebody else's business: that one takes a notice for a while, so that no other process is at it,
and is told whether it may be visible already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from frontdesk.errors import StoreError
from router.notice_facts import Audience, NoticeFailed, NoticeIntended, NoticePosted
from router.outbox import DESK as THE_DESK
from storage import reading, state
from storage.facts import DESK
from storage.ledger.append import Appender, Entry
from storage.ledger.keys import Keys
from storage.ledger.tables import ARTIFACT
from storage.notice_tables import NOTICE, NoticeState
from storage.state import effect
from storage.store import SqlStore
from storage.tables import TICKET

SLACK = "slack"
UNPLACED = "form:"
"""How the conversation of a ticket begins that has no thread yet."""
HELD_US = 90 * 1_000_000
"""How long a process may be at a notice: longer than a call to Slack can take."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say. The same `key` is said once, for ever; it holds ids and fixed words only.

    `person` is a Slack user: who gets it as a direct message, or, for staff, who is mentioned. A
    notice for the requester needs its `ticket`. `picture` is the digest of a PNG that was put away
    with `SqlStore.keep`.
    """

    key: str
    audience: Audience
    workspace: str
    ticket: str | None = None
    person: str | None = None
    picture: str = ""
    actor: str = THE_DESK


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that is to be posted. `text` is empty where it was erased since.

    `person` and `conversation` are names of the source; `image` is the picture's content. `blocks`
    are JSON, empty where the text alone is shown. `begun`: it may be visible already.
    """

    key: str
    audience: Audience
    workspace: str
    ticket: str | None
    conversation: str
    person: str
    text: str
    blocks: str
    alt: str
    image: bytes
    begun: bool
    at_us: int


def announce(
    connection: Connection, appender: Appender, notice: Notice, texts: Mapping[str, str]
) -> bool:
    """Put on record what is to be said; False, and nothing happens, if the key is known.

    `texts` has `notice`, Markdown; it may have `blocks`, a JSON list of Slack's blocks to show
    instead, and `alt`, which describes the picture.

    Raises:
        StoreError: there is no such ticket.
        ValueError: nobody can be told.
    """
    _check(notice, texts)
    if connection.execute(select(NOTICE.c.key).where(NOTICE.c.key == notice.key)).scalar():
        return False
    person = _ref(appender, notice)
    fact = NoticeIntended(
        ticket=notice.ticket or DESK,
        actor=notice.actor,
        key=notice.key,
        audience=notice.audience,
        picture=notice.picture,
        texts=texts,
    )
    subject = None if notice.ticket else person or appender.keys.subjects.ref("desk", "", "desk")
    (entry,) = appender.append(connection, (fact,), subject=subject)
    connection.execute(insert(NOTICE), _row(notice, entry, person))
    return True


async def is_announced(store: SqlStore, key: str) -> bool:
    """Whether a notice is on record already; a cheap look before its texts are made."""
    query = select(NOTICE.c.key).where(NOTICE.c.key == key)
    return await store.read(lambda db: db.execute(query).scalar() is not None)


@effect.register
def _(fact: NoticePosted, entry: Entry, connection: Connection) -> None:
    """Everybody who is meant can see it."""
    values = {"state": NoticeState.POSTED, "place": fact.external, "holder": None}
    _change(connection, fact.key, values)


@effect.register
def _(fact: NoticeFailed, entry: Entry, connection: Connection) -> None:
    """It is tried again, unless it is given up."""
    values: dict[str, Any] = {"fault": fact.fault, "holder": None}
    if fact.given_up:
        values["state"] = NoticeState.GIVEN_UP
    _change(connection, fact.key, values)


class Notices:
    """The outbox, for whoever posts. `me` names the process, `gone` tells whether another ended."""

    def __init__(self, store: SqlStore, me: str, gone: Callable[[str], bool]) -> None:
        self._store = store
        self._me = me
        self._gone = gone

    async def waiting(self, limit: int = 50) -> Sequence[str]:
        """The keys of what Slack is to show, oldest first."""
        query = _placed(select(NOTICE.c.key)).order_by(NOTICE.c.at_us, NOTICE.c.key).limit(limit)
        return await self._store.read(lambda db: db.execute(query).scalars().all())

    async def take(self, key: str) -> Due | None:
        """Be the one who posts a notice; None where it is posted, or another process is at it.

        Raises:
            StoreError: the store cannot be used.
        """
        wanted = _placed(select(NOTICE, TICKET.c.conversation)).where(NOTICE.c.key == key)

        def job(connection: Connection, appender: Appender) -> Due | None:
            row = connection.execute(wanted.with_for_update(of=NOTICE)).one_or_none()
            now = appender.now_us()
            if row is None or self._is_at_it(row, now):
                return None
            values = {"holder": self._me, "until_us": now + HELD_US}
            if row.begun_us is None:
                values["begun_us"] = now
            _change(connection, key, values)
            return _due(connection, appender.keys, row)

        return await self._store.write(job)

    async def posted(self, due: Due, place: str, *, found: bool) -> None:
        """It is visible."""
        await self._store.record(
            NoticePosted(
                ticket=due.ticket or DESK,
                actor=THE_DESK,
                key=due.key,
                external=place,
                found=found,
            )
        )

    async def failed(self, key: str, fault: str, *, given_up: bool = False) -> None:
        """It is not visible; the same fault again leaves no second entry."""

        def job(connection: Connection, appender: Appender) -> None:
            row = connection.execute(select(NOTICE).where(NOTICE.c.key == key)).one()
            if row.fault == fault and not given_up:
                _change(connection, key, {"holder": None})
                return
            fact = NoticeFailed(
                ticket=row.ticket_id or DESK,
                actor=THE_DESK,
                key=key,
                fault=fault,
                given_up=given_up,
            )
            state.record(connection, appender, (fact,))

        await self._store.write(job)

    def _is_at_it(self, row: Row[Any], now: int) -> bool:
        if row.state != NoticeState.WAITING:
            return True
        held = row.holder is not None and row.holder != self._me and row.until_us > now
        return held and not self._gone(row.holder)


def _check(notice: Notice, texts: Mapping[str, str]) -> None:
    if not texts.get("notice"):
        raise ValueError(f"the notice {notice.key} says nothing")
    if notice.audience is Audience.REQUESTER and not notice.ticket:
        raise ValueError(f"the notice {notice.key} is for a requester, and names no ticket")
    if notice.audience is Audience.PERSON and not notice.person:
        raise ValueError(f"the notice {notice.key} is for a person, and names none")


def _ref(appender: Appender, notice: Notice) -> str | None:
    if not notice.person:
        return None
    return appender.keys.subjects.ref(SLACK, notice.workspace, notice.person)


def _row(notice: Notice, entry: Entry, person: str | None) -> dict[str, Any]:
    return {
        "key": notice.key,
        "entry_id": entry.id,
        "ticket_id": notice.ticket,
        "audience": notice.audience,
        "workspace": notice.workspace,
        "person_ref": person,
        "picture": notice.picture,
        "state": NoticeState.WAITING,
        "at_us": entry.rec_us,
        "until_us": 0,
        "fault": "",
    }


def _placed(query: Select[Any]) -> Select[Any]:
    """Those that Slack can show: for its own requesters only, and once they have a thread."""
    theirs = (TICKET.c.source == SLACK) & ~TICKET.c.conversation.startswith(UNPLACED)
    return (
        query.select_from(NOTICE.outerjoin(TICKET, TICKET.c.id == NOTICE.c.ticket_id))
        .where(NOTICE.c.state == NoticeState.WAITING)
        .where((NOTICE.c.audience != Audience.REQUESTER) | theirs)
    )


def _due(connection: Connection, keys: Keys, row: Row[Any]) -> Due:
    texts = _texts(connection, keys, row.entry_id)
    image = b""
    if row.picture:
        wanted = select(ARTIFACT.c.content).where(ARTIFACT.c.sha256 == bytes.fromhex(row.picture))
        image = bytes(connection.execute(wanted).scalar() or b"")
    return Due(
        key=row.key,
        audience=Audience(row.audience),
        workspace=row.workspace,
        ticket=row.ticket_id,
        conversation=row.conversation or "",
        person=(keys.subjects.person(row.person_ref) or "") if row.person_ref else "",
        text=texts.get("notice", ""),
        blocks=texts.get("blocks", ""),
        alt=texts.get("alt", ""),
        image=image,
        begun=row.begun_us is not None,
        at_us=row.at_us,
    )


def _texts(connection: Connection, keys: Keys, entry: str) -> Mapping[str, str]:
    try:
        return reading.texts(connection, keys, entry)
    except StoreError:  # whoever it is about was forgotten since
        return {}


def _change(connection: Connection, key: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(NOTICE).where(NOTICE.c.key == key).values(values))
