"""Conversion of Python objects to the arguments of the C interface.

Types, shapes and representability are checked here, because a C integer cannot express them. The
library checks ranges. Messages read ``argument: rule, got value``.
"""

from __future__ import annotations

import math
import numbers
import operator
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Rows",
    "array",
    "check_symmetric",
    "code",
    "data_rows",
    "file_path",
    "flag",
    "int32",
    "int64",
    "integer",
    "real",
    "real_array",
    "refuse_masked",
    "row_weights",
    "seed",
    "series",
    "shown",
    "stored_bytes",
    "thread_count",
]

_FLOAT64 = np.dtype(np.float64)


def integer(name: str, value: object, low: int, high: int) -> int:
    """Return an integer of any type (Python's, numpy's) as an int within ``low .. high``."""
    number = _index(name, value)
    if not low <= number <= high:
        raise ValueError(f"{name}: must be from {low} to {high}, got {number}")
    return number


def int32(name: str, value: object) -> int:
    """Return an integer that fits ``int32_t``."""
    return _fitting(name, value, 2**31)


def int64(name: str, value: object) -> int:
    """Return an integer that fits ``int64_t``."""
    return _fitting(name, value, 2**63)


def _index(name: str, value: object) -> int:
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name}: must be an integer, got {shown(value)}") from None


def _fitting(name: str, value: object, limit: int) -> int:
    """Return an integer from -limit to limit - 1; the library checks its real range."""
    number = _index(name, value)
    if number >= limit:
        raise ValueError(f"{name}: must be at most {limit - 1}, got {number}")
    if number < -limit:
        raise ValueError(f"{name}: must be at least {-limit}, got {number}")
    return number


def seed(value: object) -> int:
    """Return a seed that fits ``uint64_t``; None draws one from the operating system's entropy."""
    if value is None:
        return int.from_bytes(os.urandom(8), "little")
    return integer("random_seed", value, 0, 2**64 - 1)


def thread_count(value: object) -> int:
    """Return a number of threads; None stands for 0, one for each processor."""
    return 0 if value is None else int32("threads", value)


def flag(name: str, value: object) -> bool:
    """Return a truth value; refuse everything but True and False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: must be True or False, got {shown(value)}")
    return bool(value)


def code(name: str, value: str, values: tuple[str, ...]) -> int:
    """Return the place of a word among the allowed words."""
    if value not in values:
        raise ValueError(f"{name}: must be one of {', '.join(values)}, got {shown(value)}")
    return values.index(value)


def stored_bytes(name: str, value: Any) -> NDArray[np.uint8]:
    """Return the bytes of an object that has a buffer, without a copy."""
    try:
        return np.frombuffer(memoryview(value), np.uint8)
    except TypeError:
        raise TypeError(f"{name}: must be bytes, got {shown(value)}") from None


def real(name: str, value: object) -> float:
    """Return a real number as a float."""
    if isinstance(value, (str, bytes, bool, np.bool_)):
        raise TypeError(f"{name}: must be a real number, got {shown(value)}")
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise TypeError(f"{name}: must be a real number, got {shown(value)}") from None
    except OverflowError:
        return _infinity(value)


def real_array(name: str, value: ArrayLike, *, may_lack: bool = False) -> NDArray[Any]:
    """Return anything array-like as a float64 array of any shape, without a copy where it is one.

    Booleans and integers of every size count as real. Objects that are real numbers do too, because
    data frames with columns of several types hold such objects. Strings and complex numbers do not.

    If values `may_lack`, masked values, None and pandas' NA are NaN.
    """
    if may_lack:
        value = _unmasked(value)
    else:
        refuse_masked(name, value)
    try:
        array = np.asarray(value)
    except ValueError:  # ragged lists
        raise ValueError(f"{name}: must be a rectangular array, got {shown(value)}") from None
    if array.dtype == _FLOAT64:
        return array
    if array.dtype.kind == "O":
        return _unboxed(name, array, may_lack=may_lack)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name}: must be real numbers, got dtype {array.dtype}")
    return array.astype(np.float64)


def refuse_masked(name: str, value: object) -> None:
    """Refuse masked values, because numpy would read the values below the mask."""
    # A masked array exists only where its module has been imported, which costs milliseconds.
    masked = sys.modules.get("numpy.ma")
    if masked is not None and isinstance(value, masked.MaskedArray) and np.any(value.mask):
        raise ValueError(f"{name}: must have no masked values, got {np.sum(value.mask)}")


def _unmasked(value: Any) -> Any:
    """Return an array with NaN in the place of masked values."""
    masked = sys.modules.get("numpy.ma")
    if masked is None or not isinstance(value, masked.MaskedArray):
        return value
    return value.astype(np.float64).filled(np.nan)


def _unboxed(name: str, array: NDArray[Any], *, may_lack: bool) -> NDArray[np.float64]:
    """Return an array of objects that are real numbers as float64."""
    result = np.empty(array.shape)
    pandas = sys.modules.get("pandas")
    for index, item in np.ndenumerate(array):
        if may_lack and (item is None or (pandas is not None and item is pandas.NA)):
            result[index] = math.nan
            continue
        # Decimals are numbers, but not registered as real; numpy's durations are, as integers.
        is_real = isinstance(item, (numbers.Real, np.bool_)) or (
            isinstance(item, numbers.Number) and not isinstance(item, numbers.Complex)
        )
        if not is_real or isinstance(item, np.timedelta64):
            place = f"[{', '.join(map(str, index))}]" if index else ""
            raise TypeError(f"{name}{place}: must be a real number, got {shown(item)}")
        try:
            result[index] = float(item)
        except OverflowError:
            result[index] = _infinity(item)
    return result


def _infinity(value: Any) -> float:
    """Return infinity with the sign of a number that is too large for a float."""
    return math.inf if value > 0 else -math.inf


def array(name: str, value: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return numbers of a shape in C order; axes of length 1 may be missing or added."""
    numbers = real_array(name, value)
    # An array with the right number of axes has them in order, or it is a transposed array.
    is_turned = numbers.ndim == len(shape) and numbers.shape != shape
    if is_turned or [n for n in numbers.shape if n != 1] != [n for n in shape if n != 1]:
        raise ValueError(f"{name}: must have shape {shape}, got shape {numbers.shape}")
    return np.ascontiguousarray(numbers.reshape(shape))


