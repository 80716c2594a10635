"""Densities and traces of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics.density import kde
from gmmswift._errors import DegenerateError
from gmmswift.plots._style import (
    LINE_STYLES,
    axes_grid,
    chosen,
    colors,
    legend,
    scalars,
    tidy,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn


def plot_trace(
    posterior: Drawn,
    names: str | list[str] | tuple[str, ...] | None,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Draw one row for each name; see `Posterior.plot_trace`."""
    shown = chosen(posterior, names)
    axes = axes_grid(len(shown), 2, ax, figsize, (5.6, 2.1))
    for (left, right), name in zip(axes, shown, strict=True):
        quantities = scalars(posterior, name)
        shades = colors(len(quantities))
        # Chain by chain, so that no component covers all of another where their bands overlap.
        for chain in range(posterior.n_chains):
            for (label, draws), color in zip(quantities, shades, strict=True):
                line = draws[chain]
                _density(left, line, color, LINE_STYLES[chain % 4], label if chain == 0 else None)
                right.plot(
                    np.arange(line.size),
                    line,
                    color=color,
                    linewidth=0.4,
                    alpha=0.45,
                    rasterized=True,
                )
        left.set_ylim(bottom=0)
        left.set_yticks([])
        left.set_title(name, loc="left", fontsize=10, fontweight="bold")
        right.set_xlim(0, max(posterior.n_draws - 1, 1))
        legend(left, len(quantities))
        tidy(left)
        tidy(right)
        left.spines["left"].set_visible(False)
    axes[-1, 0].set_xlabel("value")
    axes[-1, 1].set_xlabel("draw")
    return axes


def _density(ax: Any, line: NDArray[np.float64], color: Any, style: str, label: str | None) -> None:
    try:
        points, density, _ = kde(line, n_points=256)
    except DegenerateError:  # one draw, or a chain that did not move
        ax.axvline(line[0], color=color, linestyle=style, label=label)
    else:
        ax.plot(points, density, color=color, linestyle=style, linewidth=1.4, label=label)
