"""Waits in its hook for something that never comes."""

import threading

from frontdesk import Specialist, hookimpl


@hookimpl
def register_specialists() -> list[Specialist]:
    threading.Event().wait()
    return []
