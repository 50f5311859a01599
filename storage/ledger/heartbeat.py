"""The heartbeat: when nothing happens, the log says so, at least once a minute.

So a gap between two checkpoints is either a time in which the desk did not run, which the entries
about starting and stopping tell, or something that was cut out.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from storage.facts import AUDIT
from storage.ledger.append import Appender
from storage.ledger.facts import LogBeat
from storage.ledger.tables import CHAIN, PENDING

SECONDS = 60
_US = SECONDS * 1_000_000


def beat(connection: Connection, appender: Appender) -> bool:
    """Put a heartbeat on record if the last checkpoint is a minute old and nothing waits."""
    if connection.execute(select(func.count()).select_from(PENDING)).scalar():
        return False
    last = connection.execute(select(CHAIN.c.rec_us).where(CHAIN.c.ticket_id == AUDIT)).scalar()
    idle = appender.now_us() - last if last is not None else _US
    if idle < _US:
        return False
    appender.append(connection, (LogBeat(ticket=AUDIT, actor="system:clock", idle_us=idle),))
    return True
