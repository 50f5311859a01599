"""What the core needs from outside, each as small as it can be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from router.facts import Fact
from router.records import Conversation, Delivery, Matter, Outcome, Posting, Receipt

T = TypeVar("T")
Vectors = NDArray[np.float32]
"""One row a text, each of length one."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Now, with a time zone."""


class Encoder(Protocol):
    """Turns texts into vectors; the same text always gives the same vector."""

    @property
    def name(self) -> str:
        """Which model this is."""

    @property
    def digest(self) -> str:
        """SHA-256 of the model file."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`, shape (len(texts), dimension), float32, unit length."""


class PartEncoder(Encoder, Protocol):
    """An encoder that can read the parts of a text in their context."""

    def encode_parts(self, whole: str, parts: Sequence[str]) -> Vectors:
        """A vector for each part of `whole`, shaped like those of `encode`."""


class Store(Protocol):
    """Remembers. Every method is one transaction; a failed one leaves nothing behind."""

    async def receive(self, delivery: Delivery) -> Receipt:
        """Keep a delivery and open or continue its ticket; a repeat changes nothing.

        Raises:
            StoreError: it could not be kept: do not acknowledge it.
        """

    async def conversation(self, message: str) -> Conversation:
        """All that a turn about `message` needs to know."""

    async def overtaken(self, message: str) -> str:
        """Why nothing should be said about `message` any more; empty if that is not so.

        It is `owned_by_human`, or how its conversation is `superseded`.
        """

    async def record(self, *facts: Fact) -> tuple[str, ...]:
        """Append one audit entry a fact, with the state it changes; give the entries' ids.

        Raises:
            StoreError: nothing was recorded: the effect it announces must not happen.
        """

    async def outcome(self, message: str) -> Outcome | None:
        """How the turn about `message` ended, or None while it has not."""

    async def unfinished(self) -> Sequence[str]:
        """Messages whose turn has not ended, oldest first."""

    async def posting(self, message: str) -> Posting | None:
        """What was intended to be posted for `message`, and whether it is known to be done."""

    async def doubt(self, message: str) -> None:
        """Remember that what is posted for `message` may come to stand there twice.

        An attempt before this one may still be about to post it, or its request under way.
        """

    async def standing(self, message: str) -> Outcome | tuple[Conversation, Posting | None]:
        """`outcome`, or `conversation` and `posting` while there is none, of one moment."""


class RouterAgent(Protocol):
    """Decides who should answer."""

    async def decide(self, conversation: Conversation) -> tuple[Matter, ...]:
        """Split the message into matters and choose for each; at least one."""


class Messenger(Protocol):
    """Makes a turn's result visible."""

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        """Post it under `key` and give the name by which it can be found.

        Raises:
            PostError: it is certain that nothing became visible.
            PostUnknown: it may or may not have; `find` tells.
        """

    async def find(self, conversation: Conversation, key: str) -> str | None:
        """The name of the post made under `key`, or None if there is none."""

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        """Take back what was posted under `key` besides `kept`; give the names of what that was.

        Raises:
            PostError: it is still there.
        """

    async def progress(self, conversation: Conversation, step: str) -> None:
        """Show that the desk is at work on `step`; must never raise."""


class Steps(Protocol):
    """Runs the steps of a turn; a durable one remembers results and does not run a step twice."""

    async def run(self, name: str, result: type[T], call: Callable[[], Awaitable[T]]) -> T:
        """Run `call` as the step `name`; `result` is the type that it gives."""


class DirectSteps:
    """Runs each step as it comes and remembers nothing."""

    async def run(self, name: str, result: type[T], call: Callable[[], Awaitable[T]]) -> T:
        """Run `call`."""
        return await call()
