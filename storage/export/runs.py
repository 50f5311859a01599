"""Exports: asked for, approved by somebody else where they hold texts, written, and on record.

The entry that says that a part of the log was taken away is recorded before anybody gets the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from frontdesk.errors import StoreError
from storage.conversations import moment
from storage.export import rows
from storage.export.ocsf import Ocsf
from storage.export.pack import Custody, write_pack
from storage.facts import AUDIT
from storage.ledger.append import Appender
from storage.ledger.keys import Keys
from storage.privacy.facts import AuditExported, ExportApproved, ExportAsked
from storage.privacy.tables import EXPORT_RUN, ExportState
from storage.reading import need
from storage.search.filters import Filter
from storage.store import SqlStore

Progress = Callable[[int], None]
"""Told how many entries are written."""


class Form(StrEnum):
    """What an export can be."""

    JSONL = "jsonl"
    CSV = "csv"
    OCSF = "ocsf"
    PACK = "pack"


TEXTS = frozenset({Form.JSONL, Form.PACK})
"""Forms that can hold texts."""

SUFFIXES = {Form.JSONL: ".jsonl", Form.CSV: ".csv", Form.OCSF: ".ocsf.jsonl", Form.PACK: ".zip"}


@dataclass(frozen=True, slots=True)
class ExportJob:
    """An export. `rows` entries are written; `file` is its name in the folder of exports."""

    id: str
    state: ExportState
    form: Form
    filter: Filter
    with_texts: bool
    asked_by: str
    asked: datetime
    approved_by: str | None
    rows: int
    sha256: str | None
    file: str | None
    done: datetime | None
    fault: str


class Exports:
    """The exports of one store. `by` is the actor: `human:REF` or `operator:NAME`."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def ask(
        self,
        form: Form,
        wanted: Filter,
        by: str,
        *,
        with_texts: bool = False,
        typed_by: str = "",
    ) -> str:
        """Ask for an export; give its name. With texts somebody else has to approve it.

        Raises:
            StoreError: this form holds no texts, or words were asked for.
        """
        if with_texts and form not in TEXTS:
            raise StoreError(f"{form} holds no texts: export jsonl or pack with them")
        if wanted.words:
            raise StoreError("an export takes no words: search for them, export by ticket or time")

        def job(connection: Connection, appender: Appender) -> str:
            now = appender.now_us()
            name = appender.names.short("X", now)
            row = {"id": name, "form": form, "filter": json.dumps(wanted.said())}
            state = ExportState.ASKED if with_texts else ExportState.APPROVED
            asked = {"state": state, "with_texts": int(with_texts), "asked_by": by}
            counts = {"asked_us": now, "rows": 0, "total": 0, "fault": ""}
            connection.execute(insert(EXPORT_RUN), {**row, **asked, **counts})
            if with_texts:
                fact = ExportAsked(
                    ticket=AUDIT,
                    actor=by,
                    export=name,
                    form=form,
                    filter=wanted.said(),
                    typed_by=typed_by,
                )
                appender.append(connection, (fact,))
            return name

        return await self._store.write(job)

    async def approve(self, export: str, by: str, *, typed_by: str = "") -> None:
        """Agree to an export of texts that somebody else asked for.

        Raises:
            StoreError: the same person asked for it, or it does not wait for that.
        """

        def job(connection: Connection, appender: Appender) -> None:
            row = _row(connection, export)
            if row.state != ExportState.ASKED:
                raise StoreError(f"the export {export} is {row.state}: nothing is to be approved")
            if row.asked_by == by:
                raise StoreError(f"{by} asked for the export {export}: somebody else approves it")
            fact = ExportApproved(ticket=AUDIT, actor=by, export=export, typed_by=typed_by)
            appender.append(connection, (fact,))
            _set(connection, export, state=ExportState.APPROVED, approved_by=by)

        await self._store.write(job)

    async def run(self, export: str, path: Path, progress: Progress | None = None) -> ExportJob:
        """Write an approved export to a file, once; it is on record when this returns.

        Raises:
            StoreError: it is not approved, was made already, or could not be written.
        """
        await self._store.sequence()
        begun = await self._store.write(lambda db, _: _begin(db, export, path.name))
        try:
            count, digest = await self._write(begun, path, progress or (lambda _: None))
            await self._store.write(lambda db, appender: _end(db, appender, begun, count, digest))
        except BaseException as error:
            with contextlib.suppress(OSError):  # what matters is that its failure is told
                await asyncio.to_thread(path.unlink)
            fault = f"{type(error).__name__}: {error}"[:200]
            await self._store.write(
                lambda db, _: _set(db, export, state=ExportState.FAILED, fault=fault)
            )
            raise
        return await self._store.read(lambda db: _job(_row(db, export)))

    async def one(self, export: str) -> ExportJob | None:
        """One export, however old; None if there is no such."""
        query = select(EXPORT_RUN).where(EXPORT_RUN.c.id == export)
        row = await self._store.read(lambda db: db.execute(query).one_or_none())
        return None if row is None else _job(row)

    async def all(self, limit: int = 200) -> Sequence[ExportJob]:
        """Exports, newest first."""
        query = select(EXPORT_RUN).order_by(EXPORT_RUN.c.asked_us.desc()).limit(limit)
        return await self._store.read(lambda db: [_job(row) for row in db.execute(query)])

    async def _write(self, begun: ExportJob, path: Path, said: Progress) -> tuple[int, str]:
        keys = need(self._store.keys)
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(path.touch, 0o600)

        def told(count: int) -> None:
            said(count)
            asyncio.run_coroutine_threadsafe(self._reached(begun.id, count), loop)

        def job(connection: Connection) -> int:
            if begun.form is Form.PACK:
                custody = Custody(
                    begun.id,
                    begun.asked_by,
                    begun.asked,
                    begun.filter.said(),
                    begun.approved_by or "",
                    version("frontdesk"),
                )
                texts = begun.with_texts
                return write_pack(
                    connection, keys, path, begun.filter, custody, with_texts=texts, said=told
                )
            return _written(path, _lines(connection, keys, begun), told)

        count = await self._store.read(job)
        return count, await asyncio.to_thread(_digest, path)

    async def _reached(self, export: str, count: int) -> None:
        reached = update(EXPORT_RUN).where(EXPORT_RUN.c.id == export, EXPORT_RUN.c.rows < count)
        await self._store.write(lambda db, _: db.execute(reached.values(rows=count)))


