"""Axes that no extreme draw and no heavy tail rules, and what lies outside of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Limits",
    "common_limits",
    "has_heavy_tail",
    "outside",
    "robust_ends",
    "robust_limits",
    "values_that_count",
]

#: A range of so many times the distance of the quartiles shows nothing of what lies between them.
#: It is 9 times for Normal and exponential distributions, and 38 times for a Cauchy distribution.
_HEAVY = 25


class Limits(NamedTuple):
    """The ends of an axis."""

    lower: float
    upper: float

    def padded(
        self, share: float = 0.04, least: float = -np.inf, most: float = np.inf
    ) -> tuple[float, float]:
        """Return the ends with a margin, which stays between `least` and `most`."""
        width = self.upper - self.lower
        if not width > 0:  # a constant stands in the middle
            margin = share * (abs(self.upper) or 1.0)
            return self.lower - margin, self.upper + margin
        return max(self.lower - share * width, least), min(self.upper + share * width, most)

    def contains(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which values lie within."""
        return (values >= self.lower) & (values <= self.upper)


def robust_limits(values: NDArray[np.float64], tail: float = 0.025, factor: float = 2) -> Limits:
    """Return the range of values, cut where single values or a heavy tail would rule it.

    Parameters
    ----------
    values : ndarray
        Finite values, at least one.
    tail, factor : float
        On each side the range ends at the latest `factor` times as far beyond the quantile of
        `tail` as that is from the median. By default that is 5.9 standard deviations of a Normal
        distribution, which no draw reaches, and 38 scales of a Cauchy distribution.
    """
    lower, upper = robust_ends(values.reshape(-1, 1), tail, factor)
    return Limits(float(lower[0]), float(upper[0]))


def robust_ends(
    values: NDArray[np.float64], tail: float = 0.025, factor: float = 2
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of the robust ranges of several quantities, values of shape (draws, n)."""
    lower, middle, upper = np.quantile(values, [tail, 0.5, 1 - tail], axis=0)
    least, most = values.min(axis=0), values.max(axis=0)
    with np.errstate(over="ignore"):
        # A side that ties at the median still has a width.
        floor = 0.1 * (upper - lower)
        cut = (
            np.maximum(least, lower - factor * np.maximum(middle - lower, floor)),
            np.minimum(most, upper + factor * np.maximum(upper - middle, floor)),
        )
    # Where nearly all values are equal, the quantiles tell nothing of the others.
    is_tied = lower == upper
    return np.where(is_tied, least, cut[0]), np.where(is_tied, most, cut[1])


def has_heavy_tail(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether robust ranges are far wider than the middle half of the values, (draws, n)."""
    first, third = np.quantile(values, [0.25, 0.75], axis=0)
    lower, upper = robust_ends(values)
    return np.asarray((upper - lower > _HEAVY * (third - first)) & (third > first))


def common_limits(several: Sequence[Limits]) -> Limits:
    """Return the limits of an axis that shows several quantities."""
    return Limits(min(each.lower for each in several), max(each.upper for each in several))


def outside(count: int, total: int, what: str = "draws") -> str:
    """Return the remark that some draws lie outside; nothing if none does."""
    return f"{count:,} of {total:,} {what} outside" if count else ""


def values_that_count(
    values: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return the values of a column that are known and have a positive weight, and the weights."""
    counts = ~np.isnan(values)
    if weights is not None:
        counts &= weights > 0
    return values[counts], None if weights is None else weights[counts]
