"""Sessions: browsers that somebody signed in with. They live here, so they can be ended here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from router.human_facts import human
from storage.conversations import microseconds, moment
from storage.facts import DESK
from storage.ledger.append import Appender
from storage.people import facts
from storage.people.accounts import Accounts, Person, digest
from storage.people.tables import ACCOUNT, ACCOUNT_LINK, WEB_SESSION
from storage.store import SqlStore

SEEN_US = 60_000_000
"""How exactly it is kept when a session was used last."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session lasts: while it is used, and in all."""

    idle: timedelta = timedelta(hours=1)
    whole: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser somebody signed in with."""

    id: str
    person: str
    way: str
    began: datetime
    seen: datetime
    ends: datetime


class Sessions:
    """The sessions of one store."""

    def __init__(self, store: SqlStore, accounts: Accounts, lasting: Lasting | None = None) -> None:
        self._store = store
        self._accounts = accounts
        self._lasting = lasting or Lasting()

    async def begin(self, person: str, way: str, origin: str = "") -> str:
        """Sign somebody in; the secret word of the session."""
        word = secrets.token_urlsafe(32)

        def job(connection: Connection, appender: Appender) -> None:
            self._begun(connection, appender, word, _SignIn(person, way, origin))

        await self._store.write(job)
        return word

    async def begin_by_link(self, link: str, origin: str = "") -> str | None:
        """Sign in who holds a link, which then is gone; None if it does not work."""
        word = secrets.token_urlsafe(32)

        def job(connection: Connection, appender: Appender) -> str | None:
            which = ACCOUNT_LINK.c.digest == digest(link)
            row = connection.execute(select(ACCOUNT_LINK).where(which)).one_or_none()
            taken = connection.execute(delete(ACCOUNT_LINK).where(which)).rowcount
            if row is None or not taken or row.until_us <= appender.now_us():
                return None
            self._begun(connection, appender, word, _SignIn(row.person_ref, "link", origin))
            return word

        return await self._store.write(job)

    async def find(self, word: str, now: datetime) -> tuple[Session, Person] | None:
        """Whose session this is, with the roles of this moment; None if it is over."""
        query = (
            select(WEB_SESSION, ACCOUNT)
            .join(ACCOUNT, ACCOUNT.c.person_ref == WEB_SESSION.c.person_ref)
            .where(WEB_SESSION.c.digest == digest(word))
        )
        row = await self._store.read(lambda db: db.execute(query).one_or_none())
        if row is None:
            return None
        kept = row._mapping
        began, seen = moment(kept[WEB_SESSION.c.began_us]), moment(kept[WEB_SESSION.c.seen_us])
        ends = moment(kept[WEB_SESSION.c.ends_us])
        if now >= min(ends, seen + self._lasting.idle):
            return None
        person = self._accounts.person(row)
        session = Session(
            kept[WEB_SESSION.c.id], person.ref, kept[WEB_SESSION.c.way], began, seen, ends
        )
        return (session, person) if person.roles else None

    async def touch(self, session: Session, now: datetime) -> None:
        """Keep that it was used; at most once a minute, so that looking costs no writing."""
        now_us = microseconds(now)
        if now_us - microseconds(session.seen) < SEEN_US:
            return
        mine = update(WEB_SESSION).where(WEB_SESSION.c.id == session.id).values(seen_us=now_us)
        who = update(ACCOUNT).where(ACCOUNT.c.person_ref == session.person).values(seen_us=now_us)

        def job(connection: Connection, appender: Appender) -> None:
            connection.execute(mine)
            connection.execute(who)

        await self._store.write(job)

    async def of(self, person: str | None = None) -> tuple[Session, ...]:
        """All sessions that are not over, or those of one person, the latest first."""
        query = select(WEB_SESSION).order_by(WEB_SESSION.c.seen_us.desc())
        if person is not None:
            query = query.where(WEB_SESSION.c.person_ref == person)
        rows = await self._store.read(lambda db: db.execute(query).all())
        return tuple(
            Session(
                row.id,
                row.person_ref,
                row.way,
                moment(row.began_us),
                moment(row.seen_us),
                moment(row.ends_us),
            )
            for row in rows
        )

    async def end(self, session: str, *, by: str) -> bool:
        """End a session; False if there is none."""

        def job(connection: Connection, appender: Appender) -> bool:
            which = WEB_SESSION.c.id == session
            row = connection.execute(select(WEB_SESSION).where(which)).one_or_none()
            if row is None:
                return False
            connection.execute(delete(WEB_SESSION).where(which))
            fact = facts.SessionEnded(ticket=DESK, actor=by, person=row.person_ref, session=session)
            appender.append(connection, (fact,))
            return True

        return await self._store.write(job)

    def _begun(self, connection: Connection, appender: Appender, word: str, who: _SignIn) -> None:
        now_us = appender.now_us()
        name = appender.names.short("S", now_us)
        fact = facts.SignedIn(
            ticket=DESK,
            actor=human(who.person),
            way=who.way,
            session=name,
            origin=who.origin,
        )
        appender.append(connection, (fact,))
        row = {
            "id": name,
            "digest": digest(word),
            "person_ref": who.person,
            "way": who.way,
            "began_us": now_us,
            "seen_us": now_us,
            "ends_us": now_us + self._lasting.whole // timedelta(microseconds=1),
        }
        connection.execute(insert(WEB_SESSION), row)
        seen = update(ACCOUNT).where(ACCOUNT.c.person_ref == who.person).values(seen_us=now_us)
        connection.execute(seen)


@dataclass(frozen=True, slots=True)
class _SignIn:
    """Who signs in, how, and from where."""

    person: str
    way: str
    origin: str
