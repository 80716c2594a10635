"""The density of weighted data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gmmswift._diagnostics.density import kde

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["weighted_density", "weighted_sample"]

#: Data may stand for any number of rows. So many show what more would show.
_MOST = 100_000


def weighted_sample(
    values: NDArray[np.float64], weights: NDArray[np.float64], size: int
) -> NDArray[np.float64]:
    """Return `size` values that have the distribution of weighted ones.

    They are the quantiles of (i + 1/2) / size, so with integer weights of sum `size` they are the
    repeated values.
    """
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[order])
    levels = (np.arange(size) + 0.5) / size * sums[-1]
    sample: NDArray[np.float64] = values[order[np.searchsorted(sums, levels, side="right")]]
    return sample


def weighted_density(
    values: NDArray[np.float64], weights: NDArray[np.float64], n_points: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a kernel density of weighted values.

    Its bandwidth is that of as many values as the weights have for their sum.
    """
    size = int(np.clip(round(weights.sum()), 2, _MOST))
    bandwidth = kde(weighted_sample(values, weights, size), n_points=n_points).bandwidth
    sample = weighted_sample(values, weights, max(size, 20_000))
    points, density, _ = kde(sample, bandwidth=bandwidth, n_points=n_points)
    return points, density
