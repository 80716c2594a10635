"""The entropy of the responsibilities while components are merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift.plots._style import PALETTE, axes_grid, head, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["plot_entropies"]


def plot_entropies(
    entropies: NDArray[np.float64],
    merged_weights: NDArray[np.float64],
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Draw both panels; see `Merging.plot`."""
    from matplotlib.ticker import MaxNLocator

    axes = axes_grid(1, 2, ax, figsize, (9.0, 3.4), sharey=True).reshape(-1)
    counts = np.arange(1, len(entropies) + 1)
    # A number of clusters stands to the right of those to which its mergings lead.
    merged = np.append(0.0, np.cumsum(merged_weights[:-1]))
    labels = ("number of clusters", "observations merged on the way to one cluster")
    for panel, places, label in zip(axes, (counts, merged), labels, strict=True):
        panel.plot(places, entropies, "o-", color=PALETTE[0], linewidth=1.5, markersize=5)
        panel.set_xlabel(label, fontsize=9)
        tidy(panel)
    axes[0].xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes[0].set_ylabel("entropy", fontsize=9)
    for count, place, entropy in zip(counts, merged, entropies, strict=True):
        axes[1].annotate(
            str(count),
            (place, entropy),
            xytext=(-4, 5),
            textcoords="offset points",
            ha="right",
            fontsize=8,
        )
    head(axes[0], "By clusters")
    head(axes[1], "By merged observations")
    return axes
