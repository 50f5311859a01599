"""Raises in its hook."""

from frontdesk import Specialist, hookimpl


@hookimpl
def register_specialists() -> list[Specialist]:
    raise ConnectionError("the zoo's catalogue is closed")
