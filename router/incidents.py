"""Many of the same: which of the tickets of a short time are about one thing.

A ticket's neighbours are those whose questions lie close to its own in the encoder's space. A crowd
is a ticket with enough different people around it, and far more than usual: some questions are
always asked often, and are no incident. What is usual is read off earlier tickets; how unlikely the
crowd is without a common cause follows from the Poisson distribution.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from router.ports import Vectors
from router.records import basis_points


@dataclass(frozen=True, slots=True)
class CrowdRule:
    """What makes a crowd: `similar` is the cosine from which on two questions are about the same.

    `people` is how many it takes at least. `chance` is the probability with which as many would
    come together by themselves, above which it is no crowd.
    """

    similar: float
    people: int
    chance: float = 1e-4


@dataclass(frozen=True, slots=True)
class Crowd:
    """Questions about the same: the first member is the one that all others are close to.

    Each member is its place in what was given, and how similar it is to the first, in basis points.
    """

    members: tuple[tuple[int, int], ...]
    people: int


def crowd(vectors: Vectors, people: Sequence[str], usual: Vectors, rule: CrowdRule) -> Crowd | None:
    """The largest crowd among questions, or None.

    Args:
        vectors: one row a question, each of length one.
        people: who asked each; several questions of one person count once.
        usual: vectors of earlier questions, to know what is asked anyway.
        rule: what makes a crowd.
    """
    if len(set(people)) < rule.people:
        return None
    similar = vectors @ vectors.T
    near: NDArray[np.bool_] = similar >= rule.similar
    np.fill_diagonal(near, val=True)
    sizes = np.array([len({people[int(other)] for other in np.flatnonzero(row)}) for row in near])
    places = [
        place
        for place in np.flatnonzero(sizes >= rule.people)
        if _by_chance(vectors, usual, int(place), int(near[place].sum()), rule) <= rule.chance
    ]
    if not places:
        return None
    centre = max(places, key=lambda place: (sizes[place], similar[place][near[place]].sum()))
    others = sorted(np.flatnonzero(near[centre]), key=lambda place: -similar[centre][place])
    members = [int(centre), *(int(place) for place in others if place != centre)]
    return Crowd(
        tuple((place, basis_points(float(similar[centre][place]))) for place in members),
        int(sizes[centre]),
    )


def closest(
    vector: NDArray[np.float32], centres: Vectors, similar: float
) -> tuple[int, int] | None:
    """Which of the `centres` a question is closest to, and how close; None if to none."""
    if not len(centres):
        return None
    cosines = centres @ vector
    best = int(cosines.argmax())
    found = float(cosines[best])
    return (best, basis_points(found)) if found >= similar else None


def at_least(count: int, expected: float) -> float:
    """The probability of `count` or more where `expected` are usual (Poisson)."""
    fewer = sum(
        math.exp(number * math.log(expected) - expected - math.lgamma(number + 1))
        for number in range(count)
    )
    return max(0.0, 1.0 - fewer)


def _by_chance(vectors: Vectors, usual: Vectors, place: int, count: int, rule: CrowdRule) -> float:
    """How likely so many neighbours are; half a question is added to those seen, so none is 0."""
    if not len(usual):
        return 0.0  # nothing is known of what is usual: the number of people alone decides
    seen = int((usual @ vectors[place] >= rule.similar).sum())
    return at_least(count, len(vectors) * (seen + 0.5) / (len(usual) + 1))
