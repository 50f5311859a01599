"""The search columns of an entry, made from its leaf alone: so they can be rebuilt and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SPECIALIST = (("specialist",), ("decision", "specialist"), ("plugin", "specialist"), ("target",))
_OUTCOME = (("outcome",), ("verdict", "kind"), ("decision", "band"), ("why",), ("fault",))


def project(leaf: Mapping[str, Any]) -> dict[str, Any]:
    """The row of `audit_index` that belongs to a leaf."""
    body = leaf["body"]
    return {
        "entry_id": leaf["id"],
        "ticket_id": leaf["ticket"],
        "ticket_seq": leaf["tseq"],
        "at_us": leaf["at"],
        "rec_us": leaf["rec"],
        "kind": leaf["type"],
        "actor_type": leaf["actor"]["type"],
        "actor_id": leaf["actor"]["id"],
        "subject_ref": leaf["subject"],
        "message_id": leaf["message"],
        "specialist": _first(body, _SPECIALIST),
        "confidence_bp": _first(body, (("decision", "confidence_bp"),)),
        "outcome": _first(body, _OUTCOME),
        "model": _first(body, (("returned",), ("decision", "model"))),
        "cost_microusd": _first(body, (("cost_microusd",),)),
    }


def _first(body: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> Any:
    """What the first of `paths` leads to that leads to anything."""
    for path in paths:
        value: Any = body
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (None, ""):
            return value
    return None
