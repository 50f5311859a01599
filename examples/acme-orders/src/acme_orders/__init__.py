"""Orders: an example of a plugin with knowledge, a tool, a service and a secret."""

from __future__ import annotations

from frontdesk import Specialist, hookimpl

from acme_orders.specialist import OrdersSpecialist

frontdesk_api = 1


@hookimpl
def register_specialists() -> list[Specialist]:
    """Offer the specialist to the desk. Called once, when the desk starts."""
    return [OrdersSpecialist()]
