"""Moments that run along with data in parts: stepwise EM.

Cappé, Moulines 2009, J. R. Statist. Soc. B 71, equation 11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift.estimators._gaussians import precision_factors
from gmmswift.estimators._moments import Moments, blended

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["parameters_of_moments", "per_row", "plus_diagonal", "stepped"]

# The exponent of the steps: in (1/2, 1], where stepwise EM converges.
_FORGETTING = 0.7


def per_row(running: Moments, calls: int, length: int) -> tuple[Moments, int]:
    """Return moments whose counts have sum 1, and how many calls they are worth.

    Moments that `fit` leaves count rows; they are worth a call for each part of `length` rows.
    """
    rows = running.counts.sum()
    if rows <= 1.5:
        return running, calls
    return (
        Moments(running.counts / rows, running.means, running.covariances),
        max(1, round(rows / length)),
    )


def stepped(running: Moments | None, now: Moments, calls: int, kind: str) -> Moments:
    """Return the moments after one more call, whose own are `now`; the first has no others."""
    return now if running is None else blended(running, now, (calls + 1) ** -_FORGETTING, kind)


def parameters_of_moments(found: Moments, reg_covar: float, kind: str) -> dict[str, Any]:
    """Return the attributes of the estimator that moments lead to."""
    covariances = plus_diagonal(found.covariances, reg_covar, kind)
    return {
        "weights_": found.counts / found.counts.sum(),
        "means_": found.means,
        "covariances_": covariances,
        "precisions_cholesky_": precision_factors(covariances, kind),
    }


def plus_diagonal(covariances: NDArray[np.float64], value: float, kind: str) -> NDArray[np.float64]:
    """Return covariances with a number added to every variance."""
    if kind in ("diag", "spherical"):
        return covariances + value
    return covariances + value * np.eye(covariances.shape[-1])
