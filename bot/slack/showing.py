"""What is shown in one thread while the desk is at work on it, and what should be."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from bot.slack.places import Thread
from bot.slack.steps import Taken
from bot.slack.streams import Stream

FIRST = "is reading your message…"

GREETING = 3.0
"""Seconds that a process has for greeting somebody whose turn another process runs."""

GREETED = GREETING + 1.0
"""Seconds after which such a greeting is surely over, and cannot replace what is newer."""


@dataclass(slots=True)
class Showing:
    """What is shown in one thread, and what should be.

    `greeted_until` is when another process's greeting is surely over; 0 if none is to be expected.
    """

    thread: Thread
    person: str
    title: str = ""
    pending: set[str] = field(default_factory=set)
    status: str = FIRST
    shown: str = ""
    taken: Taken = field(default_factory=dict)
    drawn: Taken = field(default_factory=dict)
    stream: Stream | None = None
    may_stream: bool = True
    greeted_until: float = 0.0
    began: float = field(default_factory=time.monotonic)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
