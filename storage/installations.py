"""Who installed the desk: one row a workspace, its tokens encrypted; and installations begun."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from router.ports import Clock
from storage.conversations import microseconds, moment
from storage.human_tables import INSTALLATION, OAUTH_STATE
from storage.ledger.append import Appender
from storage.privacy import departures
from storage.reading import need
from storage.secret_box import SecretBox
from storage.store import SqlStore

LEASE_US = 30_000_000
"""How long one process alone may exchange a refresh token; then another may try."""

STATE_US = 600_000_000


@dataclass(frozen=True, slots=True)
class Installed:
    """The desk in one workspace. `facts` are ids and names; the tokens are secret."""

    client: str
    team: str
    token: str = field(repr=False)
    enterprise: str = ""
    refresh: str = field(default="", repr=False)
    expires: datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


class Installations:
    """Installations of one app, `client`, in one store."""

    def __init__(self, store: SqlStore, client: str, clock: Clock) -> None:
        """Open the box of the store's key folder.

        Raises:
            SettingsError: the keys are missing.
        """
        self._store = store
        self._client = client
        self._clock = clock
        self._box = SecretBox.of(need(store.keys).folder)

    async def save(self, installed: Installed) -> None:
        """Keep an installation in the place of an older one."""
        which = self._at(installed.team)
        row = {
            "client": self._client,
            "enterprise": installed.enterprise,
            "team": installed.team,
            "facts": json.dumps(dict(installed.facts)),
            "secret": self._box.seal(
                self._place(installed.team), json.dumps([installed.token, installed.refresh])
            ),
            "expires_us": microseconds(installed.expires) if installed.expires else None,
            "rotating_until_us": 0,
            "installed_us": self._now(),
        }

        def job(connection: Connection, appender: Appender) -> None:
            connection.execute(delete(INSTALLATION).where(which))
            connection.execute(insert(INSTALLATION), row)
            departures.returned(connection, appender, "slack", installed.team)

        await self._store.write(job)

    async def find(self, team: str) -> Installed | None:
        """The installation in a workspace, or None.

        Raises:
            SettingsError: its tokens cannot be decrypted.
        """
        row = await self._store.read(
            lambda db: db.execute(select(INSTALLATION).where(self._at(team))).one_or_none()
        )
        return None if row is None else self._opened(row)

    async def teams(self) -> tuple[str, ...]:
        """All workspaces in which the app is installed."""
        wanted = (
            select(INSTALLATION.c.team)
            .where(INSTALLATION.c.client == self._client)
            .order_by(INSTALLATION.c.team)
        )
        return tuple(await self._store.read(lambda db: db.execute(wanted).scalars().all()))

    async def remove(self, team: str) -> bool:
        """Forget an installation and its tokens; False if there was none.

        What the workspace's people wrote is due to be erased from now on, after some grace.
        """
        gone = delete(INSTALLATION).where(self._at(team))

        def job(connection: Connection, appender: Appender) -> bool:
            there = connection.execute(gone).rowcount > 0
            if there:
                departures.left(connection, appender, "slack", team)
            return there

        return await self._store.write(job)

    async def may_rotate(self, team: str) -> bool:
        """Be the one who exchanges the refresh token, for half a minute; False if another is."""
        now = self._now()
        mine = (
            update(INSTALLATION)
            .where(self._at(team), INSTALLATION.c.rotating_until_us <= now)
            .values(rotating_until_us=now + LEASE_US)
        )
        return await self._store.write(lambda db, _: db.execute(mine).rowcount == 1)

    async def begin(self) -> str:
        """A secret word for an installation that begins; it is good once, for ten minutes."""
        word, now = secrets.token_urlsafe(32), self._now()
        row = {"digest": _digest(word), "expires_us": now + STATE_US}

        def job(connection: Connection, _: Any) -> None:
            old = delete(OAUTH_STATE).where(OAUTH_STATE.c.expires_us < now)
            connection.execute(old)
            connection.execute(insert(OAUTH_STATE), row)

        await self._store.write(job)
        return word

    async def consume(self, word: str) -> bool:
        """Whether this word began an installation that is still on its way; never twice."""
        used = delete(OAUTH_STATE).where(
            OAUTH_STATE.c.digest == _digest(word), OAUTH_STATE.c.expires_us >= self._now()
        )
        return await self._store.write(lambda db, _: db.execute(used).rowcount == 1)

    def _opened(self, row: Row[Any]) -> Installed:
        token, refresh = json.loads(self._box.unseal(self._place(row.team), row.secret))
        return Installed(
            client=row.client,
            team=row.team,
            token=token,
            enterprise=row.enterprise,
            refresh=refresh,
            expires=moment(row.expires_us) if row.expires_us is not None else None,
            facts=json.loads(row.facts),
        )

    def _at(self, team: str) -> ColumnElement[bool]:
        return (INSTALLATION.c.client == self._client) & (INSTALLATION.c.team == team)

    def _place(self, team: str) -> str:
        return f"installation/{self._client}/{team}"

    def _now(self) -> int:
        return microseconds(self._clock.now())


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()
