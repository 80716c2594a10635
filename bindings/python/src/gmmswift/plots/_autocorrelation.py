"""Autocorrelation of parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics.autocorrelation import autocorrelation
from gmmswift.plots._style import PALETTE, axes_grid, chosen, colors, legend, scalars, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn


def plot_autocorrelation(
    posterior: Drawn,
    names: str | list[str] | tuple[str, ...] | None,
    max_lag: int | None,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Draw one panel for each scalar parameter; see `Posterior.plot_autocorrelation`."""
    panels = [panel for name in chosen(posterior, names) for panel in scalars(posterior, name)]
    lines = [(label, autocorrelation(draws, max_lag)) for label, draws in panels]
    columns = len(lines) if ax is not None else min(3, len(lines))
    rows = math.ceil(len(lines) / columns)
    axes = (
        axes_grid(rows, columns, ax, figsize, (3.7, 2.3), sharey=True)
        if ax is None
        else (axes_grid(rows, columns, ax, figsize, (3.7, 2.3)))
    )
    for spare in axes.reshape(-1)[len(lines) :]:
        spare.remove()
    # Where 95 % of the autocorrelations of white noise lie.
    band = 1.96 / math.sqrt(posterior.n_draws)
    shades = colors(posterior.n_chains) if posterior.n_chains > 1 else [PALETTE[0]]
    for panel, (label, values) in zip(axes.reshape(-1), lines, strict=False):
        lags = np.arange(values.shape[1])
        panel.axhspan(-band, band, color="#E6E6E6", linewidth=0)
        panel.axhline(0, color="#8C8C8C", linewidth=0.8)
        for chain, (line, color) in enumerate(zip(values, shades, strict=True)):
            panel.plot(lags, line, color=color, linewidth=1.3, label=f"chain {chain}")
        panel.set_title(label, loc="left", fontsize=10, fontweight="bold")
        panel.set_xlim(0, max(lags[-1], 1))
        panel.set_ylim(min(-0.12, float(np.nanmin([values.min(), -0.12]))), 1.05)
        panel.set_xlabel("lag")
        tidy(panel, has_grid=False)
    axes.reshape(-1)[0].set_ylabel("autocorrelation")
    legend(axes.reshape(-1)[0], posterior.n_chains)
    return np.asarray(axes.reshape(-1)[: len(lines)], dtype=object)
