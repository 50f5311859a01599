"""Our statements in libpq's pipeline mode beside psycopg's own ways, in the same run.

    python -m benchmarks.wire

A transaction like that of a step: two questions, then two inserts and an update that give nothing
back. Each way gets a connection of its own, several times in turn; the best of each counts.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol

import psycopg
from rich.console import Console
from rich.table import Table

from storage.ledger.wire import Wire
from storage.ledger.wire_values import rows
from tests.faults.servers import own_server

ROUNDS, TRANSACTIONS, WARM, TICKETS = 5, 1_000, 50, 500
COLUMNS = 20

_NAMES = ["id", *(f"c{number}" for number in range(COLUMNS)), "leaf", "hash"]
_MARKS = ", ".join(f"${number + 1}" for number in range(len(_NAMES)))
_ADD = f"INSERT INTO entry ({', '.join(_NAMES)}) VALUES ({_MARKS})"  # noqa: S608 - names from above
_KINDS = ", ".join(f"c{number} {'text' if number % 3 else 'bigint'}" for number in range(COLUMNS))
_TABLES = (
    "CREATE TABLE hold (name text PRIMARY KEY, epoch bigint)",
    "CREATE TABLE chain (ticket text PRIMARY KEY, seq bigint, head bytea)",
    f"CREATE TABLE entry (id text PRIMARY KEY, {_KINDS}, leaf text, hash bytea)",
    "CREATE TABLE memo (message text PRIMARY KEY, step text, value bytea)",
    "INSERT INTO hold SELECT 'T' || n, n FROM generate_series(0, 500) n",
    "INSERT INTO chain SELECT 'T' || n, 0, '' FROM generate_series(0, 500) n",
)


class Way(Protocol):
    """A way to send statements."""

    def later(self, text: str, values: Sequence[Any]) -> None:
        """Run what gives nothing back."""

    def ask(self, text: str, values: Sequence[Any]) -> list[Any]:
        """Run what does."""

    def commit(self) -> None:
        """End the transaction."""


class Plain:
    """One after the other."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def later(self, text: str, values: Sequence[Any]) -> None:
        """Run it at once."""
        self.connection.execute(text, values, prepare=True)

    def ask(self, text: str, values: Sequence[Any]) -> list[Any]:
        """Run it at once."""
        cursor = self.connection.cursor(binary=True)
        return cursor.execute(text, values, prepare=True).fetchall()

    def commit(self) -> None:
        """Commit."""
        self.connection.commit()


class Pipeline(Plain):
    """What gives nothing back waits for what does, in psycopg's `pipeline()`."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        super().__init__(connection)
        self.kept: list[tuple[str, Sequence[Any]]] = []

    def later(self, text: str, values: Sequence[Any]) -> None:
        """Keep it."""
        self.kept.append((text, values))

    def ask(self, text: str, values: Sequence[Any]) -> list[Any]:
        """Run it with what was kept."""
        with self.connection.pipeline():
            self._send()
            return super().ask(text, values)

    def commit(self) -> None:
        """Commit with what was kept."""
        with self.connection.pipeline():
            self._send()
            self.connection.commit()

    def _send(self) -> None:
        kept, self.kept = self.kept, []
        for text, values in kept:
            super().later(text, values)


class Ours:
    """As the store does it."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.wire = Wire(connection, lambda: None)

    def later(self, text: str, values: Sequence[Any]) -> None:
        """Keep it."""
        self.wire.later(text.encode(), values)

    def ask(self, text: str, values: Sequence[Any]) -> list[Any]:
        """Run it with what was kept."""
        return rows(self.wire.ask(text.encode(), values))

    def commit(self) -> None:
        """Commit with what was kept."""
        self.wire.commit()


WAYS: dict[str, type[Plain | Pipeline | Ours]] = {
    "psycopg, one by one": Plain,
    "psycopg's pipeline()": Pipeline,
    "storage/ledger/wire.py": Ours,
}


def transaction(way: Way, number: int, name: str) -> None:
    """What a step does to the database, in its outline."""
    ticket = f"T{number % TICKETS}"
    way.ask("SELECT epoch FROM hold WHERE name = $1 FOR SHARE", (ticket,))
    way.ask("SELECT seq, head FROM chain WHERE ticket = $1 FOR UPDATE", (ticket,))
    columns = (f"value {at}" if at % 3 else at for at in range(COLUMNS))
    way.later(_ADD, (name, *columns, "x" * 900, b"h" * 32))
    way.later("UPDATE chain SET seq = $1, head = $2 WHERE ticket = $3", (number, b"h" * 32, ticket))
    way.later("INSERT INTO memo VALUES ($1, $2, $3)", (name, "step", b"v" * 300))
    way.commit()


def measured(url: str, name: str, attempt: int) -> tuple[float, float]:
    """Milliseconds of the client's CPU, and in all, a transaction."""
    with psycopg.connect(url, cursor_factory=psycopg.RawCursor) as connection:
        way = WAYS[name](connection)
        for number in range(WARM):
            transaction(way, number, f"{name} {attempt} warm {number}")
        cpu, began = time.process_time(), time.perf_counter()
        for number in range(TRANSACTIONS):
            transaction(way, number, f"{name} {attempt} {number}")
        per = 1_000 / TRANSACTIONS
        return (time.process_time() - cpu) * per, (time.perf_counter() - began) * per


def main() -> None:
    """Measure and print."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    with own_server() as server:
        url = server.running.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in _TABLES:
                connection.execute(statement)
        for attempt in range(ROUNDS):
            for name, taken in found.items():
                taken.append(measured(url, name, attempt))
    table = Table("", "CPU of the client, ms", "in all, ms", title="A step's transaction")
    for name, taken in found.items():
        cpu, whole = (min(one[at] for one in taken) for at in (0, 1))
        table.add_row(name, f"{cpu:.3f}", f"{whole:.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()
