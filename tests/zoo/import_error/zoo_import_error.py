"""Raises when it is imported: it needs a module that nobody has."""

import a_module_that_nobody_has

from frontdesk import Specialist, hookimpl


class One(Specialist):
    name = a_module_that_nobody_has.NAME
    handles = "whatever the zoo keeper asks about the animal named import_error"


@hookimpl
def register_specialists() -> list[Specialist]:
    return [One()]
