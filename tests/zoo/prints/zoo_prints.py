"""Is fine, but prints while it is imported and while it registers."""

from frontdesk import Specialist, hookimpl

print("{ this is not JSON")


class One(Specialist):
    name = "prints"
    handles = "whatever the zoo keeper asks about the animal named prints"


@hookimpl
def register_specialists() -> list[Specialist]:
    print("nor is this }")
    return [One()]
