"""Missing values: rows that count, and what stands for a missing value in a start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["filled", "rows_that_count"]


def rows_that_count(
    x: NDArray[Any], weights: NDArray[np.float64] | None
) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
    """Return the rows of positive weight that have a value, and their weights.

    The arrays are the given ones where all rows count.

    Raises
    ------
    ValueError
        If none counts.
    """
    counts = np.ones(len(x), bool)
    if _lacks_values(x):
        counts = ~np.isnan(x).all(axis=1)
    if weights is not None:
        counts &= weights > 0
    if counts.all():
        return x, weights
    if not counts.any():
        raise ValueError("X: must have a value in a row of positive weight, got none")
    return x[counts], None if weights is None else weights[counts]


def filled(x: NDArray[Any]) -> NDArray[Any]:
    """Return rows with the mean of its column in the place of each missing value.

    The library's own starts see the same. A start is no part of the result of a fit.

    Raises
    ------
    ValueError
        For a column without any value.
    """
    if not _lacks_values(x):
        return x
    lacks = np.isnan(x)
    empty = lacks.all(axis=0)
    if empty.any():
        raise ValueError(
            f"X: must have a value in every column, got none in column {int(np.argmax(empty))}"
        )
    return np.where(lacks, np.nanmean(x, axis=0, dtype=np.float64).astype(x.dtype), x)


def _lacks_values(x: NDArray[Any]) -> bool:
    # NaN passes through a minimum, which needs no memory.
    return bool(x.size and np.isnan(x.min()))
