"""Responsibilities to start from, found as scikit-learn finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.cluster import KMeans, kmeans_plusplus

if TYPE_CHECKING:
    from numpy.typing import NDArray

STARTS = ("kmeans", "k-means++", "random", "random_from_data")


def starting_responsibilities(
    x: NDArray[Any],
    size: int,
    method: str,
    random_state: np.random.RandomState,
    sample_weight: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Return responsibilities, shape (N, K), that are scikit-learn's for the same random numbers.

    Those of "k-means++" and "random_from_data" are 1 at K observations and 0 elsewhere. Where
    there are sample weights, clusters and chances take them into account.
    """
    length = x.shape[0]
    if method == "random":
        responsibilities: NDArray[np.float64] = random_state.uniform(size=(length, size))
        responsibilities /= responsibilities.sum(axis=1, keepdims=True)
        return responsibilities
    responsibilities = np.zeros((length, size))
    if method == "kmeans":
        clusters = KMeans(n_clusters=size, n_init=1, random_state=random_state)
        labels = clusters.fit(x, sample_weight=sample_weight).labels_
        responsibilities[np.arange(length), labels] = 1
        return responsibilities
    if method == "k-means++":
        _, chosen = kmeans_plusplus(x, size, sample_weight=sample_weight, random_state=random_state)
    else:
        chances = None if sample_weight is None else sample_weight / sample_weight.sum()
        chosen = random_state.choice(length, size=size, replace=False, p=chances)
    responsibilities[chosen, np.arange(size)] = 1
    return responsibilities
