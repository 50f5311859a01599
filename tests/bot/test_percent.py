"""Shares as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.percent import percent
from bot.web.console.formats import share
from router.records import BASIS_POINTS


@pytest.mark.parametrize(
    ("basis_points", "read"),
    [
        (0, "0 %"),
        *((1, "<1 %"), (99, "<1 %"), (100, "1 %")),
        (4_250, "42 %"),
        *((9_900, "99 %"), (9_901, ">99 %"), (9_999, ">99 %")),
        (10_000, "100 %"),
    ],
)
def test_share_is_read_in_per_cent(basis_points: int, read: str) -> None:
    assert percent(basis_points) == read
    assert share(basis_points) == read.replace(" ", "\N{NO-BREAK SPACE}")


@given(st.integers(0, BASIS_POINTS))
def test_nothing_is_rounded_to_a_certainty(basis_points: int) -> None:
    assert (percent(basis_points) == "100 %") == (basis_points == BASIS_POINTS)
    assert (percent(basis_points) == "0 %") == (basis_points == 0)
