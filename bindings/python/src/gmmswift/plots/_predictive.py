"""Posterior predictive check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics import kde
from gmmswift._errors import DegenerateError
from gmmswift.plots._style import BLACK, LIGHT_BLUE, axes_grid, tidy

if TYPE_CHECKING:
    from gmmswift._posterior import Posterior


def plot_predictive(
    posterior: Posterior,
    draws: int,
    n_points: int | None,
    random_seed: int | None,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> Any:
    """Draw densities of predictive data sets and of the data; see `Posterior.plot_predictive`."""
    sets = posterior.sample_predictive(draws, n_points, random_seed)
    axes = axes_grid(1, 1, ax, figsize, (6.4, 3.8))[0, 0]
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
    if posterior.n_observations:
        _curve(axes, posterior.data, color=BLACK, linewidth=2.2, label="data")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("x")
    axes.set_ylabel("density")
    tidy(axes)
    legend = axes.legend(frameon=False, fontsize=9)
    for handle in legend.get_lines():
        handle.set_alpha(1)
    return axes


def _curve(ax: Any, values: Any, **looks: Any) -> None:
    try:
        points, density, _ = kde(values, n_points=256)
    except DegenerateError:  # one value, or all equal: no width to estimate
        ax.axvline(values[0], **looks)
    else:
        ax.plot(points, density, **looks)
