"""Holding tickets for a transaction of the clock, without ever waiting for whoever works on them.

Everybody who writes to a ticket locks the row of its chain first. So does the clock, for as many as
are free; the others it leaves for its next look. Nobody then waits for the clock while it waits for
them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from storage.ledger.tables import CHAIN


def hold(connection: Connection, tickets: Iterable[str]) -> list[str]:
    """Those of the tickets that nobody else writes to now, and from here on nobody else can."""
    free = (
        select(CHAIN.c.ticket_id)
        .where(CHAIN.c.ticket_id.in_(sorted(set(tickets))))
        .order_by(CHAIN.c.ticket_id)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(free).scalars())
