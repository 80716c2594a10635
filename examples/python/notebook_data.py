"""The notebooks' data sets.

All but the last come from numpy's legacy generator, whose stream is frozen: the values are the
same on every machine and with every version of numpy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_DATA = Path(__file__).resolve().parents[1] / "data"

#: Sizes of the book's three groups.
BOOK_SIZES = (90, 50, 75)


def two_components() -> NDArray[np.float64]:
    """Return 700 draws of Normal(150, 10), then 300 of Normal(200, 20), shape (1000,).

    The notebook sets no seed, so that its own data are lost; these are others from its recipe.
    """
    random = np.random.RandomState(1)
    return np.concatenate([random.normal(150, 10, 700), random.normal(200, 20, 300)])


def three_components() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return 500 draws around -5, 0 and 5 with sd 1, and the cluster of each, shapes (500,).

    The notebook's own seed, and so its own data: the first value is 3.29, from cluster 2.
    """
    random = np.random.RandomState(12345)
    clusters = random.randint(0, 3, 500)
    return np.array([-5.0, 0.0, 5.0])[clusters] + random.randn(500), clusters


def book() -> NDArray[np.float64]:
    """Return 90, 50 and 75 draws around 9, 21 and 35 with sd 2, shape (215,).

    The book sets no seed either.
    """
    return np.random.RandomState(2).normal(np.repeat([9, 21, 35], BOOK_SIZES), 2)


def book_table() -> NDArray[np.float64]:
    """Return 215 values whose posterior is the book's published table, shape (215,).

    Groups as in `book`, shifted and scaled until the posterior means of the three means and of
    the sd are the published ones. They stand in for the book's data, which were not published.
    """
    return np.loadtxt(_DATA / "book_table.txt")
