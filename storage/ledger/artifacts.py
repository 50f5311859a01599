"""Which digests an entry names, and what stands for them in the database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from router.facts import DeskStarted
from storage.ledger.tables import ENTRY, INDEX

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAMES = frozenset(
    {
        *("config_digest", "prompt_digest", "params_digest", "examples_digest", "manifest"),
        *("digest", "before", "after"),
    }
)
"""Fields of facts whose digests are put away. Those of models name files that are too big."""

_STARTED = (
    select(ENTRY.c.leaf)
    .select_from(INDEX.join(ENTRY, ENTRY.c.id == INDEX.c.entry_id))
    .where(INDEX.c.kind == DeskStarted.kind)
    .order_by(INDEX.c.entry_id.desc())
    .limit(1)
)


def last_config(connection: Connection) -> str | None:
    """The digest of the settings that the desk was started with last."""
    leaf = connection.execute(_STARTED).scalar()
    return None if leaf is None else str(json.loads(leaf)["body"]["config_digest"])


def named(value: Any) -> Iterator[str]:
    """Every digest within an entry's body that something is put away for."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in _NAMES and isinstance(item, str) and _DIGEST.fullmatch(item):
                yield item
            else:
                yield from named(item)
    elif isinstance(value, list):
        for item in value:
            yield from named(item)
