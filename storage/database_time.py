"""The database's own time, on which processes of several machines can agree."""

from __future__ import annotations

from sqlalchemy import Connection, text

_NOW = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)")


def database_now_us(connection: Connection) -> int | None:
    """The time of the database's machine, in microseconds; None where it is this machine."""
    if connection.dialect.name != "postgresql":
        return None
    return int(connection.execute(_NOW).scalar_one())
