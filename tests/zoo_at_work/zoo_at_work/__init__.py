"""Specialists that load well and behave badly."""

from frontdesk import Specialist, hookimpl
from zoo_at_work import circles, faults, floods, leaks, lies, reaches, slow


@hookimpl
def register_specialists() -> list[Specialist]:
    """Offer the whole zoo, and one that does as it should."""
    modules = (faults, slow, lies, leaks, floods, circles, reaches)
    return [kind() for module in modules for kind in module.KINDS]
