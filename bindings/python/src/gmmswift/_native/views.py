"""Memory of the library as arrays: views of it, and copies."""

from __future__ import annotations

from ctypes import byref, memmove
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmswift._native.constants import ELEMENT_UINT8
from gmmswift._native.library import Handle, call, lib
from gmmswift._native.structs import Background, Prior, View

__all__ = ["background_at", "doubles_at", "integers_at", "priors_at", "view"]

if TYPE_CHECKING:
    from numpy.typing import NDArray


class _Memory:
    """Memory of the library as numpy's array interface shows it; keeps the handle alive."""

    __slots__ = ("__array_interface__", "_owner")

    def __init__(self, owner: Handle, interface: dict[str, object]) -> None:
        self.__array_interface__ = interface
        self._owner = owner


def view(posterior: Handle, field: int) -> NDArray[Any]:
    """Return a field of a posterior as a read-only array over the library's own memory."""
    out = View()
    call(lib.gmm_posterior_view, posterior, field, byref(out))
    dtype = np.dtype(np.uint8 if out.element == ELEMENT_UINT8 else np.float64)
    shape = tuple(out.shape[: out.num_axes])
    if out.data is None or 0 in shape:
        empty = np.empty(shape, dtype)
        empty.flags.writeable = False
        return empty
    interface = {
        "version": 3,
        "typestr": dtype.str,
        "shape": shape,
        "strides": tuple(stride * dtype.itemsize for stride in out.strides[: out.num_axes]),
        "data": (out.data, True),
    }
    return np.asarray(_Memory(posterior, interface))


def doubles_at(pointer: int | None, count: int) -> NDArray[np.float64]:
    """Return a copy of ``count`` doubles at an address."""
    values = np.empty(count)
    if pointer is not None:
        memmove(values.ctypes.data, pointer, values.nbytes)
    return values


def background_at(pointer: int) -> Background:
    """Return the background at an address; it is the library's memory."""
    return Background.from_address(pointer)


def priors_at(pointer: int, count: int) -> list[Prior]:
    """Return ``count`` priors at an address; they are the library's memory."""
    return list((Prior * count).from_address(pointer))


def integers_at(pointer: int | None, count: int) -> list[int]:
    """Return a copy of ``count`` 32-bit integers at an address."""
    values = np.empty(count, np.int32)
    if pointer is not None:
        memmove(values.ctypes.data, pointer, values.nbytes)
    return [int(value) for value in values]
