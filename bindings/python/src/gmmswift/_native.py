"""The C interface: library, structs, prototypes, errors, handles, views and interruptible calls.

This mirrors ``gmmswift.h`` and is the only module that knows ctypes. Words are the header's.
"""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from ctypes import (
    POINTER,
    byref,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
    sizeof,
)
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from gmmswift._errors import exception_for

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

ABI_VERSION = 0

# ------------------------------------------------------------------------------------ Constants

PRIOR_SCALED = -1
PRIOR_FIXED, PRIOR_DIRICHLET, PRIOR_NORMAL, PRIOR_NORMAL_KAPPA = 0, 1, 2, 3
PRIOR_UNIFORM, PRIOR_HALF_CAUCHY, PRIOR_HALF_NORMAL = 10, 11, 12
PRIOR_INVERSE_GAMMA, PRIOR_GAMMA, PRIOR_INVERSE_WISHART = 20, 30, 40
COVARIANCE_FULL, COVARIANCE_TIED, COVARIANCE_DIAG, COVARIANCE_SPHERICAL = 0, 1, 2, 3
METHOD_GIBBS, METHOD_METROPOLIS = 0, 1
FIELD_WEIGHTS, FIELD_MEANS, FIELD_SDS = 0, 1, 2
FIELD_LOG_LIKELIHOOD, FIELD_LOG_POSTERIOR, FIELD_ACCEPTANCE = 3, 4, 5
FIELD_COVARIANCES, FIELD_ASSIGNMENTS, FIELD_OBSERVATIONS = 6, 10, 20
ELEMENT_FLOAT64, ELEMENT_UINT8 = 0, 1
OK, ERROR_FILE, CANCELLED = 0, 60, 70

# -------------------------------------------------------------------------------- Argument types


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


# --------------------------------------------------------------------------------------- Structs


class Prior(ctypes.Structure):
    """``gmm_prior``."""

    _fields_ = (
        ("family", c_int32),
        ("num_values", c_int32),
        ("first", c_void_p),
        ("second", c_void_p),
    )


class ModelOptions(ctypes.Structure):
    """``gmm_model_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_dimensions", c_int32),
        ("ordered_means", c_int32),
        ("shared_spread", c_int32),
        ("reserved", c_int32),
        ("minimum_weight", c_double),
        ("weights", Prior),
        ("means", Prior),
        ("spread", Prior),
        ("covariance", c_int32),
        ("order_coordinate", c_int32),
    )


class Progress(ctypes.Structure):
    """``gmm_progress``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_chains", c_int32),
        ("iterations_done", c_int64),
        ("iterations_total", c_int64),
        ("draws_done", c_int64),
        ("draws_total", c_int64),
        ("seconds_elapsed", c_double),
        ("seconds_left", c_double),
    )


PROGRESS_FN = ctypes.CFUNCTYPE(c_int32, POINTER(Progress), c_void_p)


#: The build of the inner loops that calls use, GMM_KERNELS_...; see `gmmswift.kernels`.
kernel_build: ContextVar[int] = ContextVar("kernel_build", default=0)


class Control(ctypes.Structure):
    """``gmm_control``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_threads", c_int32),
        ("progress", PROGRESS_FN),
        ("progress_user_data", c_void_p),
        ("progress_interval", c_double),
        ("cancel", c_void_p),
        ("kernel_build", c_int32),
        ("reserved", c_int32),
        ("checkpoint_path", c_char_p),
        ("checkpoint_interval", c_double),
    )


class SampleOptions(ctypes.Structure):
    """``gmm_sample_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("method", c_int32),
        ("num_draws", c_int64),
        ("num_tune", c_int64),
        ("num_chains", c_int64),
        ("thin", c_int64),
        ("seed", c_uint64),
        ("store_assignments", c_int32),
        ("num_initial", c_int32),
        ("initial_weights", c_void_p),
        ("initial_means", c_void_p),
        ("initial_sds", c_void_p),
        ("initial_covariances", c_void_p),
        ("sample_weights", c_void_p),
    )


