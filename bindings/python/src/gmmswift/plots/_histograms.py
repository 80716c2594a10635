"""Histograms of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics.density import histogram
from gmmswift._diagnostics.summarize import summarize
from gmmswift._scalars import Names
from gmmswift.plots._limits import outside, robust_limits
from gmmswift.plots._quantities import Quantity, page_of, quantities
from gmmswift.plots._style import BLACK, PAGE, head, marked, note, panels, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn


def plot_histograms(
    posterior: Drawn,
    names: Names,
    bins: int,
    hdi_prob: float,
    page: int,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Draw one panel for each scalar parameter; see `Posterior.plot_histograms`."""
    shown, remark = page_of(quantities(posterior, names), page, PAGE, ax, "panels")
    draws = np.stack([quantity.draws for quantity in shown], axis=-1)
    table = summarize(draws, hdi_prob=hdi_prob, quantiles=())
    axes = panels(len(shown), ax, figsize, 2.2)
    for i, (panel, quantity) in enumerate(zip(axes, shown, strict=True)):
        lower, upper = table.hdi[i]
        _histogram(panel, quantity, bins, table["mean"][i], lower, upper)
        panel.annotate(
            f"mean {table['mean'][i]:.4g}, {100 * hdi_prob:.4g}% HDI [{lower:.4g}, {upper:.4g}]",
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 4),
            textcoords="offset points",
            fontsize=7.5,
        )
    if ax is None:
        note(axes[0], remark)
    return axes


def _histogram(
    ax: Any, quantity: Quantity, bins: int, mean: float, lower: float, upper: float
) -> None:
    is_log = quantity.needs_logs
    draws = quantity.logs if is_log else quantity.draws
    limits = robust_limits(draws)
    inside = draws[limits.contains(draws)]
    counts, edges = histogram(inside, bins)
    if is_log:
        edges = 10.0**edges
        ax.set_xscale("log")
    ax.bar(
        edges[:-1],
        counts,
        np.diff(edges),
        align="edge",
        color=quantity.color,
        alpha=0.75,
        edgecolor="white",
        linewidth=0.5,
    )
    top = counts.max()
    ends = np.clip([lower, upper], edges[0], edges[-1])
    ax.plot(ends, [-0.035 * top] * 2, color=BLACK, linewidth=3.5, solid_capstyle="butt")
    if edges[0] <= mean <= edges[-1]:
        ax.axvline(mean, color=BLACK, linewidth=1, linestyle="--")
    # The numbers stand on a line of their own: beside a long label they would run into it.
    head(ax, quantity.scalar.label + " (log scale)" * is_log, pad=16)
    marked(ax, outside(draws.size - inside.size, draws.size))
    ax.set_ylim(-0.07 * top, 1.05 * top)
    ax.set_yticks([])
    if not is_log:
        ax.locator_params(axis="x", nbins=5)
    tidy(ax)
    ax.spines["left"].set_visible(False)
