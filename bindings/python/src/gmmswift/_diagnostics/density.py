"""The density of a sample: kernel density estimates and histograms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import code, int64, real, real_array, series, thread_count

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["KDE", "Histogram", "density_options", "histogram", "kde", "one_sample"]


# The rules of a bandwidth, in the order of their numbers in the C interface.
_RULES = ("isj", "scott", "silverman")


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
    bandwidth: float | str = "isj",
    lower: float | None = None,
    upper: float | None = None,
    threads: int | None = None,
) -> KDE:
    """Estimate a density with a Gaussian kernel.

    Parameters
    ----------
    x : array_like
        Values of any shape, finite; all are one sample.
    points : array_like, shape (P,), optional
        Points at which the density is evaluated. By default `n_points` equally spaced points from
        three bandwidths below the smallest value to three above the largest, within the bounds.
    n_points : int, default 512
        Number of points when `points` is not given, >= 1.
    bandwidth : float or {"isj", "scott", "silverman"}, default "isj"
        Standard deviation of the kernel, > 0, or the rule that chooses it. The rule "isj" is
        improved Sheather-Jones, which suits several modes; see Notes. "scott" is n**(-1/5) s with
        the sample standard deviation s, and "silverman" 0.9 n**(-1/5) min(s, IQR / 1.34). These two
        suit one Normal mode, and blur several.
    lower, upper : float, optional
        Bounds of the values, such as ``lower=0`` for standard deviations and ``lower=0, upper=1``
        for weights. The mass that kernels would put beyond a bound is reflected there, so the
        density integrates to 1 within the bounds, and is 0 outside.
    threads : int, optional
        Threads to use. By default one for each processor, where that pays. They change no result.

    Returns
    -------
    KDE
        ``points, density, bandwidth``.

    Raises
    ------
    ValueError
        For NaN, infinite values, and values outside the bounds.
    DegenerateError
        If a rule has no bandwidth, because there is a single value or all values are equal.

    Notes
    -----
    Up to 8192 pairs of a value and a point are summed term by term. Larger sums take time in
    proportion to the values plus the points. Their error is below 1e-10 of the largest density,
    and below 1e-11 if the values span at most 20,000 bandwidths.

    Improved Sheather-Jones (Botev, Grotowski, Kroese 2010, Annals of Statistics 38(5)) takes the
    largest root of an equation for the bandwidth, up to 1.144 n**(-1/5) s, which suffices for every
    density (Terrell 1990). Where 65,536 bins of all values are too coarse, because clusters are far
    apart or some values far out, it is the root for the densest part. Where ties leave no root, it
    is the root for the values without repetitions, but at most Silverman's bandwidth if less than
    half of the values differ. Without any root, which a few values may leave, it is Silverman's. It
    is at least half the median distance of neighbours among (up to 1024) distinct values, so that
    rounded values make no separate peaks.
    """
    values, stride = one_sample(x)
    options = density_options(bandwidth, lower, upper)
    given = None
    if points is not None:
        given = np.ascontiguousarray(real_array("points", points)).reshape(-1)
    # Without a point there is still a bandwidth, so one point is asked for, and dropped.
    asked = given if given is not None and given.size else None
    count = 1 if given is not None and asked is None else int64("n_points", n_points)
    if asked is not None:
        count = asked.size
    width, where, density = np.empty(1), np.empty(max(count, 0)), np.empty(max(count, 0))
    with native.Run(thread_count(threads)) as run:
        native.call(
            native.lib.gmm_kde,
            values,
            values.size,
            stride,
            options,
            asked,
            count,
            run.control,
            where,
            where.size,
            density,
            density.size,
            width,
            names={"values": "x", "num_points": "n_points"},
        )
    if given is None:
        return KDE(where, density, float(width[0]))
    return KDE(given.copy(), density[: given.size], float(width[0]))


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
    values, stride = one_sample(x)
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


def density_options(
    bandwidth: float | str, lower: float | None, upper: float | None
) -> native.KdeOptions:
    """Return the options of a kernel density, as `kde` takes them."""
    options = native.defaults(native.KdeOptions)
    if isinstance(bandwidth, str):
        options.rule = code("bandwidth", bandwidth, _RULES)
    else:
        options.bandwidth = real("bandwidth", bandwidth)
        if not options.bandwidth > 0:  # 0 stands for the rule in the C interface
            raise ValueError(f"bandwidth: must be positive, got {options.bandwidth}")
    if lower is not None:
        options.lower = real("lower", lower)
    if upper is not None:
        options.upper = real("upper", upper)
    return options


def one_sample(x: ArrayLike) -> tuple[NDArray[np.float64], int]:
    """Return values of any shape as one series, at least one, and its stride."""
    values = real_array("x", x).reshape(-1)
    if values.size == 0:
        raise ValueError("x: must have at least one value, got none")
    return series(values)
