"""How the garbage collector goes about a process that has started and will run for days."""

from __future__ import annotations

import gc

THRESHOLDS = (20_000, 20, 20)
"""A turn makes and drops some thousands of objects, nearly none of them in circles. With Python's
own 700 the collector takes a tenth of all computing and finds nothing."""


def settle() -> None:
    """Spare the collector what was made at the start, and call it more seldom from now on.

    There are hundreds of thousands of objects of libraries and articles, and they stay until the
    process ends. To go through them again and again costs pauses, and a last time at the end
    seconds on a busy machine.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
