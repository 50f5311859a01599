"""What is raised where nobody may be waited for, and somebody would have to be."""

from __future__ import annotations


class InUse(Exception):  # noqa: N818 - it names what happened
    """It cannot be had at once: somebody else has it just now, or it is about to be closed."""
