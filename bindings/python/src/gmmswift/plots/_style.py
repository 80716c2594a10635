"""Colours and axes of all pictures, and the message when matplotlib is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn

#: Okabe and Ito's colours, which people with any kind of colour vision tell apart; without yellow,
#: which is too light for lines on white.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D")
#: Of chains, which share the colour of their component.
LINE_STYLES = ("-", "--", "-.", ":")
BLACK, GREY, LIGHT_BLUE = "#1A1A1A", "#8C8C8C", "#8FC1E3"
_LEGEND_LIMIT = 6

#: What can be shown: numbers per draw, without an axis of observations.
NAMES = ("weights", "means", "sd", "covariances", "log_likelihood", "log_posterior", "acceptance")


def pyplot() -> Any:
    """Return ``matplotlib.pyplot``, or say which extra brings it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("plots need matplotlib: pip install 'gmmswift[plot]'") from error
    return plt


def colors(count: int) -> list[Any]:
    """Return a colour for each of `count` components; a colour map beyond the palette's length."""
    if count <= len(PALETTE):
        return list(PALETTE[:count])
    return list(pyplot().get_cmap("viridis")(np.linspace(0, 0.92, count)))


def axes_grid(
    rows: int,
    columns: int,
    ax: Any,
    figsize: tuple[float, float] | None,
    panel: tuple[float, float],
    **options: Any,
) -> NDArray[Any]:
    """Return rows x columns axes: the caller's, or those of a new figure.

    `panel` is the size of one of them in inches, for figures whose size is not given.
    """
    plt = pyplot()
    if ax is not None:
        given = np.array(ax, dtype=object).reshape(-1)
        if given.size != rows * columns:
            raise ValueError(f"ax: must be {rows * columns} axes, got {given.size}")
        return given.reshape(rows, columns)
    size = figsize or (panel[0] * columns, panel[1] * rows)
    _, axes = plt.subplots(
        rows, columns, figsize=size, squeeze=False, layout="constrained", **options
    )
    return np.asarray(axes, dtype=object)


def tidy(ax: Any, *, has_grid: bool = True) -> None:
    """Give axes the common looks: two spines, a light grid behind the curves."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)
    if has_grid:
        ax.grid(True, color="#E6E6E6", linewidth=0.8)
    ax.tick_params(labelsize=9)


def unknowns(posterior: Drawn) -> list[str]:
    """Return the parameters that vary: known values make no picture."""
    names = posterior.model._unknown()
    # The weight of a single component is 1.
    if posterior.n_components == 1 and "weights" in names:
        names.remove("weights")
    return names


def chosen(posterior: Drawn, names: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """Return the names to show: the given ones, checked, or all unknowns."""
    if names is None:
        return unknowns(posterior) or ["log_likelihood"]
    wanted = [names] if isinstance(names, str) else list(names)
    wanted = [posterior.model.spread_name if name == "spread" else name for name in wanted]
    known = [name for name in NAMES if name in posterior]
    for name in wanted:
        if name not in known:
            raise ValueError(f"names: must be among {', '.join(known)}, got {name!r}")
    if not wanted:
        raise ValueError("names: must hold at least one name, got none")
    return wanted


def scalars(posterior: Drawn, name: str) -> list[tuple[str, NDArray[np.float64]]]:
    """Return the scalar quantities of a name: label and draws, shape (chains, draws)."""
    values = posterior[name]
    result = []
    for index in np.ndindex(*values.shape[2:]):
        if name == "covariances" and index[-2] < index[-1]:
            continue  # the other half of a symmetric matrix
        label = f"{name}[{', '.join(map(str, index))}]" if index else name
        result.append((label, values[(..., *index)]))
    return result


def legend(ax: Any, count: int) -> None:
    """Add a legend in the line of the title, where it hides no curve, if it fits there."""
    if 1 < count <= _LEGEND_LIMIT:
        ax.legend(
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            ncols=count,
            frameon=False,
            fontsize=8,
            handlelength=1.1,
            handletextpad=0.4,
            columnspacing=0.9,
            borderaxespad=0.1,
        )
