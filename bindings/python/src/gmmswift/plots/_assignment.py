"""The component of one observation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gmmswift._arguments import integer
from gmmswift.plots._style import BLACK, axes_grid, colors, tidy

if TYPE_CHECKING:
    from gmmswift._posterior import Posterior


def plot_assignment(
    posterior: Posterior, i: int, ax: Any, figsize: tuple[float, float] | None
) -> NDArray[Any]:
    """Draw the trace of an assignment and its distribution; see `Posterior.plot_assignment`."""
    n = posterior.n_observations
    if n == 0:
        raise ValueError("i: must be an observation, got a posterior without data")
    index = integer("i", i, -n, n - 1) % n
    size = posterior.n_components
    value = posterior.data[index]
    if not posterior.has_assignments:
        axes = axes_grid(1, 1, ax, figsize, (4.4, 3.2)).reshape(-1)
        _bars(axes[0], posterior.probabilities[index], size)
        axes[0].set_title(
            f"P(component | data) of x[{index}] = {value:.4g}", loc="left", fontsize=10
        )
        return axes
    options = {} if ax is not None else {"width_ratios": (2.4, 1)}
    axes = axes_grid(1, 2, ax, figsize, (4.8, 3.0), **options).reshape(-1)
    trace = posterior["assignments"][:, :, index]
    for line, color in zip(trace, colors(posterior.n_chains), strict=True):
        axes[0].plot(
            np.arange(line.size),
            line,
            drawstyle="steps-mid",
            color=color,
            linewidth=0.6,
            alpha=0.7,
            rasterized=True,
        )
    axes[0].set_yticks(range(size))
    axes[0].set_ylim(-0.5, size - 0.5)
    axes[0].set_xlim(0, max(posterior.n_draws - 1, 1))
    axes[0].set_xlabel("draw")
    axes[0].set_ylabel("component")
    axes[0].set_title(f"assignment of x[{index}] = {value:.4g}", loc="left", fontsize=10)
    tidy(axes[0])
    _bars(axes[1], np.bincount(trace.reshape(-1), minlength=size) / trace.size, size)
    axes[1].set_title("share of draws", loc="left", fontsize=10)
    return axes


def _bars(ax: Any, shares: NDArray[np.float64], size: int) -> None:
    bars = ax.bar(range(size), shares, color=colors(size), width=0.8)
    if size <= 12:
        ax.bar_label(bars, [f"{share:.3f}" for share in shares], fontsize=8, color=BLACK)
        ax.set_xticks(range(size))
    ax.set_ylim(0, 1.08)
    ax.set_xlabel("component")
    tidy(ax)
