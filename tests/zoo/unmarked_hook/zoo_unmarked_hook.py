"""Forgets to mark its hook."""

from frontdesk import Specialist


class One(Specialist):
    name = "unmarked_hook"
    handles = "whatever the zoo keeper asks about the animal named unmarked_hook"


def register_specialists() -> list[Specialist]:
    return [One()]
