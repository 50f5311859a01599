"""Messages that are for no specialist, to calibrate on."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

SHARE = 0.2
"""How much of the traffic is taken to be for nobody."""


@cache
def negatives() -> tuple[str, ...]:
    """The messages of `negatives.txt`, in order."""
    lines = files(__package__).joinpath("negatives.txt").read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
