"""What language models have cost a ticket so far, as its record says."""

from __future__ import annotations

import json

from sqlalchemy import Connection, bindparam, select

from router.answer.budget import Spent
from router.facts import ModelCalled
from storage.ledger import often
from storage.ledger.tables import ENTRY, INDEX
from storage.store import SqlStore

_CALLS = (
    select(ENTRY.c.leaf, INDEX.c.actor_type, INDEX.c.actor_id)
    .join(INDEX, INDEX.c.entry_id == ENTRY.c.id)
    .where(INDEX.c.ticket_id == bindparam("ticket"), INDEX.c.kind == ModelCalled.kind)
)
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")


async def spent(store: SqlStore, ticket: str) -> Spent:
    """Sum up all calls on the record of `ticket`.

    Raises:
        StoreError: the record could not be read.
    """

    def job(connection: Connection) -> Spent:
        total = Spent()
        for leaf, *who in often.rows(connection, _CALLS, {"ticket": ticket}):
            body, actor = json.loads(leaf)["body"], ":".join(who)
            total.by_actor[actor] = total.by_actor.get(actor, 0) + body["cost_microusd"]
            total.calls += 1
            total.tokens += sum(body[name] for name in TOKENS)
            total.microusd += body["cost_microusd"]
            total.seconds += body["latency_us"] / 1_000_000
        return total

    return await store.peek(job)
