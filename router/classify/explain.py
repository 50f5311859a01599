"""Puts an embedded decision into words and figures for the record.

Nothing here repeats what the requester wrote: only names, figures and the plugins' own examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from router.classify.bands import Choice
from router.classify.profiles import Profile, Row, RowKind
from router.classify.scorer import Reading
from router.classify.settings import RoutingSettings
from router.classify.vectors import text_digest
from router.considered import Alternative, Neighbour
from router.records import Band, basis_points

NEIGHBOURS = 3
QUOTED = 80
"""Characters of an example that a reason shows."""


def alternatives(
    choice: Choice, found: Reading, profiles: Sequence[Profile], settings: RoutingSettings
) -> tuple[Alternative, ...]:
    """Every specialist, likeliest first, each with why it was not chosen."""
    order = np.argsort(-found.probabilities, kind="stable")
    best = profiles[int(order[0])]
    return tuple(
        Alternative(
            specialist=profiles[at].name,
            score_bp=basis_points(float(found.scores[at])),
            confidence_bp=basis_points(float(found.probabilities[at])),
            threshold_bp=basis_points(settings.threshold(profiles[at].name)),
            why_not=_why_not(choice, profiles[at], float(found.probabilities[at]), best, settings),
        )
        for at in order
    )


def neighbours(
    found: Reading, rows: Sequence[Row], profiles: Sequence[Profile]
) -> tuple[Neighbour, ...]:
    """The nearest known texts, nearest first."""
    near = islice(_nearest(found, rows), NEIGHBOURS)
    return tuple(
        Neighbour(
            specialist=profiles[rows[at].specialist].name,
            example=text_digest(rows[at].text),
            cosine_bp=basis_points(float(found.cosines[at])),
        )
        for at in near
    )


def reason(choice: Choice, found: Reading, rows: Sequence[Row], profiles: Sequence[Profile]) -> str:
    """One plain sentence on why this was decided."""
    best = profiles[found.best]
    sure = percent(float(found.probabilities[found.best]))
    if choice.band is Band.GO:
        own = next(at for at in _nearest(found, rows) if profiles[rows[at].specialist] is best)
        return f"It is closest to {best.title}'s {_quoted(rows[own])} ({sure} sure)."
    if choice.band is Band.ASK:
        first, second = (_title(name, profiles) for name in choice.candidates)
        return f"{first} or {second}: the likelier one is only {sure} sure."
    return f"Nobody's matter as far as known: the nearest is {best.title} with {sure}."


def percent(share: float) -> str:
    """A share in 0..1 as people read it; never rounded up to certainty."""
    return f"{min(99, round(share * 100))} %"


def _why_not(
    choice: Choice, profile: Profile, p: float, best: Profile, settings: RoutingSettings
) -> str:
    if profile.name == choice.specialist:
        return ""
    if choice.specialist is not None:
        return f"{percent(p)}; {best.title} is likelier"
    needed = f"{percent(p)}, needs {percent(settings.threshold(profile.name))}"
    return f"{needed}; named in the question" if profile.name in choice.candidates else needed


def _nearest(found: Reading, rows: Sequence[Row]) -> Iterator[int]:
    order = np.argsort(-found.cosines, kind="stable").tolist()
    return (at for at in order if rows[at].kind is not RowKind.COUNTER_EXAMPLE)


def _quoted(row: Row) -> str:
    source = "example" if row.kind is RowKind.EXAMPLE else "description"
    text = row.text if len(row.text) <= QUOTED else row.text[:QUOTED].rstrip() + "…"
    return f"{source} “{text.rstrip('.')}”"


def _title(name: str, profiles: Sequence[Profile]) -> str:
    return next(profile.title for profile in profiles if profile.name == name)