class PosteriorInfo(ctypes.Structure):
    """``gmm_posterior_info``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_dimensions", c_int32),
        ("num_spreads", c_int32),
        ("num_chains", c_int64),
        ("num_draws", c_int64),
        ("num_observations", c_int64),
        ("num_tune", c_int64),
        ("thin", c_int64),
        ("seed", c_uint64),
        ("method", c_int32),
        ("has_assignments", c_int32),
        ("is_prior", c_int32),
        ("can_extend", c_int32),
        ("seconds", c_double),
        ("covariance", c_int32),
        ("num_covariances", c_int32),
    )


class View(ctypes.Structure):
    """``gmm_view``."""

    _fields_ = (
        ("data", c_void_p),
        ("element", c_int32),
        ("num_axes", c_int32),
        ("shape", c_int64 * 6),
        ("strides", c_int64 * 6),
    )


class SummaryOptions(ctypes.Structure):
    """``gmm_summary_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_quantiles", c_int32),
        ("hdi_probability", c_double),
        ("quantiles", c_void_p),
    )


class EMOptions(ctypes.Structure):
    """``gmm_em_options``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("shared_spread", c_int32),
        ("num_starts", c_int32),
        ("max_iterations", c_int64),
        ("tolerance", c_double),
        ("variance_floor", c_double),
        ("seed", c_uint64),
        ("initial_weights", c_void_p),
        ("initial_means", c_void_p),
        ("initial_sds", c_void_p),
        ("covariance", c_int32),
        ("start", c_int32),
        ("criterion", c_int32),
        ("reserved", c_int32),
        ("regularization", c_double),
        ("sample_weights", c_void_p),
        ("initial_covariances", c_void_p),
        ("initial_responsibilities", c_void_p),
        ("model", c_void_p),
    )


class EMResult(ctypes.Structure):
    """``gmm_em_result``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_spreads", c_int32),
        ("converged", c_int32),
        ("num_iterations", c_int64),
        ("num_at_floor", c_int64),
        ("log_likelihood", c_double),
        ("bic", c_double),
        ("aic", c_double),
        ("weights", c_void_p),
        ("means", c_void_p),
        ("sds", c_void_p),
        ("num_dimensions", c_int32),
        ("covariance", c_int32),
        ("lower_bound", c_double),
        ("move", c_double),
        ("covariances", c_void_p),
        ("precisions_cholesky", c_void_p),
        ("history", c_void_p),
        ("num_collapsed", c_int64),
        ("collapsed_components", c_void_p),
        ("collapsed_coordinates", c_void_p),
        ("log_prior", c_double),
        ("num_covariances", c_int64),
    )


class MixtureValues(ctypes.Structure):
    """``gmm_mixture``."""

    _fields_ = (
        ("struct_size", c_uint32),
        ("num_components", c_int32),
        ("num_dimensions", c_int32),
        ("covariance", c_int32),
        ("weights", c_void_p),
        ("means", c_void_p),
        ("covariances", c_void_p),
    )


# ------------------------------------------------------------------------------------ Prototypes

_HANDLE = c_void_p  # any opaque object
_OUT_HANDLE = POINTER(c_void_p)
_ERROR = POINTER(c_void_p)
_DATA = [DoubleArray, c_int64, c_int64, c_int64]  # data, rows, dimensions, row stride
_SERIES = [DoubleArray, c_int64, c_int64]  # values, their number, stride

