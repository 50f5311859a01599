"""Drafts that the tests judge."""

from __future__ import annotations

from typing import Any

from frontdesk import Citation, Passage
from router.validate.check import Check
from router.validate.draft import Draft, Kind

SOURCE = "https://help.quillon.example/billing/refunds"
TEXT = (
    "A request can be made within 14 days of the first purchase. "
    "Months that have started are not refunded, except when a billing error caused the charge. "
    "Only owners and billing admins can open **Settings → Billing → Invoices**."
)
PASSAGE = Passage("refunds:1", "Refund rules", SOURCE, TEXT)
VERBATIM = "A request can be made within 14 days of the first purchase."


def draft(text: str = VERBATIM, kind: Kind = "reply", **changes: Any) -> Draft:
    """A draft with a real citation of `PASSAGE`."""
    cited = (Citation.of(PASSAGE),)
    fields: dict[str, Any] = {"citations": cited, "passages": (PASSAGE,)} | changes
    return Draft(kind, text, **fields)


def codes(check: Check, given: Draft) -> list[str]:
    """The codes of all that a check objects to."""
    found = check.check(given)
    return [objection.code for objection in found.objections]  # type: ignore[union-attr]
