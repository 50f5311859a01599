"""Laying the roles of the audit trail down, by somebody who may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError

from frontdesk.errors import SettingsError
from storage import engines
from storage.ledger import roles


@dataclass(frozen=True, slots=True)
class Laid:
    """What was done; `refused` says why the guards against dropping tables were not."""

    statements: Sequence[str]
    refused: str = ""


def lay_roles(url: str, login: str = "", *, only_tell: bool = False) -> Laid:
    """Lay the roles down, or only tell by which statements. Blocks.

    `login` is the role that the desk logs in with, if it is another than the URL's.

    Raises:
        SettingsError: it is no PostgreSQL database, or this user may not make roles.
    """
    parts = engines.parsed(url)
    if engines.sqlite_file(parts) is not None:
        raise SettingsError("SQLite has no roles: whoever can write to the file can do everything")
    engine = create_engine(parts)
    try:
        with engine.connect() as connection:
            wanted = list(roles.statements(connection, login))
        if only_tell:
            return Laid([*wanted, *roles.event_triggers()])
        with engine.begin() as connection:
            roles.migrating(connection)
            for statement in wanted:
                connection.execute(text(statement))
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        raise SettingsError(
            f"the roles were not laid down: {reason}. It takes an administrator: name one in "
            "FRONTDESK_DATABASE_URL, or give them what `frontdesk db roles --print` says"
        ) from error
    else:
        return Laid(wanted, _event_triggers(parts))
    finally:
        engine.dispose()


def _event_triggers(url: URL) -> str:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in roles.event_triggers():
                connection.execute(text(statement))
    except DBAPIError as error:
        return str(error.orig).partition("\n")[0]
    finally:
        engine.dispose()
    return ""
