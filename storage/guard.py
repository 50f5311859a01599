"""Whether this process may still do what others would do in its place if it were dead.

Slack cannot be asked to post only once. So a process that may have been taken for dead, because it
was frozen or could not reach the database, must not post what it was about to: it looks again
first. This is asked at the last moment before a request leaves.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

_ALLOWED: ContextVar[Callable[[], bool] | None] = ContextVar("frontdesk_allowed", default=None)

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> float:
    """Seconds since the machine started, those included in which it slept."""
    return time.clock_gettime(_CLOCK)


@contextlib.contextmanager
def guarded(allowed: Callable[[], bool]) -> Iterator[None]:
    """Let what is called in this context speak only while `allowed` says so."""
    token = _ALLOWED.set(allowed)
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def may_speak() -> bool:
    """Whether what the caller is about to do is still its own to do."""
    allowed = _ALLOWED.get()
    return allowed is None or allowed()
