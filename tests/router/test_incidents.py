"""Crowds: enough different people, close to one question, and far more than usual."""

import numpy as np
import pytest

from router.incidents import CrowdRule, at_least, closest, crowd
from router.ports import Vectors

RULE = CrowdRule(similar=0.8, people=4)


def vectors(*angles: float) -> Vectors:
    """Questions on a circle: what lies close together means about the same."""
    radians = np.deg2rad(np.array(angles))
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


NONE = vectors()[:0]


def people(count: int) -> list[str]:
    return [f"p{number}" for number in range(count)]


def test_the_question_in_the_middle_comes_first_and_strangers_are_left_out() -> None:
    found = crowd(vectors(0, 20, 40, 30, 180, 90), people(6), NONE, RULE)

    assert found is not None
    assert found.people == 4
    assert found.members[0][0] in {1, 3}
    assert {place for place, _ in found.members} == {0, 1, 2, 3}
    assert found.members[0][1] == 10_000


def test_a_person_counts_once() -> None:
    assert crowd(vectors(0, 1, 2, 3, 4), ["a", "a", "a", "b", "c"], NONE, RULE) is None


def test_what_is_always_asked_is_no_crowd() -> None:
    same = vectors(0, 1, 2, 3)
    often = vectors(*([1.0] * 90), *([180.0] * 10))
    seldom = vectors(*([180.0] * 100))

    assert crowd(same, people(4), often, RULE) is None
    assert crowd(same, people(4), seldom, RULE) is not None


def test_a_later_question_belongs_to_the_closest_incident_or_to_none() -> None:
    centres = vectors(0, 60)

    assert closest(vectors(50)[0], centres, 0.8) == (1, 9848)
    assert closest(vectors(180)[0], centres, 0.8) is None
    assert closest(vectors(180)[0], NONE, 0.8) is None


@pytest.mark.parametrize(
    ("count", "expected", "probability"), [(0, 1.0, 1.0), (1, 1.0, 0.6321), (5, 0.5, 0.000172)]
)
def test_the_probability_is_the_poisson_tail(
    count: int, expected: float, probability: float
) -> None:
    assert at_least(count, expected) == pytest.approx(probability, rel=1e-2)
