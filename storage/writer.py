"""Writers: how jobs get at the database without blocking the event loop.

On SQLite there is one writer at a time anyway, so one thread does all writing, and commits what has
queued up together: one sync of the disk answers up to 64 callers. A job that fails takes back its
own changes only: the group is then run again with a savepoint around each job, which costs a
quarter more and is rarely needed. On PostgreSQL jobs run side by side.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, NestedTransaction
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from frontdesk.errors import FrontdeskError, StoreError
from router.threads import Threads, fail, settle
from storage.engines import THREADS

T = TypeVar("T")
Job = Callable[[Connection], T]

_NO_CONNECTION: Any = None
"""What runs alone has a connection of its own."""

GROUP = 64
"""Jobs in one commit."""


class Writer(Protocol):
    """Runs jobs, each in a transaction of its own as far as the caller can tell."""

    async def run(self, job: Job[T]) -> T:
        """Run `job` and return once it is committed. It may be run more than once before.

        Raises:
            StoreError: it was not.
        """

    async def alone(self, *statements: str) -> None:
        """Run statements that no transaction may hold, such as VACUUM, one after the other.

        Raises:
            StoreError: one of them failed.
        """

    def close(self) -> None:
        """Finish what was begun and let go of the database."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    job: Job[Any]
    future: asyncio.Future[Any]
    alone: bool = False


Answer = tuple[Callable[..., None], asyncio.Future[Any], Any]
"""What to call in the event loop, with what, once the job is committed."""


class GroupWriter:
    """The one writing thread of a SQLite database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closed = False
        self._worked = False
        self._thread = threading.Thread(target=self._work, name="frontdesk-writer", daemon=True)
        self._thread.start()

    async def run(self, job: Job[T]) -> T:
        """Run `job`; it is committed together with others."""
        if self._closed:
            raise StoreError("the store is closed")
        self._worked = True
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(_Waiting(job, future))
        return await future

    async def alone(self, *statements: str) -> None:
        """Run statements between two commits; what waits meanwhile is written afterwards."""
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put(_Waiting(lambda _: self._tidy(*statements), future, alone=True))
        await future

    def close(self) -> None:
        """Finish what is queued, write the log back into the database file, and stop."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()
        self._refuse_late()
        if self._worked:
            # Only tidying up: where it fails the log stays, and is read together with the file.
            with contextlib.suppress(sqlite3.Error, SQLAlchemyError):
                self._tidy()
        self._engine.dispose()

    def _refuse_late(self) -> None:
        """Whoever came while it closed is told; nobody is left to do their jobs."""
        while True:
            try:
                late = self._queue.get_nowait()
            except queue.Empty:
                return
            if late is not None:
                _tell([(fail, late.future, StoreError("the store is closed"))])

    def _tidy(self, *statements: str) -> None:
        raw = self._engine.raw_connection()
        try:
            for statement in statements or ("PRAGMA wal_checkpoint(TRUNCATE)",):
                raw.cursor().execute(statement).fetchall()
        finally:
            raw.close()

    def _work(self) -> None:
        running = True
        while running:
            group: list[_Waiting] = []
            running = self._gather(group)
            together = [item for item in group if not item.alone]
            if together:
                self._commit(together)
            _tell([_done_alone(item) for item in group if item.alone])

    def _gather(self, group: list[_Waiting]) -> bool:
        """Wait for a job and take along what else is there; false at the end."""
        item = self._queue.get()
        while item is not None:
            if not item.future.cancelled():  # nobody waits for it, and it was not begun
                group.append(item)
            if len(group) == GROUP:
                return True
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return True
        return False

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            answers = self._hopefully(group) or self._carefully(group)
        # Whatever it was, it must reach the callers: they wait for an answer from this thread.
        except Exception as error:
            failure = _as_store_error(error)
            answers = [(fail, item.future, failure) for item in group]
        _tell(answers)

    def _hopefully(self, group: list[_Waiting]) -> list[Answer] | None:
        """All jobs as one; None if any of them failed, and so nothing was done."""
        try:
            with self._engine.begin() as connection:
                results = [item.job(connection) for item in group]
        # Which job it was, and what to tell its caller, comes out when they run one by one.
        except Exception:
            return None
        return [(settle, item.future, result) for item, result in zip(group, results, strict=True)]

    def _carefully(self, group: list[_Waiting]) -> list[Answer]:
        with self._engine.begin() as connection:
            return [_attempt(connection, item) for item in group]


def _done_alone(item: _Waiting) -> Answer:
    try:
        return settle, item.future, item.job(_NO_CONNECTION)
    # It may fail in any way; its caller is told.
    except Exception as error:
        return fail, item.future, _as_store_error(error)


def _tell(answers: Sequence[Answer]) -> None:
    """Give the answers to their callers; all that wait in one event loop are woken together."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Answer]] = {}
    for answer in answers:
        by_loop.setdefault(answer[1].get_loop(), []).append(answer)
    for loop, theirs in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_wake, theirs)


def _wake(answers: Sequence[Answer]) -> None:
    for call, future, value in answers:
        call(future, value)


def _take_back(savepoint: NestedTransaction, failure: Exception) -> None:
    """Roll back to a savepoint.

    Raises:
        Exception: `failure`, where SQLite has taken back the whole transaction itself, as it does
            when the disk is full: then nobody's job of this group is recorded.
    """
    try:
        savepoint.rollback()
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise failure from error


def _attempt(connection: Connection, item: _Waiting) -> Answer:
    """Run one job of a group; what to tell its caller once the group is committed."""
    savepoint = connection.begin_nested()
    try:
        result = item.job(connection)
        savepoint.commit()
    # A job may fail in any way; it costs only itself.
    except Exception as error:
        failure = _as_store_error(error)
        _take_back(savepoint, failure)
        return fail, item.future, failure
    return settle, item.future, result


class PoolWriter:
    """Jobs side by side, on PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = Threads(THREADS, "frontdesk-writer")

    async def run(self, job: Job[T]) -> T:
        """Run `job`; once more if another transaction was quicker with the same key."""
        return await self._threads.run(self._twice, job)

    async def alone(self, *statements: str) -> None:
        """Run statements outside of any transaction."""
        await self._threads.run(self._tidy, statements)

    def close(self) -> None:
        """Finish what was begun and close the connections."""
        self._threads.shutdown()
        self._engine.dispose()

    def _tidy(self, statements: Sequence[str]) -> None:
        try:
            with self._engine.connect() as connection:
                bare = connection.execution_options(isolation_level="AUTOCOMMIT")
                for statement in statements:
                    bare.exec_driver_sql(statement)
        except Exception as error:
            raise _as_store_error(error) from error

    def _twice(self, job: Job[T]) -> T:
        try:
            return self._once(job)
        except IntegrityError:
            pass
        except Exception as error:
            raise _as_store_error(error) from error
        try:
            return self._once(job)
        except Exception as error:
            raise _as_store_error(error) from error

    def _once(self, job: Job[T]) -> T:
        with self._engine.begin() as connection:
            return job(connection)


def _as_store_error(error: Exception) -> Exception:
    """The error as callers know it; bugs stay what they are."""
    if isinstance(error, FrontdeskError):
        return error
    if isinstance(error, SQLAlchemyError | sqlite3.Error):
        store_error = StoreError(f"nothing was recorded: {_first_line(error)}")
        store_error.__cause__ = error
        return store_error
    return error


def _first_line(error: Exception) -> str:
    return str(error.__cause__ or error).partition("\n")[0]
