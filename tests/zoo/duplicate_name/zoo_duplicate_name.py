"""Wants to be billing."""

from frontdesk import Specialist, hookimpl


class One(Specialist):
    name = "billing"
    handles = "whatever the zoo keeper asks about the animal named duplicate_name"


@hookimpl
def register_specialists() -> list[Specialist]:
    return [One()]
