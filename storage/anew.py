"""Beginning a log anew, where the old one cannot be continued: after a backup was restored.

The signer remembers more than the restored database has, and refuses. It is right: somebody may
have cut the log. Whoever knows better says why, by name of the old log and on the first entry of
the new one; the new log keeps all entries that are there, and another signer vouches for it. What
the old one had signed beyond them is lost, and verify says so for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, insert

from frontdesk.errors import SettingsError
from storage import engines
from storage.conversations import microseconds
from storage.database import SystemClock, default_keys
from storage.facts import AUDIT
from storage.ids import Names
from storage.ledger import keys as key_folder
from storage.ledger import merkle, signer, tiles
from storage.ledger.append import Appender
from storage.ledger.facts import LogContinues
from storage.ledger.keys import Keys
from storage.ledger.signer import Memory
from storage.ledger.tables import LOG, newest_log
from storage.ledger.verify.spans import log_size


@dataclass(frozen=True, slots=True)
class Behind:
    """How far the database is behind what was signed."""

    origin: str
    signed: int
    there: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class _Lost:
    """What the old log had signed, what is there of it, and who says why."""

    signed: Memory
    there: int
    why: str
    actor: str


def behind(url: str, keys: Path | None = None) -> Behind:
    """Compare the log with what its signer remembers. Blocks.

    Raises:
        SettingsError: the keys of the log are not there.
    """
    parts = engines.parsed(url)
    engine = engines.reading(parts)
    try:
        with engine.connect() as connection:
            old = _old(connection, keys or default_keys(parts))
            old.subjects.close()
            return _compared(connection, old, signer.remembered(old.folder))
    finally:
        engine.dispose()


def begin_anew(url: str, why: str, keys: Path | None = None, *, actor: str) -> str:
    """Begin a log that goes on with what is there; give its name. Blocks: the desk must not run.

    Raises:
        SettingsError: the log continues what was signed, so there is no need.
    """
    parts = engines.parsed(url)
    engine = engines.writing(parts)
    try:
        with engine.begin() as connection:
            old = _old(connection, keys or default_keys(parts))
            memory = signer.remembered(old.folder)
            found = _compared(connection, old, memory)
            if found.agrees:
                old.subjects.close()
                raise SettingsError(
                    "the log continues what was signed: there is nothing to begin anew"
                )
            new = key_folder.succeed(old, key_folder.new_origin())
            old.subjects.close()
            _begin(connection, (old, new), _Lost(memory, found.there, why, actor))
        key_folder.leave(old.folder)
        new.subjects.close()
        return new.origin
    finally:
        engine.dispose()


def _begin(connection: Connection, logs: tuple[Keys, Keys], lost: _Lost) -> None:
    old, new = logs
    last = connection.execute(newest_log()).one()
    row = {"id": last.id + 1, "origin": new.origin, "vkey": new.vkey}
    connection.execute(insert(LOG), row)
    fact = LogContinues(
        ticket=AUDIT,
        actor=lost.actor,
        origin=old.origin,
        vkey=old.vkey,
        size=lost.signed.size,
        root=lost.signed.root.hex(),
        kept=lost.there,
        why=lost.why,
    )
    appender = Appender(new, Names(), partial(_now, SystemClock()))
    appender.append(connection, (fact,))


def _now(clock: SystemClock) -> int:
    return microseconds(clock.now())


def _old(connection: Connection, folder: Path) -> Keys:
    log = connection.execute(newest_log()).one_or_none()
    keys = key_folder.load(folder, log.origin) if log is not None else None
    if keys is None:
        raise SettingsError(f"the keys of this log are not in {folder}")
    return keys


def _compared(connection: Connection, keys: Keys, memory: Memory) -> Behind:
    there = log_size(connection)
    agrees = memory.size <= there and (
        not memory.size or merkle.root(memory.size, tiles.reader(connection)) == memory.root
    )
    return Behind(keys.origin, memory.size, there, agrees)
