"""The arithmetic of samples against known values."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.review_facts import Judgement
from storage.reviews.bounds import kappa, sample_size, share_up, upper_bound

C, W = Judgement.CORRECT, Judgement.WRONG_ROUTE


@pytest.mark.parametrize(("share", "size"), [(500, 59), (100, 299), (50, 598), (1000, 29)])
def test_sample_sizes_are_the_published_ones(share: int, size: int) -> None:
    assert sample_size(share) == size


@pytest.mark.parametrize(("failures", "reviewed"), [(0, 59), (1, 93), (2, 124), (3, 153)])
def test_bounds_are_those_of_the_tables_that_auditors_use(failures: int, reviewed: int) -> None:
    """So many items with so many failures are just enough for 5 % at 95 %."""
    assert upper_bound(failures, reviewed) <= 500
    assert upper_bound(failures, reviewed - 1) > 500


@pytest.mark.parametrize(
    ("failures", "reviewed", "bound"), [(0, 59, 496), (0, 299, 100), (0, 1, 9500), (3, 3, 10_000)]
)
def test_bounds_are_exact_and_rounded_up(failures: int, reviewed: int, bound: int) -> None:
    assert upper_bound(failures, reviewed) == bound


def chance_of_so_few(failures: int, reviewed: int, share: Fraction) -> Fraction:
    """Term by term from the one before, where the code under test takes binomial coefficients."""
    term = total = (1 - share) ** reviewed
    for seen in range(1, failures + 1):
        term = term * (reviewed - seen + 1) / seen * share / (1 - share)
        total += term
    return total


@settings(deadline=None)
@given(st.integers(1, 120).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_bound_is_the_smallest_share_that_is_improbable_enough(case: tuple[int, int]) -> None:
    bound = upper_bound(*case)

    assert chance_of_so_few(*case, Fraction(bound, 10_000)) <= Fraction(5, 100)
    assert chance_of_so_few(*case, Fraction(bound - 1, 10_000)) > Fraction(5, 100)


@settings(deadline=None, max_examples=40)
@given(st.integers(100, 9_000))
def test_a_clean_sample_of_that_size_keeps_the_bound_below_the_share(share: int) -> None:
    size = sample_size(share)

    assert upper_bound(0, size) <= share
    assert size == 1 or upper_bound(0, size - 1) > share


@pytest.mark.parametrize("wrong", [(1, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not possible"):
        upper_bound(*wrong)


def test_impossible_shares_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        sample_size(0)


def test_kappa_is_that_of_the_textbook() -> None:
    """Two raters, 50 items: 20 both yes, 15 both no, 5 and 10 apart: 0.4."""
    pairs = [(C, C)] * 20 + [(C, W)] * 5 + [(W, C)] * 10 + [(W, W)] * 15

    assert kappa(pairs) == 4000


def test_kappa_says_nothing_where_chance_explains_all() -> None:
    assert kappa([]) is None
    assert kappa([(C, C)] * 5) is None


def test_a_share_is_never_rounded_down() -> None:
    assert share_up(1, 3) == 3334
    assert share_up(0, 3) == 0
