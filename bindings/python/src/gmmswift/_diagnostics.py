"""Diagnostics on arrays of any origin: summary, autocorrelation, density, histogram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import int64, real, real_array, series
from gmmswift._summary import Summary, summary_options

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["KDE", "Histogram", "autocorrelation", "histogram", "kde", "summarize"]


class KDE(NamedTuple):
    """A kernel density estimate.

    Attributes
    ----------
    points : ndarray, shape (P,)
        Where the density was evaluated.
    density : ndarray, shape (P,)
        The density there.
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
        Where to evaluate. By default `n_points` equally spaced points from three bandwidths below
        the smallest value to three above the largest.
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
        When Scott's rule has no answer: a single value, or all values equal.
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
    native.call(
        native.lib.gmm_kde,
        values,
        values.size,
        stride,
        chosen,
        given,
        count,
        where,
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
    native.call(
        native.lib.gmm_histogram,
        values,
        values.size,
        stride,
        lower,
        upper,
        count,
        edges,
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


def autocorrelation(x: ArrayLike, max_lag: int | None = None) -> NDArray[np.float64]:
    """Return the autocorrelation of one series, or of each series of an array of draws.

    Parameters
    ----------
    x : array_like, shape (draws,) or (chains, draws, ...)
        A series, or draws of several chains and quantities.
    max_lag : int, optional
        The last lag, below the number of draws. By default 100 or the largest possible.

    Returns
    -------
    ndarray, shape (max_lag + 1,) or (chains, max_lag + 1, ...)
        The autocovariance with divisor n over that of lag 0. NaN for a constant series.
    """
    values = real_array("x", x)
    if values.ndim == 0:
        raise ValueError("x: must have shape (draws,) or (chains, draws, ...), got a single number")
    axis = 0 if values.ndim == 1 else 1
    draws = values.shape[axis]
    last = min(100, draws - 1) if max_lag is None else int64("max_lag", max_lag)
    if draws and not 0 <= last < draws:
        raise ValueError(f"max_lag: must be from 0 to {draws - 1}, got {last}")
    if not draws:
        raise ValueError("x: must have at least one draw, got none")
    shape = (*values.shape[:axis], last + 1, *values.shape[axis + 1 :])
    result, one = np.empty(shape), np.empty(last + 1)
    for before in np.ndindex(values.shape[:axis]):
        for after in np.ndindex(values.shape[axis + 1 :]):
            index = (*before, slice(None), *after)
            line, stride = series(values[index])
            native.call(
                native.lib.gmm_autocorrelation,
                line,
                draws,
                stride,
                last,
                one,
                one.size,
                names={"values": "x"},
            )
            result[index] = one
    return result


def summarize(
    values: ArrayLike | Mapping[str, ArrayLike],
    *,
    hdi_prob: float = 0.95,
    quantiles: Sequence[float] | None = None,
    names: Sequence[str] | None = None,
) -> Summary:
    """Summarise draws of any origin.

    Parameters
    ----------
    values : array_like, shape (draws,) or (chains, draws, ...), or mapping of str to such arrays
        Draws; one axis is a single chain. NaN values give NaN statistics.
    hdi_prob : float, default 0.95
        Mass of the highest-density interval, in (0, 1).
    quantiles : sequence of float, optional
        Probabilities in [0, 1], at most 64. By default .025, .25, .5, .75, .975.
    names : sequence of str, optional
        Names of the rows. By default ``x``, or ``x[0]``, ``x[1]``, ... (``x[0,1]`` for two axes),
        with the mapping's key in place of ``x``.

    Returns
    -------
    Summary
        One row for each quantity.

    Examples
    --------
    >>> import gmmswift as gm, numpy as np
    >>> draws = np.random.default_rng(1).normal(size=(4, 1000))
    >>> gm.summarize({"slope": draws}).rows
    ('slope',)
    """
    blocks = values if isinstance(values, Mapping) else {"x": values}
    if not blocks:
        raise ValueError("values: must hold at least one array, got none")
    rows: list[str] = []
    tables: list[NDArray[np.float64]] = []
    for name, block in blocks.items():
        label = name if isinstance(values, Mapping) else "values"
        array = real_array(label, block)
        if array.ndim == 0:
            raise ValueError(
                f"{label}: must have shape (draws,) or (chains, draws, ...), got a single number"
            )
        array = array[np.newaxis] if array.ndim == 1 else array
        rest = array.shape[2:]
        rows += [
            f"{name}[{','.join(map(str, index))}]" if rest else name
            for index in product(*(range(size) for size in rest))
        ]
        quantities = int(np.prod(rest))  # not -1, which has no answer for an empty array
        tables.append(array.reshape(*array.shape[:2], quantities))
        if tables[-1].shape[:2] != tables[0].shape[:2]:
            raise ValueError(
                f"{label}: must have {tables[0].shape[:2]} chains and draws like the first, "
                f"got {tables[-1].shape[:2]}"
            )
    if not rows:
        raise ValueError("values: must have at least one quantity, got none")
    if names is not None:
        if isinstance(names, str) or len(names) != len(rows):
            raise ValueError(f"names: must be {len(rows)} names, got {names!r}")
        rows = [str(name) for name in names]
    table = tables[0] if len(tables) == 1 else np.concatenate(tables, axis=2)
    table = np.ascontiguousarray(table)
    options, keep = summary_options(hdi_prob, quantiles)
    handle = native.create(
        native.lib.gmm_summarize,
        native.lib.gmm_summary_destroy,
        table,
        *table.shape,
        native.strings(rows),
        options,
    )
    del keep
    return Summary(handle)
