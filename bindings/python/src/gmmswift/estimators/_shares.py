"""Gaussians that compete for observations: what predictions of the estimators are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from gmmswift._fits.known_mixture import KnownMixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Rows handed to the library at a time, so that memory beyond the data and the result is bounded.
_ROWS = 1 << 16

# Log shares of one mixture lie within this range, so that no weight underflows: exp(-600) = 1e-261.
_RANGE = 600.0


class Shares:
    """Gaussian densities, each times the exponential of its log share.

    They are a mixture with known parameters, up to a constant, and the library evaluates it. Shares
    of variational Bayes can lie so far apart that weights would underflow, which matters for points
    that are as far from all clusters: then components of similar shares are mixtures of their own,
    and only those are compared here.

    Parameters
    ----------
    log_shares : ndarray, shape (K,)
        -inf for a component that gets nothing; at least one is finite.
    means : ndarray, shape (K, D)
        Means.
    covariances : ndarray
        By `kind`.
    kind : {"full", "tied", "diag", "spherical"}
        What the covariances have in common.
    """

    def __init__(
        self,
        log_shares: NDArray[np.float64],
        means: NDArray[np.float64],
        covariances: NDArray[np.float64],
        kind: str,
    ) -> None:
        self.size = len(log_shares)
        self._groups: list[tuple[NDArray[np.int64], float, KnownMixture]] = []
        order = np.argsort(-log_shares, kind="stable")
        order = order[log_shares[order] > -np.inf]
        while len(order):
            chosen = order[log_shares[order] > log_shares[order[0]] - _RANGE]
            order = order[len(chosen) :]
            # In their own order, in which the library adds them up.
            chosen = np.sort(chosen)
            weights = np.exp(log_shares[chosen] - log_shares[chosen].max())
            total = weights.sum()
            mixture = KnownMixture(
                weights / total,
                means[chosen],
                covariances if kind == "tied" else covariances[chosen],
                covariance_type=kind,
            )
            offset = float(log_shares[chosen].max() + np.log(total))
            self._groups.append((chosen, offset, mixture))

    def log_totals(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the logarithm of the sum over components, shape (N,)."""
        out = np.empty(len(x))
        for part in _parts(len(x)):
            totals = [offset + mixture.log_density(x[part]) for _, offset, mixture in self._groups]
            out[part] = totals[0] if len(totals) == 1 else np.logaddexp.reduce(totals)
        return out

    def probabilities(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each component's part of the sum, shape (N, K)."""
        if len(x) <= _ROWS:
            return self._of(x)
        out = np.empty((len(x), self.size))
        for part in _parts(len(x)):
            out[part] = self._of(x[part])
        return out

    def labels(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the component with the largest part, shape (N,)."""
        out = np.empty(len(x), np.int64)
        for part in _parts(len(x)):
            self._of(x[part]).argmax(axis=1, out=out[part])
        return out

    def _of(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        if len(self._groups) == 1 and len(self._groups[0][0]) == self.size:
            return self._groups[0][2].probabilities(x)
        out = np.zeros((len(x), self.size))
        totals = [offset + mixture.log_density(x) for _, offset, mixture in self._groups]
        whole = np.logaddexp.reduce(totals)
        for total, (chosen, _, mixture) in zip(totals, self._groups, strict=True):
            out[:, chosen] = mixture.probabilities(x) * np.exp(total - whole)[:, np.newaxis]
        return out


def _parts(length: int) -> Iterator[slice]:
    for start in range(0, length, _ROWS):
        yield slice(start, min(start + _ROWS, length))