def check_symmetric(name: str, matrices: NDArray[np.float64]) -> None:
    """Require matrices that are symmetric up to rounding, by the library's rule."""
    gaps = np.abs(matrices - np.swapaxes(matrices, -1, -2))
    sds = np.sqrt(np.abs(np.diagonal(matrices, axis1=-2, axis2=-1)))
    # The library refuses NaN and names its place.
    bad = np.argwhere(gaps > 1e-6 * sds[..., :, None] * sds[..., None, :])
    if len(bad):
        *which, j, i = map(int, bad[0])
        lower, upper = matrices[(*which, i, j)], matrices[(*which, j, i)]
        place = f"[{which[0]}]" if which else ""
        raise ValueError(
            f"{name}{place}: must be symmetric, got {lower} at ({i}, {j}) and {upper} at ({j}, {i})"
        )


def row_weights(value: ArrayLike | None, length: int) -> NDArray[np.float64] | None:
    """Return sample weights, one for each of `length` rows, in C order; None for None."""
    if value is None:
        return None
    weights = real_array("sample_weight", value)
    # A column is accepted; a table of as many numbers is a mistake.
    if weights.size != length or [n for n in weights.shape if n != 1] != [length][: length != 1]:
        raise ValueError(f"sample_weight: must have shape ({length},), got shape {weights.shape}")
    return np.ascontiguousarray(weights.reshape(-1))


class Rows(NamedTuple):
    """Data as the C interface takes them; the array must outlive the call."""

    array: NDArray[np.float64]
    length: int
    dimensions: int
    stride: int


def data_rows(
    name: str, value: ArrayLike, dimensions: int | None = 1, *, may_lack: bool = False
) -> Rows:
    """Return data of N rows, without a copy where the layout allows.

    The shape is (N,) or (N, 1) in one dimension and (N, D) in D dimensions; empty data may have any
    shape. With `dimensions` None the shape decides. Any positive distance between rows that is a
    whole number of elements is passed on, if the columns are adjacent. Other layouts are copied.
    If values `may_lack`, masked values, None and pandas' NA are NaN.
    """
    array = real_array(name, value, may_lack=may_lack)
    if dimensions is None:
        if array.ndim > 2:
            raise ValueError(f"{name}: must have shape (N,) or (N, D), got shape {array.shape}")
        dimensions = array.shape[1] if array.ndim == 2 else 1
        if dimensions == 0:
            raise ValueError(f"{name}: must have at least 1 column, got shape {array.shape}")
    if array.ndim == 1 and array.size == 0:
        array = array.reshape(0, dimensions)
    if dimensions == 1 and array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.shape[1] != dimensions:
        if array.ndim == 2 and dimensions > 1:
            raise ValueError(f"{name}: must have {dimensions} columns, got {array.shape[1]}")
        shape = "a single number" if array.ndim == 0 else f"shape {array.shape}"
        rule = f"(N, {dimensions})" if dimensions > 1 else "(N,) or (N, 1)"
        raise ValueError(f"{name}: must have shape {rule}, got {shape}")
    if dimensions == 1:
        column, stride = series(array[:, 0])
        return Rows(column, column.shape[0], 1, stride)
    step, between = array.strides
    if not (between == 8 and step >= 8 * dimensions and step % 8 == 0 and array.flags.aligned):
        array = np.ascontiguousarray(array)
        step = 8 * dimensions
    return Rows(array, array.shape[0], dimensions, step // 8)


def series(array: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Return a one-dimensional array and its stride in elements, copied where C cannot walk it."""
    if array.shape[0] < 2:
        return np.ascontiguousarray(array), 1
    step = array.strides[0]
    if step > 0 and step % 8 == 0 and array.flags.aligned:
        return array, step // 8
    return np.ascontiguousarray(array), 1


def shown(value: object) -> str:
    """Return a value as text for a message: its repr, cut if it is long."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def file_path(name: str, value: object) -> bytes:
    """Return the path of a file as the C interface takes it."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name}: must be a path, got {shown(value)}")
    text = os.fspath(value)
    if not isinstance(text, str):
        raise TypeError(f"{name}: must be a path of text, got {shown(text)}")
    if "\0" in text:
        raise ValueError(f"{name}: must not hold null characters, got {shown(text)}")
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: must be UTF-8, got {shown(text)}") from None
