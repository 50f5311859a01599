"""What follows the audit trail. Both bear to get an entry twice: its id tells."""

from __future__ import annotations

import json
from collections.abc import Sequence

from frontdesk import TICKET_EVENTS, AuditEntry, DoorContext

from acme_watch.place import ASKS, call

NEEDS_A_PERSON = "ticket:escalated"


class Siem:
    """Sends every entry to the collector, which keeps each id once."""

    name = "acme-siem"
    kinds = ()
    permissions = ASKS

    async def observe(self, entries: Sequence[AuditEntry], context: DoorContext) -> None:
        """Send some entries; if that fails they come again."""
        lines = [
            {
                "id": entry.id,
                "index": entry.index,
                "kind": entry.kind,
                "ticket": entry.ticket,
                "actor": entry.actor,
                "at": entry.at.isoformat(),
                "leaf": json.loads(entry.leaf),
            }
            for entry in entries
        ]
        await call(context, "POST", "/entries", lines)


class Pager:
    """Tells whoever is on call when a person is needed."""

    name = "acme-pager"
    kinds = TICKET_EVENTS
    permissions = ASKS

    async def observe(self, entries: Sequence[AuditEntry], context: DoorContext) -> None:
        """Page once for each escalation; the entry's id keeps a second page from ringing."""
        for entry in entries:
            if entry.kind == NEEDS_A_PERSON:
                page = {"key": entry.id, "text": f"{entry.ticket} needs a person"}
                await call(context, "POST", "/pages", page)
