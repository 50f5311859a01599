"""Where specialists get in each other's way, with the figures and what to do about it.

Similarity is the cosine of the embedding model that routes: 1 is the same, unrelated texts have
0.0 to 0.4. The limits are set so that the three built-in specialists, which are neighbours but no
rivals, stay well below (descriptions 0.35, examples 0.55 at most).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from router.classify.profiles import FEW_EXAMPLES, Profile
from router.classify.report import FitReport
from router.ports import Encoder

SAME_FIELD = 0.6
"""Descriptions this close speak of the same field."""
SAME_MESSAGE = 0.8
"""Examples this close are one message in two wordings."""
TOO_MANY_ASTRAY = 0.2
"""This share of a specialist's examples may go to others when held out."""
FEWEST_WORDS = 8
PAIRS = 5
"""So many pairs of examples are named for two specialists; with the first ones goes the rest."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that makes routing worse. `code` is fixed; `figure` is what was measured.

    `other` is the second specialist where there are two; `examples` are the messages it is about.
    """

    code: str
    specialist: str
    figure: float
    limit: float
    message: str
    suggestion: str
    other: str = ""
    examples: tuple[str, ...] = ()


def concerns(
    profiles: Sequence[Profile], report: FitReport, encoder: Encoder
) -> tuple[Concern, ...]:
    """Everything that should be mended, in the profiles' order.

    Args:
        profiles: all specialists that serve together.
        report: the fit report on the same profiles.
        encoder: the model that routes.
    """
    return (
        *(found for profile in profiles for found in _thin(profile)),
        *_overlapping(profiles, encoder),
        *_same_messages(profiles, encoder),
        *_astray(report),
    )


def _thin(profile: Profile) -> Iterator[Concern]:
    words, examples = len(profile.handles.split()), len(profile.examples)
    if words < FEWEST_WORDS:
        message = f"{profile.name} says what it handles in {words} words"
        advice = "name the things that belong to it and, after 'Not for', those that do not"
        yield Concern("thin_description", profile.name, words, FEWEST_WORDS, message, advice)
    if examples < FEW_EXAMPLES:
        message = f"{profile.name} has {examples} examples"
        advice = f"give it {FEW_EXAMPLES} to 40, in the words of those who write"
        yield Concern("few_examples", profile.name, examples, FEW_EXAMPLES, message, advice)


def _overlapping(profiles: Sequence[Profile], encoder: Encoder) -> Iterator[Concern]:
    described = [profile for profile in profiles if profile.handles]
    if len(described) < 2:  # noqa: PLR2004 - it takes two
        return
    vectors = encoder.encode([profile.handles for profile in described])
    cosines = vectors @ vectors.T
    for one, two in combinations(range(len(described)), 2):
        close = float(cosines[one, two])
        if close < SAME_FIELD:
            continue
        first, second = described[one].name, described[two].name
        message = f"{first} and {second} describe the same field (similarity {close:.2f})"
        advice = f"say in `handles` what tells them apart, such as 'Not for … (that is {second})'"
        yield Concern("same_field", first, close, SAME_FIELD, message, advice, second)


def _same_messages(profiles: Sequence[Profile], encoder: Encoder) -> Iterator[Concern]:
    asked = [profile for profile in profiles if profile.examples]
    vectors = [encoder.encode(profile.examples) for profile in asked]
    for one, two in combinations(range(len(asked)), 2):
        cosines = vectors[one] @ vectors[two].T
        places = np.argwhere(cosines >= SAME_MESSAGE)
        closest = sorted(places.tolist(), key=lambda at: -float(cosines[at[0], at[1]]))[:PAIRS]
        for at, beside in closest:
            close = float(cosines[at, beside])
            pair = (asked[one].examples[at], asked[two].examples[beside])
            message = f"{asked[one].name} and {asked[two].name} claim the same message"
            yield Concern(
                "same_message",
                asked[one].name,
                close,
                SAME_MESSAGE,
                f"{message} (similarity {close:.2f})",
                "keep it with the one that can answer it; make it a counter-example of the other",
                asked[two].name,
                pair,
            )


def _astray(report: FitReport) -> Iterator[Concern]:
    for fit in report.specialists:
        astray = [one for one in report.confusions if one.specialist == fit.name]
        share = 1 - fit.accuracy
        if not astray or share <= TOO_MANY_ASTRAY:
            continue
        takers = [one.taken_for for one in astray]
        most = max(dict.fromkeys(takers), key=takers.count)
        message = f"{len(astray)} of {fit.examples} examples of {fit.name} would go to others"
        yield Concern(
            "examples_astray",
            fit.name,
            share,
            TOO_MANY_ASTRAY,
            f"{message}, most of them to {most}",
            f"add examples like them to {fit.name}, and counter-examples to {most}",
            most,
            tuple(one.example for one in astray[:PAIRS]),
        )
