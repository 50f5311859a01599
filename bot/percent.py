"""A share as people read it, the same in the console and on the command line."""

from __future__ import annotations

from router.records import BASIS_POINTS

_ONE = BASIS_POINTS // 100


def percent(basis_points: int, space: str = " ") -> str:
    """A share in per cent, never rounded to a certainty that it is not."""
    if 0 < basis_points < _ONE:
        return f"<1{space}%"
    if BASIS_POINTS - _ONE < basis_points < BASIS_POINTS:
        return f">99{space}%"
    return f"{basis_points / 100:.0f}{space}%"
