"""Tickets of an older version get the names of today's states, and clocks where they are open."""

from __future__ import annotations

import json

from alembic import command
from sqlalchemy import create_engine, text

from storage import engines
from storage.database import configuration, migrate
from tests.storage.conftest import Database

BEFORE = {
    "T-1": "open",
    "T-2": "asked",
    "T-3": "escalated",
    "T-4": "held",
    "T-5": "answered",
    "T-6": "closed",
}
NOW = {
    "T-1": "routed",
    "T-2": "waiting_for_requester",
    "T-3": "waiting_for_staff",
    "T-4": "waiting_for_staff",
    "T-5": "answered",
    "T-6": "closed",
}


def test_older_tickets_go_on_with_todays_states_and_clocks(sqlite: Database) -> None:
    engine = create_engine(engines.parsed(sqlite.url))
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0006")
        for ticket, status in BEFORE.items():
            connection.execute(
                text(
                    "INSERT INTO ticket (id, source, workspace, channel, conversation, status, "
                    "subject_ref, questions, asked, owned_by_human, opened_us, updated_us) VALUES "
                    "(:id, 'slack', 'T', 'C', :id, :status, 'p', 0, '[]', 0, 1000, 2000)"
                ),
                {"id": ticket, "status": status},
            )
    migrate(sqlite.url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM ticket ORDER BY id")).all()
        clocks = connection.execute(text("SELECT * FROM ticket_clock ORDER BY ticket_id")).all()
    engine.dispose()
    assert {row.id: row.status for row in rows} == NOW
    assert {row.id for row in rows if row.silent_us == 2000} == {"T-2", "T-5"}
    runs = {row.ticket_id: json.loads(row.spans)[0][1] is None for row in clocks}
    assert runs == {"T-1": True, "T-2": False, "T-3": True, "T-4": True, "T-5": False}
    assert len(clocks) == 2 * len(runs)
