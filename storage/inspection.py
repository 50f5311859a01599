"""Looking at a database without changing it: can the desk work with it, and if not, what to do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, func, select
from sqlalchemy.exc import DBAPIError

from storage import engines
from storage.database import HEAD, default_keys, schema
from storage.ledger import keys as key_folder
from storage.ledger.tables import ENTRY, newest_log


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """Whether the desk can work with a database, what was found, and what to do if it cannot."""

    good: bool
    found: str
    advice: str = ""


def inspect_database(url: str, keys: Path | None = None) -> DatabaseState:
    """Look at a database. Blocks; it neither makes nor changes anything.

    Raises:
        SettingsError: the URL is none, or a PostgreSQL database comes without a key folder.
    """
    parts = engines.parsed(url)
    file = engines.sqlite_file(parts)
    if file is not None and not file.exists():
        if not file.resolve().parent.is_dir():
            advice = "make the folder, or name another one in FRONTDESK_DATABASE_URL"
            return DatabaseState(False, f"the folder of {file} is not there", advice)
        if not os.access(file.resolve().parent, os.W_OK):
            return _locked(f"{file} is not there, and its folder cannot be written to")
        return DatabaseState(True, f"{file} is not there yet; the first start makes it")
    if file is not None and not all(
        os.access(path, os.W_OK) for path in (file, file.resolve().parent)
    ):
        return _locked(f"{file} or its folder cannot be written to: the desk can only be read")
    try:
        return _state(parts, keys or default_keys(parts))
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        shown = parts.render_as_string(hide_password=True)
        advice = "start the database, or mend FRONTDESK_DATABASE_URL"
        return DatabaseState(False, f"{shown} cannot be reached: {reason}", advice)


def _locked(problem: str) -> DatabaseState:
    advice = "let this user write there, or name another file in FRONTDESK_DATABASE_URL"
    return DatabaseState(False, problem, advice)


def _state(parts: URL, folder: Path) -> DatabaseState:
    engine = engines.reading(parts)
    try:
        with engine.connect() as connection:
            found = schema(connection)
            if found != HEAD:
                problem = f"it has schema {found or 'none'}, this version needs {HEAD}"
                return DatabaseState(False, problem, "run `frontdesk db upgrade`")
            entries = connection.execute(select(func.count()).select_from(ENTRY)).scalar()
            log = connection.execute(newest_log()).one_or_none()
    finally:
        engine.dispose()
    if log is not None and key_folder.load(folder, log.origin) is None:
        problem = f"the keys of this log are not in {folder}"
        return DatabaseState(False, problem, "put them back, or name their folder: FRONTDESK_KEYS")
    shown = parts.render_as_string(hide_password=True)
    return DatabaseState(True, f"{shown}, schema {HEAD}, {entries} audit entries")
