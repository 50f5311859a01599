"""Reviewing: the queue, cases and their sign-off, findings, comments on entries."""

from __future__ import annotations

from fastapi import APIRouter

from bot.web.console.nav import Link
from bot.web.console.reviews import cases, comments, findings, items, queue, signing
from storage.people.roles import Role

router = APIRouter(include_in_schema=False)
for _room in (queue, cases, items, signing, findings, comments):
    router.include_router(_room.router)

LINKS = (
    Link("Review queue", "/reviews", "inbox", (Role.REVIEWER,), "Review"),
    Link("Cases", "/cases", "scale", (Role.REVIEWER,), "Review"),
    Link("Findings", "/findings", "warning", (Role.REVIEWER,), "Review"),
)
