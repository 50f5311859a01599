"""The watchdog: when the event loop stands still, it says whose specialist holds it up.

It lives in a thread, because a loop that stands still runs nothing that could tell. It can name the
specialist and the line that it is at; it cannot interrupt it. If the block ends, the desk counts it
as a fault; if it never does, the line in the log tells the operator what to disable.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from router.answer.watch import LoopWatch, Spell

log = logging.getLogger("frontdesk.watchdog")
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 2.0
"""For how long a specialist may hold up the loop before it is named."""


@contextmanager
def watching(
    watch: LoopWatch, patience: float = PATIENCE_SECONDS, look: float = LOOK_SECONDS
) -> Iterator[None]:
    """Watch the event loop of the calling thread for as long as the context lasts.

    Args:
        watch: who has the loop.
        patience: seconds after which the one who has it is named, once.
        look: seconds between two looks.
    """
    loop_thread = threading.get_ident()
    is_over = threading.Event()

    def run() -> None:
        told: Spell | None = None
        while not is_over.wait(look):
            spell = watch.current
            if spell is not None and spell is not told and spell.seconds >= patience:
                told = spell
                _tell(spell, loop_thread)

    thread = threading.Thread(target=run, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _tell(spell: Spell, thread: int) -> None:
    name = spell.specialist
    log.error(
        "the specialist %s has held up the whole desk for %.1f seconds, at %s; "
        "if it goes on, stop the desk and run: frontdesk plugins disable %s",
        name,
        spell.seconds,
        _where(thread),
        name,
    )


def _where(thread: int) -> str:
    """The innermost line that a thread is at."""
    frame = sys._current_frames().get(thread)
    if frame is None:
        return "an unknown place"
    last = traceback.extract_stack(frame)[-1]
    return f"{last.filename}, line {last.lineno}, in {last.name}"
