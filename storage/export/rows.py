"""Entries as rows of a file, streamed from one state of the database in the order of the log."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Generator
from typing import Any

from sqlalchemy import Connection, Select, select

from frontdesk.errors import StoreError
from storage.ledger import index, payload
from storage.ledger.keys import Keys
from storage.ledger.tables import ENTRY, INDEX, LEAF, PAYLOAD
from storage.ledger.verify.rows import raw
from storage.search.filters import Filter, narrowed

AT_A_TIME = 1000
"""Rows that are in memory at a time."""

CSV_COLUMNS = ("log_index", "entry_id", *(name for name in index.COLUMNS if name != "entry_id"))

_FORMULA = frozenset("=+-@\t\r")
_NAMED = [
    CSV_COLUMNS.index(name)
    for name in (
        *("kind", "actor_id", "team_id", "channel_id", "specialist", "route_from", "route_to"),
        *("outcome", "model"),
    )
]
"""The cells that hold names which others gave; the rest are times, numbers and ids of ours."""

Lines = Generator[bytes]


def jsonl(connection: Connection, wanted: Filter) -> Lines:
    """The exact bytes of each entry, one a line: what was hashed when it was written."""
    for (leaf,) in _rows(connection, _joined(select(ENTRY.c.leaf), wanted)):
        yield f"{leaf}\n".encode("utf-8", "surrogateescape")


def jsonl_with_texts(connection: Connection, keys: Keys, wanted: Filter) -> Lines:
    """Each entry's bytes as `leaf`, and its `texts` with the salts that open the commitments."""
    rows = _joined(select(ENTRY.c.id, ENTRY.c.leaf), wanted)
    batch: list[tuple[str, str]] = []
    for row in _rows(connection, rows):
        batch.append((row[0], row[1]))
        if len(batch) == AT_A_TIME:
            yield from _with_texts(connection, keys, batch)
            batch = []
    yield from _with_texts(connection, keys, batch)


def comma_separated(connection: Connection, wanted: Filter) -> Lines:
    """The search columns, for spreadsheets; no texts, no formulas."""
    columns = [LEAF.c.log_index, *(INDEX.c[name] for name in CSV_COLUMNS[1:])]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for row in _rows(connection, _joined(select(*columns), wanted)):
        writer.writerow(_harmless(row))
        if buffer.tell() > 1 << 16:
            yield _taken(buffer)
    yield _taken(buffer)


def mapped(
    connection: Connection, wanted: Filter, mapping: Callable[[dict[str, Any], str], bytes]
) -> Lines:
    """Each entry as another system's line, made of its content and its exact text."""
    for (leaf,) in _rows(connection, _joined(select(ENTRY.c.leaf), wanted)):
        yield mapping(json.loads(leaf), leaf)


def places(connection: Connection, wanted: Filter) -> Generator[tuple[str, int]]:
    """The entries that have a place in the log, and that place."""
    yield from _rows(connection, _joined(select(ENTRY.c.id, LEAF.c.log_index), wanted))


def _joined(query: Select[Any], wanted: Filter) -> Select[Any]:
    """Of entries that have a place in the log, in its order."""
    if wanted.words:
        raise StoreError("an export takes no words: search for them, and export by ticket or time")
    query = query.select_from(
        LEAF.join(ENTRY, ENTRY.c.id == LEAF.c.entry_id).join(
            INDEX, INDEX.c.entry_id == LEAF.c.entry_id
        )
    )
    return narrowed(query, wanted).order_by(LEAF.c.log_index)


def _rows(connection: Connection, query: Select[Any]) -> Generator[Any]:
    """Straight from the driver: what SQLAlchemy makes of a row costs more than writing it."""
    yield from raw(connection, query)


def _with_texts(connection: Connection, keys: Keys, batch: list[tuple[str, str]]) -> Lines:
    wanted = select(PAYLOAD).where(PAYLOAD.c.entry_id.in_([entry for entry, _ in batch]))
    texts: dict[str, list[dict[str, str]]] = {}
    for row in connection.execute(wanted).all():
        key = keys.subjects.key(row.subject_ref, row.author_ref)
        try:
            salt, text = payload.unsealed(row.entry_id, row.field, row.nonce, row.ciphertext, key)
        except ValueError as error:
            raise StoreError(f"{error}: run the audit's verify") from error
        one = {"field": row.field, "salt": salt.hex(), "text": text}
        texts.setdefault(row.entry_id, []).append(one)
    for entry, leaf in batch:
        line = {"leaf": leaf, "texts": texts.get(entry, [])}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _harmless(row: tuple[object, ...]) -> tuple[object, ...] | list[object]:
    """A row of which no spreadsheet takes a cell for a formula."""
    named = [row[at] for at in _NAMED]
    if not any(isinstance(value, str) and value[:1] in _FORMULA for value in named):
        return row
    return [
        f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value for value in row
    ]


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
