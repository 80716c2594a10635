"""The density of a sample: kernel density estimates and histograms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import int64, real, real_array, series

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["KDE", "Histogram", "histogram", "kde"]


class KDE(NamedTuple):
    """A kernel density estimate.

    Attributes
    ----------
    points : ndarray, shape (P,)
        The points at which the density was evaluated.
    density : ndarray, shape (P,)
        The density at the points.
    bandwidth : float
        Standard deviation of the kernel.
    """

    points: NDArray[np.float64]
    density: NDArray[np.float64]
    bandwidth: float


class Histogram(NamedTuple):
    """Counts in equal bins.

    Attributes
    ----------
    counts : ndarray of int64, shape (bins,)
        Number of values in each bin.
    edges : ndarray, shape (bins + 1,)
        Edges of the bins.
    """

    counts: NDArray[np.int64]
    edges: NDArray[np.float64]


def kde(
    x: ArrayLike,
    points: ArrayLike | None = None,
    *,
    n_points: int = 512,
    bandwidth: float | None = None,
) -> KDE:
    """Estimate a density with a Gaussian kernel.

    Parameters
    ----------
    x : array_like
        Values of any shape, finite; all are one sample.
    points : array_like, shape (P,), optional
        Points at which the density is evaluated. By default `n_points` equally spaced points from
        three bandwidths below the smallest value to three above the largest.
    n_points : int, default 512
        Number of points when `points` is not given, >= 1.
    bandwidth : float, optional
        Standard deviation of the kernel, > 0. By default Scott's rule, n**(-1/5) times the sample
        standard deviation.

    Returns
    -------
    KDE
        ``points, density, bandwidth``.

    Raises
    ------
    ValueError
        For NaN or infinite values.
    DegenerateError
        If Scott's rule has no bandwidth, because there is a single value or all values are equal.
    """
    values, stride = _sample(x)
    width = np.empty(1)
    if bandwidth is None:
        chosen = 0.0
    else:
        chosen = real("bandwidth", bandwidth)
        if not chosen > 0:  # 0 stands for Scott's rule in the C interface
            raise ValueError(f"bandwidth: must be positive, got {chosen}")
    if points is None:
        count, given = int64("n_points", n_points), None
    else:
        given = np.ascontiguousarray(real_array("points", points)).reshape(-1)
        count = given.size
    if count == 0 and given is not None:
        return KDE(given, np.empty(0), chosen)
    where, density = np.empty(max(count, 0)), np.empty(max(count, 0))
    with native.Run() as run:
        native.call(
            native.lib.gmm_kde,
            values,
            values.size,
            stride,
            chosen,
            given,
            count,
            run.control,
            where,
            where.size,
            density,
            density.size,
            width,
            names={"values": "x"},
        )
    return KDE(where if given is None else given.copy(), density, float(width[0]))


def histogram(
    x: ArrayLike, bins: int = 10, *, range: tuple[float, float] | None = None
) -> Histogram:
    """Count values in equal bins.

    Parameters
    ----------
    x : array_like
        Values of any shape.
    bins : int, default 10
        Number of bins, >= 1.
    range : (float, float), optional
        Lower and upper end. Values outside, and NaN, are not counted. By default the smallest and
        the largest value.

    Returns
    -------
    Histogram
        ``counts, edges``. Bins are half open, the last one is closed, as in numpy.
    """
    values, stride = _sample(x)
    lower = upper = np.nan
    if range is not None:
        lower, upper = real("range[0]", range[0]), real("range[1]", range[1])
        if not lower < upper:
            raise ValueError(f"range: must be increasing, got ({lower}, {upper})")
    count = int64("bins", bins)
    edges, counts = np.empty(max(count, 0) + 1), np.empty(max(count, 0), np.int64)
    with native.Run() as run:
        native.call(
            native.lib.gmm_histogram,
            values,
            values.size,
            stride,
            lower,
            upper,
            count,
            run.control,
            edges,
            edges.size,
            counts,
            counts.size,
            names={"values": "x", "lower": "range[0]", "upper": "range[1]"},
        )
    return Histogram(counts, edges)


def _sample(x: ArrayLike) -> tuple[NDArray[np.float64], int]:
    """Return values of any shape as one series, at least one, and its stride."""
    values = real_array("x", x).reshape(-1)
    if values.size == 0:
        raise ValueError("x: must have at least one value, got none")
    return series(values)
