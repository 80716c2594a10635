"""Densities and traces of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics.density import kde
from gmmswift._errors import DegenerateError
from gmmswift._scalars import Names
from gmmswift.plots._limits import Limits, common_limits, outside, robust_limits
from gmmswift.plots._quantities import Quantity, Row, page_of, quantities, rows_of
from gmmswift.plots._style import GREY, LINE_STYLES, axes_grid, head, legends, marked, note, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn

#: Rows of a page, and the width and height of one in inches.
_ROWS, _WIDTH, _HEIGHT = 9, 11.0, 1.6
#: A longer trace is drawn by the smallest and the largest draw of so many pieces.
_PIECES = 1_000


def plot_trace(
    posterior: Drawn,
    names: Names,
    page: int,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Draw one row for what components have in common; see `Posterior.plot_trace`."""
    rows, remark = page_of(rows_of(quantities(posterior, names)), page, _ROWS, ax, "rows")
    size = (_WIDTH, max(len(rows) * _HEIGHT, 2.0) + 0.6)
    axes = axes_grid(len(rows), 2, ax, figsize, size)
    for (left, right), row in zip(axes, rows, strict=True):
        _densities(left, row)
        _traces(right, row)
        head(left, row.label + " (log scale)" * row.is_log, width=62)
    axes[-1, 0].set_xlabel("value")
    axes[-1, 1].set_xlabel("draw")
    shown = [q.scalar.component for row in rows for q in row.quantities]
    legends(axes[0, 0], shown, posterior.n_chains, is_own=ax is None)
    if ax is None:
        note(axes[0, 0], remark)
    return axes


def _densities(ax: Any, row: Row) -> None:
    """Draw the density of each chain; those of a component are as high as those of the others."""
    curves = []
    for quantity, values in zip(row.quantities, row.values, strict=True):
        # On a logarithmic axis nothing can leak beyond 0.
        ends = (-np.inf, np.inf) if row.is_log else (quantity.least, quantity.most)
        found = [_density(line, row.limits, ends) for line in values]
        peak = max((density.max() for _, density in filter(None, found)), default=1.0)
        curves.append([curve and (curve[0], curve[1] / peak) for curve in found])
    chains = len(row.values[0])
    width = 1.4 if chains * len(curves) <= 12 else 0.9
    # Chain by chain, so that no component covers all of another where their bands overlap.
    for chain in range(chains):
        for quantity, those in zip(row.quantities, curves, strict=True):
            looks = {"color": quantity.color, "linewidth": width}
            looks["linestyle"] = LINE_STYLES[chain % 4]
            curve = those[chain]
            if curve is None:  # one draw, or a chain that did not move
                ax.axvline(np.median(quantity.draws[chain]), **looks)
            else:
                points, density = curve
                ax.plot(10.0**points if row.is_log else points, density, **looks)
    if row.is_log:
        ax.set_xscale("log")
    ax.set_xlim(row.ends)
    ax.set_ylim(0, 1.08)
    ax.set_yticks([])
    tidy(ax)
    ax.spines["left"].set_visible(False)
    marked(ax, _outside(row, row.limits))


def _outside(row: Row, limits: Limits) -> str:
    missing = sum(int(np.count_nonzero(~limits.contains(values))) for values in row.values)
    return outside(missing, sum(values.size for values in row.values))


def _density(
    line: NDArray[np.float64], limits: Limits, ends: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the density of the draws within limits, with bounds; None where there is none."""
    inside = line[limits.contains(line)]
    try:
        points, density, _ = kde(
            inside if inside.size else line, n_points=256, lower=ends[0], upper=ends[1]
        )
    except DegenerateError:
        return None
    return points, density


def _traces(ax: Any, row: Row) -> None:
    """Draw the trace of each chain; extreme draws may lie outside, but those of a mode do not."""
    limits = [robust_limits(values, 0.005, 1) for values in row.values]
    common = common_limits([row.limits, *limits])
    for chain in range(len(row.values[0])):
        for quantity in row.quantities:
            _trace(ax, quantity, chain)
    if row.is_log:
        ax.set_yscale("log")
    ax.set_xlim(0, max(row.values[0].shape[1] - 1, 1))
    ax.set_ylim(row.padded(common))
    tidy(ax)
    text = _outside(row, common)
    if text:
        ax.set_title(text, loc="right", fontsize=7.5, color=GREY)


def _trace(ax: Any, quantity: Quantity, chain: int) -> None:
    line = quantity.draws[chain]
    where: NDArray[Any] = np.arange(line.size)
    if line.size > 4 * _PIECES:
        edges = np.linspace(0, line.size, _PIECES + 1).astype(int)[:-1]
        where = np.repeat(edges, 2)
        line = np.column_stack(
            [np.minimum.reduceat(line, edges), np.maximum.reduceat(line, edges)]
        ).reshape(-1)
    ax.plot(where, line, color=quantity.color, linewidth=0.4, alpha=0.45, rasterized=True)
