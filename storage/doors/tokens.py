"""Tokens: made, shown once, found again by their digest, revoked.

A token is 256 random bits, so its SHA-256 is all that is needed to keep: nobody can try that many,
and a slow hash with salt, as for passwords, would only make every request slow. Whoever reads the
database cannot use what is there.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from frontdesk import StoreError
from router.door_facts import Scope, TokenCreated, TokenRevoked
from storage import reading, state
from storage.conversations import microseconds, moment
from storage.doors.tables import API_TOKEN
from storage.facts import DESK
from storage.ledger.append import Appender
from storage.secret_box import SecretBox
from storage.store import SqlStore

PREFIX = "fd_"
SIGNING = "whsec_"
"""How a secret that signs callbacks begins, as receivers' libraries expect it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token without itself. `callback` is where answers go, empty for nowhere."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    workspace: str
    callback: str
    created: datetime
    expires: datetime | None
    revoked: datetime | None

    def refusal(self, now: datetime) -> str:
        """Why it lets nobody in; empty if it does."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= now else ""


@dataclass(frozen=True, slots=True)
class Made:
    """A new token: `token` and the `secret` that signs callbacks are shown this once."""

    about: Token
    token: str
    secret: str


class RevokedToken(StoreError):  # noqa: N818 - it names what it is about
    """The token was revoked: nothing is signed for it any more."""


class Tokens:
    """The tokens of one store. `actor` is who acts on them, on record."""

    def __init__(self, store: SqlStore, actor: str = "human:operator") -> None:
        self._store = store
        self._actor = actor

    async def create(
        self,
        name: str,
        scopes: Sequence[Scope],
        *,
        expires: datetime | None,
        workspace: str = "",
        callback: str = "",
    ) -> Made:
        """Make a token.

        Raises:
            StoreError: nothing was made.
            SettingsError: the keys are missing.
        """
        token = PREFIX + secrets.token_urlsafe(32)
        secret = SIGNING + base64.b64encode(secrets.token_bytes(32)).decode()
        box = await self._box()

        def job(connection: Connection, appender: Appender) -> Token:
            now = appender.now_us()
            made = Token(
                appender.names.short("K", now),
                name,
                tuple(dict.fromkeys(scopes)),
                workspace,
                callback,
                moment(now),
                expires,
                None,
            )
            sealed = box.seal(_place(made.id), secret)
            row = _row(made) | {"digest": digest_of(token), "secret": sealed}
            connection.execute(insert(API_TOKEN), row)
            state.record(connection, appender, (_created(made, self._actor),))
            return made

        return Made(await self._store.write(job), token, secret)

    async def all(self) -> Sequence[Token]:
        """Every token there was, oldest first."""
        query = select(API_TOKEN).order_by(API_TOKEN.c.id)
        return await self._store.read(lambda db: [_token(row) for row in db.execute(query)])

    async def find(self, token: str) -> Token | None:
        """The token that somebody shows, whatever it is still good for; None if there is none."""
        query = select(API_TOKEN).where(API_TOKEN.c.digest == digest_of(token))

        def job(connection: Connection) -> Token | None:
            row = connection.execute(query).one_or_none()
            return None if row is None else _token(row)

        return await self._store.read(job)

    async def revoke(self, name: str) -> Token:
        """Make a token useless, by its id or its name; what came in by it stays.

        Raises:
            StoreError: no token, or more than one that is in use, goes by this name.
        """

        def job(connection: Connection, appender: Appender) -> Token:
            found = _named(connection, name)
            now = appender.now_us()
            which = API_TOKEN.c.id == found.id
            connection.execute(update(API_TOKEN).where(which).values(revoked_us=now))
            fact = TokenRevoked(ticket=DESK, actor=self._actor, token=found.id)
            state.record(connection, appender, (fact,))
            return _token(connection.execute(select(API_TOKEN).where(which)).one())

        return await self._store.write(job)

    async def secret(self, token: str) -> str:
        """What signs the callbacks of a token, by its id.

        That of an expired one still does: who renewed theirs is to hear of what came in before.

        Raises:
            RevokedToken: it was revoked.
            SettingsError: it cannot be decrypted.
        """
        query = select(API_TOKEN.c.secret, API_TOKEN.c.revoked_us).where(API_TOKEN.c.id == token)
        row = await self._store.read(lambda db: db.execute(query).one())
        if row.revoked_us is not None:
            raise RevokedToken(f"the token {token} is revoked")
        return (await self._box()).unseal(_place(token), bytes(row.secret))

    async def _box(self) -> SecretBox:
        return await asyncio.to_thread(SecretBox.of, reading.need(self._store.keys).folder)


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _place(token: str) -> str:
    return f"api-token:{token}"


def _row(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": " ".join(token.scopes),
        "workspace": token.workspace,
        "callback": token.callback,
        "created_us": microseconds(token.created),
        "expires_us": None if token.expires is None else microseconds(token.expires),
    }


def _token(row: Row[Any]) -> Token:
    return Token(
        row.id,
        row.name,
        tuple(Scope(one) for one in row.scopes.split()),
        row.workspace,
        row.callback,
        moment(row.created_us),
        None if row.expires_us is None else moment(row.expires_us),
        None if row.revoked_us is None else moment(row.revoked_us),
    )


def _created(token: Token, actor: str) -> TokenCreated:
    return TokenCreated(
        ticket=DESK,
        actor=actor,
        token=token.id,
        scopes=token.scopes,
        workspace=token.workspace,
        expires_us=0 if token.expires is None else microseconds(token.expires),
        has_callback=bool(token.callback),
    )


def _named(connection: Connection, name: str) -> Row[Any]:
    which = (API_TOKEN.c.id == name.upper()) | (API_TOKEN.c.name == name)
    found = connection.execute(select(API_TOKEN).where(which)).all()
    in_use = [row for row in found if row.revoked_us is None]
    if not found:
        raise StoreError(f"there is no token {name!r}: `frontdesk tokens list` shows them")
    if not in_use:
        raise StoreError(f"the token {name!r} is revoked already")
    if len(in_use) > 1:
        raise StoreError(f"more than one token is called {name!r}: give its id")
    return in_use[0]
