"""How well the specialists' examples tell them apart: what a plugin's author is shown.

Each example is judged as if it were unknown (leave-one-out), by the same arithmetic that decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from router.classify.gaussian import Matrix
from router.classify.profiles import FEW_EXAMPLES, Profile, Row, RowKind


@dataclass(frozen=True, slots=True)
class SpecialistFit:
    """One specialist: how many of its examples find their way back to it, and what to do."""

    name: str
    examples: int
    accuracy: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confusion:
    """An example that would go to another specialist if it were not known.

    `own` and `other` are its scores for its own specialist and for the one it is taken for; an
    example that is plain has about 1 for its own and about 0 for others.
    """

    specialist: str
    taken_for: str
    example: str
    own: float = 0.0
    other: float = 0.0


@dataclass(frozen=True, slots=True)
class FitReport:
    """Leave-one-out accuracy of all examples, of each specialist, and every confused example."""

    accuracy: float
    specialists: tuple[SpecialistFit, ...]
    confusions: tuple[Confusion, ...]


def fit_report(profiles: Sequence[Profile], rows: Sequence[Row], held_out: Matrix) -> FitReport:
    """The report on `rows`, whose leave-one-out scores are `held_out`."""
    judged = [
        (row, values, int(values.argmax()))
        for row, values in zip(rows, held_out, strict=True)
        if row.kind is RowKind.EXAMPLE
    ]
    confusions = tuple(
        Confusion(
            profiles[row.specialist].name,
            profiles[taken].name,
            row.text,
            own=float(values[row.specialist]),
            other=float(values[taken]),
        )
        for row, values, taken in judged
        if taken != row.specialist
    )
    return FitReport(
        accuracy=1 - len(confusions) / len(judged) if judged else 0.0,
        specialists=tuple(_fit(profile, confusions) for profile in profiles),
        confusions=confusions,
    )


def _fit(profile: Profile, confusions: Sequence[Confusion]) -> SpecialistFit:
    count = len(profile.examples)
    wrong = sum(confusion.specialist == profile.name for confusion in confusions)
    return SpecialistFit(
        name=profile.name,
        examples=count,
        accuracy=1 - wrong / count if count else 0.0,
        warnings=tuple(_warnings(profile)),
    )


def _warnings(profile: Profile) -> list[str]:
    found = []
    if len(profile.examples) < FEW_EXAMPLES:
        found.append(
            f"{profile.name} has {len(profile.examples)} examples: give it at least "
            f"{FEW_EXAMPLES}, written as requesters write"
        )
    if not profile.handles:
        found.append(f"{profile.name} does not say what it handles: a paragraph is worth examples")
    return found
