"""People's data: what is kept of somebody, erasing it with four eyes, holds, and how long."""

from __future__ import annotations

from fastapi import APIRouter

from bot.web.console.nav import Link
from bot.web.console.privacy import erasures, holds, retention, subjects
from storage.people.roles import Role

router = APIRouter(include_in_schema=False)
for _room in (subjects, erasures, holds, retention):
    router.include_router(_room.router)

_GROUP = "People's data"
LINKS = (
    Link("Find a person", "/subjects", "people", (Role.PRIVACY,), _GROUP),
    Link("Erasures", "/erasures", "cross", (Role.PRIVACY,), _GROUP),
    Link("Holds", "/holds", "lock", (Role.PRIVACY,), _GROUP),
    Link("Retention", "/retention", "clock", (Role.PRIVACY, Role.LEAD), _GROUP),
)
