"""The component of one observation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import integer
from gmmswift._model.counts import require_components
from gmmswift.plots._style import BLACK, axes_grid, component_color, head, tidy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gmmswift.plots._drawn import Drawn

#: Components that are shown: all, or those of the largest shares.
_SHOWN = 20


def plot_assignment(
    posterior: Drawn, i: int, ax: Any, figsize: tuple[float, float] | None
) -> NDArray[Any]:
    """Draw the trace of an assignment and its distribution; see `Posterior.plot_assignment`."""
    require_components(posterior.model._unknown_count)
    n = posterior.n_observations
    if n == 0:
        raise ValueError("i: must be an observation, got a posterior without data")
    index = integer("i", i, -n, n - 1) % n
    value = _text(np.atleast_1d(posterior.data[index]), posterior.column_names)
    if not posterior.has_assignments:
        axes = axes_grid(1, 1, ax, figsize, (5.4, 3.2)).reshape(-1)
        shares = posterior.probabilities[index]
        if posterior.model.background is not None:
            shares = np.append(shares, posterior.background_probabilities()[index])
        _bars(axes[0], shares, _components(shares), posterior.n_components)
        head(axes[0], f"P(component | data) of x[{index}] = {value}", width=60)
        return axes
    trace = posterior["assignments"][:, :, index]
    # A background has the number after those of the components.
    count = posterior.n_components + (posterior.model.background is not None)
    shares = np.bincount(trace.reshape(-1), minlength=count) / trace.size
    shown = _components(shares)
    options = {} if ax is not None else {"width_ratios": (2.4, 1)}
    # Twenty names of components stand apart.
    height = max(3.0, 1.0 + 0.17 * len(shown))
    axes = axes_grid(1, 2, ax, figsize, (9.6, height), **options).reshape(-1)
    _ticks(axes[0], trace, shown, posterior.n_components)
    axes[0].set_yticks(range(len(shown)), [_name(k, posterior.n_components) for k in shown])
    axes[0].set_ylim(-0.5, len(shown) - 0.5)
    axes[0].set_xlim(0, max(posterior.n_draws - 1, 1))
    axes[0].set_xlabel("draw")
    axes[0].set_ylabel("component")
    chains = ", a line for each chain" if len(trace) > 1 else ""
    head(axes[0], f"assignment of x[{index}] = {value}{chains}", width=80)
    tidy(axes[0])
    _bars(axes[1], shares, shown, posterior.n_components)
    head(axes[1], "share of draws")
    return axes


def _text(row: NDArray[np.float64], names: tuple[str, ...]) -> str:
    """Return an observation as text: its first four columns."""
    values = [f"{number:.4g}" for number in row[:4]]
    if names:
        values = [f"{name} = {value}" for name, value in zip(names, values, strict=False)]
    text = ", ".join(values) + ", ..." * (row.size > 4)
    return text if row.size == 1 else f"({text})"


def _components(shares: NDArray[np.float64]) -> list[int]:
    """Return the components to show, in their order."""
    largest = np.argsort(-shares, kind="stable")[:_SHOWN]
    return sorted(int(k) for k in largest)


def _name(k: int, components: int) -> str:
    """Return the name of a component, or of the background after the last one."""
    return str(k) if k < components else "background"


def _color(k: int, components: int) -> str:
    return component_color(k if k < components else None)


def _ticks(ax: Any, trace: NDArray[Any], shown: list[int], components: int) -> None:
    """Draw a tick for each draw at its component; chains lie one below the other."""
    chains, draws = trace.shape
    # Joined by steps, as few as a hundred switches would make a wall of vertical lines.
    height = 0.8 / chains
    for chain, line in enumerate(trace):
        offset = 0.4 - height * (chain + 0.5)
        for place, component in enumerate(shown):
            where = np.flatnonzero(line == component)
            middle = place + offset
            ax.vlines(
                where,
                middle - 0.4 * height,
                middle + 0.4 * height,
                color=_color(component, components),
                linewidth=min(1.5, 500 / draws),
                rasterized=True,
            )


def _bars(ax: Any, shares: NDArray[np.float64], shown: list[int], components: int) -> None:
    places = range(len(shown))
    heights = shares[shown]
    colors = [_color(k, components) for k in shown]
    bars = ax.bar(places, heights, color=colors, width=0.8)
    if len(shown) <= 8:
        texts = [f"{height:.3f}" for height in heights]
        ax.bar_label(bars, texts, fontsize=8, color=BLACK, padding=2)
    step = 1 if len(shown) <= 12 else 2
    ax.set_xticks(places[::step], [_name(k, components) for k in shown[::step]])
    ax.set_ylim(0, 1.1)
    rest = len(shares) - len(shown)
    ax.set_xlabel("component" + (f" ({rest} more: {1 - heights.sum():.3f})" if rest else ""))
    tidy(ax)
