"""How figures are put in words wherever the command line shows them."""

from __future__ import annotations

from router.records import BASIS_POINTS

BAR = 10


def bar(basis_points: int) -> str:
    """A share as a bar of ten characters."""
    full = round(BAR * max(0, min(basis_points, BASIS_POINTS)) / BASIS_POINTS)
    return "█" * full + "░" * (BAR - full)


def milliseconds(microseconds: int) -> str:
    """A duration, in the unit that suits it."""
    if microseconds < 1_000_000:  # noqa: PLR2004 - one second
        return f"{microseconds / 1000:.0f} ms"
    return f"{microseconds / 1_000_000:.1f} s"


def counted(number: int, what: str) -> str:
    """A number of things: `1 check`, `2 checks`."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def lasted(seconds: float) -> str:
    """A longer time, roughly: `40 s`, `12 min`, `5 h`, `3 days`."""
    for unit, length, until in (("s", 1, 90), ("min", 60, 5400), ("h", 3600, 172_800)):
        if seconds < until:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"
