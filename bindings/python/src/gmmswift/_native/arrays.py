"""Argument types of ctypes for pointers to numbers, which are arrays of numpy."""

from __future__ import annotations

from ctypes import c_void_p
from typing import Any

import numpy as np

__all__ = ["ByteArray", "DoubleArray", "Int32Array", "Int64Array"]


class DoubleArray(c_void_p):
    """``double *``: a float64 array that outlives the call, or None."""

    dtype: np.dtype[Any] = np.dtype(np.float64)

    @classmethod
    def from_param(cls, value: Any) -> Any:
        """Return the address of the array's first element."""
        if value is None:
            return None
        if not isinstance(value, np.ndarray) or value.dtype != cls.dtype:
            raise TypeError(f"expected an array of {cls.dtype}, got {type(value).__name__}")
        return c_void_p(value.ctypes.data)


class ByteArray(DoubleArray):
    """``uint8_t *``: an array of bytes that outlives the call, or None."""

    dtype = np.dtype(np.uint8)


class Int32Array(DoubleArray):
    """``int32_t *``: an int32 array that outlives the call, or None."""

    dtype = np.dtype(np.int32)


class Int64Array(DoubleArray):
    """``int64_t *``: an int64 array that outlives the call, or None."""

    dtype = np.dtype(np.int64)
