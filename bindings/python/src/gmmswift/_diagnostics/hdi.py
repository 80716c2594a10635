"""The values of highest density."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gmmswift import _native as native
from gmmswift._arguments import flag, real, thread_count
from gmmswift._diagnostics.density import density_options, one_sample

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["hdi"]

#: A region of a curve of 65,536 points has no more ends.
_ROOM = 2**16 + 2


def hdi(
    x: ArrayLike,
    prob: float = 0.95,
    *,
    multimodal: bool = False,
    bandwidth: float | str = "isj",
    lower: float | None = None,
    upper: float | None = None,
    threads: int | None = None,
) -> NDArray[np.float64]:
    """Return the values of highest density that hold a share of a sample.

    Parameters
    ----------
    x : array_like
        Values of any shape; all are one sample, such as ``post["means"][:, :, 0]``.
    prob : float, default 0.95
        The share, in (0, 1).
    multimodal : bool, default False
        Whether to return the region of highest density, which has an interval for each mode.
        Otherwise the shortest interval that holds the share, as in summaries.
    bandwidth, lower, upper, threads : optional
        Those of the kernel density from which the region comes; see `kde`.

    Returns
    -------
    ndarray, shape (2,), with `multimodal` (intervals, 2)
        The ends of the interval, or of the intervals in ascending order. The interval is NaN if a
        value is.

    Raises
    ------
    ValueError
        For a region of values that are NaN, infinite, or outside the bounds.
    DegenerateError
        For a region if the rule has no bandwidth.

    Notes
    -----
    The region consists of the points at which the kernel density is above the level that leaves
    `prob` of its mass above it (Hyndman 1996, The American Statistician 50).
    """
    values, stride = one_sample(x)
    options = density_options(bandwidth, lower, upper)
    probability, has_modes = real("prob", prob), flag("multimodal", multimodal)
    out, count = np.empty(_ROOM if has_modes else 2), np.zeros(1, np.int64)
    with native.Run(thread_count(threads)) as run:
        native.call(
            native.lib.gmm_hdi,
            values,
            values.size,
            stride,
            probability,
            has_modes,
            options,
            run.control,
            out,
            out.size,
            count,
            names={"values": "x", "probability": "prob", "is_multimodal": "multimodal"},
        )
    return out[: 2 * count[0]].reshape(-1, 2).copy() if has_modes else out
