"""The draft of a card, as it stands."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row

from router.records import Outcome, Source
from storage import reading
from storage.ledger.keys import Keys

_OUTCOME = TypeAdapter(Outcome)


def draft_of(connection: Connection, keys: Keys, row: Row[Any]) -> tuple[str, tuple[Source, ...]]:
    """The draft as it stands, in staff's words if they changed it, and what it cites."""
    if row.card_draft_entry is None:
        return "", ()
    texts = reading.texts(connection, keys, row.card_draft_entry)
    if row.card_edit_entry is not None:
        texts |= reading.texts(connection, keys, row.card_edit_entry)
    kept = texts.get("outcome")
    parts = _OUTCOME.validate_json(kept).parts if kept else ()
    return texts.get("draft", ""), tuple(source for part in parts for source in part.sources)