# Function: (result, arguments), for every function of the header; a test compares the two.
PROTOTYPES: Mapping[str, tuple[Any, list[Any]]] = {
    "gmm_version": (c_char_p, []),
    "gmm_build_info": (c_char_p, []),
    "gmm_abi_version": (c_int32, []),
    "gmm_status_name": (c_char_p, [c_int32]),
    "gmm_error_status": (c_int32, [_HANDLE]),
    "gmm_error_message": (c_char_p, [_HANDLE]),
    "gmm_error_argument": (c_char_p, [_HANDLE]),
    "gmm_error_destroy": (None, [_HANDLE]),
    "gmm_model_options_init": (c_int32, [POINTER(ModelOptions), c_size_t]),
    "gmm_model_create": (c_int32, [POINTER(ModelOptions), _OUT_HANDLE, _ERROR]),
    "gmm_model_create_for_data": (
        c_int32,
        [POINTER(ModelOptions), *_DATA, DoubleArray, _OUT_HANDLE, _ERROR],
    ),
    "gmm_model_get_options": (c_int32, [_HANDLE, POINTER(ModelOptions), _ERROR]),
    "gmm_model_num_components": (c_int32, [_HANDLE]),
    "gmm_model_num_dimensions": (c_int32, [_HANDLE]),
    "gmm_model_num_spreads": (c_int32, [_HANDLE]),
    "gmm_model_num_covariances": (c_int32, [_HANDLE]),
    "gmm_model_covariance": (c_int32, [_HANDLE]),
    "gmm_model_log_prior": (c_int32, [_HANDLE, *[DoubleArray] * 4, _ERROR]),
    "gmm_model_destroy": (None, [_HANDLE]),
    "gmm_cancel_create": (c_int32, [_OUT_HANDLE, _ERROR]),
    "gmm_cancel_request": (None, [_HANDLE]),
    "gmm_cancel_reset": (None, [_HANDLE]),
    "gmm_cancel_destroy": (None, [_HANDLE]),
    "gmm_control_init": (c_int32, [POINTER(Control), c_size_t]),
    "gmm_sample_options_init": (c_int32, [POINTER(SampleOptions), c_size_t]),
    "gmm_sample": (
        c_int32,
        [_HANDLE, *_DATA, POINTER(SampleOptions), POINTER(Control), _OUT_HANDLE, _ERROR],
    ),
    "gmm_sample_prior": (c_int32, [_HANDLE, c_int64, c_uint64, _OUT_HANDLE, _ERROR]),
    "gmm_posterior_extend": (c_int32, [_HANDLE, c_int64, POINTER(Control), _OUT_HANDLE, _ERROR]),
    "gmm_posterior_subset": (c_int32, [_HANDLE, c_int64, c_int64, _OUT_HANDLE, _ERROR]),
    "gmm_posterior_save": (c_int32, [_HANDLE, c_char_p, _ERROR]),
    "gmm_posterior_load": (c_int32, [c_char_p, _OUT_HANDLE, _ERROR]),
    "gmm_posterior_export_csv": (c_int32, [_HANDLE, c_int64, c_char_p, _ERROR]),
    "gmm_posterior_get_model": (c_int32, [_HANDLE, _OUT_HANDLE, _ERROR]),
    "gmm_posterior_destroy": (None, [_HANDLE]),
    "gmm_posterior_get_info": (c_int32, [_HANDLE, POINTER(PosteriorInfo), _ERROR]),
    "gmm_posterior_view": (c_int32, [_HANDLE, c_int32, POINTER(View), _ERROR]),
    "gmm_posterior_probabilities": (
        c_int32,
        [_HANDLE, POINTER(Control), DoubleArray, c_int64, _ERROR],
    ),
    "gmm_posterior_predict_probabilities": (
        c_int32,
        [_HANDLE, *_DATA, POINTER(Control), DoubleArray, c_int64, _ERROR],
    ),
    "gmm_posterior_log_density": (
        c_int32,
        [_HANDLE, *_DATA, POINTER(Control), DoubleArray, c_int64, _ERROR],
    ),
    "gmm_posterior_sample_predictive": (
        c_int32,
        [_HANDLE, c_int64, c_int64, c_uint64, DoubleArray, c_int64, _ERROR],
    ),
    "gmm_summary_options_init": (c_int32, [POINTER(SummaryOptions), c_size_t]),
    "gmm_posterior_summarize": (c_int32, [_HANDLE, POINTER(SummaryOptions), _OUT_HANDLE, _ERROR]),
    "gmm_summarize": (
        c_int32,
        [
            DoubleArray,
            c_int64,
            c_int64,
            c_int64,
            POINTER(c_char_p),
            POINTER(SummaryOptions),
            _OUT_HANDLE,
            _ERROR,
        ],
    ),
    "gmm_summary_num_rows": (c_int32, [_HANDLE]),
    "gmm_summary_num_columns": (c_int32, [_HANDLE]),
    "gmm_summary_row_name": (c_char_p, [_HANDLE, c_int32]),
    "gmm_summary_column_name": (c_char_p, [_HANDLE, c_int32]),
    "gmm_summary_value": (c_double, [_HANDLE, c_int32, c_int32]),
    "gmm_summary_text": (c_char_p, [_HANDLE]),
    "gmm_summary_destroy": (None, [_HANDLE]),
    "gmm_autocorrelation": (c_int32, [*_SERIES, c_int64, DoubleArray, c_int64, _ERROR]),
    "gmm_kde": (
        c_int32,
        [
            *_SERIES,
            c_double,
            DoubleArray,
            c_int64,
            DoubleArray,
            DoubleArray,
            c_int64,
            DoubleArray,
            _ERROR,
        ],
    ),
    "gmm_histogram": (
        c_int32,
        [*_SERIES, c_double, c_double, c_int64, DoubleArray, Int64Array, c_int64, _ERROR],
    ),
    "gmm_em_options_init": (c_int32, [POINTER(EMOptions), c_size_t]),
    "gmm_fit_em": (
        c_int32,
        [*_DATA, POINTER(EMOptions), POINTER(Control), _OUT_HANDLE, _ERROR],
    ),
    "gmm_em_fit_get_result": (c_int32, [_HANDLE, POINTER(EMResult), _ERROR]),
    "gmm_em_fit_destroy": (None, [_HANDLE]),
    "gmm_mixture_init": (c_int32, [POINTER(MixtureValues), c_size_t]),
    "gmm_mixture_probabilities": (
        c_int32,
        [POINTER(MixtureValues), *_DATA, POINTER(Control), DoubleArray, c_int64, _ERROR],
    ),
    "gmm_mixture_log_density": (
        c_int32,
        [POINTER(MixtureValues), *_DATA, POINTER(Control), DoubleArray, c_int64, _ERROR],
    ),
    "gmm_mixture_sample": (
        c_int32,
        [
            POINTER(MixtureValues),
            c_int64,
            c_uint64,
            POINTER(Control),
            DoubleArray,
            Int32Array,
            c_int64,
            _ERROR,
        ],
    ),
    "gmm_statistics_compute": (
        c_int32,
        [POINTER(MixtureValues), *_DATA, DoubleArray, POINTER(Control), _OUT_HANDLE, _ERROR],
    ),
    "gmm_statistics_merge": (c_int32, [_OUT_HANDLE, c_int64, _OUT_HANDLE, _ERROR]),
    "gmm_statistics_maximize": (c_int32, [_HANDLE, c_double, c_double, _OUT_HANDLE, _ERROR]),
    "gmm_statistics_size": (c_int64, [_HANDLE]),
    "gmm_statistics_write": (c_int32, [_HANDLE, ByteArray, c_int64, _ERROR]),
    "gmm_statistics_read": (c_int32, [ByteArray, c_int64, _OUT_HANDLE, _ERROR]),
    "gmm_statistics_destroy": (None, [_HANDLE]),
}


