"""Scores texts for each specialist, with calibrated probabilities.

This is the arithmetic only: which text of a message to look at and what follows from the figures
is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from router.classify.calibrate import (
    ConditionalLogit,
    Logistic,
    fit_conditional_logit,
    fit_logistic,
)
from router.classify.features import (
    calibration_rows,
    rows_of,
    scope_features,
    specialist_features,
    targets_of,
)
from router.classify.gaussian import Gaussian, Kernel, Matrix, Scores, Vector, row_by_row
from router.classify.lexical import Lexical
from router.classify.negatives import SHARE, negatives
from router.classify.profiles import Profile, Row, training_rows
from router.classify.vectors import stored_vectors
from router.ports import Encoder, Vectors

SCOPE_PENALTY = 3e-3
CHOICE_PENALTY = 2e-3
"""Both were measured: larger ones blur what is plain, smaller ones are too sure of few examples."""
USUAL_CHOICE = (8.0, 3.0, 8.0)
"""What the choice weighs where examples do not tell otherwise: about what 20 to 40 of them gave."""
CLAIMED = 0.6
"""A generic negative this close to an example (cosine) is somebody's business after all."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text looks like.

    It has a score and a probability for each specialist, the variance, and the cosine to each
    training row. What the probabilities lack to 1 is for nobody.
    """

    text: str
    scores: Vector
    probabilities: Vector
    variance: float
    cosines: Vector

    @property
    def best(self) -> int:
        """The position of the likeliest specialist."""
        return int(self.probabilities.argmax())


class Scorer:
    """A Gaussian process over the profiles' rows, calibrated; fitted when made.

    Raises:
        ValueError: there are no profiles.
    """

    def __init__(
        self,
        encoder: Encoder,
        profiles: Sequence[Profile],
        cache: Path | None = None,
        kernel: Kernel | None = None,
    ) -> None:
        if not profiles:
            raise ValueError("a scorer needs at least one profile")
        self.rows = tuple(training_rows(profiles))
        self._encoder = encoder
        self._kernel = kernel or Kernel()
        self._own = rows_of(self.rows, len(profiles))
        texts = [row.text for row in self.rows]
        vectors = stored_vectors(encoder, [*texts, *negatives()], cache)
        self._vectors = vectors[: len(texts)]
        self._lexical = Lexical(texts)
        cosines = self._cosines(self._vectors)
        matrix = self._kernel(cosines, self._likenesses(texts))
        targets = targets_of(self.rows, len(profiles))
        self._process = Gaussian(self._kernel, matrix, targets, _weights(self.rows))
        self._scope, self._choice = self._calibrated(cosines, vectors[len(texts) :])

    @property
    def held_out(self) -> Scores:
        """Leave-one-out scores of the rows."""
        return self._process.held_out

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """How each text looks; there must be at least one."""
        cosines = self._cosines(self._encoder.encode(texts))
        scores = self._scores(texts, cosines)
        choice = self._choice(specialist_features(scores, cosines, self._own))
        probabilities = choice * self._scope(scope_features(scores, cosines))[:, None]
        return [
            Reading(text, scores.values[at], probabilities[at], float(scores.variance[at]), near)
            for at, (text, near) in enumerate(zip(texts, cosines, strict=True))
        ]

    def _calibrated(self, cosines: Matrix, nobody: Vectors) -> tuple[Logistic, ConditionalLogit]:
        known = calibration_rows(self.rows)
        weights = _weights(self.rows)[known]
        near = np.array(cosines)
        np.fill_diagonal(near, -1)  # a row held out does not know itself
        near = near[known]
        scores = Scores(self.held_out.values[known], self.held_out.variance[known])
        own, foreign = scope_features(scores, near), self._foreign(self._cosines(nobody))
        share = weights.sum() * SHARE / (1 - SHARE) / max(1, len(foreign))
        scope = fit_logistic(
            np.concatenate([own, foreign]),
            np.repeat([1.0, 0.0], [len(own), len(foreign)]),
            np.concatenate([weights, np.full(len(foreign), share)]),
            SCOPE_PENALTY,
        )
        choice = fit_conditional_logit(
            specialist_features(scores, near, self._own),
            np.array([self.rows[at].specialist for at in known]),
            weights,
            np.array(USUAL_CHOICE),
            CHOICE_PENALTY,
        )
        return scope, choice

    def _foreign(self, cosines: Matrix) -> Matrix:
        """Features of the generic negatives that are close to nobody's examples."""
        free = np.flatnonzero(cosines.max(axis=1) < CLAIMED)
        scores = self._scores([negatives()[at] for at in free], cosines[free])
        return scope_features(scores, cosines[free])

    def _scores(self, texts: Sequence[str], cosines: Matrix) -> Scores:
        return self._process.scores(self._kernel(cosines, self._likenesses(texts)))

    def _cosines(self, vectors: Vectors) -> Matrix:
        return row_by_row(vectors, self._vectors.T).astype(np.float64)

    def _likenesses(self, texts: Sequence[str]) -> Matrix:
        found = [self._lexical.similarities(text) for text in texts]
        return np.stack(found) if found else np.empty((0, len(self.rows)))


def _weights(rows: Sequence[Row]) -> Vector:
    """Specialists count alike, however many rows each has; the mean weight is 1."""
    own = np.array([row.specialist for row in rows])
    weights = 1 / np.bincount(own)[own]
    result: Vector = weights / weights.mean()
    return result
