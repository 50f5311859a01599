"""The search columns of an entry, made from its leaf alone: so they can be rebuilt and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from router.facts import HandoffMade
from router.human_facts import TicketRerouted
from storage.ledger.tables import INDEX

COLUMNS = tuple(column.name for column in INDEX.c if column.name != "entry_id")
"""The columns that say something about an entry, in their order."""

_NOTHING: Mapping[str, Any] = {}
_MOVES = {HandoffMade.kind, TicketRerouted.kind}


def project(leaf: Mapping[str, Any]) -> dict[str, Any]:
    """The row of `audit_index` that belongs to a leaf."""
    row = dict(zip(COLUMNS, columns(leaf), strict=True))
    row["entry_id"] = leaf["id"]
    return row


def columns(leaf: Mapping[str, Any]) -> tuple[Any, ...]:
    """What stands in `COLUMNS`. Verify runs this for every entry."""
    body, actor, kind = leaf["body"], leaf["actor"], leaf["type"]
    decision, source = _part(body, "decision"), _part(leaf, "src")
    specialist = body.get("specialist") or decision.get("specialist")
    moves = kind in _MOVES
    return (
        leaf["ticket"],
        leaf["tseq"],
        leaf["at"],
        leaf["rec"],
        kind,
        actor["type"],
        actor["id"],
        leaf["subject"],
        leaf["message"],
        body.get("workspace") or source.get("team") or None,
        body.get("channel") or source.get("channel") or None,
        specialist or _part(body, "plugin").get("specialist") or body.get("target") or None,
        (body.get("source") or None) if moves and not decision else None,
        _route_to(body, decision, moves=moves),
        decision.get("confidence_bp"),
        _outcome(body, decision),
        body.get("returned") or decision.get("model") or None,
        body.get("cost_microusd"),
    )


def _route_to(body: Mapping[str, Any], decision: Mapping[str, Any], *, moves: bool) -> str | None:
    """To whom a matter went, for entries that move one."""
    if decision:
        return decision.get("specialist") or None
    return body.get("target") or None if moves else None


def _outcome(body: Mapping[str, Any], decision: Mapping[str, Any]) -> Any:
    """How it ended, in the word of its kind: an outcome, a verdict, a band, a reason, a fault."""
    return (
        body.get("outcome")
        or _part(body, "verdict").get("kind")
        or decision.get("band")
        or body.get("why")
        or body.get("fault")
        or None
    )


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = body.get(name)
    return part if isinstance(part, dict) else _NOTHING
