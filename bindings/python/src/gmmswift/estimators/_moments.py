"""Weighted counts, means and covariances of components: what an M-step is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import shown
from gmmswift._errors import FormatError
from gmmswift.estimators._gaussians import blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NAMES = ("counts", "means", "covariances")

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


def stored_moments(found: Moments) -> dict[str, Any]:
    """Return moments as a mapping, for storage."""
    return {name: getattr(found, name) for name in _NAMES}


def moments_of(stored: Any) -> Moments:
    """Return the moments that `stored_moments` wrote.

    Raises
    ------
    FormatError
        For another value.
    """
    if not isinstance(stored, dict) or set(stored) != set(_NAMES):
        raise FormatError(f"state: must have moments where it says so, got {shown(stored)}")
    return Moments(**stored)


def moments(
    x: NDArray[np.float64],
    responsibilities: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None,
    kind: str,
    regularization: float,
) -> Moments:
    """Return the moments under given responsibilities, in two passes over the data.

    Means come first, then squares about them: a large offset costs no digits. As in scikit-learn,
    rows of responsibilities need not sum to 1 (a start may be at K chosen observations); a tied
    covariance then counts, of every row, the part that belongs to no component about the origin.
    """
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
            scatter[k] += weighted.T @ y if scatter.ndim == 3 else (weighted * y).sum(axis=0)
    if kind == "tied":
        pooled = scatter.sum(axis=0)
        rest = 1 - responsibilities.sum(axis=1)
        if (abs(rest) > 1e-9).any():  # else rounding, which an offset would blow up
            rest = rest if sample_weight is None else rest * sample_weight
            pooled += (rest[:, np.newaxis] * x).T @ x
        covariances = pooled / counts.sum()
    else:
        covariances = scatter / counts.reshape(-1, *[1] * (scatter.ndim - 1))
    if kind in ("full", "tied"):
        covariances[..., range(dimensions), range(dimensions)] += regularization
    else:
        covariances = covariances + regularization
        if kind == "spherical":
            covariances = covariances.mean(axis=1)
    return Moments(counts, means, covariances)


def blended(old: Moments, new: Moments, step: float, kind: str) -> Moments:
    """Return the moments of a union in which the old ones count 1 - step and the new ones step.

    The rule of Chan, Golub and LeVeque (1983): with counts a and b, m = (a m_a + b m_b) / (a + b)
    and S = S_a + S_b + a b / (a + b) (m_a - m_b)(m_a - m_b)ᵀ. No difference of large numbers is
    taken.
    """
    a, b = (1 - step) * old.counts, step * new.counts
    counts = a + b
    safe = np.where(counts > 0, counts, 1.0)
    share = (b / safe)[:, np.newaxis]
    shift = new.means - old.means
    means = old.means + share * shift
    between = a * b / safe
    if kind == "tied":
        covariances = a.sum() * old.covariances + b.sum() * new.covariances
        covariances = (covariances + (between[:, np.newaxis] * shift).T @ shift) / counts.sum()
        return Moments(counts, means, covariances)
    if kind == "full":
        squares = shift[:, :, np.newaxis] * shift[:, np.newaxis, :]
    elif kind == "diag":
        squares = shift**2
    else:
        squares = (shift**2).mean(axis=1)
    shape = (-1, *[1] * (squares.ndim - 1))
    a, b, between, safe = (value.reshape(shape) for value in (a, b, between, safe))
    covariances = (a * old.covariances + b * new.covariances + between * squares) / safe
    # A component that neither part has members of keeps what it had.
    covariances = np.where(counts.reshape(shape) > 0, covariances, old.covariances)
    return Moments(counts, means, covariances)
