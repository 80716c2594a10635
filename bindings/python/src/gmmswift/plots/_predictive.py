"""Posterior predictive check."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics.density import kde
from gmmswift._errors import DegenerateError
from gmmswift.plots._style import BLACK, LIGHT_BLUE, axes_grid, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn


def plot_predictive(
    posterior: Drawn,
    draws: int,
    n_points: int | None,
    random_seed: int | None,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> Any:
    """Draw densities of predictive data sets and of the data; see `Posterior.plot_predictive`."""
    sets = posterior.sample_predictive(draws, n_points, random_seed)
    if posterior.n_dimensions == 1:
        axes = axes_grid(1, 1, ax, figsize, (6.4, 3.8))[0, 0]
        _panel(axes, sets, posterior.data, "x")
        return axes
    count = posterior.n_dimensions
    columns = count if ax is not None else min(4, count)
    grid = axes_grid(math.ceil(count / columns), columns, ax, figsize, (3.8, 2.8)).reshape(-1)
    for spare in grid[count:]:
        spare.remove()
    for d, panel in enumerate(grid[:count]):
        _panel(panel, sets[:, :, d], posterior.data[:, d], f"x[:, {d}]")
        if d > 0:
            panel.get_legend().remove()
    return np.asarray(grid[:count], dtype=object)


def _panel(axes: Any, sets: NDArray[np.float64], data: NDArray[np.float64], name: str) -> None:
    alpha = float(np.clip(12 / len(sets), 0.12, 0.7))
    for index, row in enumerate(sets):
        _curve(
            axes,
            row,
            color=LIGHT_BLUE,
            linewidth=1,
            alpha=alpha,
            label="predictive draws" if index == 0 else None,
        )
    if data.size:
        _curve(axes, data, color=BLACK, linewidth=2.2, label="data")
    axes.set_ylim(bottom=0)
    axes.set_xlabel(name)
    axes.set_ylabel("density")
    tidy(axes)
    legend = axes.legend(frameon=False, fontsize=9)
    for handle in legend.get_lines():
        handle.set_alpha(1)


def _curve(ax: Any, values: Any, **looks: Any) -> None:
    try:
        points, density, _ = kde(values, n_points=256)
    except DegenerateError:  # one value, or all equal: no width to estimate
        ax.axvline(values[0], **looks)
    else:
        ax.plot(points, density, **looks)
