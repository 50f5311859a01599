"""The store: the core's `Store` port on SQLite or PostgreSQL."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, bindparam, insert, select

from router.facts import Fact
from router.records import Conversation, Delivery, Outcome, Posting, Receipt
from router.threads import Threads
from storage import (
    change_state,  # noqa: F401 - it declares what confirmed changes do by being imported
    conversations,
    holds,
    human_state,  # noqa: F401 - it declares what the acts of people do by being imported
    intake,
    reading,
    state,
    ticket_state,  # noqa: F401 - it declares what is done to tickets by being imported
)
from storage.doors import following  # noqa: F401 - it declares what callers are told
from storage.engines import READERS, Readers
from storage.facts import DESK, ArtifactKept
from storage.ledger import often, sequencer, signer
from storage.ledger.append import Appender
from storage.ledger.in_use import InUse
from storage.ledger.keys import Keys
from storage.ledger.tables import ARTIFACT, INDEX, PAYLOAD
from storage.tables import MESSAGE, POST, PostState, TurnState
from storage.witness import Witness
from storage.writer import Writer

T = TypeVar("T")

_OUTCOME = TypeAdapter(Outcome)

_ENDED = select(MESSAGE.c.ended_entry).where(MESSAGE.c.id == bindparam("message"))
_ENTRIES = (
    select(INDEX.c.entry_id)
    .where(INDEX.c.message_id == bindparam("message"))
    .order_by(INDEX.c.ticket_seq)
)
_POST = select(POST.c.entry_id, POST.c.state, POST.c.external).where(
    POST.c.message_id == bindparam("message")
)


@dataclass(frozen=True, slots=True)
class Sequenced:
    """What a run of the sequencer did; `refused` are waiting entries that were tampered with."""

    entries: int
    refused: tuple[str, ...] = ()


class SqlStore:
    """Remembers in SQL. Made by `storage.database.open_store`."""

    def __init__(
        self,
        writer: Writer,
        readers: Engine,
        appender: Appender | None,
        keys: Keys | None,
        witness: Witness,
    ) -> None:
        """Without `appender` and `keys` only what needs no text can be read."""
        self.witness = witness
        self._writer = writer
        self._readers = Readers(readers, keys.subjects.at_once if keys else nullcontext)
        self._appender = appender
        self._keys = keys
        self._wrote = False
        self._threads = Threads(READERS, "frontdesk-reader")

    @property
    def keys(self) -> Keys | None:
        """The keys of this log, where they are at hand."""
        return self._keys

    async def receive(self, delivery: Delivery) -> Receipt:
        """Keep a delivery and open or continue its ticket; a repeat changes nothing.

        Raises:
            StoreError: it could not be kept: do not acknowledge it.
            SettingsError: the keys are missing.
        """
        appender = self._need_appender()
        return await self._write(lambda connection: intake.receive(connection, appender, delivery))

    async def record(self, *facts: Fact) -> tuple[str, ...]:
        """Append one audit entry a fact, with the state it changes; give the entries' ids.

        Raises:
            StoreError: nothing was recorded: the effect it announces must not happen.
            SettingsError: the keys are missing.
        """
        appender = self._need_appender()

        def job(connection: Connection) -> tuple[str, ...]:
            return tuple(entry.id for entry in state.record(connection, appender, facts))

        return await self._write(job) if facts else ()

    async def write(self, job: Callable[[Connection, Appender], T]) -> T:
        """Run `job` in one transaction; with the appender it can put facts on record in it.

        Raises:
            StoreError: nothing was written.
            SettingsError: the keys are missing.
        """
        appender = self._need_appender()
        return await self._write(lambda connection: job(connection, appender))

    async def keep(self, kind: str, content: bytes) -> str:
        """Put away what a digest in an entry stands for; give the digest, SHA-256 in hex."""
        appender = self._need_appender()
        digest = hashlib.sha256(content)
        fact = ArtifactKept(
            ticket=DESK,
            actor="system:desk",
            artifact=kind,
            sha256=digest.hexdigest(),
            size=len(content),
        )

        def job(connection: Connection) -> None:
            known = select(ARTIFACT.c.kind).where(ARTIFACT.c.sha256 == digest.digest())
            if connection.execute(known).one_or_none() is None:
                row = {"sha256": digest.digest(), "kind": kind, "content": content}
                connection.execute(insert(ARTIFACT), row)
                appender.append(connection, (fact,))

        await self._write(job)
        return digest.hexdigest()

    async def conversation(self, message: str) -> Conversation:
        """All that a turn about `message` needs to know: see `storage.conversations`.

        Raises:
            StoreError: there is no such message.
        """
        return await self.peek(
            lambda connection: conversations.conversation(connection, self._keys, message)
        )

    async def overtaken(self, message: str) -> str:
        """Why nothing should be said about `message` any more; empty if that is not so.

        Raises:
            StoreError: there is no such message.
        """
        return await self.peek(lambda connection: conversations.overtaken(connection, message))

    async def outcome(self, message: str) -> Outcome | None:
        """How the turn about `message` ended, or None while it has not."""
        return await self.peek(lambda connection: self._ended(connection, message))

    async def posting(self, message: str) -> Posting | None:
        """What was intended to be posted for `message`, and whether it is known to be done."""
        return await self.peek(lambda connection: self._posting(connection, message))

    async def doubt(self, message: str) -> None:
        """Remember that what is posted for `message` may come to stand there twice."""
        await self.write(lambda db, appender: holds.doubt(db, message, appender.now_us))

    async def standing(self, message: str) -> Outcome | tuple[Conversation, Posting | None]:
        """How the turn about `message` ended, or all that it begins with, in one read.

        Raises:
            StoreError: there is no such message.
        """

        def job(connection: Connection) -> Outcome | tuple[Conversation, Posting | None]:
            if ended := self._ended(connection, message):
                return ended
            known = conversations.conversation(connection, self._keys, message)
            return known, self._posting(connection, message)

        return await self.peek(job)

    async def unfinished(self) -> Sequence[str]:
        """Messages whose turn has not ended, oldest first."""
        waiting = (
            select(MESSAGE.c.id)
            .where(MESSAGE.c.turn_state != TurnState.ENDED)
            .order_by(MESSAGE.c.received_us, MESSAGE.c.id)
        )
        return await self.read(lambda connection: connection.execute(waiting).scalars().all())

    async def sequence(self) -> Sequenced:
        """Give all waiting entries their place in the log, and have a checkpoint signed.

        Call it every half second or so. Several processes may.

        Raises:
            LogRefused: the log does not continue what was signed before.
            StoreError: it could not be written.
            SettingsError: the keys are missing.
        """
        appender = self._need_appender()
        entries, more = 0, True
        refused: tuple[str, ...] = ()
        while more:
            batch = await self._writer.run(lambda connection: sequencer.step(connection, appender))
            if batch.memory:
                await self._in_thread(signer.remember, appender.keys.folder, batch.memory)
            entries, refused, more = entries + batch.entries, batch.refused, batch.more
        return Sequenced(entries, refused)

    async def read(self, job: Callable[[Connection], T]) -> T:
        """Run `job` on one state of the database, on a connection that cannot write.

        Raises:
            StoreError: the database could not be read.
        """
        return await self._in_thread(self._readers.read, job)

    async def peek(self, job: Callable[[Connection], T]) -> T:
        """As `read`, for a few rows by their keys: on SQLite in the thread of the event loop.

        There it takes a tenth of a millisecond; to a thread and back costs several times that.

        Raises:
            StoreError: the database could not be read.
        """
        if not self._readers.is_postgresql:
            with suppress(InUse):
                return self._readers.read_at_once(job)
        return await self.read(job)

    async def tidy(self, *, rewrite: bool = True) -> None:
        """Take what was deleted out of the database's files, not only out of its tables.

        With `rewrite` the whole file of a SQLite database is written anew. On PostgreSQL the place
        of what was deleted is freed; its log keeps what was encrypted until it is recycled.

        Raises:
            StoreError: it could not be done now.
        """
        if self._readers.is_postgresql:
            await self._writer.alone(f"VACUUM {PAYLOAD.name}")
            return
        vacuum = ("VACUUM",) if rewrite else ()
        await self._writer.alone(*vacuum, "PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Sequence what was written, finish what was begun, and let go of everything.

        A store that was only read from writes nothing here either.
        """
        try:
            if self._wrote:
                await self.sequence()
        finally:
            self._readers.leave()
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._threads.shutdown()
        self._readers.close()
        self._writer.close()
        if self._keys is not None:
            self._keys.subjects.close()

    async def _write(self, job: Callable[[Connection], T]) -> T:
        self._wrote = True
        return await self._writer.run(job)

    async def _in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        return await self._threads.run(call, *arguments)

    def _ended(self, connection: Connection, message: str) -> Outcome | None:
        ended = often.first(connection, _ENDED, {"message": message})
        if ended is None or ended[0] is None:
            return None
        entries = [row.entry_id for row in often.rows(connection, _ENTRIES, {"message": message})]
        return replace(self._outcome(connection, ended[0]), entries=tuple(entries))

    def _posting(self, connection: Connection, message: str) -> Posting | None:
        row = often.one(connection, _POST, {"message": message})
        if row is None:
            return None
        outcome = self._outcome(connection, row.entry_id)
        return Posting(outcome, row.state == PostState.DONE, row.external or "")

    def _outcome(self, connection: Connection, entry: str) -> Outcome:
        return _OUTCOME.validate_json(reading.text(connection, self._keys, entry, "outcome"))

    def _need_appender(self) -> Appender:
        reading.need(self._keys)
        assert self._appender is not None  # noqa: S101 - made together with the keys
        return self._appender
