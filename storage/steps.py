"""Turns that go on where they were: what a step came to is kept until the turn has ended.

A step's result and the facts that it puts on record are written in one transaction. So a step is
either done, with its entry, and never run again, or it left nothing. What a step did not put on
record is not kept either: such a step may be run again, and then sees the present.

Results hold what people and models wrote. They are kept encrypted with the requester's key, so an
erased person's turns cannot go on; they end without a word.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError
from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from frontdesk.errors import StoreError
from router.facts import Fact, TurnEnded
from storage import reading, state
from storage.claims import Hold, check
from storage.codec import Codec, adapter
from storage.guard import elapsed, guarded
from storage.ledger import often
from storage.ledger.append import Appender
from storage.ledger.in_use import InUse
from storage.ledger.subjects import Subjects
from storage.step_tables import STOP_WISH, TURN_MEMO
from storage.store import SqlStore
from storage.tables import MESSAGE, TurnState

T = TypeVar("T")

RELEASE = "1"
"""The version of the steps. Raise it when a step is renamed, or its result means something else.

A turn that was begun under another version is run again from its start.
"""

_NONCE = 12
_KEEP = insert(TURN_MEMO)
_MEMOS = select(TURN_MEMO).where(TURN_MEMO.c.message_id == bindparam("message"))
_FORGET = delete(TURN_MEMO).where(TURN_MEMO.c.message_id == bindparam("message"))
_UNWISH = delete(STOP_WISH).where(STOP_WISH.c.ticket_id == bindparam("ticket"))


class Erased(StoreError):  # noqa: N818 - it names what happened
    """The requester's key is gone: there is nobody to answer any more."""


@dataclass(slots=True)
class _Step:
    """A step that runs: what it put on record so far, and how often it asked a model what."""

    name: str
    facts: list[Fact] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class About:
    """Which turn it is: what this process holds for it, whose key it needs, its message."""

    hold: Hold
    subject: str
    message: str


_TURN: ContextVar[Turn | None] = ContextVar("frontdesk_turn", default=None)
_STEP: ContextVar[_Step | None] = ContextVar("frontdesk_step", default=None)


