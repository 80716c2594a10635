"""The library, loaded and checked: its functions, defaults, errors and handles."""

from __future__ import annotations

import os
from ctypes import CDLL, Array, Structure, addressof, byref, c_char_p, c_void_p, sizeof
from typing import TYPE_CHECKING, Any, TypeVar

from gmmswift._errors import Fault, Names, exception_for
from gmmswift._native.constants import ABI_VERSION, OK
from gmmswift._native.prototypes import INITIALIZERS, PROTOTYPES
from gmmswift._native.structs import Prior

if TYPE_CHECKING:
    from typing import Protocol

    from numpy.typing import NDArray

    class KeepsPartial(Protocol):
        """A call in progress that keeps the object that it made before it failed."""

        partial: Handle | None


__all__ = [
    "Handle",
    "Names",
    "address",
    "address_of",
    "array_address",
    "call",
    "create",
    "create_or_none",
    "defaults",
    "handles",
    "lib",
    "prior_array",
    "sized",
    "status_name",
    "strings",
]


def _load() -> CDLL:
    """Load the library, check its binary interface, and declare its functions."""
    packaged = os.path.join(os.path.dirname(os.path.dirname(__file__)), "_lib", "libgmmswift.so")
    path = os.environ.get("GMMSWIFT_LIBRARY") or packaged
    try:
        library = CDLL(path)
        found = library.gmm_abi_version()
        if found != ABI_VERSION:
            raise ImportError(f"{path}: binary interface must be {ABI_VERSION}, got {found}")
        for name, (result, arguments) in PROTOTYPES.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise ImportError(
            f"{path}: must be a libgmmswift.so of this version, got: {error}. Reinstall gmmswift, "
            "or set GMMSWIFT_LIBRARY to the library's path."
        ) from error
    return library


lib = _load()

_Struct = TypeVar("_Struct", bound=Structure)


# The bytes of each options struct with its defaults; arrays that these point to live for ever.
_DEFAULTS: dict[type[Structure], bytes] = {}


def defaults(struct: type[_Struct]) -> _Struct:
    """Return an options struct with the library's defaults."""
    known = _DEFAULTS.get(struct)
    if known is not None:
        return struct.from_buffer_copy(known)
    options = struct()
    status = getattr(lib, INITIALIZERS[struct])(byref(options), sizeof(options))
    if status != OK:
        raise exception_for(Fault(status_name(status), "", f"{struct.__name__}: no defaults"))
    _DEFAULTS[struct] = bytes(options)
    return options


def sized(struct: type[_Struct]) -> _Struct:
    """Return a zeroed struct for the library to fill, with its size set."""
    result = struct()
    result.struct_size = sizeof(result)
    return result


def address(array: NDArray[Any] | None) -> int | None:
    """Return the address of an array's first element, for a pointer in a struct."""
    return None if array is None else array.ctypes.data


def prior_array(priors: list[Prior]) -> Array[Prior]:
    """Return priors one after the other, as the priors of components stand in a ``gmm_prior``."""
    return (Prior * len(priors))(*priors)


def array_address(structs: Array[Any]) -> int:
    """Return the address of an array of structs, which must outlive its use."""
    return addressof(structs)


def strings(values: list[str]) -> Any:
    """Return ``const char *const *`` for the UTF-8 forms of some strings."""
    return (c_char_p * len(values))(*[value.encode() for value in values])


def address_of(value: Any) -> int:
    """Return the address of a struct, or of what `strings` made, for a pointer in a struct."""
    return addressof(value)


def status_name(status: int) -> str:
    """Return the name of a status, such as ``"GMM_ERROR_INVALID_DATA"``."""
    name: bytes = lib.gmm_status_name(status)
    return name.decode()


def _failure(status: int, error: c_void_p, names: Names) -> Exception:
    """Return the exception for a failed call, and destroy the error object."""
    fault = Fault(
        status_name(status),
        lib.gmm_error_argument(error).decode(),
        lib.gmm_error_rule(error).decode(),
        lib.gmm_error_value(error).decode(),
        tuple(lib.gmm_error_index(error, i) for i in range(lib.gmm_error_num_indices(error))),
        lib.gmm_error_system_code(error),
    )
    lib.gmm_error_destroy(error)
    return exception_for(fault, names)


def call(function: Any, *arguments: Any, names: Names = None) -> None:
    """Call a function whose last parameter is ``gmm_error **``; raise its error."""
    error = c_void_p()
    status = function(*arguments, byref(error))
    if status != OK:
        raise _failure(status, error, names)


class Handle:
    """The owner of an opaque object; destroys it when nothing refers to it any more."""

    __slots__ = ("__weakref__", "_as_parameter_", "_destroy")

    def __init__(self, value: int, destroy: Any) -> None:
        self._as_parameter_ = value
        self._destroy = destroy

    def __del__(self) -> None:
        self._destroy(self._as_parameter_)

    @property
    def address(self) -> int:
        """The address of the object, for a pointer in a struct. The handle must outlive its use."""
        return self._as_parameter_

    def __copy__(self) -> Handle:
        return self

    def __deepcopy__(self, memo: object) -> Handle:
        # Objects behind handles are immutable, so that sharing one is a copy.
        return self

    def __reduce__(self) -> Any:
        raise TypeError("a handle of libgmmswift cannot be pickled: its memory is not Python's")


def create(
    function: Any,
    destroy: Any,
    *arguments: Any,
    names: Names = None,
    run: KeepsPartial | None = None,
) -> Handle:
    """Call a function that ends in ``out_handle, out_error`` and own what it made.

    A failed call that made an object all the same leaves it in ``run.partial``.
    """
    out, error = c_void_p(), c_void_p()
    status = function(*arguments, byref(out), byref(error))
    handle = None if out.value is None else Handle(out.value, destroy)
    if run is not None:
        run.partial = handle
    if status != OK:
        raise _failure(status, error, names)
    assert handle is not None
    return handle


def create_or_none(function: Any, destroy: Any, *arguments: Any) -> Handle | None:
    """Call a function as `create` does that may succeed and make nothing."""
    out, error = c_void_p(), c_void_p()
    status = function(*arguments, byref(out), byref(error))
    if status != OK:
        raise _failure(status, error, None)
    return None if out.value is None else Handle(out.value, destroy)


def handles(owners: list[Handle]) -> Any:
    """Return an array of opaque pointers; the owners must outlive the call."""
    return (c_void_p * max(len(owners), 1))(*[owner._as_parameter_ for owner in owners])
