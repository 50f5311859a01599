"""Opening a case and drawing its items.

In this order: the query is on record; a root is signed that nobody could know when the query was
chosen; the sample follows from that root.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from frontdesk.errors import StoreError
from router.review_facts import CaseDrawn, CaseOpened, CaseQuery
from storage.human_state import NotPossible
from storage.ledger import canonical
from storage.ledger.append import Appender
from storage.reviews import population, sampling
from storage.reviews.records import CHAIN, append, by
from storage.reviews.tables import CASE, ITEM, CaseState

MOST = 2_000
"""Items of a case: more than anybody can judge."""


def open_case(
    connection: Connection, appender: Appender, person: str, query: CaseQuery, wanted: int
) -> str:
    """Put a query on record; give the case's name.

    Raises:
        NotPossible: so many items are not possible.
    """
    if not 1 <= wanted <= MOST:
        raise NotPossible("wrong_number")
    case = appender.names.short("R", appender.now_us())
    fact = CaseOpened(**by(person), case=case, query=query, wanted=wanted)
    entry = append(connection, appender, fact)
    row = {
        "id": case,
        "entry_id": entry.id,
        "query": canonical.encode(asdict(query)).decode(),
        "wanted": wanted,
        "state": CaseState.OPENED,
        "opened_by": person,
        "opened_us": entry.rec_us,
    }
    connection.execute(insert(CASE), row)
    return case


def query_of(case: Row[Any]) -> CaseQuery:
    """The query of a case as it is kept."""
    return CaseQuery(**canonical.decode(case.query))


def draw(connection: Connection, appender: Appender, case: str) -> bool:
    """Draw a case's items; False while no checkpoint has been signed since its opening."""
    row = connection.execute(select(CASE).where(CASE.c.id == case).with_for_update()).one()
    if row.state != CaseState.OPENED:
        return True
    drawn = drawn_from(connection, row)
    if drawn is None:
        return False
    checkpoint, found, sample = drawn
    seed, lot = sampling.seed(checkpoint.root, case), sampling.lot(appender.keys, case)
    fact = CaseDrawn(
        ticket=CHAIN,
        actor="system:reviews",
        case=case,
        checkpoint_seq=checkpoint.seq,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        seed=seed.hex(),
        population=len(found),
        population_digest=sampling.digest(found),
        drawn=len(sample),
        sample_digest=sampling.digest(sample),
        lot_digest=hashlib.sha256(lot).hexdigest(),
    )
    appender.append(connection, (fact,))
    _place(connection, case, sample, sampling.seconds(seed, lot, sample))
    values = {"state": CaseState.DRAWN, "checkpoint_size": checkpoint.size, "seed": seed}
    values["population"] = len(found)
    connection.execute(update(CASE).where(CASE.c.id == case).values(values))
    return True


def drawn_from(
    connection: Connection, case: Row[Any]
) -> tuple[Row[Any], list[str], list[str]] | None:
    """The checkpoint of a case, all that its query finds, and its sample, computed afresh."""
    checkpoint = population.checkpoint_after(connection, case.entry_id)
    if checkpoint is None:
        return None
    found = list(population.entries(connection, query_of(case), checkpoint.size, case.opened_us))
    seed = sampling.seed(checkpoint.root, case.id)
    return checkpoint, found, sampling.draw(seed, found, case.wanted)


def _place(connection: Connection, case: str, sample: list[str], twice: frozenset[str]) -> None:
    known = population.described(connection, sample)
    if len(known) != len(sample):
        raise StoreError("the search columns lack decisions of the sample: run the audit's verify")
    rows = [
        {
            "case_id": case,
            "position": at,
            "entry_id": entry,
            "ticket_id": known[entry].ticket_id,
            "message_id": known[entry].message_id,
            "decided_us": known[entry].rec_us,
            "twice": int(entry in twice),
        }
        for at, entry in enumerate(sample, start=1)
    ]
    if rows:
        connection.execute(insert(ITEM), rows)
