"""Characters that no text has: nothing that came in with one can be kept, or shown to anybody."""

from __future__ import annotations

import re

NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL refuses, and lone surrogates, which are no Unicode text."""

WHY = "holds a character that no text has (NUL, or half of one): leave it out, and send it again."
"""What is said of it, after the name of what holds it."""


def is_text(text: str) -> bool:
    """Whether it can be kept as text."""
    return NO_TEXT.search(text) is None