class Turn:
    """The steps of one turn, as `router.ports.Steps`. Made by `begin`.

    While `running` it takes part in everything that the turn puts on record, however deep down.
    """

    def __init__(
        self,
        store: SqlStore,
        about: About,
        key: AESGCM,
        memos: dict[str, bytes],
        alive_since: Callable[[float], bool],
    ) -> None:
        self._store = store
        self._about = about
        self._key = key
        self._memos = memos
        self._alive_since = alive_since
        self._held_at = elapsed()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Let what is called in this context belong to the turn."""
        token = _TURN.set(self)
        try:
            with guarded(lambda: self._alive_since(self._held_at)):
                yield
        finally:
            _TURN.reset(token)

    def did(self, name: str) -> bool:
        """Whether a step is done, and on record."""
        return name in self._memos

    async def run(self, name: str, result: type[T], call: Callable[[], Awaitable[T]]) -> T:
        """Run a step, or give what it came to before.

        A step without a result has its memory in the record: it looks there by itself.
        """
        if result is type(None):
            return await call()
        return await self._once(_Step(name), adapter(result), call, always=False)

    async def call(self, request: str, adapted: Codec[T], call: Callable[[], Awaitable[T]]) -> T:
        """Ask a model within a step, or give what it answered before to the same `request`."""
        outer = _STEP.get()
        if outer is None:
            return await call()
        outer.asked[request] += 1
        step = _Step(f"{outer.name}/{request}/{outer.asked[request]}")
        return await self._once(step, adapted, call, always=True)

    async def record(self, *happened: Fact) -> tuple[str, ...]:
        """Put facts on record: with the step that runs, at its end, or at once where none does.

        Raises:
            Overtaken: another process has the turn now.
            StoreError: nothing was recorded.
        """
        step = _STEP.get()
        if step is None:
            return await self._write(happened)
        step.facts += happened
        return ()

    async def _once(
        self, step: _Step, adapted: Codec[T], call: Callable[[], Awaitable[T]], *, always: bool
    ) -> T:
        """Run a step unless it was; keep what it came to, `always` or if it recorded anything."""
        if step.name in self._memos:
            return await self._remembered(step.name, adapted)
        try:
            value = await _within(step, call)
        except BaseException:
            await self._leave(step)
            raise
        if always or step.facts:
            await self._keep(step, adapted.dump_json(value))
        return value

    async def _remembered(self, name: str, adapted: Codec[T]) -> T:
        try:
            return adapted.validate_json(self._memos[name])
        except ValidationError as error:
            self._memos.clear()
            await forget(self._store, self._about.message)
            raise StoreError(
                f"what another version kept of step {name!r} cannot be read: the turn begins again"
            ) from error

    async def _leave(self, step: _Step) -> None:
        """A step that failed leaves what happened in it on record, if that is still possible."""
        if step.facts:
            with contextlib.suppress(StoreError):
                await asyncio.shield(self._write(tuple(step.facts)))

    async def _keep(self, step: _Step, value: bytes) -> None:
        nonce, bound = os.urandom(_NONCE), _bound_to(self._about.message, step.name)
        row = {
            "message_id": self._about.message,
            "step": step.name,
            "release": RELEASE,
            "nonce": nonce,
            "ciphertext": self._key.encrypt(nonce, value, bound),
        }
        await self._write(tuple(step.facts), row)
        self._memos[step.name] = value

    async def _write(
        self, happened: tuple[Fact, ...], memo: dict[str, Any] | None = None
    ) -> tuple[str, ...]:
        def job(connection: Connection, appender: Appender) -> tuple[str, ...]:
            check(connection, self._about.hold)
            entries = state.record(connection, appender, happened) if happened else []
            if memo is not None:
                often.run(connection, _KEEP, [memo])
            for fact in happened:
                if isinstance(fact, TurnEnded):
                    _forget(connection, str(fact.message), fact.ticket)
            return tuple(entry.id for entry in entries)

        began = elapsed()
        entries = await self._store.write(job)
        self._held_at = began
        return entries


def current() -> Turn | None:
    """The turn that runs, where the caller belongs to one."""
    return _TURN.get()


async def begin(
    store: SqlStore,
    about: About,
    alive_since: Callable[[float], bool] = lambda moment: True,
    *,
    begun: bool = True,
) -> Turn:
    """Begin a turn, or take it up with all that its steps came to before.

    Where it is known not to have `begun`, nothing is looked for. `alive_since` is asked before
    anything becomes visible; see `storage.claims.Claims`.

    Raises:
        Erased: the requester was erased.
        StoreError: nobody knows.
    """
    try:
        key = await _key(reading.need(store.keys).subjects, about.subject)
    except StoreError as error:
        raise Erased(str(error)) from error
    rows: Sequence[Row[Any]] = ()
    if begun:
        rows = await store.read(lambda db: db.execute(_MEMOS, {"message": about.message}).all())
    if any(row.release != RELEASE for row in rows):
        await forget(store, about.message)
        rows = ()
    memos = {row.step: _opened(about.message, row, key) for row in rows}
    return Turn(store, about, key, memos, alive_since)


async def _key(subjects: Subjects, subject: str) -> AESGCM:
    try:
        with subjects.at_once():
            return subjects.key(subject)
    # Somebody writes to the key store, or erases a person, which takes its time.
    except (InUse, sqlite3.OperationalError):
        return await asyncio.to_thread(subjects.key, subject)


def _opened(message: str, row: Row[Any], key: AESGCM) -> bytes:
    try:
        return key.decrypt(row.nonce, row.ciphertext, _bound_to(message, row.step))
    except InvalidTag as error:
        raise StoreError(f"what is kept of the turn of {message} was changed") from error


async def forget(store: SqlStore, message: str) -> None:
    """Let a turn begin anew."""
    await store.write(lambda db, _: db.execute(_FORGET, {"message": message}))


async def forget_ended(store: SqlStore) -> None:
    """Forget what is kept of turns that have ended by another way."""
    ended = select(MESSAGE.c.id).where(MESSAGE.c.turn_state == TurnState.ENDED)
    old = delete(TURN_MEMO).where(TURN_MEMO.c.message_id.in_(ended))
    await store.write(lambda db, _: db.execute(old))


async def _within(step: _Step, call: Callable[[], Awaitable[T]]) -> T:
    token = _STEP.set(step)
    try:
        return await call()
    finally:
        _STEP.reset(token)


def _forget(connection: Connection, message: str, ticket: str) -> None:
    often.run(connection, _FORGET, [{"message": message}])
    often.run(connection, _UNWISH, [{"ticket": ticket}])


def _bound_to(message: str, step: str) -> bytes:
    return f"memo\0{message}\0{step}".encode()
