"""The arithmetic of samples, exact in whole numbers: no rounding can flatter a result.

Shares are basis points (one in 10,000). All bounds are one-sided: they say how bad it can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb

from router.records import BASIS_POINTS
from router.review_facts import Judgement

CONFIDENCE_BP = 9_500
"""How sure a bound is unless told."""


def sample_size(share_bp: int, confidence_bp: int = CONFIDENCE_BP) -> int:
    """The smallest sample that shows at least one failure if `share_bp` of all are failures.

    The smallest n with (1 - share) ** n <= 1 - confidence: 59 at 5 %, 299 at 1 %.

    Raises:
        ValueError: a share or confidence that is not between 0 and 1.
    """
    if not (0 < share_bp <= BASIS_POINTS and 0 < confidence_bp < BASIS_POINTS):
        raise ValueError("share and confidence must lie between 0 and 10000 basis points")
    good, unsure = BASIS_POINTS - share_bp, BASIS_POINTS - confidence_bp
    power, whole, count = good, BASIS_POINTS, 1
    while power * BASIS_POINTS > unsure * whole:
        power, whole, count = power * good, whole * BASIS_POINTS, count + 1
    return count


def upper_bound(failures: int, reviewed: int, confidence_bp: int = CONFIDENCE_BP) -> int:
    """The exact upper bound of the share of failures, in basis points and rounded up.

    Clopper and Pearson 1934, one-sided: the smallest share at which so few failures among so many
    would be seen with a probability of at most 1 - confidence. For a sample that was drawn without
    putting back it errs on the safe side.

    Raises:
        ValueError: more failures than were reviewed, or nothing was.
    """
    if not 0 <= failures <= reviewed or not reviewed:
        raise ValueError(f"{failures} failures among {reviewed} are not possible")
    low, high = 0, BASIS_POINTS
    while low < high:
        middle = (low + high) // 2
        if _as_few(failures, reviewed, middle, confidence_bp):
            high = middle
        else:
            low = middle + 1
    return low


def share_up(part: int, whole: int) -> int:
    """A share in basis points, rounded up."""
    return -(-part * BASIS_POINTS // whole)


def kappa(pairs: Sequence[tuple[Judgement, Judgement]]) -> int | None:
    """Cohen's kappa of two reviewers in basis points; None where nothing can be said.

    (agreed - expected) / (1 - expected), where expected is the agreement that chance alone would
    give from how often each said what (Cohen 1960).
    """
    if not pairs:
        return None
    count = len(pairs)
    agreed = Fraction(sum(first == second for first, second in pairs), count)
    firsts, seconds = [one for one, _ in pairs], [one for _, one in pairs]
    expected = sum(
        Fraction(firsts.count(word) * seconds.count(word), count * count) for word in Judgement
    )
    if expected == 1:
        return None
    return round((agreed - expected) / (1 - expected) * BASIS_POINTS)


def _as_few(failures: int, reviewed: int, share_bp: int, confidence_bp: int) -> bool:
    """Whether at most so many failures are as improbable as the confidence asks."""
    good = BASIS_POINTS - share_bp
    ways = sum(
        comb(reviewed, seen) * share_bp**seen * good ** (reviewed - seen)
        for seen in range(failures + 1)
    )
    return bool(ways * BASIS_POINTS <= (BASIS_POINTS - confidence_bp) * BASIS_POINTS**reviewed)
