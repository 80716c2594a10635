"""The multivariate shapes that are timed: data, a start, and the work that an E-step has to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gmmswift as gm
import numpy as np

__all__ = ["SHAPES", "Shape"]

#: Weights (K,), means (K, D) and covariances, (K, D, D) or (K, D).
Parameters = Sequence[Any]

_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Shape:
    """A data set of N observations in D dimensions, and a mixture of K components for it.

    Attributes
    ----------
    covariance_type : {"full", "diag"}
        The structure of the covariances.
    dimensions, components, size : int
        D, K and N.
    asked : dict
        How many times the speed of each peer is asked for.
    iterations : dict
        The numbers of iterations (for "gibbs", draws) of a short and a long run of each engine.
    """

    covariance_type: str
    dimensions: int
    components: int
    size: int
    asked: dict[str, float]
    iterations: dict[str, tuple[int, int]]

    @property
    def name(self) -> str:
        """The name of the shape in results."""
        return f"{self.covariance_type} {self.dimensions} {self.components}"

    @property
    def title(self) -> str:
        """The name of the shape in tables."""
        return (
            f"{self.covariance_type}, D = {self.dimensions}, K = {self.components}, "
            f"N = {self.size:,}"
        )

    def data(self) -> np.ndarray[Any, Any]:
        """Return correlated clusters that overlap, (N, D)."""
        random = np.random.RandomState(8)
        k, d = self.components, self.dimensions
        centers = self._centers()
        labels = random.randint(k, size=self.size)
        x = random.standard_normal((self.size, d))
        mixing = np.eye(d) + random.normal(0, 0.3 / np.sqrt(d), (k, d, d))
        for j in range(k):
            x[labels == j] = x[labels == j] @ mixing[j] + centers[j]
        return x

    def _centers(self) -> np.ndarray[Any, Any]:
        random = np.random.RandomState(9)
        return random.normal(0, 6 / np.sqrt(self.dimensions), (self.components, self.dimensions))

    def start(self) -> dict[str, list[Any]]:
        """Return weights, means and covariances near those of the data, but not at them."""
        random = np.random.RandomState(10)
        k, d = self.components, self.dimensions
        means = self._centers() + random.normal(0, 0.5, (k, d))
        unit = np.eye(d) if self.covariance_type == "full" else np.ones(d)
        return {
            "weights": [1 / k] * k,
            "means": means.tolist(),
            "covariances": np.tile(1.5 * unit, (k,) + (1,) * unit.ndim).tolist(),
        }

    def model(self) -> gm.Mixture:
        """Return a model with a conjugate prior at the scale of the data."""
        d = self.dimensions
        if self.covariance_type == "full":
            prior: Any = gm.NormalInverseWishart(
                mean=np.zeros(d), kappa=0.01, dof=d + 2, scale=np.eye(d)
            )
        else:
            prior = gm.NormalInverseGamma(
                mean=np.zeros(d), kappa=0.01, shape=(d + 2) / 2, scale=np.full(d, 0.5)
            )
        return gm.Mixture(
            self.components, n_dimensions=d, covariance_type=self.covariance_type, components=prior
        )

    @property
    def multiply_adds(self) -> int:
        """The fused multiply-adds of an E-step that no algorithm of this kind can leave out.

        For each observation and component, with a triangular or diagonal F and F' F the precision
        matrix::

            y = F (x - mean)                    D (D + 1) / 2; diag: D
            the sum of the squares of y         D
            the sums of r (x - mean)            D
            those of r (x - mean) (x - mean)'   D (D + 1) / 2; diag: D

        Not counted: subtractions, the products with the weights, the K exponentials and the
        logarithm of an observation, its division, and the M-step.
        """
        d = self.dimensions
        triangle = d * (d + 1) // 2 if self.covariance_type == "full" else d
        return self.size * self.components * (2 * triangle + 2 * d)

    def log_likelihood(self, x: np.ndarray[Any, Any], parameters: Parameters) -> float:
        """Return the log likelihood at some parameters, by one formula for all engines."""
        weights, means, covariances = (np.asarray(p) for p in parameters)
        if self.covariance_type == "diag":
            covariances = np.array([np.diag(v) for v in covariances])
        factors = [np.linalg.inv(np.linalg.cholesky(c)) for c in covariances]
        constants = [
            np.log(w) + np.log(np.diag(f)).sum() - 0.5 * self.dimensions * np.log(2 * np.pi)
            for w, f in zip(weights, factors, strict=True)
        ]
        sums = []
        for first in range(0, len(x), _ROWS_AT_ONCE):
            rows = x[first : first + _ROWS_AT_ONCE]
            terms = np.stack(
                [
                    c - 0.5 * (((rows - m) @ f.T) ** 2).sum(axis=1)
                    for c, m, f in zip(constants, means, factors, strict=True)
                ]
            )
            largest = terms.max(axis=0)
            sums.append(np.sum(np.log(np.exp(terms - largest).sum(axis=0)) + largest))
        return float(np.sum(sums))


SHAPES = [
    Shape(
        "full", 8, 8, 500_000, {"onedal": 2, "sklearn": 20},
        {"gmmswift": (5, 45), "gibbs": (5, 45), "onedal": (2, 12), "sklearn": (1, 3)},
    ),
    Shape(
        "diag", 8, 8, 500_000, {"onedal": 2.5, "sklearn": 8},
        {"gmmswift": (5, 65), "gibbs": (5, 65), "onedal": (2, 12), "sklearn": (1, 5)},
    ),
    Shape(
        "full", 32, 16, 200_000, {"onedal": 1.5, "sklearn": 8},
        {"gmmswift": (2, 12), "gibbs": (2, 12), "onedal": (1, 7), "sklearn": (1, 3)},
    ),
]  # fmt: skip
