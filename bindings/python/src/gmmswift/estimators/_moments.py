"""Weighted counts, means and covariances of components under given responsibilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift.estimators._gaussians import blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Keeps means of components without members finite; scikit-learn adds the same.
_TINY = 10 * np.finfo(np.float64).eps


@dataclass(frozen=True)
class Moments:
    """Moments of each component's members about their mean.

    Attributes
    ----------
    counts : ndarray, shape (K,)
        Sums of responsibilities times sample weights.
    means : ndarray, shape (K, D)
        Means of the members.
    covariances : ndarray
        Shaped by covariance type, as the attribute of the estimator.
    """

    counts: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]


def moments(
    x: NDArray[Any],
    responsibilities: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None,
    kind: str,
    regularization: float,
) -> Moments:
    """Return the moments under given responsibilities, in two passes over the data.

    Means come first, then squares about them, so a large offset costs no digits. As in
    scikit-learn, rows of responsibilities need not sum to 1, because a start may be at K chosen
    observations. A tied covariance then also counts the part of every row that belongs to no
    component, about the origin.
    """
    x = x.astype(np.float64, copy=False)
    size, dimensions = responsibilities.shape[1], x.shape[1]
    shares = responsibilities
    if sample_weight is not None:
        shares = responsibilities * sample_weight[:, np.newaxis]
    counts = shares.sum(axis=0) + _TINY
    center = x.mean(axis=0)
    # About the center; a component without members (counts of rounding) has its mean there.
    means = (
        center
        + sum(
            (shares[part].T @ (x[part] - center) for part in blocks(len(x))),
            start=np.zeros((size, dimensions)),
        )
        / counts[:, np.newaxis]
    )
    if kind in ("full", "tied"):
        scatter = np.zeros((size, dimensions, dimensions))
    else:
        scatter = np.zeros((size, dimensions))
    for part in blocks(len(x)):
        for k in range(size):
            y = x[part] - means[k]
            weighted = shares[part, k, np.newaxis] * y
            scatter[k] += _squares(weighted, y, scatter.ndim - 1)
    if kind.startswith("tied"):
        pooled = scatter.sum(axis=0)
        rest = 1 - responsibilities.sum(axis=1)
        if (abs(rest) > 1e-9).any():  # else rounding, which an offset would blow up
            rest = rest if sample_weight is None else rest * sample_weight
            pooled += _squares(rest[:, np.newaxis] * x, x, pooled.ndim)
        covariances = pooled / counts.sum()
    else:
        covariances = scatter / counts.reshape(-1, *[1] * (scatter.ndim - 1))
    if kind in ("full", "tied"):
        covariances[..., range(dimensions), range(dimensions)] += regularization
    else:
        covariances = covariances + regularization
        if kind.endswith("spherical"):
            covariances = np.asarray(covariances.mean(axis=-1))
    return Moments(counts, means, covariances)


def _squares(
    left: NDArray[np.float64], right: NDArray[np.float64], axes: int
) -> NDArray[np.float64]:
    """Return the sum of the products of rows: a matrix, or its diagonal for one axis."""
    return np.asarray(left.T @ right if axes == 2 else (left * right).sum(axis=0))
