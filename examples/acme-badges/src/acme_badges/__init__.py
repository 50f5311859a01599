"""Badges: an example of a plugin that answers by rules alone."""

from __future__ import annotations

from frontdesk import Specialist, hookimpl

from acme_badges.specialist import BadgesSpecialist

frontdesk_api = 1


@hookimpl
def register_specialists() -> list[Specialist]:
    """Offer the specialist to the desk. Called once, when the desk starts."""
    return [BadgesSpecialist()]
