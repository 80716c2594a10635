"""Pairs of columns with the components of a mixture."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import integer, real, shown
from gmmswift._data import as_data
from gmmswift._fits.known_mixture import KnownMixture
from gmmswift._model.counts import require_components
from gmmswift._shapes import Shape
from gmmswift.plots._drawn_parameters import covariance_matrices, mean_mixture
from gmmswift.plots._limits import outside, robust_limits
from gmmswift.plots._style import WIDTH, axes_grid, component_color, legends, marked, note, tidy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift._data import Data
    from gmmswift._fits.em import EMFit
    from gmmswift.plots._drawn import Drawn

__all__ = ["plot_pairs", "plot_posterior_pairs"]

#: The most columns and points of a figure.
_COLUMNS, _POINTS = 8, 5_000
#: The colour of a point whose component is anyone's guess, as a share of white.
_FADED = 0.82
#: The points of an ellipse, and letters in an inch of a remark.
_STEPS, _LETTERS = 120, 13


@dataclass(frozen=True)
class _Scene:
    """Points, the probabilities of their components, and the components.

    The probabilities of a background come last, if there is one.
    """

    data: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    names: tuple[str, ...]


def plot_pairs(
    data: ArrayLike | Data,
    mixture: EMFit | KnownMixture,
    *,
    columns: Iterable[int | str] | None = None,
    prob: float = 0.9,
    ax: Any = None,
    figsize: tuple[float, float] | None = None,
) -> NDArray[Any]:
    """Draw pairs of columns of data with the components of a mixture.

    A point has the colour of its most probable component, or is dark where that is a background.
    The colour fades to grey as that becomes uncertain: a point that belongs to all components alike
    is grey. Of a posterior,
    `Posterior.plot_pairs` draws the pairs.

    Parameters
    ----------
    data : array_like, shape (N, D), or Data
        Observations, finite or missing, D > 1. Rows of weight 0 are left out, and pairs of which
        a value is missing.
    mixture : EMFit or KnownMixture
        The mixture, in D dimensions.
    columns : iterable of int or str, optional
        Numbers or names of two to eight different columns. By default all, or the first eight.
    prob : float, default 0.9
        The mass of a component inside of its ellipse, in (0, 1).
    ax : array of matplotlib.axes.Axes, optional
        An axes for each pair, row after row of the lower triangle. By default a new figure.
    figsize : (float, float), optional
        Width and height of the new figure in inches.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, shape (pairs,)
        The axes. A cross marks the mean of a component. Of more than 5,000 points those are drawn
        that are evenly spaced. Single values and heavy tails that would rule an axis are left out,
        and their number is told.

    Raises
    ------
    ValueError
        For data of one column, of which `plot_density` draws the density.
    TypeError
        For what is no mixture.
    """
    known = getattr(mixture, "mixture", mixture)
    if not isinstance(known, KnownMixture):
        raise TypeError(
            "mixture: must be a fit or a KnownMixture (posteriors have the method plot_pairs), "
            f"got {shown(mixture)}"
        )
    rows = as_data("data", data, known.n_dimensions)
    if known.n_dimensions == 1:
        raise ValueError("data: must have at least 2 columns (plot_density draws one), got 1")
    weights = rows.sample_weight
    counts = slice(None) if weights is None else weights > 0
    shape = Shape(known.n_components, known.n_dimensions, known.covariance_type, False)
    probabilities = known.probabilities(rows)
    if known.background_weight:
        probabilities = np.c_[probabilities, known.background_probabilities(rows)]
    scene = _Scene(
        rows.values[counts],
        probabilities[counts],
        known.means,
        covariance_matrices(shape, known.covariances),
        rows.names,
    )
    return _draw(scene, columns, prob, ax, figsize)


def plot_posterior_pairs(
    posterior: Drawn,
    columns: Iterable[int | str] | None,
    prob: float,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Draw the pairs of a posterior's data; see `Posterior.plot_pairs`."""
    require_components(posterior.model._unknown_count)
    if posterior.n_observations == 0:
        raise NotImplementedError("posterior: must have observations, got prior draws")
    if posterior.n_dimensions == 1:
        raise ValueError(
            "posterior: must have at least 2 columns of data (plot_density draws one), got 1"
        )
    _, means, covariances = mean_mixture(posterior)
    weights = posterior.sample_weight
    counts = slice(None) if weights is None else weights > 0
    probabilities = posterior.probabilities
    if posterior.model.background is not None:
        probabilities = np.c_[probabilities, posterior.background_probabilities()]
    scene = _Scene(
        posterior.data[counts],
        probabilities[counts],
        means,
        covariances,
        posterior.column_names,
    )
    return _draw(scene, columns, prob, ax, figsize)


