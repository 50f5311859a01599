"""What somebody who signed in may do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """A part that somebody plays at the console. Nobody has one unless it was granted.

    `reviewer` reads tickets and judges them; `lead` may do that too, signs off, and sees who looked
    at the record; `privacy` sees to what people may ask about their data; `admin` decides who gets
    in. An admin alone reads no texts: who hands out the keys need not know what is in the rooms.
    """

    REVIEWER = "reviewer"
    LEAD = "lead"
    PRIVACY = "privacy"
    ADMIN = "admin"


ABOUT = {
    Role.REVIEWER: "reads tickets and decisions, and judges them",
    Role.LEAD: "all that a reviewer does; signs off, verifies, sees who looked",
    Role.PRIVACY: "sees to people's data: access, erasure, holds",
    Role.ADMIN: "decides who gets in; reads no texts by that alone",
}
"""Each role in a few words, for people who grant them."""

READS_TEXTS = frozenset({Role.REVIEWER, Role.LEAD, Role.PRIVACY})
"""Who may read what people wrote."""


def effective(roles: Iterable[Role]) -> frozenset[Role]:
    """The roles, and those that they bring with them."""
    held = frozenset(roles)
    return held | {Role.REVIEWER} if Role.LEAD in held else held
