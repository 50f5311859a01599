"""From scores to probabilities, in two steps that answer two questions.

Is the message for any specialist at all? A logistic regression, told by leave-one-out figures of
the specialists' own examples (yes) and by messages that are for nobody (no), the latter weighted
to their usual share of the traffic. And if so, for which? A conditional logit over the
specialists (McFadden 1974), told by the same leave-one-out figures. The product is calibrated, and
"for nobody" has a probability of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Cube = NDArray[np.float64]

STEPS = 50
ENOUGH = 1e-8
"""Newton's method stops when no weight moves by more."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """p = sigmoid(weights * (features - mean) / scale + bias)."""

    weights: Vector
    bias: float
    mean: Vector
    scale: Vector

    def __call__(self, features: Matrix) -> Vector:
        """Probabilities for a row of features each."""
        return sigmoid(((features - self.mean) / self.scale) @ self.weights + self.bias)


@dataclass(frozen=True, slots=True)
class ConditionalLogit:
    """p(class) is proportional to exp(weights * features of the class)."""

    weights: Vector

    def __call__(self, features: Cube) -> Matrix:
        """Probabilities, shape (cases, classes), for features (cases, classes, features)."""
        return softmax(features @ self.weights)


def fit_logistic(features: Matrix, yes: Vector, weights: Vector, penalty: float) -> Logistic:
    """Weighted logistic regression by Newton's method.

    `features` has a row a case, `yes` is 1 or 0 a case, `weights` what each case counts;
    `penalty` holds the weights small (ridge), per unit of total weight.
    """
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    design = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    ridge = np.eye(design.shape[1]) * penalty * weights.sum()
    ridge[-1, -1] = 1e-6
    found = np.zeros(design.shape[1])
    for _ in range(STEPS):
        p = sigmoid(design @ found)
        curvature = (design * (weights * p * (1 - p))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, design.T @ (weights * (p - yes)) + ridge @ found)
        found = found - step
        if np.abs(step).max() < ENOUGH:
            break
    return Logistic(found[:-1], float(found[-1]), mean, scale)


def fit_conditional_logit(
    features: Cube, own: NDArray[np.intp], weights: Vector, usual: Vector, penalty: float
) -> ConditionalLogit:
    """Weighted conditional logit by Newton's method; `own` is the right class of each case.

    `features` has the shape (cases, classes, features); one weight a feature serves all classes,
    so that a handful of examples is enough. `penalty`, per unit of total weight, holds them near
    the `usual` ones.
    """
    ridge = penalty * weights.sum() * np.eye(features.shape[2])
    right = features[np.arange(len(own)), own]
    found = np.array(usual)

    def fit(tried: Vector) -> float:
        chances = softmax(features @ tried)[np.arange(len(own)), own]
        return float(
            weights @ np.log(chances + 1e-12) - (tried - usual) @ ridge @ (tried - usual) / 2
        )

    reached = fit(found)
    for _ in range(STEPS):
        p = softmax(features @ found)
        expected = np.einsum("nc,nck->nk", p, features)
        slope = weights @ (right - expected) - ridge @ (found - usual)
        spread = np.einsum("nck,ncl->kl", features * (weights[:, None] * p)[:, :, None], features)
        curvature = spread - (expected * weights[:, None]).T @ expected + ridge
        step = np.linalg.solve(curvature, slope)
        while (new := fit(found + step)) < reached and np.abs(step).max() > ENOUGH:
            step = step / 2  # a full step may overshoot where many classes are close
        found, reached = found + step, new
        if np.abs(step).max() < ENOUGH * (1 + np.abs(found).max()):
            break
    return ConditionalLogit(found)


def sigmoid(value: Vector) -> Vector:
    """1 / (1 + e^-value), without overflow."""
    result: Vector = 1 / (1 + np.exp(-np.clip(value, -40, 40)))
    return result


def softmax(values: Matrix) -> Matrix:
    """Rows of probabilities that sum to 1, without overflow."""
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    result: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return result
