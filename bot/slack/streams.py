"""Messages that are streamed: what must be remembered of one so that none is left open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(slots=True)
class Stream:
    """A message that shows the steps. `live` is false once Slack takes no more of it.

    `last` are the chunks that show all steps as done.
    """

    ts: str
    live: bool = True
    last: list[dict[str, Any]] = field(default_factory=list)


class Streams(Protocol):
    """Remembers open streams, so that a crash leaves none behind."""

    async def open_stream(self, team: str, conversation: str, ts: str) -> None:
        """Remember one; an empty `ts` says that it is about to be opened."""

    async def stream(self, team: str, conversation: str) -> str | None:
        """The timestamp of the thread's open stream; empty if only its beginning is known."""

    async def close_stream(self, team: str, conversation: str) -> None:
        """Forget it."""


class OpenStreams:
    """Remembers open streams for as long as the process lives."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], str] = {}

    async def open_stream(self, team: str, conversation: str, ts: str) -> None:
        """Remember one."""
        self._open[team, conversation] = ts

    async def stream(self, team: str, conversation: str) -> str | None:
        """The timestamp of the thread's open stream."""
        return self._open.get((team, conversation))

    async def close_stream(self, team: str, conversation: str) -> None:
        """Forget it."""
        self._open.pop((team, conversation), None)
