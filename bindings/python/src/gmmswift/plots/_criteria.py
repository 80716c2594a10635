"""Criteria of fits by their number of components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift.plots._style import BLACK, PALETTE, axes_grid, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["plot_criteria"]

#: The height of a line of crosses as a share of the curves'.
_LINE = 0.05
_MARKERS = ("o", "s", "^", "D", "v", "P")


def plot_criteria(
    sizes: Sequence[int],
    curves: Mapping[str, NDArray[np.float64]],
    best: tuple[str, int] | None,
    label: str,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> Any:
    """Draw a curve of a criterion for each form; see `Selection.plot`.

    Parameters
    ----------
    sizes : sequence of int
        The numbers of components, ascending.
    curves : mapping of str to ndarray
        The criterion of each size by the name of the form; NaN where there is no fit to compare.
    best : (str, int) or None
        The form and the size to mark.
    label : str
        The name of the criterion.
    ax, figsize : optional
        Axes; size of the new figure.
    """
    axes = axes_grid(1, 1, ax, figsize, (7.2, 4.0))[0, 0]
    places = np.asarray(sizes)
    missing: dict[str, NDArray[Any]] = {}
    for number, (name, values) in enumerate(curves.items()):
        color, marker = PALETTE[number % len(PALETTE)], _MARKERS[number % len(_MARKERS)]
        # A curve goes on beyond a missing fit, which has a cross at the lower edge.
        known = ~np.isnan(values)
        axes.plot(
            places[known],
            values[known],
            marker=marker,
            color=color,
            label=name,
            linewidth=1.5,
            markersize=5,
        )
        if not known.all():
            missing[color] = places[~known]
        if best is not None and best[0] == name:
            value = values[list(sizes).index(best[1])]
            axes.plot(best[1], value, "o", ms=13, mfc="none", mec=BLACK, mew=1.2)
    # Crosses have a line for each form, below all curves.
    lower, upper = axes.get_ylim()
    axes.set_ylim(lower - _LINE * len(missing) * (upper - lower), upper)
    for number, (color, numbers) in enumerate(missing.items()):
        heights = np.full(len(numbers), _LINE * (number + 0.5) / (1 + _LINE * len(missing)))
        looks = {"color": color, "markersize": 6, "linestyle": "none"}
        axes.plot(numbers, heights, marker="x", transform=axes.get_xaxis_transform(), **looks)
    if missing:
        axes.plot([], [], "x", color=BLACK, linestyle="none", label="no maximum, or no fit")
    axes.set_xlabel("components", fontsize=9)
    axes.set_ylabel(label, fontsize=9)
    if len(sizes) <= 20:
        axes.set_xticks(places)
    tidy(axes)
    looks = {"frameon": False, "fontsize": 9, "title_fontsize": 9}
    if ax is None:
        axes.legend(title="covariances", loc="upper left", bbox_to_anchor=(1.0, 1.0), **looks)
    else:
        axes.legend(title="covariances", **looks)
    return axes
