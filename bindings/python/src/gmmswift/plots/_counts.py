"""The posterior of the numbers of components and clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import flag
from gmmswift._model.counts import Unknown
from gmmswift.plots._style import BLACK, LIGHT_BLUE, PALETTE, axes_grid, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Counted

__all__ = ["plot_counts"]

#: Numbers at both ends whose probabilities are smaller are left out, but for the first few.
_SHOWN = 5e-4
_FEW = 8
#: The errors of an interval of 95 %.
_ERRORS = 1.96
_NAMES = ("components, K", "clusters, K+")
_PRIOR, _INTERVAL = "prior of K", "Monte-Carlo error, 95 %"
_WIDTH = 0.4


def plot_counts(
    posterior: Counted, prior: bool, ax: Any, figsize: tuple[float, float] | None
) -> Any:
    """Draw bars of both probabilities with their errors; see `Posterior.plot_counts`."""
    from matplotlib.ticker import MaxNLocator

    has_prior = flag("prior", prior)
    # The library refuses a known number.
    clusters = posterior.p_clusters
    unknown = posterior.model._unknown_count
    if posterior.n_observations == 0 or unknown is None:
        raise NotImplementedError("posterior: must have observations, got prior draws")
    series = [(_NAMES[1], PALETTE[0], clusters, posterior.p_clusters_mcse)]
    if isinstance(unknown, Unknown):
        components = posterior.p_components
        series.insert(0, (_NAMES[0], LIGHT_BLUE, components, posterior.p_components_mcse))
    large = np.flatnonzero(np.max([values for _, _, values, _ in series], axis=0) >= _SHOWN)
    counts = np.arange(1 if large[0] <= _FEW else large[0], large[-1] + 1)
    axes = axes_grid(1, 1, ax, figsize, (max(5.6, min(12.0, 2.4 + 0.32 * len(counts))), 3.6))[0, 0]
    sides = (-0.5, 0.5) if len(series) > 1 else (0.0,)
    for side, (label, color, values, errors) in zip(sides, series, strict=True):
        places = counts + side * _WIDTH
        axes.bar(places, values[counts], _WIDTH, color=color, label=label)
        _errors(axes, places, values[counts], errors[counts])
    if has_prior and isinstance(unknown, Unknown):
        looks = {"linestyle": "none", "color": BLACK, "markerfacecolor": "white"}
        values = unknown.probabilities[counts]
        axes.plot(counts, values, "D", markersize=4.5, label=_PRIOR, **looks)
    axes.set_xlim(counts[0] - 0.7, counts[-1] + 0.7)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=20, integer=True, min_n_ticks=1))
    axes.set_xlabel("number")
    axes.set_ylabel("probability")
    tidy(axes)
    axes.grid(False, axis="x")
    _legend(axes, is_own=ax is None)
    return axes


def _errors(
    ax: Any, places: NDArray[Any], values: NDArray[np.float64], errors: NDArray[np.float64]
) -> None:
    """Draw intervals of 95 %, which end at 0 and 1: all between where an error is unknown.

    A number that no draw has, has none, because its error tells nothing.
    """
    sizes = np.where(values > 0, _ERRORS * errors, np.nan)
    lower, upper = np.minimum(sizes, values), np.minimum(sizes, 1 - values)
    ax.errorbar(
        places,
        values,
        [lower, upper],
        fmt="none",
        ecolor=BLACK,
        elinewidth=1,
        capsize=2,
        label=_INTERVAL,
    )


def _legend(ax: Any, *, is_own: bool) -> None:
    keys, names = ax.get_legend_handles_labels()
    # Both errors look alike.
    known = dict(zip(names, keys, strict=True))
    found = {name: known[name] for name in (*_NAMES, _PRIOR, _INTERVAL) if name in known}
    looks = {"frameon": False, "fontsize": 9}
    if is_own:
        # Four names take 6.4 inches.
        across = len(found) if ax.figure.get_figwidth() > 6.4 else 2
        ax.figure.legend(
            list(found.values()), list(found), loc="outside upper left", ncols=across, **looks
        )
    else:
        ax.legend(list(found.values()), list(found), **looks)
