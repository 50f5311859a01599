"""What Alembic runs: the migrations, on the connection that it is given."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import storage.change_tables
import storage.doors.tables
import storage.follow_tables
import storage.human_tables
import storage.ledger.tables
import storage.notice_tables
import storage.people.tables
import storage.privacy.tables
import storage.reviews.tables
import storage.slack_tables
import storage.slot_tables
import storage.step_tables
import storage.tables
import storage.ticket_tables  # noqa: F401 - these declare their tables by being imported

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
