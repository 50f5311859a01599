"""Returns things that are no specialists."""

from frontdesk import hookimpl


@hookimpl
def register_specialists() -> list[object]:
    return [{"name": "junk"}, 42]
