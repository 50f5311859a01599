"""Misspells its hook, which pluggy alone would accept in silence."""

from frontdesk import Specialist, hookimpl


class One(Specialist):
    name = "misspelt_hook"
    handles = "whatever the zoo keeper asks about the animal named misspelt_hook"


@hookimpl
def register_specialist() -> list[Specialist]:
    return [One()]
