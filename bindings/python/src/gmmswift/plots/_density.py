"""The density of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import data_rows
from gmmswift._diagnostics.density import histogram, kde
from gmmswift._errors import DegenerateError
from gmmswift.plots._limits import outside, robust_limits
from gmmswift.plots._style import BLACK, NEUTRAL, axes_grid, marked, tidy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def plot_density(
    data: ArrayLike,
    *,
    bins: int | None = None,
    bandwidth: float | str = "isj",
    ax: Any = None,
    figsize: tuple[float, float] | None = None,
) -> Any:
    """Draw the kernel density estimate of data over their histogram.

    Parameters
    ----------
    data : array_like, shape (N,) or (N, 1)
        Observations, finite, at least one.
    bins : int, optional
        Bins of the histogram; 0 for none. By default 2 sqrt(N), from 10 to 60.
    bandwidth : float or {"isj", "scott", "silverman"}, default "isj"
        Standard deviation of the kernel, or the rule that chooses it; see `kde`.
    ax : matplotlib.axes.Axes, optional
        Where to draw. By default a new figure.
    figsize : (float, float), optional
        Width and height of the new figure in inches.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. Single values and heavy tails that would rule the axis are left out, and their
        number is told.
    """
    values = data_rows("data", data).array
    if values.size == 0:
        raise ValueError("data: must have at least one value, got none")
    axes = axes_grid(1, 1, ax, figsize, (6.4, 3.8))[0, 0]
    limits = robust_limits(values)
    inside = values[limits.contains(values)]
    draw_histogram(axes, values, None, limits.contains(values), bins)
    try:
        points, density, _ = kde(inside, bandwidth=bandwidth)
        # The density of all values: those outside are a part of its mass.
        axes.plot(points, density * (inside.size / values.size), color=BLACK, linewidth=2)
    except DegenerateError:  # one value, or all equal: no width to estimate
        axes.axvline(values[0], color=BLACK, linewidth=2)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("x")
    axes.set_ylabel("density")
    marked(axes, outside(values.size - inside.size, values.size, "values"))
    tidy(axes)
    return axes


def draw_histogram(
    ax: Any,
    values: NDArray[np.float64],
    weights: NDArray[np.float64] | None,
    is_inside: NDArray[np.bool_],
    bins: int | None,
) -> float:
    """Draw the bars of the values inside; those outside are a part of the mass.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    values, weights : ndarray, shape (N,)
        Values, and their sample weights or None.
    is_inside : ndarray of bool, shape (N,)
        Which values the bars count.
    bins : int or None
        As in `plot_density`.

    Returns
    -------
    float
        The height of the highest bar; 0 without bars.
    """
    inside = values[is_inside]
    count = _bins(inside) if bins is None else bins
    if not count:
        return 0.0
    if weights is None:
        counts, edges = histogram(inside, count)
        total = float(values.size)
    else:
        # numpy's, because the library counts whole values.
        edges = histogram(inside, count).edges
        counts = np.histogram(inside, edges, weights=weights[is_inside])[0]
        total = float(weights.sum())
    widths = np.diff(edges)
    heights = counts / (total * widths)
    ax.bar(
        edges[:-1],
        heights,
        widths,
        align="edge",
        color=NEUTRAL,
        alpha=0.25,
        edgecolor="white",
        linewidth=0.6,
    )
    return float(heights.max())


def _bins(values: Any) -> int:
    """Return a number of bins that shows several groups.

    Rules by the quartiles, such as Freedman and Diaconis's, see one wide group and blur it.
    """
    return int(np.clip(2 * np.sqrt(values.size), 10, 60))
