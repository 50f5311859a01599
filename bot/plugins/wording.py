"""How somebody else's error is told: its type and text, where it happened, and never too long."""

from __future__ import annotations

import importlib
import traceback
from pathlib import Path

import pluggy

MOST_CHARACTERS = 300
NOT_THE_PLUGINS = tuple(
    str(Path(file).parent) for file in (importlib.__file__, pluggy.__file__, __file__)
)
"""Where code lies that only carries an error: naming its line would lead the reader astray."""


def described(error: BaseException) -> str:
    """`error` on one line, with the place in the plugin it came from where that is known.

    Safe for errors whose own text cannot be made. The place is the last folder, file and line: it
    names the file as its author knows it.
    """
    text = " ".join(traceback.format_exception_only(error)[-1].split())[:MOST_CHARACTERS]
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(("<", *NOT_THE_PLUGINS))
    ]
    if not frames:
        return text
    file = Path(frames[-1].filename)
    return f"{text} ({file.parent.name}/{file.name}, line {frames[-1].lineno})"
