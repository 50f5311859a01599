"""Which process this is, and whether another one still is."""

from __future__ import annotations

import os
import secrets
import socket

_RUN = secrets.token_hex(4)
"""Tells this run from an earlier one with the same number."""


def name() -> str:
    """This process: its host, its number, and a word of its own."""
    return f"{socket.gethostname()}/{os.getpid()}/{_RUN}"


def is_gone(process: str) -> bool:
    """Whether a process of this host has ended; of other hosts nothing is known."""
    host, _, rest = process.partition("/")
    number, _, run = rest.partition("/")
    if host != socket.gethostname() or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return run != _RUN
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
