"""Running somebody else's code at start-up: with a time limit, and without a say on stdout.

The code runs in a thread of its own, because a hanging import cannot be interrupted in any other
way that works everywhere. A thread that does not come back is left behind; it is a daemon, so it
does not keep the process alive either. Ctrl-C reaches the main thread, not this one, so the person
at the keyboard can always leave.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TextIO, TypeVar, cast

T = TypeVar("T")
MOST_CHARACTERS = 2_000


class TimedOutError(Exception):
    """The code did not come back in time."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """How guarded code ended: `error` or `value`, and the beginning of what it printed."""

    value: T | None
    error: BaseException | None
    printed: str


class _Stdout:
    """Stands in for stdout and keeps what one thread writes; `--json` output stays parseable.

    Once closed, whoever still holds it is that plugin's code (a logging handler, say), and its
    lines go to stderr.
    """

    def __init__(self, thread: threading.Thread, stdout: TextIO) -> None:
        self._thread = thread
        self._stdout = stdout
        self._kept = ""
        self.closed_for_plugin = False

    @property
    def kept(self) -> str:
        """What was written, up to a limit."""
        return self._kept.strip()

    def write(self, text: str) -> int:
        """Keep, or pass on what others write."""
        if self.closed_for_plugin:
            return sys.stderr.write(text)
        if threading.current_thread() is not self._thread:
            return self._stdout.write(text)
        self._kept += text[: MOST_CHARACTERS - len(self._kept)]
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stdout, name)


def guarded(work: Callable[[], T], name: str, time_limit: float) -> Ended[T]:
    """Run `work` for at most `time_limit` seconds and say how it ended; never raises its errors.

    Even `SystemExit` is only an error here: leaving the process is not a plugin's to decide.
    """
    values: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            values.append(work())
        except BaseException as error:  # a plugin may not even leave the process
            errors.append(error)

    thread = threading.Thread(target=run, name=f"load:{name}", daemon=True)
    before = sys.stdout
    stdout = _Stdout(thread, before)
    sys.stdout = cast(TextIO, stdout)
    try:
        thread.start()
        thread.join(time_limit)
    finally:
        if not thread.is_alive():  # one that hangs might print at any time: it stays muffled
            sys.stdout = before
            stdout.closed_for_plugin = True
    if values or errors:
        return Ended(next(iter(values), None), next(iter(errors), None), stdout.kept)
    return Ended(None, TimedOutError(f"no end after {time_limit:g} seconds"), stdout.kept)
