"""Reading texts back: decrypting what an entry holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select

from frontdesk.errors import SettingsError, StoreError
from storage.ledger import often, payload
from storage.ledger.keys import Keys
from storage.ledger.tables import PAYLOAD

_ONE = select(PAYLOAD).where(
    PAYLOAD.c.entry_id == bindparam("entry"), PAYLOAD.c.field == bindparam("field")
)
_ALL = select(PAYLOAD).where(PAYLOAD.c.entry_id == bindparam("entry")).order_by(PAYLOAD.c.field)
FEW = 4
"""As many entries as most turns read at once: one statement for all of them."""

_FEW = select(PAYLOAD).where(
    PAYLOAD.c.entry_id.in_([bindparam(f"entry{number}") for number in range(FEW)]),
    PAYLOAD.c.field == bindparam("field"),
)
_MANY = select(PAYLOAD).where(
    PAYLOAD.c.entry_id.in_(bindparam("entries", expanding=True)),
    PAYLOAD.c.field == bindparam("field"),
)


def need(keys: Keys | None) -> Keys:
    """The keys, which somebody needs now.

    Raises:
        SettingsError: they are not there.
    """
    if keys is None:
        raise SettingsError(
            "the key folder has no keys for this database: name the folder that belongs to it "
            "(for SQLite it is frontdesk.keys beside the database file, else FRONTDESK_KEYS)"
        )
    return keys


def text(connection: Connection, keys: Keys | None, entry: str, field: str) -> str:
    """One text of an entry.

    Raises:
        StoreError: it is not there any more, or was changed.
        SettingsError: the keys are missing.
    """
    row = often.one(connection, _ONE, {"entry": entry, "field": field})
    if row is None:
        raise StoreError(f"entry {entry} has no text {field!r}: it was erased, or never there")
    return opened(need(keys), row)


def texts(connection: Connection, keys: Keys | None, entry: str) -> dict[str, str]:
    """All texts of an entry, by field; those of an erased person are left out."""
    found = {}
    for row in connection.execute(_ALL, {"entry": entry}):
        found[row.field] = opened(need(keys), row)
    return found


def texts_of(
    connection: Connection, keys: Keys | None, entries: Iterable[str], field: str
) -> dict[str, str]:
    """The same text of many entries, by entry."""
    wanted = list(dict.fromkeys(entries))
    if not wanted:
        return {}
    if len(wanted) > FEW:
        rows: Iterable[Any] = connection.execute(_MANY, {"entries": wanted, "field": field})
    else:
        names = {f"entry{number}": wanted[number % len(wanted)] for number in range(FEW)}
        rows = often.rows(connection, _FEW, {**names, "field": field})
    return {row.entry_id: opened(need(keys), row) for row in rows}


def opened(keys: Keys, row: Any) -> str:
    """The text of a row of payloads.

    Raises:
        StoreError: its person was erased, or it was changed.
    """
    key = keys.subjects.key(row.subject_ref, row.author_ref)
    try:
        return payload.unseal(row.entry_id, row.field, row.nonce, row.ciphertext, key)[0]
    except ValueError as error:
        raise StoreError(f"{error}: run the audit's verify") from error
