"""Histograms of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics.density import histogram
from gmmswift._diagnostics.summarize import summarize
from gmmswift.plots._style import BLACK, axes_grid, chosen, colors, scalars, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn


def plot_histograms(
    posterior: Drawn,
    names: str | list[str] | tuple[str, ...] | None,
    bins: int,
    hdi_prob: float,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Draw one panel for each scalar parameter, one row for each name; see `Posterior`."""
    shown = chosen(posterior, names)
    rows = [scalars(posterior, name) for name in shown]
    panels = [panel for row in rows for panel in row]
    if ax is not None:
        axes = list(axes_grid(1, len(panels), ax, figsize, (1, 1))[0])
    else:
        columns = max(len(row) for row in rows)
        grid = axes_grid(len(rows), columns, None, figsize, (3.3, 2.6))
        axes = [cell for line, row in zip(grid, rows, strict=True) for cell in line[: len(row)]]
        for line, row in zip(grid, rows, strict=True):
            for spare in line[len(row) :]:
                spare.remove()
    shades = [color for row in rows for color in colors(len(row))]
    for panel, (label, draws), color in zip(axes, panels, shades, strict=True):
        _histogram(panel, label, draws, color, bins, hdi_prob)
    return np.asarray(axes, dtype=object)


def _histogram(
    ax: Any, label: str, draws: NDArray[np.float64], color: Any, bins: int, hdi_prob: float
) -> None:
    counts, edges = histogram(draws, bins)
    ax.bar(
        edges[:-1],
        counts,
        np.diff(edges),
        align="edge",
        color=color,
        alpha=0.75,
        edgecolor="white",
        linewidth=0.5,
    )
    row = summarize(draws, hdi_prob=hdi_prob, quantiles=()).row("x")
    lower, upper = [value for column, value in row.items() if column.startswith("hdi")]
    top = counts.max()
    ax.plot([lower, upper], [-0.035 * top] * 2, color=BLACK, linewidth=3.5, solid_capstyle="butt")
    ax.axvline(row["mean"], color=BLACK, linewidth=1, linestyle="--")
    # The numbers stand on a line of their own: beside a long label they would run into it.
    ax.set_title(label, loc="left", fontsize=10, fontweight="bold", pad=17)
    ax.annotate(
        f"mean {row['mean']:.4g}   {hdi_prob:.0%} HDI [{lower:.4g}, {upper:.4g}]",
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 4),
        textcoords="offset points",
        fontsize=8,
    )
    ax.set_ylim(-0.07 * top, 1.05 * top)
    ax.set_yticks([])
    ax.locator_params(axis="x", nbins=6)
    tidy(ax)
    ax.spines["left"].set_visible(False)
