"""Stopping a process: once in good order, at the second signal at once, and never never."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli.console import COULD_NOT_RUN, err

SIGNALS = (signal.SIGTERM, signal.SIGINT)
CLEANING_SECONDS = 20.0
"""What closing everything may take after the running turns had their time."""


@contextmanager
def stopping_gently(grace: float) -> Iterator[None]:
    """Let the first SIGTERM or Ctrl-C stop what runs in the context in good order.

    Running turns come to their end within `grace` seconds or are left to another process. A second
    signal ends the process at once, and so does an end that takes far too long: what was promised
    is in the database either way.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # noqa: S101 - only used in one
    late = threading.Timer(grace + CLEANING_SECONDS, _give_up)
    late.daemon = True
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        for number in SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        err.print("Stopping.")
        late.start()
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    except asyncio.CancelledError:
        if not stopped:
            raise
        err.print("Stopped.")
    finally:
        late.cancel()
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def _give_up() -> None:
    err.print("frontdesk: it did not come to its end in time, so it ends here.")
    os._exit(COULD_NOT_RUN)
