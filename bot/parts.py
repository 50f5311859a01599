"""The parts of a serving desk: a process runs all of them, or only some beside other processes."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """One of the things that a process can do for a desk."""

    WEB = "web"
    """HTTP: what Slack delivers, the pages, the API."""

    SOCKETS = "sockets"
    """Socket Mode, where there is a token for it."""

    TURNS = "turns"
    """Turns run; Slack is only posted to."""

    CLOCK = "clock"
    """What is due is done, whoever caused it."""


Parts = frozenset[Part]

ALL: Parts = frozenset(Part)
DOORS: Parts = frozenset({Part.WEB, Part.SOCKETS})
"""What brings in messages and clicks."""
