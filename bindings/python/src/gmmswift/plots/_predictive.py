"""Posterior predictive check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics.density import kde
from gmmswift._errors import DegenerateError
from gmmswift.plots._limits import (
    Limits,
    common_limits,
    outside,
    robust_limits,
    values_that_count,
)
from gmmswift.plots._style import BLACK, LIGHT_BLUE, PAGE, axes_grid, marked, note, panels, tidy
from gmmswift.plots._weights import weighted_density

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
        _panel(axes, sets, posterior.data, posterior.sample_weight)
        axes.set_xlabel("x")
        axes.set_ylabel("density")
        _legend(axes, bool(posterior.data.size), is_own=ax is None)
        return axes
    names = posterior.column_names or [f"x[:, {d}]" for d in range(posterior.n_dimensions)]
    count = posterior.n_dimensions if ax is not None else min(posterior.n_dimensions, PAGE)
    axes = panels(count, ax, figsize, 2.4)
    for d, panel in enumerate(axes):
        _panel(panel, sets[:, :, d], posterior.data[:, d], posterior.sample_weight)
        panel.set_xlabel(names[d])
        panel.set_yticks([])
    axes[0].set_ylabel("density")
    _legend(axes[0], bool(posterior.data.size), is_own=ax is None)
    if count < posterior.n_dimensions:
        note(axes[0], f"the first {count} of {posterior.n_dimensions} columns; ax= draws all")
    return axes


def _panel(
    axes: Any,
    sets: NDArray[np.float64],
    data: NDArray[np.float64],
    weights: NDArray[np.float64] | None,
) -> None:
    data, weights = values_that_count(data, weights)
    limits = common_limits([robust_limits(values) for values in (sets, data) if values.size])
    for row in sets:
        alpha = float(np.clip(12 / len(sets), 0.12, 0.7))
        _curve(axes, row, limits, color=LIGHT_BLUE, linewidth=1, alpha=alpha)
    if data.size:
        _curve(axes, data, limits, weights, color=BLACK, linewidth=2.2)
    axes.set_ylim(bottom=0)
    axes.set_xlim(limits.padded(0.08))
    tidy(axes)
    counts = [int(np.count_nonzero(~limits.contains(values))) for values in (sets, data)]
    marked(
        axes,
        "\n".join(
            filter(
                None,
                (
                    outside(counts[0], sets.size, "predictive values"),
                    outside(counts[1], data.size, "values"),
                ),
            )
        ),
    )


def _legend(ax: Any, has_data: bool, *, is_own: bool) -> None:
    from matplotlib.lines import Line2D

    keys = [Line2D([], [], color=LIGHT_BLUE, linewidth=2, label="predictive draws")]
    if has_data:
        keys.append(Line2D([], [], color=BLACK, linewidth=2.2, label="data"))
    if is_own:
        ax.figure.legend(handles=keys, loc="outside upper left", ncols=2, frameon=False, fontsize=9)
    else:
        ax.legend(handles=keys, frameon=False, fontsize=9)


def _curve(
    ax: Any,
    values: NDArray[np.float64],
    limits: Limits,
    weights: NDArray[np.float64] | None = None,
    **looks: Any,
) -> None:
    where = limits.contains(values)
    inside = values[where]
    if not inside.size:
        return
    # The density of all values: those outside are a part of its mass.
    share = inside.size / values.size if weights is None else weights[where].sum() / weights.sum()
    try:
        if weights is None:
            points, density, _ = kde(inside, n_points=256)
        else:
            points, density = weighted_density(inside, weights[where], 256)
    except DegenerateError:  # one value, or all equal: no width to estimate
        ax.axvline(inside[0], **looks)
    else:
        ax.plot(points, density * share, **looks)
