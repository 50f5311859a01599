"""What operators have decided about plugins, read from the audit trail itself.

There is no table of grants. A grant is an entry in the desk's own chain, so it is on record by
being made, and the same on every process that shares the database. An entry that does not carry
the MAC of this log's keys counts for nothing: who can write to the database alone grants nothing.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from router.modes import Mode, ModeRule
from router.plugin_facts import (
    PluginDisabled,
    PluginEnabled,
    PluginGranted,
    PluginModeSet,
    PluginRevoked,
)
from storage.facts import DESK
from storage.ledger.keys import Keys
from storage.ledger.merkle import leaf_hash
from storage.ledger.tables import ENTRY, INDEX
from storage.store import SqlStore

_KINDS = [
    kind.kind
    for kind in (PluginGranted, PluginRevoked, PluginDisabled, PluginEnabled, PluginModeSet)
]
_DECISIONS = (
    select(INDEX.c.kind, ENTRY.c.leaf, ENTRY.c.mac, ENTRY.c.mac_kid)
    .join(INDEX, INDEX.c.entry_id == ENTRY.c.id)
    .where(INDEX.c.ticket_id == DESK, INDEX.c.kind.in_(_KINDS))
    .order_by(INDEX.c.ticket_seq)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in force: names that are disabled, each specialist's granted manifest, modes."""

    disabled: frozenset[str] = frozenset()
    grants: Mapping[str, str] = field(default_factory=dict)
    modes: tuple[ModeRule, ...] = ()


async def plugin_standing(store: SqlStore) -> Standing:
    """What operators have decided so far.

    Raises:
        StoreError: the record could not be read.
    """

    def job(connection: Connection) -> Standing:
        disabled: set[str] = set()
        grants: dict[str, str] = {}
        modes: list[ModeRule] = []
        for kind, body in _decisions(connection, store.keys):
            if kind == PluginGranted.kind:
                grants[body["specialist"]] = body["manifest"]
            elif kind == PluginRevoked.kind:
                grants.pop(body["specialist"], None)
            elif kind == PluginDisabled.kind:
                disabled.add(body["name"])
            elif kind == PluginEnabled.kind:
                disabled.discard(body["name"])
            else:
                modes.append(_rule(body))
        return Standing(frozenset(disabled), grants, tuple(modes))

    return await store.read(job)


def _rule(body: Mapping[str, Any]) -> ModeRule:
    mode = Mode(body["mode"])
    return ModeRule(body["specialist"], mode, body["workspace"], body["channel"])


def _decisions(connection: Connection, keys: Keys | None) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in connection.execute(_DECISIONS):
        if keys is not None and _is_ours(keys, row.leaf, row.mac, row.mac_kid):
            content = json.loads(row.leaf)
            yield content["type"], content["body"]


def _is_ours(keys: Keys, text: str, mac: bytes, kid: int) -> bool:
    try:
        return hmac.compare_digest(keys.mac(leaf_hash(text.encode()), kid), mac)
    except KeyError:
        return False
