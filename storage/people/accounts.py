"""Accounts: who may get in, and in which roles. Every change is one fact, with its effect."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from frontdesk.errors import SettingsError
from storage.conversations import moment
from storage.facts import DESK
from storage.ledger.append import Appender
from storage.people import facts
from storage.people.roles import Role
from storage.people.tables import ACCOUNT, ACCOUNT_LINK, WEB_SESSION
from storage.reading import need
from storage.secret_box import SecretBox
from storage.store import SqlStore

LOCAL = "local"
SLACK = "slack"
OPERATOR = "human:operator"
"""Whoever may run commands on the desk's machine."""

LINK_US = 3_600_000_000
"""How long a link that signs in works: an hour."""

UNREADABLE = "(altered in the database)"
"""The name of an account that does not carry the seal of this desk's keys."""

_PLACE = "account:{}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may get in. Without roles they may not any more."""

    ref: str
    source: str
    name: str
    roles: frozenset[Role]
    changed: datetime
    seen: datetime | None


class Accounts:
    """The accounts of one store."""

    def __init__(self, store: SqlStore) -> None:
        """Open them.

        Raises:
            SettingsError: the keys are missing.
        """
        keys = need(store.keys)
        self._store = store
        self._subjects = keys.subjects
        self._box = SecretBox.of(keys.folder)

    def ref(self, source: str, workspace: str, person: str) -> str:
        """The reference of somebody. A local account is named by its name alone."""
        return self._subjects.ref(source, workspace, person)

    def known_as(self, ref: str) -> str | None:
        """The name by which somebody's source knows them; None once they were erased."""
        return self._subjects.person(ref)

    async def all(self) -> tuple[Person, ...]:
        """Everybody who has or had an account, by name."""
        rows = await self._store.read(lambda db: db.execute(select(ACCOUNT)).all())
        return tuple(sorted(map(self.person, rows), key=lambda one: one.name.casefold()))

    async def find(self, ref: str) -> Person | None:
        """One account."""
        query = select(ACCOUNT).where(ACCOUNT.c.person_ref == ref)
        row = await self._store.read(lambda db: db.execute(query).one_or_none())
        return None if row is None else self.person(row)

    async def grant(
        self, ref: str, source: str, name: str, roles: Iterable[Role], *, by: str
    ) -> Person:
        """Let somebody play these parts, and no others; on record with those from before."""
        wanted = tuple(sorted(set(roles)))

        def job(connection: Connection, appender: Appender) -> Person:
            before = self._row(connection, ref)
            had = tuple(sorted(self.person(before).roles)) if before is not None else ()
            fact = facts.PersonGranted(ticket=DESK, actor=by, person=ref, roles=wanted, before=had)
            (entry,) = appender.append(connection, (fact,))
            row = _Kept(ref, source, name, wanted)
            return self.person(self._keep(connection, row, entry.rec_us))

        return await self._store.write(job)

    async def revoke(self, ref: str, *, by: str) -> bool:
        """Let somebody in no more, and end their sessions; False if they had no role."""

        def job(connection: Connection, appender: Appender) -> bool:
            found = self._row(connection, ref)
            if found is None or not self.person(found).roles:
                return False
            person = self.person(found)
            mine = WEB_SESSION.c.person_ref == ref
            ended = connection.execute(delete(WEB_SESSION).where(mine)).rowcount
            connection.execute(delete(ACCOUNT_LINK).where(ACCOUNT_LINK.c.person_ref == ref))
            had = tuple(sorted(person.roles))
            fact = facts.PersonRevoked(
                ticket=DESK, actor=by, person=ref, before=had, sessions=ended
            )
            (entry,) = appender.append(connection, (fact,))
            row = _Kept(ref, person.source, person.name, ())
            self._keep(connection, row, entry.rec_us)
            return True

        return await self._store.write(job)

    async def new_link(self, ref: str, *, by: str, lasts_us: int = LINK_US) -> str:
        """The secret word of a new link that signs somebody in once."""
        word = secrets.token_urlsafe(32)

        def job(connection: Connection, appender: Appender) -> None:
            until = appender.now_us() + lasts_us
            fact = facts.LinkMade(ticket=DESK, actor=by, person=ref, until_us=until)
            appender.append(connection, (fact,))
            old = ACCOUNT_LINK.c.until_us < appender.now_us()
            connection.execute(delete(ACCOUNT_LINK).where(old))
            row = {"digest": digest(word), "person_ref": ref, "until_us": until}
            connection.execute(insert(ACCOUNT_LINK), row)

        await self._store.write(job)
        return word

    def person(self, row: Row[Any]) -> Person:
        """An account as it stands in its table; one that was tampered with has no roles."""
        try:
            kept = json.loads(self._box.unseal(_PLACE.format(row.person_ref), row.sealed))
        except SettingsError:
            kept = {"name": UNREADABLE, "roles": ()}
        return Person(
            ref=row.person_ref,
            source=row.source,
            name=kept["name"],
            roles=frozenset(map(Role, kept["roles"])),
            changed=moment(row.changed_us),
            seen=None if row.seen_us is None else moment(row.seen_us),
        )

    def _row(self, connection: Connection, ref: str) -> Row[Any] | None:
        return connection.execute(select(ACCOUNT).where(ACCOUNT.c.person_ref == ref)).one_or_none()

    def _keep(self, connection: Connection, kept: _Kept, at_us: int) -> Row[Any]:
        content = json.dumps({"name": kept.name, "roles": kept.roles})
        values = {
            "source": kept.source,
            "sealed": self._box.seal(_PLACE.format(kept.ref), content),
            "changed_us": at_us,
        }
        which = ACCOUNT.c.person_ref == kept.ref
        if not connection.execute(update(ACCOUNT).where(which).values(values)).rowcount:
            row = {"person_ref": kept.ref, "seen_us": None, **values}
            connection.execute(insert(ACCOUNT), row)
        return connection.execute(select(ACCOUNT).where(which)).one()


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is to be kept of somebody."""

    ref: str
    source: str
    name: str
    roles: tuple[Role, ...]


def digest(word: str) -> bytes:
    """What is kept of a secret word: it is long and random, so a plain digest is enough."""
    return hashlib.sha256(word.encode()).digest()
