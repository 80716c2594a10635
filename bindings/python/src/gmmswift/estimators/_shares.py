"""Weighted Gaussian densities, from which the estimators predict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._data import as_data
from gmmswift._shapes import covariance_form

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

# Rows handed to the library at a time, so that memory beyond the data and the result is bounded.
_ROWS = 1 << 16


class Shares:
    """Gaussian densities, each times its weight.

    Weights of variational Bayes can lie so far apart that they would underflow. This matters for
    points that are far from all clusters, so the library takes logarithms too.

    Parameters
    ----------
    shares : dict
        ``"weights"``, or in their place ``"log_weights"``, of which at least one is finite, (K,).
    means : ndarray, shape (K, D)
        Means.
    covariances : ndarray
        By `kind`.
    kind : str
        The form of the covariances: one of the six of `gmmswift.fit_em`.
    threads : int
        Number of threads.
    """

    def __init__(
        self,
        shares: dict[str, NDArray[np.float64]],
        means: NDArray[np.float64],
        covariances: NDArray[np.float64],
        kind: str,
        threads: int,
    ) -> None:
        self.threads = threads
        mixture = native.defaults(native.MixtureValues)
        mixture.num_components, mixture.num_dimensions = means.shape
        self.size = len(means)
        mixture.covariance, mixture.shared_spread = covariance_form(kind)
        self._arrays = []
        for name, values in {**shares, "means": means, "covariances": covariances}.items():
            self._arrays.append(np.ascontiguousarray(values, np.float64))
            setattr(mixture, name, native.address(self._arrays[-1]))
        self._mixture = mixture

    def log_totals(self, x: NDArray[Any], dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """Return the logarithm of the sum over components, shape (N,), as floats of a type."""
        return self._evaluated(native.lib.gmm_mixture_log_density, x, (), dtype)

    def probabilities(self, x: NDArray[Any], dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """Return each component's part of the sum, shape (N, K), as floats of a type."""
        return self._evaluated(native.lib.gmm_mixture_probabilities, x, (self.size,), dtype)

    def entropies(self, x: NDArray[Any]) -> NDArray[Any]:
        """Return the entropy of the components' parts, shape (N,)."""
        return self._evaluated(native.lib.gmm_mixture_entropy, x, (), np.float64)

    def labels(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Return the component with the largest part, shape (N,)."""
        out = np.empty(len(x), np.int64)
        for part in _parts(len(x)):
            self.probabilities(x[part]).argmax(axis=1, out=out[part])
        return out

    def _evaluated(
        self,
        function: Callable[..., int],
        x: NDArray[Any],
        shape: tuple[int, ...],
        dtype: DTypeLike,
    ) -> NDArray[Any]:
        """Return numbers of a shape for each observation."""
        out = np.empty((len(x), *shape), dtype)
        for part in _parts(len(x)):
            points, found = as_data("X", x[part], missing="mar"), out[part]
            if found.dtype != np.float64:
                found = np.empty(found.shape)
            with native.Run(self.threads) as run:
                native.call(function, self._mixture, points._handle, run.control, found, found.size)
            if found.dtype != out.dtype:
                out[part] = found
        return out


def _parts(length: int) -> Iterator[slice]:
    for start in range(0, length, _ROWS):
        yield slice(start, min(start + _ROWS, length))
