"""The autocorrelation of series."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import int64, real_array, series

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["autocorrelation"]


def autocorrelation(x: ArrayLike, max_lag: int | None = None) -> NDArray[np.float64]:
    """Return the autocorrelation of one series, or of each series of an array of draws.

    Parameters
    ----------
    x : array_like, shape (draws,) or (chains, draws, ...)
        A series, or draws of several chains and quantities.
    max_lag : int, optional
        The last lag, below the number of draws. By default 100 or the largest possible.

    Returns
    -------
    ndarray, shape (max_lag + 1,) or (chains, max_lag + 1, ...)
        The autocovariance with divisor n over that of lag 0. NaN for a constant series.
    """
    values = real_array("x", x)
    if values.ndim == 0:
        raise ValueError("x: must have shape (draws,) or (chains, draws, ...), got a single number")
    axis = 0 if values.ndim == 1 else 1
    draws = values.shape[axis]
    last = min(100, draws - 1) if max_lag is None else int64("max_lag", max_lag)
    if draws and not 0 <= last < draws:
        raise ValueError(f"max_lag: must be from 0 to {draws - 1}, got {last}")
    if not draws:
        raise ValueError("x: must have at least one draw, got none")
    shape = (*values.shape[:axis], last + 1, *values.shape[axis + 1 :])
    result, one = np.empty(shape), np.empty(last + 1)
    places = product(np.ndindex(values.shape[:axis]), np.ndindex(values.shape[axis + 1 :]))
    with native.Run() as run:
        for before, after in places:
            if run.failure is not None:
                break
            index = (*before, slice(None), *after)
            line, stride = series(values[index])
            native.call(
                native.lib.gmm_autocorrelation,
                line,
                draws,
                stride,
                last,
                run.control,
                one,
                one.size,
                names={"values": "x"},
            )
            result[index] = one
    return result
