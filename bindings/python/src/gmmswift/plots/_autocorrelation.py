"""Autocorrelation of parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._diagnostics.autocorrelation import autocorrelation
from gmmswift._scalars import Names
from gmmswift.plots._quantities import page_of, quantities
from gmmswift.plots._style import LINE_STYLES, PAGE, head, legends, note, panels, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn


def plot_autocorrelation(
    posterior: Drawn,
    names: Names,
    max_lag: int | None,
    page: int,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Draw one panel for each scalar parameter; see `Posterior.plot_autocorrelation`."""
    shown, remark = page_of(quantities(posterior, names), page, PAGE, ax, "panels")
    curves = [autocorrelation(quantity.draws, max_lag) for quantity in shown]
    axes = panels(len(shown), ax, figsize, 2.1, sharex=True, sharey=True)
    # Where 95 % of the autocorrelations of white noise lie.
    band = 1.96 / math.sqrt(posterior.n_draws)
    least = min(-0.12, *(float(np.nanmin([values.min(), 0])) for values in curves))
    for panel, quantity, values in zip(axes, shown, curves, strict=True):
        lags = np.arange(values.shape[1])
        panel.axhspan(-band, band, color="#E6E6E6", linewidth=0)
        panel.axhline(0, color="#8C8C8C", linewidth=0.8)
        for chain, line in enumerate(values):
            looks = {"color": quantity.color, "linestyle": LINE_STYLES[chain % 4]}
            panel.plot(lags, line, linewidth=1.3, **looks)
        head(panel, quantity.scalar.label)
        panel.set_xlim(0, max(lags[-1], 1))
        panel.set_ylim(least, 1.05)
        tidy(panel, has_grid=False)
        if ax is None:
            panel.label_outer()
            panel.tick_params(labelbottom=True)
    axes[0].set_ylabel("autocorrelation", fontsize=9)
    for panel in axes[-4:]:
        panel.set_xlabel("lag", fontsize=9)
    legends(axes[0], [], posterior.n_chains, is_own=ax is None)
    if ax is None:
        note(axes[0], remark)
    return axes
