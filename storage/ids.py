"""Names: short ones that people can type, long ones for audit entries. Both sort by time."""

from __future__ import annotations

import re
import secrets
import threading
from datetime import UTC, datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is easily taken for a digit."""

_EPOCH_MS = 1_704_067_200_000
"""2024-01-01: forty bits of milliseconds last until 2058."""

_FOLLOWED = 60_000 << 12
"""By how much a UUID may be ahead of the clock: a minute, in its own units."""

_LENGTH = 12
_RANDOM_BITS = 20
_SHORT = re.compile(f"[A-Z]+-[{ALPHABET}]{{{_LENGTH}}}")
_LONG = re.compile("0[0-9a-f]{7}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class Names:
    """Makes names that grow within this process, also when the clock stands still or steps back.

    Where it steps back by more than a minute, UUIDs follow it: people search by the time in them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_short = 0
        self._last_uuid = 0

    def short(self, prefix: str, now_us: int) -> str:
        """A name such as `T-0K3M9X7Q2ABC`: 40 bits of milliseconds, then 20 random bits."""
        drawn = (max(now_us // 1000 - _EPOCH_MS, 0) << _RANDOM_BITS) | secrets.randbits(
            _RANDOM_BITS
        )
        with self._lock:
            self._last_short = max(drawn, self._last_short + 1)
            number = self._last_short
        return _name(prefix, number)

    def uuid7(self, now_us: int) -> str:
        """A UUID of version 7 (RFC 9562), with fractions of a millisecond by its method 3."""
        milliseconds, micro = divmod(now_us, 1000)
        drawn = (milliseconds << 12) | (micro * 4096 // 1000)
        with self._lock:
            back = self._last_uuid - drawn
            self._last_uuid = drawn if back > _FOLLOWED else max(drawn, self._last_uuid + 1)
            moment = self._last_uuid
        head = (moment >> 12) << 16 | 0x7000 | (moment & 0xFFF)
        text = f"{head << 64 | 1 << 63 | secrets.randbits(62):032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def first_uuid7(at_us: int) -> str:
    """What no UUID of version 7 made at this time or later is below, for comparing as text."""
    head = f"{max(at_us, 0) // 1000:012x}"
    return f"{head[:8]}-{head[8:]}-7000"


def earliest(prefix: str, at_us: int) -> str:
    """The first short name that can be made at a time: what was named later sorts after it."""
    return _name(prefix, max(at_us // 1000 - _EPOCH_MS, 0) << _RANDOM_BITS)


def made_at(name: str) -> datetime | None:
    """When a name was made, by the clock of who made it, short or long; None if it is none."""
    if _LONG.fullmatch(name):
        milliseconds = int(name[:13].replace("-", ""), 16)
    elif _SHORT.fullmatch(name):
        number = 0
        for letter in name.rpartition("-")[2]:
            number = number << 5 | ALPHABET.index(letter)
        milliseconds = (number >> _RANDOM_BITS) + _EPOCH_MS
    else:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _name(prefix: str, number: int) -> str:
    letters = (ALPHABET[(number >> shift) & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
    return f"{prefix}-{''.join(letters)}"


def typed(text: str) -> str:
    """A short name as people type it, in its proper letters: `t-ok3l` means `T-0K31`."""
    head, dash, tail = text.strip().upper().rpartition("-")
    return head + dash + tail.translate(str.maketrans("OIL", "011"))
