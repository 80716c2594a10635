"""Checks of the arguments of estimators."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._arguments import real_array, shown
from gmmswift._shapes import covariance_shape
from gmmswift.estimators._gaussians import blocks

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def check_count(name: str, value: Any, low: int) -> None:
    """Require an integer >= low."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low:
        raise ValueError(f"{name}: must be an integer >= {low}, got {shown(value)}")


def check_number(name: str, value: Any, *, positive: bool = False) -> None:
    """Require a finite number >= 0, or > 0."""
    rule = "positive" if positive else "not negative"
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"{name}: must be a number, got {shown(value)}")
    if not np.isfinite(float(value)) or value < 0 or (positive and value == 0):
        raise ValueError(f"{name}: must be finite and {rule}, got {shown(value)}")


def check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    """Require one of some words."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name}: must be one of {', '.join(choices)}, got {shown(value)}")


def check_finite(x: NDArray[Any], *, may_lack: bool = False) -> None:
    """Require finite data; names the row and the column of the first that is not.

    If values `may_lack`, NaN is one that is missing.
    """
    for part in blocks(len(x)):
        bad = np.isinf(x[part]) if may_lack else ~np.isfinite(x[part])
        if not bad.any():
            continue
        row, column = np.argwhere(bad)[0]
        is_missing = np.isnan(x[part][row, column])
        raise ValueError(
            f"Input X contains {'NaN' if is_missing else 'infinity'}: must be finite, got "
            f"{x[part][row, column]} in row {part.start + row}, column {column}"
            + (". GaussianMixture takes missing values" if is_missing else "")
        )


def check_sample_weight(value: ArrayLike | None, length: int) -> NDArray[np.float64] | None:
    """Return sample weights, shape (N,), finite, not negative, not all 0; a number is for all."""
    if value is None:
        return None
    if isinstance(value, Real):
        value = np.full(length, value)
    weights = np.ascontiguousarray(real_array("sample_weight", value))
    if weights.shape != (length,):
        raise ValueError(f"sample_weight: must have shape ({length},), got {weights.shape}")
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"sample_weight[{row}]: must be finite and not negative, got {weights[row]}"
        )
    if not weights.any():
        raise ValueError("sample_weight: must not be all zeros, got all zeros")
    return weights


def check_shape(name: str, value: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return a finite array of a shape."""
    array = np.array(real_array(name, value), order="C")
    if array.shape != shape:
        raise ValueError(f"{name}: must have shape {shape}, got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: must be finite, got {shown(array[~np.isfinite(array)][0])}")
    return array


def check_weights(name: str, value: ArrayLike, size: int) -> NDArray[np.float64]:
    """Return weights, shape (K,), not negative, with sum 1.

    As in the library, the sum of weights in single precision may be 1 to 1e-6, and they are then
    divided by it.
    """
    array = check_shape(name, value, (size,))
    if not (array >= 0).all():
        raise ValueError(f"{name}: must not be negative, got {array.min()}")
    total = array.sum()
    if abs(total - 1) <= 1e-8:
        return array
    if abs(total - 1) > 1e-6 or not np.array_equal(array.astype(np.float32), array):
        raise ValueError(f"{name}: must sum to 1, got {total}")
    scaled: NDArray[np.float64] = array / total
    return scaled


def check_definite(name: str, value: NDArray[np.float64], kind: str) -> None:
    """Require positive numbers, or symmetric positive-definite matrices; says which eigenvalue."""
    if kind not in ("full", "tied"):
        if not (value > 0).all():
            raise ValueError(f"{name}: must be positive, got {value.min()}")
        return
    if not np.allclose(value, np.swapaxes(value, -1, -2), rtol=1e-5, atol=1e-8):
        raise ValueError(f"{name}: must be symmetric, got a matrix that is not")
    least = np.linalg.eigvalsh(value)[..., 0]
    if not (least > 0).all():
        place = "" if value.ndim == 2 else f"[{int(np.argmin(least))}]"
        raise ValueError(
            f"{name}{place}: must be positive definite, got the eigenvalue {least.min():.6g}"
        )


def check_given_start(
    weights: ArrayLike | None,
    means: ArrayLike | None,
    precisions: ArrayLike | None,
    shape: tuple[int, int],
    kind: str,
) -> None:
    """Require what is given of weights, means of a shape (K, D) and precisions to start from."""
    if weights is not None:
        check_weights("weights_init", weights, shape[0])
    if means is not None:
        check_shape("means_init", means, shape)
    if precisions is not None:
        wanted = covariance_shape(*shape, kind)
        check_definite("precisions_init", check_shape("precisions_init", precisions, wanted), kind)
