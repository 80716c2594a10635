"""The density of the data, and how far the posterior knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import integer, real
from gmmswift.plots._density import draw_histogram
from gmmswift.plots._drawn_parameters import some_draws, variances
from gmmswift.plots._limits import outside, robust_limits, values_that_count
from gmmswift.plots._style import (
    BLACK,
    LIGHT_BLUE,
    NEUTRAL,
    PAGE,
    axes_grid,
    marked,
    note,
    panels,
    tidy,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift._model.background import UniformBackground
    from gmmswift.plots._drawn import Drawn

__all__ = ["density_of_draws", "plot_posterior_density"]

#: The fewest and the most points of a curve, and those for an sd of a narrow component.
_POINTS, _MOST_POINTS, _PER_SD = 400, 5_000, 4
#: So many numbers are computed at a time: 32 MB.
_PART = 4_000_000


def plot_posterior_density(
    posterior: Drawn,
    prob: float,
    draws: int,
    bins: int | None,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> Any:
    """Draw the density with its band; see `Posterior.plot_density`."""
    mass = real("prob", prob)
    if not 0 < mass < 1:
        raise ValueError(f"prob: must be between 0 and 1, got {mass}")
    chosen = some_draws(posterior, integer("draws", draws, 1, 2**31 - 1))
    dimensions = posterior.n_dimensions
    names = posterior.column_names
    if dimensions == 1:
        grid = axes_grid(1, 1, ax, figsize, (6.4, 3.8)).reshape(-1)
    else:
        count = dimensions if ax is not None else min(dimensions, PAGE)
        grid = panels(count, ax, figsize, 2.4)
    data = posterior.data.reshape(-1, dimensions)
    if not data.size:
        # Draws from the prior: the points that they predict.
        data = posterior.sample_predictive(100, 50, 0).reshape(-1, dimensions)
    for d, panel in enumerate(grid):
        _panel(panel, posterior, chosen, data[:, d], d, mass, bins)
        default = "x" if dimensions == 1 else f"x[:, {d}]"
        panel.set_xlabel(names[d] if names else default)
    grid[0].set_ylabel("density")
    _legend(grid[0], mass, bool(posterior.data.size) and bins != 0, is_own=ax is None)
    background = posterior.model.background
    remarks = []
    if len(grid) < dimensions:
        remarks.append(f"the first {len(grid)} of {dimensions} columns; ax= draws all")
    if background is not None and background.volume is not None and dimensions > 1:
        remarks.append("without the background, which has no bounds")
    if remarks:
        note(grid[0], "; ".join(remarks))
    return grid[0] if dimensions == 1 else grid


def density_of_draws(
    posterior: Drawn, draws: dict[str, NDArray[np.float64]], points: NDArray[np.float64], d: int
) -> NDArray[np.float64]:
    """Return the density of column `d` at points under each draw, shape (S, points).

    Components that a draw does not have are NaN, and count for nothing. A background without
    bounds has a density in one dimension, and in several none of a single column: then it is left
    out, and the area below the curve is the weight of the components.
    """
    shape = posterior.model.shape
    weights, means = draws["weights"], draws["means"]
    means = means if shape.n_dimensions == 1 else means[..., d]
    spread = variances(shape, draws[shape.spread_name], d)
    spread = np.broadcast_to(spread, weights.shape)
    out = np.empty((len(weights), len(points)))
    step = max(1, _PART // (weights.shape[1] * len(points)))
    for start in range(0, len(weights), step):
        part = slice(start, start + step)
        squares = (points - means[part, :, np.newaxis]) ** 2 / spread[part, :, np.newaxis]
        heights = (weights[part] / np.sqrt(2 * np.pi * spread[part]))[..., np.newaxis]
        out[part] = np.nansum(heights * np.exp(-0.5 * squares), axis=1)
    background = posterior.model.background
    if background is not None:
        weight = draws["background_weight"][:, np.newaxis]
        out = weight * _background(background, points, d, shape.n_dimensions) + (1 - weight) * out
    return out


def _background(
    background: UniformBackground, points: NDArray[np.float64], d: int, dimensions: int
) -> NDArray[np.float64]:
    """Return the density of a background in column `d` at points."""
    if background.volume is not None:
        return np.full(len(points), 1 / background.volume if dimensions == 1 else 0.0)
    ends: Any = (background.lower, background.upper)
    lower, upper = (np.broadcast_to(np.ravel(end), (dimensions,))[d] for end in ends)
    return np.where((lower <= points) & (points <= upper), 1 / (upper - lower), 0.0)


def _points(
    posterior: Drawn, draws: dict[str, NDArray[np.float64]], ends: tuple[float, float], d: int
) -> NDArray[np.float64]:
    """Return evenly spaced points, close enough to show narrow components."""
    shape = posterior.model.shape
    sd = np.sqrt(np.nanquantile(variances(shape, draws[shape.spread_name], d), 0.05))
    wanted = _PER_SD * (ends[1] - ends[0]) / max(sd, np.finfo(float).tiny)
    return np.linspace(*ends, int(np.clip(wanted, _POINTS, _MOST_POINTS)))


def _panel(
    axes: Any,
    posterior: Drawn,
    draws: dict[str, NDArray[np.float64]],
    data: NDArray[np.float64],
    d: int,
    mass: float,
    bins: int | None,
) -> None:
    data, weights = values_that_count(data, posterior.sample_weight)
    limits = robust_limits(data)
    ends = limits.padded(0.15)
    points = _points(posterior, draws, ends, d)
    densities = density_of_draws(posterior, draws, points, d)
    inside = limits.contains(data)
    top = draw_histogram(axes, data, weights, inside, bins) if posterior.data.size else 0.0
    lower, upper = np.quantile(densities, [(1 - mass) / 2, (1 + mass) / 2], axis=0)
    axes.fill_between(points, lower, upper, color=LIGHT_BLUE, alpha=0.6, linewidth=0)
    axes.plot(points, densities.mean(axis=0), color=BLACK, linewidth=1.8)
    axes.set_xlim(ends)
    # The line of a few draws with a narrow component may be far higher than the band.
    axes.set_ylim(0, 1.05 * (max(top, upper.max()) or densities.max()))
    tidy(axes)
    if posterior.data.size:
        marked(axes, outside(data.size - int(inside.sum()), data.size, "values"))


def _legend(ax: Any, mass: float, has_histogram: bool, *, is_own: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    keys: list[Any] = [
        Line2D([], [], color=BLACK, linewidth=1.8, label="predictive density"),
        Patch(color=LIGHT_BLUE, alpha=0.6, linewidth=0, label=f"{100 * mass:g} % band"),
    ]
    if has_histogram:
        keys.append(Patch(color=NEUTRAL, alpha=0.25, linewidth=0, label="data"))
    if is_own:
        ax.figure.legend(
            handles=keys, loc="outside upper left", ncols=len(keys), frameon=False, fontsize=9
        )
    else:
        ax.legend(handles=keys, frameon=False, fontsize=9)
