"""Weighted Gaussian densities, from which the estimators predict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._data import as_data
from gmmswift._shapes import COVARIANCE_TYPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Rows handed to the library at a time, so that memory beyond the data and the result is bounded.
_ROWS = 1 << 16


class Shares:
    """Gaussian densities, each times the exponential of its log share.

    Shares of variational Bayes can lie so far apart that weights would underflow. This matters for
    points that are far from all clusters, so the library takes the logarithms.

    Parameters
    ----------
    log_shares : ndarray, shape (K,)
        -inf for a component without a share; at least one is finite.
    means : ndarray, shape (K, D)
        Means.
    covariances : ndarray
        By `kind`.
    kind : {"full", "tied", "diag", "spherical"}
        The form of the covariances.
    """

    def __init__(
        self,
        log_shares: NDArray[np.float64],
        means: NDArray[np.float64],
        covariances: NDArray[np.float64],
        kind: str,
    ) -> None:
        self.size = len(log_shares)
        mixture = native.defaults(native.MixtureValues)
        mixture.num_components, mixture.num_dimensions = means.shape
        mixture.covariance = COVARIANCE_TYPES.index(kind)
        self._arrays = [
            np.ascontiguousarray(values, np.float64) for values in (log_shares, means, covariances)
        ]
        names = ("log_weights", "means", "covariances")
        for name, values in zip(names, self._arrays, strict=True):
            setattr(mixture, name, native.address(values))
        self._mixture = mixture

    def log_totals(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the logarithm of the sum over components, shape (N,)."""
        out = np.empty(len(x))
        for part in _parts(len(x)):
            self._evaluate(native.lib.gmm_mixture_log_density, x[part], out[part])
        return out

    def probabilities(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each component's part of the sum, shape (N, K)."""
        out = np.empty((len(x), self.size))
        for part in _parts(len(x)):
            self._evaluate(native.lib.gmm_mixture_probabilities, x[part], out[part])
        return out

    def labels(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the component with the largest part, shape (N,)."""
        out = np.empty(len(x), np.int64)
        for part in _parts(len(x)):
            self.probabilities(x[part]).argmax(axis=1, out=out[part])
        return out

    def _evaluate(
        self, function: Callable[..., int], x: NDArray[np.float64], out: NDArray[np.float64]
    ) -> None:
        points = as_data("X", x)
        with native.Run() as run:
            native.call(function, self._mixture, points._handle, run.control, out, out.size)


def _parts(length: int) -> Iterator[slice]:
    for start in range(0, length, _ROWS):
        yield slice(start, min(start + _ROWS, length))
