"""Components that are merged into clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import integer, real_array, row_weights, thread_count
from gmmswift._diagnostics.table import Table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Merging", "merge_components"]

_FORMATS = {"entropy": ".4f", "fall": ".4f", "merged_weight": ".6g"}


class Merging(Table):
    """Components that are merged into clusters, one pair after the other.

    A table with a row for each number of clusters, from K to 1. Columns: ``entropy`` of the
    responsibilities with so many clusters; ``fall``, what the merging that led to them lowered it
    by; ``merged_weight``, the number of rows (the sum of their weights) that were most probable in
    one of the two merged clusters; and ``clusters``, the components of each.

    Attributes
    ----------
    n_components : int
        K.
    entropies : ndarray, shape (K,), read-only
        The entropy with 1 ... K clusters; 0 for one.
    merged_weights : ndarray, shape (K,), read-only
        The merged weight of each number of clusters, 1 ... K; 0 for K.
    merges : tuple of (int, int)
        The K - 1 mergings in their order: the first components of the two clusters.

    Examples
    --------
    >>> import numpy as np
    >>> import gmmswift as gm
    >>> merging = gm.merge_components([[0.5, 0.5, 0.0], [0.4, 0.6, 0.0], [0.0, 0.0, 1.0]])
    >>> merging.clusters(2)
    array([0, 0, 1])
    """

    n_components: int
    entropies: NDArray[np.float64]
    merged_weights: NDArray[np.float64]
    merges: tuple[tuple[int, int], ...]

    def __init__(
        self,
        entropies: NDArray[np.float64],
        merged_weights: NDArray[np.float64],
        clusters: NDArray[np.int32],
    ) -> None:
        size = len(entropies)
        self.n_components = size
        self.entropies, self.merged_weights = entropies, merged_weights
        self._clusters = clusters
        self.merges = tuple(_merged(clusters[c], clusters[c - 1]) for c in range(size - 1, 0, -1))
        for array in (entropies, merged_weights, clusters):
            array.flags.writeable = False
        falls = np.append(entropies[1:] - entropies[:-1], np.nan)
        order = np.arange(size - 1, -1, -1)
        texts = [_written(clusters[c]) for c in order]
        columns = {
            "entropy": entropies[order],
            "fall": falls[order],
            "merged_weight": np.where(order == size - 1, np.nan, merged_weights[order]),
            "clusters": np.array(texts, str),
        }
        super().__init__([str(c + 1) for c in order], columns, _FORMATS)

    def clusters(self, n_clusters: int) -> NDArray[np.int64]:
        """Return the cluster of each component where so many clusters are left.

        Parameters
        ----------
        n_clusters : int
            From 1 to K.

        Returns
        -------
        ndarray of int64, shape (K,)
            From 0, in the order of the clusters' first components.
        """
        count = integer("n_clusters", n_clusters, 1, self.n_components)
        return np.asarray(self._clusters[count - 1], np.int64).copy()

    def probabilities(self, components: ArrayLike, n_clusters: int) -> NDArray[np.float64]:
        """Return P(cluster | x): the responsibilities of each cluster's components, added up.

        Parameters
        ----------
        components : array_like, shape (M, K)
            P(component | x) at any points, as `EMFit.probabilities` returns them.
        n_clusters : int
            From 1 to K.

        Returns
        -------
        ndarray, shape (M, n_clusters)
            Rows sum to 1.
        """
        given = _table("components", components, self.n_components)
        owners = self.clusters(n_clusters)
        return np.stack([given[:, owners == c].sum(axis=1) for c in range(n_clusters)], axis=1)

    def plot(self, *, ax: Any = None, figsize: tuple[float, float] | None = None) -> NDArray[Any]:
        """Draw the entropy by the number of clusters (left) and by merged observations (right).

        Where a line turns from steep to flat, fewer clusters overlap no less. On the right each
        merging is as wide as the clusters that it merges are large.

        Parameters
        ----------
        ax, figsize : optional
            Two axes to draw on; width and height of the new figure in inches.

        Returns
        -------
        ndarray of matplotlib.axes.Axes, shape (2,)
            The axes. They need ``gmmswift[plot]``.
        """
        from gmmswift.plots._entropies import plot_entropies

        return plot_entropies(self.entropies, self.merged_weights, ax, figsize)


def merge_components(
    probabilities: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    threads: int | None = None,
) -> Merging:
    """Merge the components of a mixture into clusters, one pair after the other.

    A cluster that is not Normal takes several components. Each step merges the two clusters whose
    merging lowers the entropy of the responsibilities most, that is, which overlap most (Baudry,
    Raftery, Celeux, Lo, Gottardo 2010, Journal of Computational and Graphical Statistics 19). The
    density stays what it is.

    Parameters
    ----------
    probabilities : array_like, shape (N, K)
        P(component | x) of the observations: ``fit.probabilities(data)`` or
        ``post.probabilities``. Not negative; each row is scaled to sum 1.
    sample_weight : array_like, shape (N,), optional
        Finite, not negative, not all 0.
    threads : int, optional
        Number of threads. By default one for each processor; the results are the same for any.

    Returns
    -------
    Merging
        The mergings, and the entropy with 1 ... K clusters.

    Raises
    ------
    ValueError
        For values that are NaN, infinite or negative, and for a row without a positive one.
    """
    table = _table("probabilities", probabilities, None)
    length, size = table.shape
    weights = row_weights(sample_weight, length)
    entropies, merged = np.empty(size), np.empty(size)
    clusters = np.empty((size, size), np.int32)
    with native.Run(thread_count(threads)) as run:
        native.call(
            native.lib.gmm_merge_components,
            table,
            weights,
            length,
            size,
            run.control,
            entropies,
            merged,
            size,
            clusters,
            clusters.size,
        )
    return Merging(entropies, merged, clusters)


def _table(name: str, values: ArrayLike, columns: int | None) -> NDArray[np.float64]:
    """Return responsibilities in C order."""
    table = real_array(name, values)
    if table.ndim != 2 or 0 in table.shape or (columns is not None and table.shape[1] != columns):
        rule = f"must have shape (N, {'K' if columns is None else columns})"
        raise ValueError(f"{name}: {rule}, got shape {table.shape}")
    return np.ascontiguousarray(table)


def _merged(before: NDArray[np.int32], after: NDArray[np.int32]) -> tuple[int, int]:
    """Return the first components of the two clusters that are one afterwards."""
    firsts = [int(np.argmax(before == c)) for c in range(before.max() + 1)]
    for place, first in enumerate(firsts):
        for second in firsts[place + 1 :]:
            if after[first] == after[second]:
                return first, second
    raise AssertionError("two clusters are merged")


def _written(owners: NDArray[np.int32]) -> str:
    """Return the components of each cluster: ``0 + 2, 1``."""
    groups = (np.flatnonzero(owners == c) for c in range(owners.max() + 1))
    return ", ".join(" + ".join(map(str, group)) for group in groups)