def _lines(connection: Connection, keys: Keys, begun: ExportJob) -> Iterator[bytes]:
    if begun.form is Form.CSV:
        return rows.comma_separated(connection, begun.filter)
    if begun.form is Form.OCSF:
        events = Ocsf(keys.origin, begun.id, keys.vkey, version("frontdesk"))
        return rows.mapped(connection, begun.filter, events.line)
    if begun.with_texts:
        return rows.jsonl_with_texts(connection, keys, begun.filter)
    return rows.jsonl(connection, begun.filter)


_SAID_EVERY = 20_000


def _written(path: Path, lines: Iterator[bytes], said: Progress) -> int:
    """Write lines; entries are counted by their newlines."""
    count = told = 0
    with path.open("wb") as file:
        for line in lines:
            file.write(line)
            count += line.count(b"\n")
            if count - told >= _SAID_EVERY:
                told = count
                said(count)
    header = 1 if path.suffix == ".csv" else 0
    return count - header


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _begin(connection: Connection, export: str, file: str) -> ExportJob:
    row = _row(connection, export)
    if row.state != ExportState.APPROVED:
        why = "somebody else has to approve it first" if row.state == ExportState.ASKED else ""
        raise StoreError(f"the export {export} is {row.state}{': ' if why else ''}{why}")
    # The name is known before the file is there, so that it is found whatever happens.
    _set(connection, export, state=ExportState.RUNNING, file=file)
    return _job(row)


def _end(
    connection: Connection, appender: Appender, begun: ExportJob, count: int, digest: str
) -> None:
    fact = AuditExported(
        ticket=AUDIT,
        actor=begun.asked_by,
        filter=begun.filter.said(),
        count=count,
        form=begun.form,
        sha256=digest,
        with_texts=begun.with_texts,
        approved_by=begun.approved_by or "",
    )
    (entry,) = appender.append(connection, (fact,))
    done = {"state": ExportState.DONE, "rows": count, "total": count, "sha256": digest}
    _set(connection, begun.id, done_us=entry.rec_us, **done)


def _row(connection: Connection, export: str) -> Row[Any]:
    row = connection.execute(select(EXPORT_RUN).where(EXPORT_RUN.c.id == export)).one_or_none()
    if row is None:
        raise StoreError(f"there is no export {export!r}")
    return row


def _set(connection: Connection, export: str, **values: object) -> None:
    connection.execute(update(EXPORT_RUN).where(EXPORT_RUN.c.id == export).values(values))


def _job(row: Any) -> ExportJob:
    return ExportJob(
        id=row.id,
        state=ExportState(row.state),
        form=Form(row.form),
        filter=Filter.of(json.loads(row.filter)),
        with_texts=bool(row.with_texts),
        asked_by=row.asked_by,
        asked=moment(row.asked_us),
        approved_by=row.approved_by,
        rows=row.rows,
        sha256=row.sha256,
        file=row.file,
        done=moment(row.done_us) if row.done_us is not None else None,
        fault=row.fault,
    )
