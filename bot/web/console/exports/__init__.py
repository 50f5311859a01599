"""Taking proofs and copies of the record out."""

from __future__ import annotations

from fastapi import APIRouter

from bot.web.console.exports import pages, proofs
from bot.web.console.nav import Link

router = APIRouter(include_in_schema=False)
for _room in (pages, proofs):
    router.include_router(_room.router)

LINKS = (
    Link("Proofs", "/proofs", "key", (), "Proof"),
    Link("Exports", "/exports", "download", pages.ROLES, "Proof"),
)
