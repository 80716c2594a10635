"""The component of one observation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import integer
from gmmswift.plots._style import BLACK, axes_grid, colors, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn


def plot_assignment(
    posterior: Drawn, i: int, ax: Any, figsize: tuple[float, float] | None
) -> NDArray[Any]:
    """Draw the trace of an assignment and its distribution; see `Posterior.plot_assignment`."""
    n = posterior.n_observations
    if n == 0:
        raise ValueError("i: must be an observation, got a posterior without data")
    index = integer("i", i, -n, n - 1) % n
    size = posterior.n_components
    row = np.atleast_1d(posterior.data[index])
    value = ", ".join(f"{number:.4g}" for number in row[:4]) + ", ..." * (row.size > 4)
    value = value if row.size == 1 else f"({value})"
    if not posterior.has_assignments:
        axes = axes_grid(1, 1, ax, figsize, (4.4, 3.2)).reshape(-1)
        _bars(axes[0], posterior.probabilities[index], size)
        axes[0].set_title(f"P(component | data) of x[{index}] = {value}", loc="left", fontsize=10)
        return axes
    options = {} if ax is not None else {"width_ratios": (2.4, 1)}
    axes = axes_grid(1, 2, ax, figsize, (4.8, 3.0), **options).reshape(-1)
    trace = posterior["assignments"][:, :, index]
    _ticks(axes[0], trace, size)
    axes[0].set_yticks(range(size))
    axes[0].set_ylim(-0.5, size - 0.5)
    axes[0].set_xlim(0, max(posterior.n_draws - 1, 1))
    axes[0].set_xlabel("draw")
    axes[0].set_ylabel("component")
    chains = ", a line for each chain" if len(trace) > 1 else ""
    axes[0].set_title(f"assignment of x[{index}] = {value}{chains}", loc="left", fontsize=10)
    tidy(axes[0])
    _bars(axes[1], np.bincount(trace.reshape(-1), minlength=size) / trace.size, size)
    axes[1].set_title("share of draws", loc="left", fontsize=10)
    return axes


def _ticks(ax: Any, trace: NDArray[Any], size: int) -> None:
    """Draw a tick for each draw at its component; chains lie one below the other."""
    chains, draws = trace.shape
    # Joined by steps, as few as a hundred switches would make a wall of vertical lines.
    height = 0.8 / chains
    for chain, line in enumerate(trace):
        offset = 0.4 - height * (chain + 0.5)
        for component, color in enumerate(colors(size)):
            where = np.flatnonzero(line == component)
            middle = component + offset
            ax.vlines(
                where,
                middle - 0.4 * height,
                middle + 0.4 * height,
                color=color,
                linewidth=min(1.5, 500 / draws),
                rasterized=True,
            )


def _bars(ax: Any, shares: NDArray[np.float64], size: int) -> None:
    bars = ax.bar(range(size), shares, color=colors(size), width=0.8)
    if size <= 12:
        ax.bar_label(bars, [f"{share:.3f}" for share in shares], fontsize=8, color=BLACK, padding=2)
        ax.set_xticks(range(size))
    ax.set_ylim(0, 1.1)
    ax.set_xlabel("component")
    tidy(ax)
