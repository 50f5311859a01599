"""What probabilities are told from: a few figures a text, and a few a text and specialist."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from router.classify.calibrate import Cube, Matrix
from router.classify.gaussian import Scores
from router.classify.profiles import Row, RowKind

NEAREST = 3


def scope_features(scores: Scores, cosines: Matrix) -> Matrix:
    """For "is it for any of them?": shape (texts, 4).

    Best score, variance, cosine to the nearest row, mean cosine to the nearest three.
    """
    near = np.sort(cosines, axis=1)[:, -NEAREST:]
    return np.column_stack(
        [scores.values.max(axis=1), scores.variance, near[:, -1], near.mean(axis=1)]
    )


def specialist_features(scores: Scores, cosines: Matrix, own_rows: Sequence[Sequence[int]]) -> Cube:
    """For "which of them?": shape (texts, specialists, 3).

    A specialist's score, the cosine to its nearest row, the mean cosine to its nearest three.
    """
    nearest = np.empty((*scores.values.shape, 2))
    for specialist, rows in enumerate(own_rows):
        near = np.sort(cosines[:, rows], axis=1)[:, -NEAREST:]
        nearest[:, specialist, 0] = near[:, -1]
        nearest[:, specialist, 1] = near.mean(axis=1)
    return np.concatenate([scores.values[:, :, None], nearest], axis=2)


def rows_of(rows: Sequence[Row], count: int) -> list[list[int]]:
    """For each of `count` specialists, where its examples and phrases are."""
    return [
        [
            at
            for at, row in enumerate(rows)
            if row.specialist == specialist and row.kind is not RowKind.COUNTER_EXAMPLE
        ]
        for specialist in range(count)
    ]


def calibration_rows(rows: Sequence[Row]) -> list[int]:
    """Rows that look like real messages; a description counts only where there are no examples."""
    with_examples = {row.specialist for row in rows if row.kind is RowKind.EXAMPLE}
    return [
        at
        for at, row in enumerate(rows)
        if row.kind is RowKind.EXAMPLE
        or (row.kind is RowKind.DESCRIPTION and row.specialist not in with_examples)
    ]


def targets_of(rows: Sequence[Row], count: int) -> Matrix:
    """1 for a row's own specialist and -1/(count - 1) for others; counter-examples only say no."""
    no = -1 / max(1, count - 1)
    targets = np.full((len(rows), count), no)
    for at, row in enumerate(rows):
        if row.kind is RowKind.COUNTER_EXAMPLE:
            targets[at] = 0
            targets[at, row.specialist] = no
        else:
            targets[at, row.specialist] = 1
    return targets
