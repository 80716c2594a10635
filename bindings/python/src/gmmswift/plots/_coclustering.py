"""The probabilities with which rows share a component."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import integer, shown
from gmmswift.plots._style import PALETTE, axes_grid, note

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gmmswift.plots._drawn import Paired

__all__ = ["plot_coclustering"]

#: The width and height of the matrix in inches, and the least height of a name, as a share of it.
_SIDE, _NAME = 4.6, 0.04


def plot_coclustering(
    posterior: Paired,
    labels: ArrayLike | None,
    max_rows: int,
    threads: int | None,
    ax: Any,
    figsize: tuple[float, float] | None,
) -> Any:
    """Draw the matrix of the pairs of rows; see `Posterior.plot_coclustering`."""
    count = posterior.n_observations
    most = integer("max_rows", max_rows, 1, 2**31 - 1)
    if count == 0:
        raise NotImplementedError("posterior: must have observations, got prior draws")
    if labels is None:
        clusters = posterior.partition(threads=threads).labels
    else:
        clusters = _numbers(labels, count)
    order = _order(posterior.data.reshape(count, -1), clusters)
    size = min(most, count)
    # The middles of equal parts: each cluster keeps its share of the rows.
    rows = order[((np.arange(size) + 0.5) * count / size).astype(np.int64)]
    together = posterior.coclustering(rows, threads=threads)
    axes = axes_grid(1, 1, ax, figsize, (_SIDE + 1.4, _SIDE))[0, 0]
    image = axes.imshow(together, cmap="Blues", vmin=0, vmax=1, origin="upper")
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.85, pad=0.03)
    bar.set_label("P(same component | data)", fontsize=9)
    bar.ax.tick_params(labelsize=9)
    bar.outline.set_visible(False)
    _borders(axes, clusters[rows], np.bincount(clusters))
    if ax is None and size < count:
        note(axes, f"{size:,} of {count:,} rows, evenly spaced in their order")
    return axes


def _numbers(labels: ArrayLike, count: int) -> NDArray[np.int64]:
    """Return the clusters that a caller gives."""
    found = np.asarray(labels)
    if found.shape != (count,):
        raise ValueError(f"labels: must have shape ({count},), got shape {found.shape}")
    if found.dtype.kind not in "iu" or (found < 0).any() or (found >= count).any():
        raise ValueError(f"labels: must be integers from 0 to {count - 1}, got {shown(labels)}")
    return found.astype(np.int64)


def _order(data: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows cluster by cluster.

    In one dimension clusters are in the order of their means, and rows in that of their values. In
    several, clusters are in the order of their numbers, and rows by their distance from the mean of
    their cluster, which is measured in the sds of the columns. The mean of its column stands for a
    missing value.
    """
    data = np.where(np.isnan(data), np.nanmean(data, axis=0), data)
    sizes = np.maximum(np.bincount(labels), 1)
    means = np.stack([np.bincount(labels, column) / sizes for column in data.T], axis=1)
    if data.shape[1] == 1:
        return np.lexsort((data[:, 0], labels, means[labels, 0]))
    scale = data.std(axis=0)
    offsets = (data - means[labels]) / np.where(scale > 0, scale, 1)
    return np.lexsort(((offsets**2).sum(axis=1), labels))


def _borders(ax: Any, labels: NDArray[np.int64], sizes: NDArray[np.int64]) -> None:
    """Draw lines between clusters, and name those that have room for it."""
    count = len(labels)
    ends = np.flatnonzero(np.diff(labels)) + 1
    # Lines of many clusters would cover them.
    looks = {"color": PALETTE[1], "linewidth": min(0.8, 12 / max(len(ends), 1))}
    for end in ends:
        ax.axhline(end - 0.5, **looks)
        ax.axvline(end - 0.5, **looks)
    edges = np.concatenate([[0], ends, [count]])
    named = [
        (0.5 * (start + end - 1), labels[start])
        for start, end in itertools.pairwise(edges)
        if end - start >= _NAME * count
    ]
    places = [place for place, _ in named]
    ax.set_xticks(places, [str(label) for _, label in named])
    ax.set_yticks(places, [f"{label} ({sizes[label]:,})" for _, label in named])
    ax.set_xlabel("cluster", fontsize=9)
    ax.set_ylabel("cluster (rows)", fontsize=9)
    ax.tick_params(length=0, labelsize=9)
