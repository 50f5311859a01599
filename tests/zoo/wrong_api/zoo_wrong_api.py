"""Was written for a contract of the far future."""

from frontdesk import Specialist, hookimpl

frontdesk_api = 99


class One(Specialist):
    name = "wrong_api"
    handles = "whatever the zoo keeper asks about the animal named wrong_api"


@hookimpl
def register_specialists() -> list[Specialist]:
    return [One()]
