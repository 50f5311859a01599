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
    find, moves = body.get, kind in _MOVES
    specialist = find("specialist") or decision.get("specialist")
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
        find("workspace") or source.get("team") or None,
        find("channel") or source.get("channel") or None,
        specialist or _part(body, "plugin").get("specialist") or find("target") or None,
        (find("source") or None) if moves and not decision else None,
        _route_to(body, decision) if moves or decision else None,
        decision.get("confidence_bp"),
        _outcome(body, decision),
        find("returned") or decision.get("model") or None,
        find("cost_microusd"),
    )


def _route_to(body: Mapping[str, Any], decision: Mapping[str, Any]) -> str | None:
    """To whom a matter went, for entries that move one."""
    return (decision.get("specialist") if decision else body.get("target")) or None


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
