"""Densities of Dirichlet priors on the simplex of three weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import int32, real_array
from gmmswift.plots._style import BLACK, WIDTH, axes_grid, component_color, pyplot

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# The corners of the triangle at which weights[0], weights[1] and weights[2] are 1.
_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(0.75)]])


def plot_dirichlet(
    concentrations: Sequence[ArrayLike],
    *,
    columns: int = 4,
    resolution: int = 120,
    ax: Any = None,
    figsize: tuple[float, float] | None = None,
) -> NDArray[Any]:
    """Draw densities of the Dirichlet distribution on the simplex of three weights.

    Parameters
    ----------
    concentrations : sequence of array_like, shape (3,)
        One panel for each: concentrations > 0.
    columns : int, default 4
        Panels in a row, >= 1.
    resolution : int, default 120
        Points on a side of the triangle, >= 2.
    ax : array of matplotlib.axes.Axes, optional
        As many axes as panels. By default a new figure.
    figsize : (float, float), optional
        Width and height of the new figure in inches.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (panels,)
        The axes.

    Notes
    -----
    Colours span the range from 0 to each panel's own maximum; a uniform density has the colour in
    the middle. A density that is infinite on an edge (a concentration below 1) is shown up to
    its 90th percentile.
    """
    alphas = [_concentration(index, value) for index, value in enumerate(concentrations)]
    if not alphas:
        raise ValueError("concentrations: must hold at least one vector, got none")
    across = min(int32("columns", columns), len(alphas))
    size = int32("resolution", resolution)
    if across < 1 or size < 2:
        raise ValueError(
            f"columns, resolution: must be at least 1 and 2, got {columns} and {resolution}"
        )
    rows = math.ceil(len(alphas) / across)
    if ax is not None:
        axes = axes_grid(1, len(alphas), ax, None, (0, 0)).reshape(-1)
    else:
        side = min(2.6, WIDTH / across)
        axes = axes_grid(rows, across, None, figsize, (side * across, side * rows)).reshape(-1)
        for spare in axes[len(alphas) :]:
            spare.remove()
    points = _interior_points(size)
    # Imported after pyplot has said so if matplotlib is missing.
    pyplot()
    from matplotlib.tri import Triangulation

    corners = points @ _CORNERS
    triangles = Triangulation(corners[:, 0], corners[:, 1])
    for panel, alpha in zip(axes, alphas, strict=False):
        density = np.exp(dirichlet_log_density(points, alpha))
        top = _top(density, alpha)
        panel.tripcolor(
            triangles, density, shading="gouraud", cmap="viridis", vmin=0, vmax=top, rasterized=True
        )
        outline = _CORNERS[[0, 1, 2, 0]]
        panel.plot(outline[:, 0], outline[:, 1], color=BLACK, linewidth=0.8)
        text = ", ".join(f"{value:g}" for value in alpha)
        panel.set_title(rf"$\alpha$ = ({text})", fontsize=10)
        for component, (x, y) in enumerate(_CORNERS):
            down = component < 2
            panel.annotate(
                f"w{'₀₁₂'[component]}",
                (x, y),
                xytext=(0, -3 if down else 3),
                textcoords="offset points",
                ha="center",
                va="top" if down else "bottom",
                fontsize=9,
                fontweight="bold",
                color=component_color(component),
            )
        panel.set_aspect("equal")
        panel.set_xlim(-0.06, 1.06)
        panel.set_ylim(-0.12, 0.98)
        panel.axis("off")
    return axes[: len(alphas)]


def dirichlet_log_density(
    weights: NDArray[np.float64], alpha: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the log density of Dirichlet(alpha) with respect to all weights but the last.

    log Gamma(sum alpha) - sum log Gamma(alpha) + sum (alpha - 1) log weights, for weights inside
    the simplex, shape (..., K).
    """
    normalizer = math.lgamma(alpha.sum()) - sum(math.lgamma(value) for value in alpha)
    return np.asarray(normalizer + np.log(weights) @ (alpha - 1))


def _top(density: NDArray[np.float64], alpha: NDArray[np.float64]) -> float:
    """Return the density that has the brightest colour."""
    if (alpha == 1).all():
        return float(2 * density.max())
    return float(np.quantile(density, 0.9) if alpha.min() < 1 else density.max())


def _concentration(index: int, value: ArrayLike) -> NDArray[np.float64]:
    name = f"concentrations[{index}]"
    alpha = real_array(name, value)
    if alpha.shape != (3,):
        raise ValueError(f"{name}: must have shape (3,), got {alpha.shape}")
    if not (np.isfinite(alpha) & (alpha > 0)).all():
        raise ValueError(f"{name}: must be positive, got {alpha.tolist()}")
    return alpha


def _interior_points(size: int) -> NDArray[np.float64]:
    """Return a lattice of weights, pulled off the edges where densities may be infinite."""
    first, second = np.meshgrid(np.arange(size + 1), np.arange(size + 1), indexing="ij")
    inside = first + second <= size
    lattice = np.stack([first[inside], second[inside], (size - first - second)[inside]], axis=1)
    margin = 1e-4
    return np.asarray((lattice / size) * (1 - 3 * margin) + margin)
