"""Cards: what waits for staff, opened in the transaction that gives the reason for it.

A card is shown by somebody else, later: what changed here and was not shown since is found again,
so no crash leaves a matter unseen.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, insert, select, update

from router.facts import Fact
from storage.human_tables import CARD, CardState
from storage.ledger.append import Entry


def open_card(
    connection: Connection, entry: Entry, reason: str = "", *, draft: bool = False
) -> None:
    """Put a message before staff, or add to its card if it has one."""
    fact = entry.fact
    known = connection.execute(select(CARD).where(CARD.c.message_id == fact.message)).one_or_none()
    if known is None:
        connection.execute(insert(CARD), _new(fact, entry, reason, draft=draft))
        return
    values: dict[str, Any] = {"state": CardState.OPEN}
    if draft:
        values |= {"draft_entry": entry.id, "edit_entry": None}
    if reason:
        values |= {
            "reasons": json.dumps([*json.loads(known.reasons), reason]),
            "entries": json.dumps([*json.loads(known.entries), entry.id]),
        }
    change(connection, entry, CARD.c.id == known.id, **values)


def change(
    connection: Connection, entry: Entry, which: ColumnElement[bool], **values: object
) -> int:
    """Change cards, so that they are shown anew; give how many there were."""
    later = case((CARD.c.changed_us >= entry.rec_us, CARD.c.changed_us + 1), else_=entry.rec_us)
    changed = connection.execute(update(CARD).where(which).values(changed_us=later, **values))
    return int(changed.rowcount)


def _new(fact: Fact, entry: Entry, reason: str, *, draft: bool) -> dict[str, Any]:
    return {
        "id": entry.id,
        "ticket_id": fact.ticket,
        "message_id": fact.message,
        "state": CardState.OPEN,
        "reasons": json.dumps([reason] if reason else []),
        "entries": json.dumps([entry.id] if reason else []),
        "draft_entry": entry.id if draft else None,
        "opened_us": entry.rec_us,
        "changed_us": entry.rec_us,
        "shown_us": 0,
    }
