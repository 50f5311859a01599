"""What is measured of decisions with a confidence, on a mix of messages and out-of-scope ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15
SHARE_OF_NOBODY = 0.2
"""One message in five is taken to be for nobody."""

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measures:
    """All in per cent.

    `lost` are right ones below p = .5, `sent` the share that must leave so that 97 % of the kept
    are right; `kept` and `right` are at p >= .8.
    """

    accuracy: float
    accepted: float
    lost: float
    nobody_recall: float
    auroc: float
    ece: float
    kept: float
    right: float
    sent: float


def measured(confidence: Vector, right: Vector, nobody: Vector) -> Measures:
    """The measures of decisions on messages (confidence, right or not) and on out-of-scope ones."""
    p = np.concatenate([confidence, nobody])
    good = np.concatenate([right, np.zeros(len(nobody))])
    weights = np.concatenate(
        [
            np.full(len(right), (1 - SHARE_OF_NOBODY) / len(right)),
            np.full(len(nobody), SHARE_OF_NOBODY / max(1, len(nobody))),
        ]
    )
    accepted = float((right * (confidence >= 0.5)).mean())
    keep = p >= 0.8
    kept = float(weights[keep].sum())
    return Measures(
        *(
            round(100 * value, 2)
            for value in (
                float(right.mean()),
                accepted,
                float(right.mean()) - accepted,
                float((nobody < 0.5).mean()) if len(nobody) else float("nan"),
                _auroc(confidence, nobody),
                _calibration_error(p, good, weights),
                kept,
                float((weights * good)[keep].sum()) / max(kept, 1e-9),
                _sent(p, good, weights),
            )
        )
    )


def averaged(found: Sequence[Measures]) -> Measures:
    """The mean of several draws."""
    names = Measures.__dataclass_fields__
    return Measures(*(float(np.mean([getattr(one, name) for one in found])) for name in names))


def _calibration_error(p: Vector, good: Vector, weights: Vector) -> float:
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights * (p - good), BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def _sent(p: Vector, good: Vector, weights: Vector) -> float:
    order = np.argsort(-p, kind="stable")
    kept = np.cumsum(weights[order])
    fine = np.flatnonzero(np.cumsum((weights * good)[order]) / kept >= 0.97)
    return 1 - float(kept[fine[-1]]) if len(fine) else 1.0


def _auroc(ours: Vector, nobody: Vector) -> float:
    if not len(nobody):
        return float("nan")
    return float(
        (ours[:, None] > nobody[None, :]).mean() + 0.5 * (ours[:, None] == nobody[None, :]).mean()
    )