def _draw(
    scene: _Scene,
    columns: Iterable[int | str] | None,
    prob: float,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    mass = real("prob", prob)
    if not 0 < mass < 1:
        raise ValueError(f"prob: must be between 0 and 1, got {mass}")
    total, dimensions = scene.data.shape
    chosen = _chosen(columns, dimensions, scene.names)
    pairs = [(i, j) for i in range(1, len(chosen)) for j in range(i)]
    axes = _triangle(len(chosen), pairs, ax, figsize)
    size = min(total, _POINTS)
    rows = ((np.arange(size) + 0.5) * total / max(size, 1)).astype(np.int64)
    # In a fixed mixed order, so that no component lies above all others.
    rows = np.random.default_rng(0).permutation(rows)
    colors = _colors(scene.probabilities[rows], len(scene.means))
    names = scene.names or tuple(f"x[:, {d}]" for d in range(dimensions))
    for panel, (i, j) in zip(axes, pairs, strict=True):
        _panel(panel, scene, (chosen[j], chosen[i]), rows, colors, mass)
        # On a triangle of its own only the panels at the rim have names.
        if ax is not None or i == len(chosen) - 1:
            panel.set_xlabel(names[chosen[j]])
        if ax is not None or j == 0:
            panel.set_ylabel(names[chosen[i]])
        if ax is None:
            panel.tick_params(labelbottom=i == len(chosen) - 1, labelleft=j == 0)
    legends(axes[0], range(len(scene.means)), 1, is_own=ax is None)
    if ax is None:
        has_background = scene.probabilities.shape[1] > len(scene.means)
        _remark(axes[0], mass, size, total, len(chosen), dimensions, columns, has_background)
    return axes


def _chosen(
    columns: Iterable[int | str] | None, dimensions: int, names: tuple[str, ...]
) -> list[int]:
    """Return the numbers of the columns to draw."""
    if columns is None:
        return list(range(min(dimensions, _COLUMNS)))
    if isinstance(columns, str) or not isinstance(columns, Iterable):
        raise TypeError(f"columns: must be several numbers or names, got {shown(columns)}")
    found = []
    for position, column in enumerate(columns):
        name = f"columns[{position}]"
        if isinstance(column, str):
            if column not in names:
                rule = f"must be among {', '.join(names)}" if names else "must be a number"
                raise ValueError(f"{name}: {rule}, got {column!r}")
            found.append(names.index(column))
        else:
            found.append(integer(name, column, 0, dimensions - 1))
    if not 2 <= len(found) <= _COLUMNS or len(set(found)) < len(found):
        raise ValueError(f"columns: must be 2 to {_COLUMNS} different columns, got {found}")
    return found


def _triangle(
    size: int,
    pairs: Sequence[tuple[int, int]],
    ax: Any,
    figsize: tuple[float, float] | None,
) -> NDArray[Any]:
    """Return the axes of the pairs: the caller's, or the lower triangle of a new figure."""
    if ax is not None:
        return axes_grid(1, len(pairs), ax, None, (0, 0)).reshape(-1)
    across = size - 1
    side = 4.4 if across == 1 else min(2.9, WIDTH / across)
    extent = (side * across + 0.4, side * across + 0.7)
    extent = (min(extent[0], WIDTH), min(extent[1], WIDTH))
    grid = axes_grid(across, across, None, figsize, extent, sharex="col", sharey="row")
    for row, column in itertools.product(range(across), repeat=2):
        if column > row:
            grid[row, column].remove()
    return np.array([grid[i - 1, j] for i, j in pairs], dtype=object)


def _colors(probabilities: NDArray[np.float64], components: int) -> NDArray[np.float64]:
    """Return the colours of points, shape (n, 3); behind the components is the background."""
    from matplotlib.colors import to_rgb

    size = probabilities.shape[1]
    if not len(probabilities):
        return np.empty((0, 3))
    palette = np.array(
        [to_rgb(component_color(k if k < components else None)) for k in range(size)]
    )
    largest = probabilities.max(axis=1)
    # 1 where the component is certain, 0 where all are as probable.
    certain = (largest - 1 / size) / (1 - 1 / size) if size > 1 else np.ones_like(largest)
    share = np.clip(certain, 0, 1)[:, np.newaxis]
    return np.asarray(share * palette[probabilities.argmax(axis=1)] + (1 - share) * _FADED)


def _panel(
    ax: Any,
    scene: _Scene,
    pair: tuple[int, int],
    rows: NDArray[np.int64],
    colors: NDArray[np.float64],
    mass: float,
) -> None:
    from matplotlib.patheffects import withStroke

    points = scene.data[rows][:, pair]
    is_known = ~np.isnan(points).any(axis=1)
    points, colors = points[is_known], colors[is_known]
    area = float(np.clip(200 / np.sqrt(max(len(points), 1)), 2, 18))
    ax.scatter(*points.T, s=area, c=colors, linewidths=0, rasterized=True)
    angles = np.linspace(0, 2 * np.pi, _STEPS)
    rim = withStroke(linewidth=2.6, foreground="white")
    # The squared radius of a Normal distribution on the plane is exponential with mean 2.
    circle = np.sqrt(-2 * np.log1p(-mass)) * np.stack([np.cos(angles), np.sin(angles)])
    for k, (mean, covariance) in enumerate(zip(scene.means, scene.covariances, strict=True)):
        center = mean[list(pair)]
        factor = np.linalg.cholesky(covariance[np.ix_(pair, pair)])
        ellipse = center[:, np.newaxis] + factor @ circle
        # With a white rim they stand out from points of their colour.
        looks = {"color": component_color(k), "path_effects": [rim]}
        ax.plot(*ellipse, linewidth=1.4, **looks)
        ax.plot(*center, "+", markersize=8, markeredgewidth=1.8, **looks)
    data = scene.data[:, pair]
    data = data[~np.isnan(data).any(axis=1)]
    if len(data):
        limits = [robust_limits(column) for column in data.T]
        ax.set_xlim(limits[0].padded(0.06))
        ax.set_ylim(limits[1].padded(0.06))
        inside = [limit.contains(column) for limit, column in zip(limits, data.T, strict=True)]
        beyond = len(data) - int(np.count_nonzero(inside[0] & inside[1]))
        marked(ax, outside(beyond, len(data), "points"))
    tidy(ax)


def _remark(
    ax: Any,
    mass: float,
    size: int,
    total: int,
    shown_columns: int,
    dimensions: int,
    columns: Iterable[int | str] | None,
    has_background: bool,
) -> None:
    """Write what the points and the ellipses mean, and what was left out."""
    grey = "light grey points are uncertain, dark ones background"
    grey = grey if has_background else "grey points are uncertain"
    parts = [f"ellipses hold {100 * mass:g} % of a component; {grey}"]
    if size < total:
        parts.append(f"{size:,} of {total:,} points, evenly spaced")
    if columns is None and shown_columns < dimensions:
        parts.append(f"the first {shown_columns} of {dimensions} columns; columns= chooses")
    width = int(_LETTERS * ax.figure.get_figwidth())
    note(ax, "\n".join(line for part in parts for line in textwrap.wrap(part, width)))
