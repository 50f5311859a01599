"""Who types a command: on record with what it does, for nobody signs in at a terminal."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from storage.looking import operator

By = Annotated[
    str | None, typer.Option("--by", help="Who decides this, if it is not the user of the machine.")
]


def typed_by() -> str:
    """The machine's user, as the system calls it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "unknown"


def acting(name: str | None) -> str:
    """The actor of what is done: the name that was given, or the machine's user."""
    return operator(name.strip() if name and name.strip() else typed_by())
