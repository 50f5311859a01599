"""Telling staff that a specialist is out: whatever recorded it, and whenever, once each."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from router.notice_facts import Audience
from router.plugin_facts import PluginQuarantined
from storage.ids import first_uuid7
from storage.ledger.append import Appender
from storage.ledger.tables import ENTRY, INDEX
from storage.notice_tables import NOTICE
from storage.notices import Notice, announce
from storage.store import SqlStore
from storage.tables import TICKET

LOOK_BACK_US = 24 * 3_600_000_000
"""What is older is no news."""

TEXT = (
    "**The specialist {name} is out.** It failed again and again after every rest "
    "({distribution} {version}), so this desk does not ask it any more. What is meant for it "
    "comes to you at once.\n\n"
    "Look at what it said: `frontdesk audit show {ticket}`. Once it is mended, start the desk "
    "again; or switch it off for good: `frontdesk plugins disable {name}`."
)


async def tell_of_quarantine(store: SqlStore, now_us: int) -> None:
    """Announce to staff what was quarantined and is not announced yet.

    Raises:
        StoreError: the store cannot be used.
    """
    since = now_us - LOOK_BACK_US
    if not await store.read(lambda db: _unknown(db, since)):
        return

    def job(connection: Connection, appender: Appender) -> None:
        for entry, ticket, workspace, leaf in _unknown(connection, since):
            plugin = json.loads(leaf)["body"]["plugin"]
            text = TEXT.format(name=plugin["specialist"], ticket=ticket, **_package(plugin))
            announce(
                connection,
                appender,
                Notice(_key(entry), Audience.STAFF, workspace, ticket=ticket),
                {"notice": text},
            )

    await store.write(job)


def _unknown(connection: Connection, since_us: int) -> list[tuple[str, str, str, str]]:
    """Entry, ticket, workspace and leaf of what nobody was told of."""
    found = connection.execute(
        select(INDEX.c.entry_id, INDEX.c.ticket_id, TICKET.c.workspace, ENTRY.c.leaf)
        .join(ENTRY, ENTRY.c.id == INDEX.c.entry_id)
        .join(TICKET, TICKET.c.id == INDEX.c.ticket_id)
        .where(INDEX.c.kind == PluginQuarantined.kind, INDEX.c.entry_id >= first_uuid7(since_us))
        .order_by(INDEX.c.entry_id)
    ).all()
    keys = [_key(row.entry_id) for row in found]
    known = set(connection.execute(select(NOTICE.c.key).where(NOTICE.c.key.in_(keys))).scalars())
    return [
        (row.entry_id, row.ticket_id, row.workspace, row.leaf)
        for row in found
        if _key(row.entry_id) not in known
    ]


def _package(plugin: dict[str, str]) -> dict[str, str]:
    return {"distribution": plugin["distribution"], "version": plugin["version"]}


def _key(entry: str) -> str:
    return f"quarantined:{entry}"