def _load() -> ctypes.CDLL:
    """Load the library, check its binary interface, and declare its functions."""
    packaged = os.path.join(os.path.dirname(__file__), "_lib", "libgmmswift.so")
    path = os.environ.get("GMMSWIFT_LIBRARY") or packaged
    try:
        library = ctypes.CDLL(path)
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

# ---------------------------------------------------------------------------------------- Calls

_Struct = TypeVar("_Struct", bound=ctypes.Structure)

_INITIALIZERS: Mapping[type[ctypes.Structure], Any] = {
    ModelOptions: lib.gmm_model_options_init,
    Control: lib.gmm_control_init,
    SampleOptions: lib.gmm_sample_options_init,
    SummaryOptions: lib.gmm_summary_options_init,
    EMOptions: lib.gmm_em_options_init,
    MixtureValues: lib.gmm_mixture_init,
}


def defaults(struct: type[_Struct]) -> _Struct:
    """Return an options struct with the library's defaults."""
    options = struct()
    status = _INITIALIZERS[struct](byref(options), sizeof(options))
    if status != OK:
        raise exception_for(status_name(status), f"{struct.__name__}: no defaults", "")
    return options


def sized(struct: type[_Struct]) -> _Struct:
    """Return a zeroed struct for the library to fill, with its size set."""
    result = struct()
    result.struct_size = sizeof(result)
    return result


def address(array: NDArray[Any] | None) -> int | None:
    """Return the address of an array's first element, for a pointer in a struct."""
    return None if array is None else array.ctypes.data


def strings(values: list[str]) -> Any:
    """Return ``const char *const *`` for the UTF-8 forms of some strings."""
    return (c_char_p * len(values))(*[value.encode() for value in values])


def status_name(status: int) -> str:
    """Return the name of a status, such as ``"GMM_ERROR_INVALID_DATA"``."""
    name: bytes = lib.gmm_status_name(status)
    return name.decode()


#: Python's words for the C interface's, see `exception_for`; or a function that returns those for
#: the argument at fault.
Names: TypeAlias = "Mapping[str, str] | Callable[[str], Mapping[str, str]] | None"


def _failure(status: int, error: c_void_p, names: Names) -> Exception:
    """Return the exception for a failed call, and destroy the error object."""
    message: bytes = lib.gmm_error_message(error)
    argument: bytes = lib.gmm_error_argument(error)
    lib.gmm_error_destroy(error)
    words = names(argument.decode()) if callable(names) else names
    return exception_for(status_name(status), message.decode(), argument.decode(), words)


