"""Opening the database: schema, keys, engines, and the store made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, event, exists, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from frontdesk.errors import SettingsError
from router.ports import Clock
from storage import engines
from storage.conversations import microseconds
from storage.ids import Names
from storage.ledger import keys as key_folder
from storage.ledger.guards import refuse_schema_changes
from storage.ledger.keys import Keys
from storage.ledger.roles import migrating
from storage.ledger.tables import ENTRY, LOG, newest_log
from storage.store import SqlStore
from storage.witness import Witness, WitnessedAppender
from storage.writer import GroupWriter, PoolWriter

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0013"
"""The schema that this version works with."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = text("SELECT pg_advisory_xact_lock(7310868735461728116)")
_UNHURRIED = text(
    "SELECT set_config(name, '0', true) FROM pg_settings "
    "WHERE name IN ('lock_timeout', 'idle_in_transaction_session_timeout')"
)
"""A migration takes its time, unlike everything else that is written."""

_KEYS = "frontdesk.keys"


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)


def open_store(url: str, keys: Path | None = None, *, clock: Clock | None = None) -> SqlStore:
    """Open the database and give the store on it. Blocks: call it before the desk is at work.

    A SQLite file is made if it is not there, and brought to the present schema; a PostgreSQL
    database must have been (`migrate`). `keys` is the key folder; for SQLite it is
    `frontdesk.keys` beside the file unless given. The keys of a new log are made in it.

    Raises:
        SettingsError: the URL, the schema or the keys are not as they must be.
    """
    parts = engines.parsed(url)
    folder = keys or default_keys(parts)
    writing = engines.writing(parts)
    try:
        _make_ready(writing, parts)
        found = _keys(writing, folder)
    except DBAPIError as error:
        writing.dispose()
        raise _unusable(parts, error) from error
    except BaseException:
        writing.dispose()
        raise
    now = partial(_now_us, clock or SystemClock())
    witness = Witness(writing)
    appender = WitnessedAppender(found, Names(), now, witness=witness) if found else None
    on_sqlite = engines.sqlite_file(parts) is not None
    if found is not None and on_sqlite:
        _group_persons(writing, found)
    if on_sqlite:
        _keep_schema(writing)
    writer = GroupWriter(writing) if on_sqlite else PoolWriter(writing)
    return SqlStore(writer, engines.reading(parts), appender, found, witness)


def _keep_schema(engine: Engine) -> None:
    """From now on nothing that writes can take the audit trail's tables or guards away."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        refuse_schema_changes(connection)

    with engine.connect() as connection:
        there: Any = connection.connection.driver_connection
        refuse_schema_changes(there)


def _group_persons(engine: Engine, keys: Keys) -> None:
    """Keys of persons are on the disk before what is encrypted with them, with one sync for all.

    There is one writer at a time, so nobody else waits for the key store meanwhile.
    """
    event.listen(engine, "begin", lambda connection: keys.subjects.group())
    event.listen(engine, "commit", lambda connection: keys.subjects.settle())
    event.listen(engine, "rollback", lambda connection: keys.subjects.settle())


def _now_us(clock: Clock) -> int:
    return microseconds(clock.now())


def migrate(url: str) -> None:
    """Bring a database to the present schema; one that has it already is left alone.

    Raises:
        SettingsError: it cannot be reached, or was made by a newer version.
    """
    parts = engines.parsed(url)
    engine = engines.writing(parts)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(_UNHURRIED)
                connection.execute(_MIGRATION_LOCK)
                migrating(connection)
            if schema(connection) != HEAD:
                _upgrade(connection)
    except DBAPIError as error:
        raise _unusable(parts, error) from error
    finally:
        engine.dispose()


def schema(connection: Connection) -> str | None:
    """The database's schema; None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def default_keys(url: URL) -> Path:
    """The key folder where none is given.

    Raises:
        SettingsError: a PostgreSQL database has no folder beside it.
    """
    file = engines.sqlite_file(url)
    if file is None:
        raise SettingsError(
            "a PostgreSQL database needs a key folder: set FRONTDESK_KEYS to a folder that all "
            "processes of the desk share and that is not backed up with the database"
        )
    return file.resolve().parent / _KEYS


def configuration(connection: Connection) -> Config:
    """Alembic's settings, with the connection it is to use."""
    from alembic.config import Config  # noqa: PLC0415 - see _upgrade

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _make_ready(engine: Engine, url: URL) -> None:
    with engine.begin() as connection:
        found = schema(connection)
        if found == HEAD:
            return
        if engines.sqlite_file(url) is None:
            raise SettingsError(
                f"the database has schema {found or 'none'}, this version needs {HEAD}: "
                "run `frontdesk db upgrade`"
            )
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    found = schema(connection)
    if found is not None and found > HEAD:
        raise SettingsError(
            f"the database has schema {found}, this version knows {HEAD} at most: install the "
            "newer version of Frontdesk that made it"
        )
    # Alembic takes a quarter of a second to import, and only an older schema needs it.
    from alembic import command  # noqa: PLC0415

    command.upgrade(configuration(connection), "head")


def _keys(engine: Engine, folder: Path) -> Keys | None:
    """The log's keys; a new log gets its name and its keys here."""
    with engine.begin() as connection:
        log = connection.execute(newest_log()).one_or_none()
    if log is not None:
        return key_folder.load(folder, log.origin)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_MIGRATION_LOCK)
        log = connection.execute(newest_log()).one_or_none()
        if log is not None:
            return key_folder.load(folder, log.origin)
        if connection.execute(select(exists().select_from(ENTRY))).scalar():
            raise SettingsError("the table audit_log is empty: run `frontdesk audit verify`")
        made = key_folder.create(folder, key_folder.new_origin())
        connection.execute(insert(LOG), {"id": 1, "origin": made.origin, "vkey": made.vkey})
        return made


def _unusable(url: URL, error: DBAPIError) -> SettingsError:
    reason = str(error.orig).partition("\n")[0]
    return SettingsError(
        f"the database {url.render_as_string(hide_password=True)} cannot be used: {reason}"
    )
