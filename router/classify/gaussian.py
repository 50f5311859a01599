"""A Gaussian process over examples: scores, exact leave-one-out scores, and a variance.

Everything is one inverse of an n x n matrix (Rasmussen and Williams, *Gaussian Processes for
Machine Learning*, 2006, sections 2.2 and 5.4.2), so a few hundred examples fit in a fraction of a
second. Leave-one-out scores tell how each example would have been judged had it not been known:
that is what confidence is calibrated on. The variance grows with the distance from all examples:
it says "nothing like this seen".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", bound=np.floating[Any])
Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kernel:
    """How alike two texts are: exp(-sharpness * (2 - 2 cos)) + lexical * (tf-idf cosine).

    `noise` is how much an example may be wrong: the higher, the less a single one counts.
    """

    sharpness: float = 1.5
    lexical: float = 0.25
    noise: float = 0.1

    def __call__(self, cosines: Matrix, lexical: Matrix) -> Matrix:
        """The kernel of two cosine matrices of one shape."""
        alike: Matrix = np.exp(-self.sharpness * (2 - 2 * cosines)) + self.lexical * lexical
        return alike

    @property
    def itself(self) -> float:
        """The kernel of a text with itself."""
        return 1 + self.lexical


@dataclass(frozen=True, slots=True)
class Scores:
    """What the process says of some texts.

    `values` has a row a text and a column a class; `variance` has a number a text, from 0 (known)
    to `Kernel.itself` (like nothing known).
    """

    values: Matrix
    variance: Vector


class Gaussian:
    """The process, fitted to the kernel matrix of the examples and a row of targets for each.

    An example of weight 2 counts as if its noise were half.
    """

    def __init__(self, kernel: Kernel, matrix: Matrix, targets: Matrix, weights: Vector) -> None:
        self._itself = kernel.itself
        noise = kernel.noise / weights
        self._inverse: Matrix = np.linalg.inv(matrix + np.diag(noise)).astype(np.float64)
        self._alpha: Matrix = self._inverse @ targets
        precision = np.diag(self._inverse)
        self.held_out = Scores(
            targets - self._alpha / precision[:, None],
            np.maximum(1 / precision - noise, 0),
        )

    def scores(self, rows: Matrix) -> Scores:
        """Scores of texts whose kernel with each example is a row of `rows`."""
        halfway: Matrix = row_by_row(rows, self._inverse)
        explained = (halfway * rows).sum(axis=1)
        return Scores(row_by_row(rows, self._alpha), np.maximum(self._itself - explained, 0))


def row_by_row(rows: NDArray[Number], matrix: NDArray[Number]) -> NDArray[Number]:
    """`rows` @ `matrix`, one row at a time.

    For a few rows BLAS would wake threads that cost more than they do; and a row's result must not
    depend on the rows beside it.
    """
    made = np.empty((len(rows), matrix.shape[1]), matrix.dtype)
    for at, row in enumerate(rows):
        made[at] = row @ matrix
    return made
