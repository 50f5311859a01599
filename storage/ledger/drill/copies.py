"""Copies of a log to tamper with: database, keys, and a checkpoint that somebody else kept."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from storage.database import migrate, open_store
from storage.ledger import anchors
from storage.ledger import keys as key_folder
from storage.ledger.anchors import Receipt
from storage.ledger.append import Appender
from storage.ledger.drill.turns import write_turns
from storage.ledger.keys import Keys
from storage.ledger.verify import VerifyReport, verify
from storage.store import SqlStore

TURNS = 40
ENOUGH = 300
"""Entries of which on a log has all that can be tampered with."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a log: a file, the folder of its keys, and a file with a checkpoint."""

    folder: Path

    @property
    def file(self) -> Path:
        """The database."""
        return self.folder / "desk.db"

    @property
    def keys(self) -> Path:
        """The key folder."""
        return self.folder / "keys"

    @property
    def kept(self) -> Path:
        """The checkpoint that is kept elsewhere, with the public key that is pinned."""
        return self.folder / "kept.txt"

    def again(self, folder: Path) -> Copy:
        """Another copy, to do something to."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return Copy(folder)

    def verified(
        self, *, outside: bool = False, overdue_before_us: int | None = None
    ) -> VerifyReport:
        """What verify finds, from the database and keys alone or with the checkpoint besides."""
        against = self.kept if outside else None
        url = f"sqlite:///{self.file}"
        return verify(url, self.keys, against=against, overdue_before_us=overdue_before_us)

    def opened_keys(self) -> Keys:
        """The keys, as somebody has them who stole them."""
        ((origin,),) = self.ask("SELECT origin FROM audit_log")
        keys = key_folder.load(self.keys, origin)
        assert keys is not None  # noqa: S101 - the copy has them
        return keys

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as reader:
            return reader.execute(query, values).fetchall()

    @contextmanager
    def unguarded(self) -> Iterator[sqlite3.Connection]:
        """A connection with the guards gone; they are back afterwards."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            guards = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            connection.execute("BEGIN")
            for name, _ in guards:
                connection.execute(f"DROP TRIGGER {name}")
            yield connection
            for _, statement in guards:
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def of_database(file: Path, keys: Path, folder: Path) -> Copy:
    """A copy of a SQLite database as it is now, with its keys. The keys stay where they were."""
    folder.mkdir(parents=True)
    copy = Copy(folder)
    with (
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy.file)) as target,
    ):
        source.backup(target)
    shutil.copytree(keys, copy.keys)
    _settled(copy)
    return copy


def made(folder: Path, turns: int = TURNS) -> Copy:
    """A log of honest turns, made for the purpose: checkpoints, full tiles, and some that wait."""
    folder.mkdir(parents=True)
    copy = Copy(folder)
    migrate(f"sqlite:///{copy.file}")
    asyncio.run(_written(copy, turns))
    _settled(copy)
    with closing(sqlite3.connect(copy.file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copy


async def _written(copy: Copy, turns: int) -> None:
    store, chance = open_store(f"sqlite:///{copy.file}", copy.keys), random.Random(1)
    for number in range(turns):
        await _turn(store, number, chance)
        if number % 8 == 0:
            await store.keep("prompt", f"Prompt {number}".encode())
            await store.sequence()
    await store.sequence()
    await store.write(_anchored)
    await store.close()


async def _turn(store: SqlStore, number: int, chance: random.Random) -> None:
    def job(connection: Connection, appender: Appender) -> None:
        write_turns(connection, appender, range(number, number + 1), chance)

    await store.write(job)


def _anchored(connection: Connection, appender: Appender) -> None:
    signed = anchors.newest(connection)
    assert signed is not None  # noqa: S101 - it was sequenced just now
    anchors.record(connection, appender, ("file", "kept.txt"), signed, Receipt(b"byte 0"))


def _settled(copy: Copy) -> None:
    """Keep the newest checkpoint and the public key, as a reviewer has them."""
    notes = copy.ask("SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1")
    ((vkey,),) = copy.ask("SELECT vkey FROM audit_log")
    copy.kept.write_text(f"{vkey}\n\n{''.join(note for (note,) in notes)}\n", encoding="utf-8")