def call(function: Any, *arguments: Any, names: Names = None) -> None:
    """Call a function whose last parameter is ``gmm_error **``; raise what it reports."""
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
        """Where the object is, for a pointer in a struct; the handle must outlive its use."""
        return self._as_parameter_

    def __copy__(self) -> Handle:
        return self

    def __deepcopy__(self, memo: object) -> Handle:
        # Objects behind handles are immutable, so that sharing one is a copy.
        return self

    def __reduce__(self) -> Any:
        raise TypeError(
            "an object of libgmmswift cannot be pickled, its memory is not Python's: send arrays, "
            "or a posterior by its save and gmmswift.load"
        )


def create(
    function: Any,
    destroy: Any,
    *arguments: Any,
    names: Names = None,
    run: Run | None = None,
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


def handles(owners: list[Handle]) -> Any:
    """Return an array of opaque pointers; the owners must outlive the call."""
    return (c_void_p * max(len(owners), 1))(*[owner._as_parameter_ for owner in owners])


# ---------------------------------------------------------------------------------------- Views


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
        ctypes.memmove(values.ctypes.data, pointer, values.nbytes)
    return values


def integers_at(pointer: int | None, count: int) -> list[int]:
    """Return a copy of ``count`` 32-bit integers at an address."""
    values = np.empty(count, np.int32)
    if pointer is not None:
        ctypes.memmove(values.ctypes.data, pointer, values.nbytes)
    return [int(value) for value in values]


# -------------------------------------------------------------------------- Interruptible calls

# Seconds between two looks at signals: far below the moment that a user notices.
_INTERVAL = 0.05
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)

# Calls in progress by the address that they pass as user data.
_runs: dict[int, Run] = {}


class Run:
    """A context for one long call, which signals and callbacks may stop.

    The interpreter runs the handlers of signals when the progress callback enters Python, which
    is before any `try` of the callback: an exception raised there would be printed and dropped by
    ctypes (Python 3.10 and later). So, on the main thread, handlers are wrapped while the call
    lasts: what they raise is kept here, stops the call, and is raised on leaving the context.

    Parameters
    ----------
    threads : int
        Number of threads; 0 for one per processor.
    observer : callable, optional
        Receives each `Progress`. What it raises stops the call.

    Attributes
    ----------
    control : Control
        What to pass to the function.
    partial : Handle or None
        What the function made, also when it was stopped.
    failure : BaseException or None
        What stops the call; None again once it has been raised.
    was_stopped : bool
        Whether it has.
    """

    __slots__ = ("_previous", "control", "failure", "observer", "partial", "was_stopped")

    def __init__(self, threads: int = 0, observer: Callable[[Any], object] | None = None) -> None:
        self.observer = observer
        self.partial: Handle | None = None
        self.failure: BaseException | None = None
        self.was_stopped = False
        self._previous: list[tuple[int, Any]] = []
        control = defaults(Control)
        control.num_threads = threads
        control.kernel_build = kernel_build.get()
        control.progress = _on_progress
        control.progress_user_data = id(self)
        control.progress_interval = _INTERVAL
        self.control = control

    def __enter__(self) -> Run:
        _runs[id(self)] = self
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                handler = signal.getsignal(number)
                # None, SIG_DFL and SIG_IGN run no Python code, so there is nothing to wrap.
                if callable(handler) and not isinstance(handler, signal.Handlers):
                    signal.signal(number, self._wrapped(handler))
                    self._previous.append((number, handler))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._previous:
            signal.signal(number, handler)
        del _runs[id(self)]
        self._previous.clear()
        failure, self.failure = self.failure, None
        if failure is not None:
            self.was_stopped = True
            # Its traceback holds the frames that hold this object: a way back from here to the
            # failure would keep them, and the draws so far, until the garbage collector comes by.
            try:
                raise failure from None
            finally:
                del failure

    def _wrapped(self, handler: Callable[[int, Any], object]) -> Callable[[int, Any], None]:
        def wrapped(number: int, frame: Any) -> None:
            try:
                handler(number, frame)
            except BaseException as failure:
                self.failure = failure

        return wrapped


def _progressed(progress: Any, user_data: int) -> int:
    run = _runs[user_data]
    if run.failure is None and run.observer is not None:
        try:
            run.observer(progress.contents)
        except BaseException as failure:
            run.failure = failure
    return 0 if run.failure is None else 1


_on_progress = PROGRESS_FN(_progressed)
