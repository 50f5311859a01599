"""What must hold after whatever happened: all is answered once and on record, nothing repeated."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from router.records import Receipt
from storage.ledger.tables import ENTRY, INDEX
from storage.ledger.verify import verify
from storage.step_tables import TURN_MEMO, WORK_CLAIM
from storage.store import SqlStore
from storage.tables import MESSAGE, POST, TICKET, PostState, TurnState
from tests.faults import board

NOT_TWICE = ("message:gated", "answer:drafted", "reply:approved", "turn:ended", "ticket:escalated")


async def judge(store: SqlStore, receipts: Sequence[Receipt], posted: Path) -> None:
    """Look at everything that was left."""
    seen = Counter(key for key, _, _ in board.posts(posted))
    assert not (twice := board.twice(posted)), f"said more than once: {twice}"
    await store.read(lambda db: _all_ended(db, receipts, seen))
    await store.read(_nothing_left)
    await store.read(_nothing_repeated)
    await store.read(_in_order)


def sound(url: str, keys: Path) -> None:
    """Verify the audit trail."""
    report = verify(url, keys)
    assert report.ok, report.findings


def _all_ended(db: Connection, receipts: Sequence[Receipt], seen: Mapping[str, int]) -> None:
    """Each message was answered, or is with a human, or is part of one that was.

    One that its author took back need not be.
    """
    rows = {row.id: row for row in db.execute(select(MESSAGE))}
    owned = select(TICKET.c.id).where(TICKET.c.owned_by_human == 1)
    with_humans = set(db.execute(owned).scalars())
    done = select(POST.c.key, POST.c.external).where(POST.c.state == PostState.DONE)
    on_record = {row.key: row.external for row in db.execute(done)}
    assert set(on_record) == set(seen), "the record and the board say different things"
    for receipt in receipts:
        row = rows[receipt.message]
        assert row.turn_state == TurnState.ENDED
        while row.grouped_into:
            row = rows[row.grouped_into]
        if not row.retracted and row.ticket_id not in with_humans:
            assert row.id in seen, f"nobody answered {receipt.message}"


def _nothing_left(db: Connection) -> None:
    assert not db.execute(select(TURN_MEMO.c.step)).all()


def _nothing_repeated(db: Connection) -> None:
    """No step left its entry twice, and no call of a model that was on record was made again."""
    kinds: Counter[tuple[str, str]] = Counter()
    calls: Counter[tuple[str, str]] = Counter()
    query = select(INDEX.c.kind, INDEX.c.message_id, ENTRY.c.leaf).join(
        ENTRY, ENTRY.c.id == INDEX.c.entry_id
    )
    for row in db.execute(query):
        if row.kind == "model:called":
            body: dict[str, Any] = json.loads(row.leaf)["body"]
            calls[row.message_id, body["params_digest"]] += 1
        elif row.kind in NOT_TWICE:
            kinds[row.message_id, row.kind] += 1
    drafted = sum(count for (_, kind), count in kinds.items() if kind == "answer:drafted")
    assert len(calls) >= drafted, "there are answers without a call on record"
    assert not {key: count for key, count in calls.items() if count > 1}
    assert not {key: count for key, count in kinds.items() if count > 1}


def _in_order(db: Connection) -> None:
    """Turns of one ticket ended in the order in which its messages came."""
    came = select(MESSAGE.c.ticket_id, MESSAGE.c.id).order_by(MESSAGE.c.ticket_seq)
    ended = (
        select(INDEX.c.ticket_id, INDEX.c.message_id)
        .where(INDEX.c.kind == "turn:ended")
        .order_by(INDEX.c.ticket_seq)
    )
    assert _by_ticket(db.execute(came)) == _by_ticket(db.execute(ended))


def _by_ticket(rows: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for ticket, message in rows:
        found.setdefault(ticket, []).append(message)
    return found


def left_claims(db: Connection) -> int:
    """How many claims nobody let go of; those of the dead are taken over when they are needed."""
    return len(db.execute(select(WORK_CLAIM.c.name)).all())
